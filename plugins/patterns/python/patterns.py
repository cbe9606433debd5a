"""Every example of docs/guide, which shows the regions between `guide:` and `end`."""

from typing import Annotated

import gantry
from gantry import ArrayOutput, Command, NumberInput, NumberOutput, Signal, StateMachine, Topic, lookup

gantry.plugin(
    reads=["drive.*", "arm.*", "shooter.*", "feeder.*", "driver.*"],
    publishes=["shooter/*"],
)

# ---- What the examples are put together from: one mechanism each --------------------------------


# guide: raise
@gantry.command(name="raise", requires="arm")
def raise_arm(angle: Annotated[float, "rad"]) -> float:
    """Raises the arm to an angle, and returns where it is."""
    measured, voltage = NumberInput("arm.angle"), NumberOutput("arm.voltage")
    while True:
        error = angle - measured.get()
        if abs(error) < 0.1:
            return measured.get()
        voltage.set_clamped(5 * error)
        gantry.next_tick()
# end


# guide: drive
@gantry.command(requires="drive")
def drive(distance: Annotated[float, "m"]) -> float:
    """Drives straight ahead, and returns how far it went."""
    measured = NumberInput("drive.left-distance")
    left, right = NumberOutput("drive.left-voltage"), NumberOutput("drive.right-voltage")
    start = measured.get()
    while True:
        gone = measured.get() - start
        if abs(distance - gone) < 0.05:
            return gone
        volts = min(max(8 * (distance - gone), -8), 8)
        left.set(volts)
        right.set(volts)
        gantry.next_tick()
# end


# guide: collect
@gantry.command(requires="intake")
def collect() -> None:
    """Turns the intake until a ball is in the feeder."""
    NumberOutput("intake.voltage").set(10)
    gantry.wait_until(Signal.channel("feeder.ball").is_true())
# end


# guide: feed
@gantry.command(requires="feeder")
def feed() -> None:
    """Hands the ball to the shooter. Fails if there is none."""
    ball = Signal.channel("feeder.ball").is_true()
    if not ball.get():
        raise gantry.CommandError("there is no ball in the feeder")
    NumberOutput("feeder.voltage").set(6)
    gantry.wait_until(~ball)
# end


# guide: spin-up
@gantry.command(requires="shooter")
def spin_up() -> None:
    """Turns the shooter until it is canceled. `shooter/ready` says whether it is fast enough."""
    measured, voltage = NumberInput("shooter.speed"), NumberOutput("shooter.voltage")
    ready = Topic("shooter/ready", bool)
    while True:
        speed = measured.get()
        voltage.set_clamped(4 + 0.05 * (200 - speed))
        ready.publish(speed > 180)
        gantry.next_tick()
# end


# guide: shoot
@gantry.command
def shoot() -> None:
    """Spins up, and feeds the ball once the wheel is fast enough."""
    gantry.fork(lookup(spin_up))
    gantry.wait_until(Signal.topic("shooter/ready").is_true())
    gantry.await_one(lookup(feed)).result()
# end


# guide: hold-arm
@gantry.command(requires="arm")
def hold_arm(volts: Annotated[float, "V"] = 1.0) -> None:
    """Pushes the arm with a voltage until it is canceled."""
    NumberOutput("arm.voltage").set(volts)
    gantry.park()
# end


# guide: blink
@gantry.command(requires="leds")
def blink() -> None:
    """Blinks until it is canceled."""
    strip = ArrayOutput("leds.strip")
    while True:
        strip.set([1, 1, 1])
        gantry.wait(0.2)
        strip.set([0, 0, 0])
        gantry.wait(0.2)
# end


# guide: say
@gantry.command
def say(text: str) -> None:
    """Writes to the log, and never waits."""
    print(text)
# end


# ---- Of fork.md ------------------------------------------------------------------------------------


# guide: drive-with-lights
@gantry.command
def drive_with_lights() -> None:
    """Drives, and blinks meanwhile."""
    gantry.fork(lookup(blink))
    gantry.await_one(lookup(drive, distance=0.5)).result()
