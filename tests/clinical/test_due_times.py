"""Due times over nights, weekends and the two days a year that are not 24 hours long."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldapp.clinical import due

TZ = "America/Los_Angeles"
HOUR = 3_600_000


def at(text: str, tz: str = TZ) -> int:
    return round(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(tz)).timestamp() * 1000)


def shown(ms: int, tz: str = TZ) -> str:
    return datetime.fromtimestamp(ms / 1000, UTC).astimezone(ZoneInfo(tz)).isoformat(timespec="minutes")


def test_the_day_is_the_programs_day_and_not_utcs() -> None:
    assert due.day_of(at("2026-11-22T23:59"), TZ) == "2026-11-22"
    assert due.day_of(at("2026-11-23T00:00"), TZ) == "2026-11-23"
    assert due.day_of(at("2026-11-22T23:59"), "UTC") == "2026-11-23"


@pytest.mark.parametrize(("day", "hours"), [("2026-03-08", 23), ("2026-11-01", 25), ("2026-11-22", 24)])
def test_a_day_ends_at_midnight_however_long_it_is(day: str, hours: int) -> None:
    assert due.end_of_day_ms(day, TZ) - due.start_of_day_ms(day, TZ) == hours * HOUR


@pytest.mark.parametrize(
    ("day", "count", "expected"),
    [
        ("2026-11-19", 1, "2026-11-20"),  # Thursday to Friday
        ("2026-11-20", 1, "2026-11-23"),  # Friday to Monday
        ("2026-11-20", 3, "2026-11-25"),
        ("2026-11-21", 1, "2026-11-23"),  # Saturday to Monday
        ("2026-11-22", 1, "2026-11-23"),  # Sunday to Monday
        ("2026-11-22", 0, "2026-11-22"),
        ("2026-12-31", 1, "2027-01-01"),
    ],
)
def test_business_days_jump_over_weekends(day: str, count: int, expected: str) -> None:
    assert due.add_business_days(day, count) == expected


def test_business_days_jump_over_holidays_that_the_agency_names() -> None:
    assert due.add_business_days("2026-11-25", 1, {"2026-11-26", "2026-11-27"}) == "2026-11-30"


@given(st.dates(datetime(2020, 1, 1).date(), datetime(2035, 1, 1).date()), st.integers(1, 40))  # noqa: DTZ001
def test_business_days_agree_with_counting_one_by_one(start: object, count: int) -> None:
    from datetime import date, timedelta

    assert isinstance(start, date)
    end = date.fromisoformat(due.add_business_days(start.isoformat(), count))
    passed = [start + timedelta(days=n) for n in range(1, (end - start).days + 1)]
    assert sum(day.weekday() < 5 for day in passed) == count
    assert end.weekday() < 5


def test_cosign_is_due_at_the_end_of_the_third_business_day_and_a_plan_after_one() -> None:
    friday_evening = at("2026-11-20T19:30")
    assert shown(due.cosign_due_ms(friday_evening, "note", TZ, {})) == "2026-11-26T00:00-08:00"
    for kind in ("safety_plan", "crisis", "crisis_plan"):
        assert shown(due.cosign_due_ms(friday_evening, kind, TZ, {})) == "2026-11-24T00:00-08:00"
    assert shown(due.cosign_due_ms(friday_evening, "alert", TZ, {})) == "2026-11-24T00:00-08:00"
    assert shown(due.cosign_due_ms(friday_evening, "note", TZ, {"cosign_business_d": 1})) == (
        "2026-11-24T00:00-08:00"
    )


def test_cosign_over_the_end_of_summer_time_ends_at_local_midnight() -> None:
    assert shown(due.cosign_due_ms(at("2026-10-30T12:00"), "note", TZ, {})) == "2026-11-05T00:00-08:00"


def test_note_clock_counts_hours_also_over_a_change_of_clocks() -> None:
    stop = at("2026-10-31T15:00")
    assert shown(due.note_due_ms(stop, {})) == "2026-11-01T14:00-08:00"
    assert due.note_limit_ms(stop, {}) - stop == 72 * HOUR
    assert due.note_limit_ms(stop, {}, "crisis") - stop == 24 * HOUR


@pytest.mark.parametrize(
    ("waited_ms", "flag"),
    [(24 * HOUR, "open"), (24 * HOUR + 1, "due"), (72 * HOUR, "due"), (72 * HOUR + 1, "late")],
)
def test_note_flags_change_just_after_their_limits(waited_ms: int, flag: str) -> None:
    stop = at("2026-11-20T15:00")
    assert due.note_flag(stop, stop + waited_ms, {}) == flag


def test_days_without_contact_are_calendar_days_where_the_client_lives() -> None:
    seen = at("2026-11-20T23:50")
    assert due.no_contact_days(seen, "", at("2026-11-21T00:10"), TZ) == 1
    assert due.no_contact_days(seen, "", at("2026-11-20T23:59"), TZ) == 0
    assert due.no_contact_days(at("2026-10-30T12:00"), "", at("2026-11-02T00:01"), TZ) == 3
    assert due.no_contact_days(None, "2026-11-12", at("2026-11-22T09:00"), TZ) == 10
    assert due.no_contact_days(None, "", at("2026-11-22T09:00"), TZ) is None


def test_a_clock_that_went_back_never_makes_negative_days() -> None:
    assert due.no_contact_days(at("2026-11-23T09:00"), "", at("2026-11-22T09:00"), TZ) == 0


def test_the_limit_is_what_was_agreed_then_the_tiers() -> None:
    assert due.no_contact_limit("high", None, {}) == 3
    assert due.no_contact_limit("standard", None, {}) == 7
    assert due.no_contact_limit("step_down", None, {}) == 14
    assert due.no_contact_limit("", None, {}) == 7
    assert due.no_contact_limit("high", 2, {}) == 2
    assert due.no_contact_limit("high", None, {"no_contact_d_high": 1}) == 1


def test_a_safety_plan_is_looked_at_sooner_while_the_client_is_at_risk() -> None:
    assert due.plan_review_day("2026-11-22", "high", True, {}) == "2026-11-29"
    assert due.plan_review_day("2026-11-22", "moderate", False, {}) == "2026-12-22"
    assert due.plan_review_day("2026-11-22", "low", False, {}) == "2027-02-20"


def test_the_due_day_itself_is_in_time() -> None:
    assert not due.is_overdue("2026-11-22", "2026-11-22")
    assert due.is_overdue("2026-11-22", "2026-11-23")
    assert not due.is_overdue(None, "2026-11-23")
    assert not due.is_overdue("", "2026-11-23")


def test_an_attempt_freezes_a_day_after_its_midnight() -> None:
    assert shown(due.attempt_freeze_ms(at("2026-11-22T10:00"), TZ, {})) == "2026-11-24T00:00-08:00"
    assert shown(due.attempt_freeze_ms(at("2026-10-31T10:00"), TZ, {})) == "2026-11-01T23:00-08:00"


@pytest.mark.parametrize(
    ("last", "archetype", "day", "first"),
    [
        ("", "community", "2026-11-15", True),
        ("2026-10-31", "community", "2026-11-15", True),
        ("2026-11-01", "community", "2026-12-01", False),
        ("2026-11-10", "community", "2026-12-10", False),
        ("2026-11-10", "structured", "2026-11-24", False),
        ("2026-11-10", "", "2026-12-10", False),
    ],
)
def test_measures_are_asked_within_two_weeks_and_then_by_the_programs_kind(
    last: str, archetype: str, day: str, first: bool
) -> None:
    assert due.measure_day(last, "2026-11-01", archetype, {}) == (day, first)


def test_nobody_is_asked_a_measure_before_admission_and_a_program_sets_its_own_days() -> None:
    assert due.measure_day("2026-11-10", "", "community", {}) is None
    assert due.measure_day("", "2026-11-01", "community", {"measure_baseline_d": 3}) == ("2026-11-04", True)
