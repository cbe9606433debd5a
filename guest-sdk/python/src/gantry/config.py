"""The plugin's own table in robot.toml. It can be read in ``configure`` too, which is the place to reject
it."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import Any

from ._bindings import config as wit
from .errors import InvalidError
from .text import well_formed
from .values import Kind, from_wit, shown

_REQUIRED: Any = object()


def get(key: str, type: Any, default: Any = _REQUIRED) -> Any:  # noqa: A002
    """An entry as a bool, int, float, str or list[float]; a nested one as ``pid.kp``. :class:`InvalidError`
    if it is of another kind, or missing and without a default."""
    kind = Kind.of_hint(type)
    if kind is None:
        raise InvalidError(f"`{key}` is read as bool, int, float, str or list[float], not {type!r}")
    value = wit.get(well_formed(key))
    if value is None:
        if default is _REQUIRED:
            raise InvalidError(f"`{key}` is missing: it is {kind.noun}")
        return default
    try:
        return kind.check(from_wit(value))
    except TypeError as error:
        raise InvalidError(f"`{key}`: {error}") from None


def in_range(key: str, default: float, minimum: float, maximum: float) -> float:
    """A number from ``minimum`` to ``maximum``, both included."""
    value = get(key, float, default)
    if not minimum <= value <= maximum:
        raise InvalidError(f"`{key}` should be from {minimum} to {maximum}, not {shown(value)}")
    return value


def keys() -> list[str]:
    """The names of all entries, sorted."""
    return list(wit.keys())


def only(*known: str | Iterable[str]) -> None:
    """Raises :class:`InvalidError` if there is any other entry than these."""
    names = [name for entry in known for name in ([entry] if isinstance(entry, str) else entry)]
    for key in keys():
        if key not in names:
            near = difflib.get_close_matches(key, names, 1)
            raise InvalidError(f"there is no `{key}`" + (f"; did you mean `{near[0]}`?" if near else ""))
