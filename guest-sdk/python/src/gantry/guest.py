"""The exports of the contract: what the host calls. The module that the build generates names it."""

from __future__ import annotations

import logging
import os
import random
import sys
import time
import traceback
from collections.abc import Callable, Iterable
from typing import Any

from . import coroutine, log
from ._bindings import IN_COMPONENT, Err
from ._bindings import plugin as wit
from .definition import COMMANDS, Definition
from .errors import Canceled, Error, is_canceled
from .text import REPLACE, well_formed
from .values import Kind, from_wit, seconds, shown, to_wit

#: The folder of this package.
_SDK = os.path.dirname(__file__)
#: How much of a traceback there is time for in a cleanup.
_MOST_FRAMES = 20
_ABOUT: dict[str, Any] = {
    "name": "",
    "version": "0.1.0",
    "summary": "",
    "reads": (),
    "publishes": (),
    "configure": None,
}


def plugin(
    *,
    name: str | None = None,
    version: str | None = None,
    summary: str | None = None,
    reads: Iterable[str] | None = None,
    publishes: Iterable[str] | None = None,
    configure: Callable[[], Any] | None = None,
) -> None:
    """Says what the plugin is. All of it is optional.

    - ``name``, ``version``, ``summary``: those of ``[project]`` in pyproject.toml, if left out.
    - ``reads``: input channels that the plugin opens; a name may end in ``*``.
    - ``publishes``: topics that it publishes; a name may end in ``*``.
    - ``configure``: a function that reads :mod:`gantry.config`. What it raises rejects the plugin's table
      in robot.toml.
    """
    given = {
        "name": name,
        "version": version,
        "summary": summary,
        "reads": reads,
        "publishes": publishes,
        "configure": configure,
    }
    _ABOUT.update({key: value for key, value in given.items() if value is not None})


def _sleep(time: float) -> None:
    """``time.sleep``, which a canceled run has to leave like every other wait."""
    if seconds(time) < 0:
        raise ValueError("sleep length must be non-negative")
    coroutine.wait(time)


#: What was seeded with the system's random numbers while the component was made: Python's own generator,
#: and those that a module makes with ``random.Random()``.
_SEEDED_AT_BUILD: list[random.Random] = [random._inst]  # type: ignore[attr-defined]
_seed = random.Random.seed


def _seed_at_build(generator: random.Random, a: Any = None, version: int = 2) -> None:
    """``random.Random.seed``, which remembers the generators that were given no seed, and gives them a fixed one
    until a run begins, so that the same source makes the same component."""
    others = [other for other in _SEEDED_AT_BUILD if other is not generator]
    _SEEDED_AT_BUILD[:] = others if a is not None else [*others, generator]
    _seed(generator, 0 if a is None else a, version)


def _warm_up() -> None:
    """Writes a traceback, so that the first one of a run need not import what is needed for that."""
    try:
        raise RuntimeError("warm-up")
    except RuntimeError as error:
        _told(error)
        traceback.format_exception(error)


if IN_COMPONENT:
    time.sleep = _sleep
    random.Random.seed = _seed_at_build  # type: ignore[method-assign]
    random.seed()


class Plugin:
    """The contract's ``plugin``."""

    def describe(self) -> Any:
        _wake()
        configure = _ABOUT["configure"]
        if configure is not None:
            _guarded(configure)
        return wit.Description(
            name=_ABOUT["name"],
            version=_ABOUT["version"],
            summary=_ABOUT["summary"],
            commands=[_definition(command) for command in COMMANDS.values()],
            reads=list(_ABOUT["reads"]),
            publishes=list(_ABOUT["publishes"]),
        )

    def run(self, command: str, arguments: list[Any]) -> Any:
        _wake()
        definition = COMMANDS.get(command)
        if definition is None:
            raise Err(f"this plugin has no command `{command}`")
        variables = {parameter.name: parameter.variable for parameter in definition.parameters}
        given = {variables[argument.name]: from_wit(argument.value) for argument in arguments}
        return _guarded(lambda: _result(definition, definition.function(**given)))


def _wake() -> None:
    """Undoes what was fixed when the component was made."""
    # Every run would draw the same numbers.
    random.Random.seed = _seed  # type: ignore[method-assign]
    for generator in _SEEDED_AT_BUILD:
        generator.seed()
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(line_buffering=True, errors=REPLACE)
    root = logging.getLogger()
    if not root.handlers:
        root.addHandler(log.Handler())


def _guarded(body: Callable[[], Any]) -> Any:
    """Runs a body, and hands on how it ended in a way that the bindings understand: anything but their own
    error would abort the instance."""
    try:
        return body()
    except Canceled:
        return None
    except SystemExit as stop:
        if stop.code in (None, 0):
            return None
        message = f"it exited with {stop.code}"
    except BaseException as error:
        if is_canceled():
            for line in _told(error):
                log.error(line)
            return None
        log.error("".join(traceback.format_exception(_without_sdk(error))).rstrip())
        message = _message(error)
    finally:
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
    raise Err(well_formed(message))


def _told(error: BaseException) -> list[str]:
    """What went wrong in a cleanup, the most important line first.

    A cleanup has few milliseconds, and one that takes longer counts as a failure of the plugin. So this does
    without the modules for tracebacks, which look for source code that is not there.
    """
    frames = []
    trace = error.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_code
        if not code.co_filename.startswith(_SDK):
            frames.append((os.path.basename(code.co_filename), trace.tb_lineno, code.co_name))
        trace = trace.tb_next
    place = f" ({frames[-1][0]}:{frames[-1][1]})" if frames else ""
    head = f"the cleanup failed: {_typed(error)}{place}"
    # The last frame is in the first line.
    frames = frames[-_MOST_FRAMES:-1]
    return [head, *(f'  called from "{file}", line {line}, in {name}' for file, line, name in reversed(frames))]


def _typed(error: BaseException) -> str:
    text = _text(error)
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def _text(error: BaseException) -> str:
    try:
        return str(error)
    except Exception:
        return "<its text cannot be had>"


def _message(error: BaseException) -> str:
    text = _text(error)
    # Of other types the text alone says little: `KeyError('arm')` is only `'arm'`.
    if text and (isinstance(error, Error) or type(error) in (Exception, RuntimeError)):
        return text
    return _typed(error)


def _without_sdk(error: BaseException) -> BaseException:
    """The error with a traceback that starts in the command."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None and trace.tb_frame.f_code.co_filename == __file__:
        trace = trace.tb_next
    return error.with_traceback(trace)


def _result(definition: Definition, value: Any) -> Any:
    if definition.returns is None:
        if value is not None:
            log.warn(
                f"`{definition.name}` returned {shown(value)}, which is lost: give it a hint, as in "
                "`def aim() -> float:`"
            )
        return None
    try:
        return to_wit(value, definition.returns)
    except (TypeError, OverflowError) as error:
        raise Error(f"what `{definition.name}` returned: {error}") from None


def _definition(command: Definition) -> Any:
    return wit.Definition(
        name=command.name,
        summary=command.summary,
        parameters=[
            wit.Parameter(
                name=parameter.name,
                kind=_kind(parameter.kind),
                unit=parameter.unit,
                default=None if parameter.default is None else to_wit(parameter.default, parameter.kind),
                summary=parameter.summary,
            )
            for parameter in command.parameters
        ],
        returns=None if command.returns is None else _kind(command.returns),
        requirements=command.requirements,
        priority=command.priority,
        runs_while_disabled=command.runs_while_disabled,
    )


def _kind(kind: Kind) -> Any:
    return wit.Kind[kind.name]


if IN_COMPONENT:
    _warm_up()
