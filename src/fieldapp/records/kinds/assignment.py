"""Who works with a client, in which role, from and until when; one record per client."""

from __future__ import annotations

from ..canonical import Json
from ..fold import View
from ..kind import Fields, IndexRow, Item, Kind
from ..types import Choices, Code, Day, Id

ROLES: Choices = {
    "primary": "Primary",
    "secondary": "Secondary",
    "prescriber": "Prescriber",
    "peer": "Peer",
    "tech": "Technician",
    "cover": "Covering",
}


class Period(Item):
    """One person in one role for one time."""

    staff: Id | None = None
    role: Code | None = None
    covers: Id | None = None
    """Of a covering person: whose place they take."""
    since: Day | None = None
    until: Day | None = None


class Assignment(Fields):
    """All periods of one client."""

    periods: dict[str, Period] = {}


def staff_on(view: View, day: str) -> dict[str, str]:
    """Return staff id to role for those assigned on a day (`YYYY-MM-DD`)."""
    found: dict[str, str] = {}
    for period in view.items("periods").values():
        since, until = period.get("since"), period.get("until")
        if period.get("staff") and (not since or since <= day) and (not until or day <= until):
            if found.get(period["staff"]) != "primary":
                found[period["staff"]] = period.get("role") or "secondary"
    return found


def _derive(view: View) -> dict[str, Json]:
    primaries = sorted(
        (period.get("since") or "", period.get("until") or "9999-12-31", key)
        for key, period in view.items("periods").items()
        if period.get("role") == "primary"
    )
    overlaps = [[a[2], b[2]] for i, a in enumerate(primaries) for b in primaries[i + 1 :] if b[0] <= a[1]]
    return {"primary_overlaps": overlaps}


KIND = Kind(
    name="assignment",
    label="Assignment",
    cls="working",
    model=Assignment,
    audience=("oncall", "team"),
    one_per="client",
    labels={"periods": "Assigned staff"},
    derive=_derive,
    index=lambda view: IndexRow(view.last_ms, "Assignment"),
)
