"""Write Gantry commands in Python::

    from typing import Annotated

    import gantry


    @gantry.command(requires="arm")
    def raise_(angle: Annotated[float, "rad"], tolerance: Annotated[float, "rad"] = 0.02) -> float:
        \"\"\"Raises the arm to an angle.\"\"\"
        measured = gantry.NumberInput("arm.angle")
        voltage = gantry.NumberOutput("arm.voltage")
        try:
            while abs(angle - measured.get()) > tolerance:
                voltage.set_clamped(8.0 * (angle - measured.get()))
                gantry.next_tick()
            return measured.get()
        finally:
            voltage.set(0)

A command is a function that reads top to bottom. Each wait suspends it, with all of its locals, until the
scheduler goes on with it. When the run is canceled, the wait it is in raises :class:`Canceled`, so that
``finally`` blocks and context managers clean up. Each run has a memory of its own: module globals are not
shared between runs; :class:`Topic` is.
"""

from . import clock, config, log
from .channel import ArrayInput, ArrayOutput, BooleanInput, BooleanOutput, NumberInput, NumberOutput
from .command import Command, lookup
from .coroutine import (
    await_all,
    await_any,
    await_one,
    fork,
    next_tick,
    park,
    set_cancel_on_fork_failure,
    set_default,
    wait,
    wait_until,
)
from .definition import command
from .errors import (
    Canceled,
    CommandError,
    Error,
    InvalidError,
    NotOwnerError,
    OutOfRangeError,
    Refusal,
    RefusedError,
    WriteError,
)
from .guest import plugin
from .outcome import Outcome, Status, Winner
from .signal import Signal
from .state_machine import State, StateMachine
from .topic import Topic

__all__ = [
    "ArrayInput",
    "ArrayOutput",
    "BooleanInput",
    "BooleanOutput",
    "Canceled",
    "Command",
    "CommandError",
    "Error",
    "InvalidError",
    "NotOwnerError",
    "NumberInput",
    "NumberOutput",
    "OutOfRangeError",
    "Outcome",
    "Refusal",
    "RefusedError",
    "Signal",
    "State",
    "StateMachine",
    "Status",
    "Topic",
    "Winner",
    "WriteError",
    "await_all",
    "await_any",
    "await_one",
    "clock",
    "command",
    "config",
    "fork",
    "log",
    "lookup",
    "next_tick",
    "park",
    "plugin",
    "set_cancel_on_fork_failure",
    "set_default",
    "wait",
    "wait_until",
]
