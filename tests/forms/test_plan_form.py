"""A safety plan with the client, step by step, on a real laptop."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from textual.widgets import Input

from fieldapp.records.ids import one_per
from fieldapp.screens.base import AUTOSAVE_S
from fieldapp.screens.safety_plan import SafetyPlanScreen
from fieldapp.screens.safety_plan_edit import SafetyPlanEdit
from fieldapp.screens.safety_plan_rules import difference, review_day
from fieldapp.screens.settle import SettleScreen
from fieldapp.screens.sign import SignDialog
from fieldapp.widgets.form_rows import FormRows
from tests.forms.desk import (
    ADA,
    DANA,
    HOUR,
    NAIR,
    PLAN_DOC,
    SAM,
    TOM,
    Desk,
    form,
    keys,
    make_app,
    settled,
    shown,
    top,
    typed,
    unlocked,
)

Make = Callable[..., Desk]
TZ = "America/Los_Angeles"


async def words(pilot: Any, text: str) -> None:
    """Put the client's words into the line at hand; they cost no keys of the budget."""
    focused = pilot.app.focused
    assert isinstance(focused, Input)
    focused.value = text
    await settled(pilot)


@pytest.mark.parametrize("size", [(80, 24)], ids=["80x24"])
async def test_a_new_plan_takes_sixty_keys_beside_the_words(desk_of: Make, size: tuple[int, int]) -> None:
    """Budget A8; a technician's plan is active at once and says that it awaits a professional."""
    laptop = desk_of(TOM).opened()
    app = make_app(laptop)
    async with app.run_test(size=size) as pilot:
        await unlocked(pilot)
        app.open("plan", client=SAM)
        await settled(pilot)
        count = 1
        count += await keys(pilot, "w", "1")
        assert top(app) is SafetyPlanEdit
        assert "Step 1 of 7" in shown(app)
        for step in ("signs", "alone"):
            for line in PLAN_DOC[step]:
                await words(pilot, line)
                count += await keys(pilot, "enter")
            count += await keys(pilot, "enter")
        for step in ("distract", "helpers", "team"):
            for person in PLAN_DOC[step]:
                await words(pilot, person["name"])
                count += await keys(pilot, "tab", "tab")
                await words(pilot, person.get("phone", ""))
                count += await keys(pilot, "enter", "enter")
            count += await keys(pilot, "enter")
        await words(pilot, "Old tablets")
        count += await keys(pilot, "tab", "2", "1", "3", "enter", "enter")
        assert "Step 7 of 7" in shown(app)
        count += await keys(pilot, "tab")
        await words(pilot, "Not found today")
        count += await keys(pilot, "enter")
        await words(pilot, "7")
        count += await keys(pilot, "ctrl+s")
        assert top(app) is SignDialog
        assert "awaiting a mental health professional" in shown(app)
        count += await keys(pilot, "enter")
        assert count <= 60
        await settled(pilot)
        plan = laptop.plan(SAM)
        assert len(plan.active) == 1
        version = plan.active[0]
        assert version.status == "pending"
        for step in ("signs", "alone", "distract", "team"):
            assert version.doc[step] == PLAN_DOC[step]
        assert version.doc["helpers"] == [{"name": "Ngozi", "phone": "425-555-0102"}]
        assert version.doc["means"] == [
            {
                "text": "Old tablets",
                "means": "medication",
                "access": "yes",
                "action": "given_to_trusted_person",
            }
        ]
        assert version.doc["not_yet"] == {"matters": "Not found today"}
        assert version.doc["review_due"] == "2027-02-20"
        assert top(app) is SafetyPlanScreen
        assert "awaiting a mental health professional" in shown(app)


