// Errors, values and times. Included by gantry.hpp.
#pragma once

namespace gantry {

// ---- Errors ---------------------------------------------------------------------------------

// One command that was not allowed to start.
struct Refusal {
    std::string command; // the command that was to be started
    std::string blocker; // the command of higher priority, or the limit, in the way
    std::string reason;  // a sentence for people
};

// Why a call went wrong.
struct Error {
    enum class Kind {
        canceled, // this run was canceled: return it
        refused,  // some command could not start; only after cancel_on_fork_failure(false)
        invalid,  // the call itself is wrong; the message says what would be right
        failed,   // something else went wrong
    };

    Kind kind = Kind::failed;
    std::string message;
    std::vector<Refusal> refusals;   // of `refused`: what was not started
    std::vector<std::string> forked; // of `refused`: what was started all the same

    Error() = default;
    Error(Kind kind, std::string message) : kind(kind), message(std::move(message)) {}
    explicit(false) Error(std::string message) : message(std::move(message)) {}
    explicit(false) Error(const char *message) : message(message) {}

    bool is_canceled() const { return kind == Kind::canceled; }
};

template <class T = void> using Result = std::expected<T, Error>;

namespace detail {

inline std::string text_of(std::string_view text) { return std::string(text); }
inline std::string text_of(std::same_as<bool> auto value) { return value ? "true" : "false"; }
template <class T>
    requires(std::is_arithmetic_v<T> && !std::is_same_v<T, bool>)
std::string text_of(T value) {
    if constexpr (std::is_integral_v<T>) return std::to_string(value);
    gantry_value number = gantry_number(value);
    char *shown = gantry_value_to_text(&number);
    std::string copy(shown);
    std::free(shown);
    return copy;
}

// Whatever it is in a row: `text("stuck at ", angle, " rad")`. (std::format brings 330 KB and the
// system's locale into a plugin.)
template <class... Parts> std::string text(const Parts &...parts) {
    std::string joined;
    (joined.append(text_of(parts)), ...);
    return joined;
}

} // namespace detail

// `return gantry::fail("the arm is stuck at ", angle, " rad");`
template <class... Parts> std::unexpected<Error> fail(const Parts &...parts) {
    return std::unexpected(Error(detail::text(parts...)));
}

// The value of a result; an error is returned from the function:
// `auto raise = GANTRY_TRY(gantry::lookup("arm-kit/raise"));`
#define GANTRY_TRY(...)                                                                            \
    __extension__({                                                                                \
        auto gantry_result_ = (__VA_ARGS__);                                                       \
        if (!gantry_result_) return std::unexpected(std::move(gantry_result_).error());            \
        gantry::detail::take(std::move(gantry_result_));                                           \
    })

namespace detail {

template <class T> T take(Result<T> &&result) {
    if constexpr (!std::is_void_v<T>) return std::move(*result);
}

inline Error last_error(gantry_status status) {
    Error error(static_cast<Error::Kind>(status - GANTRY_CANCELED), gantry_error_text());
    if (status == GANTRY_REFUSED) {
        std::size_t count = 0;
        const gantry_refusal *refusals = gantry_refusals(&count);
        for (std::size_t i = 0; i < count; i++)
            error.refusals.push_back({refusals[i].command, refusals[i].blocker, refusals[i].reason});
        const char *const *forked = gantry_forked(&count);
        error.forked.assign(forked, forked + count);
    }
    return error;
}

inline Result<> checked(gantry_status status) {
    if (status != GANTRY_OK) return std::unexpected(last_error(status));
    return {};
}

inline gantry_status failure(const Error &error) {
    if (error.is_canceled()) return GANTRY_CANCELED;
    return gantry_fail("%s", error.message.c_str());
}

// A text that C handed out.
inline std::string owned(char *text) {
    std::string copy(text);
    std::free(text);
    return copy;
}

inline std::vector<std::string> owned(char **names) {
    std::vector<std::string> copy;
    for (char **name = names; *name != nullptr; name++) copy.emplace_back(*name);
    std::free(names);
    return copy;
}

} // namespace detail

// Calls a function at the end of the scope, however it is left: for a cleanup that has no class.
template <class F> class [[nodiscard]] Finally {
  public:
    explicit Finally(F function) : function_(std::move(function)) {}
    Finally(const Finally &) = delete;
    Finally &operator=(const Finally &) = delete;
    ~Finally() { function_(); }

  private:
    F function_;
};

// ---- Values ---------------------------------------------------------------------------------

// A kind of value that a newer plugin made, as text.
struct Other {
    std::string text;
    bool operator==(const Other &) const = default;
};

// An argument, a returned value, a published state, an entry of the configuration.
using Value = std::variant<bool, std::int64_t, double, std::string, std::vector<double>, Other>;

namespace detail {

template <class T> struct Data; // the types that can cross between a command and the robot

template <> struct Data<bool> {
    static constexpr gantry_kind kind = GANTRY_KIND_BOOLEAN;
    static gantry_value lend(bool value) { return gantry_boolean(value); }
    static Result<bool> read(const gantry_value &value) {
        bool out = false;
        return checked(gantry_value_boolean(&value, &out)).transform([&] { return out; });
    }
};

template <std::integral T> struct Data<T> {
    static constexpr gantry_kind kind = GANTRY_KIND_INTEGER;
    static gantry_value lend(T value) { return gantry_integer(static_cast<std::int64_t>(value)); }
    static Result<T> read(const gantry_value &value) {
        std::int64_t out = 0;
        if (auto ok = checked(gantry_value_integer(&value, &out)); !ok) return std::unexpected(ok.error());
        if (!std::in_range<T>(out))
            return std::unexpected(Error(Error::Kind::invalid,
                "it should be a whole number from " + std::to_string(std::numeric_limits<T>::min()) + " to " +
                std::to_string(std::numeric_limits<T>::max()) + ", not " + std::to_string(out)));
        return static_cast<T>(out);
    }
};

template <std::floating_point T> struct Data<T> {
    static constexpr gantry_kind kind = GANTRY_KIND_NUMBER;
    static gantry_value lend(T value) { return gantry_number(value); }
    static Result<T> read(const gantry_value &value) {
        double out = 0;
        return checked(gantry_value_number(&value, &out)).transform([&] { return static_cast<T>(out); });
    }
};

template <> struct Data<std::string> {
    static constexpr gantry_kind kind = GANTRY_KIND_TEXT;
    static gantry_value lend(std::string_view value) {
        gantry_value lent{};
        lent.kind = kind;
        lent.length = value.size();
        lent.text = value.data();
        return lent;
    }
    static Result<std::string> read(const gantry_value &value) {
        const char *out = nullptr;
        return checked(gantry_value_text(&value, &out)).transform([&] { return std::string(out, value.length); });
    }
};

template <> struct Data<std::vector<double>> {
    static constexpr gantry_kind kind = GANTRY_KIND_NUMBERS;
    static gantry_value lend(std::span<const double> value) { return gantry_list({value.data(), value.size()}); }
    static Result<std::vector<double>> read(const gantry_value &value) {
        gantry_numbers out{};
        return checked(gantry_value_numbers(&value, &out)).transform([&] {
            return std::vector<double>(out.data, out.data + out.length);
        });
    }
};

template <std::size_t N> struct Data<std::array<double, N>> : Data<std::vector<double>> {
    static Result<std::array<double, N>> read(const gantry_value &value) {
        auto list = Data<std::vector<double>>::read(value);
        if (!list) return std::unexpected(std::move(list).error());
        if (list->size() != N)
            return std::unexpected(Error(Error::Kind::invalid,
                "it should be " + std::to_string(N) + " numbers, not " + std::to_string(list->size())));
        std::array<double, N> array{};
        std::copy(list->begin(), list->end(), array.begin());
        return array;
    }
};

template <class T>
concept Crosses = requires { Data<T>::kind; };

inline gantry_value lend(const Value &value) {
    return std::visit([]<class T>(const T &held) {
        if constexpr (std::is_same_v<T, Other>) {
            gantry_value lent = Data<std::string>::lend(held.text);
            lent.kind = GANTRY_KIND_OTHER;
            return lent;
        } else {
            return Data<T>::lend(held);
        }
    }, value);
}

inline std::optional<Value> copied(const gantry_value &value) {
    switch (value.kind) {
    case GANTRY_KIND_NONE: return std::nullopt;
    case GANTRY_KIND_BOOLEAN: return value.boolean;
    case GANTRY_KIND_INTEGER: return value.integer;
    case GANTRY_KIND_NUMBER: return value.number;
    case GANTRY_KIND_TEXT: return std::string(value.text, value.length);
    case GANTRY_KIND_NUMBERS: return std::vector<double>(value.numbers, value.numbers + value.length);
    default: return Other{std::string(value.text, value.length)};
    }
}

// A value that C handed out.
class Owned {
  public:
    Owned() = default;
    Owned(const Owned &) = delete;
    Owned &operator=(const Owned &) = delete;
    ~Owned() { gantry_value_free(&value); }
    gantry_value value{};
};

inline Error about(std::string_view what, Error error) {
    error.message = std::string(what) + ": " + error.message;
    return error;
}

} // namespace detail

// The value as people read it.
inline std::string to_string(const Value &value) {
    gantry_value lent = detail::lend(value);
    // C expects a NUL at the end, which std::string has.
    return detail::owned(gantry_value_to_text(&lent));
}

// The value as a C++ type; the error says what it should be. A whole number is a number, too.
template <detail::Crosses T> Result<T> get(const Value &value) {
    return detail::Data<T>::read(detail::lend(value));
}

// A time: a number of seconds, or a std::chrono::duration.
class Seconds {
  public:
    explicit(false) Seconds(double seconds) : seconds_(seconds) {}
    template <class Rep, class Period>
    explicit(false) Seconds(std::chrono::duration<Rep, Period> time)
        : seconds_(std::chrono::duration<double>(time).count()) {}
    double count() const { return seconds_; }

  private:
    double seconds_;
};

} // namespace gantry
