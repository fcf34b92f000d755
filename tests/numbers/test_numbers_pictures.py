"""Pictures of the numbers: the list, one metric with its chart, the report, at both sizes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.forms.desk import NAIR, TOM, Desk, keys, make_app, shown, unlocked
from tests.numbers.quarter import worked
from tests.numbers.test_numbers_screen import picked

Make = Callable[..., Desk]
SHOTS = {
    "list": (NAIR, "", ()),
    "own": (TOM, "", ()),
    "ratio": (NAIR, "clients_per_clinician", ()),
    "plan": (NAIR, "contact_vs_plan", ()),
    "days": (NAIR, "days_since_contact", ("d",)),
    "places": (NAIR, "place_mix", ("v",)),
    "quarter": (NAIR, "no_show", ("w", "w")),
}


@pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])
@pytest.mark.parametrize("shot", list(SHOTS))
def test_numbers_look_as_they_should(
    desk_of: Make, snap_compare: Any, shot: str, size: tuple[int, int]
) -> None:
    who, metric, after = SHOTS[shot]
    desk = desk_of(who)
    worked(desk)
    laptop = desk.opened()

    async def before(pilot: Any) -> None:
        await unlocked(pilot)
        if who == TOM:
            await keys(pilot, "enter")  # his credential runs out soon, which is said before the day
        await keys(pilot, "#")
        if metric:
            await picked(pilot, metric)
            await keys(pilot, "enter", *after)

    assert snap_compare(make_app(laptop), terminal_size=size, run_before=before)


@pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])
def test_the_report_looks_as_it_should(desk_of: Make, snap_compare: Any, size: tuple[int, int]) -> None:
    desk = desk_of(NAIR)
    worked(desk)
    laptop = desk.opened()

    async def before(pilot: Any) -> None:
        await unlocked(pilot)
        await keys(pilot, "#", "P")
        for _ in range(200):
            if "Ready:" in shown(pilot.app):
                return
            await pilot.pause(0.05)

    assert snap_compare(make_app(laptop), terminal_size=size, run_before=before)
