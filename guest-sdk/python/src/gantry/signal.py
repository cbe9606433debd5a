"""Conditions that the host evaluates, and commands bound to them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from ._bindings import signals as wit
from ._bindings import triggers
from .errors import InvalidError, ask
from .text import well_formed
from .values import Seconds, seconds

if TYPE_CHECKING:
    from .command import Command

Edge = Literal["rising", "falling", "both"]


class Signal:
    """A condition. Combine conditions with ``&``, ``|`` and ``~``.

    A binding lasts until the run that made it ends; then its command is canceled. The first sample of a
    signal counts as an edge.
    """

    def __init__(self, handle: Any) -> None:
        self._handle = handle

    @staticmethod
    def channel(name: str) -> Source:
        """A channel that the plugin may read, to be compared."""
        return Source("CHANNEL", name)

    @staticmethod
    def topic(name: str) -> Source:
        """A topic, to be compared. One that nobody has published yet is false."""
        return Source("TOPIC", name)

    def __and__(self, other: Signal) -> Signal:
        return Signal(self._handle.both(other._handle))

    def __or__(self, other: Signal) -> Signal:
        return Signal(self._handle.either(other._handle))

    def __invert__(self) -> Signal:
        return Signal(self._handle.negate())

    def __bool__(self) -> bool:
        raise TypeError("use `&`, `|` and `~` to combine signals, and `.get()` for the value now")

    def debounce(self, time: Seconds, edge: Edge = "rising") -> Signal:
        """Follows changes only after they have lasted. :class:`InvalidError` for a negative, infinite or
        NaN time."""
        if edge not in ("rising", "falling", "both"):
            raise InvalidError(f'an edge is "rising", "falling" or "both", not {edge!r}')
        return Signal(ask(self._handle.debounce, seconds(time), wit.Edge[edge.upper()]))

    def rising_edge(self) -> Signal:
        """True for the one tick in which this signal became true."""
        return Signal(self._handle.rising_edge())

    def falling_edge(self) -> Signal:
        """True for the one tick in which this signal became false."""
        return Signal(self._handle.falling_edge())

    def multi_press(self, count: int, within: Seconds) -> Signal:
        """True from the given rising edge within the time until this signal is false again."""
        return Signal(ask(self._handle.multi_press, count, seconds(within)))

    def get(self) -> bool:
        """The value now."""
        return self._handle.get()

    def on_true(self, command: Command) -> None:
        """Starts the command when the signal becomes true."""
        self._bind("ON_TRUE", command)

    def on_false(self, command: Command) -> None:
        """Starts the command when the signal becomes false."""
        self._bind("ON_FALSE", command)

    def while_true(self, command: Command) -> None:
        """Starts the command when the signal becomes true, cancels it when it becomes false."""
        self._bind("WHILE_TRUE", command)

    def while_false(self, command: Command) -> None:
        """Starts the command when the signal becomes false, cancels it when it becomes true."""
        self._bind("WHILE_FALSE", command)

    def retry_while_true(self, command: Command) -> None:
        """Like :meth:`while_true`, and starts it again on every tick on which it is not running."""
        self._bind("RETRY_WHILE_TRUE", command)

    def retry_while_false(self, command: Command) -> None:
        """Like :meth:`while_false`, and starts it again on every tick on which it is not running."""
        self._bind("RETRY_WHILE_FALSE", command)

    def toggle_on_true(self, command: Command) -> None:
        """Starts the command, or cancels it if it is running, when the signal becomes true."""
        self._bind("TOGGLE_ON_TRUE", command)

    def toggle_on_false(self, command: Command) -> None:
        """Starts the command, or cancels it if it is running, when the signal becomes false."""
        self._bind("TOGGLE_ON_FALSE", command)

    def _bind(self, kind: str, command: Command) -> None:
        ask(triggers.bind, self._handle, triggers.Binding[kind], command._handle)


class Source:
    """Where a signal reads from. :class:`InvalidError` of each method: no such channel, not granted, or
    not of the kind."""

    def __init__(self, of: str, name: str) -> None:
        self._of = of
        self._name = well_formed(name)

    def is_true(self) -> Signal:
        """True while the boolean is."""
        return Signal(ask(wit.Signal.is_true, wit.Source[self._of], self._name))

    def above(self, threshold: float) -> Signal:
        """True while the number is greater than the threshold, in the channel's unit."""
        return Signal(ask(wit.Signal.above, wit.Source[self._of], self._name, float(threshold)))

    def below(self, threshold: float) -> Signal:
        """True while the number is less than the threshold, in the channel's unit."""
        return Signal(ask(wit.Signal.below, wit.Source[self._of], self._name, float(threshold)))
