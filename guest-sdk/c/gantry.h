/* Gantry commands in C.
 *
 * What a function hands out, and who frees it:
 *
 * - Handles (gantry_command, gantry_signal, gantry_topic, the inputs and outputs, …) are small and
 *   passed by value. `…_drop` gives one back; what runs or was built from it goes on.
 * - A `char *` that is returned is yours: free() it.
 * - A gantry_value or gantry_outcome that a function fills in is yours: gantry_value_free(),
 *   gantry_outcome_free(). One that you make with gantry_value_of() borrows; do not free it.
 * - What is passed in is only looked at: it may be on the stack.
 * - Arguments of a command (`args->…`) live as long as the run.
 *
 * Each run of a command is an instance of the plugin with memory of its own, all of which is gone
 * when the run ends. So only a loop has to give back what it takes.
 *
 * Functions that can go wrong answer a gantry_status; gantry_error_text() has the text of the last one.
 */
#ifndef GANTRY_H
#define GANTRY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#define GANTRY_MUST_USE_ [[nodiscard]]
#else
#define GANTRY_MUST_USE_ __attribute__((warn_unused_result))
#endif

/* ---- Errors ------------------------------------------------------------------------------- */

/* How a call went. Everything but GANTRY_OK is an error; gantry_error_text() says more. */
typedef enum gantry_status {
    GANTRY_OK = 0,
    /* This run was canceled. Clean up and return: outputs may still be written, but every call
     * that would wait or start something answers this from now on. */
    GANTRY_CANCELED,
    /* Some command could not start; see gantry_refusals(). Only after
     * gantry_set_cancel_on_fork_failure(false). */
    GANTRY_REFUSED,
    /* The call itself is wrong. The text says what would be right. */
    GANTRY_INVALID,
    /* Something else went wrong: a command failed, a write was refused, gantry_fail(). */
    GANTRY_FAILED,
} gantry_status;

/* One command that was not allowed to start. */
typedef struct gantry_refusal {
    const char *command; /* the command that was to be started */
    const char *blocker; /* the command of higher priority, or the limit, in the way */
    const char *reason;  /* a sentence for people */
} gantry_refusal;

/* The text of the last error. It is good until the next call that goes wrong. */
const char *gantry_error_text(void);

/* Sets the text of an error and answers GANTRY_FAILED: `return gantry_fail("stuck at %g", angle);`
 */
GANTRY_MUST_USE_ __attribute__((format(printf, 1, 2))) gantry_status gantry_fail(const char *format, ...);

/* What was refused when the last error was GANTRY_REFUSED. */
const gantry_refusal *gantry_refusals(size_t *count);

/* Names of the commands that were started all the same when the last error was GANTRY_REFUSED. */
const char *const *gantry_forked(size_t *count);

#ifndef __cplusplus
/* Returns from the function with the status of a call that did not answer GANTRY_OK. */
#define GANTRY_TRY(call)                                                                           \
    do {                                                                                           \
        gantry_status gantry_status_ = (call);                                                     \
        if (gantry_status_ != GANTRY_OK) return gantry_status_;                                    \
    } while (0)
#endif

/* ---- Values ------------------------------------------------------------------------------- */

typedef enum gantry_kind {
    GANTRY_KIND_NONE = 0,
    GANTRY_KIND_BOOLEAN,
    GANTRY_KIND_INTEGER,
    GANTRY_KIND_NUMBER,
    GANTRY_KIND_TEXT,
    GANTRY_KIND_NUMBERS,
    /* A kind that a newer plugin made, as text. */
    GANTRY_KIND_OTHER,
} gantry_kind;

/* Numbers in a row: a pose, a trajectory, LED colours. */
typedef struct gantry_numbers {
    const double *data;
    size_t length;
} gantry_numbers;

/* An argument, a returned value, a published state, an entry of the configuration. */
typedef struct gantry_value {
    gantry_kind kind;
    size_t length; /* of a text in bytes without its NUL, or how many numbers */
    union {
        bool boolean;
        int64_t integer;
        double number;
        const char *text; /* UTF-8, with a NUL at its end */
        const double *numbers;
    };
} gantry_value;

gantry_value gantry_boolean(bool value);
gantry_value gantry_integer(int64_t value);
gantry_value gantry_number(double value);
gantry_value gantry_text(const char *value);
gantry_value gantry_list(gantry_numbers value);

/* Frees what a function has filled in, and leaves GANTRY_KIND_NONE behind. */
void gantry_value_free(gantry_value *value);
/* The value as people read it. free() it. */
char *gantry_value_to_text(const gantry_value *value);

