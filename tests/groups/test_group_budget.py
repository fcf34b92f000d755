"""Flow A10 of clinical.md 6: the keys that are counted are typed into the real App."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bench.keys import FLOWS, LINES
from fieldapp.records import group_rows
from fieldapp.screens.today import TodayScreen
from tests.forms.desk import Desk, keys, make_app, settled, top, unlocked
from tests.groups.circle import MEMBERS, opened
from tests.groups.test_group_screen import last_week

Make = Callable[..., Desk]


async def pressed(pilot: Any, steps: tuple[str, ...]) -> int:
    """Press the keys of a flow and return how many they were; narrative is put in and counts nothing."""
    count = 0
    for step in steps:
        if step.startswith("~"):
            pilot.app.focused.insert(step[1:])
            await settled(pilot)
        else:
            count += await keys(pilot, step)
    return count


async def test_a10_a_group_of_eight_is_signed_within_sixty_keys(circle_of: Make) -> None:
    laptop = opened(circle_of(8))
    last_week(laptop)
    flow = next(flow for flow in FLOWS if flow.code == "A10")
    assert flow.counted <= 60
    app = make_app(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await unlocked(pilot)
        assert top(app) is TodayScreen
        assert await pressed(pilot, flow.steps) == flow.keys <= 60
        record = laptop.groups().today[0].record
    assert laptop.drafts() == ()
    notes = [laptop.record(group_rows.note_of(record, client)).values for client in MEMBERS[:8]]
    assert [note["sections"]["response"] for note in notes] == list(LINES)
    assert all(note["goals"] == ["Use one skill a day"] and note["homework_done"] == "done" for note in notes)
    units = [laptop.record(group_rows.contact_of(record, client)).values["units"] for client in MEMBERS[:8]]
    assert units == [3] * 8
