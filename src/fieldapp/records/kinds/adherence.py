"""What somebody saw or heard of a client's medicines on a day; signed once by who saw it (clinical.md 2.17)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from pydantic import Field as Limit

from ..canonical import Json
from ..defaults import setting
from ..envelope import instant_ms
from ..fold import View
from ..kind import Fact, Fields, IndexRow, Kind, Problem, Signing
from ..types import Choices, Code, Count, Day, Instant, Line, Prose, Yes

TAKEN: Choices = {
    "yes_seen": "Yes, seen",
    "yes_reported": "Yes, by their word",
    "partial": "In part",
    "no": "No",
    "unknown": "Not known",
}
BARRIERS: Choices = {
    "side_effects": "Side effects",
    "forgot": "Forgot",
    "no_refill": "No refill",
    "cost": "Cost",
    "beliefs": "Does not want it",
    "substance": "Substance use",
    "other": "Other",
}
SEVERITIES: Choices = {"mild": "Mild", "troubling": "Troubling", "severe": "Severe: today"}
SEVERE = "severe"
NALOXONE_FACT = "naloxone"
"""The fact that somebody asked about naloxone; its value is what they found."""
NALOXONE: Choices = {
    "given": "Given today, shown how",
    "on_hand": "On hand",
    "none": "None on hand",
    "declined": "Offered, not wanted",
}
"""What was found of naloxone, which anybody of the team may give and ask about (programs.md 64)."""

DaysOfWeek = Annotated[int, Limit(ge=0, le=7)]


class Of(Fields):
    """One line of the list that was asked about, as it read then."""

    medicine: Line | None = None
    name: Line | None = None


class Adherence(Fields):
    """One observation."""

    as_of: Instant | None = None
    tz: Line | None = None
    about: list[Of] = []
    """Of which medicines; none means all of them."""
    taken: Code | None = None
    days_missed_7: DaysOfWeek | None = None
    """On how many of the last seven days it was not taken as agreed."""
    barriers: list[Code] = []
    side_effects: Prose | None = None
    severity: Code | None = None
    pill_count: Count | None = None
    pack_left_days: Count | None = None
    lai_overdue: Yes | None = None
    """Whether a long-acting injection was overdue then."""
    lai_due: Day | None = None
    naloxone: Code | None = None
    """As in `NALOXONE`."""
    remark: Line | None = None


SAYS = (
    "taken", "days_missed_7", "barriers", "side_effects", "severity", "pill_count", "pack_left_days", "naloxone", "remark",
)  # fmt: skip
"""What a person says; the rest is filled in."""


def says(doc: Mapping[str, Any]) -> bool:
    """Tell whether anything was observed at all."""
    return any(doc.get(name) not in (None, "", []) for name in SAYS)


def check(doc: Mapping[str, Json], signing: Signing) -> Sequence[Problem]:
    """Return what stands against signing an observation."""
    found: list[Problem] = []
    said = doc.get("naloxone") or (doc.get("side_effects") or "").strip()
    if doc.get("taken") not in TAKEN and not said:
        found.append(Problem("taken", "Say whether it was taken, or write down the side effect.", stops=True))
    if doc.get("severity") and not (doc.get("side_effects") or "").strip():
        found.append(Problem("side_effects", "Say in words what the side effect is.", stops=True))
    ahead = setting(signing.settings, "clock_skew_warn_min") * 60_000
    if doc.get("as_of") and instant_ms(doc["as_of"]) > signing.at_ms + ahead:
        found.append(Problem("as_of", "This is dated in the future: check date and time.", stops=True))
    return found


def words(doc: Mapping[str, Any]) -> str:
    """Return an observation in one line: `In part · missed 4 of 7 days · Forgot · side effect: dizzy`."""
    code = str(doc.get("taken") or "")
    missed = doc.get("days_missed_7")
    effect = " ".join(str(doc.get("side_effects") or "").split())
    parts = [
        TAKEN.get(code, code),
        f"missed {missed} of 7 days" if missed is not None else "",
        ", ".join(BARRIERS.get(str(one), str(one)) for one in doc.get("barriers") or ()),
        f"side effect: {effect}" if effect else "",
        f"naloxone: {NALOXONE.get(str(doc['naloxone']), str(doc['naloxone'])).lower()}"
        if doc.get("naloxone")
        else "",
    ]
    return " · ".join(part for part in parts if part)


def _at(view: View) -> int:
    return instant_ms(view.doc["as_of"]) if view.doc.get("as_of") else view.first_ms


def _facts(view: View) -> Sequence[Fact]:
    if view.in_error or not view.steps:
        return ()
    doc = view.doc
    missed = doc.get("days_missed_7")
    return [
        Fact(
            "adherence", _at(view), staff=view.steps[0].author, value=str(doc.get("taken") or ""),
            extra="" if missed is None else str(missed),
        ),
        *(
            [Fact(NALOXONE_FACT, _at(view), staff=view.steps[0].author, value=str(doc["naloxone"]))]
            if doc.get("naloxone") else []
        ),
    ]  # fmt: skip


KIND = Kind(
    name="adherence",
    label="Medicine taking",
    cls="single",
    model=Adherence,
    audience=("team",),
    labels={
        "taken": "Taken", "days_missed_7": "Days missed of the last 7", "about": "About", "barriers": "In the way",
        "side_effects": "Side effects", "severity": "How bad", "pill_count": "Pills counted",
        "pack_left_days": "Days left in the pack", "lai_overdue": "Injection overdue", "lai_due": "Injection due",
        "naloxone": "Naloxone", "as_of": "As of", "remark": "Remark",
    },
    sign_checks=check,
    index=lambda view: IndexRow(_at(view), "Medicine taking", state=str(view.doc.get("taken") or "")),
    facts=_facts,
    search_text=lambda view: "\n".join(
        str(view.doc.get(name) or "") for name in ("side_effects", "remark") if view.doc.get(name)
    ),
)  # fmt: skip
