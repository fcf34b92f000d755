"""The end of a day: everything that is left, one after the other, until nothing is (budget A11 of clinical.md 6)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from bench.keys import FLOWS
from fieldapp.records.envelope import instant
from fieldapp.records.ids import uuid7
from fieldapp.screens.contact import ContactScreen
from fieldapp.screens.note import NoteScreen
from fieldapp.screens.sweep import SweepScreen, ends
from fieldapp.store.models import Sweep
from tests.forms.desk import (
    ADA,
    DANA,
    DAY,
    HOUR,
    LUCIA,
    MINH,
    NOTE_TEXT,
    NOW,
    SAM,
    Desk,
    keys,
    make_app,
    settled,
    shown,
    top,
    typed,
    unlocked,
)

Make = Callable[..., Desk]
BUDGET = 10


def planned(desk: Desk, client: str, start_ms: int, **more: Any) -> str:
    """Plan a visit of three quarters of an hour."""
    visit = uuid7(start_ms, bytes([len(more), *client.encode()[-9:]]))
    values = {"staff": DANA, "start": instant(start_ms), "minutes": 45, "contact_type": "skills_training",
              "modality": "in_person", "setting": "home"} | more  # fmt: skip
    desk.add("planned_visit", visit, {"set": values}, client=client)
    return visit


def written(laptop: Any, contact: str) -> None:
    """Leave a note that is written and not signed."""
    draft = laptop.start("note", ADA, None, {"contact": contact})
    more = {
        "format": "DAP", "sections": dict(NOTE_TEXT), "risk_block": {"answer": "none_observed"},
        "service_start": instant(NOW - 3 * HOUR), "service_stop": instant(NOW - 2 * HOUR), "goals": ["Keep the flat"],
    }  # fmt: skip
    laptop.save_draft(draft.id, dict(draft.values) | more)


async def test_a_day_is_swept_within_ten_keys(desk_of: Make) -> None:
    """One visit that came to nothing, one note that waits to be signed, and then to send; the PIN is not counted."""
    desk = desk_of()
    contact = desk.contact(ADA, ago=3 * HOUR)
    planned(desk, SAM, NOW - 2 * HOUR)
    laptop = desk.opened()
    app = make_app(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await unlocked(pilot)
        written(laptop, contact)
        sent: list[bool] = []
        app.sync_now = lambda: sent.append(True)  # type: ignore[method-assign]
        count = await keys(pilot, "e")
        assert top(app) is SweepScreen
        assert "1 not logged · 1 not signed or finished · 0 not sent" in shown(app)
        count += await keys(pilot, "enter")
        assert top(app) is ContactScreen
        count += await keys(pilot, "4", "ctrl+s", "3")
        assert top(app) is SweepScreen
        assert laptop.sweep().unlogged == ()
        count += await keys(pilot, "enter")
        assert top(app) is NoteScreen
        count += await keys(pilot, "ctrl+s", "enter")
        await settled(pilot)
        assert top(app) is SweepScreen
        assert laptop.sweep().unsigned == ()
        assert "Not sent" in shown(app)
        count += await keys(pilot, "enter")
        assert sent == [True]
        (flow,) = [one for one in FLOWS if one.code == "A11"]
        assert count == flow.keys <= BUDGET


async def test_each_line_opens_and_the_next_one_is_picked_out_afterwards(desk_of: Make) -> None:
    """A visit of an earlier day is done with the contact that it was, whichever day that is logged on."""
    desk = desk_of()
    first = planned(desk, SAM, NOW - 2 * DAY)
    planned(desk, LUCIA, NOW - 2 * HOUR)
    planned(desk, MINH, NOW + HOUR)
    planned(desk, ADA, NOW - 9 * DAY)
    laptop = desk.opened()
    app = make_app(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await unlocked(pilot)
        await keys(pilot, "e")
        assert [visit.client for visit in laptop.sweep().unlogged] == [SAM, LUCIA]
        await keys(pilot, "enter", "1")
        await typed(pilot, "930")
        await keys(pilot, "tab")
        await typed(pilot, "45m")
        await keys(pilot, "ctrl+s", "escape")
        assert top(app) is SweepScreen
        assert laptop.record(first).values["done"] is True
        assert [visit.client for visit in laptop.sweep().unlogged] == [LUCIA]
        assert app.screen.client_at_hand == LUCIA  # type: ignore[attr-defined]


async def test_nothing_left_says_how_many_entries_the_server_has(desk_of: Make) -> None:
    desk = desk_of()
    desk.contact(ADA, ago=3 * HOUR, note_required=False)
    laptop = desk.opened()
    app = make_app(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await unlocked(pilot)
        await keys(pilot, "e")
        assert "✓ Nothing left. All 1 entry of today are with the server." in shown(app)
        await keys(pilot, "escape")
        assert len(app.screen_stack) == 1


@pytest.mark.parametrize(
    ("counts", "said"),
    [
        ((0, 0, 0), "Nothing was written today."),
        ((14, 14, 0), "All 14 entries of today are with the server."),
        ((14, 12, 0), "12 of 14 entries of today are with the server."),
        ((14, 12, 2), "12 of 14 entries of today are with the server, 2 wait for a decision there."),
    ],
)
def test_the_day_is_said_in_one_sentence(counts: tuple[int, int, int], said: str) -> None:
    written, confirmed, waiting = counts
    assert ends(Sweep((), (), 0, waiting, written, confirmed)) == said


@pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])
@pytest.mark.parametrize("scene", ["left", "nothing"])
def test_the_sweep_looks_as_it_was_accepted(
    desk_of: Make, snap_compare: Any, scene: str, size: tuple[int, int]
) -> None:
    """Change a picture only after looking at it."""
    desk = desk_of()
    if scene == "left":
        desk.contact(ADA, ago=30 * HOUR)
        planned(desk, SAM, NOW - DAY, where="12 Rucker Ave", note="Forms for the housing office")
        planned(desk, LUCIA, NOW - 2 * HOUR)
    app = make_app(desk.opened())

    async def before(pilot: Any) -> None:
        await unlocked(pilot)
        if scene == "left":
            app.laptop.start("task", MINH, None, {"title": "Call the pharmacy"})
        await keys(pilot, "e")

    assert snap_compare(app, terminal_size=size, run_before=before)
