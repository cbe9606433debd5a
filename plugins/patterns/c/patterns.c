// Every example of docs/guide, which shows the regions between `guide:` and `end`.
#include <gantry.h>

#include <math.h>

GANTRY_PLUGIN("patterns", "0.1.0", .summary = "Every example of docs/guide.",
              .reads = GANTRY_NAMES("drive.*", "arm.*", "shooter.*", "feeder.*", "driver.*"),
              .publishes = GANTRY_NAMES("shooter/*"))

// ---- What the examples are put together from: one mechanism each --------------------------------

// guide: raise
GANTRY_COMMAND(raise, "Raises the arm to an angle, and returns where it is.", GANTRY_REQUIRES("arm"),
               GANTRY_RETURNS(GANTRY_KIND_NUMBER), GANTRY_NUMBER(angle, .unit = "rad")) {
    gantry_number_input measured;
    gantry_number_output voltage;
    GANTRY_TRY(gantry_number_input_open(&measured, "arm.angle"));
    GANTRY_TRY(gantry_number_output_open(&voltage, "arm.voltage"));
    for (;;) {
        double error = args->angle - gantry_number_input_get(measured);
        if (fabs(error) < 0.1) return gantry_return(gantry_number_input_get(measured));
        GANTRY_TRY(gantry_number_output_set_clamped(voltage, 5 * error));
        GANTRY_TRY(gantry_yield());
    }
}
// end

// guide: drive
GANTRY_COMMAND(drive, "Drives straight ahead, and returns how far it went.", GANTRY_REQUIRES("drive"),
               GANTRY_RETURNS(GANTRY_KIND_NUMBER), GANTRY_NUMBER(distance, .unit = "m")) {
    gantry_number_input measured;
    gantry_number_output left, right;
    GANTRY_TRY(gantry_number_input_open(&measured, "drive.left-distance"));
    GANTRY_TRY(gantry_number_output_open(&left, "drive.left-voltage"));
    GANTRY_TRY(gantry_number_output_open(&right, "drive.right-voltage"));
    double start = gantry_number_input_get(measured);
    for (;;) {
        double gone = gantry_number_input_get(measured) - start;
        if (fabs(args->distance - gone) < 0.05) return gantry_return(gone);
        double volts = fmin(fmax(8 * (args->distance - gone), -8), 8);
        GANTRY_TRY(gantry_number_output_set(left, volts));
        GANTRY_TRY(gantry_number_output_set(right, volts));
        GANTRY_TRY(gantry_yield());
    }
}
// end

// guide: collect
GANTRY_COMMAND(collect, "Turns the intake until a ball is in the feeder.", GANTRY_REQUIRES("intake")) {
    gantry_number_output voltage;
    gantry_signal ball;
    GANTRY_TRY(gantry_number_output_open(&voltage, "intake.voltage"));
    GANTRY_TRY(gantry_number_output_set(voltage, 10));
    GANTRY_TRY(gantry_is_true(&ball, GANTRY_CHANNEL, "feeder.ball"));
    return gantry_wait_until(ball);
}
// end

// guide: feed
GANTRY_COMMAND(feed, "Hands the ball to the shooter. Fails if there is none.", GANTRY_REQUIRES("feeder")) {
    gantry_number_output voltage;
    gantry_signal ball;
    GANTRY_TRY(gantry_is_true(&ball, GANTRY_CHANNEL, "feeder.ball"));
    if (!gantry_signal_get(ball)) return gantry_fail("there is no ball in the feeder");
    GANTRY_TRY(gantry_number_output_open(&voltage, "feeder.voltage"));
    GANTRY_TRY(gantry_number_output_set(voltage, 6));
    return gantry_wait_until(gantry_signal_not(ball));
}
// end

