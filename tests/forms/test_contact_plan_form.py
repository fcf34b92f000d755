"""The contact plan on screen: what was agreed, how the week stands, and agreeing anew."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from fieldapp.records.envelope import instant
from fieldapp.records.ids import one_per
from fieldapp.screens.agreement import AgreementScreen
from fieldapp.screens.contact import ContactScreen
from fieldapp.screens.contact_plan import ContactPlanScreen
from fieldapp.widgets.form_choice import FormChoice
from tests.forms.desk import (
    ADA,
    DANA,
    DAY,
    HOUR,
    NOW,
    TOM,
    Desk,
    field_of,
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


def agreed(desk: Desk, *periods: dict[str, Any]) -> None:
    """Agree with Ada on contacts; the first period without more is one of three weeks ago."""
    rows = {
        f"p{number}": {
            "per": "week", "target_n": 3, "min_face_to_face": 1, "start": f"2026-1{number % 2}-01",
            "review_by": "2026-11-20", "client_agreed": "yes", "reasons": ["new_medication"], "settings": ["home"],
            "modalities_ok": ["in_person"], "contact_types": ["skills_training"], "time_windows": "mornings",
        } | more
        for number, more in enumerate(periods)
    }  # fmt: skip
    desk.add("contact_plan", one_per(ADA, "contact_plan"), {"items": {"periods": rows}}, client=ADA)


async def test_the_day_says_that_it_is_to_be_looked_at_again_and_opens_it(desk_of: Make) -> None:
    desk = desk_of()
    agreed(desk, {})
    desk.contact(ADA, ago=2 * HOUR, note_required=False)
    laptop = desk.opened()
    app = make_app(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await unlocked(pilot)
        lines = [line for line in laptop.today().due if line.kind == "contact_plan"]
        assert [(line.client, line.late) for line in lines] == [(ADA, True)]
        assert laptop.client_line(ADA).agreed_review == "2026-11-20"
        app.open("contact_plan", client=ADA)
        await settled(pilot)
        assert top(app) is ContactPlanScreen
        said = " ".join(shown(app).split())
        assert "3 a week, 1 face to face, Skills training, In person, Home, mornings" in said
        assert "to be looked at again: by Fri 20 Nov" in said
        assert "1 of 3 this week ◷ far behind" in said


async def test_agreeing_anew_keeps_what_was_agreed_before_and_wants_a_reason_for_more(desk_of: Make) -> None:
    """Clinical.md 2.7: history is kept, changing intensity prompts the reason."""
    desk = desk_of()
    agreed(desk, {})
    laptop = desk.opened()
    app = make_app(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await unlocked(pilot)
        app.open("chart", client=ADA)
        await settled(pilot)
        await keys(pilot, "a", "e")
        assert top(app) is AgreementScreen
        values = form(app).gather()["periods"]
        new = next(item for item in values if item != "p0")
        assert (values[new]["start"], values[new]["review_by"]) == ("2026-11-22", "2026-12-22")
        assert values[new]["settings"] == ["home"]
        assert "reasons" not in values[new]
        await keys(pilot, "backspace")
        await typed(pilot, "5")
        await keys(pilot, "ctrl+s")
        assert "Say whether the client agreed." in shown(app)
        await keys(pilot, "1", "ctrl+s")
        assert "How often you meet changes: say for what reason." in shown(app)
        await keys(pilot, "escape")
        field = app.screen.query_one("FormChoice#field-periods-" + new + "-reasons", FormChoice)
        field.land()
        await keys(pilot, "1", "ctrl+s")
        assert top(app) is ContactPlanScreen
        periods = laptop.record(one_per(ADA, "contact_plan")).values["periods"]
        assert sorted((row["target_n"], row.get("reasons")) for row in periods.values()) == [
            (3, ["new_medication"]), (5, ["severe_symptoms"]),
        ]  # fmt: skip
        assert laptop.client_line(ADA).agreed_review == ""
        read = laptop.contact_plan(ADA)
        assert read.now is not None
        assert (read.now.values["target_n"], [one.values["target_n"] for one in read.earlier]) == (5, [3])


async def test_an_agreement_that_would_never_hold_is_refused_in_one_sentence(desk_of: Make) -> None:
    desk = desk_of()
    agreed(desk, {"start": "2026-11-16"})
    app = make_app(desk.opened())
    async with app.run_test(size=(80, 24)) as pilot:
        await unlocked(pilot)
        app.open("agreement", client=ADA)
        await settled(pilot)
        item = form(app)._item  # type: ignore[attr-defined]
        field_of(app, f"periods-{item}-start").land()
        await keys(pilot, *["backspace"] * 12)
        await typed(pilot, "2026-11-10")
        await keys(pilot, "ctrl+s")
        assert top(app) is AgreementScreen
        assert "The last agreement began on 2026-11-16" in shown(app)


async def test_looking_and_leaving_makes_no_draft_and_a_begun_one_goes_on(desk_of: Make) -> None:
    desk = desk_of()
    agreed(desk, {})
    laptop = desk.opened()
    app = make_app(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await unlocked(pilot)
        app.open("contact_plan", client=ADA)
        await settled(pilot)
        await keys(pilot, "e", "escape")
        assert laptop.drafts() == ()
        await keys(pilot, "e", "backspace")
        await typed(pilot, "4")
        await keys(pilot, "escape")
        assert len(laptop.drafts()) == 1
        assert "A change was begun: e goes on with it." in shown(app)
        await keys(pilot, "e")
        item = form(app)._item  # type: ignore[attr-defined]
        assert form(app).gather()["periods"][item]["target_n"] == 4
        assert len(form(app).gather()["periods"]) == 2


async def test_a_technician_reads_the_plan_and_does_not_change_it(desk_of: Make) -> None:
    """The role table gives the contact plan to clinicians and supervisors."""
    desk = desk_of(TOM)
    agreed(desk, {})
    app = make_app(desk.opened())
    async with app.run_test(size=(80, 24)) as pilot:
        await unlocked(pilot)
        app.open("contact_plan", client=ADA)
        await settled(pilot)
        assert "3 a week" in shown(app)
        await keys(pilot, "e")
        assert top(app) is ContactPlanScreen


async def test_a_new_contact_starts_with_what_was_agreed(desk_of: Make) -> None:
    desk = desk_of()
    agreed(desk, {})
    desk.contact(ADA, ago=DAY, setting="office", note_required=False)
    laptop = desk.opened()
    app = make_app(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await unlocked(pilot)
        app.open("contact", client=ADA)
        await settled(pilot)
        assert top(app) is ContactScreen
        values = form(app).gather()
        assert (values["contact_type"], values["modality"], values["setting"]) == (
            "skills_training", "in_person", "home",
        )  # fmt: skip
        await keys(pilot, "escape", "f4")
        await typed(pilot, "ada 30m")
        assert "as agreed in the contact plan" in shown(app)


async def test_days_without_contact_are_those_of_the_plan(desk_of: Make) -> None:
    """Metric 3: attempts are shown beside and never counted as contact."""
    desk = desk_of()
    agreed(desk, {"no_contact_alert_days": 2, "review_by": "2026-11-30"})
    desk.contact(ADA, ago=3 * DAY, author=DANA, note_required=False)
    at = instant(NOW - DAY)
    desk.contact(
        ADA, ago=DAY, author=DANA, outcome="attempt_not_home", start=at, stop=at, note_required=False
    )
    laptop = desk.opened()
    app = make_app(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await unlocked(pilot)
        assert [
            line.what for line in laptop.today().due if line.kind == "no_contact" and line.client == ADA
        ] == ["No contact for 3 days (agreed: 2), 1 try"]
        assert "Seen 3 d ago" not in shown(app)


@pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])
@pytest.mark.parametrize("scene", ["plan", "agreement", "none"])
def test_the_contact_plan_looks_as_it_was_accepted(
    desk_of: Make, snap_compare: Any, scene: str, size: tuple[int, int]
) -> None:
    """Change a picture only after looking at it."""
    desk = desk_of()
    if scene != "none":
        agreed(
            desk,
            {},
            {"start": "2026-11-02", "target_n": 2, "reasons": ["step_down"], "no_contact_alert_days": 4},
        )
        desk.contact(ADA, ago=5 * DAY, note_required=False)
        at = instant(NOW - DAY)
        desk.contact(ADA, ago=DAY, outcome="attempt_not_home", start=at, stop=at, note_required=False)
    app = make_app(desk.opened())

    async def before(pilot: Any) -> None:
        await unlocked(pilot)
        app.open("agreement" if scene == "agreement" else "contact_plan", client=ADA)
        await settled(pilot)

    assert snap_compare(app, terminal_size=size, run_before=before)
