/* The behaviour list of ../README.md, in C. */
#include <gantry.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define UNICODE "größe 机器人 🤖"

GANTRY_PLUGIN("lang-c", "0.1.0", .summary = "The behaviour list, in C.",
              .reads = GANTRY_NAMES("arm.*", "base.*", "robot.enabled"), .publishes = GANTRY_NAMES("lang/*"))

/* As people write them: `[1,2.5]`. free() it. */
static char *list_text(gantry_numbers points) {
    char *text = malloc(points.length * 26 + 3), *end = text;
    *end++ = '[';
    for (size_t i = 0; i < points.length; i++)
        end += sprintf(end, "%s%g", i > 0 ? "," : "", points.data[i]);
    strcpy(end, "]");
    return text;
}

static gantry_status publish(const char *name, gantry_value value) {
    gantry_topic topic;
    GANTRY_TRY(gantry_topic_open(&topic, name));
    return gantry_topic_publish(topic, value);
}

static gantry_status read_topic(const char *name, gantry_value *out) {
    gantry_topic topic;
    GANTRY_TRY(gantry_topic_open(&topic, name));
    gantry_topic_read(topic, out);
    return GANTRY_OK;
}

GANTRY_COMMAND(returns_values, "Returns its arguments as a text.", GANTRY_RETURNS(GANTRY_KIND_TEXT),
               GANTRY_BOOLEAN(flag), GANTRY_INTEGER(count), GANTRY_NUMBER(ratio),
               GANTRY_TEXT(words), GANTRY_NUMBERS(points)) {
    char text[256];
    snprintf(text, sizeof text, "%s %lld %g %s %s", args->flag ? "true" : "false",
             (long long)args->count, args->ratio, args->words, list_text(args->points));
    return gantry_return(text);
}

GANTRY_COMMAND(returns_boolean, "Returns true.", GANTRY_RETURNS(GANTRY_KIND_BOOLEAN)) {
    return gantry_return(1 < 2);
}

GANTRY_COMMAND(returns_integer, "Returns 2^53 - 1.", GANTRY_RETURNS(GANTRY_KIND_INTEGER)) {
    return gantry_return((1LL << 53) - 1);
}

GANTRY_COMMAND(returns_number, "Returns 0.1.", GANTRY_RETURNS(GANTRY_KIND_NUMBER)) {
    return gantry_return(0.1);
}

GANTRY_COMMAND(yields, "Waits for ticks, and returns how many.", GANTRY_RETURNS(GANTRY_KIND_INTEGER),
               GANTRY_INTEGER_OR(n, 3)) {
    uint64_t start = gantry_tick();
    for (int64_t i = 0; i < args->n; i++) GANTRY_TRY(gantry_yield());
    return gantry_return((int64_t)(gantry_tick() - start));
}

GANTRY_COMMAND(waits, "Waits, and returns how long.", GANTRY_RETURNS(GANTRY_KIND_NUMBER),
               GANTRY_NUMBER_OR(seconds, 0.1, .unit = "s")) {
    double start = gantry_now();
    GANTRY_TRY(gantry_wait(args->seconds));
    return gantry_return(gantry_now() - start);
}

GANTRY_COMMAND(waits_until, "Waits for the topic `lang/go`, and returns `met` or `timed out`.",
               GANTRY_RETURNS(GANTRY_KIND_TEXT), GANTRY_NUMBER_OR(timeout, 0.1, .unit = "s")) {
    gantry_signal go;
    bool met;
    GANTRY_TRY(gantry_is_true(&go, GANTRY_TOPIC, "lang/go"));
    GANTRY_TRY(gantry_wait_until_timeout(go, args->timeout, &met));
    return gantry_return(met ? "met" : "timed out");
}

GANTRY_COMMAND(parks, "Waits until it is canceled.") {
    return gantry_park();
}

GANTRY_COMMAND(holds, "Holds the arm until it is canceled.", GANTRY_REQUIRES("arm")) {
    return gantry_park();
}

GANTRY_COMMAND(forks, "Forks a command, goes on at once, and returns whether it runs.",
               GANTRY_RETURNS(GANTRY_KIND_BOOLEAN)) {
    gantry_command child;
    GANTRY_TRY(gantry_lookup(&child, "parks"));
    GANTRY_TRY(gantry_fork(child));
    return gantry_return(gantry_is_running(child));
}

GANTRY_COMMAND(awaits, "Returns what the command that it awaits returned.",
               GANTRY_RETURNS(GANTRY_KIND_INTEGER)) {
    gantry_command child;
    gantry_outcome outcome;
    GANTRY_TRY(gantry_lookup(&child, "yields", GANTRY_ARG("n", 2)));
    GANTRY_TRY(gantry_await(child, &outcome));
    GANTRY_TRY(gantry_outcome_check(&outcome));
    return gantry_return(outcome.value);
}

static const char *status_text(gantry_outcome outcome) {
    static const char *const names[] = {"completed", "failed", "canceled", "interrupted", "other"};
    return names[outcome.kind];
}

GANTRY_COMMAND(awaits_all, "Returns the outcomes of three commands.", GANTRY_RETURNS(GANTRY_KIND_TEXT)) {
    gantry_command a, b, c;
    gantry_outcome outcomes[3];
    char text[64];
    GANTRY_TRY(gantry_lookup(&a, "yields", GANTRY_ARG("n", 1)));
    GANTRY_TRY(gantry_lookup(&b, "fails"));
    GANTRY_TRY(gantry_lookup(&c, "returns-boolean"));
    GANTRY_TRY(gantry_await_all(outcomes, a, b, c));
    snprintf(text, sizeof text, "%s, %s, %s", status_text(outcomes[0]), status_text(outcomes[1]),
             status_text(outcomes[2]));
    return gantry_return(text);
}

GANTRY_COMMAND(awaits_any, "Returns which of three commands ended first.",
               GANTRY_RETURNS(GANTRY_KIND_INTEGER)) {
    gantry_command a, b, c;
    gantry_winner winner;
    GANTRY_TRY(gantry_lookup(&a, "parks"));
    GANTRY_TRY(gantry_delay(&b, 0.06));
    GANTRY_TRY(gantry_lookup(&c, "waits", GANTRY_ARG("seconds", 0.2)));
    GANTRY_TRY(gantry_await_any(&winner, a, b, c));
    return gantry_return((int64_t)winner.index);
}

