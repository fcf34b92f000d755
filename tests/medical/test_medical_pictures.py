"""Pictures of the medical screens at both sizes."""

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
    NOW,
    SAM,
    TOM,
    Desk,
    ident,
    keys,
    make_app,
    scrolled,
    settled,
    typed,
    unlocked,
)
from tests.medical.team import HANNA, LOU, list_of, measured, prescriber_for
from tests.medical.test_mat import add_treatment as treated

Make = Callable[..., Desk]
pytestmark = pytest.mark.usefixtures("medical_team")


def furnished(desk: Desk) -> None:
    """Fill a laptop with a prescriber's morning."""
    desk.alert(ADA, "stop")
    desk.add("client", ADA, {"set": {"allergies": "Penicillin"}}, client=ADA)
    list_of(desk, m_lai={"next_due": "2026-11-10", "last_given": "2026-10-13"})
    list_of(desk, SAM, verified="2026-05-02", m_lai={"next_due": "2026-11-24"})
    for client in (ADA, SAM, MINH):
        prescriber_for(desk, client)
    desk.note(ADA, author=DANA, ago=2 * DAY)
    desk.contact(ADA, author=DANA, ago=100 * DAY, contact_type="med_management")
    desk.contact(ADA, author=HANNA)
    for ago, total in ((30 * DAY, 17), (3 * DAY, 12)):
        measured(desk, ADA, ago, total)
    vitals = {
        "at": instant(NOW - 9 * DAY),
        "systolic": 134,
        "diastolic": 86,
        "pulse": 78,
        "weight_lb_10": 1912,
        "height_in_10": 680,
    }
    desk.add(
        "vitals",
        uuid7(NOW - 9 * DAY),
        {"doc": vitals},
        client=ADA,
        author=LOU,
        meaning="sign",
        at_ms=NOW - 9 * DAY,
    )
    seen = {"as_of": instant(NOW - DAY), "taken": "partial", "days_missed_7": 4, "barriers": ["side_effects"],
            "side_effects": "Dizzy on the stairs since Friday", "severity": "troubling"}  # fmt: skip
    entry = desk.add(
        "adherence", uuid7(NOW - DAY), {"doc": seen}, client=ADA, author=TOM, meaning="sign", at_ms=NOW - DAY
    )
    desk.add("task", ident(700), {"set": {
        "what": "side_effect", "title": "Side effect: Dizzy on the stairs since Friday", "owner": HANNA, "role": "prescriber",
        "due": instant(NOW - HOUR), "source": entry.hash, "source_kind": "adherence"}}, client=ADA, author=TOM)  # fmt: skip


async def _list(pilot: Any) -> None:
    pilot.app.open("medications", client=ADA)
    await settled(pilot)


async def _verify(pilot: Any) -> None:
    await _list(pilot)
    await keys(pilot, "v")


async def _line(pilot: Any) -> None:
    await _list(pilot)
    await keys(pilot, "enter")


async def _new_line(pilot: Any) -> None:
    pilot.app.open("medications", client=LUCIA)
    await settled(pilot)
    await keys(pilot, "a")
    await typed(pilot, "Lithium")
    await keys(pilot, "enter")


async def _lab(pilot: Any) -> None:
    await _list(pilot)
    await keys(pilot, "l", "1")


async def _medical(pilot: Any) -> None:
    pilot.app.open("medical", client=ADA)
    await settled(pilot)
    await typed(pilot, "128/82")
    await keys(pilot, "enter")
    await typed(pilot, "72")
    await keys(pilot, "enter")
    await typed(pilot, "83kg")
    await keys(pilot, "enter", "1", "2")


async def _medical_signed(pilot: Any) -> None:
    await _medical(pilot)
    await keys(pilot, "enter", "enter", "enter", "3", "ctrl+s")


async def _report(pilot: Any) -> None:
    pilot.app.open("adherence", client=ADA)
    await settled(pilot)
    await keys(pilot, "3")
    await typed(pilot, "3")
    await keys(pilot, "enter", "2", "1", "enter")
    await typed(pilot, "Dry mouth, hands shake in the mornings")
    await keys(pilot, "tab")


async def _queue(pilot: Any) -> None:
    await keys(pilot, "Q")


async def _visit(pilot: Any) -> None:
    pilot.app.open("note", client=ADA)
    await settled(pilot)
    for _ in range(4):
        await typed(pilot, "Sleeps six hours since the change.")
        await keys(pilot, "tab")
    await keys(pilot, "down", "enter", "ctrl+u")
    await typed(pilot, "75 mg")


async def _visit_signed(pilot: Any) -> None:
    await _visit(pilot)
    await keys(pilot, "down", "tab", "tab", "1", "enter", "1")
    await typed(pilot, "Sertraline up, stop trazodone, see in four weeks.")
    await keys(pilot, "tab", "1", "1", "ctrl+s")


async def _card(pilot: Any) -> None:
    pilot.app.open("card", client=ADA)
    await settled(pilot)
    await keys(pilot, "end")


async def _today(pilot: Any) -> None:
    await keys(pilot, "1")


async def _chart(pilot: Any) -> None:
    pilot.app.open("chart", client=ADA)
    await settled(pilot)


async def _caseload(pilot: Any) -> None:
    await keys(pilot, "2")


async def _read(pilot: Any) -> None:
    pilot.app.open("record", record=one_per(ADA, "medication_list"))
    await settled(pilot)


async def _mat_line(pilot: Any) -> None:
    pilot.app.open("medicine", client=ADA, item="m-bup")
    await settled(pilot)


SCENES: dict[str, tuple[str, Callable[[Any], Awaitable[None]]]] = {
    "list": (HANNA, _list), "list-field": (TOM, _list), "list-read": (TOM, _read), "verify": (HANNA, _verify),
    "line": (HANNA, _line), "line-new": (HANNA, _new_line), "lab": (LOU, _lab), "vitals": (LOU, _medical),
    "vitals-sign": (LOU, _medical_signed), "report": (TOM, _report), "queue": (HANNA, _queue), "queue-ma": (LOU, _queue),
    "visit": (HANNA, _visit), "visit-sign": (HANNA, _visit_signed), "card": (DANA, _card), "today": (DANA, _today),
    "today-prescriber": (HANNA, _today), "chart": (DANA, _chart), "caseload": (DANA, _caseload),
    "mat": (TOM, _list), "mat-line": (HANNA, _mat_line),
}  # fmt: skip


@pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])
@pytest.mark.parametrize("scene", list(SCENES))
def test_the_screen_looks_as_it_was_accepted(
    desk_of: Make, snap_compare: Any, scene: str, size: tuple[int, int]
) -> None:
    """Change a picture only after looking at it."""
    staff, act = SCENES[scene]
    desk = desk_of(staff)
    furnished(desk)
    if scene.startswith("mat"):
        treated(desk)
    app: FieldApp = make_app(desk.opened())

    async def before(pilot: Any) -> None:
        await unlocked(pilot)
        await act(pilot)
        await scrolled(pilot)

    assert snap_compare(app, terminal_size=size, run_before=before)
