"""What a command can wait for.

Each function here suspends the command, with all of its locals, until the scheduler answers; everything
else in this package returns at once. Once the run is canceled, each raises :class:`gantry.Canceled`.
"""

from __future__ import annotations

from typing import NoReturn

from ._bindings import coroutine as wit
from ._bindings import triggers
from .command import Command, handles
from .errors import ask
from .outcome import Outcome, Winner
from .signal import Signal
from .text import well_formed
from .values import Seconds, seconds


def fork(*commands: Command) -> None:
    """Starts commands as children of this run and goes on at once.

    They run to their first wait before this returns, and are canceled when this run ends. One that is
    already running is left as it is. A child that fails while nobody waits for it cancels this run.
    Raises :class:`RefusedError` if any may not start, :class:`InvalidError` if two of them conflict.
    """
    ask(wit.fork, handles(commands))


def await_one(command: Command) -> Outcome:
    """Forks a command, or takes one that is already running, and waits until it has ended. Raises as
    :func:`fork` does; that the command failed is an outcome."""
    [handle] = handles([command])
    return Outcome._from_wit(ask(wit.await_, handle))


def await_all(*commands: Command) -> list[Outcome]:
    """Forks commands and waits until all have ended. The outcomes are in the order given. Raises as
    :func:`fork` does."""
    return [Outcome._from_wit(outcome) for outcome in ask(wit.await_all, handles(commands))]


def await_any(*commands: Command) -> Winner:
    """Forks commands and waits until the first has ended, then cancels the others. If several end in the
    same tick, the first in the order given wins. Raises as :func:`fork` does, and :class:`InvalidError`
    without any command."""
    winner = ask(wit.await_any, handles(commands))
    return Winner(winner.index, Outcome._from_wit(winner.outcome))


def next_tick() -> None:
    """Waits for the next tick: the contract's ``yield``."""
    ask(wit.yield_)


def wait(time: Seconds) -> None:
    """Waits for a time in seconds, looked at once per tick; zero or less returns at once. ``time.sleep``
    is the same. :class:`InvalidError` for an infinite or NaN time."""
    ask(wit.wait, seconds(time))


def wait_until(signal: Signal, timeout: Seconds | None = None) -> bool:
    """Waits until the signal is true, or until the timeout has passed. Whether the signal was true, which
    is looked at first. The host looks at it: this run is not resumed before."""
    limit = None if timeout is None else seconds(timeout)
    return ask(wit.wait_until, signal._handle, limit) is wit.WaitResult.MET


def park() -> NoReturn:
    """Waits until this run is canceled."""
    while True:
        ask(wit.park)


def set_cancel_on_fork_failure(on: bool) -> None:
    """What a refused fork or await does to this run. On (the default): the whole tree of this run is
    canceled. Off: the call raises :class:`RefusedError`, and this run decides."""
    wit.set_cancel_on_fork_failure(on)


def set_default(mechanism: str, command: Command) -> None:
    """Sets the command that runs on a mechanism when no other command requires it, until this run ends.
    :class:`InvalidError` for an unknown mechanism, or a command that does not require exactly that one."""
    [handle] = handles([command])
    ask(triggers.set_default, well_formed(mechanism), handle)