GANTRY_COMMAND(lets_go, "Publishes false to `lang/holding`, a moment later.") {
    GANTRY_TRY(gantry_wait(0.04));
    return publish("lang/holding", gantry_boolean(false));
}

GANTRY_COMMAND(takes_later, "Takes the arm from whoever has it, a moment later.") {
    gantry_command holds;
    GANTRY_TRY(gantry_wait(0.04));
    GANTRY_TRY(gantry_lookup(&holds, "holds"));
    return gantry_await(gantry_named(gantry_with_priority(holds, 1), "taker"), NULL);
}

GANTRY_COMMAND(outcomes, "Returns the four ways in which a command ends.", GANTRY_RETURNS(GANTRY_KIND_TEXT)) {
    gantry_command yields, fails, parks, holds, lets_go, takes_later;
    gantry_outcome completed, failed, canceled, interrupted;
    gantry_signal holding;
    GANTRY_TRY(gantry_lookup(&yields, "yields", GANTRY_ARG("n", 1)));
    GANTRY_TRY(gantry_lookup(&fails, "fails"));
    GANTRY_TRY(gantry_lookup(&parks, "parks"));
    GANTRY_TRY(gantry_lookup(&holds, "holds"));
    GANTRY_TRY(gantry_lookup(&lets_go, "lets-go"));
    GANTRY_TRY(gantry_lookup(&takes_later, "takes-later"));

    GANTRY_TRY(gantry_await(yields, &completed));
    GANTRY_TRY(gantry_await(fails, &failed));

    GANTRY_TRY(publish("lang/holding", gantry_boolean(true)));
    GANTRY_TRY(gantry_is_true(&holding, GANTRY_TOPIC, "lang/holding"));
    GANTRY_TRY(gantry_bind(holding, GANTRY_WHILE_TRUE, parks));
    GANTRY_TRY(gantry_yield());
    GANTRY_TRY(gantry_fork(lets_go));
    GANTRY_TRY(gantry_await(parks, &canceled));

    GANTRY_TRY(gantry_fork(takes_later));
    GANTRY_TRY(gantry_await(holds, &interrupted));

    int64_t ticks;
    GANTRY_TRY(gantry_value_get(&completed.value, &ticks));
    /* The message names the command that failed first. */
    const char *failure = strrchr(failed.text, ':');
    char text[256];
    snprintf(text, sizeof text, "%lld; %s %s; %s; interrupted by %s", (long long)ticks,
             status_text(failed), failure == NULL ? failed.text : failure + 2,
             status_text(canceled), interrupted.text);
    return gantry_return(text);
}

GANTRY_COMMAND(cleans_up, "Parks, and publishes `lang/cleaned` when it is canceled.") {
    gantry_status status = gantry_park();
    GANTRY_TRY(publish("lang/cleaned", gantry_text("park")));
    return status;
}

static gantry_status wait_in(const char *call) {
    gantry_command parks, yields, waits;
    gantry_signal never;
    GANTRY_TRY(gantry_lookup(&parks, "parks"));
    GANTRY_TRY(gantry_lookup(&yields, "yields", GANTRY_ARG("n", 1)));
    GANTRY_TRY(gantry_lookup(&waits, "waits", GANTRY_ARG("seconds", 1000.0)));
    GANTRY_TRY(gantry_is_true(&never, GANTRY_TOPIC, "lang/never"));
    while (strcmp(call, "yield") == 0) GANTRY_TRY(gantry_yield());
    if (strcmp(call, "wait") == 0) return gantry_wait(1000);
    if (strcmp(call, "wait-until") == 0) return gantry_wait_until(never);
    if (strcmp(call, "park") == 0) return gantry_park();
    if (strcmp(call, "await") == 0) return gantry_await(parks, NULL);
    if (strcmp(call, "await-all") == 0) return gantry_await_all(NULL, parks, yields);
    if (strcmp(call, "await-any") == 0) return gantry_await_any(NULL, parks, waits);
    if (strcmp(call, "sleep") == 0) {
        /* It returns early when the run is canceled; the next call says so. */
        sleep(1000);
        return gantry_yield();
    }
    return gantry_fail("there is no call `%s`", call);
}

GANTRY_COMMAND(cleans_up_at, "Waits in the call of that name, and publishes `lang/cleaned` when it is canceled.",
               GANTRY_TEXT(call)) {
    gantry_status status = wait_in(args->call);
    if (status == GANTRY_CANCELED) GANTRY_TRY(publish("lang/cleaned", gantry_text(args->call)));
    return status;
}

GANTRY_COMMAND(fails, "Fails.") {
    return gantry_fail("the arm is %s", "stuck");
}

GANTRY_COMMAND(logs, "Logs at each level.") {
    gantry_trace(UNICODE);
    gantry_debug(UNICODE);
    gantry_info(UNICODE);
    gantry_warn(UNICODE);
    gantry_error(UNICODE);
    printf("printed " UNICODE "\n");
    return GANTRY_OK;
}

GANTRY_COMMAND(large_values, "Returns 10,000 numbers.", GANTRY_RETURNS(GANTRY_KIND_NUMBERS)) {
    static double numbers[10000];
    for (int n = 0; n < 10000; n++) numbers[n] = n / 2.0;
    return gantry_return(((gantry_numbers){numbers, 10000}));
}

GANTRY_COMMAND(publishes, "Publishes one topic of each kind.") {
    const double numbers[] = {1, 2.5};
    GANTRY_TRY(publish("lang/boolean", gantry_boolean(true)));
    GANTRY_TRY(publish("lang/integer", gantry_integer(42)));
    GANTRY_TRY(publish("lang/number", gantry_number(2)));
    GANTRY_TRY(publish("lang/text", gantry_text(UNICODE)));
    return publish("lang/numbers", gantry_list((gantry_numbers){numbers, 2}));
}

