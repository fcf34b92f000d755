"""Planned visits: how one stands, whether two share time, and how one goes on."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldapp.clinical.contact_due import Contacts, due_why
from fieldapp.clinical.planned_visits import MOST, MOST_WEEKS, further, overlap, standing
from fieldapp.clinical.times import MINUTE_MS, BadTime, local

TZ = "America/Los_Angeles"
MONDAY_9 = 1_795_453_200_000
"""Monday 23 November 2026, 9:00 in Seattle."""
HOUR, DAY = 3_600_000, 86_400_000
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def days(text: str, start: int = MONDAY_9) -> list[str]:
    return [f"{local(ms, TZ):%a %d %b %H:%M}" for ms in further(text, start, TZ)]


@pytest.mark.parametrize(
    ("after", "word"),
    [(-1, "coming"), (0, "now"), (59, "now"), (60, "open"), (14 * 60, "open"), (15 * 60, "missed")],
)
def test_a_visit_is_missed_from_the_next_morning_on(after: int, word: str) -> None:
    assert standing("planned", MONDAY_9, 60, MONDAY_9 + after * MINUTE_MS, TZ) == word


def test_what_was_logged_or_cancelled_is_never_missed() -> None:
    assert standing("done", MONDAY_9, 60, MONDAY_9 + 9 * DAY, TZ) == "done"
    assert standing("cancelled", MONDAY_9, 60, MONDAY_9 + 9 * DAY, TZ) == "cancelled"


def test_every_monday_and_thursday_for_four_weeks() -> None:
    said = days("every mon and thu for 4 weeks")
    assert said == days("mon thu 4w")
    assert said == [
        "Thu 26 Nov 09:00", "Mon 30 Nov 09:00", "Thu 03 Dec 09:00", "Mon 07 Dec 09:00", "Thu 10 Dec 09:00",
        "Mon 14 Dec 09:00", "Thu 17 Dec 09:00",
    ]  # fmt: skip


def test_other_ways_to_go_on() -> None:
    assert days("3w") == ["Mon 30 Nov 09:00", "Mon 07 Dec 09:00"]
    assert days("every 2 weeks for 6w") == ["Mon 07 Dec 09:00", "Mon 21 Dec 09:00"]
    assert days("every other week 6w") == days("every 2 weeks for 6w")
    assert days("11/26, 12/3") == ["Thu 26 Nov 09:00", "Thu 03 Dec 09:00"]
    assert days("weekdays 1w") == [
        "Tue 24 Nov 09:00", "Wed 25 Nov 09:00", "Thu 26 Nov 09:00", "Fri 27 Nov 09:00",
    ]  # fmt: skip
    assert days("  ") == []


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("mon thu", "for how many weeks"),
        ("mon 40w", "1 to 13 weeks"),
        ("mon 0w", "1 to 13 weeks"),
        ("soon 4w", "Type how it goes on"),
        ("mon 1w", "No day follows"),
        ("weekdays 13w", "at most 40"),
        ("11/26/2028", "13 weeks ahead"),
        ("13/45 4w", "No calendar"),
    ],
)
def test_what_cannot_be_read_says_what_to_type(text: str, says: str) -> None:
    with pytest.raises(BadTime, match=says):
        further(text, MONDAY_9, TZ)


def test_the_time_of_day_stays_when_the_clocks_change() -> None:
    """On 14 March 2027 the clocks go forward."""
    start = MONDAY_9 + 100 * DAY
    assert {f"{local(ms, TZ):%H:%M}" for ms in further("4w", start, TZ)} == {f"{local(start, TZ):%H:%M}"}


@given(
    st.sets(st.integers(0, 6), min_size=1), st.integers(1, MOST_WEEKS), st.integers(0, 6), st.integers(1, 3)
)
def test_repeating_names_each_wanted_day_once_in_bounds(
    wanted: set[int], weeks: int, shift: int, step: int
) -> None:
    start = MONDAY_9 + shift * DAY
    first = local(start, TZ).date()
    text = " ".join(WEEKDAYS[number] for number in sorted(wanted)) + f" every {step} weeks for {weeks}w"
    monday = first - timedelta(days=first.weekday())
    expected: list[date] = [
        first + timedelta(days=away)
        for away in range(1, weeks * 7)
        if (first + timedelta(days=away)).weekday() in wanted
        and (first + timedelta(days=away) - monday).days // 7 % step == 0
    ]
    if not expected or len(expected) >= MOST:
        with pytest.raises(BadTime):
            further(text, start, TZ)
        return
    found = further(text, start, TZ)
    assert [local(ms, TZ).date() for ms in found] == expected
    assert {local(ms, TZ).time() for ms in found} == {local(start, TZ).time()}


@given(st.integers(0, 600), st.integers(1, 300), st.integers(0, 600), st.integers(1, 300))
def test_two_visits_share_time_exactly_when_a_minute_is_in_both(
    one: int, length: int, other: int, other_length: int
) -> None:
    shared = set(range(one, one + length)) & set(range(other, other + other_length))
    assert overlap(one * MINUTE_MS, length, other * MINUTE_MS, other_length) == bool(shared)
    assert overlap(other * MINUTE_MS, other_length, one * MINUTE_MS, length) == bool(shared)


def test_why_a_contact_is_due() -> None:
    """Monday 23 November 2026."""
    monday, thursday = "2026-11-23", "2026-11-26"
    fine = Contacts(2, 7, 0, 0)
    assert due_why({}, monday, fine) == ("", False)
    assert due_why({}, monday, Contacts(8, 7, 0, 0)) == ("no contact for 8 days (agreed: 7)", True)
    assert due_why({"days": ["mon"], "target_n": 1}, monday, fine) == ("agreed for Monday", False)
    assert due_why({"days": ["mon"], "target_n": 1}, monday, Contacts(0, 7, 1, 0)) == ("", False)
    assert due_why({"per": "day", "target_n": 1}, monday, fine) == ("agreed for every day", False)
    assert due_why({"per": "week", "target_n": 2}, monday, fine) == ("", False)
    assert due_why({"per": "week", "target_n": 2}, thursday, fine) == ("0 of 2 this week", False)
    assert due_why({"per": "week", "target_n": 2}, thursday, Contacts(2, 7, 0, 1)) == ("", False)
    assert due_why({"per": "week", "target_n": 3}, thursday, Contacts(2, 7, 1, 0)) == (
        "1 of 3 this week",
        False,
    )
    assert due_why({}, monday, Contacts(None, 7, 0, 0)) == ("", False)
