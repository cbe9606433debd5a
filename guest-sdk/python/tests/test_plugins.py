"""The hello plugin and the behaviour list, in the real host."""

ARM = """
[mechanisms.arm]
outputs.voltage = { unit = "V", range = [-12, 12], safe = 0 }
inputs.angle = { unit = "rad" }

[devices.arm]
model = "arm"
motor = "neo"
gearing = 50
length = "0.5 m"
mass = "1 kg"
min-angle = "-90 deg"
max-angle = "90 deg"
start-angle = "0 deg"
channels = { voltage = "arm.voltage", angle = "arm.angle" }
"""

# What each behaviour returns.
RETURNS = {
    "returns-boolean": True,
    "returns-integer": 2**53 - 1,
    "returns-number": 0.1,
    "forks": True,
    "awaits": 2,
    "awaits-all": "completed, failed, completed",
    "awaits-any": 1,
    "waits-until": "timed out",
    "reads": "true 42 2 größe 机器人 🤖 [1,2.5] nothing",
    "binds": 2,
    "sets-default": True,
    "config": "größe 4 7",
    "wrong-parameter": "the argument `n` of `lang/yields` is a integer, not a text",
    "machine": "abc",
    "outcomes": "1; failed the arm is stuck; canceled; interrupted by taker",
}


def languages(file, *modes):
    return (
        f'robot.name = "Languages"\n{ARM}\n[plugins.lang]\nfile = "{file}"\n'
        'mechanisms = ["arm"]\nreads = ["arm.*"]\npublishes = ["lang/*"]\n'
        'limits = { slice = "10 ms", cleanup = "10 ms", preemption-limit = 1000 }\n'
        'config = { greeting = "größe", pid.kp = 4 }\n'
        + "".join(f'[opmodes.{name}]\nmode = "test"\nschedule = [{schedule}]\n' for name, schedule in modes)
    )


def of(events, event, command):
    return [e for e in events if e["event"] == event and e.get("command") == command]


def test_hello_greets_and_says_goodbye_when_it_is_canceled(hello, play):
    robot = (
        f'robot.name = "Hello"\n[plugins.hello]\nfile = "{hello}"\n[opmodes.greet]\nmode = "test"\n'
        'schedule = [{ name = "hello/hello", arguments = { name = "Zoë" } }]\n'
    )
    events = play(robot, "greet", "2.5 s")
    texts = [e["text"] for e in of(events, "log", "hello/hello")]
    assert texts == ["Hello, Zoë!"] * 3 + ["Goodbye, Zoë!"]
    assert len(of(events, "canceled", "hello/hello")) == 1


def test_behaviours_return_what_they_should(behaviours, play):
    # One after the other: some share the arm and topics.
    modes = [(name, f'"lang/{name}"') for name in RETURNS]
    for name, expected in RETURNS.items():
        events = play(languages(behaviours, *modes), name, "2 s")
        values = [e.get("value") for e in of(events, "completed", f"lang/{name}")]
        assert values == [expected], name


def test_arguments_of_every_kind_arrive(behaviours, play):
    arguments = 'flag = true, count = -3, ratio = 0.5, words = "größe 🤖", points = [1, 2.5]'
    mode = ("go", f'{{ name = "lang/returns-values", arguments = {{ {arguments} }} }}')
    [event] = of(play(languages(behaviours, mode), "go", "1 s"), "completed", "lang/returns-values")
    assert event["value"] == "true -3 0.5 größe 🤖 [1,2.5]"


def test_a_large_value_is_returned_whole(behaviours, play):
    events = play(languages(behaviours, ("go", '"lang/large-values"')), "go", "10 s")
    [event] = of(events, "completed", "lang/large-values")
    assert event["value"] == [n / 2 for n in range(10_000)]


def test_finally_runs_at_every_wait(behaviours, play):
    calls = ["yield", "wait", "wait-until", "park", "await", "await-all", "await-any", "sleep"]
    modes = [(call, f'{{ name = "lang/cleans-up-at", arguments = {{ call = "{call}" }} }}') for call in calls]
    for call in calls:
        events = play(languages(behaviours, *modes), call, "500 ms")
        assert [e["value"] for e in events if e.get("topic") == "lang/cleaned"] == [call]
        assert not [e for e in events if e["event"] == "cleanup-overrun"], call


def test_a_context_manager_is_left_when_the_run_is_canceled(behaviours, play):
    events = play(languages(behaviours, ("go", '"lang/manages-context"')), "go", "500 ms")
    assert [e["value"] for e in events if e.get("topic") == "lang/cleaned"] == ["context"]
    assert not of(events, "failed", "lang/manages-context")


def test_an_uncaught_exception_fails_the_run_with_its_traceback_in_the_log(behaviours, play):
    events = play(languages(behaviours, ("go", '"lang/fails"')), "go", "1 s")
    [failed] = of(events, "failed", "lang/fails")
    assert failed["message"] == "the arm is stuck"
    lines = [e["text"] for e in of(events, "log", "lang/fails") if e["level"] == "error"]
    assert lines[0] == "Traceback (most recent call last):"
    assert "behaviours.py" in lines[1] and "in fails" in lines[1]
    assert lines[-1] == "RuntimeError: the arm is stuck"


def test_endless_recursion_fails_the_run_and_nothing_else(behaviours, play):
    events = play(languages(behaviours, ("go", '"lang/recurses", "lang/yields"')), "go", "5 s")
    assert len(of(events, "completed", "lang/yields")) == 1
    [failed] = of(events, "failed", "lang/recurses")
    assert failed["message"].startswith("RecursionError")


def test_levels_and_unicode_reach_the_log(behaviours, play):
    events = play(languages(behaviours, ("go", '"lang/logs"')), "go", "1 s")
    lines = [(e["level"], e["text"]) for e in of(events, "log", "lang/logs")]
    levels = ["trace", "debug", "info", "warn", "error"]
    assert lines == [(level, "größe 机器人 🤖") for level in levels] + [("info", "printed größe 机器人 🤖")]


def test_time_and_random_numbers_are_the_hosts(behaviours, play):
    robot = languages(behaviours, ("go", '"lang/random", "lang/random", "lang/sleeps", "lang/time"'))
    events = play(robot, "go", "1 s")
    first, second = [e["value"] for e in of(events, "completed", "lang/random")]
    assert first != second and 0 <= first < 1
    assert abs(of(events, "completed", "lang/sleeps")[0]["value"] - 0.1) < 0.021
    assert abs(of(events, "completed", "lang/time")[0]["value"] - 0.1) < 0.021
    assert events == play(robot, "go", "1 s")


def test_the_arm_is_driven(behaviours, play):
    [event] = of(play(languages(behaviours, ("go", '"lang/drives"')), "go", "1 s"), "completed", "lang/drives")
    assert event["value"] > 0.05
