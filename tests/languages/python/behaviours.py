"""The behaviour list of ../README.md, in Python."""

import random
import time
from typing import Annotated

import gantry
from gantry import Command, Signal, StateMachine, Topic, lookup

gantry.plugin(reads=["arm.*", "base.*", "robot.enabled"], publishes=["lang/*"])


@gantry.command
def returns_values(flag: bool, count: int, ratio: float, words: str, points: list[float]) -> str:
    """Returns its arguments as a text."""
    numbers = ",".join(f"{point:g}" for point in points)
    return f"{str(flag).lower()} {count} {ratio:g} {words} [{numbers}]"


@gantry.command
def returns_boolean() -> bool:
    """Returns true."""
    return True


@gantry.command
def returns_integer() -> int:
    """Returns 2^53 - 1."""
    return 2**53 - 1


@gantry.command
def returns_number() -> float:
    """Returns 0.1."""
    return 0.1


@gantry.command
def yields(n: int = 3) -> int:
    """Waits for ticks, and returns how many."""
    start = gantry.clock.tick()
    for _ in range(n):
        gantry.next_tick()
    return gantry.clock.tick() - start


@gantry.command
def waits(seconds: Annotated[float, "s"] = 0.1) -> float:
    """Waits, and returns how long."""
    start = gantry.clock.now()
    gantry.wait(seconds)
    return gantry.clock.now() - start


@gantry.command
def waits_until(timeout: Annotated[float, "s"] = 0.1) -> str:
    """Waits for the topic `lang/go`, and returns `met` or `timed out`."""
    met = gantry.wait_until(Signal.topic("lang/go").is_true(), timeout)
    return "met" if met else "timed out"


@gantry.command
def forks() -> bool:
    """Forks a command, goes on at once, and returns whether it runs."""
    child = lookup(parks)
    gantry.fork(child)
    return child.is_running


@gantry.command
def awaits() -> int:
    """Returns what the command that it awaits returned."""
    return gantry.await_one(lookup(yields, n=2)).result()


@gantry.command
def awaits_all() -> str:
    """Returns the outcomes of three commands."""
    outcomes = gantry.await_all(lookup(yields, n=1), lookup(fails), lookup(returns_boolean))
    return ", ".join(outcome.status.value for outcome in outcomes)


@gantry.command
def awaits_any() -> int:
    """Returns which of three commands ended first."""
    return gantry.await_any(lookup(parks), Command.delay(0.06), lookup(waits, seconds=0.2)).index


@gantry.command
def outcomes() -> str:
    """Returns the four ways in which a command ends."""
    completed = gantry.await_one(lookup(yields, n=1))
    failed = gantry.await_one(lookup(fails))
    child, holding = lookup(parks), Topic("lang/holding", bool)
    holding.publish(True)
    Signal.topic("lang/holding").is_true().while_true(child)
    gantry.next_tick()
    gantry.fork(lookup(lets_go))
    canceled = gantry.await_one(child)
    gantry.fork(lookup(takes_later))
    interrupted = gantry.await_one(lookup(holds))
    failure = failed.message.rpartition(": ")[2]
    return f"{completed.value}; {failed.status.value} {failure}; {canceled.status.value}; interrupted by {interrupted.by}"


@gantry.command
def parks() -> None:
    """Waits until it is canceled."""
    gantry.park()


@gantry.command(requires="arm")
def holds() -> None:
    """Holds the arm until it is canceled."""
    gantry.park()


@gantry.command
def lets_go() -> None:
    """Publishes false to `lang/holding`, a moment later."""
    gantry.wait(0.04)
    Topic("lang/holding", bool).publish(False)


@gantry.command
def takes_later() -> None:
    """Takes the arm from whoever has it, a moment later."""
    gantry.wait(0.04)
    gantry.await_one(lookup(holds).with_priority(1).named("taker"))


@gantry.command
def cleans_up() -> None:
    """Parks, and publishes `lang/cleaned` when it is canceled."""
    try:
        gantry.park()
    finally:
        Topic("lang/cleaned", str).publish("park")


