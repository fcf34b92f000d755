"""Pictures of quick entry at both sizes: empty, typed, ambiguous, missing, several logged."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from textual import events

from fieldapp.records.envelope import instant
from fieldapp.records.ids import one_per, uuid7
from tests.forms.desk import (
    ADA,
    DANA,
    DAY,
    HOUR,
    LUCIA,
    MINH,
    NAIR,
    NOW,
    PROGRAM,
    SAM,
    TEAM,
    Desk,
    ident,
    keys,
    make_app,
    settled,
    unlocked,
)

Make = Callable[..., Desk]


def furnished(desk: Desk) -> None:
    """Give the clients a past, a plan for today and something to know before the door."""
    desk.contact(ADA, author=DANA, ago=3 * DAY)
    desk.note(ADA, author=DANA, ago=3 * DAY)
    desk.contact(SAM, author=DANA, ago=6 * DAY, contact_type="case_management", setting="office")
    desk.alert(LUCIA)
    planned = {"staff": DANA, "start": instant(NOW - HOUR), "minutes": 45, "contact_type": "skills_training",
               "modality": "in_person", "setting": "shelter"}  # fmt: skip
    desk.add("planned_visit", uuid7(NOW, b"0123456789"), {"set": planned}, client=MINH)
    risk = {"level": "high", "reason": "Says more than in spring", "considered": []}
    desk.add("risk", one_per(ADA, "risk"), {"set": risk}, client=ADA, author=NAIR, meaning="sign")
    twin = {
        "home_program": PROGRAM,
        "home_team": TEAM,
        "legal_name": "Tran, Minh",
        "dob": "1991-02-01",
        "mrn": "N-9",
    }
    desk.add("client", ident(29), {"set": twin}, client=ident(29))
    where = {"a": {"street": "1420 Hoyt Ave", "city": "Everett"}}
    desk.add("client", ident(30), {"set": {**twin, "legal_name": "Okafor, Samuel", "mrn": "N-12"}, "items": {"addresses": where}},
             client=ident(30))  # fmt: skip


async def line(pilot: Any, text: str, *then: str) -> None:
    pilot.app.focused.post_message(events.Paste(text))
    await settled(pilot)
    await keys(pilot, *then)


async def _empty(pilot: Any) -> None:
    return


async def _typed(pilot: Any) -> None:
    await line(pilot, "ada 9:30 45m home skills g2 calm, took meds; asked about the letter")


async def _ambiguous(pilot: Any) -> None:
    await line(pilot, "minh 45m, met at the door", "enter", "down", "down")


async def _missing(pilot: Any) -> None:
    await line(pilot, "lucia 45m calm, took meds", "enter")


async def _unread(pilot: Any) -> None:
    await line(pilot, "ada 25:00 home [b]skills[/b]", "enter")


async def _logged(pilot: Any) -> None:
    for text in ("ada 9:30 45m, calm", "lindqvist na", "sam lindqvist 8:00 30m, brought forms", "hoyt lm"):
        await line(pilot, text, "enter")


async def _planned(pilot: Any) -> None:
    await line(pilot, "next phone 20m")


SCENES: dict[str, Callable[[Any], Awaitable[None]]] = {
    "empty": _empty, "typed": _typed, "ambiguous": _ambiguous, "missing": _missing, "unread": _unread,
    "logged": _logged, "planned": _planned,
}  # fmt: skip


@pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])
@pytest.mark.parametrize("scene", list(SCENES))
def test_quick_entry_looks_as_it_was_accepted(
    desk_of: Make, snap_compare: Any, scene: str, size: tuple[int, int]
) -> None:
    """Change a picture only after looking at it."""
    desk = desk_of()
    furnished(desk)
    app = make_app(desk.opened())

    async def before(pilot: Any) -> None:
        await unlocked(pilot)
        await keys(pilot, "f4")
        await SCENES[scene](pilot)

    assert snap_compare(app, terminal_size=size, run_before=before)
