"""The medication list: what a client takes, each line merged field by field (clinical.md 2.17).

A prescriber's signature verifies the list. Staff in the field report what they see (`adherence`) and change nothing
here: the role table says so on laptops and on the server.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ..canonical import Json
from ..envelope import ATTESTED
from ..fold import ItemView, View
from ..kind import Fields, IndexRow, Item, Kind
from ..types import Choices, Code, Count, Day, Id, Line, Yes

ROUTES: Choices = {
    "oral": "By mouth",
    "im_lai": "Long-acting injection",
    "injection": "Injection, other",
    "sublingual": "Under the tongue",
    "patch": "Patch",
    "inhaled": "Inhaled",
    "topical": "On the skin",
    "other": "Other",
}
SOURCES: Choices = {
    "prescriber": "Our prescriber",
    "client": "Client's word",
    "box": "Seen: box or bottle",
    "pharmacy": "Pharmacy",
    "hospital": "Hospital papers",
    "pcp": "Primary care",
    "other": "Other",
}
SITES: Choices = {
    "deltoid_left": "Left deltoid",
    "deltoid_right": "Right deltoid",
    "gluteal_left": "Left gluteal",
    "gluteal_right": "Right gluteal",
    "thigh_left": "Left thigh",
    "thigh_right": "Right thigh",
    "abdomen": "Abdomen",
}
LABS: Choices = {
    "lithium": "Lithium level",
    "clozapine_anc": "Clozapine: ANC",
    "metabolic": "Metabolic panel",
    "a1c": "A1c",
    "kidney_thyroid": "Kidney and thyroid",
    "aims": "AIMS",
    "other": "Other",
}
MAT: Choices = {
    "buprenorphine": "Buprenorphine",
    "naltrexone": "Naltrexone",
    "methadone_otp": "Methadone, from an opioid treatment program",
    "other": "Other",
}
"""Medication-assisted treatment that the team coordinates with whoever prescribes or gives it (programs.md 62, 64)."""
LAI = "im_lai"
GIVEN = frozenset({"last_given", "next_due", "lai_site", "given"})
"""What an injection that was given changes: it does not make a verified list an unverified one."""


class Medicine(Item):
    """One line of the list."""

    name: Line | None = None
    dose: Line | None = None
    route: Code | None = None
    schedule: Line | None = None
    prn: Yes | None = None
    """Only when needed."""
    prescriber: Line | None = None
    start: Day | None = None
    stop: Day | None = None
    """From this day on it is not taken."""
    stop_reason: Line | None = None
    reason: Line | None = None
    source: Code | None = None
    lai_every_d: Count | None = None
    """Days from one injection to the next."""
    lai_window_d: Count | None = None
    """Days after the due day on which it may still be given."""
    lai_site: Code | None = None
    """Of the last injection."""
    last_given: Day | None = None
    next_due: Day | None = None
    given: Id | None = None
    """The record of the injection that the dates come from."""
    mat: Code | None = None
    """As in `MAT`; none for a medicine that is no such treatment."""
    mat_place: Line | None = None
    """Clinic or opioid treatment program that prescribes or gives it."""
    mat_phone: Line | None = None
    mat_next: Day | None = None
    """The next dose there, visit or refill."""


class Lab(Item):
    """A test that is to be done again and again."""

    what: Code | None = None
    name: Line | None = None
    every_d: Count | None = None
    last: Day | None = None
    due: Day | None = None


class Verified(Item):
    """A prescriber looked at the whole list and says that it is right."""

    on: Day | None = None
    by: Id | None = None


class MedicationList(Fields):
    """One per client."""

    medicines: dict[str, Medicine] = {}
    labs: dict[str, Lab] = {}
    verified: dict[str, Verified] = {}


def is_lai(medicine: Mapping[str, Any] | ItemView) -> bool:
    """Tell whether a line is a long-acting injection."""
    return medicine.get("route") == LAI


def is_current(medicine: Mapping[str, Any] | ItemView, day: str) -> bool:
    """Tell whether a line is taken on a day (`YYYY-MM-DD`): a stop holds from its own day on."""
    return bool(medicine.get("name")) and not (medicine.get("stop") and str(medicine.get("stop")) <= day)


def current(view: View | None, day: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield (item id, values) of the lines that are taken on a day, by name."""
    if view is None or view.in_error:
        return
    rows = [(key, row.to_data()) for key, row in view.items("medicines").items() if is_current(row, day)]
    yield from sorted(rows, key=lambda row: (str(row[1].get("name") or "").lower(), row[0]))


def line_of(medicine: Mapping[str, Any]) -> str:
    """Return one line as it is read: `Sertraline 100 mg, mornings, when needed`."""
    first = " ".join(filter(None, [str(medicine.get("name") or ""), str(medicine.get("dose") or "")]))
    route = str(medicine.get("route") or "")
    said = "long-acting injection" if route == LAI else ROUTES.get(route, route).lower()
    parts = [
        first,
        said if route not in ("", "oral") else "",
        str(medicine.get("schedule") or ""),
        "when needed" if medicine.get("prn") else "",
    ]
    return ", ".join(part for part in parts if part)


def mat_words(medicine: Mapping[str, Any]) -> str:
    """Return what is coordinated of medication-assisted treatment: `MAT: Harbor Clinic, 360-555-0100, next 2026-12-01`.

    For staff of the team only: a paper for somebody else names the medicine and not where it is given.
    """
    if not medicine.get("mat"):
        return ""
    coming = f"next {medicine['mat_next']}" if medicine.get("mat_next") else ""
    said = (medicine.get("mat_place"), medicine.get("mat_phone"), coming)
    where = ", ".join(str(part) for part in said if part)
    return f"MAT: {where}" if where else "MAT"


def rule(meaning: str, body: Mapping[str, Json]) -> str | None:
    """Return why a body is refused wherever it comes from: verifying the list is signed, and a signature verifies."""
    said = (body.get("items") or {}).get("verified") or {}
    if (body.get("drop") or {}).get("verified"):
        return "verified: what was verified is never taken away"
    if meaning in ATTESTED:
        return None if said else "verified: a signature on the list says that it was verified"
    return "verified: a list is verified by signing it" if said else None


def _derive(view: View) -> dict[str, Json]:
    newest = max(
        ((str(row.get("on") or ""), key, row) for key, row in view.items("verified").items()),
        key=lambda found: found[:2],
        default=None,
    )
    if newest is None:
        return {"verified_on": None, "verified_by": None, "changed_since": bool(view.items("medicines"))}
    by_hash = {step.hash: step for step in view.steps}
    covered: set[str] = set()
    stack = [write.hash for known in newest[2].fields.values() for write in known.writes]
    while stack:
        step = by_hash.get(stack.pop())
        if step is not None and step.hash not in covered:
            covered.add(step.hash)
            stack += step.prev
    written = {
        write.hash
        for row in view.items("medicines").values()
        for name, known in row.fields.items()
        if name not in GIVEN
        for write in known.writes
    }
    return {
        "verified_on": newest[2].get("on"),
        "verified_by": newest[2].get("by"),
        "changed_since": not written <= covered,
    }


KIND = Kind(
    name="medication_list",
    label="Medication list",
    cls="working",
    model=MedicationList,
    audience=("oncall", "team"),
    one_per="client",
    labels={"medicines": "Medicine", "labs": "Lab", "verified": "Verified"},
    body_rule=rule,
    derive=_derive,
    index=lambda view: IndexRow(view.last_ms, "Medication list"),
    search_text=lambda view: "\n".join(line_of(row.to_data()) for row in view.items("medicines").values()),
)