@gantry.command
def cleans_up_at(call: str) -> None:
    """Waits in the call of that name, and publishes `lang/cleaned` when it is canceled."""
    never = Signal.topic("lang/never").is_true()
    calls = {
        "yield": lambda: [gantry.next_tick() for _ in iter(int, 1)],
        "wait": lambda: gantry.wait(1000),
        "wait-until": lambda: gantry.wait_until(never),
        "park": gantry.park,
        "await": lambda: gantry.await_one(lookup(parks)),
        "await-all": lambda: gantry.await_all(lookup(parks), lookup(yields, n=1)),
        "await-any": lambda: gantry.await_any(lookup(parks), lookup(waits, seconds=1000)),
        "sleep": lambda: time.sleep(1000),
    }
    try:
        calls[call]()
    finally:
        Topic("lang/cleaned", str).publish(call)


@gantry.command
def fails() -> None:
    """Raises an error."""
    raise RuntimeError("the arm is stuck")


@gantry.command
def logs() -> None:
    """Logs at each level."""
    for level in (gantry.log.trace, gantry.log.debug, gantry.log.info, gantry.log.warn, gantry.log.error):
        level("größe 机器人 🤖")
    print("printed größe 机器人 🤖")


@gantry.command
def large_values() -> list[float]:
    """Returns 10,000 numbers."""
    return [n / 2 for n in range(10_000)]


@gantry.command
def publishes() -> None:
    """Publishes one topic of each kind."""
    Topic("lang/boolean", bool).publish(True)
    Topic("lang/integer", int).publish(42)
    Topic("lang/number", float).publish(2)
    Topic("lang/text", str).publish("größe 机器人 🤖")
    Topic("lang/numbers", list[float]).publish([1, 2.5])


@gantry.command
def reads() -> str:
    """Returns what `publishes` published, and `nothing` for a topic that nobody did."""
    gantry.await_one(lookup(publishes)).result()
    values = (
        Topic("lang/boolean", bool).read(),
        Topic("lang/integer", int).read(),
        Topic("lang/number", float).read(),
        Topic("lang/text", str).read(),
        Topic("lang/numbers", list[float]).read(),
    )
    flag, count, ratio, words, points = values
    missing = "nothing" if Topic("lang/nobody", bool).read() is None else "something"
    numbers = ",".join(f"{point:g}" for point in points)
    return f"{str(flag).lower()} {count} {ratio:g} {words} [{numbers}] {missing}"


@gantry.command
def binds() -> int:
    """Binds a command to the topic `lang/go`, publishes it twice, and returns how often it ran."""
    go, count = Topic("lang/go", bool), Topic("lang/count", int)
    count.publish(0)
    Signal.topic("lang/go").is_true().on_true(lookup(counts))
    for value in (True, False, True, False):
        go.publish(value)
        gantry.next_tick()
        gantry.next_tick()
    return count.read()


@gantry.command
def counts() -> None:
    """Adds one to the topic `lang/count`."""
    count = Topic("lang/count", int)
    count.publish(count.read() + 1)


@gantry.command
def sets_default() -> bool:
    """Makes `holds` the arm's default command, and returns whether it runs."""
    default = lookup(holds)
    gantry.set_default("arm", default)
    gantry.next_tick()
    gantry.next_tick()
    return default.is_running


@gantry.command
def config() -> str:
    """Returns the entries `greeting` and `pid.kp` of the configuration, and the default of a third."""
    greeting = gantry.config.get("greeting", str)
    return f"{greeting} {gantry.config.get('pid.kp', float):g} {gantry.config.get('missing', int, 7)}"


@gantry.command(requires="arm")
def drives(volts: Annotated[float, "V"] = 2.0) -> float:
    """Drives the arm for five ticks, and returns how far it went."""
    angle, voltage = gantry.NumberInput("arm.angle"), gantry.NumberOutput("arm.voltage")
    start = angle.get()
    voltage.set(volts)
    for _ in range(5):
        gantry.next_tick()
    return angle.get() - start


