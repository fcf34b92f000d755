"""Calendar days in stored values, read without trusting them: the schema checks their form only."""

from __future__ import annotations

from datetime import date


def day_of(value: object) -> str:
    """Return a day of the calendar, `YYYY-MM-DD`; empty for none, or one that no calendar has."""
    try:
        return date.fromisoformat(str(value or "")).isoformat()
    except ValueError:
        return ""
