"""A related person: family, friend, landlord, other provider (clinical.md 2.4)."""

from __future__ import annotations

from ..kind import Fields, IndexRow, Kind
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


class RelatedPerson(Fields):
    """Somebody in the client's life."""

    name: Line | None = None
    kind: Code | None = None
    phone: Line | None = None
    phone2: Line | None = None
    organisation: Line | None = None
    language: Code | None = None
    knows_about_treatment: Code | None = None
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
        "knows_about_treatment": "Knows about treatment",
        "notes": "Notes",
    },
    index=lambda view: IndexRow(view.first_ms, view.get("name") or "", state=view.get("kind") or ""),
)
