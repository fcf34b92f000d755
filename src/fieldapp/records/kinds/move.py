"""A client's moves from team to team; one record a client, of which each move follows the one before (sync.md 2).

The home that a move makes is the server's the moment it takes the move in, so that two moves at once cannot both
hold: a move that does not follow the last one is given back to its author.
"""

from __future__ import annotations

from ..kind import Fields, IndexRow, Kind
from ..types import Choices, Code, Id, Line

WHY: Choices = {
    "level_of_care": "Another level of care",
    "moved_home": "Lives elsewhere now",
    "needs": "The other team has what the client needs",
    "wish": "The client wishes it",
    "caseload": "Caseload of the team",
    "safety": "Safety of client or staff",
    "placed": "Came through intake, now placed",
    "other": "Other",
}


class Move(Fields):
    """A change of the client's home."""

    to_program: Id | None = None
    to_team: Id | None = None
    why: Code | None = None
    reason: Line | None = None
    """In words; asked for where `why` says "other"."""


KIND = Kind(
    name="move",
    label="Move to another team",
    cls="working",
    model=Move,
    one_per="client",
    audience=("oncall", "team"),
    labels={"to_program": "Program", "to_team": "Team", "why": "Why", "reason": "In words"},
    together=("to_program", "to_team", "why", "reason"),
    index=lambda view: IndexRow(
        view.last_ms,
        view.get("reason") or WHY.get(view.get("why") or "", ""),
        owner=view.get("to_team") or "",
    ),
)
