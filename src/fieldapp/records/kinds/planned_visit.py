"""A planned visit: who sees whom when and where."""

from __future__ import annotations

from ..envelope import instant_ms
from ..fold import View
from ..kind import Fields, IndexRow, Kind
from ..types import Code, Count, Id, Instant, Line, Yes


class PlannedVisit(Fields):
    """One visit on somebody's day."""

    staff: Id | None = None
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
    labels={"staff": "Who", "start": "When", "minutes": "Minutes", "where": "Where", "note": "For what"},
    index=_index,
)
