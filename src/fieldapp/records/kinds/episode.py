"""A care episode: program, level of care, coverage, tier and status (clinical.md 2.2)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..canonical import Json
from ..episode_tables import CLOSED, ELEMENTS
from ..fold import View
from ..kind import Fields, IndexRow, Item, Kind, Problem, Signing
from ..types import Choices, Code, Count, Day, Id, Line, Prose, Rating, Yes

TIERS: Choices = {"high": "High", "standard": "Standard", "step_down": "Step-down"}
STEP_DOWN_FROM: Choices = {
    "none": "None",
    "PACT": "PACT",
    "residential_BH": "Residential (behavioral health)",
    "residential_SUD": "Residential (substance use)",
    "inpatient": "Psychiatric inpatient",
    "PHP": "Partial hospitalization",
    "detox_WM": "Withdrawal management",
    "jail": "Jail",
    "other": "Other",
}
TRACKS: Choices = {
    "general": "General",
    "SMI": "Severe mental illness",
    "dual_diagnosis": "Dual diagnosis",
    "anxiety": "Anxiety",
    "depression": "Depression",
    "trauma": "Trauma",
    "bipolar": "Bipolar",
    "eating_disorder": "Eating disorder",
    "custom": "Other",
}


PART_2: Choices = {
    "protected": "Protected",
    "not_protected": "Not protected",
    "pending": "Not decided: treated as protected",
}


class Coverage(Item):
    """One payer of the episode."""

    payer: Line | None = None
    member_id: Line | None = None
    auth_no: Line | None = None
    auth_from: Day | None = None
    auth_to: Day | None = None
    auth_units: Count | None = None


class Element(Item):
    """One element of the assessment: when it was done, by whom, and where it is found."""

    on: Day | None = None
    by: Line | None = None
    where: Line | None = None
    record: Id | None = None
    """The note or other record that holds it, where it is one of ours."""


class IntakeCheck(Item):
    """One line of the intake: what came of it, when, who said so."""

    answer: Code | None = None
    """As in `CHECKED`."""
    on: Day | None = None
    who: Line | None = None
    ref: Line | None = None
    """Number of the call or of the answer."""
    remark: Line | None = None


class Extension(Item):
    """Why somebody stays longer than the program plans, and until when (programs.md 100)."""

    until: Day | None = None
    reason: Prose | None = None
    on: Day | None = None
    by: Line | None = None


class Episode(Fields):
    """One stay in a program, from the referral on."""

    program: Id | None = None
    archetype: Code | None = None
    track: Code | None = None
    format: Code | None = None
    cohort: Code | None = None
    county: Line | None = None
    referral_source: Code | None = None
    referral_org: Line | None = None
    referral_person: Line | None = None
    referral_phone: Line | None = None
    received_on: Day | None = None
    acknowledged_on: Day | None = None
    form_ref: Line | None = None
    """Number or place of the referral form."""
    asked_for: Prose | None = None
    """Why they come, in the words of whoever refers."""
    assessed_on: Day | None = None
    assessed_by: Line | None = None
    decision: Code | None = None
    decided_on: Day | None = None
    decided_by: Line | None = None
    decision_reason: Prose | None = None
    redirect_to: Code | None = None
    redirect_where: Line | None = None
    first_block_on: Day | None = None
    """In a structured program: the first day in the group schedule."""
    step_down_from: Code | None = None
    step_down_on: Day | None = None
    """Discharge there."""
    step_down_org: Line | None = None
    level_of_care: Code | None = None
    asam_level: Code | None = None
    asam_1: Rating | None = None
    asam_2: Rating | None = None
    asam_3: Rating | None = None
    asam_4: Rating | None = None
    asam_5: Rating | None = None
    asam_6: Rating | None = None
    care_reason: Prose | None = None
    """Why level of care, program or tier were changed last."""
    assessment: dict[str, Element] = {}
    """By code of `ELEMENTS`."""
    intake_checks: dict[str, IntakeCheck] = {}
    """By code of `CHECKS`."""
    admit_date: Day | None = None
    expected_end: Day | None = None
    extensions: dict[str, Extension] = {}
    intensity_tier: Code | None = None
    coverage: dict[str, Coverage] = {}
    hospitalisations_prior_12m: Count | None = None
    ed_visits_prior_12m: Count | None = None
    crisis_contacts_prior_12m: Count | None = None
    sud_services: Yes | None = None
    part2_status: Code | None = None
    """As in `PART_2`."""
    status: Code | None = None
    """As in `STATUSES`; which step may follow which is `clinical.intake`."""
    status_since: Day | None = None
    status_reason: Prose | None = None
    discharged_on: Day | None = None
    discharge_reason: Code | None = None
    discharge: Id | None = None
    """The discharge that ended it."""


def check(doc: Mapping[str, Json], _: Signing) -> Sequence[Problem]:
    """Return what stands against an episode: a payer has a name, and an authorization ends after it begins."""
    found: list[Problem] = []
    for item, row in (doc.get("coverage") or {}).items():
        at, since, until = f"coverage.{item}", row.get("auth_from"), row.get("auth_to")
        if since and until and until < since:
            found.append(Problem(f"{at}.auth_to", "The authorization ends before it begins.", stops=True))
        if not row.get("payer") and any(row.get(name) for name in ("member_id", "auth_no", "auth_units")):
            found.append(Problem(f"{at}.payer", "Name the payer.", stops=True))
    for code, row in (doc.get("assessment") or {}).items():
        if row.get("on") and not (row.get("by") and (row.get("where") or row.get("record"))):
            label = ELEMENTS.get(code, code)
            found.append(
                Problem(f"assessment.{code}.by", f"{label}: say by whom and where it is found.", stops=True)
            )
    for item, row in (doc.get("extensions") or {}).items():
        if not row.get("until"):
            found.append(Problem(f"extensions.{item}.until", "Say until when they stay.", stops=True))
        if not str(row.get("reason") or "").strip():
            found.append(Problem(f"extensions.{item}.reason", "Say why they stay longer.", stops=True))
    if doc.get("step_down_on") and doc.get("admit_date") and doc["step_down_on"] > doc["admit_date"]:
        found.append(Problem("step_down_on", "The discharge there is after the admission here.", stops=False))
    return found


KIND = Kind(
    name="episode",
    label="Episode",
    cls="working",
    model=Episode,
    audience=("oncall", "team"),
    together=("status", "status_since", "status_reason"),
    labels={
        "program": "Program",
        "track": "Track",
        "format": "Format",
        "cohort": "Cohort",
        "county": "County",
        "referral_source": "Referred by",
        "referral_org": "Referring organisation",
        "referral_person": "Referring person",
        "referral_phone": "Referrer's phone",
        "received_on": "Received",
        "acknowledged_on": "Acknowledged",
        "form_ref": "Referral form",
        "asked_for": "Asked for",
        "assessed_on": "Assessed on",
        "assessed_by": "Assessed by",
        "decision": "Decision",
        "decided_on": "Decided on",
        "decided_by": "Decided by",
        "decision_reason": "Why",
        "redirect_to": "Redirected to",
        "redirect_where": "Where",
        "first_block_on": "First block",
        "step_down_from": "Step-down from",
        "step_down_on": "Discharged there",
        "step_down_org": "From where",
        "level_of_care": "Level of care",
        "asam_level": "ASAM level",
        "asam_1": "ASAM dimension 1",
        "asam_2": "ASAM dimension 2",
        "asam_3": "ASAM dimension 3",
        "asam_4": "ASAM dimension 4",
        "asam_5": "ASAM dimension 5",
        "asam_6": "ASAM dimension 6",
        "care_reason": "Why changed",
        "assessment": "Assessment",
        "intake_checks": "Intake",
        "admit_date": "Admitted",
        "expected_end": "Expected end",
        "extensions": "Stays longer",
        "intensity_tier": "Tier",
        "coverage": "Coverage",
        "hospitalisations_prior_12m": "Hospital stays, 12 months before",
        "ed_visits_prior_12m": "ED visits, 12 months before",
        "crisis_contacts_prior_12m": "Crisis contacts, 12 months before",
        "sud_services": "Substance use services",
        "part2_status": "42 CFR Part 2",
        "status": "Status",
        "status_since": "Since",
        "status_reason": "Reason",
        "discharged_on": "Discharged",
        "discharge_reason": "Reason for discharge",
    },
    sign_checks=check,
    index=lambda view: IndexRow(
        view.first_ms,
        view.get("track") or "",
        state=view.get("status") or "",
        owner=view.get("program") or "",
    ),
)


def standing(status: str | None, admitted: str | None, record: str) -> tuple[bool, str, str]:
    """Return the place of an episode among a client's: the one that counts now has the highest."""
    return status not in CLOSED, admitted or "", record


def open_episode(views: list[View]) -> View | None:
    """Return the episode that counts now: the newest that is not closed, else the newest."""
    ranked = sorted(views, key=lambda v: standing(v.get("status"), v.get("admit_date"), v.id))
    return ranked[-1] if ranked else None
