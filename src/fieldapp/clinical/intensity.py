"""What asks for a look at how often client and team meet: events that make more contact likely to be needed. Pure.

Sources: clinical.md 2.7 (reasons of the contact plan), programs.md 50. Nothing is changed by itself: somebody looks and
decides, once for each event.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fieldapp.records.kinds.client import HOUSING
from fieldapp.records.kinds.medication_list import is_current
from fieldapp.records.kinds.stay import SHORT

from .due import add_days
from .housing import place_name
from .stays import STILL_AWAY

Values = Mapping[str, Any]
NEWS_D = 30
"""Days after which an event is no news any more: a history that is typed in later asks nobody anything."""
LOOK_BUSINESS_D = 2
"""Business days within which somebody looks."""


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened, as every laptop names it."""

    name: str
    """The same on each laptop that hears of it: kind and record or item."""
    day: str
    """On which it happened, `YYYY-MM-DD`."""
    reason: str
    """Code of `contact_plan.REASONS`."""
    words: str
    """`New medicine: Sertraline 50 mg`."""

    def is_news(self, today: str) -> bool:
        """Tell whether it is still worth a look on a day."""
        return add_days(self.day, NEWS_D) >= today


def new_medicines(base: Values, values: Values, today: str) -> list[Event]:
    """Return the medicine that a change of the list began; a first list takes over what is taken already, where it
    says no first day of its own.
    """
    before, after = base.get("medicines") or {}, values.get("medicines") or {}
    new = [
        (item, row)
        for item, row in sorted(after.items())
        if item not in before and is_current(row, today) and (before or row.get("start"))
    ]
    return [
        Event(
            f"medicine {item}", str(row.get("start") or today), "new_medication",
            f"New medicine: {' '.join(filter(None, (str(row.get('name') or ''), str(row.get('dose') or ''))))}",
        )
        for item, row in new
    ]  # fmt: skip


def housing_changes(base: Values, values: Values, today: str) -> list[Event]:
    """Return the move that a change of the face sheet says: a new place, else another kind of housing; none for a new
    client.
    """
    if not base:
        return []
    before, after = base.get("addresses") or {}, values.get("addresses") or {}
    new = [(item, row) for item, row in sorted(after.items()) if item not in before and not row.get("until")]
    found = [
        Event(
            f"place {item}", str(row.get("since") or today), "housing_change", f"Moved to {place_name(row)}"
        )
        for item, row in new
        if before
    ]
    was, now = str(base.get("housing_status") or ""), str(values.get("housing_status") or "")
    if not found and was and now and was != now:
        said = f"Housing is now: {HOUSING.get(now, now).lower()}"
        found.append(Event(f"housing {now} {today}", today, "housing_change", said))
    return found


def end_of_stay(record: str, values: Values) -> list[Event]:
    """Return that a client came back from a stay; none where they went on to another place or died."""
    until, what = str(values.get("until") or ""), str(values.get("what") or "")
    if not until or values.get("went_to") in (*STILL_AWAY, "died"):
        return []
    return [Event(f"stay {record}", until, "severe_symptoms", f"Back from {SHORT.get(what, 'elsewhere')}")]


def life_event(record: str, base: Values, values: Values, day: str) -> list[Event]:
    """Return what a note says has happened in the client's life, once for the note."""
    said = " ".join(str(values.get("life_event") or "").split())
    if not said or said == " ".join(str(base.get("life_event") or "").split()):
        return []
    return [Event(f"life {record}", day, "life_event", f"Life event: {said}")]
