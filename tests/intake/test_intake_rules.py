"""The way from a referral to admission as rules: over every sequence of steps, and day by day."""

from __future__ import annotations

import itertools
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldapp.clinical import intake
from fieldapp.clinical.intake import STEPS, Taken, next_steps, refused, step_problems
from fieldapp.records.episode_tables import CLOSED, STATUSES

STATES = st.sampled_from(("", *STATUSES, "made_by_a_newer_version"))
DAYS = st.dates(date(2026, 1, 1), date(2026, 12, 31)).map(date.isoformat)
TODAY = "2026-11-22"
FULL = {"assessed_by": "D. Reyes", "redirect_to": "PHP", "status_reason": "said so", "level_of_care": "OP"}


def taken(status: str, to: str, on: str = TODAY, since: str = "2026-11-01", **more: str) -> list[str]:
    """Return the fields at which a step is stopped."""
    before = {"status": status, "status_since": since} if status else {}
    found = step_problems(before, {"status": to, "status_since": on, **FULL, **more}, TODAY)
    return [one.field for one in found if one.stops]


@given(st.lists(st.tuples(STATES, st.integers(0, 40)), max_size=12))
def test_whatever_is_tried_only_the_table_is_walked_and_days_never_run_back(
    tries: list[tuple[str, int]],
) -> None:
    status, since = "", "2026-01-01"
    first = date(2026, 1, 1)
    for to, days in tries:
        on = (first + timedelta(days=days)).isoformat()
        before = {"status": status, "status_since": since} if status else {}
        stopped = [
            p for p in step_problems(before, {"status": to, "status_since": on, **FULL}, TODAY) if p.stops
        ]
        if to == status:
            assert not stopped
            continue
        allowed = to in STEPS.get(status, ()) and (not status or on >= since)
        assert bool(stopped) is not allowed
        if allowed:
            assert status not in CLOSED
            status, since = to, on


@given(STATES, STATES)
def test_a_refusal_is_one_sentence_and_given_exactly_where_the_table_says_no(status: str, to: str) -> None:
    sentence = refused(status, to)
    assert bool(sentence) is (to not in STEPS.get(status, ()))
    assert sentence.count(".") == (1 if sentence else 0)
    assert "\n" not in sentence


def test_every_state_is_reached_and_what_is_closed_goes_no_further() -> None:
    seen, left = {""}, [""]
    while left:
        for to in STEPS[left.pop()]:
            if to not in seen:
                seen.add(to)
                left.append(to)
    assert seen == {"", *STATUSES} == set(STEPS)
    assert all(next_steps(status) == () for status in CLOSED)
    assert next_steps("active") == ()
    assert next_steps("on_hold") == ()
    assert next_steps("waitlist") == ("intake", "declined", "redirected")


def test_each_step_says_what_belongs_to_it() -> None:
    assert taken("referred", "assessed", assessed_by="") == ["assessed_by"]
    assert taken("assessed", "waitlist", status_reason=" ") == ["status_reason"]
    assert taken("assessed", "redirected", redirect_to="") == ["redirect_to"]
    assert taken("assessed", "intake", status_reason="") == []
    assert taken("intake", "active", on="") == ["status_since"]
    assert taken("intake", "active", on="2026-11-23") == ["status_since"]
    assert taken("intake", "active", on="2026-10-31") == ["status_since"]


@given(st.lists(st.tuples(DAYS, st.integers(0, 99)), unique_by=lambda one: one[1], max_size=9))
def test_steps_stand_by_their_day_then_as_they_follow_each_other(found: list[tuple[str, int]]) -> None:
    steps = [Taken("assessed", day, place, "", "") for day, place in found]
    ordered = intake.in_order(steps)
    assert sorted(ordered, key=lambda one: one.place) == sorted(steps, key=lambda one: one.place)
    assert all((a.on, a.place) < (b.on, b.place) for a, b in itertools.pairwise(ordered))


@given(DAYS, st.integers(0, 200))
def test_weeks_count_from_one_and_the_review_is_never_behind(admitted: str, days: int) -> None:
    today = (date.fromisoformat(admitted) + timedelta(days=days)).isoformat()
    week, review = intake.week_of(admitted, today), intake.review_week(admitted, today)
    assert week == days // 7 + 1
    assert (review is None) is (week > 12)
    if review is not None:
        assert review[0] >= week
        assert intake.week_of(admitted, review[1]) == review[0]


@pytest.mark.parametrize(
    ("status", "received", "days"),
    [
        ("waitlist", "2026-11-02", 20),
        ("referred", TODAY, 0),
        ("active", "2026-11-02", None),
        ("intake", "", None),
    ],
)
def test_who_waits_is_counted_from_the_referral(status: str, received: str, days: int | None) -> None:
    assert intake.days_waiting(status, received, TODAY) == days


def test_days_since_the_discharge_there() -> None:
    assert intake.days_since_discharge("2026-11-12", TODAY) == 10
    assert intake.days_since_discharge("", TODAY) is None
    assert intake.days_since_discharge("2026-12-01", TODAY) is None
