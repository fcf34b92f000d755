"""A supervisor's decision on an entry that was authentic but out of scope (sync.md 1)."""

from __future__ import annotations

from ..kind import Fields, IndexRow, Kind
from ..types import Choices, Code, Hash, Id, Prose

DECISIONS: Choices = {"admit": "Admit to the record", "refuse": "Refuse"}


class QuarantineDecision(Fields):
    """Admit places the entry and what depends on it; refuse keeps it sealed."""

    team: Id | None = None
    hash: Hash | None = None
    decision: Code | None = None
    reason: Prose | None = None


KIND = Kind(
    name="quarantine_decision",
    label="Quarantine decision",
    cls="working",
    model=QuarantineDecision,
    audience=("team",),
    about_client=False,
    placed_by="team",
    labels={"hash": "Entry", "decision": "Decision", "reason": "Reason"},
    index=lambda view: IndexRow(view.first_ms, view.get("hash") or "", state=view.get("decision") or ""),
)
