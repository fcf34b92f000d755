"""A safety plan with the client, step by step, on a real laptop."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from textual.widgets import Input

from fieldapp.records.ids import one_per
from fieldapp.records.kinds.crisis_plan import STEPS
from fieldapp.records.kinds.plan import TRIGGERS
from fieldapp.screens.base import AUTOSAVE_S
from fieldapp.screens.differences import difference
from fieldapp.screens.safety_plan import SafetyPlanScreen
from fieldapp.screens.safety_plan_edit import SafetyPlanEdit
from fieldapp.screens.safety_plan_rules import review_day
from fieldapp.screens.safety_plan_turned import TurnedPlan
from fieldapp.screens.safety_plan_versions import PlanVersions
from fieldapp.screens.settle import SettleScreen
from fieldapp.screens.sign import SignDialog
from fieldapp.widgets.form_line import FormLine
from fieldapp.widgets.form_rows import FormRows
from tests.forms.desk import (
    ADA,
    DANA,
    DAY,
    HOUR,
    LUCIA,
    MINH,
    NAIR,
    NOW,
    PLAN_DOC,
    SAM,
    TOM,
    Desk,
    form,
    keys,
    make_app,
    opened_at,
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
        await opened_at(pilot, "plan", client=SAM)
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
        await opened_at(pilot, "plan", client=ADA)
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
        await opened_at(pilot, "plan", client=SAM)
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
        await opened_at(pilot, "plan", client=SAM)
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
        await opened_at(pilot, "plan", client=SAM)
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
        await opened_at(pilot, "plan", client=ADA)
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


async def test_any_two_versions_are_compared_from_the_list(desk_of: Make) -> None:
    """Not only neighbours; the newer one is read, whichever was on screen."""
    desk = desk_of()
    first = desk.plan(ADA, ago=30 * DAY, signs=["I go quiet"])
    second = desk.plan(ADA, ago=20 * DAY, prev=[first.hash], signs=["I pace"])
    desk.plan(ADA, author=TOM, ago=3 * DAY, prev=[second.hash], signs=["I pace", "I stop eating"])
    app = make_app(desk.opened())
    async with app.run_test(size=(80, 24)) as pilot:
        await opened_at(pilot, "plan", client=ADA)
        await keys(pilot, "v")
        assert top(app) is PlanVersions
        await keys(pilot, "d")
        assert "pick another" in shown(app)
        await keys(pilot, "end", "d")
        assert top(app) is SafetyPlanScreen
        assert "Version 3" in shown(app)
        assert "Against version 1 of Priya Nair" in shown(app)
        assert "- I go quiet" in shown(app)
        assert "+ I stop eating" in shown(app)
        await keys(pilot, "v", "end", "enter")
        assert "Version 1" in shown(app)
        assert "I go quiet" in shown(app)
        await keys(pilot, "v", "home", "d")
        assert "Version 3" in shown(app)
        assert "Against version 1" in shown(app)


async def test_turned_to_the_client_a_plan_shows_nothing_of_staff(desk_of: Make) -> None:
    """One step at a time; no alert, no risk, no step 6 unless the client wants it printed."""
    desk = desk_of()
    desk.alert(ADA)
    desk.plan(ADA)
    app = make_app(desk.opened())
    async with app.run_test(size=(80, 24)) as pilot:
        await opened_at(pilot, "plan", client=ADA)
        await keys(pilot, "t")
        assert top(app) is TurnedPlan
        seen = [shown(app)]
        while top(app) is TurnedPlan:
            await keys(pilot, "space")
            seen.append(shown(app))
        pages = seen[:-1]
        assert len(pages) == 6
        assert all("425-555-0199" in page for page in pages)
        assert not any("STOP" in page or "Old tablets" in page or "Okafor" in page for page in pages)
        assert "I stop answering my sister" in pages[0]
        assert "Ngozi, sister" in pages[3]
        assert "☎ 425-555-0102" in pages[3]
        assert "My nephew" in pages[5]


async def test_a_plan_in_spanish_is_read_and_turned_to_the_client_in_spanish(desk_of: Make) -> None:
    """Staff read the step's name in English until the screen is turned."""
    desk = desk_of()
    desk.plan(ADA, language="es")
    app = make_app(desk.opened())
    async with app.run_test(size=(80, 24)) as pilot:
        await opened_at(pilot, "plan", client=ADA)
        await keys(pilot, "t")
        assert "Paso 1 de 7" in shown(app)
        assert "¿Qué noto" in shown(app)
        assert "Mi equipo: 425-555-0199" in shown(app)
        await keys(pilot, "escape", "w", "1")
        assert "Signs a crisis may be starting" in shown(app)
        assert "¿Qué noto" in shown(app)
        await keys(pilot, "ctrl+t")
        assert "Señales de que puede empezar una crisis" in shown(app)