// guide: spin-up
GANTRY_COMMAND(spin_up, "Turns the shooter until it is canceled. `shooter/ready` says whether it is fast enough.",
               GANTRY_REQUIRES("shooter")) {
    gantry_number_input measured;
    gantry_number_output voltage;
    gantry_topic ready;
    GANTRY_TRY(gantry_number_input_open(&measured, "shooter.speed"));
    GANTRY_TRY(gantry_number_output_open(&voltage, "shooter.voltage"));
    GANTRY_TRY(gantry_topic_open(&ready, "shooter/ready"));
    for (;;) {
        double speed = gantry_number_input_get(measured);
        GANTRY_TRY(gantry_number_output_set_clamped(voltage, 4 + 0.05 * (200 - speed)));
        GANTRY_TRY(gantry_publish(ready, gantry_boolean(speed > 180)));
        GANTRY_TRY(gantry_yield());
    }
}
// end

// guide: complete
// Awaits a command, and fails unless it completes.
static gantry_status complete(gantry_command command) {
    gantry_outcome outcome;
    GANTRY_TRY(gantry_await(command, &outcome));
    return gantry_outcome_check(&outcome);
}
// end

// guide: shoot
GANTRY_COMMAND(shoot, "Spins up, and feeds the ball once the wheel is fast enough.") {
    gantry_command spin_up, feed;
    gantry_signal ready;
    GANTRY_TRY(gantry_lookup(&spin_up, "spin-up"));
    GANTRY_TRY(gantry_lookup(&feed, "feed"));
    GANTRY_TRY(gantry_is_true(&ready, GANTRY_TOPIC, "shooter/ready"));
    GANTRY_TRY(gantry_fork(spin_up));
    GANTRY_TRY(gantry_wait_until(ready));
    return complete(feed);
}
// end

// guide: hold-arm
GANTRY_COMMAND(hold_arm, "Pushes the arm with a voltage until it is canceled.", GANTRY_REQUIRES("arm"),
               GANTRY_NUMBER_OR(volts, 1.0, .unit = "V")) {
    gantry_number_output voltage;
    GANTRY_TRY(gantry_number_output_open(&voltage, "arm.voltage"));
    GANTRY_TRY(gantry_number_output_set(voltage, args->volts));
    return gantry_park();
}
// end

// guide: blink
GANTRY_COMMAND(blink, "Blinks until it is canceled.", GANTRY_REQUIRES("leds")) {
    gantry_array_output strip;
    GANTRY_TRY(gantry_array_output_open(&strip, "leds.strip"));
    for (;;) {
        GANTRY_TRY(gantry_array_output_set(strip, (double[]){1, 1, 1}, 3));
        GANTRY_TRY(gantry_wait(0.2));
        GANTRY_TRY(gantry_array_output_set(strip, (double[]){0, 0, 0}, 3));
        GANTRY_TRY(gantry_wait(0.2));
    }
}
// end

// guide: say
GANTRY_COMMAND(say, "Writes to the log, and never waits.", GANTRY_TEXT(text)) {
    gantry_info("%s", args->text);
    return GANTRY_OK;
}
// end

// ---- Of fork.md ------------------------------------------------------------------------------------

// guide: drive-with-lights
GANTRY_COMMAND(drive_with_lights, "Drives, and blinks meanwhile.") {
    gantry_command blink, drive;
    GANTRY_TRY(gantry_lookup(&blink, "blink"));
    GANTRY_TRY(gantry_lookup(&drive, "drive", GANTRY_ARG("distance", 0.5)));
    GANTRY_TRY(gantry_fork(blink));
    return complete(drive);
}
// end

// guide: two-words
GANTRY_COMMAND(two_words, "Forks a command that never waits.") {
    gantry_command say;
    GANTRY_TRY(gantry_lookup(&say, "say", GANTRY_ARG("text", "first")));
    gantry_info("before");
    GANTRY_TRY(gantry_fork(say));
    gantry_info("second");
    return GANTRY_OK;
}
// end

