"""Instants and spans written out in full, as records are read and signed. Pure."""

from __future__ import annotations

from ..clinical.times import clock_words, day_of, local
from ..records.envelope import instant_ms


def when(ms: int, tz: str) -> str:
    """Return an instant in full: `Sun 22 Nov 2026 14:00`."""
    shown = local(ms, tz)
    return f"{shown:%a} {shown.day} {shown:%b} {shown.year} {clock_words(ms, tz)}"


def span(start: str | None, stop: str | None, tz: str) -> str:
    """Return the time of a service in full: `Sun 22 Nov 2026 14:00-14:45 (45 min)`."""
    if not start:
        return ""
    begin = instant_ms(start)
    if not stop:
        return when(begin, tz)
    end = instant_ms(stop)
    last = clock_words(end, tz) if day_of(begin, tz) == day_of(end, tz) else when(end, tz)
    return f"{when(begin, tz)}-{last} ({max(0, end - begin) // 60_000} min)"
