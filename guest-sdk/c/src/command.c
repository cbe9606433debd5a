/* Signals, commands, state machines and the calls that suspend a run. */
#include "internal.h"

typedef gantry_command_signals_own_signal_t own_signal;
typedef gantry_command_signals_borrow_signal_t borrow_signal;
typedef gantry_command_commands_own_command_t own_command;
typedef gantry_command_commands_borrow_command_t borrow_command;
typedef gantry_command_commands_list_borrow_command_t command_list;
typedef gantry_command_coroutine_list_borrow_command_t awaited_list;

/* A list of handles is passed to the host as it is. */
_Static_assert(sizeof(gantry_command) == sizeof(borrow_command), "a command is its handle");

#define SIGNAL(signal) ((borrow_signal){(signal).handle_})
#define COMMAND(command) ((borrow_command){(command).handle_})
#define MACHINE(machine) ((gantry_command_commands_borrow_state_machine_t){(machine).handle_})
#define LIST(type, commands, count) ((type){(borrow_command *)(commands), (count)})

static gantry_status made_signal(bool ok, gantry_signal *out, own_signal made, wit_string error) {
    if (!ok) return gantry_invalid_(error);
    out->handle_ = made.__handle;
    return GANTRY_OK;
}

static gantry_status made_command(bool ok, gantry_command *out, own_command made, wit_string error) {
    if (!ok) return gantry_invalid_(error);
    out->handle_ = made.__handle;
    return GANTRY_OK;
}

#define MAKE(kind, out, function, ...)                                                             \
    do {                                                                                           \
        own_##kind made = {0};                                                                     \
        wit_string error = {0};                                                                    \
        bool ok = function(__VA_ARGS__, &made, &error);                                            \
        return made_##kind(ok, out, made, error);                                                  \
    } while (0)

gantry_status gantry_is_true(gantry_signal *out, gantry_source of, const char *name) {
    wit_string text = gantry_lend_(name);
    MAKE(signal, out, gantry_command_signals_static_signal_is_true, (uint8_t)of, &text);
}

gantry_status gantry_above(gantry_signal *out, gantry_source of, const char *name, double threshold) {
    wit_string text = gantry_lend_(name);
    MAKE(signal, out, gantry_command_signals_static_signal_above, (uint8_t)of, &text, threshold);
}

gantry_status gantry_below(gantry_signal *out, gantry_source of, const char *name, double threshold) {
    wit_string text = gantry_lend_(name);
    MAKE(signal, out, gantry_command_signals_static_signal_below, (uint8_t)of, &text, threshold);
}

gantry_signal gantry_signal_and(gantry_signal a, gantry_signal b) {
    return (gantry_signal){gantry_command_signals_method_signal_both(SIGNAL(a), SIGNAL(b)).__handle};
}

gantry_signal gantry_signal_or(gantry_signal a, gantry_signal b) {
    return (gantry_signal){gantry_command_signals_method_signal_either(SIGNAL(a), SIGNAL(b)).__handle};
}

gantry_signal gantry_signal_not(gantry_signal signal) {
    return (gantry_signal){gantry_command_signals_method_signal_negate(SIGNAL(signal)).__handle};
}

gantry_status gantry_debounce(gantry_signal *out, gantry_signal signal, double seconds, gantry_edge on) {
    MAKE(signal, out, gantry_command_signals_method_signal_debounce, SIGNAL(signal), seconds, (uint8_t)on);
}

gantry_signal gantry_rising_edge(gantry_signal signal) {
    return (gantry_signal){gantry_command_signals_method_signal_rising_edge(SIGNAL(signal)).__handle};
}

gantry_signal gantry_falling_edge(gantry_signal signal) {
    return (gantry_signal){gantry_command_signals_method_signal_falling_edge(SIGNAL(signal)).__handle};
}

gantry_status gantry_multi_press(gantry_signal *out, gantry_signal signal, uint32_t count, double seconds) {
    MAKE(signal, out, gantry_command_signals_method_signal_multi_press, SIGNAL(signal), count, seconds);
}

bool gantry_signal_get(gantry_signal signal) {
    return gantry_command_signals_method_signal_get(SIGNAL(signal));
}

void gantry_signal_drop(gantry_signal signal) {
    gantry_command_signals_signal_drop_own((own_signal){signal.handle_});
}

gantry_status gantry_lookup_with(gantry_command *out, const char *name, const gantry_argument *arguments, size_t count) {
    gantry_command_commands_argument_t *lent = gantry_allocate_(count * sizeof *lent);
    for (size_t i = 0; i < count; i++) {
        lent[i].name = gantry_lend_(arguments[i].name);
        lent[i].value = gantry_lend_value_(&arguments[i].value);
    }
    gantry_command_commands_list_argument_t list = {lent, count};
    wit_string text = gantry_lend_(name), error = {0};
    own_command made = {0};
    bool ok = gantry_command_commands_static_command_lookup(&text, &list, &made, &error);
    free(lent);
    return made_command(ok, out, made, error);
}

