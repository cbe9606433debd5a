"""The behaviour list of ../README.md, in Python."""

import random
import time
from typing import Annotated

import gantry
from gantry import Command, Signal, StateMachine, Topic, lookup

gantry.plugin(reads=["arm.*"], publishes=["lang/*"])


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
