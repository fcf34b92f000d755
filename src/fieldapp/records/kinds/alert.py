"""An alert: what a worker must know before the visit (clinical.md 2.5)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..canonical import Json
from ..fold import View
from ..kind import Fields, IndexRow, Item, Kind, Problem, Signing
from ..types import Choices, Code, Day, Instant, Line, Prose, Yes

CLASSES: Choices = {
    "home_safety": "Home safety",
    "clinical_risk": "Clinical risk",
    "infection": "Infection",
    "allergy": "Allergy",
    "legal": "Legal",
    "communication": "Communication",
}
CODES: Choices = {
    "dog_loose": "Loose dog",
    "dog_ok_leashed": "Dog, fine when leashed",
    "weapon_firearm_known": "Firearm known",
    "weapon_other": "Other weapon",
    "violence_history": "History of violence",
    "threats": "Threats made",
    "third_party_risk": "Risk from another person",
    "drug_activity": "Drug activity",
    "sexual_safety": "Sexual safety",
    "bedbugs": "Bedbugs",
    "hoarding_exit": "Hoarding, blocked exit",
    "no_cell_coverage": "No cell coverage",
    "remote": "Remote place",
    "do_not_enter": "Do not enter",
    "two_person_required": "Two people required",
    "police_standby": "Police standby",
    "stalking_DV_address_hidden": "Address hidden (stalking or violence)",
    "do_not_leave_voicemail": "Leave no voicemail",
    "elopement": "May leave unnoticed",
    "overdose_naloxone_needed": "Overdose risk, carry naloxone",
}
SEVERITIES: Choices = {"info": "Info", "caution": "Caution", "stop": "Stop"}
CLASS_OF: Mapping[str, str] = {
    "weapon_firearm_known": "clinical_risk",
    "weapon_other": "clinical_risk",
    "violence_history": "clinical_risk",
    "threats": "clinical_risk",
    "third_party_risk": "clinical_risk",
    "sexual_safety": "clinical_risk",
    "elopement": "clinical_risk",
    "overdose_naloxone_needed": "clinical_risk",
    "bedbugs": "infection",
    "police_standby": "legal",
    "stalking_DV_address_hidden": "legal",
    "do_not_leave_voicemail": "communication",
    "no_cell_coverage": "communication",
}
"""Of codes that are not about the home (clinical.md 2.5)."""
DEFAULT_SEVERITY = {"do_not_enter": "stop", "two_person_required": "stop", "police_standby": "stop"}


class Confirmation(Item):
    """Somebody saw that it still holds."""

    on: Instant | None = None
    by: Line | None = None


class Alert(Fields):
    """One alert; a clearing and a confirmation at the same time leave it standing."""

    cls: Code | None = None
    code: Code | None = None
    severity: Code | None = None
    detail: Prose | None = None
    source: Line | None = None
    first_seen: Day | None = None
    review_by: Day | None = None
    confirmations: dict[str, Confirmation] = {}
    cleared: Yes | None = None
    cleared_reason: Prose | None = None


def check(doc: Mapping[str, Json], _: Signing) -> Sequence[Problem]:
    """Return what stands against keeping an alert."""
    if not doc.get("code"):
        return [Problem("code", "Choose what must be known.", stops=True)]
    return []


def _derive(view: View) -> dict[str, Json]:
    # A clearing stands only if whoever cleared it had seen every confirmation: the maximal writes of
    # `cleared` must come from entries above all leaves that confirm. Concurrent means it stays.
    cleared = view.fields.get("cleared")
    if cleared is None or any(write.value is not True for write in cleared.writes):
        return {"active": True}
    seen = view.seen_by(write.hash for write in cleared.writes)
    confirming = {
        write.hash
        for row in view.items("confirmations").values()
        for known in row.fields.values()
        for write in known.writes
    }
    return {"active": not confirming <= seen}


def _index(view: View) -> IndexRow:
    code = view.get("code") or ""
    return IndexRow(
        view.first_ms,
        CODES.get(code, code),
        state=(view.get("severity") or "caution") if view.derived.get("active") else "cleared",
    )


KIND = Kind(
    name="alert",
    label="Alert",
    cls="working",
    model=Alert,
    audience=("oncall", "team"),
    labels={
        "cls": "Class",
        "code": "What",
        "severity": "Severity",
        "detail": "Detail",
        "source": "Source",
        "review_by": "Review by",
        "cleared": "Cleared",
        "cleared_reason": "Why cleared",
    },
    sign_checks=check,
    derive=_derive,
    index=_index,
)