gantry_command gantry_sequence_of(const gantry_command *members, size_t count) {
    command_list list = LIST(command_list, members, count);
    return (gantry_command){gantry_command_commands_static_command_sequence(&list).__handle};
}

gantry_status gantry_parallel_of(gantry_command *out, const gantry_command *required, size_t required_count, const gantry_command *optional, size_t optional_count) {
    command_list needed = LIST(command_list, required, required_count);
    command_list extra = LIST(command_list, optional, optional_count);
    MAKE(command, out, gantry_command_commands_static_command_parallel, &needed, &extra);
}

gantry_status gantry_race_of(gantry_command *out, const gantry_command *members, size_t count) {
    command_list list = LIST(command_list, members, count);
    MAKE(command, out, gantry_command_commands_static_command_race, &list);
}

gantry_status gantry_delay(gantry_command *out, double seconds) {
    MAKE(command, out, gantry_command_commands_static_command_delay, seconds);
}

gantry_command gantry_condition(gantry_signal signal) {
    return (gantry_command){gantry_command_commands_static_command_condition(SIGNAL(signal)).__handle};
}

gantry_command gantry_named(gantry_command command, const char *name) {
    wit_string text = gantry_lend_(name);
    return (gantry_command){gantry_command_commands_method_command_named(COMMAND(command), &text).__handle};
}

gantry_command gantry_with_priority(gantry_command command, int32_t priority) {
    return (gantry_command){gantry_command_commands_method_command_with_priority(COMMAND(command), priority).__handle};
}

gantry_status gantry_with_timeout(gantry_command *out, gantry_command command, double seconds) {
    MAKE(command, out, gantry_command_commands_method_command_with_timeout, COMMAND(command), seconds);
}

gantry_command gantry_until(gantry_command command, gantry_signal signal) {
    return (gantry_command){gantry_command_commands_method_command_until(COMMAND(command), SIGNAL(signal)).__handle};
}

char *gantry_command_name(gantry_command command) {
    wit_string name = {0};
    gantry_command_commands_method_command_name(COMMAND(command), &name);
    return gantry_take_(name);
}

char **gantry_command_requirements(gantry_command command) {
    command_plugin_list_string_t names = {0};
    gantry_command_commands_method_command_requirements(COMMAND(command), &names);
    return gantry_take_list_(names);
}

int32_t gantry_command_priority(gantry_command command) {
    return gantry_command_commands_method_command_priority(COMMAND(command));
}

bool gantry_is_running(gantry_command command) {
    return gantry_command_commands_method_command_is_running(COMMAND(command));
}

#define SCHEDULE(function, ...)                                                                    \
    do {                                                                                           \
        wit_error error = {0};                                                                     \
        if (!function(__VA_ARGS__ __VA_OPT__(, ) & error)) return gantry_from_wit_error_(error);   \
    } while (0)

gantry_status gantry_cancel(gantry_command command) {
    SCHEDULE(gantry_command_commands_method_command_cancel, COMMAND(command));
    return GANTRY_OK;
}

void gantry_command_drop(gantry_command command) {
    gantry_command_commands_command_drop_own((own_command){command.handle_});
}

gantry_state_machine gantry_state_machine_new(const char *name) {
    wit_string text = gantry_lend_(name);
    return (gantry_state_machine){gantry_command_commands_constructor_state_machine(&text).__handle};
}

gantry_state gantry_add_state(gantry_state_machine machine, const char *name, gantry_command command) {
    wit_string text = gantry_lend_(name);
    return gantry_command_commands_method_state_machine_add_state(MACHINE(machine), &text, COMMAND(command));
}

gantry_status gantry_switch_when(gantry_state_machine machine, gantry_origins from, gantry_state to, gantry_signal signal) {
    command_plugin_list_u32_t origins = {(uint32_t *)from.states, from.count};
    wit_string error = {0};
    bool ok = gantry_command_commands_method_state_machine_switch_when(MACHINE(machine), &origins, to == GANTRY_END ? NULL : &to, SIGNAL(signal), &error);
    return ok ? GANTRY_OK : gantry_invalid_(error);
}

static gantry_status switch_on_completion(gantry_state_machine machine, gantry_origins from, gantry_state to, borrow_signal *signal) {
    command_plugin_list_u32_t origins = {(uint32_t *)from.states, from.count};
    wit_string error = {0};
    bool ok = gantry_command_commands_method_state_machine_switch_on_completion(MACHINE(machine), &origins, to == GANTRY_END ? NULL : &to, signal, &error);
    return ok ? GANTRY_OK : gantry_invalid_(error);
}

gantry_status gantry_switch_on_completion(gantry_state_machine machine, gantry_origins from, gantry_state to) {
    return switch_on_completion(machine, from, to, NULL);
}

