"""Pictures of the face sheet and its forms at both sizes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from fieldapp.records.ids import one_per
from tests.forms.desk import ADA, DANA, Desk, keys, make_app, settled, typed, unlocked
from tests.sheet.test_face_sheet import land, person, release

Make = Callable[..., Desk]


def furnished(desk: Desk) -> None:
    """Fill a laptop with a client of whom much is known."""
    desk.alert(ADA, "stop")
    desk.add("client", ADA, {
        "set": {"pronouns": "she/her", "dob": "1984-03-09", "language": "es", "interpreter_needed": True},
        "items": {"phones": {"a": {"number": "425-555-0100", "ok_to_leave_message": False, "safe_times": "mornings"}},
                  "addresses": {"a": {"street": "12 Hoyt Ave", "city": "Everett", "county": "Snohomish", "kind": "home", "since": "2025-05-01"},
                                "b": {"street": "Motel 9", "city": "Mount Vernon", "county": "Skagit", "kind": "motel",
                                      "since": "2024-11-01", "until": "2025-05-01", "ended": "evicted"}}},
    }, client=ADA)  # fmt: skip
    person(desk, "Rosa Vega", "family", phone="425-555-0111", involvement_ok=True)
    person(desk, "Ed Stone", "landlord", organisation="Stone Homes", phone="425-555-0122")
    person(desk, "Dr. Yun", "pcp", organisation="Harbor Clinic")
    person(desk, "Carl Vega", "family", involvement_ok=False)
    release(desk, "Rosa Vega")
    release(desk, "Ed Stone", revoked=True, revoked_on="2026-11-02", revoked_how="verbal")
    desk.add("disclosure", one_per(ADA, "told"), {"set": {
        "to": "Rosa Vega", "what": "Took part: family, with the client", "basis": "roi", "at": "2026-11-20T18:30:00.000Z"}},
        client=ADA)  # fmt: skip


async def _sheet(pilot: Any) -> None:
    pilot.app.open("face_sheet", client=ADA)
    await settled(pilot)


async def _people(pilot: Any) -> None:
    await _sheet(pilot)
    await keys(pilot, "down", "down", "down", "down")


async def _which(pilot: Any) -> None:
    await _sheet(pilot)
    await keys(pilot, "a")


async def _identity(pilot: Any) -> None:
    await _sheet(pilot)
    await keys(pilot, "enter")


async def _housing(pilot: Any) -> None:
    await _sheet(pilot)
    await keys(pilot, "end")


async def _new_place(pilot: Any) -> None:
    pilot.app.open("housing", client=ADA)
    await settled(pilot)
    await keys(pilot, "2")


async def _consent(pilot: Any) -> None:
    await _which(pilot)
    await keys(pilot, "3", "3")
    await typed(pilot, "Rosa Vega")
    await keys(pilot, "enter", "enter", "enter", "enter", "enter")
    await typed(pilot, "support at home")
    await keys(pilot, "enter", "1", "2")


async def _alert(pilot: Any) -> None:
    await _which(pilot)
    await keys(pilot, "1", "3")


async def _revoke(pilot: Any) -> None:
    await _sheet(pilot)
    await keys(pilot, *["down"] * 8, "x")


async def _told(pilot: Any) -> None:
    pilot.app.open("contact", client=ADA)
    await settled(pilot)
    await keys(pilot, "y")
    land(pilot.app, "participants")
    await typed(pilot, "Ed Stone, Rosa Vega")
    await settled(pilot)
    await keys(pilot, "enter")


SHOTS: dict[str, Callable[[Any], Awaitable[None]]] = {
    "sheet": _sheet,
    "people": _people,
    "which": _which,
    "identity": _identity,
    "consent": _consent,
    "alert": _alert,
    "revoke": _revoke,
    "told": _told,
    "housing": _housing,
    "new_place": _new_place,
}


@pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])
@pytest.mark.parametrize("name", SHOTS)
def test_picture(name: str, size: tuple[int, int], desk_of: Make, snap_compare: Any) -> None:
    desk = desk_of(DANA)
    furnished(desk)

    async def before(pilot: Any) -> None:
        await unlocked(pilot)
        await SHOTS[name](pilot)
        await settled(pilot)

    assert snap_compare(make_app(desk.opened()), terminal_size=size, run_before=before)
