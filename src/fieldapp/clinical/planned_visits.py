"""Planned visits: how one stands at a moment, whether two are at one time, and repeating one. Pure.

Sources: clinical.md 2.19 (who sees whom today), 2.8 (the next contact), 2.5 (two people where an alert asks for it).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Literal

from .times import MINUTE_MS, WEEKDAYS, BadTime, day_of, instants, local, parse_day

Standing = Literal["done", "cancelled", "missed", "open", "now", "coming"]
"""`open`: its end has passed today and nobody logged it; `missed`: the same, from the next morning on."""

MOST_WEEKS, MOST = 13, 40
"""A quarter of a year at most: what is further away is planned when the contact plan is looked at again."""
USUAL_MINUTES = 60
"""How long a visit takes of which nobody said it."""
TWO_PERSON = "two_person_required"
REPEATS = "Type how it goes on, such as mon thu 4w, every 2 weeks for 8w, or days: 11/26 12/3."

_WEEKS = re.compile(r"\b(\d{1,2})\s*(?:w|wk|weeks?)\b")
_EVERY = re.compile(r"every\s+(?:(\d)\s*(?:w|wk|weeks?)|(other)\s+week)\b")
_FILLING = frozenset({"every", "each", "and", "for", "on", "the", "week", "weekly"})
_WORKING = ("weekdays", "workdays")


def standing(state: str, start_ms: int, minutes: int, now_ms: int, tz: str) -> Standing:
    """Return how a visit stands; `state` is what its record says: planned, done or cancelled."""
    if state == "done":
        return "done"
    if state == "cancelled":
        return "cancelled"
    end_ms = start_ms + (minutes or USUAL_MINUTES) * MINUTE_MS
    if now_ms < start_ms:
        return "coming"
    if now_ms < end_ms:
        return "now"
    return "open" if day_of(end_ms, tz) >= day_of(now_ms, tz) else "missed"


def overlap(start_ms: int, minutes: int, other_ms: int, other_minutes: int) -> bool:
    """Tell whether two visits share time; one that ends when the other begins does not."""
    end_ms = start_ms + (minutes or USUAL_MINUTES) * MINUTE_MS
    other_end_ms = other_ms + (other_minutes or USUAL_MINUTES) * MINUTE_MS
    return start_ms < other_end_ms and other_ms < end_ms


def further(text: str, start_ms: int, tz: str) -> tuple[int, ...]:
    """Return the starts of the visits that follow a first one, in order, at its time of day; empty for no text.

    `mon thu 4w` and `every mon and thu for 4 weeks` go on for four weeks counted from the first day, `4w` on the
    weekday of the first, `every 2 weeks for 8w` in every other week; days such as `11/26` stand for themselves.
    Raises BadTime, also for more than `MOST` visits or `MOST_WEEKS` weeks.
    """
    said = " ".join(text.lower().replace(",", " ").split())
    if not said:
        return ()
    first = day_of(start_ms, tz)
    step = 1
    if every := _EVERY.search(said):
        step = 2 if every[2] else int(every[1])
        said = f"{said[: every.start()]} {said[every.end() :]}"
    weeks = _WEEKS.search(said)
    if weeks:
        said = f"{said[: weeks.start()]} {said[weeks.end() :]}"
    days, weekdays = _days_said(said.split(), first)
    if not weeks:
        if weekdays or step != 1 or not days:
            raise BadTime("Say also for how many weeks, such as 4w.")
        return _at(days, start_ms, tz)
    count = int(weeks[1])
    if not 1 <= count <= MOST_WEEKS or step < 1:
        raise BadTime(
            f"Plan for 1 to {MOST_WEEKS} weeks: later ones when the contact plan is looked at again."
        )
    wanted = weekdays or {first.weekday()}
    monday = first - timedelta(days=first.weekday())
    for away in range(count * 7):
        day = first + timedelta(days=away)
        if day.weekday() in wanted and (day - monday).days // 7 % step == 0:
            days.add(day)
    return _at(days, start_ms, tz)


def _days_said(words: Sequence[str], first: date) -> tuple[set[date], set[int]]:
    """Return the days and the weekdays that are named; raises BadTime for another word."""
    days: set[date] = set()
    weekdays: set[int] = set()
    for word in words:
        if word in _FILLING:
            continue
        if word in _WORKING:
            weekdays |= set(range(5))
        elif word.isalpha() and word[:3] in WEEKDAYS:
            weekdays.add(WEEKDAYS.index(word[:3]))
        elif word[:1].isdigit():
            days.add(parse_day(word, first, ahead=True))
        else:
            raise BadTime(REPEATS)
    return days, weekdays


def _at(days: set[date], start_ms: int, tz: str) -> tuple[int, ...]:
    """Return the instants of later days at the first one's time of day."""
    first, at = day_of(start_ms, tz), local(start_ms, tz).time()
    later = sorted(day for day in days if day > first)
    if len(later) != len(days - {first}):
        raise BadTime("The visits that follow lie after the first one: check the days.")
    if not later:
        raise BadTime("No day follows the first one: add weeks, such as 4w, or take this out.")
    if len(later) >= MOST:
        raise BadTime(f"Plan at most {MOST} visits at once.")
    if (later[-1] - first).days > MOST_WEEKS * 7:
        raise BadTime(f"Plan at most {MOST_WEEKS} weeks ahead.")
    found = []
    for day in later:
        shown = instants(day, at.replace(fold=0), tz)
        if not shown:
            raise BadTime(f"{at:%H:%M} does not exist on {day:%d %b}: the clocks go forward that night.")
        found.append(shown[0])
    return tuple(found)
