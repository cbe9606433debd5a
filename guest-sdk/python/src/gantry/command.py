"""Commands as objects: what can be forked, awaited and bound to a signal."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from . import definition
from ._bindings import commands as wit
from ._bindings import types
from .errors import InvalidError, ask
from .signal import Signal
from .text import well_formed
from .values import Seconds, seconds, to_wit


class Command:
    """A command that can be started, once at a time.

    Made by :func:`lookup` and the functions and methods here. Two objects made from the same definition
    are different commands. Losing the object does not end what runs.
    """

    def __init__(self, handle: Any) -> None:
        self._handle = handle

    @staticmethod
    def sequence(*members: Command) -> Command:
        """Awaits each member in turn; without members it ends at once. Named ``A -> B -> C``."""
        return Command(wit.Command.sequence(handles(members)))

    @staticmethod
    def parallel(*required: Command, optional: tuple[Command, ...] | list[Command] = ()) -> Command:
        """Runs all at once and ends when all required members have ended; optional ones that are left
        are canceled then. Named ``(A & B)``. :class:`InvalidError` when members share a mechanism."""
        return Command(ask(wit.Command.parallel, handles(required), handles(optional)))

    @staticmethod
    def race(*members: Command) -> Command:
        """Runs all at once and ends when the first ends; the others are canceled. Named ``(A | B)``.
        :class:`InvalidError` without members, or when two share a mechanism."""
        return Command(ask(wit.Command.race, handles(members)))

    @staticmethod
    def delay(time: Seconds) -> Command:
        """Waits for a time and ends. :class:`InvalidError` for an infinite or NaN time."""
        return Command(ask(wit.Command.delay, seconds(time)))

    @staticmethod
    def condition(signal: Signal) -> Command:
        """Waits until the signal is true and ends."""
        return Command(wit.Command.condition(signal._handle))

    def named(self, name: str) -> Command:
        """A new command that runs this one under another name."""
        return Command(self._handle.named(well_formed(name)))

    def with_priority(self, priority: int) -> Command:
        """A new command that runs this one with another priority. 0 is usual; the highest wins."""
        return Command(self._handle.with_priority(priority))

    def with_timeout(self, time: Seconds) -> Command:
        """A new command that runs this one and cancels it after a time. :class:`InvalidError` for an
        infinite or NaN time."""
        return Command(ask(self._handle.with_timeout, seconds(time)))

    def until(self, signal: Signal) -> Command:
        """A new command that runs this one and cancels it once the signal is true."""
        return Command(self._handle.until(signal._handle))

    @property
    def name(self) -> str:
        """The name, as telemetry shows it."""
        return self._handle.name()

    @property
    def requirements(self) -> list[str]:
        """Names of the mechanisms that the command requires."""
        return list(self._handle.requirements())

    @property
    def priority(self) -> int:
        """The command's own priority."""
        return self._handle.priority()

    @property
    def is_running(self) -> bool:
        """Whether this object is running (or queued) now."""
        return self._handle.is_running()

    def cancel(self) -> None:
        """Cancels the command and all it has forked, whoever started it. Does nothing if it is not
        running. Works in a ``finally``, too. Raises :class:`Canceled` if that ended this run itself."""
        ask(self._handle.cancel)

    def __repr__(self) -> str:
        return f"<Command {self.name}>"


def lookup(command: str | Callable[..., Any], /, **arguments: Any) -> Command:
    """A command with its arguments; what is left out takes its default.

    The command is a text, ``"raise"`` of this plugin or ``"arm-kit/raise"`` of another one, or a function
    of this plugin with ``@command`` above it. An argument's name is written as in Python:
    ``top_speed=2.0`` for the parameter ``top-speed``.

    :class:`InvalidError` when there is no such plugin or command, or when an argument is missing, unknown
    or of the wrong kind.
    """
    name = command if isinstance(command, str) else definition.of(command).name
    given = []
    for parameter, value in arguments.items():
        parameter = well_formed(definition.dashed(parameter))
        try:
            given.append(types.Argument(parameter, to_wit(value)))
        except (TypeError, OverflowError) as error:
            raise InvalidError(f"the argument `{parameter}` of `{name}`: {error}") from None
    return Command(ask(wit.Command.lookup, well_formed(name), given))


def handles(commands: Any) -> list[Any]:
    """The host's handles of some commands. ``TypeError`` for anything else, with the remedy."""
    for command in commands:
        if not isinstance(command, Command):
            remedy = "; look it up first: `gantry.lookup(...)`" if callable(command) else ""
            raise TypeError(f"{command!r} is not a command{remedy}")
    return [command._handle for command in commands]