/* Read a value; the error says what it should be. A whole number is a number, too. A text or
 * numbers belong to the value. */
GANTRY_MUST_USE_ gantry_status gantry_value_boolean(const gantry_value *value, bool *out);
GANTRY_MUST_USE_ gantry_status gantry_value_integer(const gantry_value *value, int64_t *out);
GANTRY_MUST_USE_ gantry_status gantry_value_number(const gantry_value *value, double *out);
GANTRY_MUST_USE_ gantry_status gantry_value_text(const gantry_value *value, const char **out);
GANTRY_MUST_USE_ gantry_status gantry_value_numbers(const gantry_value *value, gantry_numbers *out);

#ifndef __cplusplus
gantry_value gantry_value_same_(gantry_value value);

/* A value of whatever this is. Mind that comparisons are of type `int` in C: write
 * `(bool)(a < b)` or gantry_boolean(a < b). */
#define gantry_value_of(x)                                                                         \
    _Generic((x),                                                                                  \
        bool: gantry_boolean,                                                                      \
        char: gantry_integer,                                                                      \
        signed char: gantry_integer,                                                               \
        unsigned char: gantry_integer,                                                             \
        short: gantry_integer,                                                                     \
        unsigned short: gantry_integer,                                                            \
        int: gantry_integer,                                                                       \
        unsigned: gantry_integer,                                                                  \
        long: gantry_integer,                                                                      \
        unsigned long: gantry_integer,                                                             \
        long long: gantry_integer,                                                                 \
        float: gantry_number,                                                                      \
        double: gantry_number,                                                                     \
        char *: gantry_text,                                                                       \
        const char *: gantry_text,                                                                 \
        gantry_numbers: gantry_list,                                                               \
        gantry_value: gantry_value_same_)(x)

/* Reads a value into `bool *`, `int64_t *`, `double *`, `const char **` or `gantry_numbers *`. */
#define gantry_value_get(value, out)                                                               \
    _Generic((out),                                                                                \
        bool *: gantry_value_boolean,                                                              \
        int64_t *: gantry_value_integer,                                                           \
        double *: gantry_value_number,                                                             \
        const char **: gantry_value_text,                                                          \
        gantry_numbers *: gantry_value_numbers)(value, out)
#endif

/* ---- Signals ------------------------------------------------------------------------------ */

/* A condition that the host evaluates, without resuming the run. */
typedef struct gantry_signal {
    int32_t handle_;
} gantry_signal;

typedef enum gantry_source { GANTRY_CHANNEL, GANTRY_TOPIC } gantry_source;
typedef enum gantry_edge { GANTRY_RISING, GANTRY_FALLING, GANTRY_BOTH } gantry_edge;

/* True while a boolean channel or topic is true. A topic that nobody has published is false. */
GANTRY_MUST_USE_ gantry_status gantry_is_true(gantry_signal *out, gantry_source of, const char *name);
/* True while a number is greater, or less, than the threshold, in the channel's unit. */
GANTRY_MUST_USE_ gantry_status gantry_above(gantry_signal *out, gantry_source of, const char *name, double threshold);
GANTRY_MUST_USE_ gantry_status gantry_below(gantry_signal *out, gantry_source of, const char *name, double threshold);

gantry_signal gantry_signal_and(gantry_signal a, gantry_signal b);
gantry_signal gantry_signal_or(gantry_signal a, gantry_signal b);
gantry_signal gantry_signal_not(gantry_signal signal);
/* Follows changes only after they have lasted this long, in seconds. */
GANTRY_MUST_USE_ gantry_status gantry_debounce(gantry_signal *out, gantry_signal signal, double seconds, gantry_edge on);
/* True for the one tick in which the signal became true, or false. */
gantry_signal gantry_rising_edge(gantry_signal signal);
gantry_signal gantry_falling_edge(gantry_signal signal);
/* True from the `count`th rising edge within `seconds` until the signal is false again. */
GANTRY_MUST_USE_ gantry_status gantry_multi_press(gantry_signal *out, gantry_signal signal, uint32_t count, double seconds);
/* The signal's value now. */
bool gantry_signal_get(gantry_signal signal);
void gantry_signal_drop(gantry_signal signal);

/* ---- Commands ----------------------------------------------------------------------------- */

/* A command that can be started, once at a time. Two objects made from the same definition are
 * different commands. */
typedef struct gantry_command {
    int32_t handle_;
} gantry_command;

typedef struct gantry_argument {
    const char *name;
    gantry_value value;
} gantry_argument;

