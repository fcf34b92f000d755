"""A staff member: who they are, what they may do (roles) and what they may sign (credentials)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..canonical import Json
from ..fold import View
from ..kind import Fields, IndexRow, Item, Kind, Problem, Signing
from ..types import Choices, Code, Count, Day, Id, Line, Yes

ROLES: Choices = {
    "tech": "Mental health technician",
    "peer": "Peer specialist",
    "casemgr": "Bachelor clinician",
    "clinician": "Master clinician",
    "prescriber": "Psychiatric prescriber",
    "medasst": "Medical assistant or nurse",
    "supervisor": "Supervisor",
    "manager": "Program manager",
    "records": "Records and privacy",
    "biller": "Biller",
    "sysadmin": "System administrator",
}

CREDENTIALS: Choices = {
    "AAC": "Agency affiliated counselor",
    "AAC-R": "Agency affiliated counselor, registered",
    "LMHC": "Mental health counselor",
    "LMHCA": "Mental health counselor associate",
    "LICSW": "Independent clinical social worker",
    "LSWAIC": "Independent clinical social worker associate",
    "LASW": "Advanced social worker",
    "LSWAA": "Advanced social worker associate",
    "LMFT": "Marriage and family therapist",
    "LMFTA": "Marriage and family therapist associate",
    "PhD": "Psychologist",
    "PsyD": "Psychologist",
    "SUDP": "Substance use disorder professional",
    "SUDPT": "Substance use disorder professional trainee",
    "CPC": "Certified peer counselor",
    "CPSS": "Certified peer support specialist",
    "MA-C": "Medical assistant, certified",
    "MA-R": "Medical assistant, registered",
    "LPN": "Licensed practical nurse",
    "RN": "Registered nurse",
    "ARNP": "Advanced registered nurse practitioner",
    "PMHNP": "Psychiatric nurse practitioner",
    "PA-C": "Physician assistant",
    "MD": "Physician",
    "DO": "Osteopathic physician",
    "MHP": "Mental health professional",
    "DCR": "Designated crisis responder",
}
"""Seed for Washington; an agency may use its own codes (clinical.md 1.3)."""

COSIGN_RULES: Choices = {
    "always": "Everything is co-signed",
    "never": "Signs alone",
    "until_date": "Co-signed until a date",
    "listed_types": "Listed kinds are co-signed",
}


EDUCATION: Choices = {"bachelor": "Bachelor's degree", "master": "Master's degree"}


class Membership(Item):
    """What a person does where, from and until when; judged at effective time."""

    role: Code | None = None
    program: Id | None = None
    team: Id | None = None
    since: Day | None = None
    until: Day | None = None


class Credential(Item):
    """What a person may sign as."""

    code: Code | None = None
    number: Line | None = None
    state: Line | None = None
    issued: Day | None = None
    expires: Day | None = None
    education: Code | None = None
    """As in EDUCATION, where the credential does not say it."""
    may_code: list[Code] | None = None
    """Service codes that it is good for; none: those that the tables allow it."""
    may_sign: list[Code] | None = None
    """Kinds of record that it may sign; none: those that the role may (clinical.md 1.3)."""


class Staff(Fields):
    """A staff member."""

    code: Code | None = None
    """Short name used in import files, such as `m.lindqvist`."""
    name: Line | None = None
    memberships: dict[str, Membership] = {}
    credentials: dict[str, Credential] = {}
    is_mhp: Yes | None = None
    """Mental health professional: may co-sign safety plans and crisis records."""
    fte_hundredths: Count | None = None
    counts_in_ratio: Yes | None = None
    npi: Line | None = None
    languages: list[Code] | None = None
    field_phone: Line | None = None
    cosign_rule: Code | None = None
    cosign_until: Day | None = None
    cosign_kinds: list[Code] | None = None
    supervisor: Id | None = None
    left_on: Day | None = None


def check(doc: Mapping[str, Json], _: Signing) -> Sequence[Problem]:
    """Return what is wrong with a staff record before it is saved."""
    npi = doc.get("npi")
    if npi and not luhn_npi(str(npi)):
        return [Problem("npi", "The NPI is not right: check its ten digits.", stops=True)]
    return []


def luhn_npi(npi: str) -> bool:
    """Tell whether an NPI has ten digits and a right check digit (Luhn over 80840 + NPI)."""
    if len(npi) != 10 or not (npi.isascii() and npi.isdigit()):
        return False
    total = 0
    for place, digit in enumerate(reversed("80840" + npi)):
        number = int(digit) * (2 if place % 2 else 1)
        total += number - 9 if number > 9 else number
    return total % 10 == 0


def _index(view: View) -> IndexRow:
    return IndexRow(view.first_ms, view.get("name") or "", state="left" if view.get("left_on") else "active")


KIND = Kind(
    name="staff",
    label="Staff member",
    cls="working",
    model=Staff,
    audience=("org",),
    about_client=False,
    labels={
        "code": "Short name",
        "name": "Name",
        "memberships": "Roles and teams",
        "credentials": "Credentials",
        "is_mhp": "Mental health professional",
        "fte_hundredths": "FTE (hundredths)",
        "npi": "NPI",
        "supervisor": "Supervisor",
        "field_phone": "Field phone",
        "cosign_rule": "Co-sign rule",
        "left_on": "Left on",
    },
    sign_checks=check,
    index=_index,
)
