"""Times as people type them: `930`, `9:30`, `9.30 pm`, `now-45`, `45m`; days as `yesterday` or `tue`.

Everything is read in the zone of the program. An hour that the clock skips is refused with the
reason; an hour that it shows twice is read as the one that makes sense, and `clock_words` names it.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from ..errors import UsageFailure

MINUTE_MS = 60_000
HOUR_MS = 3_600_000
AHEAD_MS = 5 * MINUTE_MS
"""How far ahead of the laptop's clock a start may lie, as the sign check of a contact allows."""
BACK_MS = 12 * HOUR_MS
"""A time that is still to come today is read as yesterday's only within this distance."""
LONGEST_MS = 12 * HOUR_MS
MOMENTS = "Type a time such as 930, 9:30, 2:15pm, now or now-45."

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NOW = re.compile(r"now\s*(?:([+-])\s*(.+))?")
_CLOCK = re.compile(r"(\d{1,2})(?:[:.h](\d\d))?\s*(?:([ap])\.?(?:m\.?)?)?")
_RUN_ON = re.compile(r"(\d{1,2})(\d\d)\s*(?:([ap])\.?(?:m\.?)?)?")
_HOURS = re.compile(r"(\d{1,2})\s*h(?:ours?|rs?)?\s*(?:(\d{1,2})\s*(?:m|min|mins|minutes)?)?")
_MINUTES = re.compile(r"(\d{1,3})\s*(?:m|min|mins|minutes)")
_ISO_DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_SHORT_DAY = re.compile(r"(\d{1,2})/(\d{1,2})(?:/(\d{2}|\d{4}))?")
_AWAY = re.compile(r"([+-])\s*(\d{1,3})\s*(d|days?|w|weeks?)?")
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class BadTime(UsageFailure):
    """What was typed is not a time, or no such time exists; the sentence says what to type instead."""


@lru_cache(maxsize=32)
def zone(tz: str) -> ZoneInfo:
    """Return a zone by name; raises BadTime when this computer does not know it."""
    try:
        return ZoneInfo(tz)
    except (ZoneInfoNotFoundError, ValueError) as failure:
        raise BadTime(
            "The program's time zone is not known on this laptop: tell your supervisor."
        ) from failure


def local(ms: int, tz: str) -> datetime:
    """Return an instant as the clock of the program shows it."""
    return (_EPOCH + timedelta(milliseconds=ms)).astimezone(zone(tz))


def day_of(ms: int, tz: str) -> date:
    """Return the calendar day of an instant in the program's zone."""
    return local(ms, tz).date()


def floor_minute(ms: int) -> int:
    """Return the instant at the start of its minute: people count whole minutes."""
    return ms // MINUTE_MS * MINUTE_MS


def instants(day: date, at: time, tz: str) -> tuple[int, ...]:
    """Return the instants, earliest first, at which the clock of a zone shows a time on a day.

    None in the hour that is skipped in spring, two in the hour that is repeated in autumn.
    """
    found = []
    for fold in (0, 1):
        wall = datetime.combine(day, at.replace(fold=fold), tzinfo=zone(tz))
        ms = (wall.astimezone(UTC) - _EPOCH) // timedelta(milliseconds=1)
        if local(ms, tz).replace(tzinfo=None, fold=0) == wall.replace(tzinfo=None, fold=0):
            found.append(ms)
    return tuple(sorted(set(found)))


def parse_minutes(text: str) -> int | None:
    """Return the minutes of a duration such as `45m`, `1h` or `1h30`; None when it is not one."""
    said = text.strip().lower().lstrip("+").strip()
    if match := _MINUTES.fullmatch(said):
        return int(match[1])
    if match := _HOURS.fullmatch(said):
        return int(match[1]) * 60 + int(match[2] or 0)
    return None


def parse_clock(text: str) -> tuple[time, int]:
    """Return a time of day, and 1 when it is the midnight that ends the day (`24:00`); raises BadTime."""
    said = text.strip().lower()
    if said in ("noon", "midday"):
        return time(12), 0
    if said == "midnight":
        return time(0), 1
    match = _CLOCK.fullmatch(said) or _RUN_ON.fullmatch(said)
    if match is None:
        raise BadTime(MOMENTS)
    hour, minute, half = int(match[1]), int(match[2] or 0), match[3]
    if half and not 1 <= hour <= 12:
        raise BadTime(f"{hour} is not an hour of the 12-hour clock: leave out am or pm, or check the hour.")
    if half:
        hour = hour % 12 + (12 if half == "p" else 0)
    if minute > 59 or hour > 24 or (hour == 24 and minute):
        raise BadTime("No clock shows that: hours go to 23, minutes to 59.")
    return (time(0), 1) if hour == 24 else (time(hour, minute), 0)