GANTRY_COMMAND(reads, "Returns what `publishes` published, and `nothing` for a topic that nobody did.",
               GANTRY_RETURNS(GANTRY_KIND_TEXT)) {
    gantry_command publishes;
    GANTRY_TRY(gantry_lookup(&publishes, "publishes"));
    GANTRY_TRY(gantry_await(publishes, NULL));
    gantry_value values[6];
    const char *const names[] = {"lang/boolean", "lang/integer", "lang/number",
                                 "lang/text", "lang/numbers", "lang/nobody"};
    for (int i = 0; i < 6; i++) GANTRY_TRY(read_topic(names[i], &values[i]));
    bool flag;
    int64_t count;
    double ratio;
    const char *words;
    gantry_numbers points;
    GANTRY_TRY(gantry_value_get(&values[0], &flag));
    GANTRY_TRY(gantry_value_get(&values[1], &count));
    GANTRY_TRY(gantry_value_get(&values[2], &ratio));
    GANTRY_TRY(gantry_value_get(&values[3], &words));
    GANTRY_TRY(gantry_value_get(&values[4], &points));
    char text[256];
    snprintf(text, sizeof text, "%s %lld %g %s %s %s", flag ? "true" : "false", (long long)count, ratio,
             words, list_text(points), values[5].kind == GANTRY_KIND_NONE ? "nothing" : "something");
    return gantry_return(text);
}

GANTRY_COMMAND(counts, "Adds one to the topic `lang/count`.") {
    gantry_value value;
    int64_t count;
    GANTRY_TRY(read_topic("lang/count", &value));
    GANTRY_TRY(gantry_value_get(&value, &count));
    return publish("lang/count", gantry_integer(count + 1));
}

GANTRY_COMMAND(binds, "Binds a command to the topic `lang/go`, publishes it twice, and returns how often it ran.",
               GANTRY_RETURNS(GANTRY_KIND_INTEGER)) {
    gantry_command counts;
    gantry_signal go;
    GANTRY_TRY(publish("lang/count", gantry_integer(0)));
    GANTRY_TRY(gantry_lookup(&counts, "counts"));
    GANTRY_TRY(gantry_is_true(&go, GANTRY_TOPIC, "lang/go"));
    GANTRY_TRY(gantry_bind(go, GANTRY_ON_TRUE, counts));
    for (int i = 0; i < 4; i++) {
        GANTRY_TRY(publish("lang/go", gantry_boolean(i % 2 == 0)));
        GANTRY_TRY(gantry_yield());
        GANTRY_TRY(gantry_yield());
    }
    gantry_value count;
    GANTRY_TRY(read_topic("lang/count", &count));
    return gantry_return(count);
}

GANTRY_COMMAND(sets_default, "Makes `holds` the arm's default command, and returns whether it runs.",
               GANTRY_RETURNS(GANTRY_KIND_BOOLEAN)) {
    gantry_command holds;
    GANTRY_TRY(gantry_lookup(&holds, "holds"));
    GANTRY_TRY(gantry_set_default("arm", holds));
    GANTRY_TRY(gantry_yield());
    GANTRY_TRY(gantry_yield());
    return gantry_return(gantry_is_running(holds));
}

GANTRY_COMMAND(config, "Returns the entries `greeting` and `pid.kp`, and the default of a third.",
               GANTRY_RETURNS(GANTRY_KIND_TEXT)) {
    char *greeting;
    double kp;
    int64_t missing;
    GANTRY_TRY(gantry_config_text(&greeting, "greeting", ""));
    GANTRY_TRY(gantry_config_number(&kp, "pid.kp", 0));
    GANTRY_TRY(gantry_config_integer(&missing, "missing", 7));
    char text[256];
    snprintf(text, sizeof text, "%s %g %lld", greeting, kp, (long long)missing);
    free(greeting);
    return gantry_return(text);
}

GANTRY_COMMAND(drives, "Drives the arm for five ticks, and returns how far it went.", GANTRY_REQUIRES("arm"),
               GANTRY_RETURNS(GANTRY_KIND_NUMBER), GANTRY_NUMBER_OR(volts, 2.0, .unit = "V")) {
    gantry_number_input angle;
    gantry_number_output voltage;
    GANTRY_TRY(gantry_number_input_open(&angle, "arm.angle"));
    GANTRY_TRY(gantry_number_output_open(&voltage, "arm.voltage"));
    double start = gantry_number_input_get(angle);
    GANTRY_TRY(gantry_number_output_set(voltage, args->volts));
    for (int i = 0; i < 5; i++) GANTRY_TRY(gantry_yield());
    return gantry_return(gantry_number_input_get(angle) - start);
}

GANTRY_COMMAND(wrong_parameter, "Returns what a lookup with a wrong argument answers.",
               GANTRY_RETURNS(GANTRY_KIND_TEXT)) {
    gantry_command yields;
    if (gantry_lookup(&yields, "yields", GANTRY_ARG("n", "three")) == GANTRY_OK) return gantry_return("accepted");
    return gantry_return(gantry_error_text());
}

GANTRY_COMMAND(calls_other, "Awaits a command by its full name, and returns its outcome.",
               GANTRY_RETURNS(GANTRY_KIND_TEXT), GANTRY_TEXT(name)) {
    gantry_command other;
    gantry_outcome outcome;
    GANTRY_TRY(gantry_lookup(&other, args->name));
    GANTRY_TRY(gantry_await(other, &outcome));
    if (outcome.value.kind == GANTRY_KIND_TEXT) {
        char text[256];
        snprintf(text, sizeof text, "it completed with %s", outcome.value.text);
        return gantry_return(text);
    }
    return gantry_return(gantry_outcome_to_text(&outcome));
}

GANTRY_COMMAND(walks, "Adds a step to the topic `lang/path`, and waits.", GANTRY_TEXT(step),
               GANTRY_NUMBER(seconds, .unit = "s")) {
    gantry_value path;
    char text[32];
    GANTRY_TRY(read_topic("lang/path", &path));
    snprintf(text, sizeof text, "%s%s", path.text, args->step);
    GANTRY_TRY(publish("lang/path", gantry_text(text)));
    return gantry_wait(args->seconds);
}