@gantry.command
def wrong_parameter() -> str:
    """Returns what a lookup with a wrong argument answers."""
    try:
        lookup(yields, n="three")
    except gantry.InvalidError as error:
        return str(error)
    return "accepted"


@gantry.command
def calls_other(name: str) -> str:
    """Awaits a command by its full name, and returns its outcome."""
    outcome = gantry.await_one(lookup(name))
    if outcome.completed and isinstance(outcome.value, str):
        return f"it completed with {outcome.value}"
    return str(outcome)


@gantry.command
def machine() -> str:
    """Runs a state machine of three states, and returns what the topic `lang/path` says of it."""
    path = Topic("lang/path", str)
    path.publish("")
    build = StateMachine("trip")
    first = build.state("first", lookup(walks, step="a", seconds=0.04))
    second = build.state("second", lookup(walks, step="b", seconds=1000))
    third = build.state("third", lookup(walks, step="c", seconds=0.04))
    build.switch_on_completion(first, to=second)
    build.switch(second, to=third, when=Signal.topic("lang/far").is_true())
    far = Topic("lang/far", bool)
    far.publish(False)
    trip = build.build(initial=first)
    gantry.fork(trip)
    gantry.wait(0.2)
    far.publish(True)
    gantry.await_one(trip).result()
    return path.read()


@gantry.command
def walks(step: str, seconds: Annotated[float, "s"]) -> None:
    """Adds a step to the topic `lang/path`, and waits."""
    path = Topic("lang/path", str)
    path.publish(path.read() + step)
    gantry.wait(seconds)


@gantry.command
def sleeps() -> float:
    """Sleeps for 0.1 s with the language's own means, and returns how much robot time has passed."""
    start = gantry.clock.now()
    time.sleep(0.1)
    return gantry.clock.now() - start


@gantry.command(name="random")
def random_() -> float:
    """Returns a random number of the language's own."""
    return random.random()


@gantry.command(name="time")
def time_() -> float:
    """Returns how much the language's own clock goes on in 0.1 s of robot time."""
    start = time.time()
    gantry.wait(0.1)
    return time.time() - start


@gantry.command
def defaults(
    flag: bool = True, count: int = -3, ratio: float = 0.5, words: str = "größe 🤖", points: list[float] = [1, 2.5]
) -> str:
    """Returns its arguments as a text; each has a default."""
    return returns_values(flag, count, ratio, words, points)


@gantry.command
def echoes(words: str) -> str:
    """Returns the text that it is given."""
    return words


@gantry.command(priority=-1, runs_while_disabled=True)
def stays() -> None:
    """Waits until it is canceled, while the robot is disabled, too."""
    gantry.park()


@gantry.command
def goes_later() -> None:
    """Publishes true to `lang/go`, a moment later."""
    gantry.wait(0.04)
    Topic("lang/go", bool).publish(True)


@gantry.command
def cancels() -> str:
    """Cancels a command that it has forked, and returns whether it ran before and after."""
    child = lookup(parks)
    gantry.fork(child)
    before = child.is_running
    child.cancel()
    return f"{before} {child.is_running}".lower()


@gantry.command
def combines() -> str:
    """Awaits a sequence, two groups and a condition, and returns their names."""
    parked, go = lookup(parks), Topic("lang/go", bool)
    go.publish(False)
    combined = (
        Command.sequence(lookup(yields, n=1), lookup(returns_boolean)),
        Command.parallel(lookup(yields, n=1), Command.delay(0.04), optional=[parked]),
        Command.race(parked, Command.delay(0.04)),
        Command.parallel(lookup(goes_later), Command.condition(Signal.topic("lang/go").is_true())),
    )
    for command in combined:
        gantry.await_one(command).result()
    return "; ".join(command.name for command in combined)