GANTRY_MUST_USE_ gantry_status gantry_lookup_with(gantry_command *out, const char *name, const gantry_argument *arguments, size_t count);
gantry_command gantry_sequence_of(const gantry_command *members, size_t count);
GANTRY_MUST_USE_ gantry_status gantry_parallel_of(gantry_command *out, const gantry_command *required, size_t required_count, const gantry_command *optional, size_t optional_count);
GANTRY_MUST_USE_ gantry_status gantry_race_of(gantry_command *out, const gantry_command *members, size_t count);

#ifndef __cplusplus
#define GANTRY_COUNT_(type, ...) (sizeof((const type[]){(const type){0} __VA_OPT__(, ) __VA_ARGS__}) / sizeof(type) - 1)
#define GANTRY_ARRAY_(type, ...) ((const type[]){(const type){0} __VA_OPT__(, ) __VA_ARGS__} + 1), GANTRY_COUNT_(type __VA_OPT__(, ) __VA_ARGS__)
#define GANTRY_LIST_OF_COMMANDS_(...) GANTRY_ARRAY_(gantry_command __VA_OPT__(, ) __VA_ARGS__)

/* One argument of a lookup: GANTRY_ARG("angle", 0.4). */
#define GANTRY_ARG(name, value) ((gantry_argument){(name), gantry_value_of(value)})

/* A command by name, `raise` of this plugin or `arm-kit/raise` of another one. What is left out
 * takes its default: gantry_lookup(&raise, "arm-kit/raise", GANTRY_ARG("angle", 0.4)). */
#define gantry_lookup(out, name, ...) gantry_lookup_with((out), (name), GANTRY_ARRAY_(gantry_argument __VA_OPT__(, ) __VA_ARGS__))
/* Awaits each member in turn; without members it ends at once. */
#define gantry_sequence(...) gantry_sequence_of(GANTRY_LIST_OF_COMMANDS_(__VA_ARGS__))
/* Runs all at once and ends when all have ended. Error: members that share a mechanism. */
#define gantry_parallel(out, ...) gantry_parallel_of((out), GANTRY_LIST_OF_COMMANDS_(__VA_ARGS__), NULL, 0)
/* Runs all at once and ends when the first ends; the others are canceled. */
#define gantry_race(out, ...) gantry_race_of((out), GANTRY_LIST_OF_COMMANDS_(__VA_ARGS__))
#endif

/* Waits for a time, in seconds, and ends. */
GANTRY_MUST_USE_ gantry_status gantry_delay(gantry_command *out, double seconds);
/* Waits until the signal is true and ends. */
gantry_command gantry_condition(gantry_signal signal);

/* New commands that run this one: under another name, with another priority (0 is usual, the
 * highest wins), canceled after a time in seconds, canceled once the signal is true. */
gantry_command gantry_named(gantry_command command, const char *name);
gantry_command gantry_with_priority(gantry_command command, int32_t priority);
GANTRY_MUST_USE_ gantry_status gantry_with_timeout(gantry_command *out, gantry_command command, double seconds);
gantry_command gantry_until(gantry_command command, gantry_signal signal);

/* The name, as telemetry shows it. free() it. */
char *gantry_command_name(gantry_command command);
/* The names of the mechanisms that it requires, with a NULL at the end. free() it; one call. */
char **gantry_command_requirements(gantry_command command);
int32_t gantry_command_priority(gantry_command command);
bool gantry_is_running(gantry_command command);
/* Cancels the command and all it has forked, whoever started it. Works in a cleanup, too.
 * GANTRY_CANCELED if that ended this run itself. */
gantry_status gantry_cancel(gantry_command command);
void gantry_command_drop(gantry_command command);

/* ---- State machines ----------------------------------------------------------------------- */

typedef struct gantry_state_machine {
    int32_t handle_;
} gantry_state_machine;
typedef uint32_t gantry_state;
/* Where a transition leads that ends the machine. */
#define GANTRY_END UINT32_MAX

typedef struct gantry_origins {
    const gantry_state *states;
    size_t count;
} gantry_origins;
/* The states that a transition leads out of: all that were added so far, or these. */
#define GANTRY_FROM_ANY ((gantry_origins){NULL, 0})
#define GANTRY_FROM(...) ((gantry_origins){(const gantry_state[]){__VA_ARGS__}, sizeof((const gantry_state[]){__VA_ARGS__}) / sizeof(gantry_state)})

gantry_state_machine gantry_state_machine_new(const char *name);
gantry_state gantry_add_state(gantry_state_machine machine, const char *name, gantry_command command);
/* Goes to `to` when the signal becomes true while one of the origins runs. Transitions are looked
 * at in the order they are added. */