GANTRY_COMMAND(machine, "Runs a state machine of three states, and returns what the topic `lang/path` says of it.",
               GANTRY_RETURNS(GANTRY_KIND_TEXT)) {
    gantry_command a, b, c, trip;
    gantry_signal far;
    gantry_outcome outcome;
    gantry_value path;
    GANTRY_TRY(publish("lang/path", gantry_text("")));
    GANTRY_TRY(publish("lang/far", gantry_boolean(false)));
    GANTRY_TRY(gantry_lookup(&a, "walks", GANTRY_ARG("step", "a"), GANTRY_ARG("seconds", 0.04)));
    GANTRY_TRY(gantry_lookup(&b, "walks", GANTRY_ARG("step", "b"), GANTRY_ARG("seconds", 1000.0)));
    GANTRY_TRY(gantry_lookup(&c, "walks", GANTRY_ARG("step", "c"), GANTRY_ARG("seconds", 0.04)));
    GANTRY_TRY(gantry_is_true(&far, GANTRY_TOPIC, "lang/far"));

    gantry_state_machine machine = gantry_state_machine_new("trip");
    gantry_state first = gantry_add_state(machine, "first", a);
    gantry_state second = gantry_add_state(machine, "second", b);
    gantry_state third = gantry_add_state(machine, "third", c);
    GANTRY_TRY(gantry_switch_on_completion(machine, GANTRY_FROM(first), second));
    GANTRY_TRY(gantry_switch_when(machine, GANTRY_FROM(second), third, far));
    GANTRY_TRY(gantry_state_machine_build(&trip, machine, first));

    GANTRY_TRY(gantry_fork(trip));
    GANTRY_TRY(gantry_wait(0.2));
    GANTRY_TRY(publish("lang/far", gantry_boolean(true)));
    GANTRY_TRY(gantry_await(trip, &outcome));
    GANTRY_TRY(gantry_outcome_check(&outcome));
    GANTRY_TRY(read_topic("lang/path", &path));
    return gantry_return(path);
}

GANTRY_COMMAND(sleeps, "Sleeps for 0.1 s with the language's own means, and returns how much robot time has passed.",
               GANTRY_RETURNS(GANTRY_KIND_NUMBER)) {
    double start = gantry_now();
    usleep(100000);
    return gantry_return(gantry_now() - start);
}

GANTRY_COMMAND(random, "Returns a random number of the language's own.", GANTRY_RETURNS(GANTRY_KIND_NUMBER)) {
    return gantry_return(arc4random() / 4294967296.0);
}

GANTRY_COMMAND(time, "Returns how much the language's own clock goes on in 0.1 s of robot time.",
               GANTRY_RETURNS(GANTRY_KIND_NUMBER)) {
    struct timespec start, end;
    clock_gettime(CLOCK_REALTIME, &start);
    GANTRY_TRY(gantry_wait(0.1));
    clock_gettime(CLOCK_REALTIME, &end);
    return gantry_return((double)(end.tv_sec - start.tv_sec) + (double)(end.tv_nsec - start.tv_nsec) / 1e9);
}

GANTRY_COMMAND(defaults, "Returns its arguments as a text; each has a default.", GANTRY_RETURNS(GANTRY_KIND_TEXT),
               GANTRY_BOOLEAN_OR(flag, true), GANTRY_INTEGER_OR(count, -3), GANTRY_NUMBER_OR(ratio, 0.5),
               GANTRY_TEXT_OR(words, "größe 🤖"), GANTRY_NUMBERS_OR(points, GANTRY_LIST(1, 2.5))) {
    char text[256];
    snprintf(text, sizeof text, "%s %lld %g %s %s", args->flag ? "true" : "false",
             (long long)args->count, args->ratio, args->words, list_text(args->points));
    return gantry_return(text);
}

GANTRY_COMMAND(echoes, "Returns the text that it is given.", GANTRY_RETURNS(GANTRY_KIND_TEXT), GANTRY_TEXT(words)) {
    return gantry_return(args->words);
}

GANTRY_COMMAND(stays, "Waits until it is canceled, while the robot is disabled, too.", GANTRY_PRIORITY(-1),
               GANTRY_RUNS_WHILE_DISABLED) {
    return gantry_park();
}

GANTRY_COMMAND(goes_later, "Publishes true to `lang/go`, a moment later.") {
    GANTRY_TRY(gantry_wait(0.04));
    return publish("lang/go", gantry_boolean(true));
}

GANTRY_COMMAND(cancels, "Cancels a command that it has forked, and returns whether it ran before and after.",
               GANTRY_RETURNS(GANTRY_KIND_TEXT)) {
    gantry_command child;
    char text[16];
    GANTRY_TRY(gantry_lookup(&child, "parks"));
    GANTRY_TRY(gantry_fork(child));
    bool before = gantry_is_running(child);
    GANTRY_TRY(gantry_cancel(child));
    snprintf(text, sizeof text, "%s %s", before ? "true" : "false", gantry_is_running(child) ? "true" : "false");
    return gantry_return(text);
}

GANTRY_COMMAND(combines, "Awaits a sequence, two groups and a condition, and returns their names.",
               GANTRY_RETURNS(GANTRY_KIND_TEXT)) {
    gantry_command parks, yields, later, delay, returns, combined[4];
    gantry_signal go;
    GANTRY_TRY(publish("lang/go", gantry_boolean(false)));
    GANTRY_TRY(gantry_is_true(&go, GANTRY_TOPIC, "lang/go"));
    GANTRY_TRY(gantry_lookup(&parks, "parks"));
    GANTRY_TRY(gantry_lookup(&yields, "yields", GANTRY_ARG("n", 1)));
    GANTRY_TRY(gantry_lookup(&returns, "returns-boolean"));
    GANTRY_TRY(gantry_lookup(&later, "goes-later"));
    GANTRY_TRY(gantry_delay(&delay, 0.04));
    combined[0] = gantry_sequence(yields, returns);
    GANTRY_TRY(gantry_parallel_of(&combined[1], (gantry_command[]){yields, delay}, 2, &parks, 1));
    GANTRY_TRY(gantry_race(&combined[2], parks, delay));
    GANTRY_TRY(gantry_parallel(&combined[3], later, gantry_condition(go)));
    char text[512] = "";
    for (int i = 0; i < 4; i++) {
        gantry_outcome outcome;
        GANTRY_TRY(gantry_await(combined[i], &outcome));
        GANTRY_TRY(gantry_outcome_check(&outcome));
        if (i > 0) strcat(text, "; ");
        strcat(text, gantry_command_name(combined[i]));
    }
    return gantry_return(text);
}

