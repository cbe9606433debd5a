// What a plugin is and offers. Included by gantry.hpp.
#pragma once

namespace gantry {

// A parameter's default.
class Fallback {
  public:
    Fallback() : value_{} {}
    explicit(false) Fallback(const char *text) : value_(gantry_text(text)) {}
    template <detail::Crosses T>
        requires std::is_arithmetic_v<T>
    explicit(false) Fallback(T value) : value_(detail::Data<T>::lend(value)) {}
    // It stays for as long as the plugin is loaded.
    explicit(false) Fallback(std::initializer_list<double> list) {
        double *numbers = new double[list.size()];
        std::copy(list.begin(), list.end(), numbers);
        value_ = gantry_list({numbers, list.size()});
    }
    gantry_value c() const { return value_; }

  private:
    gantry_value value_;
};

// What there is to say of a parameter, in this order.
struct Parameter {
    const char *unit = nullptr;
    Fallback fallback{};
    const char *summary = nullptr;
};

// What the plugin is.
struct Description {
    const char *name;
    const char *version = "0.1.0";
    const char *summary = nullptr;
    std::vector<const char *> reads{};     // input channels that it opens; `*` for any rest
    std::vector<const char *> publishes{}; // topics that it publishes; `*` for any rest
    Result<> (*configure)() = nullptr;     // an error rejects the plugin's table in robot.toml
};

// Says what the plugin is, once, at namespace scope:
// `const gantry::Plugin plugin{{.name = "arm-kit", .version = "1.0.0", .reads = {"arm.*"}}};`
class Plugin {
  public:
    explicit Plugin(Description description) : description_(std::move(description)) {
        description_.reads.push_back(nullptr);
        description_.publishes.push_back(nullptr);
        plugin_ = {description_.name, description_.version, description_.summary, description_.reads.data(),
                   description_.publishes.data(), nullptr};
        if (description_.configure) {
            configure_ = description_.configure;
            plugin_.configure = [] {
                auto ok = configure_();
                return ok ? GANTRY_OK : detail::failure(ok.error());
            };
        }
        gantry_register_plugin_(&plugin_);
    }
    Plugin(const Plugin &) = delete;
    Plugin &operator=(const Plugin &) = delete;

