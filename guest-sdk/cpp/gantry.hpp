// Gantry commands in C++23.
//
// Handles (Command, Signal, Topic, the inputs and outputs, …) are moved, not copied, and given back
// by their destructors; what runs, or was built from them, goes on. Calls that can go wrong answer a
// Result, which is a std::expected. A run that is canceled gets Error::Kind::canceled from every
// call that waits: return it, and the destructors clean up.
#pragma once

#include "gantry.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <concepts>
#include <cstdint>
#include <cstdlib>
#include <expected>
#include <functional>
#include <initializer_list>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

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

// ---- Handles --------------------------------------------------------------------------------

namespace detail {

// A handle of the host's, given back at its end.
template <class C, void (*drop)(C)> class Handle {
  public:
    Handle(Handle &&other) noexcept : handle_(std::exchange(other.handle_, C{0})) {}
    Handle &operator=(Handle &&other) noexcept {
        std::swap(handle_, other.handle_);
        return *this;
    }
    ~Handle() {
        // The host counts handles from 1.
        if (handle_.handle_ != 0) drop(handle_);
    }
    // The handle for the functions of gantry.h.
    C c() const { return handle_; }

  protected:
    explicit Handle(C handle) : handle_(handle) {}

  private:
    C handle_;
};

template <class T, class C, class F> Result<T> made(F make) {
    C handle{0};
    if (auto ok = checked(make(&handle)); !ok) return std::unexpected(std::move(ok).error());
    return T::adopt(handle);
}

} // namespace detail

class Command;

// Which changes a debounce delays.
enum class Edge { rising = GANTRY_RISING, falling = GANTRY_FALLING, both = GANTRY_BOTH };

// A condition that the host evaluates, without resuming the run.
class [[nodiscard]] Signal : public detail::Handle<gantry_signal, gantry_signal_drop> {
  public:
    class Source {
      public:
        Source(gantry_source of, std::string name) : of_(of), name_(std::move(name)) {}
        // True while a boolean is true.
        Result<Signal> is_true() const { return make([&](auto *out) { return gantry_is_true(out, of_, name_.c_str()); }); }
        // True while a number is greater, or less, than the threshold, in the channel's unit.
        Result<Signal> above(double threshold) const { return make([&](auto *out) { return gantry_above(out, of_, name_.c_str(), threshold); }); }
        Result<Signal> below(double threshold) const { return make([&](auto *out) { return gantry_below(out, of_, name_.c_str(), threshold); }); }

      private:
        gantry_source of_;
        std::string name_;
    };

    // A sensor, a gamepad's button, `robot.enabled`.
    static Source channel(std::string name) { return {GANTRY_CHANNEL, std::move(name)}; }
    // A state topic. One that nobody has published yet is false.
    static Source topic(std::string name) { return {GANTRY_TOPIC, std::move(name)}; }

    friend Signal operator&(const Signal &a, const Signal &b) { return Signal(gantry_signal_and(a.c(), b.c())); }
    friend Signal operator|(const Signal &a, const Signal &b) { return Signal(gantry_signal_or(a.c(), b.c())); }
    friend Signal operator!(const Signal &signal) { return Signal(gantry_signal_not(signal.c())); }

    // Follows changes only after they have lasted this long.
    Result<Signal> debounce(Seconds time, Edge on = Edge::rising) const {
        return make([&](auto *out) { return gantry_debounce(out, c(), time.count(), static_cast<gantry_edge>(on)); });
    }
    // True for the one tick in which the signal became true, or false.
    Signal rising_edge() const { return Signal(gantry_rising_edge(c())); }
    Signal falling_edge() const { return Signal(gantry_falling_edge(c())); }
    // True from the `count`th rising edge within the time until the signal is false again.
    Result<Signal> multi_press(std::uint32_t count, Seconds within) const {
        return make([&](auto *out) { return gantry_multi_press(out, c(), count, within.count()); });
    }
    // The signal's value now.
    bool get() const { return gantry_signal_get(c()); }