GANTRY_COMMAND(decorates, "Returns what is known of a command with another name and priority, and how those end that "
                          "have a timeout or a condition.", GANTRY_RETURNS(GANTRY_KIND_TEXT)) {
    gantry_command holds, parks, later, timed;
    gantry_outcome timeout, until;
    gantry_signal go;
    GANTRY_TRY(gantry_lookup(&holds, "holds"));
    GANTRY_TRY(gantry_lookup(&parks, "parks"));
    GANTRY_TRY(gantry_lookup(&later, "goes-later"));
    gantry_command keeper = gantry_named(gantry_with_priority(holds, 3), "keeper");
    GANTRY_TRY(gantry_with_timeout(&timed, parks, 0.04));
    GANTRY_TRY(gantry_await(timed, &timeout));
    GANTRY_TRY(publish("lang/go", gantry_boolean(false)));
    GANTRY_TRY(gantry_is_true(&go, GANTRY_TOPIC, "lang/go"));
    GANTRY_TRY(gantry_fork(later));
    GANTRY_TRY(gantry_await(gantry_until(parks, go), &until));
    char text[128];
    snprintf(text, sizeof text, "%s %d %s; %s; %s", gantry_command_name(keeper), (int)gantry_command_priority(keeper),
             gantry_command_requirements(keeper)[0], status_text(timeout), status_text(until));
    return gantry_return(text);
}

GANTRY_COMMAND(branches, "Runs a state machine that chooses between two states and is ended by a signal, and returns "
                         "`lang/path`.", GANTRY_RETURNS(GANTRY_KIND_TEXT)) {
    gantry_command a, b, c, choice;
    gantry_signal far, go;
    gantry_outcome outcome;
    gantry_value path;
    GANTRY_TRY(publish("lang/path", gantry_text("")));
    GANTRY_TRY(publish("lang/far", gantry_boolean(true)));
    GANTRY_TRY(publish("lang/go", gantry_boolean(false)));
    GANTRY_TRY(gantry_lookup(&a, "walks", GANTRY_ARG("step", "a"), GANTRY_ARG("seconds", 0.04)));
    GANTRY_TRY(gantry_lookup(&b, "walks", GANTRY_ARG("step", "b"), GANTRY_ARG("seconds", 0.04)));
    GANTRY_TRY(gantry_lookup(&c, "walks", GANTRY_ARG("step", "c"), GANTRY_ARG("seconds", 1000.0)));
    GANTRY_TRY(gantry_is_true(&far, GANTRY_TOPIC, "lang/far"));
    GANTRY_TRY(gantry_is_true(&go, GANTRY_TOPIC, "lang/go"));

    gantry_state_machine machine = gantry_state_machine_new("choice");
    gantry_state first = gantry_add_state(machine, "first", a);
    gantry_state second = gantry_add_state(machine, "second", b);
    gantry_state third = gantry_add_state(machine, "third", c);
    GANTRY_TRY(gantry_switch_on_completion(machine, GANTRY_FROM(first), second));
    GANTRY_TRY(gantry_switch_on_completion_if(machine, GANTRY_FROM(first), third, far));
    GANTRY_TRY(gantry_switch_when(machine, GANTRY_FROM_ANY, GANTRY_END, go));
    GANTRY_TRY(gantry_state_machine_build(&choice, machine, first));

    GANTRY_TRY(gantry_fork(choice));
    GANTRY_TRY(gantry_wait(0.1));
    GANTRY_TRY(publish("lang/go", gantry_boolean(true)));
    GANTRY_TRY(gantry_await(choice, &outcome));
    GANTRY_TRY(gantry_outcome_check(&outcome));
    GANTRY_TRY(read_topic("lang/path", &path));
    return gantry_return(path);
}

/* Adds what a call said that could not be right. */
static void answer(char *text, gantry_status status) {
    if (*text != 0) strcat(text, "\n");
    strcat(text, status == GANTRY_OK ? "accepted" : gantry_error_text());
}

GANTRY_COMMAND(invalid_calls, "Returns what calls answer that cannot be right.", GANTRY_RETURNS(GANTRY_KIND_TEXT)) {
    gantry_command command, holds, others;
    gantry_signal go, signal;
    gantry_topic topic;
    gantry_number_input input;
    char text[2048] = "";
    GANTRY_TRY(gantry_is_true(&go, GANTRY_TOPIC, "lang/go"));
    GANTRY_TRY(gantry_lookup(&holds, "holds"));
    GANTRY_TRY(gantry_lookup(&others, "holds"));
    answer(text, gantry_await_any_of(NULL, NULL, 0));
    answer(text, gantry_wait(__builtin_nan("")));
    answer(text, gantry_lookup(&command, "yeilds"));
    answer(text, gantry_lookup(&command, "yields", GANTRY_ARG("count", 3)));
    answer(text, gantry_lookup(&command, "walks", GANTRY_ARG("seconds", 0.1)));
    answer(text, gantry_parallel(&command, holds, others));
    answer(text, gantry_delay(&command, __builtin_inf()));
    answer(text, gantry_debounce(&signal, go, -1, GANTRY_BOTH));
    answer(text, gantry_multi_press(&signal, go, 0, 1));
    answer(text, gantry_topic_open(&topic, "lang/a topic"));
    answer(text, gantry_number_input_open(&input, "arm.angel"));
    answer(text, gantry_is_true(&signal, GANTRY_CHANNEL, "arm.angle"));
    answer(text, gantry_set_default("leg", holds));
    return gantry_return(text);
}

GANTRY_COMMAND(wrong_topics, "Returns what the host says of topics that may not be published, or not as this kind.",
               GANTRY_RETURNS(GANTRY_KIND_TEXT)) {
    char text[512] = "";
    GANTRY_TRY(publish("lang/boolean", gantry_boolean(true)));
    answer(text, publish("other/boolean", gantry_boolean(true)));
    answer(text, publish("lang/boolean", gantry_text("true")));
    return gantry_return(text);
}