# end


# guide: two-words
@gantry.command
def two_words() -> None:
    """Forks a command that never waits."""
    print("before")
    gantry.fork(lookup(say, text="first"))
    print("second")
# end


# guide: swap
@gantry.command
def swap() -> None:
    """Holds the arm for a moment, and then raises it."""
    hold = lookup(hold_arm)
    gantry.fork(hold)
    gantry.wait(0.2)
    gantry.fork(lookup(raise_arm, angle=0.5))
    print(f"still holding: {str(hold.is_running).lower()}")
    gantry.wait(0.6)
# end


# guide: lend
@gantry.command(requires="arm")
def lend() -> None:
    """Owns the arm throughout, and lends it to a child."""
    voltage = NumberOutput("arm.voltage")
    voltage.set(1)
    gantry.wait(0.2)
    gantry.await_one(lookup(raise_arm, angle=0.5)).result()
    voltage.set(1)
    gantry.wait(0.2)
# end


# guide: careless
@gantry.command
def careless() -> None:
    """Forks what fails, and does not look."""
    gantry.fork(lookup(feed))
    gantry.await_one(lookup(drive, distance=0.5)).result()
# end


# guide: careful
@gantry.command
def careful() -> None:
    """Awaits a command whose child fails."""
    if not gantry.await_one(lookup(careless)).completed:
        print("that went wrong")
    gantry.await_one(lookup(drive, distance=0.5)).result()
# end


# guide: polite
@gantry.command
def polite() -> None:
    """Raises the arm if it may, and drives in any case."""
    gantry.set_cancel_on_fork_failure(False)
    try:
        gantry.fork(lookup(raise_arm, angle=0.5))
    except gantry.RefusedError as error:
        gantry.log.warn(f"{error.refused[0].blocker} has the arm")
    gantry.await_one(lookup(drive, distance=0.5)).result()
# end


# guide: stubborn
@gantry.command
def stubborn() -> None:
    """Raises the arm and drives, or does neither."""
    gantry.fork(lookup(raise_arm, angle=0.5))
    gantry.await_one(lookup(drive, distance=0.5)).result()
# end


# ---- Of await.md -----------------------------------------------------------------------------------


# guide: measure
@gantry.command
def measure() -> None:
    """Raises the arm, says where it is, and drives."""
    reached = gantry.await_one(lookup(raise_arm, angle=0.5)).result()
    print(f"the arm is at {reached:.1f} rad")
    gantry.await_one(lookup(drive, distance=0.5)).result()
# end


# guide: keep-going
@gantry.command
def keep_going() -> None:
    """Raises the arm further than it goes, unless the driver takes it with A; then drives."""
    Signal.channel("driver.a").is_true().while_true(lookup(hold_arm))
    outcome = gantry.await_one(lookup(raise_arm, angle=2.5))
    if outcome.status is gantry.Status.INTERRUPTED:
        print(f"{outcome.by} has taken the arm")
    gantry.await_one(lookup(drive, distance=0.5)).result()
# end


# guide: give-way
@gantry.command
def give_way() -> None:
    """Raises the arm further than it goes, and drives then."""
    outcome = gantry.await_one(lookup(raise_arm, angle=2.5))
    print(f"the arm: {outcome}")
    gantry.await_one(lookup(drive, distance=0.5)).result()
# end


# guide: lit-drive
@gantry.command(requires="leds")
def lit_drive() -> None:
    """Drives with the lights on, and turns them off however it ends."""
    strip = ArrayOutput("leds.strip")
    strip.set([1, 1, 1])
    try:
        gantry.await_one(lookup(drive, distance=5)).result()
    finally:
        strip.set([0, 0, 0])
        print("lights off")
# end


# guide: join
@gantry.command
def join() -> None:
    """Starts to raise the arm, drives, and waits for the arm then."""
    raising = lookup(raise_arm, angle=0.8)
    gantry.fork(raising)
    gantry.await_one(lookup(drive, distance=0.5)).result()
    if raising.is_running:
        gantry.await_one(raising).result()
