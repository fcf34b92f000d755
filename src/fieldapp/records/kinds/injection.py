"""A long-acting injection that was given, signed by who gave it (clinical.md 2.17)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..canonical import Json
from ..envelope import instant_ms
from ..fold import View
from ..kind import Fact, Fields, IndexRow, Kind, Problem, Signing
from ..types import Code, Day, Instant, Line
from .medication_list import SITES


class Injection(Fields):
    """One injection."""

    medicine: Line | None = None
    """Item of the medication list; none where the drug is not on it."""
    drug: Line | None = None
    dose: Line | None = None
    site: Code | None = None
    lot: Line | None = None
    at: Instant | None = None
    tz: Line | None = None
    on: Day | None = None
    """The day of `at` in the zone of the program."""
    next_due: Day | None = None
    remark: Line | None = None


SAYS = ("medicine", "drug", "dose", "site", "lot", "remark")


def says(doc: Mapping[str, Any]) -> bool:
    """Tell whether anything was given."""
    return bool(doc.get("medicine") or doc.get("drug") or doc.get("site") or doc.get("lot"))


def check(doc: Mapping[str, Json], signing: Signing) -> Sequence[Problem]:
    """Return what stands against signing an injection: what, how much, where, when."""
    found: list[Problem] = []
    if not (doc.get("drug") or "").strip():
        found.append(Problem("drug", "Say what was given.", stops=True))
    if not (doc.get("dose") or "").strip():
        found.append(Problem("dose", "Say how much was given.", stops=True))
    if doc.get("site") not in SITES:
        found.append(Problem("site", "Choose where it was given.", stops=True))
    if doc.get("at") and instant_ms(doc["at"]) > signing.at_ms + 5 * 60_000:
        found.append(Problem("at", "It is dated in the future: check date and time.", stops=True))
    due, on = doc.get("next_due"), doc.get("on")
    if not due:
        found.append(Problem("next_due", "Say when the next one is due.", stops=False))
    elif on and due <= on:
        found.append(Problem("next_due", "The next one is due after this one: check the day.", stops=True))
    return found


def words(doc: Mapping[str, Any]) -> str:
    """Return an injection in one line: `Drug 156 mg · Left deltoid · next Dec 20`."""
    site = str(doc.get("site") or "")
    first = " ".join(filter(None, [str(doc.get("drug") or ""), str(doc.get("dose") or "")]))
    due = str(doc.get("next_due") or "")
    return " · ".join(filter(None, [first, SITES.get(site, site), f"next due {due}" if due else ""]))


def _at(view: View) -> int:
    return instant_ms(view.doc["at"]) if view.doc.get("at") else view.first_ms


def _facts(view: View) -> Sequence[Fact]:
    if view.in_error or not view.steps:
        return ()
    return [
        Fact("injection", _at(view), staff=view.steps[0].author, value=str(view.doc.get("medicine") or ""))
    ]


KIND = Kind(
    name="injection",
    label="Injection given",
    cls="single",
    model=Injection,
    audience=("team",),
    labels={
        "drug": "Drug", "dose": "Dose", "site": "Where", "lot": "Lot", "at": "When", "next_due": "Next due",
        "remark": "Remark",
    },
    sign_checks=check,
    index=lambda view: IndexRow(_at(view), "Injection given"),
    facts=_facts,
    search_text=lambda view: words(view.doc),
)  # fmt: skip