GANTRY_MUST_USE_ gantry_status gantry_switch_when(gantry_state_machine machine, gantry_origins from, gantry_state to, gantry_signal signal);
/* Goes to `to` when the command of one of the origins has ended by itself. */
GANTRY_MUST_USE_ gantry_status gantry_switch_on_completion(gantry_state_machine machine, gantry_origins from, gantry_state to);
/* The same, if the signal is true then. Looked at before the unconditional ones. */
GANTRY_MUST_USE_ gantry_status gantry_switch_on_completion_if(gantry_state_machine machine, gantry_origins from, gantry_state to, gantry_signal signal);
/* The machine as a command that starts in this state. */
GANTRY_MUST_USE_ gantry_status gantry_state_machine_build(gantry_command *out, gantry_state_machine machine, gantry_state initial);
void gantry_state_machine_drop(gantry_state_machine machine);

/* ---- The coroutine: what suspends this run ------------------------------------------------- */

typedef enum gantry_outcome_kind {
    GANTRY_COMPLETED,   /* its body returned; `value`, if anything */
    GANTRY_HAS_FAILED,  /* `text` names the command and says what went wrong */
    GANTRY_WAS_CANCELED,
    GANTRY_INTERRUPTED, /* `text` names the command that it lost a mechanism to */
    GANTRY_ENDED_OTHERWISE,
} gantry_outcome_kind;

/* How an awaited command ended. */
typedef struct gantry_outcome {
    gantry_outcome_kind kind;
    gantry_value value;
    char *text;
} gantry_outcome;

typedef struct gantry_winner {
    size_t index; /* into the list that was awaited */
    gantry_outcome outcome;
} gantry_winner;

void gantry_outcome_free(gantry_outcome *outcome);
/* The outcome as a sentence, as in `it completed with 3`. free() it. */
char *gantry_outcome_to_text(const gantry_outcome *outcome);
/* GANTRY_OK if it completed; otherwise GANTRY_FAILED, and the error says how it ended. */
GANTRY_MUST_USE_ gantry_status gantry_outcome_check(const gantry_outcome *outcome);

GANTRY_MUST_USE_ gantry_status gantry_fork_all(const gantry_command *commands, size_t count);
GANTRY_MUST_USE_ gantry_status gantry_await_all_of(gantry_outcome *outcomes, const gantry_command *commands, size_t count);
GANTRY_MUST_USE_ gantry_status gantry_await_any_of(gantry_winner *winner, const gantry_command *commands, size_t count);

#ifndef __cplusplus
/* Starts commands as children of this run and goes on at once. They are canceled when it ends. */
#define gantry_fork(...) gantry_fork_all(GANTRY_LIST_OF_COMMANDS_(__VA_ARGS__))
/* Forks commands and waits until all have ended; outcomes in the order given, or NULL. */
#define gantry_await_all(outcomes, ...) gantry_await_all_of((outcomes), GANTRY_LIST_OF_COMMANDS_(__VA_ARGS__))
/* Forks commands and waits until the first has ended, then cancels the others. `winner` or NULL. */
#define gantry_await_any(winner, ...) gantry_await_any_of((winner), GANTRY_LIST_OF_COMMANDS_(__VA_ARGS__))
#endif

/* Forks a command, or takes one that is running, and waits until it has ended. `outcome` or NULL. */
GANTRY_MUST_USE_ gantry_status gantry_await(gantry_command command, gantry_outcome *outcome);
/* Waits for the next tick. */
GANTRY_MUST_USE_ gantry_status gantry_yield(void);
/* Waits for a time in seconds; zero or less returns at once. */
GANTRY_MUST_USE_ gantry_status gantry_wait(double seconds);
/* Waits until the signal is true. */
GANTRY_MUST_USE_ gantry_status gantry_wait_until(gantry_signal signal);
/* Waits until the signal is true (`*met`) or the time in seconds has passed (not `*met`). */
GANTRY_MUST_USE_ gantry_status gantry_wait_until_timeout(gantry_signal signal, double seconds, bool *met);
/* Waits until canceled: it always answers GANTRY_CANCELED. */
GANTRY_MUST_USE_ gantry_status gantry_park(void);
/* What a refused fork or await does: cancel this run and all above it (on, the default), or answer
 * GANTRY_REFUSED. */
void gantry_set_cancel_on_fork_failure(bool on);

/* ---- Triggers ------------------------------------------------------------------------------ */

