// Inputs, outputs, topics, the configuration, the clock and the log. Included by gantry.hpp.
#pragma once

namespace gantry {

// ---- Inputs and outputs ---------------------------------------------------------------------

// A number that is measured.
class NumberInput : public detail::Handle<gantry_number_input, gantry_number_input_drop> {
  public:
    // Opens a channel by its full name, once, before a loop.
    static Result<NumberInput> open(const std::string &channel) {
        return detail::made<NumberInput, gantry_number_input>([&](auto *out) { return gantry_number_input_open(out, channel.c_str()); });
    }
    // The value as sampled at the start of this tick, in the channel's unit.
    double get() const { return gantry_number_input_get(c()); }
    // Seconds since the device last answered; 0 for a value of this tick.
    double age() const { return gantry_number_input_age(c()); }
    std::string unit() const { return detail::owned(gantry_number_input_unit(c())); }
    static NumberInput adopt(gantry_number_input handle) { return NumberInput(handle); }

  private:
    using Handle::Handle;
};

// A switch, a button, a beam break.
class BooleanInput : public detail::Handle<gantry_boolean_input, gantry_boolean_input_drop> {
  public:
    static Result<BooleanInput> open(const std::string &channel) {
        return detail::made<BooleanInput, gantry_boolean_input>([&](auto *out) { return gantry_boolean_input_open(out, channel.c_str()); });
    }
    bool get() const { return gantry_boolean_input_get(c()); }
    double age() const { return gantry_boolean_input_age(c()); }
    static BooleanInput adopt(gantry_boolean_input handle) { return BooleanInput(handle); }

  private:
    using Handle::Handle;
};

// Several numbers that are measured together.
class ArrayInput : public detail::Handle<gantry_array_input, gantry_array_input_drop> {
  public:
    static Result<ArrayInput> open(const std::string &channel) {
        return detail::made<ArrayInput, gantry_array_input>([&](auto *out) { return gantry_array_input_open(out, channel.c_str()); });
    }
    std::vector<double> get() const {
        std::vector<double> numbers(length_);
        length_ = gantry_array_input_get(c(), numbers.data(), numbers.size());
        if (numbers.size() != length_) {
            numbers.resize(length_);
            gantry_array_input_get(c(), numbers.data(), numbers.size());
        }
        return numbers;
    }
    double age() const { return gantry_array_input_age(c()); }
    std::string unit() const { return detail::owned(gantry_array_input_unit(c())); }
    static ArrayInput adopt(gantry_array_input handle) { return ArrayInput(handle); }

  private:
    using Handle::Handle;
    mutable std::size_t length_ = 16; // what it had last
};

// A number that drives something: a voltage, a speed, a position. A write is refused when this run
// does not own the mechanism (Error::Kind::failed), or when the value is out of range (invalid).
class NumberOutput : public detail::Handle<gantry_number_output, gantry_number_output_drop> {
  public:
    static Result<NumberOutput> open(const std::string &channel) {
        return detail::made<NumberOutput, gantry_number_output>([&](auto *out) { return gantry_number_output_open(out, channel.c_str()); });
    }
    // Sets what is flushed at the end of this tick and held until it is set again or released.
    Result<> set(double value) const { return detail::checked(gantry_number_output_set(c(), value)); }
    // Sets the value, or the end of the range that is nearest to it. NaN and infinities are refused.
    Result<> set_clamped(double value) const { return detail::checked(gantry_number_output_set_clamped(c(), value)); }
    double minimum() const { return gantry_number_output_minimum(c()); }
    double maximum() const { return gantry_number_output_maximum(c()); }
    std::string unit() const { return detail::owned(gantry_number_output_unit(c())); }
    static NumberOutput adopt(gantry_number_output handle) { return NumberOutput(handle); }

  private:
    using Handle::Handle;
};

// A solenoid, a relay, a lamp.
class BooleanOutput : public detail::Handle<gantry_boolean_output, gantry_boolean_output_drop> {
  public:
    static Result<BooleanOutput> open(const std::string &channel) {
        return detail::made<BooleanOutput, gantry_boolean_output>([&](auto *out) { return gantry_boolean_output_open(out, channel.c_str()); });
    }
    // Only a bool: a number that is NaN would count as true.
    template <std::same_as<bool> T> Result<> set(T value) const { return detail::checked(gantry_boolean_output_set(c(), value)); }
    static BooleanOutput adopt(gantry_boolean_output handle) { return BooleanOutput(handle); }

