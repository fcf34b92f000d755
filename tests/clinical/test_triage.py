"""The rules of the morning's red list, by cases worked by hand."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldapp.clinical import triage

TZ = "America/Los_Angeles"
HOUR = 3_600_000
DAY = 24 * HOUR


def at(text: str) -> int:
    """Return an instant of the clock in Seattle."""
    return round(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(TZ)).timestamp()) * 1000


@pytest.mark.parametrize(
    ("now", "since"),
    [
        ("2026-11-24T08:00", "2026-11-23T17:00"),  # a Tuesday: Monday evening
        ("2026-11-23T08:00", "2026-11-20T17:00"),  # a Monday: Friday evening
        ("2026-11-22T11:00", "2026-11-20T17:00"),  # a Sunday: still Friday evening
        ("2026-11-21T11:00", "2026-11-20T17:00"),
        ("2026-11-24T23:30", "2026-11-23T17:00"),
    ],
)
def test_the_night_begins_on_the_evening_of_the_last_working_day(now: str, since: str) -> None:
    assert triage.overnight_ms(at(now), TZ) == at(since)


@given(st.integers(min_value=at("2026-01-01T00:00"), max_value=at("2028-01-01T00:00")))
def test_the_night_is_never_to_come_and_never_longer_than_a_weekend_and_two_days(now: int) -> None:
    since = triage.overnight_ms(now, TZ)
    assert since <= now <= since + 4 * DAY


@pytest.mark.parametrize(
    ("level", "step_up", "review", "words"),
    [
        ("imminent", False, "", "Imminent risk"),
        ("high", False, "2026-11-20", "High risk; its review was due Nov 20"),
        ("high", False, "2026-11-23", "High risk"),
        ("screen_needed", False, "", "A screen for suicide is needed"),
        ("moderate", False, "", ""),
        ("moderate", False, "2026-11-22", "Its review was due Nov 22"),
        ("low", False, "2026-11-01", ""),
        ("none", True, "", "A red flag of the intake waits for a decision"),
        ("none", False, "", ""),
    ],
)
def test_risk_is_red_from_high_upwards_where_a_screen_is_needed_and_where_its_review_is_overdue(
    level: str, step_up: bool, review: str, words: str
) -> None:
    assert triage.risk_words(level, step_up, review, "2026-11-23") == words


@pytest.mark.parametrize(
    ("level", "state", "words"),
    [
        ("high", "none", "No safety plan"),
        ("moderate", "overdue", "The safety plan's review is overdue"),
        ("imminent", "declined", "The safety plan was declined: offer it again"),
        ("high", "two", "Two safety plans stand side by side"),
        ("high", "now", "Look at the safety plan now: a crisis"),
        ("high", "active", ""),
        ("low", "none", ""),
        ("none", "overdue", ""),
        ("screen_needed", "none", ""),
    ],
)
def test_a_safety_plan_is_missed_where_somebody_is_at_risk(level: str, state: str, words: str) -> None:
    assert triage.plan_words(level, state, "A crisis") == words


def test_tries_stand_beside_the_days_and_never_shorten_them() -> None:
    tries = (at("2026-11-20T10:00"), at("2026-11-21T10:00"))
    assert triage.contact_words(9, 7, tries, TZ) == "9 days (agreed 7); 2 tries, last Nov 21"
    assert triage.contact_words(9, 7, tries[:1], TZ) == "9 days (agreed 7); 1 try, last Nov 20"
    assert triage.contact_words(9, 7, (), TZ) == "9 days (agreed 7); no try since"
    assert triage.contact_words(7, 7, (), TZ) == "", "the agreed day is still in time"
    assert triage.contact_words(None, 7, (), TZ) == "", "nobody expects contact: in hospital, not begun"


@given(st.integers(0, 400), st.integers(1, 60), st.integers(0, 20))
def test_no_number_of_tries_takes_anybody_off_the_list(days: int, limit: int, count: int) -> None:
    tries = [at("2026-11-20T10:00") + number for number in range(count)]
    assert bool(triage.contact_words(days, limit, tries, TZ)) is (days > limit)


BEGAN, NOW = at("2026-11-22T22:10"), at("2026-11-23T08:00")


@pytest.mark.parametrize(
    ("due", "seen", "done", "now", "words", "late"),
    [
        (BEGAN + DAY, None, False, NOW, "Follow up by Mon Nov 23 22:10 · crisis Sun Nov 22 22:10, high risk", False),
        (BEGAN + DAY, None, False, BEGAN + 2 * DAY,
         "NOT followed up, due Mon Nov 23 22:10 · crisis Sun Nov 22 22:10, high risk", True),
        (BEGAN + DAY, NOW, False, BEGAN + 2 * DAY, "Seen again Mon Nov 23 08:00 · crisis Sun Nov 22 22:10, high risk", False),
        (BEGAN + DAY, None, True, BEGAN + 2 * DAY, "Followed up · crisis Sun Nov 22 22:10, high risk", False),
        (None, None, False, NOW, "No follow-up is due · crisis Sun Nov 22 22:10, high risk", False),
    ],
)  # fmt: skip
def test_a_crisis_says_whether_somebody_followed_up(
    due: int | None, seen: int | None, done: bool, now: int, words: str, late: bool
) -> None:
    assert triage.crisis_words("high", BEGAN, due, seen, done, now, TZ) == (words, late)


def test_a_crisis_that_nobody_followed_up_stays_for_two_weeks_and_others_go_with_the_morning() -> None:
    monday = at("2026-11-23T08:00")
    assert triage.is_news(at("2026-11-20T18:00"), False, monday, TZ), "of the weekend"
    assert not triage.is_news(at("2026-11-20T16:00"), False, monday, TZ), "followed up, and of the day"
    assert triage.is_news(at("2026-11-10T16:00"), True, monday, TZ)
    assert not triage.is_news(at("2026-11-08T16:00"), True, monday, TZ)


def test_who_came_back_is_called_within_a_day() -> None:
    assert triage.back_words("Back from hospital today", "2026-11-23", "2026-11-23") == (
        "Back from hospital today",
        False,
    )
    words, late = triage.back_words("Back from ED 1 d ago", "2026-11-22", "2026-11-23")
    assert (words, late) == ("Back from ED 1 d ago; not within the first day", True)


def test_a_laptop_is_listed_after_a_day_with_what_it_has_not_sent() -> None:
    seen, oldest = at("2026-11-21T19:00"), at("2026-11-21T15:00")
    assert (
        triage.laptop_words(seen, 3, oldest, NOW, TZ)
        == "3 unsent since Sat Nov 21 15:00; last contact Sat Nov 21 19:00"
    )
    assert triage.laptop_words(seen, 0, None, NOW, TZ) == "Nothing unsent then; last contact Sat Nov 21 19:00"
    assert triage.laptop_words(None, 0, None, NOW, TZ) == "Nothing unsent then; never heard of"
    assert triage.laptop_words(NOW - 24 * HOUR, 3, oldest, NOW, TZ) == ""