@gantry.command
def decorates() -> str:
    """Returns what is known of a command with another name and priority, and how those end that have a timeout or a
    condition."""
    keeper = lookup(holds).with_priority(3).named("keeper")
    timeout = gantry.await_one(lookup(parks).with_timeout(0.04))
    Topic("lang/go", bool).publish(False)
    gantry.fork(lookup(goes_later))
    until = gantry.await_one(lookup(parks).until(Signal.topic("lang/go").is_true()))
    about = f"{keeper.name} {keeper.priority} {','.join(keeper.requirements)}"
    return f"{about}; {timeout.status.value}; {until.status.value}"


@gantry.command
def branches() -> str:
    """Runs a state machine that chooses between two states and is ended by a signal, and returns `lang/path`."""
    path, far, go = Topic("lang/path", str), Topic("lang/far", bool), Topic("lang/go", bool)
    path.publish("")
    far.publish(True)
    go.publish(False)
    build = StateMachine("choice")
    first = build.state("first", lookup(walks, step="a", seconds=0.04))
    second = build.state("second", lookup(walks, step="b", seconds=0.04))
    third = build.state("third", lookup(walks, step="c", seconds=1000))
    build.switch_on_completion(first, to=second)
    build.switch_on_completion(first, to=third, when=Signal.topic("lang/far").is_true())
    build.switch(to=None, when=Signal.topic("lang/go").is_true())
    choice = build.build(initial=first)
    gantry.fork(choice)
    gantry.wait(0.1)
    go.publish(True)
    gantry.await_one(choice).result()
    return path.read()


def answer(call, *arguments, **named) -> str:
    """What a call says that cannot be right."""
    try:
        call(*arguments, **named)
    except gantry.Error as error:
        return str(error)
    return "accepted"


@gantry.command
def invalid_calls() -> str:
    """Returns what calls answer that cannot be right."""
    go = Signal.topic("lang/go").is_true()
    answers = (
        answer(gantry.await_any),
        answer(gantry.wait, float("nan")),
        answer(lookup, "yeilds"),
        answer(lookup, yields, count=3),
        answer(lookup, walks, seconds=0.1),
        answer(Command.parallel, lookup(holds), lookup(holds)),
        answer(Command.delay, float("inf")),
        answer(go.debounce, -1, "both"),
        answer(go.multi_press, 0, 1),
        answer(Topic, "lang/a topic", bool),
        answer(gantry.NumberInput, "arm.angel"),
        answer(Signal.channel("arm.angle").is_true),
        answer(gantry.set_default, "leg", lookup(holds)),
    )
    return "\n".join(answers)


@gantry.command
def wrong_topics() -> str:
    """Returns what the host says of topics that may not be published, or not as this kind."""
    Topic("lang/boolean", bool).publish(True)
    foreign = answer(Topic("other/boolean", bool).publish, True)
    return "\n".join((foreign, answer(Topic("lang/boolean", str).publish, "true")))


@gantry.command(requires="arm")
def wrong_writes() -> str:
    """Returns why outputs were not written: a number and an array out of range, and a mechanism of somebody else."""
    answers = (
        answer(gantry.NumberOutput("arm.voltage").set, 99),
        answer(gantry.ArrayOutput("arm.strip").set, [0.5]),
        answer(gantry.NumberOutput("base.left-voltage").set, 1),
    )
    return "\n".join(answers)


@gantry.command
def refuses() -> str:
    """Returns whom the host names when it refuses to start a command."""
    gantry.set_cancel_on_fork_failure(False)
    gantry.fork(lookup(holds).with_priority(5).named("keeper"))
    try:
        gantry.await_one(lookup(holds))
    except gantry.RefusedError as error:
        [refusal] = error.refused
        return f"{len(error.forked)} forked; {refusal.command} is blocked by {refusal.blocker}"
    return "accepted"


