"""When two contacts may be one visit that was logged twice (clinical.md 2.8). Pure; nothing is ever joined by it."""

from __future__ import annotations

from dataclasses import dataclass

LONGEST_MS = 12 * 3_600_000
"""No contact is longer, so that no other one further away can overlap it."""
_APART = "apart_from:"


@dataclass(frozen=True, slots=True)
class Logged:
    """What the question needs of a contact with one client."""

    staff: str
    start_ms: int
    stop_ms: int
    modality: str


def may_be_one(one: Logged, other: Logged) -> bool:
    """Tell whether two contacts with one client overlap and have the same author or the same way of meeting."""
    overlap = one.start_ms < _end(other) and other.start_ms < _end(one)
    return overlap and (one.staff == other.staff or (bool(one.modality) and one.modality == other.modality))


def _end(logged: Logged) -> int:
    # An attempt begins and ends in one minute; it still overlaps the visit that it lies in.
    return max(logged.stop_ms, logged.start_ms + 1)


def apart(record: str) -> str:
    """Return the category of an addendum that says: this contact and the one of `record` both took place."""
    return f"{_APART}{record}"