GANTRY_COMMAND(wrong_writes, "Returns why outputs were not written: a number and an array out of range, and a mechanism "
                             "of somebody else.", GANTRY_REQUIRES("arm"), GANTRY_RETURNS(GANTRY_KIND_TEXT)) {
    gantry_number_output voltage, left;
    gantry_array_output strip;
    char text[512] = "";
    GANTRY_TRY(gantry_number_output_open(&voltage, "arm.voltage"));
    GANTRY_TRY(gantry_array_output_open(&strip, "arm.strip"));
    GANTRY_TRY(gantry_number_output_open(&left, "base.left-voltage"));
    answer(text, gantry_number_output_set(voltage, 99));
    answer(text, gantry_array_output_set(strip, (double[]){0.5}, 1));
    answer(text, gantry_number_output_set(left, 1));
    return gantry_return(text);
}

static gantry_status fork_keeper(void) {
    gantry_command holds;
    GANTRY_TRY(gantry_lookup(&holds, "holds"));
    return gantry_fork(gantry_named(gantry_with_priority(holds, 5), "keeper"));
}

GANTRY_COMMAND(refuses, "Returns whom the host names when it refuses to start a command.",
               GANTRY_RETURNS(GANTRY_KIND_TEXT)) {
    gantry_command holds;
    gantry_set_cancel_on_fork_failure(false);
    GANTRY_TRY(fork_keeper());
    GANTRY_TRY(gantry_lookup(&holds, "holds"));
    gantry_status status = gantry_await(holds, NULL);
    if (status != GANTRY_REFUSED) return status == GANTRY_OK ? gantry_return("accepted") : status;
    size_t forked, count;
    gantry_forked(&forked);
    const gantry_refusal *refusal = gantry_refusals(&count);
    char text[128];
    snprintf(text, sizeof text, "%zu forked; %s is blocked by %s", forked, refusal->command, refusal->blocker);
    return gantry_return(text);
}

GANTRY_COMMAND(is_refused, "Is canceled by the refusal of a command that it awaits, and publishes `lang/cleaned`.") {
    gantry_command holds;
    GANTRY_TRY(fork_keeper());
    GANTRY_TRY(gantry_lookup(&holds, "holds"));
    gantry_status status = gantry_await(holds, NULL);
    GANTRY_TRY(publish("lang/cleaned", gantry_text("refused")));
    return status;
}

/* Publishes these values to `lang/go`, with a space in `lang/path` before each and a wait after it. */
static gantry_status go_through(const bool *values, size_t count, double seconds, gantry_value *path) {
    char text[64];
    for (size_t i = 0; i < count; i++) {
        GANTRY_TRY(publish("lang/go", gantry_boolean(values[i])));
        GANTRY_TRY(read_topic("lang/path", path));
        snprintf(text, sizeof text, "%s ", path->text);
        GANTRY_TRY(publish("lang/path", gantry_text(text)));
        GANTRY_TRY(gantry_wait(seconds));
    }
    return read_topic("lang/path", path);
}

GANTRY_COMMAND(binds_all, "Binds a command in each of the eight ways, and returns when they ran.",
               GANTRY_RETURNS(GANTRY_KIND_TEXT)) {
    gantry_signal go;
    gantry_value path;
    GANTRY_TRY(publish("lang/path", gantry_text("")));
    GANTRY_TRY(publish("lang/go", gantry_boolean(true)));
    GANTRY_TRY(gantry_is_true(&go, GANTRY_TOPIC, "lang/go"));
    for (gantry_binding when = GANTRY_ON_TRUE; when <= GANTRY_TOGGLE_ON_FALSE; when++) {
        char step[] = {(char)('a' + when), 0};
        gantry_command walks;
        /* The retried ones end and start again; the last two still run when they are toggled. */
        double seconds = when < GANTRY_TOGGLE_ON_TRUE ? 0.03 : 1000;
        GANTRY_TRY(gantry_lookup(&walks, "walks", GANTRY_ARG("step", (const char *)step), GANTRY_ARG("seconds", seconds)));
        GANTRY_TRY(gantry_bind(go, when, walks));
    }
    GANTRY_TRY(go_through((bool[]){true, false, true, false}, 4, 0.08, &path));
    return gantry_return(path);
}

GANTRY_COMMAND(signals, "Returns the values of signals on topics and channels, and of what is made of them.",
               GANTRY_RETURNS(GANTRY_KIND_TEXT)) {
    gantry_signal go, far, above, below, enabled, high, low;
    GANTRY_TRY(publish("lang/level", gantry_number(2)));
    GANTRY_TRY(publish("lang/go", gantry_boolean(true)));
    GANTRY_TRY(publish("lang/far", gantry_boolean(false)));
    GANTRY_TRY(gantry_is_true(&go, GANTRY_TOPIC, "lang/go"));
    GANTRY_TRY(gantry_is_true(&far, GANTRY_TOPIC, "lang/far"));
    GANTRY_TRY(gantry_above(&above, GANTRY_TOPIC, "lang/level", 1));
    GANTRY_TRY(gantry_below(&below, GANTRY_TOPIC, "lang/level", 1));
    GANTRY_TRY(gantry_is_true(&enabled, GANTRY_CHANNEL, "robot.enabled"));
    GANTRY_TRY(gantry_above(&high, GANTRY_CHANNEL, "arm.angle", 1));
    GANTRY_TRY(gantry_below(&low, GANTRY_CHANNEL, "arm.angle", 1));
    const gantry_signal signals[] = {
        above, below, gantry_signal_and(go, far), gantry_signal_or(go, far), gantry_signal_not(go),
        gantry_signal_not(far), enabled, high, low, go, far,
    };
    char text[12] = "";
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) strcat(text, gantry_signal_get(signals[i]) ? "1" : "0");
    return gantry_return(text);
}