// guide: swap
GANTRY_COMMAND(swap, "Holds the arm for a moment, and then raises it.") {
    gantry_command hold, raise;
    GANTRY_TRY(gantry_lookup(&hold, "hold-arm"));
    GANTRY_TRY(gantry_lookup(&raise, "raise", GANTRY_ARG("angle", 0.5)));
    GANTRY_TRY(gantry_fork(hold));
    GANTRY_TRY(gantry_wait(0.2));
    GANTRY_TRY(gantry_fork(raise));
    gantry_info("still holding: %s", gantry_is_running(hold) ? "true" : "false");
    return gantry_wait(0.6);
}
// end

// guide: lend
GANTRY_COMMAND(lend, "Owns the arm throughout, and lends it to a child.", GANTRY_REQUIRES("arm")) {
    gantry_command raise;
    gantry_number_output voltage;
    GANTRY_TRY(gantry_lookup(&raise, "raise", GANTRY_ARG("angle", 0.5)));
    GANTRY_TRY(gantry_number_output_open(&voltage, "arm.voltage"));
    GANTRY_TRY(gantry_number_output_set(voltage, 1));
    GANTRY_TRY(gantry_wait(0.2));
    GANTRY_TRY(complete(raise));
    GANTRY_TRY(gantry_number_output_set(voltage, 1));
    return gantry_wait(0.2);
}
// end

// guide: careless
GANTRY_COMMAND(careless, "Forks what fails, and does not look.") {
    gantry_command feed, drive;
    GANTRY_TRY(gantry_lookup(&feed, "feed"));
    GANTRY_TRY(gantry_lookup(&drive, "drive", GANTRY_ARG("distance", 0.5)));
    GANTRY_TRY(gantry_fork(feed));
    return complete(drive);
}
// end

// guide: careful
GANTRY_COMMAND(careful, "Awaits a command whose child fails.") {
    gantry_command careless, drive;
    gantry_outcome outcome;
    GANTRY_TRY(gantry_lookup(&careless, "careless"));
    GANTRY_TRY(gantry_lookup(&drive, "drive", GANTRY_ARG("distance", 0.5)));
    GANTRY_TRY(gantry_await(careless, &outcome));
    if (outcome.kind != GANTRY_COMPLETED) gantry_info("that went wrong");
    return complete(drive);
}
// end

// guide: polite
GANTRY_COMMAND(polite, "Raises the arm if it may, and drives in any case.") {
    gantry_command raise, drive;
    GANTRY_TRY(gantry_lookup(&raise, "raise", GANTRY_ARG("angle", 0.5)));
    GANTRY_TRY(gantry_lookup(&drive, "drive", GANTRY_ARG("distance", 0.5)));
    gantry_set_cancel_on_fork_failure(false);
    gantry_status status = gantry_fork(raise);
    if (status == GANTRY_REFUSED) {
        size_t count;
        gantry_warn("%s has the arm", gantry_refusals(&count)[0].blocker);
    } else {
        GANTRY_TRY(status);
    }
    return complete(drive);
}
// end

// guide: stubborn
GANTRY_COMMAND(stubborn, "Raises the arm and drives, or does neither.") {
    gantry_command raise, drive;
    GANTRY_TRY(gantry_lookup(&raise, "raise", GANTRY_ARG("angle", 0.5)));
    GANTRY_TRY(gantry_lookup(&drive, "drive", GANTRY_ARG("distance", 0.5)));
    GANTRY_TRY(gantry_fork(raise));
    return complete(drive);
}
// end

// ---- Of await.md -----------------------------------------------------------------------------------

// guide: measure
GANTRY_COMMAND(measure, "Raises the arm, says where it is, and drives.") {
    gantry_command raise, drive;
    gantry_outcome outcome;
    double reached;
    GANTRY_TRY(gantry_lookup(&raise, "raise", GANTRY_ARG("angle", 0.5)));
    GANTRY_TRY(gantry_lookup(&drive, "drive", GANTRY_ARG("distance", 0.5)));
    GANTRY_TRY(gantry_await(raise, &outcome));
    GANTRY_TRY(gantry_outcome_check(&outcome));
    GANTRY_TRY(gantry_value_get(&outcome.value, &reached));
    gantry_info("the arm is at %.1f rad", reached);
    GANTRY_TRY(gantry_await(drive, &outcome));
    return gantry_outcome_check(&outcome);
}
// end

