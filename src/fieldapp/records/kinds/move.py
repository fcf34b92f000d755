"""A move: the client's home becomes another team; accepted online only (sync.md 2)."""

from __future__ import annotations

from ..kind import Fields, IndexRow, Kind
from ..types import Id, Line


class Move(Fields):
    """A change of the client's home."""

    to_program: Id | None = None
    to_team: Id | None = None
    reason: Line | None = None


KIND = Kind(
    name="move",
    label="Move to another team",
    cls="working",
    model=Move,
    audience=("oncall", "team"),
    labels={"to_program": "Program", "to_team": "Team", "reason": "Reason"},
    index=lambda view: IndexRow(view.first_ms, view.get("reason") or "", owner=view.get("to_team") or ""),
)
