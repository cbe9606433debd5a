"""How awaited commands ended."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import Any, NamedTuple

from ._bindings import types as wit
from .errors import CommandError
from .values import from_wit


class Status(enum.Enum):
    """The ways in which a run ends."""

    COMPLETED = "completed"
    FAILED = "failed"
    CANCELED = "canceled"
    INTERRUPTED = "interrupted"
    #: A way to end that this version of the contract does not know.
    OTHER = "other"


@dataclass(frozen=True)
class Outcome:
    """How an awaited run ended."""

    status: Status
    #: What the body returned, if it completed.
    value: Any = None
    #: What went wrong, if it failed: the text names the command.
    message: str = ""
    #: Who took its mechanism, if it was interrupted.
    by: str = ""

    @property
    def completed(self) -> bool:
        """Whether the body came to its end."""
        return self.status is Status.COMPLETED

    def result(self) -> Any:
        """What the command returned. Raises :class:`CommandError` if it did not come to its end."""
        if not self.completed:
            raise CommandError(str(self))
        return self.value

    def __str__(self) -> str:
        if self.status is Status.COMPLETED:
            return "it completed" if self.value is None else f"it completed with {self.value!r}"
        if self.status is Status.CANCELED:
            return "it was canceled"
        if self.status is Status.INTERRUPTED:
            return f"it was interrupted by {self.by}"
        return self.message

    @classmethod
    def _from_wit(cls, outcome: Any) -> Outcome:
        if isinstance(outcome, wit.Outcome_Completed):
            value = outcome.value
            return cls(Status.COMPLETED, value=None if value is None else from_wit(value))
        if isinstance(outcome, wit.Outcome_Failed):
            return cls(Status.FAILED, message=outcome.value)
        if isinstance(outcome, wit.Outcome_Canceled):
            return cls(Status.CANCELED)
        if isinstance(outcome, wit.Outcome_Interrupted):
            return cls(Status.INTERRUPTED, by=outcome.value)
        return cls(Status.OTHER, message=outcome.value)


class Winner(NamedTuple):
    """What ended an :func:`gantry.await_any`."""

    #: Its place among the commands that were awaited, from zero.
    index: int
    outcome: Outcome