// guide: keep-going
GANTRY_COMMAND(keep_going, "Raises the arm further than it goes, unless the driver takes it with A; then drives.") {
    gantry_command raise, drive, hold;
    gantry_signal a;
    gantry_outcome outcome;
    GANTRY_TRY(gantry_lookup(&raise, "raise", GANTRY_ARG("angle", 2.5)));
    GANTRY_TRY(gantry_lookup(&drive, "drive", GANTRY_ARG("distance", 0.5)));
    GANTRY_TRY(gantry_lookup(&hold, "hold-arm"));
    GANTRY_TRY(gantry_is_true(&a, GANTRY_CHANNEL, "driver.a"));
    GANTRY_TRY(gantry_bind(a, GANTRY_WHILE_TRUE, hold));
    GANTRY_TRY(gantry_await(raise, &outcome));
    if (outcome.kind == GANTRY_INTERRUPTED) gantry_info("%s has taken the arm", outcome.text);
    return complete(drive);
}
// end

// guide: give-way
GANTRY_COMMAND(give_way, "Raises the arm further than it goes, and drives then.") {
    gantry_command raise, drive;
    gantry_outcome outcome;
    GANTRY_TRY(gantry_lookup(&raise, "raise", GANTRY_ARG("angle", 2.5)));
    GANTRY_TRY(gantry_lookup(&drive, "drive", GANTRY_ARG("distance", 0.5)));
    GANTRY_TRY(gantry_await(raise, &outcome));
    gantry_info("the arm: %s", gantry_outcome_to_text(&outcome));
    return complete(drive);
}
// end

// guide: lit-drive
GANTRY_COMMAND(lit_drive, "Drives with the lights on, and turns them off however it ends.", GANTRY_REQUIRES("leds")) {
    gantry_command drive;
    gantry_array_output strip;
    GANTRY_TRY(gantry_lookup(&drive, "drive", GANTRY_ARG("distance", 5.0)));
    GANTRY_TRY(gantry_array_output_open(&strip, "leds.strip"));
    GANTRY_TRY(gantry_array_output_set(strip, (double[]){1, 1, 1}, 3));
    gantry_status status = complete(drive);
    // Reached when the run is canceled, too.
    (void)gantry_array_output_set(strip, (double[]){0, 0, 0}, 3);
    gantry_info("lights off");
    return status;
}
// end

// guide: join
GANTRY_COMMAND(join, "Starts to raise the arm, drives, and waits for the arm then.") {
    gantry_command raise, drive;
    GANTRY_TRY(gantry_lookup(&raise, "raise", GANTRY_ARG("angle", 0.8)));
    GANTRY_TRY(gantry_lookup(&drive, "drive", GANTRY_ARG("distance", 0.5)));
    GANTRY_TRY(gantry_fork(raise));
    GANTRY_TRY(complete(drive));
    return gantry_is_running(raise) ? complete(raise) : GANTRY_OK;
}
// end

// guide: feed-or-collect
GANTRY_COMMAND(feed_or_collect, "Feeds a ball. If there is none, it collects one and shoots that.") {
    gantry_command feed, collect, shoot;
    gantry_outcome outcome;
    GANTRY_TRY(gantry_lookup(&feed, "feed"));
    GANTRY_TRY(gantry_lookup(&collect, "collect"));
    GANTRY_TRY(gantry_lookup(&shoot, "shoot"));
    GANTRY_TRY(gantry_await(feed, &outcome));
    if (outcome.kind == GANTRY_COMPLETED) return GANTRY_OK;
    gantry_info("nothing to feed");
    GANTRY_TRY(complete(collect));
    return complete(shoot);
}
// end

// ---- Of await-all.md -------------------------------------------------------------------------------

