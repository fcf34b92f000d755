"""A related person: family, friend, landlord, other provider (clinical.md 2.4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..canonical import Json
from ..kind import Fields, IndexRow, Kind, Problem, Signing
from ..types import Choices, Code, Line, Prose, Yes

KINDS: Choices = {
    "emergency_contact": "Emergency contact",
    "family": "Family",
    "partner": "Partner",
    "friend": "Friend",
    "natural_support": "Natural support",
    "landlord": "Landlord",
    "property_mgr": "Property manager",
    "employer": "Employer",
    "school": "School",
    "probation_DOC": "Probation or DOC",
    "pcp": "Primary care",
    "other_provider": "Other provider",
    "payee": "Payee",
    "peer_sponsor": "Peer or sponsor",
    "clergy": "Clergy",
    "other": "Other",
}
LISTEN_ONLY = frozenset({"landlord", "property_mgr", "employer"})
"""Kinds that hear nothing without a release."""
TREATS = frozenset({"pcp", "other_provider"})
"""Kinds that treat the client as well (45 CFR 164.506(c))."""
KNOWS: Choices = {"yes": "Yes", "no": "No", "unknown": "Unknown"}


def check(doc: Mapping[str, Json], _: Signing) -> Sequence[Problem]:
    """Return what stands against keeping a person."""
    if not str(doc.get("name") or "").strip():
        return [Problem("name", "Give the name.", stops=True)]
    return []


class RelatedPerson(Fields):
    """Somebody in the client's life."""

    name: Line | None = None
    kind: Code | None = None
    phone: Line | None = None
    phone2: Line | None = None
    organisation: Line | None = None
    language: Code | None = None
    knows_about_treatment: Code | None = None
    involvement_ok: Yes | None = None
    """Whether the client wants them involved; who hears what is a consent's business."""
    role_in_safety_plan: Line | None = None
    notes: Prose | None = None
    former: Yes | None = None


KIND = Kind(
    name="related_person",
    label="Related person",
    cls="working",
    model=RelatedPerson,
    audience=("oncall", "team"),
    labels={
        "name": "Name",
        "kind": "Relation",
        "phone": "Phone",
        "phone2": "Other phone",
        "organisation": "Organisation",
        "language": "Language",
        "involvement_ok": "Client wants them involved",
        "role_in_safety_plan": "Role in the safety plan",
        "former": "Not any more",
        "knows_about_treatment": "Knows about treatment",
        "notes": "Notes",
    },
    sign_checks=check,
    index=lambda view: IndexRow(view.first_ms, view.get("name") or "", state=view.get("kind") or ""),
)
