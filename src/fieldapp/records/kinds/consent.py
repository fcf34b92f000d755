"""A consent or a release: what the client agreed to, for whom, until when (clinical.md 2.3)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..canonical import Json
from ..fold import View
from ..kind import Fields, IndexRow, Kind, Problem, Signing
from ..types import Choices, Code, Day, Id, Line, Prose, Yes

CONSENTS: Choices = {
    "treatment": "Treatment",
    "telehealth": "Telehealth",
    "roi_hipaa": "Release of information",
    "part2_tpo": "Part 2: treatment, payment, operations",
    "part2_specific": "Part 2: named recipient",
    "part2_proceedings": "Part 2: legal proceedings",
    "sud_counseling_notes": "Substance use counseling notes",
    "psychotherapy_notes": "Psychotherapy notes",
    "photo_recording": "Photo or recording",
    "text_email_contact": "Text and e-mail",
    "family_involvement": "Family involvement",
    "emergency_contact": "Emergency contact",
}
NAMES_SOMEBODY = frozenset(
    {
        "roi_hipaa", "part2_specific", "part2_proceedings", "sud_counseling_notes", "psychotherapy_notes",
        "family_involvement", "emergency_contact",
    }
)  # fmt: skip
"""Kinds that say who may hear."""
SAYS_WHAT = NAMES_SOMEBODY - {"emergency_contact"} | {"part2_tpo"}
"""Kinds that say what may be told, and what for."""
ALONE = frozenset({"part2_proceedings", "sud_counseling_notes", "psychotherapy_notes"})
"""Never part of another consent (42 CFR 2.31, 2.33; 45 CFR 164.508): each is a record of its own."""
ENDS = NAMES_SOMEBODY - {"emergency_contact", "family_involvement"}
"""Kinds that must say when they end: by a day or by an event (45 CFR 164.508(c)(1)(v), 42 CFR 2.31(a)(7))."""
WHAT: Choices = {
    "attendance": "Attendance",
    "plan": "Treatment plan",
    "progress": "Progress",
    "diagnosis": "Diagnosis",
    "medication": "Medication",
    "safety_plan": "Safety plan",
    "crisis": "Crisis and risk",
    "housing": "Housing needs",
    "benefits": "Benefits and coverage",
    "labs": "Labs and measures",
    "substance_use": "Substance use",
    "discharge": "Discharge and aftercare",
}
METHODS: Choices = {
    "paper_wet_scan": "On paper, original kept",
    "typed_on_device": "Typed here by the client",
    "verbal_witnessed": "By word, with a witness",
}
REVOKED_HOW: Choices = {
    "written": "In writing",
    "verbal": "By word",
    "by_representative": "By a representative",
}


class Consent(Fields):
    """One consent; who takes it back does so for good."""

    kind: Code | None = None
    recipient: Line | None = None
    organisation: Line | None = None
    relationship: Line | None = None
    phone: Line | None = None
    fax: Line | None = None
    related: Id | None = None
    """The related person whom the recipient is."""
    purpose: Line | None = None
    what: list[Code] | None = None
    what_else: Prose | None = None
    since: Day | None = None
    expires: Day | None = None
    """The last day on which it holds."""
    expires_event: Line | None = None
    signature: Code | None = None
    signed_name: Line | None = None
    signed_on: Day | None = None
    witness: Line | None = None
    representative: Line | None = None
    """Who signed for the client, and by what right."""
    copy_given: Yes | None = None
    language: Code | None = None
    scope_for_notice: Prose | None = None
    """The explanation of its scope that goes with each disclosure (42 CFR 2.32(b))."""
    revoked: Yes | None = None
    revoked_on: Day | None = None
    revoked_how: Code | None = None


def check(doc: Mapping[str, Json], _: Signing) -> Sequence[Problem]:
    """Return what stands against keeping a consent: without these parts it is none."""
    kind, found = doc.get("kind"), []
    if kind not in CONSENTS:
        return [Problem("kind", "Choose what the client agrees to.", stops=True)]
    if kind in NAMES_SOMEBODY and not _said(doc, "recipient"):
        found.append(Problem("recipient", "Name who may hear it.", stops=True))
    if kind in SAYS_WHAT and not doc.get("what") and not _said(doc, "what_else"):
        found.append(Problem("what", "Say what may be told.", stops=True))
    if kind in SAYS_WHAT and not _said(doc, "purpose"):
        found.append(Problem("purpose", "Say what for.", stops=True))
    if kind in ENDS and not doc.get("expires") and not _said(doc, "expires_event"):
        found.append(Problem("expires", "Say when it ends: a day, or an event below.", stops=True))
    if doc.get("since") and doc.get("expires") and str(doc["expires"]) < str(doc["since"]):
        found.append(Problem("expires", "It ends before it begins: check both days.", stops=True))
    found += signature_problems(doc)
    if doc.get("copy_given") is None:
        found.append(Problem("copy_given", "Was a copy offered?", stops=False))
    return found


def signature_problems(doc: Mapping[str, Json]) -> list[Problem]:
    """Return what is missing of a client's signature: how, by whom or before whom, and when (clinical.md 2.3)."""
    found = []
    if doc.get("signature") not in METHODS:
        found.append(Problem("signature", "Say how the client agreed.", stops=True))
    if doc.get("signature") == "typed_on_device" and not _said(doc, "signed_name"):
        found.append(Problem("signed_name", "Have the client type their name.", stops=True))
    if doc.get("signature") == "verbal_witnessed" and not _said(doc, "witness"):
        found.append(Problem("witness", "Name the witness.", stops=True))
    if not doc.get("signed_on"):
        found.append(Problem("signed_on", "Give the day on which the client agreed.", stops=True))
    return found


def _said(doc: Mapping[str, Json], name: str) -> bool:
    return bool(str(doc.get(name) or "").strip())


def _index(view: View) -> IndexRow:
    kind = str(view.get("kind") or "")
    who = str(view.get("recipient") or "")
    label = CONSENTS.get(kind, kind)
    return IndexRow(
        view.first_ms, f"{label}: {who}" if who else label, state="revoked" if view.get("revoked") else kind
    )


KIND = Kind(
    name="consent",
    label="Consent",
    cls="working",
    model=Consent,
    audience=("oncall", "team"),
    labels={
        "kind": "Agrees to",
        "recipient": "Who may hear",
        "organisation": "Organisation",
        "relationship": "Relationship",
        "phone": "Phone",
        "fax": "Fax",
        "purpose": "What for",
        "what": "What",
        "what_else": "What else",
        "since": "From",
        "expires": "Until",
        "expires_event": "Until (event)",
        "signature": "How agreed",
        "signed_name": "Signed",
        "signed_on": "Agreed on",
        "witness": "Witness",
        "representative": "Signed for the client by",
        "copy_given": "Copy given",
        "language": "Language",
        "scope_for_notice": "Scope, in words",
        "revoked": "Revoked",
        "revoked_on": "Revoked on",
        "revoked_how": "Revoked how",
    },
    sticky=frozenset({"revoked"}),
    sign_checks=check,
    index=_index,
)
