"""What stands in an episode and in red flags is read in words, in the chart and line by line."""

from __future__ import annotations

from collections.abc import Callable

from fieldapp.records.ids import one_per
from fieldapp.screens.reading import ReadingScreen
from tests.forms.desk import NAIR, Desk, keys, make_app, settled, shown, top, unlocked
from tests.intake.test_episode_screen import EPISODE, NEW, referred
from tests.intake.test_new_client import at_work

Make = Callable[..., Desk]


def test_a_structured_program_counts_weeks_and_says_when_its_length_is_looked_at(desk_of: Make) -> None:
    desk = desk_of(NAIR)
    referred(desk, "active", archetype="structured", admit_date="2026-10-26", status_since="2026-10-26")
    read = at_work(desk).episode(NEW)
    assert (read.week, read.review) == (4, (4, "2026-11-16"))
    assert read.waiting_days is None


def test_a_community_program_counts_none(desk_of: Make) -> None:
    desk = desk_of(NAIR)
    referred(desk, "active", admit_date="2026-10-26", status_since="2026-10-26")
    assert at_work(desk).episode(NEW).week is None


async def test_an_episode_and_red_flags_are_read_in_words(desk_of: Make) -> None:
    desk = desk_of(NAIR)
    referred(desk, "waitlist", status_reason="No place before December", level_of_care="IOP_2.1")
    desk.add("episode", EPISODE, {"items": {
        "assessment": {"harm": {"on": "2026-11-05", "by": "Dana Reyes", "where": "Intake form"}},
        "intake_checks": {"transport": {"answer": "no", "remark": "no bus on Sundays"}},
    }}, client=NEW)  # fmt: skip
    app = make_app(desk.opened())
    async with app.run_test(size=(120, 40)) as pilot:
        await unlocked(pilot)
        app.laptop.ask_red_flags(
            NEW, {"active_intent": False, "medical": True, "self_care": False}, "fainted"
        )
        app.open("record", record=EPISODE)
        await settled(pilot)
        assert top(app) is ReadingScreen
        said = shown(app)
        for words in (
            "Waitlist",
            "No place before December",
            "Intensive outpatient",
            "Risk of harm",
            "Transport",
        ):
            assert words in said, words
        await keys(pilot, "escape")
        app.open("record", record=one_per(NEW, "risk"))
        await settled(pilot)
        said = shown(app)
        assert "fainted" in said
        assert "Body not stable" in said
        assert "active_intent" not in said
        await keys(pilot, "escape")
        app.open("chart", client=NEW)
        await settled(pilot)
        assert "Red flag: Body not stable" in shown(app)
