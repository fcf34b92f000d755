"""The on-call roster in time: who is missing when, and the same shift in later weeks (clinical.md 2.6)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from .times import instants, local

WEEKS_MOST = 26
"""How many weeks a shift is repeated at most at once."""


@dataclass(frozen=True, slots=True)
class Span:
    """A time from one instant to another, in ms since 1970; the end is outside."""

    since_ms: int
    until_ms: int


def gaps(shifts: Iterable[Span], since_ms: int, until_ms: int) -> tuple[Span, ...]:
    """Return the times between two instants that no shift covers, in order."""
    found: list[Span] = []
    covered = since_ms
    for shift in sorted(shifts, key=lambda one: (one.since_ms, one.until_ms)):
        if covered < min(shift.since_ms, until_ms):
            found.append(Span(covered, min(shift.since_ms, until_ms)))
        covered = max(covered, shift.until_ms)
    if covered < until_ms:
        found.append(Span(covered, until_ms))
    return tuple(found)


def overlaps(shifts: Iterable[Span]) -> tuple[Span, ...]:
    """Return the times at which two shifts or more hold, in order; who was called is then not plain."""
    found: list[Span] = []
    covered: int | None = None
    for shift in sorted(shifts, key=lambda one: (one.since_ms, one.until_ms)):
        if covered is not None and shift.since_ms < min(covered, shift.until_ms):
            found.append(Span(shift.since_ms, min(covered, shift.until_ms)))
        covered = shift.until_ms if covered is None else max(covered, shift.until_ms)
    return tuple(found)


def weekly(shift: Span, weeks: int, tz: str) -> tuple[Span, ...]:
    """Return a shift in each of the weeks after it, at the same hours of the program's clock.

    A shift over the night in which the clock changes is an hour shorter or longer, as that night is.
    """
    return tuple(
        Span(_later(shift.since_ms, week, tz), _later(shift.until_ms, week, tz))
        for week in range(1, weeks + 1)
    )


def _later(at_ms: int, weeks: int, tz: str) -> int:
    shown = local(at_ms, tz)
    day, hour = shown.date() + timedelta(weeks=weeks), shown.time().replace(tzinfo=None, fold=0)
    # An hour that the clock skips begins when it has been skipped.
    found = instants(day, hour, tz) or instants(day, hour.replace(hour=(hour.hour + 1) % 24), tz)
    return found[0]
