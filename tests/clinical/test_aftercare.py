"""After a discharge: connected within 30 days, back within 180 (clinical.md 5.18)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldapp.clinical.aftercare import connection, readmitted_on
from fieldapp.clinical.due import add_days

LEFT = "2026-06-01"

days = st.integers(-400, 400).map(lambda away: (date(2026, 6, 1) + timedelta(days=away)).isoformat())


@pytest.mark.parametrize(
    ("answer", "answered", "today", "asked", "stands"),
    [
        ("yes", "2026-07-01", "2026-07-02", True, "connected"),
        ("yes", "2026-07-02", "2026-07-02", True, "late"),
        ("no", "2026-06-20", "2026-07-02", True, "not_connected"),
        ("unknown", "2026-07-01", "2026-07-02", True, "unknown"),
        ("", "", "2026-07-01", True, "open"),
        ("", "", "2026-07-02", True, "unknown"),
        ("", "", "2026-06-02", False, "not_asked"),
    ],
)
def test_connected_by_the_thirtieth_day_counts_and_silence_is_no_yes(
    answer: str, answered: str, today: str, asked: bool, stands: str
) -> None:
    assert connection(LEFT, answer, answered, today, asked=asked) == stands


@given(st.lists(days, max_size=5))
def test_readmission_is_the_first_day_after_the_discharge_within_half_a_year(admissions: list[str]) -> None:
    found = readmitted_on(LEFT, admissions)
    within = sorted(day for day in admissions if LEFT < day <= add_days(LEFT, 180))
    assert found == (within[0] if within else "")


def test_the_edges_of_the_half_year() -> None:
    assert readmitted_on(LEFT, [add_days(LEFT, 180)]) == add_days(LEFT, 180)
    assert readmitted_on(LEFT, [add_days(LEFT, 181), LEFT, ""]) == ""
