"""Whether somebody should see a client on a day, by what was agreed or because it was too long ago. Pure.

Sources: clinical.md 2.7 (days, target, days without contact), 2.19 (unassigned on the daily board).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from fieldapp.records.kinds.contact_plan import DAYS

_WORKING_DAYS = 5


@dataclass(frozen=True, slots=True)
class Contacts:
    """How contacts with one client stand on the day that is looked at."""

    days_without: int | None
    """Since the client was last seen, on that day; None where nobody expects contact."""
    limit: int
    """After how many of them it is flagged."""
    seen: int
    """In the window of the contact plan (its day or its week), until now."""
    planned: int
    """Visits that are still to come in it, on other days than that day."""


def due_why(agreed: Mapping[str, Any], day: str, stands: Contacts) -> tuple[str, bool]:
    """Return why a contact is due on a day, in few words, and whether it is overdue; ("", False) where none is.

    Overdue comes first, then a day of the week that was agreed, a contact each day, and a week whose number can only
    be met if somebody goes today: as many contacts are missing as working days are left, this one included.
    """
    if stands.days_without is not None and stands.days_without > stands.limit:
        return f"no contact for {stands.days_without} days (agreed: {stands.limit})", True
    target = int(agreed.get("target_n") or 0)
    weekday = date.fromisoformat(day).weekday()
    code = list(DAYS)[weekday]
    if agreed.get("per") == "day":
        return ("agreed for every day", False) if stands.seen < max(1, target) else ("", False)
    if code in (agreed.get("days") or ()) and not (target and stands.seen >= target):
        return f"agreed for {DAYS[code]}", False
    missing = target - stands.seen - stands.planned
    left = max(1, _WORKING_DAYS - weekday)
    if target and missing > 0 and missing >= left:
        return f"{stands.seen} of {target} this week", False
    return "", False