  private:
    using Handle::Handle;
};

// Several numbers that are written together, such as the colours of an LED strip.
class ArrayOutput : public detail::Handle<gantry_array_output, gantry_array_output_drop> {
  public:
    static Result<ArrayOutput> open(const std::string &channel) {
        return detail::made<ArrayOutput, gantry_array_output>([&](auto *out) { return gantry_array_output_open(out, channel.c_str()); });
    }
    Result<> set(std::span<const double> values) const { return detail::checked(gantry_array_output_set(c(), values.data(), values.size())); }
    // How many numbers the channel takes.
    std::size_t size() const { return gantry_array_output_length(c()); }
    std::string unit() const { return detail::owned(gantry_array_output_unit(c())); }
    static ArrayOutput adopt(gantry_array_output handle) { return ArrayOutput(handle); }

  private:
    using Handle::Handle;
};

// ---- Topics ---------------------------------------------------------------------------------

// A named value of one type. Since every run has its own memory, this is how runs tell each other
// what they know.
template <detail::Crosses T> class Topic : public detail::Handle<gantry_topic, gantry_topic_drop> {
  public:
    static Result<Topic> open(std::string name) {
        gantry_topic handle{0};
        if (auto ok = detail::checked(gantry_topic_open(&handle, name.c_str())); !ok) return std::unexpected(std::move(ok).error());
        return Topic(handle, std::move(name));
    }
    // Visible at once to whoever reads after. The first value fixes the topic's type.
    Result<> publish(const T &value) const { return detail::checked(gantry_topic_publish(c(), detail::Data<T>::lend(value))); }
    // The value published last; none if nobody has yet. Error: it is of another type.
    Result<std::optional<T>> read() const {
        detail::Owned owned;
        if (!gantry_topic_read(c(), &owned.value)) return std::nullopt;
        auto value = detail::Data<T>::read(owned.value);
        if (!value) return std::unexpected(detail::about("the topic `" + name_ + "`", std::move(value).error()));
        return std::move(*value);
    }

  private:
    Topic(gantry_topic handle, std::string name) : Handle(handle), name_(std::move(name)) {}
    std::string name_;
};

// ---- Configuration --------------------------------------------------------------------------

// The plugin's own table in robot.toml; a nested entry is called `pid.kp`.
namespace config {

// An entry, if it is there. Error: it is of another kind.
template <detail::Crosses T> Result<std::optional<T>> get(const std::string &key) {
    detail::Owned owned;
    if (!gantry_config_get(key.c_str(), &owned.value)) return std::nullopt;
    auto value = detail::Data<T>::read(owned.value);
    if (!value) return std::unexpected(detail::about("`" + key + "`", std::move(value).error()));
    return std::move(*value);
}

template <detail::Crosses T> Result<T> get_or(const std::string &key, T fallback) {
    return get<T>(key).transform([&](std::optional<T> value) { return value ? std::move(*value) : std::move(fallback); });
}

// A number from `minimum` to `maximum`.
inline Result<double> in_range(const std::string &key, double fallback, double minimum, double maximum) {
    double out = 0;
    return detail::checked(gantry_config_in_range(&out, key.c_str(), fallback, minimum, maximum)).transform([&] { return out; });
}

// The names of all entries, sorted.
inline std::vector<std::string> keys() { return detail::owned(gantry_config_keys()); }

// Checks that there are no entries but these.
inline Result<> only(std::initializer_list<const char *> known) {
    std::vector<const char *> list(known);
    list.push_back(nullptr);
    return detail::checked(gantry_config_only(list.data()));
}

} // namespace config

// ---- Clock and log --------------------------------------------------------------------------

// Seconds from the start of the robot program to this tick; it stands still within a tick.
inline double now() { return gantry_now(); }
// Nominal length of a tick in seconds.
inline double period() { return gantry_period(); }
// Number of this tick, from 0.
inline std::uint64_t tick() { return gantry_tick(); }

inline void log(gantry_level level, std::string_view text) { gantry_log_text(level, text.data(), text.size()); }

// Log what they are given in a row: `gantry::info("Hello, ", name, "!")`.
#define GANTRY_LEVEL_(name, level)                                                                 \
    template <class... Parts> void name(const Parts &...parts) { log(level, detail::text(parts...)); }
GANTRY_LEVEL_(trace, GANTRY_TRACE)
GANTRY_LEVEL_(debug, GANTRY_DEBUG)
GANTRY_LEVEL_(info, GANTRY_INFO)
GANTRY_LEVEL_(warn, GANTRY_WARN)
GANTRY_LEVEL_(error, GANTRY_ERROR)
#undef GANTRY_LEVEL_

} // namespace gantry
