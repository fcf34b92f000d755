"""Pictures of stays in hospital, ED and jail at both sizes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from tests.forms.desk import (
    ADA,
    DAY,
    HOUR,
    LUCIA,
    MINH,
    SAM,
    TOM,
    Desk,
    keys,
    make_app,
    settled,
    typed,
    unlocked,
)
from tests.stays.made import day, episode, stay, visit

Make = Callable[..., Desk]


def furnished(desk: Desk) -> None:
    """Fill a laptop with clients who are away, who came back, who were in the ED."""
    desk.contact(ADA, ago=30 * DAY)
    desk.contact(ADA, ago=195 * DAY)
    stay(
        desk, 1, what="inpatient", place="Providence Everett, 4 West", since=day(9), since_time="21:40", legal="involuntary",
        planned_discharge=day(-2), contact_name="Maya Ortiz, social worker", contact_phone="425-555-0144",
        why="Stopped eating, heard the radio speak of her", learned="crisis_system",
    )  # fmt: skip
    stay(desk, 2, what="ed", place="Providence Everett", since=day(60), until=day(60), went_to="home")
    stay(
        desk, 3, what="inpatient", place="Fairfax", since=day(210), until=day(198), went_to="home", author=TOM
    )
    episode(desk, hospitalisations_prior_12m=4, ed_visits_prior_12m=6, crisis_contacts_prior_12m=1)
    visit(desk, 1, 2 * HOUR)
    visit(desk, 2, DAY, staff=TOM)
    stay(
        desk,
        4,
        SAM,
        what="inpatient",
        place="Providence Everett",
        since=day(12),
        until=day(3),
        went_to="home",
    )
    stay(desk, 5, MINH, what="jail", place="Snohomish County Jail", since=day(5))


async def _list(pilot: Any) -> None:
    pilot.app.open("stays", client=ADA)
    await settled(pilot)


async def _before(pilot: Any) -> None:
    await _list(pilot)
    await keys(pilot, "down", "down")


async def _none(pilot: Any) -> None:
    pilot.app.open("stays", client=LUCIA)
    await settled(pilot)


async def _back(pilot: Any) -> None:
    pilot.app.open("stays", client=SAM)
    await settled(pilot)


async def _form(pilot: Any) -> None:
    await _none(pilot)
    await keys(pilot, "a", "1")
    await typed(pilot, "Fairfax")


async def _end(pilot: Any) -> None:
    await _list(pilot)
    await keys(pilot, "x")


async def _today(pilot: Any) -> None:
    await settled(pilot)


async def _caseload(pilot: Any) -> None:
    await keys(pilot, "2")


async def _chart(pilot: Any) -> None:
    pilot.app.open("chart", client=ADA)
    await settled(pilot)


SHOTS: dict[str, Callable[[Any], Awaitable[None]]] = {
    "list": _list,
    "before": _before,
    "none": _none,
    "back": _back,
    "form": _form,
    "end": _end,
    "today": _today,
    "caseload": _caseload,
    "chart": _chart,
}


@pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])
@pytest.mark.parametrize("shot", list(SHOTS))
def test_stays_look_as_they_should(
    desk_of: Make, snap_compare: Any, shot: str, size: tuple[int, int]
) -> None:
    """The list with what became of each stay, the form, and where else it is shown."""
    desk = desk_of()
    furnished(desk)
    laptop = desk.opened()

    async def before(pilot: Any) -> None:
        await unlocked(pilot)
        await SHOTS[shot](pilot)

    assert snap_compare(make_app(laptop), terminal_size=size, run_before=before)