/* When a bound command is started and canceled. */
typedef enum gantry_binding {
    GANTRY_ON_TRUE,
    GANTRY_ON_FALSE,
    GANTRY_WHILE_TRUE,
    GANTRY_WHILE_FALSE,
    GANTRY_RETRY_WHILE_TRUE,
    GANTRY_RETRY_WHILE_FALSE,
    GANTRY_TOGGLE_ON_TRUE,
    GANTRY_TOGGLE_ON_FALSE,
} gantry_binding;

/* Binds a command to a signal until this run ends. */
GANTRY_MUST_USE_ gantry_status gantry_bind(gantry_signal signal, gantry_binding when, gantry_command command);
/* Sets the command that runs on a mechanism when no other requires it, until this run ends. */
GANTRY_MUST_USE_ gantry_status gantry_set_default(const char *mechanism, gantry_command command);

/* ---- Inputs and outputs -------------------------------------------------------------------- */

typedef struct gantry_number_input { int32_t handle_; } gantry_number_input;
typedef struct gantry_boolean_input { int32_t handle_; } gantry_boolean_input;
typedef struct gantry_array_input { int32_t handle_; } gantry_array_input;
typedef struct gantry_number_output { int32_t handle_; } gantry_number_output;
typedef struct gantry_boolean_output { int32_t handle_; } gantry_boolean_output;
typedef struct gantry_array_output { int32_t handle_; } gantry_array_output;

/* Open a channel by its full name, once, before a loop. Error: no such channel, of another kind,
 * not granted. */
GANTRY_MUST_USE_ gantry_status gantry_number_input_open(gantry_number_input *out, const char *channel);
GANTRY_MUST_USE_ gantry_status gantry_boolean_input_open(gantry_boolean_input *out, const char *channel);
GANTRY_MUST_USE_ gantry_status gantry_array_input_open(gantry_array_input *out, const char *channel);
GANTRY_MUST_USE_ gantry_status gantry_number_output_open(gantry_number_output *out, const char *channel);
GANTRY_MUST_USE_ gantry_status gantry_boolean_output_open(gantry_boolean_output *out, const char *channel);
GANTRY_MUST_USE_ gantry_status gantry_array_output_open(gantry_array_output *out, const char *channel);

/* Values as sampled at the start of this tick, in the channel's unit. */
double gantry_number_input_get(gantry_number_input input);
bool gantry_boolean_input_get(gantry_boolean_input input);
/* Copies up to `capacity` numbers and answers how many there are. */
size_t gantry_array_input_get(gantry_array_input input, double *numbers, size_t capacity);

/* Seconds since the device last answered; 0 for a value of this tick. */
double gantry_number_input_age(gantry_number_input input);
double gantry_boolean_input_age(gantry_boolean_input input);
double gantry_array_input_age(gantry_array_input input);

/* Sets what is flushed at the end of this tick and held until it is set again or released.
 * GANTRY_INVALID: NaN, infinite, out of range, of the wrong length; GANTRY_FAILED: this run does
 * not own the mechanism. The channel keeps its value then. */
GANTRY_MUST_USE_ gantry_status gantry_number_output_set(gantry_number_output output, double value);
GANTRY_MUST_USE_ gantry_status gantry_boolean_output_set(gantry_boolean_output output, bool value);
#ifndef __cplusplus
/* Only a bool, or a comparison: a number that is NaN would count as true. */
typedef struct gantry_not_a_boolean_ { double number; } gantry_not_a_boolean_;
extern const gantry_not_a_boolean_ gantry_a_boolean_output_takes_true_or_false_;
#define gantry_boolean_output_set(output, value)                                                   \
    gantry_boolean_output_set((output), _Generic((value),                                          \
                              double: gantry_a_boolean_output_takes_true_or_false_,                \
                              float: gantry_a_boolean_output_takes_true_or_false_, default: (value)))
#endif
GANTRY_MUST_USE_ gantry_status gantry_array_output_set(gantry_array_output output, const double *numbers, size_t count);
/* Sets the value, or the end of the range that is nearest to it. NaN and infinities are refused. */
GANTRY_MUST_USE_ gantry_status gantry_number_output_set_clamped(gantry_number_output output, double value);
double gantry_number_output_minimum(gantry_number_output output);
double gantry_number_output_maximum(gantry_number_output output);
/* How many numbers the channel takes. */
size_t gantry_array_output_length(gantry_array_output output);

/* The channel's unit; empty without one. free() it. */
char *gantry_number_input_unit(gantry_number_input input);
char *gantry_array_input_unit(gantry_array_input input);
char *gantry_number_output_unit(gantry_number_output output);
char *gantry_array_output_unit(gantry_array_output output);