async def test_a_new_version_starts_from_the_old_one_and_shows_what_changed(desk_of: Make) -> None:
    """The old one is kept; lines move by key."""
    desk = desk_of()
    desk.plan(ADA)
    laptop = desk.opened()
    app = make_app(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await unlocked(pilot)
        app.open("plan", client=ADA)
        await settled(pilot)
        assert "I stay up past three" in shown(app)
        assert "425-555-0199" in shown(app)
        await keys(pilot, "w", "1", "alt+down")
        await keys(pilot, "pagedown", "down")
        await words(pilot, "Call the warm line")
        await keys(pilot, "ctrl+s", "enter")
        await settled(pilot)
        plan = laptop.plan(ADA)
        assert [version.number for version in plan.versions] == [2, 1]
        assert plan.active[0].doc["signs"] == ["I stay up past three", "I stop answering my sister"]
        assert plan.active[0].doc["alone"] == ["Walk to the water", "Call the warm line"]
        assert plan.active[0].doc["helpers"] == PLAN_DOC["helpers"]
        await keys(pilot, "d")
        assert "+ Call the warm line" in shown(app)
        await keys(pilot, "d", "right", "left")
        assert "kept, no longer active" in shown(app)


async def test_a_needed_step_stops_and_the_cursor_goes_there(desk_of: Make) -> None:
    """Steps 1, 2 and 5 have a line; the others may wait with a reason."""
    laptop = desk_of().opened()
    app = make_app(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await unlocked(pilot)
        app.open("plan", client=SAM)
        await settled(pilot)
        await keys(pilot, "w", "1")
        await words(pilot, "I go quiet")
        await keys(pilot, "ctrl+s")
        assert top(app) is SafetyPlanEdit
        assert "Step 2 of 7" in shown(app)
        assert "needs at least one line" in shown(app)
        assert app.screen.query_one("#field-alone").has_focus_within


async def test_declining_is_recorded_in_the_clients_words(desk_of: Make) -> None:
    """Without any step."""
    laptop = desk_of().opened()
    app = make_app(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await unlocked(pilot)
        app.open("plan", client=SAM)
        await settled(pilot)
        await keys(pilot, "w", "2")
        focused: Any = app.focused
        focused.insert("Not today, ask me on Friday")
        await keys(pilot, "ctrl+s", "enter")
        await settled(pilot)
        version = laptop.plan(SAM).active[0]
        assert version.doc["declined"] is True
        assert version.doc["declined_reason"] == "Not today, ask me on Friday"
        assert laptop.client_line(SAM).plan == "declined"


async def test_a_killed_plan_opens_at_the_same_step_and_line(desk_of: Make) -> None:
    """The talk goes on where it was."""
    desk = desk_of()
    laptop = desk.opened()
    app = make_app(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await unlocked(pilot)
        app.open("plan", client=SAM)
        await settled(pilot)
        await keys(pilot, "w", "1", "pagedown", "pagedown")
        await words(pilot, "Library")
        await keys(pilot, "tab", "tab")
        await typed(pilot, "42")
        await pilot.pause(AUTOSAVE_S + 0.2)
        await settled(pilot)
        form(app)._over = True
    laptop.close()
    again = desk.laptop()
    app = make_app(again)
    async with app.run_test(size=(80, 24)) as pilot:
        await unlocked(pilot)
        app.open("plan", client=SAM, draft=again.drafts()[0].id)
        await settled(pilot)
        assert "Step 3 of 7" in shown(app)
        rows = app.screen.query_one("#field-distract", FormRows)
        assert rows.values() == {"distract": [{"name": "Library", "phone": "42"}]}
        assert rows.place() == "0:2:2"


async def test_two_active_plans_show_a_banner_and_are_settled_by_a_new_version(desk_of: Make) -> None:
    """Both are before it; one leaf is left."""
    desk = desk_of()
    first = desk.plan(ADA)
    one = desk.plan(ADA, author=NAIR, ago=5 * HOUR, prev=[first.hash], signs=["I pace at night"])
    two = desk.plan(ADA, author=TOM, ago=3 * HOUR, prev=[first.hash], signs=["I stop eating"])
    laptop = desk.opened()
    app = make_app(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await unlocked(pilot)
        app.open("plan", client=ADA)
        await settled(pilot)
        assert "2 versions are active" in shown(app)
        count = await keys(pilot, "s")
        assert top(app) is SettleScreen
        assert "I stop eating" in shown(app)
        count += await keys(pilot, "1", "enter")
        assert count <= 6
        await settled(pilot)
        assert top(app) is SafetyPlanEdit
        draft = form(app).draft
        assert draft is not None
        assert set(draft.prev) == {one.hash, two.hash}
        await keys(pilot, "ctrl+s", "enter")
        await settled(pilot)
        plan = laptop.plan(ADA)
        assert len(plan.active) == 1
        assert plan.active[0].doc["signs"] == ["I stop eating"]
        assert plan.active[0].number == 3


def test_the_difference_names_lines_that_came_went_and_stayed() -> None:
    """By step, in the order of the plan."""
    old = {"signs": ["a", "b"], "matters": ["x"], "likely_to_use": 5}
    new = {"signs": ["b", "c"], "matters": ["x"], "likely_to_use": 7}
    found = [(change.mark, change.text) for change in difference(old, new, TZ)]
    assert found == [("-", "a"), (" ", "b"), ("+", "c"), ("-", "5 of 10"), ("+", "7 of 10")]


def test_the_review_day_follows_the_risk() -> None:
    """7 days after a new high risk, 30 at risk, 90 otherwise."""
    day = "2026-11-22"
    assert review_day(day, "high", 10, None, {}) == "2026-11-29"
    assert review_day(day, "high", 10, 5, {}) == "2026-11-29"
    assert review_day(day, "high", 5, 10, {}) == "2026-12-22"
    assert review_day(day, "moderate", None, None, {}) == "2026-12-22"
    assert review_day(day, "none", None, None, {}) == "2027-02-20"
    assert one_per(ADA, "safety_plan") != one_per(SAM, "safety_plan")
    assert DANA != NAIR