async def test_the_form_turned_to_the_client_hides_staff_words_and_keeps_the_cursor_out_of_them(
    desk_of: Make,
) -> None:
    """What is typed while step 6 is hidden goes nowhere; turned back, the step is there again."""
    desk = desk_of()
    desk.alert(SAM)
    laptop = desk.opened()
    app = make_app(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await opened_at(pilot, "plan", client=SAM)
        await keys(pilot, "w", "1")
        await words(pilot, "I go quiet")
        assert "STOP" in shown(app)
        await keys(pilot, "ctrl+t")
        assert "STOP" not in shown(app)
        assert "Lindqvist" not in shown(app)
        assert "I go quiet" in shown(app)
        await keys(pilot, *["pagedown"] * 5)
        assert "Keeping dangerous things out of reach" in shown(app)
        assert "Your worker writes this step down" in shown(app)
        assert "What it is" not in shown(app)
        await typed(pilot, "x")
        await keys(pilot, "ctrl+t")
        assert "What it is" in shown(app)
        assert not app.screen.query_one("#field-means", FormRows).values()["means"]
        await words(pilot, "Rope")
        await keys(pilot, "ctrl+t")
        assert "Rope" not in shown(app)


async def test_a_crisis_plan_is_written_beside_the_safety_plan(desk_of: Make) -> None:
    """The same form with steps of its own; the safety plan stays."""
    desk = desk_of(TOM)
    desk.plan(ADA)
    laptop = desk.opened()
    app = make_app(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await opened_at(pilot, "plan", client=ADA)
        await keys(pilot, "x")
        assert "There is no crisis plan yet." in shown(app)
        await keys(pilot, "w", "1", "1")
        assert "Signs that I am getting unwell" in shown(app)
        await words(pilot, "The radio speaks to me")
        for page, line in ((2, ""), (3, "Headphones"), (4, ""), (5, "Team"), (6, ""), (7, "")):
            await keys(pilot, "pagedown")
            assert f"Step {page} of 7" in shown(app)
            if line:
                await words(pilot, line)
            else:
                step = list(STEPS)[page - 1].replace("_", "-")
                app.screen.query_one(f"#field-not-yet-{step}", FormLine).land()
                await settled(pilot)
                await words(pilot, "later")
        await keys(pilot, "ctrl+s")
        assert "awaiting a mental health professional" in shown(app)
        await keys(pilot, "enter")
        await settled(pilot)
        assert "Crisis plan of" in shown(app)
        version = laptop.plan(ADA, "crisis_plan").active[0]
        assert version.doc["about"] == "psychosis"
        assert version.doc["not_yet"] == {step: "later" for step in ("worse", "helpers", "means", "wishes")}
        assert len(laptop.plan(ADA).active) == 1
        await keys(pilot, "x")
        assert "I stay up past three" in shown(app)


async def test_who_else_has_the_plan_is_written_with_the_consent(desk_of: Make) -> None:
    """Without one it is not signed."""
    desk = desk_of()
    desk.plan(ADA)
    laptop = desk.opened()
    app = make_app(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await opened_at(pilot, "plan", client=ADA)
        await keys(pilot, "w", *["pagedown"] * 8)
        app.screen.query_one("#field-shared-with", FormRows).land()
        await settled(pilot)
        await words(pilot, "Ngozi")
        await keys(pilot, "ctrl+s")
        assert "by which consent Ngozi has the plan" in shown(app)
        await keys(pilot, "tab", "1", "ctrl+s", "enter")
        await settled(pilot)
        doc = laptop.plan(ADA).active[0].doc
        assert doc["shared_with"] == [{"who": "Ngozi", "basis": "roi"}]
        assert doc["trigger_for_review"] == list(TRIGGERS)
        assert "Ngozi, Release on file" in shown(app) or await _scrolled(pilot, "Ngozi, Release on file")


async def _scrolled(pilot: Any, text: str) -> bool:
    await keys(pilot, "end")
    return text in shown(pilot.app)


async def test_a_plan_to_look_at_again_now_says_so_wherever_it_shows(desk_of: Make) -> None:
    """In the list, the chart, the plan and on Today, with what happened."""
    desk = desk_of()
    desk.plan(ADA, ago=9 * DAY)
    item = {"level": "high", "source_kind": "note", "detail": "Said so"}
    desk.add("risk", one_per(ADA, "risk"), {"items": {"signals": {"s": item}}}, client=ADA, at_ms=NOW - HOUR)
    app = make_app(desk.opened())
    async with app.run_test(size=(80, 24)) as pilot:
        await unlocked(pilot)
        assert "Look at the safety plan now: new risk" in shown(app)
        await keys(pilot, "2")
        assert "plan review now" in shown(app)
        app.open("chart", client=ADA)
        await settled(pilot)
        assert "look at the plan now" in shown(app)
        await keys(pilot, "p")
        assert "Look at this plan again now, after: new moderate or high risk." in shown(app)


async def test_the_plan_opens_in_three_keys_from_anywhere(desk_of: Make) -> None:
    """Budget A7: from a row that names the client, and from the chart."""
    desk = desk_of()
    for client in (ADA, SAM, MINH, LUCIA):
        desk.plan(client)
    app = make_app(desk.opened())
    async with app.run_test(size=(80, 24)) as pilot:
        await unlocked(pilot)
        assert app.client_at_hand is not None
        count = await keys(pilot, "p")
        assert top(app) is SafetyPlanScreen
        assert "I stay up past three" in shown(app)
        assert count <= 3
        await keys(pilot, "escape")
        app.open("chart", client=ADA)
        await settled(pilot)
        assert await keys(pilot, "p") <= 3
        assert top(app) is SafetyPlanScreen
