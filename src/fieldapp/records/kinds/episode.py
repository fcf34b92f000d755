"""A care episode: program, level of care, coverage, tier and status (clinical.md 2.2)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..canonical import Json
from ..fold import View
from ..kind import Fields, IndexRow, Item, Kind, Problem, Signing
from ..types import Choices, Code, Count, Day, Id, Line, Prose, Yes

STATUSES: Choices = {
    "referred": "Referred",
    "intake": "Intake",
    "waitlist": "Waitlist",
    "active": "Active",
    "on_hold": "On hold",
    "discharged": "Discharged",
}
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


class Episode(Fields):
    """One stay in a program."""

    program: Id | None = None
    archetype: Code | None = None
    track: Code | None = None
    format: Code | None = None
    cohort: Code | None = None
    county: Line | None = None
    referral_source: Code | None = None
    step_down_from: Code | None = None
    level_of_care: Code | None = None
    admit_date: Day | None = None
    expected_end: Day | None = None
    intensity_tier: Code | None = None
    coverage: dict[str, Coverage] = {}
    hospitalisations_prior_12m: Count | None = None
    ed_visits_prior_12m: Count | None = None
    crisis_contacts_prior_12m: Count | None = None
    sud_services: Yes | None = None
    part2_status: Code | None = None
    """As in `PART_2`."""
    status: Code | None = None
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
    return found


KIND = Kind(
    name="episode",
    label="Episode",
    cls="working",
    model=Episode,
    audience=("oncall", "team"),
    labels={
        "program": "Program",
        "track": "Track",
        "step_down_from": "Step-down from",
        "admit_date": "Admitted",
        "intensity_tier": "Tier",
        "coverage": "Coverage",
        "status": "Status",
        "part2_status": "42 CFR Part 2",
        "county": "County",
    },
    sign_checks=check,
    index=lambda view: IndexRow(
        view.first_ms,
        view.get("track") or "",
        state=view.get("status") or "",
        owner=view.get("program") or "",
    ),
)


def open_episode(views: list[View]) -> View | None:
    """Return the episode that counts now: the newest that is not discharged, else the newest."""
    ranked = sorted(views, key=lambda v: (v.get("status") != "discharged", v.get("admit_date") or "", v.id))
    return ranked[-1] if ranked else None