void gantry_number_input_drop(gantry_number_input input);
void gantry_boolean_input_drop(gantry_boolean_input input);
void gantry_array_input_drop(gantry_array_input input);
void gantry_number_output_drop(gantry_number_output output);
void gantry_boolean_output_drop(gantry_boolean_output output);
void gantry_array_output_drop(gantry_array_output output);

/* ---- Topics, configuration, clock, log ----------------------------------------------------- */

/* A named value. Since every run has its own memory, this is how runs tell each other things. */
typedef struct gantry_topic {
    int32_t handle_;
} gantry_topic;

GANTRY_MUST_USE_ gantry_status gantry_topic_open(gantry_topic *out, const char *name);
/* Visible at once to whoever reads after. The first value fixes the topic's type. */
GANTRY_MUST_USE_ gantry_status gantry_topic_publish(gantry_topic topic, gantry_value value);
/* The value published last; false if nobody has yet. */
bool gantry_topic_read(gantry_topic topic, gantry_value *out);
void gantry_topic_drop(gantry_topic topic);
#ifndef __cplusplus
#define gantry_publish(topic, x) gantry_topic_publish((topic), gantry_value_of(x))
#endif

/* An entry of the plugin's own table in robot.toml, a nested one as `pid.kp`; false if there is
 * no such entry. */
bool gantry_config_get(const char *key, gantry_value *out);
/* An entry that may be left out. Error: it is of another kind. */
GANTRY_MUST_USE_ gantry_status gantry_config_number(double *out, const char *key, double fallback);
GANTRY_MUST_USE_ gantry_status gantry_config_integer(int64_t *out, const char *key, int64_t fallback);
GANTRY_MUST_USE_ gantry_status gantry_config_boolean(bool *out, const char *key, bool fallback);
/* free() the text. */
GANTRY_MUST_USE_ gantry_status gantry_config_text(char **out, const char *key, const char *fallback);
/* A number from `minimum` to `maximum`. */
GANTRY_MUST_USE_ gantry_status gantry_config_in_range(double *out, const char *key, double fallback, double minimum, double maximum);
/* The names of all entries, sorted, with a NULL at the end. free() it; one call. */
char **gantry_config_keys(void);
/* Checks that there are no entries but these, a list with a NULL at its end. */
GANTRY_MUST_USE_ gantry_status gantry_config_only(const char *const *known);

/* Seconds from the start of the robot program to this tick; it stands still within a tick. */
double gantry_now(void);
/* Nominal length of a tick in seconds. */
double gantry_period(void);
/* Number of this tick, from 0. */
uint64_t gantry_tick(void);

typedef enum gantry_level { GANTRY_TRACE, GANTRY_DEBUG, GANTRY_INFO, GANTRY_WARN, GANTRY_ERROR } gantry_level;
/* Write to the log, with a format as for printf(). */
__attribute__((format(printf, 2, 3))) void gantry_log(gantry_level level, const char *format, ...);
void gantry_log_text(gantry_level level, const char *text, size_t length);
#define gantry_trace(...) gantry_log(GANTRY_TRACE, __VA_ARGS__)
#define gantry_debug(...) gantry_log(GANTRY_DEBUG, __VA_ARGS__)
#define gantry_info(...) gantry_log(GANTRY_INFO, __VA_ARGS__)
#define gantry_warn(...) gantry_log(GANTRY_WARN, __VA_ARGS__)
#define gantry_error(...) gantry_log(GANTRY_ERROR, __VA_ARGS__)

/* ---- Definitions --------------------------------------------------------------------------- */

/* A parameter or a property of a command. */
typedef struct gantry_item_ {
    const char *name;
    gantry_kind kind;
    size_t offset;
    const char *unit;
    const char *summary;
    gantry_value fallback;
    const char *requirement;
    int32_t priority;
    bool runs_while_disabled;
    gantry_kind returns;
} gantry_item_;

typedef struct gantry_definition_ {
    const char *name;
    const char *summary;
    const gantry_item_ *items;
    size_t count;
    size_t size;
    gantry_status (*run)(void *context, const void *arguments);
    void *context;
    bool takes_values; /* `arguments` is an array of gantry_value, in the order of the items */
    struct gantry_definition_ *next;
} gantry_definition_;

typedef struct gantry_plugin_ {
    const char *name;
    const char *version;
    const char *summary;
    const char *const *reads;
    const char *const *publishes;
    gantry_status (*configure)(void);
} gantry_plugin_;

