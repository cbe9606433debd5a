"""Commands as they are declared: a decorator and the type hints below it."""

from __future__ import annotations

import inspect
import re
import typing
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, NoReturn, TypeVar, overload

from .errors import InvalidError
from .values import Kind

F = TypeVar("F", bound=Callable[..., Any])

#: The commands of this plugin, in the order of their definition.
COMMANDS: dict[str, Definition] = {}


@dataclass(frozen=True)
class Parameter:
    """One parameter of a command."""

    #: As in Python.
    variable: str
    #: As the robot knows it.
    name: str
    kind: Kind
    unit: str
    #: None: it must be given.
    default: Any
    summary: str


@dataclass(frozen=True)
class Definition:
    """One command."""

    name: str
    summary: str
    function: Callable[..., Any]
    parameters: list[Parameter]
    returns: Kind | None
    requirements: list[str]
    priority: int
    runs_while_disabled: bool


@overload
def command(function: F, /) -> F: ...
@overload
def command(
    *,
    requires: str | Iterable[str] = (),
    priority: int = 0,
    name: str | None = None,
    runs_while_disabled: bool = False,
) -> Callable[[F], F]: ...
def command(
    function: Any = None,
    /,
    *,
    requires: str | Iterable[str] = (),
    priority: int = 0,
    name: str | None = None,
    runs_while_disabled: bool = False,
) -> Any:
    """Makes a command of a plain function, which stays as it is.

    Its name is the function's, with ``-`` for ``_``. The first line of its docstring is the summary that
    people see, and an ``Args:`` section describes its parameters. They are ``bool``, ``int``, ``float``,
    ``str`` or ``list[float]`` by their hints; ``Annotated[float, "m"]`` gives one a unit. What has no
    default must be given. It returns nothing, or one of these types, by its hint.

    - ``requires``: the mechanisms that a run owns while it runs.
    - ``priority``: the highest wins.
    - ``name``: if it is not the function's.
    - ``runs_while_disabled``: it may run while the robot is disabled; outputs are safe then all the same.
    """

    def define(function: F) -> F:
        definition = _define(function, requires, priority, name, runs_while_disabled)
        if definition.name in COMMANDS:
            raise InvalidError(f"{_where(function)}: there is a command `{definition.name}` already")
        COMMANDS[definition.name] = definition
        function.__gantry_command__ = definition  # type: ignore[attr-defined]
        return function

    return define if function is None else define(function)


def of(function: Callable[..., Any]) -> Definition:
    """The definition of a function with ``@command`` above it."""
    definition = getattr(function, "__gantry_command__", None)
    if definition is None:
        raise InvalidError(f"`{getattr(function, '__name__', function)}` is not a command: put `@command` above it")
    return definition


def dashed(name: str) -> str:
    """A Python name as the robot knows it. ``raise_`` is ``raise``, which Python keeps for itself."""
    return name.strip("_").replace("_", "-")


def _define(
    function: Callable[..., Any],
    requires: str | Iterable[str],
    priority: int,
    name: str | None,
    runs_while_disabled: bool,
) -> Definition:
    if inspect.iscoroutinefunction(function) or inspect.isgeneratorfunction(function):
        raise InvalidError(
            f"{_where(function)}: a command is a plain `def` without `yield`; `gantry.next_tick()` and the "
            "other waits suspend it"
        )
    hints = typing.get_type_hints(function, include_extras=True)
    summary, summaries = _docstring(function)
    parameters = [
        _parameter(function, parameter, hints, summaries)
        for parameter in inspect.signature(function).parameters.values()
    ]
    return Definition(
        name=name or dashed(function.__name__),
        summary=summary,
        function=function,
        parameters=parameters,
        returns=_returns(function, hints.get("return")),
        requirements=[requires] if isinstance(requires, str) else list(requires),
        priority=priority,
        runs_while_disabled=runs_while_disabled,
    )


def _parameter(
    function: Callable[..., Any],
    parameter: inspect.Parameter,
    hints: dict[str, Any],
    summaries: dict[str, str],
) -> Parameter:
    where = f"{_where(function)}: the parameter `{parameter.name}`"
    if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD, parameter.POSITIONAL_ONLY):
        raise InvalidError(f"{where} has to be a named one, without `*` and `/`")
    hint = hints.get(parameter.name)
    unit = ""
    if typing.get_origin(hint) is typing.Annotated:
        hint, *notes = typing.get_args(hint)
        unit = next((note for note in notes if isinstance(note, str)), "")
    kind = Kind.of_hint(hint)
    if kind is None:
        found = "has no type hint" if hint is None else f"is `{_shown(hint)}`"
        raise InvalidError(f"{where} {found}; it takes bool, int, float, str or list[float]")
    default = None
    if parameter.default is not parameter.empty:
        try:
            default = kind.check(parameter.default)
        except (TypeError, OverflowError) as error:
            raise InvalidError(f"{where} has a wrong default: {error}") from None
    return Parameter(
        variable=parameter.name,
        name=dashed(parameter.name),
        kind=kind,
        unit=unit,
        default=default,
        summary=summaries.get(parameter.name, ""),
    )


def _returns(function: Callable[..., Any], hint: Any) -> Kind | None:
    if hint in (None, type(None), NoReturn, getattr(typing, "Never", NoReturn)):
        return None
    if typing.get_origin(hint) is typing.Annotated:
        hint = typing.get_args(hint)[0]
    kind = Kind.of_hint(hint)
    if kind is None:
        raise InvalidError(
            f"{_where(function)} returns `{_shown(hint)}`; a command returns None, bool, int, float, str or "
            "list[float]"
        )
    return kind


def _docstring(function: Callable[..., Any]) -> tuple[str, dict[str, str]]:
    """The summary, and what the ``Args:`` section says of each parameter."""
    text = inspect.getdoc(function) or ""
    head, _, arguments = text.partition("Args:\n")
    summary = " ".join(head.split("\n\n")[0].split())
    summaries: dict[str, str] = {}
    last = None
    for line in arguments.splitlines():
        if not line.startswith(" "):
            break
        entry = re.match(r" {1,4}(\w+)(?: \([^)]*\))?: *(.*)", line)
        if entry:
            last = entry[1]
            summaries[last] = entry[2].strip()
        elif last:
            summaries[last] = f"{summaries[last]} {line.strip()}".strip()
    return summary, summaries


def _where(function: Callable[..., Any]) -> str:
    code = getattr(function, "__code__", None)
    place = f"{code.co_filename}:{code.co_firstlineno}: " if code else ""
    return f"{place}`{function.__name__}`"


def _shown(hint: Any) -> str:
    return hint.__name__ if isinstance(hint, type) and not typing.get_args(hint) else str(hint)
