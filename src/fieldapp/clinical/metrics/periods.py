"""The stretches of time that a team looks at: whole weeks from Monday, the one that runs up to now."""

from __future__ import annotations

from datetime import date, timedelta
from types import MappingProxyType

from ..due import start_of_day_ms
from ..times import day_of
from .model import Period

LENGTHS = MappingProxyType({1: "1 week", 4: "4 weeks", 12: "12 weeks", 26: "26 weeks", 52: "52 weeks"})
"""Weeks to words, in the order of the key."""
MOST_BACK = 260
"""How many periods one may go back."""


def monday_of(day: date) -> date:
    """Return the Monday of a day's week."""
    return day - timedelta(days=day.weekday())


def period(weeks: int, back: int, now_ms: int, tz: str) -> Period:
    """Return a stretch of whole weeks; the newest ends with now, the one before it begins where that one ends.

    Args:
        weeks: how long, one of `LENGTHS`.
        back: how many such stretches ago; 0 is the one that holds today.
    """
    last = monday_of(day_of(now_ms, tz)) + timedelta(days=7 - 7 * weeks * back)
    first = last - timedelta(days=7 * weeks)
    until = start_of_day_ms(last.isoformat(), tz)
    return Period(start_of_day_ms(first.isoformat(), tz), min(until, now_ms), tz, _name(first, last, back))


def _name(first: date, last: date, back: int) -> str:
    final = last - timedelta(days=1)
    year = f" {final.year}" if back or first.year != final.year else ""
    if last - first == timedelta(days=7):
        return f"Week of {_short(first)}{year}"
    return f"{_short(first)} to {_short(final)}{year}"


def _short(day: date) -> str:
    return f"{day.day} {day:%b}"


def following(weeks: int) -> int:
    """Return the next length; after the longest the shortest."""
    order = list(LENGTHS)
    return order[(order.index(weeks) + 1) % len(order)] if weeks in order else order[0]
