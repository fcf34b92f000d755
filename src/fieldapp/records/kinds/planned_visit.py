"""A planned visit: who sees whom when and where."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..canonical import Json
from ..envelope import instant_ms
from ..fold import View
from ..kind import Fields, IndexRow, Kind, Problem, Signing
from ..types import Code, Count, Id, Instant, Line, Yes


class PlannedVisit(Fields):
    """One visit on somebody's day."""

    staff: Id | None = None
    second: Id | None = None
    """Who comes along, where one person alone is not enough (clinical.md 2.5)."""
    start: Instant | None = None
    minutes: Count | None = None
    contact_type: Code | None = None
    modality: Code | None = None
    setting: Code | None = None
    where: Line | None = None
    note: Line | None = None
    done: Yes | None = None
    contact: Id | None = None
    cancelled: Yes | None = None
    cancelled_why: Line | None = None


LONGEST_MIN = 720
"""As long as a contact may take (clinical.md 2.8)."""


def check(doc: Mapping[str, Json], _: Signing) -> Sequence[Problem]:
    """Return what stands against a planned visit: somebody must know who goes and when."""
    found: list[Problem] = []
    if not doc.get("staff"):
        found.append(Problem("staff", "Say who goes.", stops=True))
    if not doc.get("start"):
        found.append(Problem("start", "Say when.", stops=True))
    if (doc.get("minutes") or 0) > LONGEST_MIN:
        found.append(Problem("minutes", "A visit takes at most 12 hours.", stops=True))
    if doc.get("second") and doc.get("second") == doc.get("staff"):
        found.append(Problem("second", "The second person is somebody else than who goes.", stops=True))
    return found


def _index(view: View) -> IndexRow:
    start = view.get("start")
    state = "cancelled" if view.get("cancelled") else "done" if view.get("done") else "planned"
    when = instant_ms(start) if start else view.first_ms
    return IndexRow(when, view.get("where") or "", state=state, owner=view.get("staff") or "")


KIND = Kind(
    name="planned_visit",
    label="Planned visit",
    cls="working",
    model=PlannedVisit,
    audience=("team",),
    sticky=frozenset({"done", "cancelled"}),
    labels={
        "staff": "Who", "second": "Second person", "start": "When", "minutes": "Minutes", "contact_type": "Type",
        "modality": "How", "setting": "Place", "where": "Where", "note": "For what", "done": "Done",
        "contact": "Contact", "cancelled": "Cancelled", "cancelled_why": "Why cancelled",
    },
    sign_checks=check,
    index=_index,
)  # fmt: skip