@gantry.command
def is_refused() -> None:
    """Is canceled by the refusal of a command that it awaits, and publishes `lang/cleaned`."""
    try:
        gantry.fork(lookup(holds).with_priority(5).named("keeper"))
        gantry.await_one(lookup(holds))
    finally:
        Topic("lang/cleaned", str).publish("refused")


@gantry.command
def binds_all() -> str:
    """Binds a command in each of the eight ways, and returns when they ran."""
    path, publisher = Topic("lang/path", str), Topic("lang/go", bool)
    path.publish("")
    publisher.publish(True)
    go = Signal.topic("lang/go").is_true()
    bindings = (
        (go.on_true, "a"),
        (go.on_false, "b"),
        (go.while_true, "c"),
        (go.while_false, "d"),
        (go.retry_while_true, "e"),
        (go.retry_while_false, "f"),
        (go.toggle_on_true, "g"),
        (go.toggle_on_false, "h"),
    )
    for bind, step in bindings:
        # The retried ones end and start again; the last two still run when they are toggled.
        bind(lookup(walks, step=step, seconds=0.03 if step < "g" else 1000.0))
    for value in (True, False, True, False):
        publisher.publish(value)
        path.publish(path.read() + " ")
        gantry.wait(0.08)
    return path.read()


@gantry.command
def signals() -> str:
    """Returns the values of signals on topics and channels, and of what is made of them."""
    Topic("lang/level", float).publish(2)
    Topic("lang/go", bool).publish(True)
    Topic("lang/far", bool).publish(False)
    go, far = Signal.topic("lang/go").is_true(), Signal.topic("lang/far").is_true()
    made = (
        Signal.topic("lang/level").above(1),
        Signal.topic("lang/level").below(1),
        go & far,
        go | far,
        ~go,
        ~far,
        Signal.channel("robot.enabled").is_true(),
        Signal.channel("arm.angle").above(1),
        Signal.channel("arm.angle").below(1),
        go,
        far,
    )
    return "".join("1" if signal.get() else "0" for signal in made)


@gantry.command
def edges() -> str:
    """Binds steps to edges, debounced signals and presses of the topic `lang/go`, and returns when they ran."""
    path, publisher = Topic("lang/path", str), Topic("lang/go", bool)
    path.publish("")
    publisher.publish(False)
    go = Signal.topic("lang/go").is_true()
    made = (
        (go.rising_edge(), "r"),
        (go.falling_edge(), "f"),
        (go.debounce(0.05, "rising"), "u"),
        (~go.debounce(0.05, "falling"), "d"),
        (go.debounce(0.05, "both"), "b"),
        (go.multi_press(2, 1), "m"),
    )
    for signal, step in made:
        signal.on_true(lookup(walks, step=step, seconds=0.0))
    for value in (False, True, False, True):
        publisher.publish(value)
        path.publish(path.read() + " ")
        gantry.wait(0.1)
    return path.read()


@gantry.command(requires="arm")
def channels() -> str:
    """Opens a channel of each kind, reads the inputs, writes the outputs, and returns what is known of them."""
    angle, pose, enabled = gantry.NumberInput("arm.angle"), gantry.ArrayInput("base.pose"), gantry.BooleanInput("robot.enabled")
    voltage, lamp, strip = gantry.NumberOutput("arm.voltage"), gantry.BooleanOutput("arm.lamp"), gantry.ArrayOutput("arm.strip")
    lamp.set(True)
    strip.set([0, 0.5, 1])
    points = ",".join(f"{point:g}" for point in pose.get())
    inputs = f"{angle.unit} {angle.age:g}; [{points}] {pose.age:g}; {str(enabled.get()).lower()} {enabled.age:g}"
    outputs = f"{voltage.unit} {voltage.minimum:g} {voltage.maximum:g}; {len(strip)}"
    return f"{inputs}; {outputs}; '{pose.unit}' '{strip.unit}'"


@gantry.command
def config_keys() -> str:
    """Returns the names of all entries."""
    return ",".join(gantry.config.keys())


@gantry.command
def period() -> float:
    """Returns the length of a tick."""
    return gantry.clock.period()