    // Bind a command to the signal until this run ends.
    Result<> on_true(const Command &command) const { return bind(GANTRY_ON_TRUE, command); }
    Result<> on_false(const Command &command) const { return bind(GANTRY_ON_FALSE, command); }
    Result<> while_true(const Command &command) const { return bind(GANTRY_WHILE_TRUE, command); }
    Result<> while_false(const Command &command) const { return bind(GANTRY_WHILE_FALSE, command); }
    Result<> retry_while_true(const Command &command) const { return bind(GANTRY_RETRY_WHILE_TRUE, command); }
    Result<> retry_while_false(const Command &command) const { return bind(GANTRY_RETRY_WHILE_FALSE, command); }
    Result<> toggle_on_true(const Command &command) const { return bind(GANTRY_TOGGLE_ON_TRUE, command); }
    Result<> toggle_on_false(const Command &command) const { return bind(GANTRY_TOGGLE_ON_FALSE, command); }

    static Signal adopt(gantry_signal handle) { return Signal(handle); }

  private:
    explicit Signal(gantry_signal handle) : Handle(handle) {}
    template <class F> static Result<Signal> make(F function) { return detail::made<Signal, gantry_signal>(function); }
    Result<> bind(gantry_binding when, const Command &command) const;
};

// ---- Commands -------------------------------------------------------------------------------

// A command that can be started, once at a time. Two objects made from the same definition are
// different commands.
class [[nodiscard]] Command : public detail::Handle<gantry_command, gantry_command_drop> {
  public:
    // Waits for a time and ends.
    static Result<Command> delay(Seconds time) { return make([&](auto *out) { return gantry_delay(out, time.count()); }); }
    // Waits until the signal is true and ends.
    static Command condition(const Signal &signal) { return Command(gantry_condition(signal.c())); }

    // New commands that run this one: under another name, with another priority (0 is usual, the
    // highest wins), canceled after a time, canceled once a signal is true.
    Command named(const std::string &name) const { return Command(gantry_named(c(), name.c_str())); }
    Command with_priority(std::int32_t priority) const { return Command(gantry_with_priority(c(), priority)); }
    Result<Command> with_timeout(Seconds time) const { return make([&](auto *out) { return gantry_with_timeout(out, c(), time.count()); }); }
    Command until(const Signal &signal) const { return Command(gantry_until(c(), signal.c())); }

    // The name, as telemetry shows it.
    std::string name() const { return detail::owned(gantry_command_name(c())); }
    std::vector<std::string> requirements() const { return detail::owned(gantry_command_requirements(c())); }
    std::int32_t priority() const { return gantry_command_priority(c()); }
    // Whether this object is running (or queued) now.
    bool is_running() const { return gantry_is_running(c()); }
    // Cancels the command and all it has forked, whoever started it. Works in a cleanup, too.
    Result<> cancel() const { return detail::checked(gantry_cancel(c())); }

    static Command adopt(gantry_command handle) { return Command(handle); }

  private:
    explicit Command(gantry_command handle) : Handle(handle) {}
    template <class F> static Result<Command> make(F function) { return detail::made<Command, gantry_command>(function); }
};

inline Result<> Signal::bind(gantry_binding when, const Command &command) const {
    return detail::checked(gantry_bind(c(), when, command.c()));
}

// One argument of a lookup.
struct Argument {
    template <class T>
    Argument(std::string name, T &&value) : name(std::move(name)), value(convert(std::forward<T>(value))) {}
    std::string name;
    Value value;

  private:
    template <class T> static Value convert(T &&value) {
        using Plain = std::remove_cvref_t<T>;
        if constexpr (std::is_same_v<Plain, bool>) return value;
        else if constexpr (std::is_integral_v<Plain>) return static_cast<std::int64_t>(value);
        else if constexpr (std::is_floating_point_v<Plain>) return static_cast<double>(value);
        else if constexpr (std::is_convertible_v<T, std::string_view>) return std::string(std::string_view(value));
        else return Value(std::forward<T>(value));
    }
};

// A command by name, `raise` of this plugin or `arm-kit/raise` of another one. What is left out
// takes its default: `lookup("arm-kit/raise", {{"angle", 0.4}, {"fast", true}})`.
inline Result<Command> lookup(const std::string &name, std::initializer_list<Argument> arguments = {}) {
    std::vector<gantry_argument> lent;
    for (const Argument &argument : arguments) lent.push_back({argument.name.c_str(), detail::lend(argument.value)});
    return detail::made<Command, gantry_command>([&](auto *out) { return gantry_lookup_with(out, name.c_str(), lent.data(), lent.size()); });
}

