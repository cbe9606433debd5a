"""Typed handles to the channels of the process image.

Inputs are sampled once at the start of a tick, outputs are flushed once at its end. Open a handle once,
before a loop; using it is cheap then. ``InvalidError`` on opening: no such channel, of another kind, or
not granted.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

from ._bindings import hardware as wit
from .errors import InvalidError, ask
from .text import well_formed
from .values import shown


class _Channel:
    _WIT: str

    def __init__(self, channel: str) -> None:
        self._handle: Any = ask(getattr(wit, self._WIT).open, well_formed(channel))


class _Input(_Channel):
    @property
    def age(self) -> float:
        """Seconds since the device last answered; 0 for a value of this tick."""
        return self._handle.age()


class _HasUnit(_Channel):
    @property
    def unit(self) -> str:
        """The channel's unit, ``"m/s"`` for instance; empty for a number without one."""
        return self._handle.unit()


class NumberInput(_Input, _HasUnit):
    """A number that is measured."""

    _WIT = "NumberInput"

    def get(self) -> float:
        """The value as sampled at the start of this tick, in the channel's unit."""
        return self._handle.get()


class BooleanInput(_Input):
    """A switch, a button, a beam break."""

    _WIT = "BooleanInput"

    def get(self) -> bool:
        """The value as sampled at the start of this tick."""
        return self._handle.get()


class ArrayInput(_Input, _HasUnit):
    """Several numbers that are measured together."""

    _WIT = "ArrayInput"

    def get(self) -> list[float]:
        """The values as sampled at the start of this tick, in the channel's unit."""
        return self._handle.get()


class NumberOutput(_HasUnit):
    """A number that drives something: a voltage, a speed, a position."""

    _WIT = "NumberOutput"

    def set(self, value: float) -> None:
        """Sets the value that is flushed at the end of this tick and held until it is set again or
        released. :class:`NotOwnerError`, :class:`OutOfRangeError`."""
        ask(self._handle.set, float(value))

    def set_clamped(self, value: float) -> None:
        """Sets the value, or the nearest one that is in the channel's range. NaN and infinities are refused
        as by :meth:`set`, and the output keeps its value."""
        value = float(value)
        self.set(max(self.minimum, min(self.maximum, value)) if math.isfinite(value) else value)

    @property
    def minimum(self) -> float:
        """The least value that may be written."""
        return self._handle.minimum()

    @property
    def maximum(self) -> float:
        """The greatest value that may be written."""
        return self._handle.maximum()


class BooleanOutput(_Channel):
    """A solenoid, a relay, a lamp."""

    _WIT = "BooleanOutput"

    def set(self, value: bool) -> None:
        """Sets the value. :class:`NotOwnerError`; :class:`InvalidError` for anything but ``True`` and
        ``False``: NaN, for one, counts as true in Python."""
        if not isinstance(value, bool):
            raise InvalidError(f"a boolean output takes True or False, not {shown(value)}")
        ask(self._handle.set, value)


class ArrayOutput(_HasUnit):
    """Several numbers that are written together, such as the colours of an LED strip."""

    _WIT = "ArrayOutput"

    def set(self, values: Iterable[float]) -> None:
        """Sets the values. :class:`NotOwnerError`, :class:`OutOfRangeError`."""
        ask(self._handle.set, [float(value) for value in values])

    def __len__(self) -> int:
        return self._handle.length()