gantry_status gantry_switch_on_completion_if(gantry_state_machine machine, gantry_origins from, gantry_state to, gantry_signal signal) {
    borrow_signal borrowed = SIGNAL(signal);
    return switch_on_completion(machine, from, to, &borrowed);
}

gantry_status gantry_state_machine_build(gantry_command *out, gantry_state_machine machine, gantry_state initial) {
    MAKE(command, out, gantry_command_commands_method_state_machine_build, MACHINE(machine), initial);
}

void gantry_state_machine_drop(gantry_state_machine machine) {
    gantry_command_commands_state_machine_drop_own((gantry_command_commands_own_state_machine_t){machine.handle_});
}

static gantry_outcome take_outcome(gantry_command_types_outcome_t outcome) {
    gantry_outcome taken = {.kind = (gantry_outcome_kind)outcome.tag};
    switch (outcome.tag) {
    case GANTRY_COMMAND_TYPES_OUTCOME_COMPLETED:
        if (outcome.val.completed.is_some) taken.value = gantry_take_value_(outcome.val.completed.val);
        break;
    case GANTRY_COMMAND_TYPES_OUTCOME_CANCELED: break;
    default: taken.text = gantry_take_(outcome.val.failed); break;
    }
    return taken;
}

/* The caller's, or nobody's. */
static void hand_out(gantry_outcome *out, gantry_command_types_outcome_t outcome) {
    gantry_outcome taken = take_outcome(outcome);
    if (out != NULL) {
        *out = taken;
    } else {
        gantry_outcome_free(&taken);
    }
}

gantry_status gantry_fork_all(const gantry_command *commands, size_t count) {
    awaited_list list = LIST(awaited_list, commands, count);
    SCHEDULE(gantry_command_coroutine_fork, &list);
    return GANTRY_OK;
}

gantry_status gantry_await(gantry_command command, gantry_outcome *out) {
    gantry_command_types_outcome_t outcome;
    SCHEDULE(gantry_command_coroutine_await, COMMAND(command), &outcome);
    hand_out(out, outcome);
    return GANTRY_OK;
}

gantry_status gantry_await_all_of(gantry_outcome *out, const gantry_command *commands, size_t count) {
    awaited_list list = LIST(awaited_list, commands, count);
    gantry_command_coroutine_list_outcome_t outcomes = {0};
    SCHEDULE(gantry_command_coroutine_await_all, &list, &outcomes);
    for (size_t i = 0; i < outcomes.len; i++) hand_out(out == NULL ? NULL : &out[i], outcomes.ptr[i]);
    if (outcomes.len > 0) free(outcomes.ptr);
    return GANTRY_OK;
}

gantry_status gantry_await_any_of(gantry_winner *out, const gantry_command *commands, size_t count) {
    awaited_list list = LIST(awaited_list, commands, count);
    gantry_command_coroutine_winner_t winner;
    SCHEDULE(gantry_command_coroutine_await_any, &list, &winner);
    if (out != NULL) out->index = winner.index;
    hand_out(out == NULL ? NULL : &out->outcome, winner.outcome);
    return GANTRY_OK;
}

gantry_status gantry_yield(void) {
    SCHEDULE(gantry_command_coroutine_yield);
    return GANTRY_OK;
}

gantry_status gantry_wait(double seconds) {
    SCHEDULE(gantry_command_coroutine_wait, seconds);
    return GANTRY_OK;
}

gantry_status gantry_wait_until(gantry_signal signal) {
    gantry_command_coroutine_wait_result_t result;
    SCHEDULE(gantry_command_coroutine_wait_until, SIGNAL(signal), NULL, &result);
    return GANTRY_OK;
}

gantry_status gantry_wait_until_timeout(gantry_signal signal, double seconds, bool *met) {
    gantry_command_coroutine_wait_result_t result;
    SCHEDULE(gantry_command_coroutine_wait_until, SIGNAL(signal), &seconds, &result);
    if (met != NULL) *met = result == GANTRY_COMMAND_COROUTINE_WAIT_RESULT_MET;
    return GANTRY_OK;
}

gantry_status gantry_park(void) {
    for (;;) SCHEDULE(gantry_command_coroutine_park);
}

void gantry_set_cancel_on_fork_failure(bool on) {
    gantry_command_coroutine_set_cancel_on_fork_failure(on);
}

gantry_status gantry_bind(gantry_signal signal, gantry_binding when, gantry_command command) {
    SCHEDULE(gantry_command_triggers_bind, SIGNAL(signal), (uint8_t)when, COMMAND(command));
    return GANTRY_OK;
}

gantry_status gantry_set_default(const char *mechanism, gantry_command command) {
    wit_string text = gantry_lend_(mechanism);
    SCHEDULE(gantry_command_triggers_set_default, &text, COMMAND(command));
    return GANTRY_OK;
}
