"""Commands that are states, and what leads from one to the next."""

from __future__ import annotations

from dataclasses import dataclass

from ._bindings import commands as wit
from .command import Command, handles
from .errors import InvalidError, ask
from .signal import Signal
from .text import well_formed


@dataclass(frozen=True)
class State:
    """A state of the machine that made it."""

    name: str
    _index: int
    _machine: StateMachine


class StateMachine:
    """A state machine under construction::

        machine = StateMachine("score")
        aim = machine.state("aim", lookup(aim_at_goal))
        shoot = machine.state("shoot", lookup(shoot_once))
        machine.switch(aim, to=shoot, when=at_speed)
        command = machine.build(initial=aim)

    A state that its command ends, without a transition on completion, ends the machine; a state whose
    command fails fails it.
    """

    def __init__(self, name: str) -> None:
        self._handle = wit.StateMachine(well_formed(name))

    def state(self, name: str, command: Command) -> State:
        """Adds a state that runs a command."""
        [handle] = handles([command])
        return State(name, self._handle.add_state(well_formed(name), handle), self)

    def switch(self, *origins: State, to: State | None, when: Signal) -> None:
        """Goes to the target (``None``: ends the machine) when the signal becomes true while one of the
        origins runs. No origins means every state added so far."""
        ask(self._handle.switch_when, self._indices(origins), self._target(to), when._handle)

    def switch_on_completion(self, *origins: State, to: State | None, when: Signal | None = None) -> None:
        """Goes to the target (``None``: ends the machine) when the command of one of the origins has ended
        by itself and the signal, if one is given, is true then."""
        condition = None if when is None else when._handle
        ask(self._handle.switch_on_completion, self._indices(origins), self._target(to), condition)

    def build(self, initial: State) -> Command:
        """The machine as a command that starts in the given state."""
        return Command(ask(self._handle.build, self._index(initial)))

    def _indices(self, states: tuple[State, ...]) -> list[int]:
        return [self._index(state) for state in states]

    def _target(self, state: State | None) -> int | None:
        return None if state is None else self._index(state)

    def _index(self, state: State) -> int:
        if state._machine is not self:
            raise InvalidError("a state belongs to the state machine that added it")
        return state._index