// guide: one-by-one
GANTRY_COMMAND(one_by_one, "Raises the arm, then drives, then collects.") {
    gantry_command commands[3];
    GANTRY_TRY(gantry_lookup(&commands[0], "raise", GANTRY_ARG("angle", 0.5)));
    GANTRY_TRY(gantry_lookup(&commands[1], "drive", GANTRY_ARG("distance", 0.5)));
    GANTRY_TRY(gantry_lookup(&commands[2], "collect"));
    for (int i = 0; i < 3; i++) GANTRY_TRY(complete(commands[i]));
    return GANTRY_OK;
}
// end

// guide: together
GANTRY_COMMAND(together, "Raises the arm, drives and collects, all at once.") {
    gantry_command raise, drive, collect;
    gantry_outcome outcomes[3];
    GANTRY_TRY(gantry_lookup(&raise, "raise", GANTRY_ARG("angle", 0.5)));
    GANTRY_TRY(gantry_lookup(&drive, "drive", GANTRY_ARG("distance", 0.5)));
    GANTRY_TRY(gantry_lookup(&collect, "collect"));
    GANTRY_TRY(gantry_await_all(outcomes, raise, drive, collect));
    for (int i = 0; i < 3; i++) GANTRY_TRY(gantry_outcome_check(&outcomes[i]));
    return GANTRY_OK;
}
// end

// guide: together-with-failure
GANTRY_COMMAND(together_with_failure, "Feeds without a ball, and drives.") {
    gantry_command feed, drive;
    gantry_outcome outcomes[2];
    GANTRY_TRY(gantry_lookup(&feed, "feed"));
    GANTRY_TRY(gantry_lookup(&drive, "drive", GANTRY_ARG("distance", 0.5)));
    GANTRY_TRY(gantry_await_all(outcomes, feed, drive));
    gantry_info("feed: %s", outcomes[0].kind == GANTRY_COMPLETED ? "true" : "false");
    gantry_info("drive: %s", outcomes[1].kind == GANTRY_COMPLETED ? "true" : "false");
    return GANTRY_OK;
}
// end

// ---- Of await-any.md -------------------------------------------------------------------------------

// guide: collect-while-driving
GANTRY_COMMAND(collect_while_driving, "Drives two metres, or until it has a ball.") {
    gantry_command drive, collect;
    gantry_winner winner;
    GANTRY_TRY(gantry_lookup(&drive, "drive", GANTRY_ARG("distance", 2.0)));
    GANTRY_TRY(gantry_lookup(&collect, "collect"));
    GANTRY_TRY(gantry_await_any(&winner, drive, collect));
    gantry_info("%s", winner.index == 0 ? "no ball on the way" : "got one");
    return GANTRY_OK;
}
// end

// guide: photo-finish
GANTRY_COMMAND(photo_finish, "Two waits that end in the same tick.") {
    gantry_command left, right;
    gantry_winner winner;
    GANTRY_TRY(gantry_delay(&left, 0.2));
    GANTRY_TRY(gantry_delay(&right, 0.2));
    GANTRY_TRY(gantry_await_any(&winner, gantry_named(left, "left"), gantry_named(right, "right")));
    gantry_info("the winner is %d", (int)winner.index);
    return GANTRY_OK;
}
// end

// guide: first-to-fail
GANTRY_COMMAND(first_to_fail, "Drives, or feeds without a ball: what fails at once ends first.") {
    gantry_command drive, feed;
    gantry_winner winner;
    GANTRY_TRY(gantry_lookup(&drive, "drive", GANTRY_ARG("distance", 0.5)));
    GANTRY_TRY(gantry_lookup(&feed, "feed"));
    GANTRY_TRY(gantry_await_any(&winner, drive, feed));
    if (winner.outcome.kind != GANTRY_COMPLETED) gantry_info("%d was no success", (int)winner.index);
    return GANTRY_OK;
}
// end

