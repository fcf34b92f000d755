"""A client: who they are and how to reach them (clinical.md 2.1)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from ..canonical import Json
from ..fold import View
from ..kind import Fields, IndexRow, Item, Kind, Problem, Signing
from ..languages import LANGUAGES as LANGUAGES
from ..types import Choices, Code, Day, Id, Line, Prose, Yes

HOUSING: Choices = {
    "housed": "Housed",
    "doubled_up": "Doubled up",
    "shelter": "Shelter",
    "unsheltered": "Unsheltered",
    "transitional": "Transitional",
    "residential": "Residential",
    "institution": "Institution",
    "unknown": "Unknown",
}
RACE: Choices = {
    "american_indian": "American Indian or Alaska Native",
    "asian": "Asian",
    "black": "Black or African American",
    "hispanic": "Hispanic or Latino",
    "mena": "Middle Eastern or North African",
    "pacific": "Native Hawaiian or Pacific Islander",
    "white": "White",
    "declined": "Does not want to say",
}
"""The categories of the federal standard of 2024 (OMB SPD 15); asked once, as many as the client names."""
LEGAL: Choices = {
    "voluntary": "Voluntary",
    "LRA": "Less restrictive alternative",
    "AOT": "Assisted outpatient treatment",
    "conditional_release": "Conditional release",
    "DOC_supervision": "DOC supervision",
    "probation": "Probation",
    "none": "None",
}
ADDRESS_KINDS: Choices = {
    "home": "Home",
    "shelter": "Shelter",
    "motel": "Motel",
    "family": "Family",
    "AFH": "Adult family home",
    "street_location_text": "Street location",
    "facility": "Facility",
}
ENDED_HOW: Choices = {
    "moved": "Moved on as planned",
    "evicted": "Evicted",
    "asked_to_leave": "Asked to leave",
    "walked_out": "Left, did not come back",
    "place_lost": "The place was lost: fire, sale, closed",
    "hospital": "Hospital or treatment",
    "jail": "Jail",
    "other": "Other",
}
"""How living somewhere came to an end."""
FAILED_PLACEMENTS = frozenset({"evicted", "asked_to_leave", "walked_out"})
"""Ends that count as a failed placement (programs.md 29)."""


class Address(Item):
    """One place where the client lives or lived."""

    kind: Code | None = None
    street: Line | None = None
    city: Line | None = None
    county: Line | None = None
    zip: Line | None = None
    notes: Line | None = None
    since: Day | None = None
    until: Day | None = None
    ended: Code | None = None
    """As in `ENDED_HOW`."""
    remark: Line | None = None
    """With whom, on whose lease, why it ended."""


class Phone(Item):
    """One phone number."""

    number: Line | None = None
    ok_to_leave_message: Yes | None = None
    ok_to_text: Yes | None = None
    safe_times: Line | None = None


class Client(Fields):
    """A client; the first entry also names the home team and program."""

    home_program: Id | None = None
    home_team: Id | None = None
    legal_name: Line | None = None
    """Family name, then given names, as `Last, First`."""
    name_to_use: Line | None = None
    pronouns: Line | None = None
    dob: Day | None = None
    sex: Code | None = None
    gender: Line | None = None
    race: list[Code] | None = None
    """Race and ethnicity, as the client says; for nothing but counting who is reached (programs.md 105)."""
    language: Code | None = None
    interpreter_needed: Yes | None = None
    mrn: Line | None = None
    medicaid_id: Line | None = None
    addresses: dict[str, Address] = {}
    phones: dict[str, Phone] = {}
    best_places_to_find: Prose | None = None
    housing_status: Code | None = None
    employment: Line | None = None
    veteran: Yes | None = None
    legal_status: Code | None = None
    directive: Line | None = None
    guardian: Line | None = None
    pcp: Line | None = None
    pharmacy: Line | None = None
    allergies: Line | None = None
    medical_alerts: Line | None = None
    disclosure_statement_given_on: Day | None = None
    rights_given_on: Day | None = None
    npp_given_on: Day | None = None
    part2_notice_given_on: Day | None = None


def check(doc: Mapping[str, Json], _: Signing) -> Sequence[Problem]:
    """Return what stands against saving a client."""
    found: list[Problem] = []
    if not (doc.get("legal_name") or "").strip():
        found.append(Problem("legal_name", "Give the client's name.", stops=True))
    for item, row in (doc.get("addresses") or {}).items():
        if row.get("since") and row.get("until") and row["until"] < row["since"]:
            found.append(
                Problem(f"addresses.{item}.until", "They left before they came: check the days.", stops=True)
            )
    return found


def lived(rows: Iterable[Mapping[str, Json]]) -> list[Mapping[str, Json]]:
    """Return places where somebody lives or lived: where they are now first, each group by its first day, newest first."""
    by_start = sorted(rows, key=lambda row: str(row.get("since") or row.get("until") or ""), reverse=True)
    return sorted(by_start, key=lambda row: bool(row.get("until")))


def failed_placements(rows: Iterable[Mapping[str, Json]]) -> int:
    """Return in how many places living came to an end against the client's plan (programs.md 29)."""
    return sum(row.get("ended") in FAILED_PLACEMENTS for row in rows)


def county_of(rows: Iterable[Mapping[str, Json]]) -> str:
    """Return the county of where somebody lives now; "" where no address that holds names one."""
    now = (str(row.get("county") or "").strip() for row in lived(rows) if not row.get("until"))
    return next((county for county in now if county), "")


def shown_name(view: View) -> str:
    """Return the name that screens show: the name to use with the family name, else the legal name."""
    legal = view.get("legal_name") or ""
    use = view.get("name_to_use") or ""
    last, _, first = legal.partition(",")
    if use and use.strip() not in (first.strip(), legal.strip()):
        return f"{last.strip()}, {use.strip()}" if first else use.strip()
    return legal.strip() or "(no name)"


def _search(view: View) -> str:
    parts = [view.get(n) or "" for n in ("legal_name", "name_to_use", "mrn", "best_places_to_find")]
    parts += [f"{a.get('street') or ''} {a.get('city') or ''}" for a in view.items("addresses").values()]
    return " ".join(part for part in parts if part)


KIND = Kind(
    name="client",
    label="Client",
    cls="working",
    model=Client,
    audience=("oncall", "team"),
    labels={
        "legal_name": "Legal name",
        "name_to_use": "Name to use",
        "pronouns": "Pronouns",
        "dob": "Born",
        "sex": "Sex",
        "gender": "Gender",
        "race": "Race and ethnicity",
        "language": "Language",
        "interpreter_needed": "Interpreter needed",
        "mrn": "MRN",
        "medicaid_id": "Medicaid id",
        "addresses": "Addresses",
        "phones": "Phones",
        "best_places_to_find": "Best places to find",
        "housing_status": "Housing",
        "legal_status": "Legal status",
        "pcp": "Primary care",
        "pharmacy": "Pharmacy",
        "allergies": "Allergies",
        "medical_alerts": "Medical alerts",
        "guardian": "Guardian or POA",
        "home_team": "Home team",
        "home_program": "Home program",
    },
    sign_checks=check,
    index=lambda view: IndexRow(view.first_ms, shown_name(view), owner=view.get("home_team") or ""),
    search_text=_search,
)