void gantry_register_plugin_(const gantry_plugin_ *plugin);
void gantry_register_command_(gantry_definition_ *definition);
/* Sets what this run returns, and answers GANTRY_OK. The value is copied. */
gantry_status gantry_return_value(gantry_value value);

#ifndef __cplusplus
/* `return gantry_return(3.5);` ends a command with a value. It is copied. */
#define gantry_return(x) gantry_return_value(gantry_value_of(x))

/* Says what the plugin is, once:
 *
 *   GANTRY_PLUGIN("arm-kit", "1.0.0", .summary = "Moves the arm.",
 *                 .reads = GANTRY_NAMES("arm.*"), .publishes = GANTRY_NAMES("arm/state"),
 *                 .configure = check_config)
 *
 * `configure` is called when the plugin is loaded; an error rejects its table in robot.toml. */
#define GANTRY_PLUGIN(name_, version_, ...)                                                        \
    static const gantry_plugin_ gantry_this_plugin_ = {.name = name_, .version = version_ __VA_OPT__(, ) __VA_ARGS__}; \
    __attribute__((constructor)) static void gantry_register_this_plugin_(void) {                  \
        gantry_register_plugin_(&gantry_this_plugin_);                                             \
    }
#define GANTRY_NAMES(...) ((const char *const[]){__VA_ARGS__, NULL})

/* Defines a command: its name (`raise_arm` is called `raise-arm`), a sentence, its parameters and
 * properties in any order, and then its body, in which the arguments are `args->…`:
 *
 *   GANTRY_COMMAND(raise, "Raises the arm.", GANTRY_REQUIRES("arm"),
 *                  GANTRY_NUMBER(angle, .unit = "rad", .summary = "How high."),
 *                  GANTRY_BOOLEAN_OR(fast, false)) {
 *       … args->angle …
 *       return GANTRY_OK;
 *   }
 */
