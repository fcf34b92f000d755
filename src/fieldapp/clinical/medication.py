"""When something about a client's medicines is due: pure functions over days (clinical.md 2.17)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from fieldapp.records.defaults import setting

from .due import add_days

LaiState = Literal["", "later", "soon", "due", "overdue"]
LAI_ORDER: tuple[LaiState, ...] = ("", "later", "soon", "due", "overdue")


def lai_state(next_due: str, window_d: int, today: str, settings: Mapping[str, int]) -> LaiState:
    """Return how a long-acting injection stands; overdue once the days after the due day are over.

    Args:
        next_due: day, or empty when none is known.
        window_d: days after the due day on which it may still be given, as the list says; no drug table is built in.
    """
    if not next_due:
        return ""
    if today > add_days(next_due, window_d):
        return "overdue"
    if today >= next_due:
        return "due"
    return "soon" if today >= add_days(next_due, -setting(settings, "lai_soon_d")) else "later"


def lai_of(medicine: Mapping[str, Any], today: str, settings: Mapping[str, int]) -> LaiState:
    """Return how one line of a medication list stands."""
    return lai_state(
        str(medicine.get("next_due") or ""), int(medicine.get("lai_window_d") or 0), today, settings
    )


def next_injection(given_on: str, every_d: int | None) -> str:
    """Return the day of the next injection; empty where nobody said how often it is given."""
    return add_days(given_on, every_d) if every_d else ""


def is_unverified(verified_on: str, today: str, settings: Mapping[str, int]) -> bool:
    """Tell whether the list has to be looked at again by a prescriber."""
    return not verified_on or add_days(verified_on, setting(settings, "med_list_verify_d")) < today


def missed_too_many(days_missed: int | None, settings: Mapping[str, int]) -> bool:
    """Tell whether so many missed days of the last seven are brought before the client's worker."""
    return days_missed is not None and days_missed >= setting(settings, "missed_days_warn")
