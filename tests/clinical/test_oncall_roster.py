"""Gaps, double shifts and later weeks of the on-call roster (clinical.md 2.6)."""

from __future__ import annotations

from datetime import datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from fieldapp.clinical.oncall import Span, gaps, overlaps, weekly

TZ = "America/Los_Angeles"
SPANS = st.lists(
    st.tuples(st.integers(0, 60), st.integers(1, 20)).map(lambda one: Span(one[0], one[0] + one[1])),
    max_size=8,
)


def at(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(TZ)).timestamp() * 1000)


@given(SPANS, st.integers(0, 40), st.integers(1, 50))
def test_each_moment_is_covered_or_in_a_gap_and_doubled_where_two_cover_it(
    shifts: list[Span], since: int, length: int
) -> None:
    open_times, doubled = gaps(shifts, since, since + length), overlaps(shifts)
    for moment in range(since, since + length):
        here = sum(one.since_ms <= moment < one.until_ms for one in shifts)
        assert (here == 0) == any(gap.since_ms <= moment < gap.until_ms for gap in open_times)
        assert (here >= 2) == any(one.since_ms <= moment < one.until_ms for one in doubled)


@given(SPANS)
def test_gaps_are_in_order_and_do_not_touch(shifts: list[Span]) -> None:
    found = gaps(shifts, 0, 100)
    assert all(one.since_ms < one.until_ms for one in found)
    assert all(one.until_ms < other.since_ms for one, other in pairwise(found))


def test_a_weekly_shift_keeps_the_hours_of_the_clock_over_the_change_of_time() -> None:
    night = Span(at("2026-10-30T17:00"), at("2026-10-31T08:00"))
    (later,) = weekly(night, 1, TZ)
    assert later == Span(at("2026-11-06T17:00"), at("2026-11-07T08:00"))
    assert later.since_ms - night.since_ms == (7 * 24 + 1) * 3_600_000


def test_a_shift_that_would_begin_in_the_skipped_hour_begins_after_it() -> None:
    (later,) = weekly(Span(at("2027-03-07T02:30"), at("2027-03-07T08:00")), 1, TZ)
    assert later.since_ms == at("2027-03-14T03:30")
