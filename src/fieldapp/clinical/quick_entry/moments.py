"""Times in a line: which words are times, and what they say together. The reading of each is `clinical.times`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from ..times import MINUTE_MS, BadTime, day_of, floor_minute, parse_day, parse_minutes, parse_span, parse_time

Sort = Literal["clock", "span", "length", "day", "weekday", "number"]

_DURATION = r"(?:\d{1,3}(?:m|min|mins|minutes)|\d{1,2}h(?:ours?|rs?)?(?:\d{1,2}(?:m|min|mins)?)?)"
_HALF = r"(?:[ap]\.?(?:m\.?)?)"
_CLOCK = rf"(?:now(?:[+-](?:\d{{1,4}}|{_DURATION}))?|noon|midday|midnight|\d{{1,2}}[:.]\d\d{_HALF}?|\d{{3,4}}{_HALF}?|\d{{1,2}}{_HALF})"
_END = rf"(?:{_CLOCK}|\d{{1,2}}|{_DURATION})"
_DASH = r"[-–—]"
LENGTH = re.compile(_DURATION)
CLOCK = re.compile(_CLOCK)
SPAN = re.compile(rf"({_CLOCK}|\d{{1,2}}){_DASH}({_END})")
DAY = re.compile(r"\d{4}-\d{1,2}-\d{1,2}|\d{1,2}/\d{1,2}(?:/(?:\d{2}|\d{4}))?")
NUMBER = re.compile(r"\d{1,2}")
_ENDS = re.compile(r"\d([ap])\.?(?:m\.?)?$")
WEEKDAYS = frozenset(
    [
        "mon",
        "monday",
        "tue",
        "tues",
        "tuesday",
        "wed",
        "wednesday",
        "thu",
        "thur",
        "thurs",
        "thursday",
        "fri",
        "friday",
        "sat",
        "saturday",
        "sun",
        "sunday",
    ]
)
UNITS = frozenset(["m", "min", "mins", "minutes", "h", "hr", "hrs", "hour", "hours"])
HALVES = frozenset(("am", "pm"))
UNTIL = frozenset(("-", "–", "—", "to", "till", "until"))
LIKE_A_TIME = re.compile(r"(?:now[+-]|\d).*", re.DOTALL)
"""What looks as if a time was meant: read as nothing else before the remark begins."""
COUNTS_BACK = "45m and now-45 count back from now: with another day type from when to when, such as 9:30 45m."
TWICE = "More than one time is given: keep a start and a stop, or a start and a length."


@dataclass(frozen=True, slots=True)
class Said:
    """One time in the line: a clock time, a span, a length or a day."""

    sort: Sort
    text: str
    stop: str = ""
    """Of a span: its end."""


@dataclass(frozen=True, slots=True)
class When:
    """What the times of a line say together; what is open is None."""

    start_ms: int | None = None
    stop_ms: int | None = None
    day: date | None = None


def time_at(words: Sequence[str], at: int) -> tuple[Said, int] | None:
    """Return the time that begins at a word, and how many words it takes; None when there is none."""
    one, two = (words[at + more] if at + more < len(words) else "" for more in range(2))
    if LENGTH.fullmatch(one):
        if "h" in one and LENGTH.fullmatch(two) and "h" not in two and parse_minutes(one + two) is not None:
            return Said("length", one + two), 2
        return Said("length", one), 1
    if DAY.fullmatch(one):
        return Said("day", one), 1
    if one in WEEKDAYS:
        return Said("weekday", one), 1
    if not CLOCK.fullmatch(one) and (found := SPAN.fullmatch(one)):
        if two in HALVES and found[2][-1].isdigit():
            return _span(found[1], found[2] + two), 2
        return _span(found[1], found[2]), 1
    if NUMBER.fullmatch(one) and two in UNITS:
        return Said("length", one + two), 2
    clock, taken = one, 1
    if two in HALVES and (CLOCK.fullmatch(one) or NUMBER.fullmatch(one)) and not one.endswith("m"):
        clock, taken = one + two, 2
    end = words[at + taken + 1] if at + taken + 1 < len(words) else ""
    mark = words[at + taken] if at + taken < len(words) else ""
    begins = CLOCK.fullmatch(clock) or NUMBER.fullmatch(clock)
    if begins and mark in UNTIL and re.fullmatch(_END, end):
        after = words[at + taken + 2] if at + taken + 2 < len(words) else ""
        if after in HALVES and not end.endswith("m"):
            return _span(clock, end + after), taken + 3
        return _span(clock, end), taken + 2
    if CLOCK.fullmatch(clock):
        return Said("clock", clock), taken
    if NUMBER.fullmatch(one):
        return Said("number", one), 1
    return None


def _span(start: str, stop: str) -> Said:
    """Return a span; of `2-3pm` and `11-1pm` the start is in the half of the day that makes it the shorter one."""
    half = _ENDS.search(stop)
    if half and start[-1:].isdigit() and 1 <= _hour(start) <= 12:
        same = _hour(start) % 12 <= _hour(stop[: half.start() + 1]) % 12
        start += f"{half[1] if same else 'a' if half[1] == 'p' else 'p'}m"
    return Said("span", start, stop)


def _hour(clock: str) -> int:
    digits = re.split(r"[:.]", clock)
    return int(digits[0] if len(digits) > 1 or len(clock) <= 2 else clock[:-2])


def together(said: Sequence[Said], now_ms: int, tz: str) -> When:
    """Return what the times of a line say; raises BadTime with one sentence.

    A length or `now-45` alone counts back from now; a start with a length or a second time is a span; the day is
    today, or the last one on which the time was.
    """
    clocks = [one for one in said if one.sort == "clock"]
    spans = [one for one in said if one.sort == "span"]
    lengths = [one for one in said if one.sort == "length"]
    days = [one for one in said if one.sort in ("day", "weekday")]
    if len(days) > 1:
        raise BadTime("More than one day is given: keep one.")
    day = parse_day(days[0].text, day_of(now_ms, tz)) if days else None
    if len(spans) > 1 or len(clocks) > 2 or len(lengths) > 1:
        raise BadTime(TWICE)
    if (spans and (clocks or lengths)) or (len(clocks) == 2 and lengths):
        raise BadTime(TWICE)
    from_now = [one for one in clocks if one.text.startswith("now")]
    away = day is not None and day != day_of(now_ms, tz)
    if away and (from_now or (lengths and not clocks) or (spans and spans[0].text.startswith("now"))):
        raise BadTime(COUNTS_BACK)
    if spans:
        start, stop = parse_span(spans[0].text, spans[0].stop, now_ms=now_ms, tz=tz, day=day)
        return When(start, stop, day)
    if len(clocks) == 2:
        start, stop = parse_span(clocks[0].text, clocks[1].text, now_ms=now_ms, tz=tz, day=day)
        return When(start, stop, day)
    if lengths and (not clocks or clocks[0].text == "now"):
        now = floor_minute(now_ms)
        return When(now - (parse_minutes(lengths[0].text) or 0) * MINUTE_MS, now, day)
    if lengths:
        start, stop = parse_span(clocks[0].text, lengths[0].text, now_ms=now_ms, tz=tz, day=day)
        return When(start, stop, day)
    if clocks:
        start = parse_time(clocks[0].text, now_ms=now_ms, tz=tz, day=day)
        back = from_now and clocks[0].text != "now"
        return When(start, floor_minute(now_ms) if back else None, day)
    return When(day=day)
