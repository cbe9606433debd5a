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

#include "gantry/value.hpp"

namespace gantry {

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
