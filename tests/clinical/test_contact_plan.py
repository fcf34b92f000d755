"""The contact plan: which agreement holds, how a week stands against it, and what is asked of a new one."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldapp.clinical import contact_plan
from fieldapp.clinical.contact_entry import ATTEMPTS, defaults
from fieldapp.clinical.seen import Said, is_seen, tries_since_seen
from fieldapp.records.kind import Signing
from fieldapp.records.kinds.contact import MODALITIES, OUTCOMES, SEEN, TYPES, WITHOUT_CLIENT
from fieldapp.records.kinds.contact_plan import check, in_order

TZ = "America/Los_Angeles"
SIGNING = Signing(0, TZ, "x", "clinician")
GOOD = {
    "per": "week", "target_n": 3, "min_face_to_face": 1, "start": "2026-11-02", "review_by": "2026-12-02",
    "client_agreed": "yes",
}  # fmt: skip


def found(*periods: dict[str, Any]) -> dict[str, bool]:
    """Return what stands against a plan with these agreements: field to whether it stops."""
    doc = {"periods": {f"p{number}": row for number, row in enumerate(periods)}}
    return {problem.field.rpartition(".")[2]: problem.stops for problem in check(doc, SIGNING)}


def test_a_whole_agreement_has_nothing_against_it() -> None:
    assert found(GOOD) == {}


@pytest.mark.parametrize(
    ("changed", "field", "stops"),
    [
        ({"target_n": None}, "target_n", True),
        ({"per": None}, "per", True),
        ({"min_face_to_face": 4}, "min_face_to_face", True),
        ({"start": None}, "start", True),
        ({"review_by": None}, "review_by", True),
        ({"review_by": "2026-11-01"}, "review_by", True),
        ({"review_by": "2026-12-03"}, "review_by", False),
    ],
)
def test_what_an_agreement_lacks_is_said_at_its_field(
    changed: dict[str, Any], field: str, stops: bool
) -> None:
    """Looked at again within 30 days by default (clinical.md 1.5)."""
    assert found(GOOD | changed) == {field: stops}


def test_an_agreement_of_before_that_is_written_now_is_looked_at_from_now_on() -> None:
    """As the import of a caseload does; who imports knows nothing of what the client said."""
    now = Signing(1_795_374_000_000, TZ, "x", "supervisor")
    row = {"per": "week", "target_n": 3, "start": "2026-02-01", "review_by": "2026-12-22"}
    assert check({"periods": {"p": row}}, now) == []


def test_only_days_without_contact_may_be_agreed() -> None:
    assert (
        found(GOOD | {"target_n": None, "per": None, "min_face_to_face": None, "no_contact_alert_days": 5})
        == {}
    )


def test_a_change_of_how_often_wants_a_reason_and_nothing_else_does() -> None:
    later = GOOD | {"start": "2026-11-20", "review_by": "2026-12-20"}
    assert found(GOOD, later) == {}
    assert found(GOOD, later | {"time_windows": "mornings"}) == {}
    assert found(GOOD, later | {"target_n": 5}) == {"reasons": False}
    assert found(GOOD, later | {"target_n": 5, "reasons": ["new_medication"]}) == {}
    assert found(GOOD, later | {"no_contact_alert_days": 2}) == {"reasons": False}


def test_an_older_agreement_is_not_asked_again() -> None:
    assert found({"start": "2026-01-01"}, GOOD | {"reasons": ["other"]}) == {}


def test_agreements_are_in_the_order_in_which_they_begin() -> None:
    assert in_order({"b": {"start": "2026-03-01"}, "a": {"start": "2026-04-01"}, "c": {}}) == ["c", "b", "a"]


def test_a_week_begins_on_monday_also_where_the_clocks_change() -> None:
    week = contact_plan.window({"per": "week"}, "2026-11-01", TZ)
    assert week.until_ms - week.since_ms == 7 * 86_400_000 + 3_600_000
    day = contact_plan.window({"per": "day"}, "2026-11-01", TZ)
    assert day.until_ms - day.since_ms == 25 * 3_600_000


@pytest.mark.parametrize(
    ("day", "done", "band"),
    [
        ("2026-11-16", 0, "far_behind"),
        ("2026-11-16", 1, "met"),
        ("2026-11-18", 1, "behind"),
        ("2026-11-22", 3, "met"),
        ("2026-11-22", 2, "behind"),
        ("2026-11-22", 1, "far_behind"),
    ],
)
def test_contacts_stand_against_the_share_of_the_week_that_has_passed(day: str, done: int, band: str) -> None:
    """Metric 2 of clinical.md 5: below 50 percent red, below 100 amber."""
    assert contact_plan.band(done, contact_plan.expected(GOOD, day)) == band


def test_an_agreement_that_began_in_the_week_asks_for_its_days_only() -> None:
    began = GOOD | {"start": "2026-11-21", "target_n": 7}
    assert contact_plan.expected(began, "2026-11-22") == pytest.approx(2)
    assert contact_plan.expected(GOOD | {"target_n": 7}, "2026-11-22") == pytest.approx(7)


@given(st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.integers(0, 50), st.integers(0, 60))
def test_more_contacts_never_stand_worse(day: date, target: int, done: int) -> None:
    order = ["far_behind", "behind", "met"]
    wanted = contact_plan.expected(GOOD | {"target_n": target, "start": "2019-01-01"}, day.isoformat())
    one, more = contact_plan.band(done, wanted), contact_plan.band(done + 1, wanted)
    assert order.index(more) >= order.index(one)
    assert 0 <= wanted <= target


def test_it_is_looked_at_again_from_its_day_on() -> None:
    assert not contact_plan.to_review(GOOD, "2026-12-01")
    assert contact_plan.to_review(GOOD, "2026-12-02")
    assert not contact_plan.to_review({}, "2026-12-02")


# What a new contact starts from


def test_what_was_agreed_goes_before_the_last_contact_and_after_the_planned_visit() -> None:
    last = {"contact_type": "other", "modality": "in_person", "setting": "office"}
    agreed = {
        "contact_types": ["skills_training"],
        "settings": ["home", "office"],
        "modalities_ok": ["video", "in_person"],
    }
    assert defaults(None, last) == last
    assert defaults(None, last, agreed) == {
        "contact_type": "skills_training",
        "modality": "in_person",
        "setting": "office",
    }
    assert defaults(None, {}, agreed) == {"contact_type": "skills_training", "modality": "video"}


# The ladder of attempts

said = st.builds(
    Said,
    st.integers(0, 10),
    st.sampled_from(sorted(OUTCOMES)),
    st.sampled_from(sorted(TYPES)),
    st.sampled_from(sorted(MODALITIES)),
)


@given(st.lists(said, max_size=12))
def test_tries_are_the_attempts_before_the_client_was_last_seen(rows: list[Said]) -> None:
    tries = tries_since_seen(rows)
    before = rows[: next((number for number, one in enumerate(rows) if is_seen(one)), len(rows))]
    assert list(tries) == [one for one in before if one.outcome in ATTEMPTS]


def test_a_talk_with_the_landlord_does_not_end_the_tries() -> None:
    none = Said(3, "attempt_no_answer", "outreach_engagement", "audio_only")
    landlord = Said(2, "completed", "housing_landlord", "audio_only")
    off = Said(2, "client_cancel", "case_management", "in_person")
    seen = Said(1, "completed", "case_management", "in_person")
    assert tries_since_seen([none, landlord, off, none, seen, none]) == (none, none)
    assert "housing_landlord" in WITHOUT_CLIENT
    assert "completed" in SEEN


def test_a_team_meeting_about_the_client_is_no_contact_with_the_client() -> None:
    """Joint planning is logged and counts minutes of staff; days since the client was seen go on."""
    meeting = Said(3, "completed", "team_meeting", "in_person")
    tried = Said(2, "attempt_no_answer", "outreach_engagement", "audio_only")
    assert "team_meeting" in TYPES
    assert not is_seen(meeting)
    assert is_seen(Said(3, "completed", "plan_meeting", "in_person"))
    assert tries_since_seen([meeting, tried]) == (tried,)