GANTRY_COMMAND(edges, "Binds steps to edges, debounced signals and presses of the topic `lang/go`, and returns when "
                      "they ran.", GANTRY_RETURNS(GANTRY_KIND_TEXT)) {
    gantry_signal go, rising, falling, both, presses;
    gantry_value path;
    GANTRY_TRY(publish("lang/path", gantry_text("")));
    GANTRY_TRY(publish("lang/go", gantry_boolean(false)));
    GANTRY_TRY(gantry_is_true(&go, GANTRY_TOPIC, "lang/go"));
    GANTRY_TRY(gantry_debounce(&rising, go, 0.05, GANTRY_RISING));
    GANTRY_TRY(gantry_debounce(&falling, go, 0.05, GANTRY_FALLING));
    GANTRY_TRY(gantry_debounce(&both, go, 0.05, GANTRY_BOTH));
    GANTRY_TRY(gantry_multi_press(&presses, go, 2, 1));
    const gantry_signal signals[] = {
        gantry_rising_edge(go), gantry_falling_edge(go), rising, gantry_signal_not(falling), both, presses,
    };
    for (int i = 0; i < 6; i++) {
        char step[] = {"rfudbm"[i], 0};
        gantry_command walks;
        GANTRY_TRY(gantry_lookup(&walks, "walks", GANTRY_ARG("step", (const char *)step), GANTRY_ARG("seconds", 0.0)));
        GANTRY_TRY(gantry_bind(signals[i], GANTRY_ON_TRUE, walks));
    }
    GANTRY_TRY(go_through((bool[]){false, true, false, true}, 4, 0.1, &path));
    return gantry_return(path);
}

GANTRY_COMMAND(channels, "Opens a channel of each kind, reads the inputs, writes the outputs, and returns what is known "
                         "of them.", GANTRY_REQUIRES("arm"), GANTRY_RETURNS(GANTRY_KIND_TEXT)) {
    gantry_number_input angle;
    gantry_array_input pose;
    gantry_boolean_input enabled;
    gantry_number_output voltage;
    gantry_boolean_output lamp;
    gantry_array_output strip;
    GANTRY_TRY(gantry_number_input_open(&angle, "arm.angle"));
    GANTRY_TRY(gantry_array_input_open(&pose, "base.pose"));
    GANTRY_TRY(gantry_boolean_input_open(&enabled, "robot.enabled"));
    GANTRY_TRY(gantry_number_output_open(&voltage, "arm.voltage"));
    GANTRY_TRY(gantry_boolean_output_open(&lamp, "arm.lamp"));
    GANTRY_TRY(gantry_array_output_open(&strip, "arm.strip"));
    GANTRY_TRY(gantry_boolean_output_set(lamp, true));
    GANTRY_TRY(gantry_array_output_set(strip, (double[]){0, 0.5, 1}, 3));
    double points[8];
    size_t length = gantry_array_input_get(pose, points, 8);
    char text[256];
    snprintf(text, sizeof text, "%s %g; %s %g; %s %g; %s %g %g; %zu; '%s' '%s'", gantry_number_input_unit(angle),
             gantry_number_input_age(angle), list_text((gantry_numbers){points, length}), gantry_array_input_age(pose),
             gantry_boolean_input_get(enabled) ? "true" : "false", gantry_boolean_input_age(enabled),
             gantry_number_output_unit(voltage), gantry_number_output_minimum(voltage),
             gantry_number_output_maximum(voltage), gantry_array_output_length(strip), gantry_array_input_unit(pose),
             gantry_array_output_unit(strip));
    return gantry_return(text);
}

GANTRY_COMMAND(config_keys, "Returns the names of all entries.", GANTRY_RETURNS(GANTRY_KIND_TEXT)) {
    char text[128] = "";
    for (char **key = gantry_config_keys(); *key != NULL; key++) {
        if (*text != 0) strcat(text, ",");
        strcat(text, *key);
    }
    return gantry_return(text);
}

GANTRY_COMMAND(period, "Returns the length of a tick.", GANTRY_RETURNS(GANTRY_KIND_NUMBER)) {
    return gantry_return(gantry_period());
}

GANTRY_COMMAND(joins, "Awaits a command by its full name, and a race of two others, and returns how both ended.",
               GANTRY_RETURNS(GANTRY_KIND_TEXT), GANTRY_TEXT(arm), GANTRY_TEXT(work), GANTRY_TEXT(timeout)) {
    gantry_command arm, work, timeout, race;
    gantry_outcome outcomes[2];
    char text[64];
    GANTRY_TRY(gantry_lookup(&work, args->work));
    GANTRY_TRY(gantry_lookup(&timeout, args->timeout));
    GANTRY_TRY(gantry_race(&race, work, timeout));
    GANTRY_TRY(gantry_lookup(&arm, args->arm));
    GANTRY_TRY(gantry_await_all(outcomes, arm, race));
    snprintf(text, sizeof text, "%s, %s", status_text(outcomes[0]), status_text(outcomes[1]));
    return gantry_return(text);
}

static gantry_status forward(char *path, gantry_outcome *outcome) {
    gantry_command command;
    char *rest = strchr(path, ',');
    if (rest == NULL) {
        GANTRY_TRY(gantry_lookup(&command, path));
    } else {
        *rest = 0;
        GANTRY_TRY(gantry_lookup(&command, path, GANTRY_ARG("path", rest + 1)));
    }
    GANTRY_TRY(gantry_await(command, outcome));
    return gantry_outcome_check(outcome);
}

GANTRY_COMMAND(forwards, "Awaits the first of some commands with the rest of them, and returns what it returned; its "
                         "failure is this command's.", GANTRY_RETURNS(GANTRY_KIND_TEXT), GANTRY_TEXT(path)) {
    gantry_outcome outcome;
    char *path = strdup(args->path);
    gantry_status status = forward(path, &outcome);
    gantry_info("over");
    GANTRY_TRY(status);
    if (outcome.value.kind == GANTRY_KIND_TEXT) return gantry_return(outcome.value.text);
    return gantry_return(gantry_value_to_text(&outcome.value));
}