// One command, several, or a vector of them. It only looks at them.
class Commands {
  public:
    explicit(false) Commands(const Command &command) : handles_{command.c()} {}
    Commands(std::initializer_list<std::reference_wrapper<const Command>> commands) {
        for (const Command &command : commands) handles_.push_back(command.c());
    }
    Commands(const std::vector<Command> &commands) {
        for (const Command &command : commands) handles_.push_back(command.c());
    }
    const gantry_command *data() const { return handles_.data(); }
    std::size_t size() const { return handles_.size(); }

  private:
    std::vector<gantry_command> handles_;
};

// Awaits each member in turn; without members it ends at once: `sequence({drive, raise})`.
inline Command sequence(const Commands &members) { return Command::adopt(gantry_sequence_of(members.data(), members.size())); }
// Runs all at once and ends when the required members have ended; the optional ones that are left
// are canceled then. Error: members that share a mechanism.
inline Result<Command> parallel(const Commands &required, const Commands &optional = {}) {
    return detail::made<Command, gantry_command>([&](auto *out) { return gantry_parallel_of(out, required.data(), required.size(), optional.data(), optional.size()); });
}
// Runs all at once and ends when the first ends; the others are canceled.
inline Result<Command> race(const Commands &members) {
    return detail::made<Command, gantry_command>([&](auto *out) { return gantry_race_of(out, members.data(), members.size()); });
}

// ---- The coroutine: what suspends this run --------------------------------------------------

// How an awaited command ended.
struct [[nodiscard]] Outcome {
    enum class Status { completed, failed, canceled, interrupted, other };

    Status status;
    std::optional<Value> value; // of a completed one, if anything
    std::string text;           // what went wrong; the command that interrupted

    bool is_completed() const { return status == Status::completed; }

    // What it returned; an error if it did not complete.
    template <detail::Crosses T> Result<T> get() const {
        if (auto ok = check(); !ok) return std::unexpected(std::move(ok).error());
        if (!value) return fail("the command returned nothing");
        return gantry::get<T>(*value).transform_error([](Error error) {
            return detail::about("the command's result", std::move(error));
        });
    }

    // Nothing if it completed; otherwise an error that says how it ended.
    Result<> check() const {
        if (!is_completed()) return fail(to_string());
        return {};
    }

    // A sentence, as in `it completed with 3`.
    std::string to_string() const {
        switch (status) {
        case Status::completed: return value ? "it completed with " + gantry::to_string(*value) : "it completed";
        case Status::canceled: return "it was canceled";
        case Status::interrupted: return "it was interrupted by " + text;
        default: return text;
        }
    }
};

struct [[nodiscard]] Winner {
    std::size_t index; // into the list that was awaited
    Outcome outcome;
};

namespace detail {

inline Outcome take_outcome(gantry_outcome &outcome) {
    Outcome taken{static_cast<Outcome::Status>(outcome.kind), copied(outcome.value), outcome.text ? outcome.text : ""};
    gantry_outcome_free(&outcome);
    return taken;
}

} // namespace detail

// Starts commands as children of this run and goes on at once. They are canceled when it ends.
inline Result<> fork(const Commands &commands) { return detail::checked(gantry_fork_all(commands.data(), commands.size())); }

// Forks a command, or takes one that is running, and waits until it has ended.
inline Result<Outcome> await(const Command &command) {
    gantry_outcome outcome{};
    if (auto ok = detail::checked(gantry_await(command.c(), &outcome)); !ok) return std::unexpected(std::move(ok).error());
    return detail::take_outcome(outcome);
}

// Forks commands and waits until all have ended; outcomes in the order given.
inline Result<std::vector<Outcome>> await_all(const Commands &commands) {
    std::vector<gantry_outcome> outcomes(commands.size());
    if (auto ok = detail::checked(gantry_await_all_of(outcomes.data(), commands.data(), commands.size())); !ok)
        return std::unexpected(std::move(ok).error());
    std::vector<Outcome> taken;
    for (gantry_outcome &outcome : outcomes) taken.push_back(detail::take_outcome(outcome));
    return taken;
}

