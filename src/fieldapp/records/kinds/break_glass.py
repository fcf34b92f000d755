"""Emergency opening of a client outside one's teams: the reason is written before anything is shown."""

from __future__ import annotations

from ..kind import Fields, IndexRow, Kind
from ..types import Choices, Code, Instant, Prose

REASONS: Choices = {
    "crisis_call": "Crisis call about this client",
    "found_in_field": "Found in the field, needs help now",
    "cover": "Covering without an assignment yet",
    "welfare_check": "Welfare check",
    "other": "Other",
}


class BreakGlass(Fields):
    """One opening, good for four hours, renewable, reviewed within 72 hours (clinical.md 1.3)."""

    reason_code: Code | None = None
    reason: Prose | None = None
    until: Instant | None = None


KIND = Kind(
    name="break_glass",
    label="Emergency access",
    cls="working",
    model=BreakGlass,
    audience=("oncall",),
    labels={"reason_code": "Why", "reason": "In words", "until": "Ends"},
    index=lambda view: IndexRow(view.first_ms, view.get("reason") or "", state=view.get("reason_code") or ""),
)
