"""Builds plugins and plays them in the simulator. `GANTRY` names the host's binary."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from gantry.build import build

SDK = Path(__file__).resolve().parent.parent


def host() -> str:
    built = SDK.parents[1] / "target" / "debug" / "gantry"
    found = os.environ.get("GANTRY") or (built if built.exists() else shutil.which("gantry"))
    assert found, "no host: `cargo build -p gantry`, or set GANTRY to the binary"
    return str(found)


@pytest.fixture(scope="session")
def hello(tmp_path_factory):
    """The component of the hello plugin."""
    return build(SDK / "hello", tmp_path_factory.mktemp("hello") / "hello.wasm")


@pytest.fixture(scope="session")
def behaviours(tmp_path_factory):
    """The component of the behaviour list."""
    project = SDK.parents[1] / "tests" / "languages" / "python"
    return build(project, tmp_path_factory.mktemp("behaviours") / "lang-python.wasm")


@pytest.fixture
def play(tmp_path):
    """Plays a robot and returns its events."""

    def play(robot: str, opmode: str | None, duration: str | None, *more: str) -> list[dict]:
        file, events = tmp_path / "robot.toml", tmp_path / "events.jsonl"
        file.write_text(robot, encoding="utf-8")
        command = [host(), "sim", file, "--events", events, *more]
        if opmode:
            command += ["--opmode", opmode, "--for", duration]
        subprocess.run(command, check=True, capture_output=True, timeout=600)
        return [json.loads(line) for line in events.read_text(encoding="utf-8").splitlines()]

    return play