# end


# guide: feed-or-collect
@gantry.command
def feed_or_collect() -> None:
    """Feeds a ball. If there is none, it collects one and shoots that."""
    if not gantry.await_one(lookup(feed)).completed:
        print("nothing to feed")
        gantry.await_one(lookup(collect)).result()
        gantry.await_one(lookup(shoot)).result()
# end


# ---- Of await-all.md -------------------------------------------------------------------------------


# guide: one-by-one
@gantry.command
def one_by_one() -> None:
    """Raises the arm, then drives, then collects."""
    for command in lookup(raise_arm, angle=0.5), lookup(drive, distance=0.5), lookup(collect):
        gantry.await_one(command).result()
# end


# guide: together
@gantry.command
def together() -> None:
    """Raises the arm, drives and collects, all at once."""
    raising, driving = lookup(raise_arm, angle=0.5), lookup(drive, distance=0.5)
    for outcome in gantry.await_all(raising, driving, lookup(collect)):
        outcome.result()
# end


# guide: together-with-failure
@gantry.command
def together_with_failure() -> None:
    """Feeds without a ball, and drives."""
    fed, driven = gantry.await_all(lookup(feed), lookup(drive, distance=0.5))
    print(f"feed: {str(fed.completed).lower()}")
    print(f"drive: {str(driven.completed).lower()}")
# end


# ---- Of await-any.md -------------------------------------------------------------------------------


# guide: collect-while-driving
@gantry.command
def collect_while_driving() -> None:
    """Drives two metres, or until it has a ball."""
    winner = gantry.await_any(lookup(drive, distance=2), lookup(collect))
    print("no ball on the way" if winner.index == 0 else "got one")
# end


# guide: photo-finish
@gantry.command
def photo_finish() -> None:
    """Two waits that end in the same tick."""
    left = Command.delay(0.2).named("left")
    right = Command.delay(0.2).named("right")
    winner = gantry.await_any(left, right)
    print(f"the winner is {winner.index}")
# end


# guide: first-to-fail
@gantry.command
def first_to_fail() -> None:
    """Drives, or feeds without a ball: what fails at once ends first."""
    winner = gantry.await_any(lookup(drive, distance=0.5), lookup(feed))
    if not winner.outcome.completed:
        print(f"{winner.index} was no success")
# end


# guide: as-a-race
@gantry.command
def as_a_race() -> None:
    """The same as a command of its own, which others can be handed."""
    race = Command.race(lookup(drive, distance=2), lookup(collect))
    gantry.await_one(race).result()
# end


# guide: raise-or-give-up
@gantry.command
def raise_or_give_up() -> None:
    """Raises the arm further than it goes, and gives up after half a second."""
    if gantry.await_any(lookup(raise_arm, angle=2.5), Command.delay(0.5)).index == 1:
        gantry.log.warn("the arm is stuck")
        lower = lookup(hold_arm, volts=-2).with_timeout(0.3)
        gantry.await_one(lower).result()
# end


# ---- Of patterns.md --------------------------------------------------------------------------------


# guide: as-a-group
@gantry.command
def as_a_group() -> None:
    """Drives and raises the arm then; owns both from the first tick on."""
    both = Command.sequence(lookup(drive, distance=0.6), lookup(raise_arm, angle=0.5))
    gantry.await_one(both).result()
# end


# guide: as-a-body
@gantry.command
def as_a_body() -> None:
    """Drives and raises the arm then; takes the arm when it gets there."""
    gantry.await_one(lookup(drive, distance=0.6)).result()
    gantry.await_one(lookup(raise_arm, angle=0.5)).result()
# end


# guide: prepare
@gantry.command
def prepare() -> None:
    """Makes the robot ready to shoot, whatever it has done before."""
    if not Signal.channel("feeder.ball").is_true().get():
        gantry.await_one(lookup(collect)).result()
    if NumberInput("arm.angle").get() < 0.5:
        gantry.await_one(lookup(raise_arm, angle=0.8)).result()