// guide: as-a-race
GANTRY_COMMAND(as_a_race, "The same as a command of its own, which others can be handed.") {
    gantry_command drive, collect, race;
    GANTRY_TRY(gantry_lookup(&drive, "drive", GANTRY_ARG("distance", 2.0)));
    GANTRY_TRY(gantry_lookup(&collect, "collect"));
    GANTRY_TRY(gantry_race(&race, drive, collect));
    return complete(race);
}
// end

// guide: raise-or-give-up
GANTRY_COMMAND(raise_or_give_up, "Raises the arm further than it goes, and gives up after half a second.") {
    gantry_command raise, give_up, lower;
    gantry_winner winner;
    GANTRY_TRY(gantry_lookup(&raise, "raise", GANTRY_ARG("angle", 2.5)));
    GANTRY_TRY(gantry_delay(&give_up, 0.5));
    GANTRY_TRY(gantry_await_any(&winner, raise, give_up));
    if (winner.index == 0) return GANTRY_OK;
    gantry_warn("the arm is stuck");
    GANTRY_TRY(gantry_lookup(&lower, "hold-arm", GANTRY_ARG("volts", -2.0)));
    GANTRY_TRY(gantry_with_timeout(&lower, lower, 0.3));
    return complete(lower);
}
// end

// ---- Of patterns.md --------------------------------------------------------------------------------

// guide: as-a-group
GANTRY_COMMAND(as_a_group, "Drives and raises the arm then; owns both from the first tick on.") {
    gantry_command drive, raise;
    GANTRY_TRY(gantry_lookup(&drive, "drive", GANTRY_ARG("distance", 0.6)));
    GANTRY_TRY(gantry_lookup(&raise, "raise", GANTRY_ARG("angle", 0.5)));
    return complete(gantry_sequence(drive, raise));
}
// end

// guide: as-a-body
GANTRY_COMMAND(as_a_body, "Drives and raises the arm then; takes the arm when it gets there.") {
    gantry_command drive, raise;
    GANTRY_TRY(gantry_lookup(&drive, "drive", GANTRY_ARG("distance", 0.6)));
    GANTRY_TRY(gantry_lookup(&raise, "raise", GANTRY_ARG("angle", 0.5)));
    GANTRY_TRY(complete(drive));
    return complete(raise);
}
// end

// guide: prepare
GANTRY_COMMAND(prepare, "Makes the robot ready to shoot, whatever it has done before.") {
    gantry_command collect, raise;
    gantry_signal ball;
    gantry_number_input angle;
    GANTRY_TRY(gantry_lookup(&collect, "collect"));
    GANTRY_TRY(gantry_lookup(&raise, "raise", GANTRY_ARG("angle", 0.8)));
    GANTRY_TRY(gantry_is_true(&ball, GANTRY_CHANNEL, "feeder.ball"));
    GANTRY_TRY(gantry_number_input_open(&angle, "arm.angle"));
    if (!gantry_signal_get(ball)) GANTRY_TRY(complete(collect));
    if (gantry_number_input_get(angle) < 0.5) GANTRY_TRY(complete(raise));
    return GANTRY_OK;
}
// end

// guide: meet
GANTRY_COMMAND(meet, "Drives and collects at once; when both are done, raises the arm and spins up at once.") {
    gantry_command drive, collect, spin_up, raise, feed;
    gantry_signal ready;
    gantry_outcome outcomes[2];
    GANTRY_TRY(gantry_lookup(&drive, "drive", GANTRY_ARG("distance", 0.5)));
    GANTRY_TRY(gantry_lookup(&collect, "collect"));
    GANTRY_TRY(gantry_await_all(outcomes, drive, collect));
    for (int i = 0; i < 2; i++) GANTRY_TRY(gantry_outcome_check(&outcomes[i]));
    gantry_info("both are done");
    GANTRY_TRY(gantry_is_true(&ready, GANTRY_TOPIC, "shooter/ready"));
    GANTRY_TRY(gantry_lookup(&spin_up, "spin-up"));
    GANTRY_TRY(gantry_lookup(&raise, "raise", GANTRY_ARG("angle", 0.5)));
    GANTRY_TRY(gantry_fork(spin_up));
    GANTRY_TRY(gantry_await_all(outcomes, raise, gantry_condition(ready)));
    for (int i = 0; i < 2; i++) GANTRY_TRY(gantry_outcome_check(&outcomes[i]));
    GANTRY_TRY(gantry_lookup(&feed, "feed"));
    return complete(feed);
}
// end