  private:
    Description description_;
    gantry_plugin_ plugin_;
    static inline Result<> (*configure_)() = nullptr;
};

namespace detail {

template <class T> struct Signature : Signature<decltype(&T::operator())> {};
template <class R, class... A> struct Signature<R (*)(A...)> {
    using Returns = R;
    using Parameters = std::tuple<std::remove_cvref_t<A>...>;
};
template <class R, class F, class... A> struct Signature<R (F::*)(A...) const> : Signature<R (*)(A...)> {};
template <class R, class F, class... A> struct Signature<R (F::*)(A...)> : Signature<R (*)(A...)> {};

// What a command returns, without the Result around it.
template <class R> struct Unwrapped {
    using Type = R;
};
template <class T> struct Unwrapped<std::expected<T, Error>> {
    using Type = T;
};

template <class T> constexpr gantry_kind kind_of() {
    if constexpr (std::is_void_v<T>) {
        return GANTRY_KIND_NONE;
    } else {
        static_assert(Crosses<T>, "a command takes and returns bool, integers, double, std::string, "
                                  "std::vector<double> or std::array<double, N>");
        return Data<T>::kind;
    }
}

} // namespace detail

// A command of the plugin. It registers itself; keep it in a variable at namespace scope.
template <class F, std::size_t Items> class [[nodiscard("keep a command in a variable at namespace scope")]] Definition {
    using Parameters = typename detail::Signature<F>::Parameters;
    using Returns = typename detail::Unwrapped<typename detail::Signature<F>::Returns>::Type;

  public:
    Definition(const char *name, const char *summary, std::array<gantry_item_, Items> items, F body)
        : items_(items), body_(std::move(body)) {
        declare(std::make_index_sequence<std::tuple_size_v<Parameters>>{});
        items_.back().returns = detail::kind_of<Returns>();
        definition_ = {name, summary, items_.data(), Items, sizeof(gantry_value) * Items, enter, this, true, nullptr};
        gantry_register_command_(&definition_);
    }
    Definition(const Definition &) = delete;
    Definition &operator=(const Definition &) = delete;

  private:
    template <std::size_t... I> void declare(std::index_sequence<I...>) {
        std::array<gantry_kind, sizeof...(I) + 1> kinds{detail::kind_of<std::tuple_element_t<I, Parameters>>()...};
        std::size_t next = 0;
        for (gantry_item_ &item : items_) {
            if (item.name == nullptr) continue;
            item.kind = kinds[next++];
            if (item.kind == GANTRY_KIND_NUMBER && item.fallback.kind == GANTRY_KIND_INTEGER)
                item.fallback = gantry_number(static_cast<double>(item.fallback.integer));
        }
    }

    static gantry_status enter(void *context, const void *arguments) {
        return static_cast<Definition *>(context)->run(static_cast<const gantry_value *>(arguments),
                                                       std::make_index_sequence<std::tuple_size_v<Parameters>>{});
    }

    template <std::size_t... I> gantry_status run([[maybe_unused]] const gantry_value *values, std::index_sequence<I...>) {
        std::tuple<Result<std::tuple_element_t<I, Parameters>>...> read{
            detail::Data<std::tuple_element_t<I, Parameters>>::read(values[I])...};
        std::array<std::optional<Error>, sizeof...(I) + 1> errors{
            (std::get<I>(read) ? std::nullopt : std::optional(std::get<I>(read).error()))...};
        for (std::size_t i = 0; i < sizeof...(I); i++)
            if (errors[i]) return gantry_fail("the argument `%s`: %s", name_of(i), errors[i]->message.c_str());
        using Answer = typename detail::Signature<F>::Returns;
        if constexpr (std::is_void_v<Answer>) {
            body_(std::move(*std::get<I>(read))...);
            return GANTRY_OK;
        } else if constexpr (std::is_same_v<Answer, Returns>) {
            return hand_out(body_(std::move(*std::get<I>(read))...));
        } else {
            Answer answer = body_(std::move(*std::get<I>(read))...);
            if (!answer) return detail::failure(answer.error());
            if constexpr (std::is_void_v<Returns>) return GANTRY_OK;
            else return hand_out(*answer);
        }
    }

    template <class T> static gantry_status hand_out(const T &value) { return gantry_return_value(detail::Data<T>::lend(value)); }

    const char *name_of(std::size_t parameter) const {
        for (const gantry_item_ &item : items_)
            if (item.name != nullptr && parameter-- == 0) return item.name;
        return "";
    }

    std::array<gantry_item_, Items> items_;
    F body_;
    gantry_definition_ definition_{};
};

// A command under construction; see command().
template <std::size_t Parameters, std::size_t Items> class [[nodiscard("a command needs a body")]] Builder {
  public:
    Builder(const char *name, const char *summary, std::array<gantry_item_, Items> items)
        : name_(name), summary_(summary), items_(items) {}

    // The next parameter of the body, which says its type:
    // `.parameter("interval", {.unit = "s", .fallback = 1.0, .summary = "Between two greetings."})`
    Builder<Parameters + 1, Items + 1> parameter(const char *name, Parameter about = {}) const {
        gantry_item_ item{};
        item.name = name;
        item.unit = about.unit;
        item.summary = about.summary;
        item.fallback = about.fallback.c();
        return {name_, summary_, with(item)};
    }
    // A mechanism that a run owns while it runs; once for each.
    Builder<Parameters, Items + 1> requirement(const char *mechanism) const {
        gantry_item_ item{};
        item.requirement = mechanism;
        return {name_, summary_, with(item)};
    }
    // 0 is usual; the highest wins.
    Builder<Parameters, Items + 1> priority(std::int32_t priority) const {
        gantry_item_ item{};
        item.priority = priority;
        return {name_, summary_, with(item)};
    }
    // It may run while the robot is disabled.
    Builder<Parameters, Items + 1> runs_while_disabled() const {
        gantry_item_ item{};
        item.runs_while_disabled = true;
        return {name_, summary_, with(item)};
    }

    // What it does: a lambda or a function. It takes bool, integers, double, std::string,
    // std::vector<double> and std::array<double, N>, and returns one of them, or nothing, or a
    // Result of either.
    template <class F> Definition<std::decay_t<F>, Items + 1> body(F &&function) const {
        static_assert(std::tuple_size_v<typename detail::Signature<std::decay_t<F>>::Parameters> == Parameters,
                      "the body takes as many parameters as there are calls of .parameter()");
        return {name_, summary_, with(gantry_item_{}), std::forward<F>(function)};
    }

  private:
    std::array<gantry_item_, Items + 1> with(const gantry_item_ &item) const {
        std::array<gantry_item_, Items + 1> items{};
        std::copy(items_.begin(), items_.end(), items.begin());
        items.back() = item;
        return items;
    }

    const char *name_;
    const char *summary_;
    std::array<gantry_item_, Items> items_;
};

// Defines a command:
//
//     const auto raise = gantry::command("raise", "Raises the arm.")
//         .requirement("arm")
//         .parameter("angle", {.unit = "rad"})
//         .body([](double angle) -> gantry::Result<> { … });
inline Builder<0, 0> command(const char *name, const char *summary) { return {name, summary, {}}; }

} // namespace gantry
