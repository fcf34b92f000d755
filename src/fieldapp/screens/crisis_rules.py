"""What the form of a crisis offers, starts from and adds by itself. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ..clinical.times import floor_minute
from ..records.envelope import instant
from ..records.kinds.crisis import BASES, DUTIES, FACE_TO_FACE, WHOM
from ..records.kinds.safety_plan import STEPS
from ..widgets.form_row import Column

if TYPE_CHECKING:
    from ..store.models import PlanRead

CONSULTED = (Column("who", "Who"), Column("at", "When", 10), Column("advice", "Advice"))
NOTIFIED = (
    Column("whom", "Whom", 15, tuple(WHOM.items())),
    Column("name", "Name"),
    Column("basis", "On what basis", 17, tuple(BASES.items())),
    Column("at", "When", 10),
)
REPORTS = (
    Column("to", "To whom", 16, tuple(DUTIES.items())),
    Column("at", "When", 12),
    Column("ref", "Number, or name of who took it"),
)
DCR = frozenset({"DCR_referral", "DCR_detained", "DCR_not_detained"})
HEADINGS = {
    "caller": "First: who, how bad, what you did. Ctrl+s saves it; the rest can follow.",
    "caller_name": "The call",
    "nature": "What happened",
    "risk.kinds": "Risk",
    "plan_existed": "Help given",
    "consulted": "Who was asked and told",
    "dispositions": "How it ended",
    "reports": "Reports the law asks for",
    "follow_up_due": "Afterwards",
}
"""Heading above a field."""


def first_values(now_ms: int, tz: str) -> dict[str, Any]:
    """Return what a new record starts with: the call is now."""
    return {"initial_contact_at": instant(floor_minute(now_ms)), "tz": tz}


def steps_offered(plan: PlanRead) -> tuple[str, tuple[tuple[str, str], ...]]:
    """Return the version that stands and its steps that have lines, as answers."""
    if not plan.active or plan.active[0].doc.get("declined"):
        return "", ()
    version = plan.active[0]
    return version.entry, tuple((step, title) for step, title in STEPS.items() if version.doc.get(step))


def complete(values: dict[str, Any], tz: str, plan_version: str) -> None:
    """Add what follows from the answers: zone, whose steps were ticked; nothing that the answers took away."""
    values.setdefault("tz", tz)
    if values.get("plan_steps"):
        values.setdefault("plan_version", plan_version)
        if not values["plan_version"]:
            del values["plan_version"]
    else:
        values.pop("plan_version", None)
    for name in ("consulted", "notified", "reports"):
        if not values.get(name):
            values.pop(name, None)
    if met_at_once(values) and not values.get("face_to_face_at"):
        # Whoever walks in or is found is face to face from the first moment.
        values["face_to_face_at"] = values.get("initial_contact_at")


def met_at_once(values: Mapping[str, Any]) -> bool:
    """Tell whether the first contact was face to face."""
    return values.get("channel") in FACE_TO_FACE and bool(values.get("initial_contact_at"))


def hidden(values: Mapping[str, Any], *, late: bool, steps: Sequence[tuple[str, str]]) -> frozenset[str]:
    """Return the fields that nobody has to see with these answers; what is filled in is never hidden."""
    away: set[str] = set()
    risk = values.get("risk") or {}
    if values.get("caller") in (None, "client"):
        away.add("caller_name")
    if values.get("second_person") in (None, "none_needed"):
        away.add("second_person_reason")
    if met_at_once(values):
        away |= {"face_to_face_at", "not_in_person_why"}
    elif values.get("face_to_face_at"):
        away.add("not_in_person_why")
    if risk.get("level") in (None, "none"):
        away.add("risk.kinds")
    if values.get("plan_existed") != "yes":
        away.add("plan_used")
    if not steps:
        away.add("plan_steps")
    if not DCR & set(values.get("dispositions") or ()):
        away |= {
            "dcr.agency",
            "dcr.name",
            "dcr.called_at",
            "dcr.arrived_at",
            "dcr.outcome",
            "dcr.legal_basis",
        }
    if not late:
        away.add("late_reason")
    return frozenset(away)
