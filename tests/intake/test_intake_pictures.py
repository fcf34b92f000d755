"""Pictures of the episode, its forms, the form for a new client and the list of who waits, at both sizes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from tests.forms.desk import (
    DAY,
    NAIR,
    PROGRAM,
    Desk,
    ident,
    keys,
    make_app,
    scrolled,
    settled,
    typed,
    unlocked,
)
from tests.intake.test_episode_screen import EPISODE, NEW, referred

Make = Callable[..., Desk]


def furnished(desk: Desk) -> None:
    """Fill a laptop with somebody who came a long way in, and somebody who waits longer."""
    referred(desk, "referred", referral_org="General Hospital", referral_person="J. Ward", form_ref="ER-2231",
             asked_for="Seen three times this month, no doctor of their own", step_down_from="inpatient",
             step_down_on="2026-10-30", step_down_org="North Ward")  # fmt: skip
    steps: tuple[dict[str, Any], ...] = (
        {"status": "assessed", "status_since": "2026-11-05", "assessed_by": "Dana Reyes, LICSW",
         "assessed_on": "2026-11-05", "status_reason": None},
        {"status": "waitlist", "status_since": "2026-11-09", "status_reason": "No place before December",
         "decision": "waitlist", "decided_on": "2026-11-09", "decided_by": "Priya Nair, LMHC"},
    )  # fmt: skip
    for values in steps:
        with desk.store.writing() as tx:
            view = tx.view(EPISODE)
            assert view is not None
            desk.put(tx, "episode", EPISODE, {"set": values}, client=NEW, prev=view.heads)
    desk.add("episode", EPISODE, {"items": {
        "assessment": {"presenting": {"on": "2026-11-05", "by": "Dana Reyes, LICSW", "where": "Note of Nov 5"},
                       "harm": {"on": "2026-11-05", "by": "Dana Reyes, LICSW", "where": "Note of Nov 5"}},
        "intake_checks": {"coverage": {"answer": "yes", "on": "2026-11-06", "who": "Lena, plan line", "ref": "A-881",
                                       "remark": "in network, prior authorization needed"}},
    }}, client=NEW)  # fmt: skip
    desk.note(NEW, author=NAIR, ago=17 * DAY)
    referred(desk, "assessed", client=ident(63), received_on="2026-10-01", referral_source="self")


async def _episode(pilot: Any) -> None:
    pilot.app.open("episode", client=NEW)
    await settled(pilot)


async def _flagged(pilot: Any) -> None:
    await _episode(pilot)
    await keys(pilot, "f", "2", "1", "2")
    await typed(pilot, "fainted twice this week")
    await keys(pilot, "enter")
    await keys(pilot, "down", "down", "down")


async def _checklist(pilot: Any) -> None:
    await _episode(pilot)
    await keys(pilot, *["down"] * 14)


async def _steps(pilot: Any) -> None:
    await _episode(pilot)
    await keys(pilot, "s")


async def _redirect(pilot: Any) -> None:
    await _steps(pilot)
    await keys(pilot, "3", "enter", "ctrl+s")


async def _assessment(pilot: Any) -> None:
    await _episode(pilot)
    await keys(pilot, "a", "tab", "tab", "tab", "tab")


async def _intake(pilot: Any) -> None:
    await _episode(pilot)
    await keys(pilot, "v", "1")


async def _care(pilot: Any) -> None:
    await _episode(pilot)
    await keys(pilot, "l", "2")


async def _flags(pilot: Any) -> None:
    await _episode(pilot)
    await keys(pilot, "f", "2", "1")


async def _decide(pilot: Any) -> None:
    await _flagged(pilot)
    await keys(pilot, "d", "2")


async def _waiting(pilot: Any) -> None:
    await keys(pilot, "2", "I", "down")


async def _new(pilot: Any) -> None:
    await keys(pilot, "2", "N")
    await typed(pilot, "Vence, Iris")
    await keys(pilot, "enter", "enter")
    await typed(pilot, "1990-05-06")
    await keys(pilot, "enter")


async def _referrer(pilot: Any) -> None:
    await _new(pilot)
    await keys(pilot, *["tab"] * 20)


async def _alike(pilot: Any) -> None:
    await _new(pilot)
    await keys(pilot, "ctrl+s")


SHOTS: dict[str, Callable[[Any], Awaitable[None]]] = {
    "episode": _episode,
    "flagged": _flagged,
    "checklist": _checklist,
    "steps": _steps,
    "redirect": _redirect,
    "assessment": _assessment,
    "intake": _intake,
    "care": _care,
    "flags": _flags,
    "decide": _decide,
    "waiting": _waiting,
    "new": _new,
    "referrer": _referrer,
    "alike": _alike,
}


@pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])
@pytest.mark.parametrize("name", SHOTS)
def test_picture(name: str, size: tuple[int, int], desk_of: Make, snap_compare: Any) -> None:
    desk = desk_of(NAIR)
    furnished(desk)

    async def before(pilot: Any) -> None:
        await unlocked(pilot)
        await SHOTS[name](pilot)
        await scrolled(pilot)

    assert snap_compare(make_app(desk.opened()), terminal_size=size, run_before=before)


@pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])
@pytest.mark.parametrize("name", ["longer", "longer_form"])
def test_picture_of_a_long_stay(name: str, size: tuple[int, int], desk_of: Make, snap_compare: Any) -> None:
    desk = desk_of(NAIR)
    referred(desk, "active", archetype="structured", admit_date="2026-08-24", status_since="2026-08-24")
    earlier = {"e": {"until": "2026-11-20", "reason": "Waits for a place in supported housing", "on": "2026-11-13",
                     "by": "Dana Reyes, LICSW"}}  # fmt: skip
    desk.add("episode", EPISODE, {"items": {"extensions": earlier}}, client=NEW)
    desk.add("program", PROGRAM, {"set": {"archetype": "structured"}}, prev=[desk.program.hash])

    async def before(pilot: Any) -> None:
        await unlocked(pilot)
        await _episode(pilot)
        if name == "longer_form":
            await keys(pilot, "x")
            await typed(pilot, "+21")
            await keys(pilot, "enter")
            await typed(pilot, "The flat is promised for December")
        await scrolled(pilot)

    assert snap_compare(make_app(desk.opened()), terminal_size=size, run_before=before)
