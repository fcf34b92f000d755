"""A visit check-in: who went where, until when they said they would be back, and that they are (clinical.md 2.20).

It is a record and a reminder, never an emergency service: nothing here calls anybody.
"""

from __future__ import annotations

from ..envelope import instant_ms
from ..fold import View
from ..kind import Fields, IndexRow, Kind
from ..types import Count, Id, Instant, Line


class VisitCheckin(Fields):
    """One visit of one person."""

    staff: Id | None = None
    started: Instant | None = None
    until: Instant | None = None
    """When they said they would be out; later times are written over it."""
    place: Line | None = None
    code_word: Line | None = None
    """What they say on the phone if they cannot speak freely."""
    visit: Id | None = None
    """The planned visit that it is about."""
    safe_at: Instant | None = None
    outcome: Line | None = None
    """How a colleague who closed it knows that they are safe."""
    extended: Count | None = None
    """How many times more time was asked for."""


def _index(view: View) -> IndexRow:
    started, until = view.get("started"), view.get("until")
    return IndexRow(
        instant_ms(started) if started else view.first_ms,
        view.get("place") or "Visit",
        state="safe" if view.get("safe_at") else "out",
        owner=view.get("staff") or "",
        due_ms=instant_ms(until) if until else None,
    )


KIND = Kind(
    name="visit_checkin",
    label="Visit check-in",
    cls="working",
    model=VisitCheckin,
    audience=("oncall", "team"),
    labels={
        "staff": "Who", "started": "Went in", "until": "Out by", "place": "Where", "code_word": "Code word", "safe_at": "Safe at",
        "outcome": "How that is known", "extended": "Times prolonged",
    },
    index=_index,
)  # fmt: skip
