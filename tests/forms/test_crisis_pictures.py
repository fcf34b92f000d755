"""Pictures of the crisis card, the crisis form and the tasks at both sizes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from fieldapp.app import FieldApp
from fieldapp.records.envelope import instant
from fieldapp.records.ids import one_per, uuid7
from tests.forms.desk import (
    ADA,
    DANA,
    DAY,
    HOUR,
    LUCIA,
    MINH,
    MINUTE,
    NAIR,
    NOW,
    SAM,
    TOM,
    Desk,
    field_of,
    ident,
    keys,
    make_app,
    settled,
    typed,
    unlocked,
)

Make = Callable[..., Desk]
CRISIS = {
    "caller": "family", "caller_name": "Ngozi, sister", "channel": "phone", "interventions": ["de_escalation", "plan_steps"],
    "initial_contact_at": instant(NOW - 14 * HOUR), "ended_at": instant(NOW - 13 * HOUR), "tz": "America/Los_Angeles",
    "risk": {"level": "high", "kinds": ["suicide"], "basis": "Says she has had enough; tablets counted last night."},
    "face_to_face_at": instant(NOW - 14 * HOUR + 35 * MINUTE), "location": "Sister's flat, 12 Hoyt, upstairs",
    "nature": ["conflict", "housing_loss"], "presentation": "Pacing, tearful, calmer after an hour with her sister.",
    "plan_existed": "yes", "plan_used": "used", "plan_steps": ["alone", "helpers"], "dispositions": ["resolved_in_place"],
    "notified": [{"whom": "supervisor", "name": "Priya Nair", "basis": "team", "at": "22:40"}],
}  # fmt: skip


def furnished(desk: Desk) -> dict[str, str]:
    """Fill a laptop with what a bad night needs; returns the ids that scenes open."""
    desk.alert(ADA, "stop")
    desk.add("client", ADA, {
        "set": {"best_places_to_find": "Back door; the front bell is dead. Library on Hoyt until six.",
                "allergies": "Penicillin", "directive": "On file since 2025, agent is Ngozi",
                "legal_status": "LRA", "interpreter_needed": True, "language": "es"},
        "items": {
            "phones": {"p1": {"number": "425-555-0137", "ok_to_leave_message": False}, "p2": {"number": "425-555-0148"}},
            "addresses": {"a": {"street": "2209 Colby Ave, unit 4", "city": "Everett", "kind": "home", "since": "2026-01-01"}},
        },
    }, client=ADA)  # fmt: skip
    for number, (name, kind, phone, knows) in enumerate((
        ("Ngozi Okafor", "family", "425-555-0102", "yes"), ("Mr. Petrie", "landlord", "425-555-0177", ""),
    )):  # fmt: skip
        values = {"name": name, "kind": kind, "phone": phone} | (
            {"knows_about_treatment": knows} if knows else {}
        )
        desk.add("related_person", ident(600 + number), {"set": values}, client=ADA)
    for ago in (2, 5, 9, 12):
        desk.contact(ADA, author=DANA, ago=ago * DAY)
    desk.plan(ADA)
    crisis = desk.add("crisis", uuid7(NOW - 14 * HOUR, b"crisiscrisi"[:10]), {"doc": CRISIS}, client=ADA, author=DANA,
                      meaning="sign", at_ms=NOW - 13 * HOUR)  # fmt: skip
    desk.add("risk", one_per(ADA, "risk"), {"items": {"signals": {"s": {
        "level": "high", "source": crisis.hash, "source_kind": "crisis", "detail": "Crisis: says she has had enough"}}}},
        client=ADA, author=DANA, at_ms=NOW - 13 * HOUR)  # fmt: skip
    for number, (client, title, owner, away) in enumerate((
        (ADA, "Follow up after the crisis", "", -3 * HOUR), (ADA, "Look at the safety plan again after the crisis", "", 6 * DAY),
        (MINH, "Take the housing form to the office on Hoyt before they close", DANA, 5 * HOUR),
        (LUCIA, "Call her brother back", TOM, 2 * DAY),
    )):  # fmt: skip
        values = {"what": "other", "title": title, "due": instant(NOW + away)} | (
            {"owner": owner} if owner else {}
        )
        values |= {"source": crisis.hash, "source_kind": "crisis"} if client == ADA else {}
        desk.add("task", ident(700 + number), {"set": values}, client=client, author=NAIR)
    return {"crisis": crisis.envelope.id}


async def _card(pilot: Any, ids: dict[str, str]) -> None:
    pilot.app.open("card", client=ADA)
    await settled(pilot)


async def _card_bare(pilot: Any, ids: dict[str, str]) -> None:
    pilot.app.open("card", client=SAM)
    await settled(pilot)


async def _pick(pilot: Any, ids: dict[str, str]) -> None:
    await keys(pilot, "4", "f2")


async def _first(pilot: Any, ids: dict[str, str]) -> None:
    pilot.app.open("crisis", client=ADA)
    await settled(pilot)
    await keys(pilot, "2", "1", "5")


async def _first_new(pilot: Any, ids: dict[str, str]) -> None:
    pilot.app.open("crisis", client=SAM)
    await settled(pilot)
    await keys(pilot, "2", "4")


async def _complete(pilot: Any, ids: dict[str, str]) -> None:
    pilot.app.open("crisis", record=ids["crisis"])
    await settled(pilot)
    field_of(pilot.app, "notified").land("1:0:0")
    await settled(pilot)
    await keys(pilot, "1")
    await typed(pilot, "Dr. Haddad")
    await keys(pilot, "tab")
    # The answers below the row come while the form scrolls to it: one line more or less stands above.
    pilot.app.screen.query_one("#form").scroll_to(y=40, animate=False)


async def _ended(pilot: Any, ids: dict[str, str]) -> None:
    pilot.app.open("crisis", record=ids["crisis"])
    await settled(pilot)
    field_of(pilot.app, "dispositions").land()
    await settled(pilot)
    await keys(pilot, "7", "8")


async def _sign(pilot: Any, ids: dict[str, str]) -> None:
    await _first_new(pilot, ids)
    await keys(pilot, "1", "2", "ctrl+s")


async def _read(pilot: Any, ids: dict[str, str]) -> None:
    pilot.app.open("record", record=ids["crisis"])
    await settled(pilot)


async def _today(pilot: Any, ids: dict[str, str]) -> None:
    await keys(pilot, "2", "1", "down", "down")


async def _done(pilot: Any, ids: dict[str, str]) -> None:
    await keys(pilot, "t", "d")


async def _tasks(pilot: Any, ids: dict[str, str]) -> None:
    pilot.app.open("tasks")
    await settled(pilot)


async def _task(pilot: Any, ids: dict[str, str]) -> None:
    pilot.app.open("task", client=ADA)
    await settled(pilot)
    await typed(pilot, "Bring the key back")
    await keys(pilot, "enter")


async def _chart(pilot: Any, ids: dict[str, str]) -> None:
    pilot.app.open("chart", client=ADA)
    await settled(pilot)


async def _review(pilot: Any, ids: dict[str, str]) -> None:
    await keys(pilot, "3")


SCENES: dict[str, tuple[str, Callable[[Any, dict[str, str]], Awaitable[None]]]] = {
    "card": (DANA, _card), "card-bare": (DANA, _card_bare), "pick": (DANA, _pick), "crisis-goes-on": (DANA, _first),
    "crisis-first": (DANA, _first_new), "crisis-told": (DANA, _complete), "crisis-ended": (DANA, _ended),
    "crisis-sign": (TOM, _sign), "crisis-read": (DANA, _read), "today": (DANA, _today), "task-done": (DANA, _done),
    "tasks": (DANA, _tasks), "task": (NAIR, _task), "chart": (DANA, _chart), "review": (NAIR, _review),
}  # fmt: skip


@pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])
@pytest.mark.parametrize("scene", list(SCENES))
def test_the_screen_looks_as_it_was_accepted(
    desk_of: Make, snap_compare: Any, scene: str, size: tuple[int, int]
) -> None:
    """Change a picture only after looking at it."""
    staff, act = SCENES[scene]
    desk = desk_of(staff)
    ids = furnished(desk)
    app: FieldApp = make_app(desk.opened())

    async def before(pilot: Any) -> None:
        await unlocked(pilot)
        await act(pilot, ids)
        await settled(pilot)

    assert snap_compare(app, terminal_size=size, run_before=before)