# end


# guide: meet
@gantry.command
def meet() -> None:
    """Drives and collects at once; when both are done, raises the arm and spins up at once."""
    for outcome in gantry.await_all(lookup(drive, distance=0.5), lookup(collect)):
        outcome.result()
    print("both are done")
    ready = Command.condition(Signal.topic("shooter/ready").is_true())
    gantry.fork(lookup(spin_up))
    for outcome in gantry.await_all(lookup(raise_arm, angle=0.5), ready):
        outcome.result()
    gantry.await_one(lookup(feed)).result()
# end


# guide: warm-up
@gantry.command
def warm_up() -> None:
    """Lets the shooter spin up while the robot drives."""
    gantry.fork(lookup(spin_up))
    gantry.await_one(lookup(drive, distance=0.5)).result()
    gantry.wait_until(Signal.topic("shooter/ready").is_true())
    print("ready to shoot")
# end


# guide: cycle
@gantry.command
def cycle() -> None:
    """Collects, raises the arm and shoots, as a state machine. B ends it at any time."""
    machine = StateMachine("scoring")
    fetch = machine.state("fetch", lookup(collect))
    aim = machine.state("aim", lookup(raise_arm, angle=0.5))
    score = machine.state("score", lookup(shoot))
    machine.switch_on_completion(fetch, to=aim)
    machine.switch_on_completion(aim, to=score)
    machine.switch_on_completion(score, to=None)
    machine.switch(to=None, when=Signal.channel("driver.b").is_true())
    gantry.await_one(machine.build(initial=fetch)).result()
# end


# guide: retry
@gantry.command
def retry() -> int:
    """Feeds a ball, in three attempts at most, and returns how many it took."""
    gantry.fork(lookup(spin_up))
    for attempt in 1, 2, 3:
        if gantry.await_one(lookup(feed)).completed:
            return attempt
        print(f"attempt {attempt} failed")
        gantry.await_one(lookup(collect).with_timeout(1))
    raise gantry.CommandError("three attempts, and no ball")
# end


# guide: try-to-score
@gantry.command
def try_to_score() -> None:
    """Collects a ball and shoots it, and gives up after three seconds."""
    score = Command.sequence(lookup(collect), lookup(shoot))
    give_up = Command.delay(3)
    if gantry.await_any(score, give_up).index == 1:
        gantry.log.warn("no luck this time")
        gantry.await_one(lookup(raise_arm, angle=0)).result()
# end


# guide: climb
@gantry.command(priority=10)
def climb() -> None:
    """Pulls the robot up until the driver presses B, and lets it down then. Nobody else gets the arm."""
    abort = Command.condition(Signal.channel("driver.b").is_true())
    if gantry.await_any(abort, lookup(hold_arm, volts=6)).index == 0:
        print("the driver lets the robot down")
        gantry.await_one(lookup(raise_arm, angle=0)).result()
# end


# guide: home-arm
@gantry.command
def home_arm() -> None:
    """Pushes the arm down to its stop, and fails if it does not get there within a second."""
    push = lookup(hold_arm, volts=-3)
    gantry.fork(push)
    if not gantry.wait_until(Signal.channel("arm.angle").below(-0.5), timeout=1):
        raise gantry.CommandError("the arm does not reach its stop")
    push.cancel()
    print("the arm is at its stop")
# end


# guide: two-ball
@gantry.command
def two_ball() -> int:
    """Scores the ball in front of the robot, and one more if there is one on the way."""
    collecting, feeding = lookup(collect), lookup(feed)
    gantry.fork(lookup(spin_up))
    for outcome in gantry.await_all(collecting, lookup(raise_arm, angle=0.5)):
        outcome.result()
    gantry.wait_until(Signal.topic("shooter/ready").is_true())
    gantry.await_one(feeding).result()
    if gantry.await_any(collecting, lookup(drive, distance=2)).index == 1:
        print("there is no second ball")
        return 1
    gantry.await_one(feeding).result()
    return 2
# end