#define GANTRY_COMMAND(name_, summary_, ...)                                                       \
    struct gantry_arguments_##name_ {                                                              \
        GANTRY_EACH_(GANTRY_FIELD_, name_ __VA_OPT__(, ) __VA_ARGS__) char gantry_end_;            \
    };                                                                                             \
    static gantry_status gantry_body_##name_(const struct gantry_arguments_##name_ *args);         \
    static gantry_status gantry_run_##name_(void *context, const void *args) {                     \
        (void)context;                                                                             \
        return gantry_body_##name_((const struct gantry_arguments_##name_ *)args);                 \
    }                                                                                              \
    static const gantry_item_ gantry_items_##name_[] = {                                           \
        GANTRY_EACH_(GANTRY_ITEM_, name_ __VA_OPT__(, ) __VA_ARGS__){0}};                          \
    static gantry_definition_ gantry_definition_##name_ = {                                        \
        .name = #name_,                                                                            \
        .summary = summary_,                                                                       \
        .items = gantry_items_##name_,                                                             \
        .count = sizeof(gantry_items_##name_) / sizeof(gantry_item_) - 1,                          \
        .size = sizeof(struct gantry_arguments_##name_),                                           \
        .run = gantry_run_##name_};                                                                \
    __attribute__((constructor)) static void gantry_register_##name_(void) {                       \
        gantry_register_command_(&gantry_definition_##name_);                                      \
    }                                                                                              \
    static gantry_status gantry_body_##name_(__attribute__((unused)) const struct gantry_arguments_##name_ *args)

/* Parameters that have to be given. `.unit` and `.summary` may follow. In the body they are bool,
 * int64_t, double, const char * and gantry_numbers. */
#define GANTRY_BOOLEAN(name, ...) (PARAMETER, bool, name, GANTRY_KIND_BOOLEAN __VA_OPT__(, ) __VA_ARGS__)
#define GANTRY_INTEGER(name, ...) (PARAMETER, int64_t, name, GANTRY_KIND_INTEGER __VA_OPT__(, ) __VA_ARGS__)
#define GANTRY_NUMBER(name, ...) (PARAMETER, double, name, GANTRY_KIND_NUMBER __VA_OPT__(, ) __VA_ARGS__)
#define GANTRY_TEXT(name, ...) (PARAMETER, const char *, name, GANTRY_KIND_TEXT __VA_OPT__(, ) __VA_ARGS__)
#define GANTRY_NUMBERS(name, ...) (PARAMETER, gantry_numbers, name, GANTRY_KIND_NUMBERS __VA_OPT__(, ) __VA_ARGS__)
/* Parameters with a default. */
#define GANTRY_BOOLEAN_OR(name, x, ...) (PARAMETER, bool, name, GANTRY_KIND_BOOLEAN, .fallback = {.kind = GANTRY_KIND_BOOLEAN, .boolean = x} __VA_OPT__(, ) __VA_ARGS__)
#define GANTRY_INTEGER_OR(name, x, ...) (PARAMETER, int64_t, name, GANTRY_KIND_INTEGER, .fallback = {.kind = GANTRY_KIND_INTEGER, .integer = x} __VA_OPT__(, ) __VA_ARGS__)
#define GANTRY_NUMBER_OR(name, x, ...) (PARAMETER, double, name, GANTRY_KIND_NUMBER, .fallback = {.kind = GANTRY_KIND_NUMBER, .number = x} __VA_OPT__(, ) __VA_ARGS__)
#define GANTRY_TEXT_OR(name, x, ...) (PARAMETER, const char *, name, GANTRY_KIND_TEXT, .fallback = {.kind = GANTRY_KIND_TEXT, .text = x, .length = sizeof(x) - 1} __VA_OPT__(, ) __VA_ARGS__)
/* GANTRY_NUMBERS_OR(gains, GANTRY_LIST(4.0, 0.1)) */
#define GANTRY_NUMBERS_OR(name, list, ...) (PARAMETER, gantry_numbers, name, GANTRY_KIND_NUMBERS, .fallback = {.kind = GANTRY_KIND_NUMBERS, list} __VA_OPT__(, ) __VA_ARGS__)
#define GANTRY_LIST(...) .numbers = (const double[]){__VA_ARGS__}, .length = sizeof((const double[]){__VA_ARGS__}) / sizeof(double)

/* Properties of a command. A mechanism that a run owns while it runs; once for each. */
#define GANTRY_REQUIRES(mechanism) (PROPERTY, , , , .requirement = mechanism)
/* 0 is usual; the highest wins. */
#define GANTRY_PRIORITY(number) (PROPERTY, , , , .priority = number)
/* What it returns: GANTRY_RETURNS(GANTRY_KIND_NUMBER). */
#define GANTRY_RETURNS(kind) (PROPERTY, , , , .returns = kind)
/* It may run while the robot is disabled. */
#define GANTRY_RUNS_WHILE_DISABLED (PROPERTY, , , , .runs_while_disabled = true)

#define GANTRY_FIELD_(command, tag, type, name, ...) GANTRY_FIELD_##tag##_(type, name)
#define GANTRY_FIELD_PARAMETER_(type, name) type name;
#define GANTRY_FIELD_PROPERTY_(type, name)
#define GANTRY_ITEM_(command, tag, ...) GANTRY_ITEM_##tag##_(command, __VA_ARGS__)
#define GANTRY_ITEM_PARAMETER_(command, type, name_, kind_, ...)                                   \
    {.name = #name_, .kind = kind_, .offset = offsetof(struct gantry_arguments_##command, name_) __VA_OPT__(, ) __VA_ARGS__},
#define GANTRY_ITEM_PROPERTY_(command, type, name_, kind_, ...) {__VA_ARGS__},

/* macro(context, the tuple's elements) for each tuple. */
#define GANTRY_EACH_(macro, context, ...) __VA_OPT__(GANTRY_AGAIN_(GANTRY_STEP_(macro, context, __VA_ARGS__)))
#define GANTRY_STEP_(macro, context, first, ...)                                                   \
    GANTRY_CALL_(macro, context, GANTRY_UNWRAP_ first)                                             \
    __VA_OPT__(GANTRY_STEP_LATER_ GANTRY_PARENTHESES_(macro, context, __VA_ARGS__))
#define GANTRY_STEP_LATER_() GANTRY_STEP_
#define GANTRY_PARENTHESES_ ()
#define GANTRY_UNWRAP_(...) __VA_ARGS__
#define GANTRY_CALL_(macro, ...) macro(__VA_ARGS__)
#define GANTRY_AGAIN_(...) GANTRY_AGAIN_3_(GANTRY_AGAIN_3_(GANTRY_AGAIN_3_(__VA_ARGS__)))
#define GANTRY_AGAIN_3_(...) GANTRY_AGAIN_2_(GANTRY_AGAIN_2_(GANTRY_AGAIN_2_(__VA_ARGS__)))
#define GANTRY_AGAIN_2_(...) GANTRY_AGAIN_1_(GANTRY_AGAIN_1_(GANTRY_AGAIN_1_(__VA_ARGS__)))
#define GANTRY_AGAIN_1_(...) __VA_ARGS__
#endif

#ifdef __cplusplus
}
#endif
#endif