def _from_now(text: str, now_ms: int) -> int | None:
    match = _NOW.fullmatch(text)
    if match is None:
        return None
    if match[1] is None:
        return floor_minute(now_ms)
    minutes = int(match[2]) if match[2].isdigit() else parse_minutes(match[2])
    if minutes is None or minutes > 24 * 60:
        raise BadTime("After now- come minutes or a duration: now-45, now-1h30.")
    return floor_minute(now_ms) + (minutes if match[1] == "+" else -minutes) * MINUTE_MS


def _existing(day: date, at: time, tz: str) -> tuple[int, ...]:
    found = instants(day, at, tz)
    if not found:
        raise BadTime(f"{at:%H:%M} does not exist on {day:%d %b}: the clocks went forward that night.")
    return found


def _candidates(text: str, now_ms: int, tz: str, day: date | None) -> tuple[int, ...]:
    """Return the instants that a typed start may mean, the likeliest first."""
    said = text.strip().lower()
    if not said:
        raise BadTime(MOMENTS)
    moved = _from_now(said, now_ms)
    if moved is not None:
        return (moved,)
    if match := _MINUTES.fullmatch(said):
        return (floor_minute(now_ms) - int(match[1]) * MINUTE_MS,)
    at, later = parse_clock(said)
    if day is not None:
        return tuple(reversed(_existing(day + timedelta(days=later), at, tz)))
    today = day_of(now_ms, tz)
    if later:
        # Midnight without a day: the one that was last, the start of today.
        return tuple(reversed(_existing(today, at, tz)))
    past = [ms for ms in instants(today, at, tz) if ms <= now_ms + AHEAD_MS]
    if past:
        return tuple(reversed(past))
    before = [ms for ms in instants(today - timedelta(days=1), at, tz) if now_ms - ms <= BACK_MS]
    if before:
        return tuple(reversed(before))
    _existing(today, at, tz)
    raise BadTime(f"{at:%H:%M} is still to come: check the time, or give the day it was.")


def ends_now(text: str) -> bool:
    """Tell whether a typed start counts back from now (`now-45`, `45m`), so that the stop may be left out."""
    said = text.strip().lower()
    return _NOW.fullmatch(said) is not None or _MINUTES.fullmatch(said) is not None


def parse_time(text: str, *, now_ms: int, tz: str, day: date | None = None) -> int:
    """Return the instant of a typed time on a day, or without a day the last time the clock showed it.

    Raises BadTime, whose sentence says what to type.
    """
    return _candidates(text, now_ms, tz, day)[0]


def parse_stop(text: str, start_ms: int, *, now_ms: int, tz: str) -> int:
    """Return the instant of a typed stop: a time after the start, `now`, or how long it took.

    Raises BadTime when it lies before the start or more than 12 hours after it.
    """
    stop_ms = _stops(text, start_ms, now_ms, tz)
    if stop_ms < start_ms:
        raise BadTime("The stop time is before the start time.")
    if stop_ms > start_ms + LONGEST_MS:
        raise BadTime("A contact lasts at most 12 hours: check both times.")
    return stop_ms


def _stops(text: str, start_ms: int, now_ms: int, tz: str) -> int:
    said = text.strip().lower()
    moved = _from_now(said, now_ms)
    if moved is not None:
        return moved
    length = parse_minutes(said)
    if length is not None:
        return start_ms + length * MINUTE_MS
    at, later = parse_clock(said)
    first = day_of(start_ms, tz)
    skipped = False
    for away in (0, 1):
        shown = instants(first + timedelta(days=away + (later if not away else 0)), at, tz)
        skipped = skipped or not shown
        after = [ms for ms in shown if ms >= start_ms]
        if after and after[0] - start_ms <= LONGEST_MS:
            return after[0]
    if skipped:
        _existing(first, at, tz)
        _existing(first + timedelta(days=1), at, tz)
    raise BadTime("The stop time is before the start time, or more than 12 hours after it.")


def parse_span(start: str, stop: str, *, now_ms: int, tz: str, day: date | None = None) -> tuple[int, int]:
    """Return start and stop of a contact; the stop may be a time, `now` or a duration.

    A stop that is earlier on the clock lies after midnight. Raises BadTime.
    """
    failure: BadTime | None = None
    for start_ms in _candidates(start, now_ms, tz, day):
        try:
            return start_ms, parse_stop(stop, start_ms, now_ms=now_ms, tz=tz)
        except BadTime as bad:
            failure = failure or bad
    raise failure or BadTime(MOMENTS)


