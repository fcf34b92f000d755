"""Pictures of the treatment plan and its form at both sizes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from tests.forms.desk import ADA, DANA, DAY, NAIR, SAM, Desk, keys, make_app, settled, typed, unlocked
from tests.goals.made import PLAN, SLEEP, expect_plans, treatment

Make = Callable[..., Desk]


def furnished(desk: Desk) -> None:
    """Fill a laptop with a client whose goals were worked on."""
    expect_plans(desk)
    first = treatment(desk)
    goals = {**PLAN["goals"], SLEEP: {**PLAN["goals"][SLEEP], "words": "Sleep six hours, without the radio"}}
    treatment(desk, ago=20 * DAY, prev=(first.hash,), goals=goals)
    for ago, step in ((50, -1), (40, 0), (29, 1), (8, 1)):
        progress = [{"goal": "Sleep six hours", "step": step}]
        desk.note(author=DANA, ago=ago * DAY, goals=["Sleep six hours"], progress=progress)
    desk.contact(ago=3 * DAY, goals=["Sleep six hours, without the radio"])
    desk.note(author=DANA, ago=40 * DAY, goals=["Keep the flat"])
    desk.note(author=NAIR, ago=6 * DAY, goals=None, no_goal_reason="Came to bring the letter")
    desk.note(author=DANA, ago=2 * DAY, goals=None)


async def _read(pilot: Any) -> None:
    pilot.app.open("goals", client=ADA)
    await settled(pilot)


async def _below(pilot: Any) -> None:
    await _read(pilot)
    await keys(pilot, "end")


async def _none(pilot: Any) -> None:
    pilot.app.open("goals", client=SAM)
    await settled(pilot)


async def _changes(pilot: Any) -> None:
    await _read(pilot)
    await keys(pilot, "d")


async def _needs(pilot: Any) -> None:
    await _read(pilot)
    await keys(pilot, "w")


async def _goal(pilot: Any) -> None:
    await _needs(pilot)
    await keys(pilot, "pagedown")


async def _begin(pilot: Any) -> None:
    await _none(pilot)
    await keys(pilot, "w", "pagedown", "2")


async def _agree(pilot: Any) -> None:
    await _needs(pilot)
    await keys(pilot, *["pagedown"] * 5)
    await keys(pilot, "tab", "tab", "2")
    await typed(pilot, "Not the market yet")
    await keys(pilot, "tab", "3")


async def _review(pilot: Any) -> None:
    await _read(pilot)
    await keys(pilot, "r")
    await typed(pilot, "Sleep moves, flat next")


async def _today(pilot: Any) -> None:
    await settled(pilot)


SHOTS: dict[str, Callable[[Any], Awaitable[None]]] = {
    "read": _read,
    "below": _below,
    "none": _none,
    "changes": _changes,
    "needs": _needs,
    "goal": _goal,
    "begin": _begin,
    "agree": _agree,
    "review": _review,
    "today": _today,
}


@pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])
@pytest.mark.parametrize("shot", list(SHOTS))
def test_the_treatment_plan_looks_as_it_should(
    desk_of: Make, snap_compare: Any, shot: str, size: tuple[int, int]
) -> None:
    """Goals with what was done for them, the pages of the form, the review."""
    desk = desk_of()
    furnished(desk)
    laptop = desk.opened()

    async def before(pilot: Any) -> None:
        await unlocked(pilot)
        await SHOTS[shot](pilot)

    assert snap_compare(make_app(laptop), terminal_size=size, run_before=before)
