"""Minutes in which a client was served count once, whoever served them at the same time."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from fieldapp.clinical.service_time import present_min, treatment_days, union_min
from fieldapp.records.envelope import instant
from tests.records.support import laws

MIN = 60_000
NINE = 1_795_366_800_000
"""2026-11-22 09:00 in Seattle."""
TZ = "America/Los_Angeles"
SPANS = st.lists(st.tuples(st.integers(0, 400), st.integers(0, 400)).map(sorted).map(tuple), max_size=12)


def contact(start: int, length: int, **more: Any) -> dict[str, Any]:
    return {
        "start": instant(NINE + start * MIN), "stop": instant(NINE + (start + length) * MIN),
        "outcome": "completed", "contact_type": "group",
    } | more  # fmt: skip


@given(SPANS)
@laws(300)
def test_the_union_counts_each_minute_once_as_a_list_of_minutes_does(spans: list[tuple[int, int]]) -> None:
    told = {minute for start, stop in spans for minute in range(start, stop)}
    assert union_min((start * MIN, stop * MIN) for start, stop in spans) == len(told)


def test_check_22_two_staff_and_one_client_for_an_hour_are_one_hour() -> None:
    assert present_min([contact(0, 60), contact(0, 60)]) == 60


def test_an_individual_talk_within_a_group_adds_nothing() -> None:
    assert present_min([contact(0, 50), contact(20, 45, contact_type="individual_counseling")]) == 65


def test_a_morning_of_groups_back_to_back_is_the_sum_of_them() -> None:
    assert present_min([contact(0, 50), contact(60, 50), contact(120, 60)]) == 160


def test_whoever_came_late_was_there_at_the_end_and_whoever_left_early_at_the_start() -> None:
    late = contact(0, 60, attendance="late", client_present_min=30)
    early = contact(0, 60, attendance="left_early", outcome="ended_early", client_present_min=30)
    assert present_min([late, early]) == 60
    assert present_min([late, contact(0, 30)]) == 60
    assert present_min([early, contact(0, 30)]) == 30


def test_who_was_not_there_and_what_cannot_be_read_is_no_time() -> None:
    assert present_min([contact(0, 60, outcome="no_show"), contact(0, 60, contact_type="collateral")]) == 0
    assert present_min([{"outcome": "completed"}, contact(0, 60, stop="2026-02-30T99")]) == 0


def test_days_of_treatment_are_counted_by_the_programs_clock() -> None:
    late_evening = contact(14 * 60 + 30, 60)
    assert treatment_days([contact(0, 50), contact(60, 50), late_evening], TZ) == 1
    assert (
        treatment_days([contact(0, 50), contact(24 * 60, 50), contact(48 * 60, 50, outcome="no_show")], TZ)
        == 2
    )
