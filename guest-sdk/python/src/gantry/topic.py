"""Named values that commands share with each other and with telemetry."""

from __future__ import annotations

from typing import Any

from ._bindings import state as wit
from .errors import InvalidError, ask
from .text import well_formed
from .values import Kind, Value, from_wit, to_wit


class Topic:
    """A topic: how one run, which has a memory of its own, tells another what it knows.

    ``Topic("arm/ready", bool)``. Opening one does not publish it. :class:`InvalidError` for a name that is
    not made of letters, digits, ``-``, ``_``, ``.`` and ``/``.
    """

    def __init__(self, name: str, type: Any) -> None:  # noqa: A002
        kind = Kind.of_hint(type)
        if kind is None:
            raise InvalidError(f"the topic `{name}` is of bool, int, float, str or list[float], not {type!r}")
        self.name = name
        self._kind = kind
        self._handle = ask(wit.Topic.open, well_formed(name))

    def publish(self, value: Value) -> None:
        """Publishes a value; it is visible at once to whoever reads after. :class:`InvalidError`: not
        granted, another type than before, or too large."""
        try:
            wire = to_wit(value, self._kind)
        except (TypeError, OverflowError) as error:
            raise InvalidError(f"the topic `{self.name}`: {error}") from None
        ask(self._handle.publish, wire)

    def read(self) -> Any:
        """The value published last; ``None`` if nobody has yet."""
        value = self._handle.read()
        if value is None:
            return None
        try:
            return self._kind.check(from_wit(value))
        except TypeError as error:
            raise InvalidError(f"the topic `{self.name}`: {error}") from None