@gantry.command
def joins(arm: str, work: str, timeout: str) -> str:
    """Awaits a command by its full name, and a race of two others, and returns how both ended."""
    race = Command.race(lookup(work), lookup(timeout))
    outcomes = gantry.await_all(lookup(arm), race)
    return ", ".join(outcome.status.value for outcome in outcomes)


@gantry.command
def forwards(path: str) -> str:
    """Awaits the first of some commands, `a/forwards,b/forwards,c/returns-values`, with the rest of them, and returns
    what it returned; its failure is this command's."""
    name, _, rest = path.partition(",")
    command = lookup(name, path=rest) if rest else lookup(name)
    try:
        return f"{gantry.await_one(command).result()}"
    finally:
        gantry.log.info("over")


BAD = (float("nan"), float("inf"), float("-inf"))


@gantry.command(requires="arm")
def not_a_number() -> str:
    """Returns what outputs answer to what is no number."""
    voltage, strip = gantry.NumberOutput("arm.voltage"), gantry.ArrayOutput("arm.strip")
    answers = []
    for bad in BAD:
        answers += [answer(voltage.set, bad), answer(voltage.set_clamped, bad), answer(strip.set, [0, bad, 1])]
    return "\n".join(answers)


@gantry.command(requires="arm")
def keeps_value() -> float:
    """Drives the arm with 2 V for five ticks, in each of which it tries what is no number, and returns how far it
    went."""
    angle, voltage = gantry.NumberInput("arm.angle"), gantry.NumberOutput("arm.voltage")
    start = angle.get()
    voltage.set_clamped(2)
    for _ in range(5):
        for bad in BAD:
            answer(voltage.set_clamped, bad)
        gantry.next_tick()
    return angle.get() - start


@gantry.command
def hands_back(ticks: int = 100) -> int:
    """Makes handles in each tick, more than it may hold at once, and returns how many ticks it did."""
    for _ in range(ticks):
        gantry.NumberInput("arm.angle").get()
        lookup(yields).named("other")
        (Signal.channel("robot.enabled").is_true() & ~Signal.topic("lang/go").is_true()).get()
        Topic("lang/go", bool).read()
        gantry.next_tick()
    return ticks


@gantry.command
def fails_in_cleanup() -> None:
    """Fails in the cleanup of a run that is canceled."""
    try:
        gantry.park()
    finally:
        raise ValueError("in cleanup")


@gantry.command
def ignores_cancel() -> None:
    """Goes on waiting although it is canceled."""
    while True:
        try:
            gantry.wait(0.1)
        except gantry.Canceled:
            pass  # Nobody should do this.


@gantry.command
def odd_texts() -> str:
    """Logs, publishes and returns a text that is not UTF-8: half of a surrogate pair."""
    odd = "odd \ud800"
    gantry.log.info(odd)
    Topic("lang/text", str).publish(odd)
    return odd


@gantry.command
def fails_oddly() -> None:
    """Fails with a text that is not UTF-8."""
    raise RuntimeError("odd \ud800")


@gantry.command
def breaks_off() -> None:
    """Prints the beginning of a line, and raises an error."""
    print("before", end="")
    raise RuntimeError("the arm is stuck")


UNSEEDED, SEEDED = random.Random(), random.Random(7)


@gantry.command
def draws() -> str:
    """Returns what generators of the module draw: one without a seed, and one with. Python only."""
    return f"{UNSEEDED.random()} {SEEDED.random()}"


@gantry.command
def manages_context() -> None:
    """Parks within a context manager, which publishes `lang/cleaned`. Python only."""
    import contextlib

    @contextlib.contextmanager
    def cleaned():
        try:
            yield
        finally:
            Topic("lang/cleaned", str).publish("context")

    with contextlib.ExitStack() as stack:
        stack.enter_context(cleaned())
        gantry.park()


@gantry.command
def recurses() -> None:
    """Never stops calling itself. Python only."""
    recurses()
