"""What the calls of the SDK raise."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from ._bindings import Err
from ._bindings import types as wit

T = TypeVar("T")

#: Whether a call of this run has answered that it is canceled.
_canceled = False


def is_canceled() -> bool:
    """Whether this run knows that it is canceled."""
    return _canceled



class Canceled(BaseException):
    """This run was canceled or interrupted.

    Let it pass: ``finally`` blocks and context managers run on the way and may still write outputs and
    cancel commands, but every later wait raises this again. Like ``asyncio.CancelledError`` it is no
    ``Exception``, so that ``except Exception`` around a wait does not keep a canceled command alive.
    """


class Error(Exception):
    """What every other error of this SDK is."""


class InvalidError(Error, ValueError):
    """The call itself was wrong: no such channel or command, an argument of the wrong kind, commands
    that conflict with each other. The text says what would be right."""


class WriteError(Error):
    """An output did not take a value; it keeps the one it had."""


class NotOwnerError(WriteError):
    """This run does not own the output's mechanism."""


class OutOfRangeError(WriteError, ValueError):
    """The value is not finite, outside the channel's range, or an array of the wrong length."""


class CommandError(Error):
    """An awaited command did not come to its end. Raised by :meth:`gantry.Outcome.result`."""


@dataclass(frozen=True)
class Refusal:
    """One command that was not allowed to start."""

    #: The command that was to be started.
    command: str
    #: The command or the limit that stands in the way.
    blocker: str
    #: A sentence for people.
    reason: str


class RefusedError(Error):
    """Commands could not start. Only after ``set_cancel_on_fork_failure(False)``."""

    def __init__(self, forked: list[str], refused: list[Refusal]) -> None:
        #: Names of the commands that were started; they run on as children of the caller.
        self.forked = forked
        #: The commands that were refused, and why.
        self.refused = refused
        super().__init__(
            "; ".join(f"{r.command} could not start because of {r.blocker}: {r.reason}" for r in refused)
        )


def ask(call: Callable[..., T], *arguments: Any) -> T:
    """Calls the host, and raises its errors as those of this module.

    They are raised outside the ``except``: the bindings' error is a frozen dataclass, which nothing may
    be set on, and a context manager that sees it would fail.
    """
    global _canceled
    try:
        return call(*arguments)
    except Err as error:
        answer = error.value
    error = _translated(answer)
    _canceled = _canceled or isinstance(error, Canceled)
    raise error


def _translated(answer: Any) -> BaseException:
    if isinstance(answer, str):
        return InvalidError(answer)
    if isinstance(answer, wit.SchedulingError_Canceled):
        return Canceled()
    if isinstance(answer, wit.SchedulingError_Invalid):
        return InvalidError(answer.value)
    if isinstance(answer, wit.SchedulingError_Refused):
        failure = answer.value
        refused = [Refusal(r.command, r.blocker, r.reason) for r in failure.refused]
        return RefusedError(list(failure.forked), refused)
    case = type(answer).__name__
    if case == "WriteError_NotOwner":
        return NotOwnerError(answer.value)
    if case == "WriteError_OutOfRange":
        return OutOfRangeError(answer.value)
    return WriteError(str(answer.value))