// guide: warm-up
GANTRY_COMMAND(warm_up, "Lets the shooter spin up while the robot drives.") {
    gantry_command spin_up, drive;
    gantry_signal ready;
    GANTRY_TRY(gantry_lookup(&spin_up, "spin-up"));
    GANTRY_TRY(gantry_lookup(&drive, "drive", GANTRY_ARG("distance", 0.5)));
    GANTRY_TRY(gantry_is_true(&ready, GANTRY_TOPIC, "shooter/ready"));
    GANTRY_TRY(gantry_fork(spin_up));
    GANTRY_TRY(complete(drive));
    GANTRY_TRY(gantry_wait_until(ready));
    gantry_info("ready to shoot");
    return GANTRY_OK;
}
// end

// guide: cycle
GANTRY_COMMAND(cycle, "Collects, raises the arm and shoots, as a state machine. B ends it at any time.") {
    gantry_command collect, raise, shoot, cycle;
    gantry_signal abort;
    GANTRY_TRY(gantry_lookup(&collect, "collect"));
    GANTRY_TRY(gantry_lookup(&raise, "raise", GANTRY_ARG("angle", 0.5)));
    GANTRY_TRY(gantry_lookup(&shoot, "shoot"));
    GANTRY_TRY(gantry_is_true(&abort, GANTRY_CHANNEL, "driver.b"));

    gantry_state_machine machine = gantry_state_machine_new("scoring");
    gantry_state fetch = gantry_add_state(machine, "fetch", collect);
    gantry_state aim = gantry_add_state(machine, "aim", raise);
    gantry_state score = gantry_add_state(machine, "score", shoot);
    GANTRY_TRY(gantry_switch_on_completion(machine, GANTRY_FROM(fetch), aim));
    GANTRY_TRY(gantry_switch_on_completion(machine, GANTRY_FROM(aim), score));
    GANTRY_TRY(gantry_switch_on_completion(machine, GANTRY_FROM(score), GANTRY_END));
    GANTRY_TRY(gantry_switch_when(machine, GANTRY_FROM_ANY, GANTRY_END, abort));
    GANTRY_TRY(gantry_state_machine_build(&cycle, machine, fetch));
    return complete(cycle);
}
// end

// guide: retry
GANTRY_COMMAND(retry, "Feeds a ball, in three attempts at most, and returns how many it took.",
               GANTRY_RETURNS(GANTRY_KIND_INTEGER)) {
    gantry_command spin_up, feed, collect;
    GANTRY_TRY(gantry_lookup(&spin_up, "spin-up"));
    GANTRY_TRY(gantry_fork(spin_up));
    for (int attempt = 1; attempt <= 3; attempt++) {
        gantry_outcome outcome;
        GANTRY_TRY(gantry_lookup(&feed, "feed"));
        GANTRY_TRY(gantry_await(feed, &outcome));
        if (outcome.kind == GANTRY_COMPLETED) return gantry_return(attempt);
        gantry_info("attempt %d failed", attempt);
        GANTRY_TRY(gantry_lookup(&collect, "collect"));
        GANTRY_TRY(gantry_with_timeout(&collect, collect, 1.0));
        GANTRY_TRY(gantry_await(collect, NULL));
    }
    return gantry_fail("three attempts, and no ball");
}
// end