/* C only: nothing is lost in ten thousand calls. The text says by how much the memory grew. */
GANTRY_COMMAND(leaks_nothing, "Gives back what it takes, 10,000 times, and returns by how many bytes the memory grew.",
               GANTRY_RETURNS(GANTRY_KIND_INTEGER)) {
    size_t before = 0;
    for (int i = 0; i < 10000; i++) {
        gantry_command lookup, named, wrong;
        gantry_outcome outcome;
        gantry_value value;
        gantry_topic topic;
        GANTRY_TRY(gantry_lookup(&lookup, "returns-values", GANTRY_ARG("flag", gantry_boolean(true)),
                                 GANTRY_ARG("count", 1), GANTRY_ARG("ratio", 0.5), GANTRY_ARG("words", UNICODE),
                                 GANTRY_ARG("points", ((gantry_numbers){(double[]){1, 2}, 2}))));
        named = gantry_named(lookup, "another");
        if (gantry_lookup(&wrong, "returns-valued") == GANTRY_OK) return gantry_fail("it is not there");
        free(gantry_command_name(named));
        free(gantry_command_requirements(named));
        GANTRY_TRY(gantry_topic_open(&topic, "lang/text"));
        GANTRY_TRY(gantry_publish(topic, UNICODE));
        gantry_topic_read(topic, &value);
        gantry_value_free(&value);
        gantry_topic_drop(topic);
        if (i % 200 == 0) {
            GANTRY_TRY(gantry_yield());
            GANTRY_TRY(gantry_await(named, &outcome));
            free(gantry_outcome_to_text(&outcome));
            gantry_outcome_free(&outcome);
        }
        gantry_command_drop(named);
        gantry_command_drop(lookup);
        /* The allocator takes a page or two at first. */
        if (i == 1000) before = __builtin_wasm_memory_size(0);
    }
    return gantry_return((int64_t)(__builtin_wasm_memory_size(0) - before) * 65536);
}

static const double bad[] = {__builtin_nan(""), __builtin_inf(), -__builtin_inf()};

GANTRY_COMMAND(not_a_number, "Returns what outputs answer to what is no number.", GANTRY_REQUIRES("arm"),
               GANTRY_RETURNS(GANTRY_KIND_TEXT)) {
    gantry_number_output voltage;
    gantry_array_output strip;
    char text[1024] = "";
    GANTRY_TRY(gantry_number_output_open(&voltage, "arm.voltage"));
    GANTRY_TRY(gantry_array_output_open(&strip, "arm.strip"));
    for (int i = 0; i < 3; i++) {
        answer(text, gantry_number_output_set(voltage, bad[i]));
        answer(text, gantry_number_output_set_clamped(voltage, bad[i]));
        answer(text, gantry_array_output_set(strip, (double[]){0, bad[i], 1}, 3));
    }
    return gantry_return(text);
}

GANTRY_COMMAND(keeps_value, "Drives the arm with 2 V for five ticks, in each of which it tries what is no number, and "
                            "returns how far it went.", GANTRY_REQUIRES("arm"), GANTRY_RETURNS(GANTRY_KIND_NUMBER)) {
    gantry_number_input angle;
    gantry_number_output voltage;
    GANTRY_TRY(gantry_number_input_open(&angle, "arm.angle"));
    GANTRY_TRY(gantry_number_output_open(&voltage, "arm.voltage"));
    double start = gantry_number_input_get(angle);
    GANTRY_TRY(gantry_number_output_set_clamped(voltage, 2));
    for (int tick = 0; tick < 5; tick++) {
        for (int i = 0; i < 3; i++) (void)!gantry_number_output_set_clamped(voltage, bad[i]);
        GANTRY_TRY(gantry_yield());
    }
    return gantry_return(gantry_number_input_get(angle) - start);
}

GANTRY_COMMAND(hands_back, "Makes handles in each tick, more than it may hold at once, and returns how many ticks it did.",
               GANTRY_RETURNS(GANTRY_KIND_INTEGER), GANTRY_INTEGER_OR(ticks, 100)) {
    for (int64_t tick = 0; tick < args->ticks; tick++) {
        gantry_number_input angle;
        gantry_command yields, named;
        gantry_signal enabled, go, not_go, both;
        gantry_topic topic;
        gantry_value value;
        GANTRY_TRY(gantry_number_input_open(&angle, "arm.angle"));
        gantry_number_input_drop(angle);
        GANTRY_TRY(gantry_lookup(&yields, "yields"));
        named = gantry_named(yields, "other");
        gantry_command_drop(named);
        gantry_command_drop(yields);
        GANTRY_TRY(gantry_is_true(&enabled, GANTRY_CHANNEL, "robot.enabled"));
        GANTRY_TRY(gantry_is_true(&go, GANTRY_TOPIC, "lang/go"));
        not_go = gantry_signal_not(go);
        both = gantry_signal_and(enabled, not_go);
        gantry_signal_get(both);
        gantry_signal_drop(both);
        gantry_signal_drop(not_go);
        gantry_signal_drop(go);
        gantry_signal_drop(enabled);
        GANTRY_TRY(gantry_topic_open(&topic, "lang/go"));
        if (gantry_topic_read(topic, &value)) gantry_value_free(&value);
        gantry_topic_drop(topic);
        GANTRY_TRY(gantry_yield());
    }
    return gantry_return(args->ticks);
}

GANTRY_COMMAND(fails_in_cleanup, "Fails in the cleanup of a run that is canceled.") {
    if (gantry_park() == GANTRY_CANCELED) return gantry_fail("in cleanup");
    return GANTRY_OK;
}

GANTRY_COMMAND(ignores_cancel, "Goes on waiting although it is canceled.") {
    /* Nobody should do this. */
    for (;;) (void)!gantry_wait(0.1);
}

GANTRY_COMMAND(odd_texts, "Logs, publishes and returns a text of which one byte is not UTF-8.", GANTRY_RETURNS(GANTRY_KIND_TEXT)) {
    gantry_info("odd \xff");
    GANTRY_TRY(publish("lang/text", gantry_text("odd \xff")));
    return gantry_return("odd \xff");
}

GANTRY_COMMAND(fails_oddly, "Fails with a text that is not UTF-8.") {
    return gantry_fail("odd \xff");
}

GANTRY_COMMAND(breaks_off, "Prints the beginning of a line, and fails.") {
    printf("before");
    return gantry_fail("the arm is stuck");
}
