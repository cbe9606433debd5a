"""What the decorator makes of a function, natively."""

from __future__ import annotations

from typing import Annotated

import pytest

import gantry
from gantry.build import BuildError, build
from gantry.definition import COMMANDS, of
from gantry.values import Kind, kind_of


@pytest.fixture(autouse=True)
def no_commands():
    COMMANDS.clear()


def test_a_command_is_read_from_its_hints_and_its_docstring():
    @gantry.command(requires="arm", priority=2)
    def raise_(angle: Annotated[float, "rad"], top_speed: float = 2, names: str = "a") -> list[float]:
        """Raises
        the arm.

        More of it.

        Args:
            angle: Where to,
                from level.
            top_speed (float): How fast.
        """
        return [angle]

    definition = of(raise_)
    assert (definition.name, definition.summary) == ("raise", "Raises the arm.")
    assert (definition.requirements, definition.priority) == (["arm"], 2)
    assert definition.returns is Kind.NUMBERS
    angle, top_speed, names = definition.parameters
    assert (angle.unit, angle.default, angle.summary) == ("rad", None, "Where to, from level.")
    assert (top_speed.name, top_speed.default, top_speed.summary) == ("top-speed", 2.0, "How fast.")
    assert (names.kind, names.default) == (Kind.TEXT, "a")
    assert raise_(0.5) == [0.5], "the function stays as it is"


def test_what_cannot_be_a_command_says_what_would_be_right():
    def untyped(angle):
        pass

    def optional(angle: float | None = None):
        pass

    def wrong_default(angle: float = "high"):
        pass

    def returns(angle: float) -> dict:
        pass

    async def coroutine():
        pass

    for function, part in [
        (untyped, "`angle` has no type hint; it takes bool, int, float, str or list[float]"),
        (optional, "it takes bool, int, float, str or list[float]"),
        (wrong_default, "has a wrong default: it should be a number, not 'high'"),
        (returns, "returns `dict`"),
        (coroutine, "a plain `def`"),
    ]:
        with pytest.raises(gantry.InvalidError, match="test_definition.py:[0-9]+") as caught:
            gantry.command(function)
        assert part in str(caught.value)


def test_a_name_is_taken_once():
    @gantry.command
    def once():
        pass

    with pytest.raises(gantry.InvalidError, match="already"):
        gantry.command(name="once")(lambda: None)


def test_values_have_the_kind_that_they_look_like():
    assert [kind_of(v) for v in (True, 3, 0.5, "a", [1, 2.5], (1,))] == [
        Kind.BOOLEAN,
        Kind.INTEGER,
        Kind.NUMBER,
        Kind.TEXT,
        Kind.NUMBERS,
        Kind.NUMBERS,
    ]
    with pytest.raises(TypeError, match="cannot cross"):
        kind_of({})
    with pytest.raises(OverflowError):
        Kind.INTEGER.check(2**63)


def test_the_host_cannot_be_called_natively():
    with pytest.raises(RuntimeError, match="gantry sim"):
        gantry.next_tick()


def test_canceled_passes_except_exception():
    assert not issubclass(gantry.Canceled, Exception)


def test_a_build_says_what_is_missing(tmp_path):
    with pytest.raises(BuildError, match="there is no .*pyproject.toml"):
        build(tmp_path)
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "Arm Kit"\n')
    with pytest.raises(BuildError, match="lower-case words"):
        build(tmp_path)
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "arm-kit"\n')
    with pytest.raises(BuildError, match="there is no .*arm_kit.py"):
        build(tmp_path)
