"""Weeks, days and minutes of metrics: clipped at local midnights, each minute counted once."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from functools import lru_cache

from ..due import start_of_day_ms
from ..times import day_of
from .model import Flag, Period, Point, Series, Unit
from .periods import monday_of
from .rows import Contact, Counted

SHOWN = 12
"""Weeks that a trend shows at least."""
MINUTE_MS = 60_000
_QUARTER_MS = 900_000


@dataclass(frozen=True, slots=True)
class Week:
    """One week from Monday on, cut off at the moment that is counted until."""

    first: str
    """Its Monday."""
    last: str
    """The last day of it that is counted: Sunday, or the day of counting."""
    since_ms: int
    until_ms: int
    is_over: bool

    @property
    def label(self) -> str:
        """Return what a chart calls it."""
        monday = date.fromisoformat(self.first)
        return f"{monday.day} {monday:%b}"


@lru_cache(maxsize=65_536)
def _day_of_quarter(quarter: int, tz: str) -> str:
    # No zone begins a day at another minute than a quarter's.
    return day_of(quarter * _QUARTER_MS, tz).isoformat()


def local_day(at_ms: int, tz: str) -> str:
    """Return the day of an instant; fast for many of them."""
    return _day_of_quarter(at_ms // _QUARTER_MS, tz)


def add(day: str, days: int) -> str:
    """Return a day some days later."""
    return (date.fromisoformat(day) + timedelta(days=days)).isoformat()


def first_day(period: Period) -> str:
    """Return the first day of a period."""
    return local_day(period.since_ms, period.tz)


def last_day(period: Period) -> str:
    """Return the last day of a period that is counted."""
    return local_day(max(period.since_ms, period.until_ms - 1), period.tz)


def trend_since_ms(period: Period) -> int:
    """Return from when contacts are needed to draw the trend of a period: twelve weeks, or all of it."""
    monday = monday_of(date.fromisoformat(last_day(period))) - timedelta(weeks=SHOWN - 1)
    return min(period.since_ms, start_of_day_ms(monday.isoformat(), period.tz))


def weeks_of(since_ms: int, until_ms: int, tz: str) -> list[Week]:
    """Return the weeks that a time touches, the last one cut off at its end."""
    monday = monday_of(date.fromisoformat(local_day(since_ms, tz)))
    found: list[Week] = []
    while True:
        begins = start_of_day_ms(monday.isoformat(), tz)
        if begins >= until_ms:
            return found
        ends = start_of_day_ms((monday + timedelta(days=7)).isoformat(), tz)
        until = min(ends, until_ms)
        found.append(Week(monday.isoformat(), local_day(until - 1, tz), begins, until, until == ends))
        monday += timedelta(days=7)


def trend_weeks(data: Counted) -> list[Week]:
    """Return the weeks of a trend, the earliest first."""
    return weeks_of(max(data.since_ms, trend_since_ms(data.period)), data.period.until_ms, data.period.tz)


def weeks_in(data: Counted) -> list[Week]:
    """Return the weeks of the period itself."""
    return weeks_of(data.period.since_ms, data.period.until_ms, data.period.tz)


def by_client(contacts: Iterable[Contact]) -> Mapping[str, list[Contact]]:
    """Return contacts by client, each client's in the order in which they come."""
    found: dict[str, list[Contact]] = defaultdict(list)
    for one in contacts:
        found[one.client].append(one)
    return found


def within(contacts: Sequence[Contact], since_ms: int, until_ms: int) -> Sequence[Contact]:
    """Return the contacts that began in a time, of contacts in the order of time."""
    return contacts[first_from(contacts, since_ms) : first_from(contacts, until_ms)]


def first_from(contacts: Sequence[Contact], at_ms: int) -> int:
    """Return the place of the first contact that began at an instant or later, of contacts in the order of time."""
    return bisect_left(contacts, at_ms, key=lambda one: one.at_ms)


def union_minutes(spans: Iterable[tuple[int, int]], since_ms: int, until_ms: int) -> int:
    """Return the whole minutes that are covered by at least one span within a time; overlaps count once.

    Args:
        spans: (begin, end) in milliseconds, in any order.
    """
    covered, reached = 0, since_ms
    for begin, end in sorted(spans):
        begin, end = max(begin, reached), min(end, until_ms)
        if end > begin:
            covered += end - begin
            reached = end
    return covered // MINUTE_MS


def visits(contacts: Iterable[Contact]) -> int:
    """Return how often somebody was met: contacts of one client that overlap in the same way of meeting are one.

    Two workers who went together may both have logged the visit; for the client it is one (clinical.md 2.8).

    Args:
        contacts: of one client, in the order of time.
    """
    found = 0
    reached: dict[str, int] = {}
    for one in contacts:
        found += one.at_ms >= reached.get(one.modality, one.at_ms)
        reached[one.modality] = max(reached.get(one.modality, 0), one.at_ms + max(1, one.minutes * MINUTE_MS))
    return found


def present(contacts: Iterable[Contact]) -> list[tuple[int, int]]:
    """Return when a client was seen, as spans."""
    return [(one.at_ms, one.at_ms + one.minutes * MINUTE_MS) for one in contacts if one.seen]


def median(values: Iterable[int | Fraction]) -> Fraction | None:
    """Return the middle value, or the mean of the two in the middle; None for none."""
    found = sorted(Fraction(value) for value in values)
    if not found:
        return None
    half = len(found) // 2
    return found[half] if len(found) % 2 else (found[half - 1] + found[half]) / 2


def share(part: int, whole: int) -> Fraction | None:
    """Return a part of a whole; None of nothing."""
    return Fraction(part, whole) if whole else None


def trend(
    title: str,
    data: Counted,
    count: Callable[[Week], tuple[Fraction | None, int]],
    unit: Unit = "",
    flag: Callable[[Fraction, Week], Flag] = lambda number, week: "",
) -> Series:
    """Return a series of weeks.

    Args:
        count: number and what it was counted over, of a week.
        flag: how a number stands to its limit.
    """
    points = []
    for week in trend_weeks(data):
        number, n = count(week)
        said: Flag = flag(number, week) if number is not None else ""
        points.append(Point(week.label, number, n, week.since_ms, said))
    return Series(title, tuple(points), unit)
