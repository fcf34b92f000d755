"""Pictures of the team board, of planning a visit, of assignment and caseloads, at both sizes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from tests.board.town import furnished, in_hospital
from tests.forms.desk import ADA, LUCIA, NAIR, Desk, keys, make_app, settled, typed, unlocked

Make = Callable[..., Desk]


async def _board(pilot: Any) -> None:
    await keys(pilot, "B")


async def _tomorrow(pilot: Any) -> None:
    await keys(pilot, "B", "right_square_bracket")


async def _plan(pilot: Any) -> None:
    pilot.app.open("visit", client=ADA)
    await settled(pilot)
    await typed(pilot, "mon 11")
    await keys(pilot, "tab")


async def _repeat(pilot: Any) -> None:
    await _plan(pilot)
    await keys(pilot, *["tab"] * 8)
    await typed(pilot, "mon thu 4w")


async def _in_the_way(pilot: Any) -> None:
    await _plan(pilot)
    await keys(pilot, "ctrl+s")


async def _assignment(pilot: Any) -> None:
    pilot.app.open("assignment", client=LUCIA)
    await settled(pilot)


async def _assign(pilot: Any) -> None:
    await _assignment(pilot)
    await keys(pilot, "a", "2")


async def _caseloads(pilot: Any) -> None:
    await keys(pilot, "L", "enter")


async def _cover(pilot: Any) -> None:
    await keys(pilot, "L", "v", "2")
    await typed(pilot, "fri")


async def _cancel(pilot: Any) -> None:
    await keys(pilot, "B", "s", "s", "x", "1")


SHOTS: dict[str, Callable[[Any], Awaitable[None]]] = {
    "board": _board,
    "tomorrow": _tomorrow,
    "cancel": _cancel,
    "plan": _plan,
    "repeat": _repeat,
    "in-the-way": _in_the_way,
    "assignment": _assignment,
    "assign": _assign,
    "caseloads": _caseloads,
    "cover": _cover,
}


@pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])
@pytest.mark.parametrize("shot", list(SHOTS))
def test_the_teams_day_looks_as_it_should(
    desk_of: Make, snap_compare: Any, shot: str, size: tuple[int, int]
) -> None:
    """A supervisor sees everything, and may write assignments."""
    desk = desk_of(NAIR)
    furnished(desk)
    in_hospital(desk, LUCIA, 103)
    laptop = desk.opened()

    async def before(pilot: Any) -> None:
        await unlocked(pilot)
        await SHOTS[shot](pilot)

    assert snap_compare(make_app(laptop), terminal_size=size, run_before=before)
