"""Dates and instants of stored entries, read without trusting them.

The schema checks their form only (`2026-02-30` has it). One such value must never keep a list, or the
safety plan behind it, from opening.
"""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

from fieldapp.clinical.due import end_of_day_ms
from fieldapp.records.envelope import instant_ms


def day(text: object) -> str:
    """Return a calendar day that exists, else empty."""
    try:
        return date.fromisoformat(text).isoformat() if isinstance(text, str) else ""
    except ValueError:
        return ""


def moment(text: object) -> int | None:
    """Return an instant in milliseconds; None if there is none or it does not exist."""
    try:
        return instant_ms(text) if isinstance(text, str) else None
    except ValueError:
        return None


def end_of(text: object, tz: str) -> int | None:
    """Return when a day is over; None if it does not exist."""
    known = day(text)
    try:
        return end_of_day_ms(known, tz) if known else None
    except (ValueError, OverflowError):
        return None


def zone(text: object, default: str) -> str:
    """Return a zone that this computer knows, else the default."""
    try:
        return str(ZoneInfo(text)) if isinstance(text, str) and text else default
    except (ValueError, OSError, KeyError):
        return default
