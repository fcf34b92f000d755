"""Instants, spans and wrong clocks written out in full, as records are read, signed and printed. Pure."""

from __future__ import annotations

from ..records.envelope import instant_ms
from .times import clock_words, day_of, local

CLOCK_OFF_MS = 5 * 60_000
"""A clock that is off by more is said (clinical.md 1.5)."""


def when(ms: int, tz: str) -> str:
    """Return an instant in full: `Sun 22 Nov 2026 14:00`."""
    shown = local(ms, tz)
    return f"{shown:%a} {shown.day} {shown:%b} {shown.year} {clock_words(ms, tz)}"


def when_zoned(ms: int, tz: str) -> str:
    """Return an instant in full with its zone, for paper that leaves the zone: `Sun 22 Nov 2026 14:00 PST`."""
    zone = f"{local(ms, tz):%Z}"
    said = when(ms, tz)
    # An hour that a clock shows twice names its zone already.
    return said if said.endswith(zone) else f"{said} {zone}"


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


def off_words(offset_ms: int) -> str:
    """Return how far a clock was off, as `2 h behind`; empty while it was right enough."""
    if abs(offset_ms) <= CLOCK_OFF_MS:
        return ""
    minutes = abs(offset_ms) // 60_000
    far = (
        f"{minutes} min"
        if minutes < 120
        else f"{minutes // 60} h"
        if minutes < 48 * 60
        else f"{minutes // (24 * 60)} days"
    )
    return f"{far} {'behind' if offset_ms > 0 else 'ahead'}"