def parse_day(text: str, today: date, *, ahead: bool = False) -> date:
    """Return a typed day: `today`, `yesterday`, `-2`, `+7`, `2w`, `tue`, `11/22`, `2026-11-22`.

    A weekday or a day without a year is the last one, or with `ahead` the next one. Raises BadTime.
    """
    said = text.strip().lower()
    words = {"today": 0, "t": 0, "yesterday": -1, "y": -1, "tomorrow": 1}
    if said in words:
        return today + timedelta(days=words[said])
    if match := _AWAY.fullmatch(said if said[:1] in "+-" else f"+{said}" if ahead else said):
        days = int(match[2]) * (7 if (match[3] or "d")[0] == "w" else 1)
        return today + timedelta(days=-days if match[1] == "-" else days)
    if said[:3] in WEEKDAYS and said.isalpha():
        step = (WEEKDAYS.index(said[:3]) - today.weekday()) % 7
        return today + timedelta(days=(step or 7) if ahead else step - 7 if step else 0)
    try:
        if match := _ISO_DAY.fullmatch(said):
            return date(int(match[1]), int(match[2]), int(match[3]))
        if match := _SHORT_DAY.fullmatch(said):
            return _without_year(match, today, ahead)
    except ValueError as failure:
        raise BadTime("No calendar has that day: type it as 11/22 or 2026-11-22.") from failure
    raise BadTime("Type a day such as today, yesterday, tue, 11/22 or 2026-11-22.")


def _without_year(match: re.Match[str], today: date, ahead: bool) -> date:
    month, day = int(match[1]), int(match[2])
    if match[3]:
        year = int(match[3])
        return date(year + 2000 if year < 100 else year, month, day)
    for year in (today.year, today.year + 1, today.year + 2, today.year + 3) if ahead else (
        today.year, today.year - 1, today.year - 2, today.year - 3
    ):  # fmt: skip
        try:
            found = date(year, month, day)
        except ValueError:
            continue
        if (found >= today) if ahead else (found <= today):
            return found
    return date(today.year, month, day)


def parse_moment(text: str, *, now_ms: int, tz: str) -> int:
    """Return a coming moment: a day, then a time (`tue 10`, `+7 14:30`, `11/29 9am`). Raises BadTime."""
    day_text, _, time_text = text.strip().partition(" ")
    if not time_text.strip():
        raise BadTime("Type day and time, such as tue 10:00 or +7 14:30.")
    day = parse_day(day_text, day_of(now_ms, tz), ahead=True)
    at, later = parse_clock(time_text)
    found = _existing(day + timedelta(days=later), at, tz)[0]
    if found < floor_minute(now_ms):
        raise BadTime("That moment has passed: type a day and time to come.")
    return found


def clock_words(ms: int, tz: str) -> str:
    """Return a time as the screen says it, `14:30`; with the zone when the clock shows it twice."""
    shown = local(ms, tz)
    twice = len(instants(shown.date(), shown.time().replace(fold=0), tz)) > 1
    return f"{shown:%H:%M}" + (f" {shown.tzname()}" if twice else "")


def day_words(day: date, today: date) -> str:
    """Return a day as the screen says it: `today`, `yesterday`, `Tue 24 Nov`, with the year if another."""
    if day == today:
        return "today"
    if day == today - timedelta(days=1):
        return "yesterday"
    if day == today + timedelta(days=1):
        return "tomorrow"
    return f"{day:%a} {day.day} {day:%b}" + (f" {day.year}" if day.year != today.year else "")


def moment_words(ms: int, now_ms: int, tz: str) -> str:
    """Return day and time as the screen says them: `yesterday 23:40`."""
    return f"{day_words(day_of(ms, tz), day_of(now_ms, tz))} {clock_words(ms, tz)}"


def length_words(minutes: int) -> str:
    """Return a length as the screen says it: `45 min`, `2 h`, `1 h 20 min`."""
    hours, rest = divmod(minutes, 60)
    return " ".join(filter(None, [f"{hours} h" if hours else "", f"{rest} min" if rest or not hours else ""]))


def span_words(start_ms: int, stop_ms: int, now_ms: int, tz: str) -> str:
    """Return a span as the screen says it: `today 23:40-00:25 (45 min)`."""
    length = (stop_ms - start_ms) // MINUTE_MS
    after = day_of(stop_ms, tz) != day_of(start_ms, tz)
    return (
        f"{moment_words(start_ms, now_ms, tz)}-{clock_words(stop_ms, tz)}"
        f"{' next day' if after else ''} ({length} min)"
    )
