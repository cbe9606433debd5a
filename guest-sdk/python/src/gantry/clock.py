"""The tick's time. It stands still within a tick."""

from __future__ import annotations

from ._bindings import clock as wit


def now() -> float:
    """Seconds from the start of the robot program to this tick."""
    return wit.now()


def period() -> float:
    """Nominal length of a tick in seconds."""
    return wit.period()


def tick() -> int:
    """Number of this tick, counted from zero."""
    return wit.tick()
