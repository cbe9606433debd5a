"""What is particular to Python, in the real host. What every language has to do is in tests/languages."""

import re

from gantry.build import build


def robot(file, *modes):
    return (
        f'robot.name = "Python"\n[mechanisms]\narm = {{}}\n[plugins.lang]\nfile = "{file}"\n'
        'mechanisms = ["arm"]\nreads = ["*"]\npublishes = ["lang/*"]\n'
        'limits = { slice = "10 ms", cleanup = "10 ms", preemption-limit = 1000 }\n'
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


def test_a_context_manager_is_left_when_the_run_is_canceled(behaviours, play):
    events = play(robot(behaviours, ("go", '"lang/manages-context"')), "go", "500 ms")
    assert [e["value"] for e in events if e.get("topic") == "lang/cleaned"] == ["context"]
    assert not of(events, "failed", "lang/manages-context")


def test_an_uncaught_exception_fails_the_run_with_its_traceback_in_the_log(behaviours, play):
    events = play(robot(behaviours, ("go", '"lang/fails"')), "go", "1 s")
    [failed] = of(events, "failed", "lang/fails")
    assert failed["message"] == "the arm is stuck"
    lines = [e["text"] for e in of(events, "log", "lang/fails") if e["level"] == "error"]
    assert lines[0] == "Traceback (most recent call last):"
    assert "behaviours.py" in lines[1] and "in fails" in lines[1]
    assert lines[-1] == "RuntimeError: the arm is stuck"


def test_endless_recursion_fails_the_run_and_nothing_else(behaviours, play):
    events = play(robot(behaviours, ("go", '"lang/recurses", "lang/yields"')), "go", "5 s")
    assert len(of(events, "completed", "lang/yields")) == 1
    [failed] = of(events, "failed", "lang/recurses")
    assert failed["message"].startswith("RecursionError")


def test_errors_in_cleanups_are_told_at_once_and_cost_the_plugin_nothing(behaviours, play):
    # Six stretches, so six runs that are canceled, with the time for a cleanup that there is if nobody says.
    robot = (
        f'robot.name = "Python"\n[mechanisms]\narm = {{}}\n[plugins.lang]\nfile = "{behaviours}"\n'
        'mechanisms = ["arm"]\nreads = ["*"]\npublishes = ["lang/*"]\n'
        '[opmodes.a]\nmode = "test"\nschedule = ["lang/fails-in-cleanup"]\n'
        "[simulation]\ntimeline = [\n"
        + '  { opmode = "a", for = "400 ms" },\n  { opmode = "disabled", for = "100 ms" },\n' * 6
        + "]\n"
    )
    events = play(robot, None, None)
    assert len(of(events, "canceled", "lang/fails-in-cleanup")) == 6
    for wrong in ("failed", "cleanup-overrun", "quarantined"):
        assert not [e for e in events if e["event"] == wrong]
    lines = [e["text"] for e in of(events, "log", "lang/fails-in-cleanup")]
    told = [line for line in lines if re.fullmatch(r"the cleanup failed: ValueError: in cleanup \(behaviours.py:\d+\)", line)]
    assert len(told) == 6, lines
    assert not any("Canceled" in line for line in lines), "what it was canceled by is no part of it"


def test_generators_of_a_module_draw_other_numbers_in_each_run(behaviours, play):
    def drawn(seed):
        events = play(robot(behaviours, ("go", '"lang/draws", "lang/draws"')), "go", "500 ms", "--seed", seed)
        return [e["value"].split() for e in of(events, "completed", "lang/draws")]

    one, two = drawn("1"), drawn("2")
    unseeded = [first for first, _ in one + two]
    assert len(unseeded) >= 3 and len(set(unseeded)) == len(unseeded)
    assert len({second for _, second in one + two}) == 1, "a seed is a seed"
    assert drawn("1") == one


def test_sets_are_gone_through_in_the_same_order_after_every_build(tmp_path, play):
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "sets"\n', encoding="utf-8")
    (tmp_path / "sets.py").write_text(
        "import gantry\n\n"
        'MADE = {f"name {number}" for number in range(20)}\n\n\n'
        "@gantry.command\n"
        "def order() -> str:\n"
        '    return ", ".join([*MADE, *{f"other {number}" for number in range(20)}])\n',
        encoding="utf-8",
    )

    def order(name):
        file = build(tmp_path, tmp_path / name)
        robot = (
            f'robot.name = "Sets"\n[plugins.sets]\nfile = "{file}"\n'
            'limits = { slice = "10 ms", preemption-limit = 1000 }\n'
            '[opmodes.go]\nmode = "test"\nschedule = ["sets/order"]\n'
        )
        [completed] = of(play(robot, "go", "500 ms"), "completed", "sets/order")
        return completed["value"]

    first = order("1.wasm")
    assert len(set(first.split(", "))) == 40
    assert order("2.wasm") == first
