"""Pictures of every form and reading screen at both sizes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from fieldapp.app import FieldApp
from tests.forms.desk import (
    ADA,
    DANA,
    DAY,
    HOUR,
    LUCIA,
    MINH,
    NAIR,
    NOTE_TEXT,
    SAM,
    TOM,
    Desk,
    field_of,
    keys,
    make_app,
    settled,
    typed,
    unlocked,
)

Make = Callable[..., Desk]
Scene = Callable[[Any, Desk], Awaitable[None]]


def furnished(desk: Desk) -> dict[str, str]:
    """Fill a laptop with one of everything; returns the ids that scenes open."""
    desk.alert(ADA, "caution")
    contact = desk.contact(ADA, author=DANA, ago=20 * HOUR)
    desk.note(ADA, author=NAIR, ago=5 * DAY)
    first = desk.plan(ADA)
    desk.plan(ADA, author=NAIR, ago=5 * HOUR, prev=[first.hash], signs=["I pace at night"])
    desk.plan(ADA, author=TOM, ago=3 * HOUR, prev=[first.hash], signs=["I stop eating"])
    waiting = desk.note(MINH, author=TOM, ago=30 * HOUR, cosign="supervisor")
    returned = desk.note(ADA, author=TOM, ago=40 * HOUR, cosign="supervisor")
    reason = {"reason": "Say what was agreed about the landlord"}
    desk.add(
        "note", returned.envelope.id, reason, client=ADA, author=NAIR, meaning="return", about=returned.hash
    )
    wrong = desk.note(LUCIA, author=TOM, ago=4 * HOUR)
    desk.add("note", wrong.envelope.id, {"reason": "Wrong client"}, client=LUCIA, author=TOM, meaning="error", about=wrong.hash)  # fmt: skip
    base = desk.add("client", LUCIA, {"set": {"pcp": "Clinic A"}}, client=LUCIA)
    for author, text in ((TOM, "Clinic B"), (NAIR, "Clinic C")):
        desk.add("client", LUCIA, {"set": {"pcp": text}}, client=LUCIA, author=author, prev=[base.hash])
    return {"contact": contact, "returned": returned.envelope.id, "wrong": wrong.envelope.id,
            "waiting": waiting.envelope.id}  # fmt: skip


async def _contact(pilot: Any, ids: dict[str, str]) -> None:
    pilot.app.open("contact", client=ADA)
    await settled(pilot)


async def _contact_refused(pilot: Any, ids: dict[str, str]) -> None:
    await _contact(pilot, ids)
    await keys(pilot, "1")
    await typed(pilot, "2570")
    await keys(pilot, "ctrl+s")


async def _contact_code(pilot: Any, ids: dict[str, str]) -> None:
    await _contact(pilot, ids)
    await keys(pilot, "1")
    await typed(pilot, "40m")
    for name, text in (("travel-min", "25"), ("miles", "11")):
        field_of(pilot.app, name).land()
        await typed(pilot, text)
    field_of(pilot.app, "service-code").land()
    await settled(pilot)


async def _contact_read(pilot: Any, ids: dict[str, str]) -> None:
    await _contact_code(pilot, ids)
    await keys(pilot, "ctrl+s", "2")
    pilot.app.open("record", record=pilot.app.laptop.timeline(ADA, 0, 1, ("contact",))[0].record)
    await settled(pilot)


async def _note(pilot: Any, ids: dict[str, str]) -> None:
    pilot.app.open("note", client=ADA, contact=ids["contact"])
    await settled(pilot)
    pilot.app.focused.insert(NOTE_TEXT["data"])
    await settled(pilot)


async def _note_blocks(pilot: Any, ids: dict[str, str]) -> None:
    await _note(pilot, ids)
    await keys(pilot, "tab", "tab", "tab", "1", "1", "2", "enter", "enter", "4", "2", "f6", "1", "3")


async def _note_format(pilot: Any, ids: dict[str, str]) -> None:
    await _note(pilot, ids)
    await keys(pilot, "f5")


async def _sign(pilot: Any, ids: dict[str, str]) -> None:
    await _note(pilot, ids)
    await keys(pilot, "tab", "tab", "tab", "3", "3", "ctrl+s")


async def _plan(pilot: Any, ids: dict[str, str]) -> None:
    pilot.app.open("plan", client=ADA)
    await settled(pilot)


async def _plan_changes(pilot: Any, ids: dict[str, str]) -> None:
    await _plan(pilot, ids)
    await keys(pilot, "d")


async def _plan_step(pilot: Any, ids: dict[str, str]) -> None:
    pilot.app.open("plan", client=SAM)
    await settled(pilot)
    await keys(pilot, "w", "1", "pagedown", "pagedown")
    await typed(pilot, "library")
    await keys(pilot, "tab", "tab", "tab")


async def _plan_settle(pilot: Any, ids: dict[str, str]) -> None:
    await _plan(pilot, ids)
    await keys(pilot, "s", "1")


async def _plan_turned(pilot: Any, ids: dict[str, str]) -> None:
    await _plan(pilot, ids)
    await keys(pilot, "t", "space", "space", "space")


async def _plan_versions(pilot: Any, ids: dict[str, str]) -> None:
    await _plan(pilot, ids)
    await keys(pilot, "v", "end")


async def _plan_form_turned(pilot: Any, ids: dict[str, str]) -> None:
    await _plan_step(pilot, ids)
    await keys(pilot, "ctrl+t")


async def _plan_agreed(pilot: Any, ids: dict[str, str]) -> None:
    await _plan(pilot, ids)
    await keys(pilot, "w", *["pagedown"] * 8)


async def _crisis_step(pilot: Any, ids: dict[str, str]) -> None:
    await _plan(pilot, ids)
    await keys(pilot, "x", "w", "1", "1", *["pagedown"] * 6)
    await typed(pilot, "do not touch me")


async def _returned(pilot: Any, ids: dict[str, str]) -> None:
    pilot.app.open("record", record=ids["returned"])
    await settled(pilot)


async def _in_error(pilot: Any, ids: dict[str, str]) -> None:
    pilot.app.open("record", record=ids["wrong"])
    await settled(pilot)


async def _review(pilot: Any, ids: dict[str, str]) -> None:
    await keys(pilot, "3")


async def _return(pilot: Any, ids: dict[str, str]) -> None:
    pilot.app.open("record", record=ids["waiting"])
    await settled(pilot)
    await keys(pilot, "r")


async def _settle(pilot: Any, ids: dict[str, str]) -> None:
    pilot.app.open("settle", record=LUCIA, path="pcp")
    await settled(pilot)
    await keys(pilot, "2")


SCENES = {
    "contact": (DANA, _contact), "contact-code": (DANA, _contact_code), "contact-read": (DANA, _contact_read),
    "contact-refused": (DANA, _contact_refused), "note": (DANA, _note),
    "note-blocks": (DANA, _note_blocks), "note-format": (DANA, _note_format),
    "sign": (DANA, _sign), "plan-two": (DANA, _plan), "plan-changes": (DANA, _plan_changes),
    "plan-step": (DANA, _plan_step), "plan-settle": (DANA, _plan_settle),
    "plan-turned": (DANA, _plan_turned), "plan-versions": (DANA, _plan_versions),
    "plan-form-turned": (DANA, _plan_form_turned), "plan-agreed": (DANA, _plan_agreed), "crisis-step": (DANA, _crisis_step), "returned": (DANA, _returned),
    "in-error": (DANA, _in_error), "review": (NAIR, _review), "return": (NAIR, _return), "settle": (NAIR, _settle),
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
        desk.clock.move(minutes=11)
        await act(pilot, ids)
        await settled(pilot)

    assert snap_compare(app, terminal_size=size, run_before=before)
