"""What stands in an episode and in red flags is read in words, in the chart and line by line."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldapp.clinical.intake import planned_end
from fieldapp.records.ids import one_per
from fieldapp.screens.base import FieldScreen
from fieldapp.screens.due_open import open_due
from fieldapp.screens.episode import EpisodeScreen
from fieldapp.screens.reading import ReadingScreen
from tests.forms.desk import (
    DANA,
    NAIR,
    PROGRAM,
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


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_who_stays_longer_than_planned_is_asked_about_once_and_the_reason_is_kept(
    desk_of: Make, size: tuple[int, int]
) -> None:
    """Twelve weeks are planned in a structured program (programs.md 100)."""
    desk = desk_of(DANA)
    referred(desk, "active", archetype="structured", admit_date="2026-08-24", status_since="2026-08-24")
    periods = {"p": {"staff": DANA, "role": "primary", "since": "2026-08-24"}}
    desk.add("assignment", one_per(NEW, "assignment"), {"items": {"periods": periods}}, client=NEW)
    desk.add("program", PROGRAM, {"set": {"archetype": "structured"}}, prev=[desk.program.hash])
    app = make_app(desk.opened())
    async with app.run_test(size=size) as pilot:
        await unlocked(pilot)
        [line] = [one for one in app.laptop.today().due if (one.kind, one.client) == ("length", NEW)]
        assert "say why and until when" in line.what
        assert isinstance(app.screen, FieldScreen)
        open_due(app.screen, line)
        await settled(pilot)
        assert "than planned since 2026-11-16: say why" in shown(app)
        await keys(pilot, "x")
        await typed(pilot, "today")
        await keys(pilot, "enter")
        await typed(pilot, "Housing is not settled yet")
        await keys(pilot, "ctrl+s")
        assert "still to come" in shown(app), shown(app)
        [until] = [one for one in form(app).form_fields() if one.field.endswith(".until")]
        until.land()
        await keys(pilot, "ctrl+u")
        await typed(pilot, "+21")
        await keys(pilot, "ctrl+s")
        assert top(app) is EpisodeScreen, shown(app)
        kept = app.laptop.record(EPISODE).values
        [row] = kept["extensions"].values()
        assert row == {
            "until": "2026-12-13", "reason": "Housing is not settled yet", "on": "2026-11-22", "by": "Dana Reyes, LICSW",
        }  # fmt: skip
        assert kept["expected_end"] == "2026-12-13"
        assert "until 2026-12-13 · Housing is not settled yet" in shown(app)
        assert [one for one in app.laptop.today().due if (one.kind, one.client) == ("length", NEW)] == []
        app.open("record", record=EPISODE)
        await settled(pilot)
        assert "Housing is not settled yet · Dana Reyes, LICSW, 2026-11-22" in " ".join(shown(app).split())


@given(
    st.dates(min_value=date(2020, 1, 1), max_value=date(2030, 1, 1)),
    st.integers(0, 60),
    st.integers(-400, 400),
)
def test_a_reason_never_makes_the_planned_time_shorter(admitted: date, weeks: int, later: int) -> None:
    settings = {"program_weeks_structured": weeks}
    extended = (admitted + timedelta(days=later)).isoformat()
    plain = planned_end(admitted.isoformat(), "structured", "", settings)
    longer = planned_end(admitted.isoformat(), "structured", extended, settings)
    assert longer >= plain
    assert bool(longer) == bool(plain) == (weeks > 0)
    assert not longer or longer > extended


def test_a_community_program_plans_no_length_unless_it_says_one() -> None:
    assert planned_end("2026-08-24", "community", "", {}) == ""
    assert planned_end("2026-08-24", "community", "", {"program_weeks_community": 2}) == "2026-09-07"
