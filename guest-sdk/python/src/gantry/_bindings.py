"""What componentize-py makes of the contract. Nothing of it shows in the public API.

The bindings exist only inside a component. Natively, in an editor or a test of plain arithmetic, every
call of the host raises instead.
"""

from __future__ import annotations

from typing import Any

#: Whether this is a component, rather than a native Python.
IN_COMPONENT = True

try:
    from componentize_py_types import Err
    from wit_world.exports import plugin
    from wit_world.imports import (
        clock,
        commands,
        config,
        coroutine,
        hardware,
        log,
        signals,
        state,
        triggers,
        types,
    )
except ImportError:
    IN_COMPONENT = False

    class Err(Exception):  # type: ignore[no-redef]
        """Stands in for the bindings' error, which nothing raises natively."""

        value: Any = None

    class _Absent:
        """A part of the contract outside the host."""

        def __init__(self, path: str) -> None:
            self._path = path

        def __getattr__(self, name: str) -> _Absent:
            if name.startswith("__"):
                raise AttributeError(name)
            return _Absent(f"{self._path}.{name}")

        def __call__(self, *_: object, **__: object) -> Any:
            raise RuntimeError(
                f"`{self._path}` is answered by the robot's host: build the plugin with "
                "`python -m gantry build` and run it with `gantry sim`"
            )

    clock: Any = _Absent("clock")
    commands: Any = _Absent("commands")
    config: Any = _Absent("config")
    coroutine: Any = _Absent("coroutine")
    hardware: Any = _Absent("hardware")
    log: Any = _Absent("log")
    plugin: Any = _Absent("plugin")
    signals: Any = _Absent("signals")
    state: Any = _Absent("state")
    triggers: Any = _Absent("triggers")
    types: Any = _Absent("types")

__all__ = [
    "IN_COMPONENT",
    "Err",
    "clock",
    "commands",
    "config",
    "coroutine",
    "hardware",
    "log",
    "plugin",
    "signals",
    "state",
    "triggers",
    "types",
]
