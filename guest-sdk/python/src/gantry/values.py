"""Values that cross between commands, the host and telemetry, as plain Python values."""

from __future__ import annotations

import enum
import typing
from collections.abc import Mapping, Sequence, Set
from datetime import timedelta
from typing import Any, Union

from ._bindings import types as wit
from .errors import InvalidError
from .text import well_formed

#: What can be an argument, a result, a topic's value or an entry of the configuration.
Value = Union[bool, int, float, str, Sequence[float]]

#: A time in seconds.
Seconds = Union[float, timedelta]

_INT64 = range(-(2**63), 2**63)


class Kind(enum.Enum):
    """The kinds of value that parameters and results are declared with."""

    BOOLEAN = "bool"
    INTEGER = "int"
    NUMBER = "float"
    TEXT = "str"
    NUMBERS = "list[float]"

    @property
    def noun(self) -> str:
        """The kind in words, as errors say it."""
        return _NOUNS[self]

    @classmethod
    def of_hint(cls, hint: Any) -> Kind | None:
        """The kind that a type hint stands for, if it stands for one."""
        if hint in _BY_TYPE:
            return _BY_TYPE[hint]
        origin, of = typing.get_origin(hint), typing.get_args(hint)
        if origin in (list, Sequence) and of == (float,):
            return cls.NUMBERS
        return None

    def check(self, value: Any) -> Any:
        """The value as one of this kind. A whole number is a number, too. ``TypeError`` otherwise."""
        if self is Kind.BOOLEAN and isinstance(value, bool):
            return value
        if self is Kind.INTEGER and isinstance(value, int) and not isinstance(value, bool):
            if value not in _INT64:
                raise OverflowError(f"{value} does not fit into 64 bits")
            return value
        if self is Kind.NUMBER and _is_number(value):
            return float(value)
        if self is Kind.TEXT and isinstance(value, str):
            return value
        if self is Kind.NUMBERS and not isinstance(value, (str, bytes, Mapping, Set)):
            try:
                items = list(value)
            except TypeError:
                items = [None]
            # A trajectory has thousands.
            if set(map(type, items)) <= {float}:
                return items
            if all(map(_is_number, items)):
                return [float(item) for item in items]
        raise TypeError(f"it should be {self.noun}, not {shown(value)}")


_NOUNS = {
    Kind.BOOLEAN: "true or false",
    Kind.INTEGER: "a whole number",
    Kind.NUMBER: "a number",
    Kind.TEXT: "a text",
    Kind.NUMBERS: "a list of numbers",
}
_BY_TYPE = {bool: Kind.BOOLEAN, int: Kind.INTEGER, float: Kind.NUMBER, str: Kind.TEXT}


def kind_of(value: Any) -> Kind:
    """The kind that a value is of by itself. ``TypeError`` if it is of none."""
    if type(value) in _BY_TYPE:
        return _BY_TYPE[type(value)]
    for kind in (Kind.BOOLEAN, Kind.INTEGER, Kind.NUMBER, Kind.TEXT, Kind.NUMBERS):
        try:
            kind.check(value)
        except TypeError:
            continue
        return kind
    raise TypeError(
        f"{shown(value)} cannot cross between commands: use bool, int, float, str or list[float]"
    )


def shown(value: Any) -> str:
    """A value for an error: short."""
    text = well_formed(repr(value))
    return text if len(text) <= 80 else f"{text[:77]}..."


def to_wit(value: Any, kind: Kind | None = None) -> Any:
    """A value for the host, of the given kind or of its own."""
    kind = kind or kind_of(value)
    return _WRAPPERS[kind](kind.check(value))


def from_wit(value: Any) -> Any:
    """A value from the host."""
    return value.value


_WRAPPERS = {
    Kind.BOOLEAN: lambda value: wit.Value_Boolean(value),
    Kind.INTEGER: lambda value: wit.Value_Integer(value),
    Kind.NUMBER: lambda value: wit.Value_Number(value),
    Kind.TEXT: lambda value: wit.Value_Text(well_formed(value)),
    Kind.NUMBERS: lambda value: wit.Value_Numbers(value),
}


def seconds(time: Seconds) -> float:
    """A time in seconds, of a number or a ``timedelta``."""
    if isinstance(time, timedelta):
        return time.total_seconds()
    if not _is_number(time):
        raise InvalidError(f"a time is a number of seconds or a timedelta, not {shown(time)}")
    return float(time)


def _is_number(value: Any) -> bool:
    # `__float__` and `__index__` let NumPy's scalars and fractions through.
    return not isinstance(value, (bool, str, bytes)) and (
        hasattr(value, "__float__") or hasattr(value, "__index__")
    )