// guide: try-to-score
GANTRY_COMMAND(try_to_score, "Collects a ball and shoots it, and gives up after three seconds.") {
    gantry_command collect, shoot, give_up, raise;
    gantry_winner winner;
    gantry_outcome outcome;
    GANTRY_TRY(gantry_lookup(&collect, "collect"));
    GANTRY_TRY(gantry_lookup(&shoot, "shoot"));
    GANTRY_TRY(gantry_delay(&give_up, 3.0));
    GANTRY_TRY(gantry_await_any(&winner, gantry_sequence(collect, shoot), give_up));
    if (winner.index == 0) return GANTRY_OK;
    gantry_warn("no luck this time");
    GANTRY_TRY(gantry_lookup(&raise, "raise", GANTRY_ARG("angle", 0.0)));
    GANTRY_TRY(gantry_await(raise, &outcome));
    return gantry_outcome_check(&outcome);
}
// end

// guide: climb
GANTRY_COMMAND(climb, "Pulls the robot up until the driver presses B, and lets it down then. Nobody else gets the arm.",
               GANTRY_PRIORITY(10)) {
    gantry_command pull, raise;
    gantry_signal b;
    gantry_winner winner;
    GANTRY_TRY(gantry_is_true(&b, GANTRY_CHANNEL, "driver.b"));
    GANTRY_TRY(gantry_lookup(&pull, "hold-arm", GANTRY_ARG("volts", 6.0)));
    GANTRY_TRY(gantry_await_any(&winner, gantry_condition(b), pull));
    if (winner.index != 0) return GANTRY_OK;
    gantry_info("the driver lets the robot down");
    GANTRY_TRY(gantry_lookup(&raise, "raise", GANTRY_ARG("angle", 0.0)));
    return complete(raise);
}
// end

// guide: home-arm
GANTRY_COMMAND(home_arm, "Pushes the arm down to its stop, and fails if it does not get there within a second.") {
    gantry_command push;
    gantry_signal stop;
    bool met;
    GANTRY_TRY(gantry_lookup(&push, "hold-arm", GANTRY_ARG("volts", -3.0)));
    GANTRY_TRY(gantry_below(&stop, GANTRY_CHANNEL, "arm.angle", -0.5));
    GANTRY_TRY(gantry_fork(push));
    GANTRY_TRY(gantry_wait_until_timeout(stop, 1.0, &met));
    if (!met) return gantry_fail("the arm does not reach its stop");
    GANTRY_TRY(gantry_cancel(push));
    gantry_info("the arm is at its stop");
    return GANTRY_OK;
}
// end

// guide: two-ball
GANTRY_COMMAND(two_ball, "Scores the ball in front of the robot, and one more if there is one on the way.",
               GANTRY_RETURNS(GANTRY_KIND_INTEGER)) {
    gantry_command collect, feed, spin_up, raise, drive;
    gantry_signal ready;
    gantry_outcome outcomes[2];
    gantry_winner winner;
    GANTRY_TRY(gantry_lookup(&collect, "collect"));
    GANTRY_TRY(gantry_lookup(&feed, "feed"));
    GANTRY_TRY(gantry_lookup(&spin_up, "spin-up"));
    GANTRY_TRY(gantry_lookup(&raise, "raise", GANTRY_ARG("angle", 0.5)));
    GANTRY_TRY(gantry_lookup(&drive, "drive", GANTRY_ARG("distance", 2.0)));
    GANTRY_TRY(gantry_is_true(&ready, GANTRY_TOPIC, "shooter/ready"));
    GANTRY_TRY(gantry_fork(spin_up));
    GANTRY_TRY(gantry_await_all(outcomes, collect, raise));
    for (int i = 0; i < 2; i++) GANTRY_TRY(gantry_outcome_check(&outcomes[i]));
    GANTRY_TRY(gantry_wait_until(ready));
    GANTRY_TRY(complete(feed));
    GANTRY_TRY(gantry_await_any(&winner, collect, drive));
    if (winner.index == 1) {
        gantry_info("there is no second ball");
        return gantry_return(1);
    }
    GANTRY_TRY(complete(feed));
    return gantry_return(2);
}
// end