// Forks commands and waits until the first has ended, then cancels the others.
inline Result<Winner> await_any(const Commands &commands) {
    gantry_winner winner{};
    if (auto ok = detail::checked(gantry_await_any_of(&winner, commands.data(), commands.size())); !ok)
        return std::unexpected(std::move(ok).error());
    return Winner{winner.index, detail::take_outcome(winner.outcome)};
}

// Waits for the next tick.
inline Result<> yield() { return detail::checked(gantry_yield()); }
// Waits for a time, looked at once per tick; zero or less returns at once.
inline Result<> wait(Seconds time) { return detail::checked(gantry_wait(time.count())); }
// Waits until the signal is true.
inline Result<> wait_until(const Signal &signal) { return detail::checked(gantry_wait_until(signal.c())); }
// Waits until the signal is true (true) or the time has passed (false).
inline Result<bool> wait_until(const Signal &signal, Seconds timeout) {
    bool met = false;
    return detail::checked(gantry_wait_until_timeout(signal.c(), timeout.count(), &met)).transform([&] { return met; });
}
// Waits until canceled: it always answers an error.
inline Result<> park() { return detail::checked(gantry_park()); }
// What a refused fork or await does: cancel this run and all above it (on, the default), or answer
// Error::Kind::refused.
inline void cancel_on_fork_failure(bool on) { gantry_set_cancel_on_fork_failure(on); }
// Sets the command that runs on a mechanism when no other requires it, until this run ends.
inline Result<> set_default(const std::string &mechanism, const Command &command) {
    return detail::checked(gantry_set_default(mechanism.c_str(), command.c()));
}

// ---- State machines -------------------------------------------------------------------------

enum class State : gantry_state {};

// A state machine under construction; each state runs a command.
class StateMachine : public detail::Handle<gantry_state_machine, gantry_state_machine_drop> {
  public:
    class Transition {
      public:
        // Happens when the signal becomes true while one of the origins runs.
        Result<> when(const Signal &signal) const { return detail::checked(gantry_switch_when(machine_, origins(), to_, signal.c())); }
        // Happens when the command of one of the origins has ended by itself.
        Result<> on_completion() const { return detail::checked(gantry_switch_on_completion(machine_, origins(), to_)); }
        // The same, if the signal is true then. Looked at before the unconditional ones.
        Result<> on_completion_if(const Signal &signal) const { return detail::checked(gantry_switch_on_completion_if(machine_, origins(), to_, signal.c())); }

      private:
        friend class StateMachine;
        Transition(gantry_state_machine machine, std::vector<gantry_state> from, gantry_state to)
            : machine_(machine), from_(std::move(from)), to_(to) {}
        gantry_origins origins() const { return {from_.data(), from_.size()}; }
        gantry_state_machine machine_;
        std::vector<gantry_state> from_;
        gantry_state to_;
    };

    explicit StateMachine(const std::string &name) : Handle(gantry_state_machine_new(name.c_str())) {}
    // Adds a state that runs a command.
    State state(const std::string &name, const Command &command) { return State(gantry_add_state(c(), name.c_str(), command.c())); }
    // `machine.from({up, down}, stopped).when(signal)`; no origins are every state so far.
    Transition from(std::initializer_list<State> origins, State to) const { return {c(), indices(origins), static_cast<gantry_state>(to)}; }
    Transition from(State origin, State to) const { return from({origin}, to); }
    Transition from_any(State to) const { return from({}, to); }
    // Ends the machine.
    Transition end_from(std::initializer_list<State> origins) const { return {c(), indices(origins), GANTRY_END}; }
    // The machine as a command that starts in this state.
    Result<Command> build(State initial) const {
        return detail::made<Command, gantry_command>([&](auto *out) { return gantry_state_machine_build(out, c(), static_cast<gantry_state>(initial)); });
    }

  private:
    static std::vector<gantry_state> indices(std::initializer_list<State> states) {
        std::vector<gantry_state> indices;
        for (State state : states) indices.push_back(static_cast<gantry_state>(state));
        return indices;
    }
};

} // namespace gantry

#include "gantry/channel.hpp"
#include "gantry/definition.hpp"
