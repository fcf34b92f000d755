"""Whether a contact may be billed now, and what holds it (clinical.md 2.8, 2.10): derived, never stored. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from fieldapp.records.canonical import Json
from fieldapp.records.codes.stated import TOGETHER
from fieldapp.records.envelope import instant_ms
from fieldapp.records.kinds.contact import BY_PAYER, NOT_BILLED, OUTCOMES, SEEN, SETTINGS, TYPES

from .coding import Coded, Coding, Coverage, day_of_service, may_use, payer_on
from .credentials import held_on

WITHOUT_GOAL = frozenset({"crisis_response", "intake_assessment", "outreach_engagement"})
"""Types that need no goal of the plan."""
NOTES = {
    "none": "The note is not written yet.",
    "pending": "The note waits for its co-signature.",
    "returned": "The note was sent back to its author.",
    "error": "The note was entered in error.",
}
"""What holds a contact by the status of its note; `final` and `not_needed` hold nothing."""


@dataclass(frozen=True, slots=True)
class Hold:
    """One thing that keeps a contact from being billed."""

    code: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Billing:
    """Whether a contact may be billed."""

    billable: bool
    """Nothing stands against it now."""
    holds: tuple[Hold, ...] = ()
    ever: bool = True
    """Whether it could be once what holds it is seen to; an attempt never is."""


@dataclass(frozen=True, slots=True)
class Documented:
    """What the record says around a contact."""

    note: str
    """none, pending, returned, error, final or not_needed."""
    goals: int = 0
    in_error: bool = False
    contested: Sequence[str] = ()
    """Fields of the contact with several values side by side."""


def billing(
    values: Mapping[str, Json], documented: Documented, known: Coding, *, record: str = "", staff: str = ""
) -> Billing:
    """Return whether a contact may be billed, with every reason against it in the order of the work."""
    outcome = values.get("outcome") or ""
    if documented.in_error:
        return Billing(False, (Hold("in_error", "It was entered in error."),), ever=False)
    if outcome not in SEEN:
        said = f"{OUTCOMES.get(outcome, outcome) or 'No outcome'}: nothing to bill."
        return Billing(False, (Hold("not_completed", said),), ever=False)
    kind = values.get("contact_type") or ""
    if kind in NOT_BILLED and not values.get("service_code"):
        return Billing(False, (Hold("not_billed", f"{TYPES[kind]}: not billed."),), ever=False)
    holds = [
        *_documentation(values, documented),
        *_code(values, known, record=record, staff=staff),
        *_coverage(values, known, record),
    ]
    return Billing(not holds, tuple(holds))


def _documentation(values: Mapping[str, Json], documented: Documented) -> list[Hold]:
    found = []
    if documented.note in NOTES:
        found.append(Hold("note", NOTES[documented.note]))
    facts = {
        "start",
        "stop",
        "outcome",
        "contact_type",
        "modality",
        "setting",
        "client_present_min",
        *TOGETHER,
    }
    if facts & {path.partition("/")[0] for path in documented.contested}:
        found.append(Hold("conflict", "Two people wrote different facts: settle them first."))
    kind = values.get("contact_type")
    goals = documented.goals + len(values.get("goals") or ())
    if not goals and kind not in WITHOUT_GOAL:
        found.append(Hold("goal", "No goal of the plan is linked."))
    return found


def _code(values: Mapping[str, Json], known: Coding, *, record: str, staff: str) -> list[Hold]:
    code = values.get("service_code")
    if not code:
        return [Hold("code", "It has no service code.")]
    found = []
    if not values.get("units"):
        found.append(Hold("units", f"0 units: {values.get('units_why') or 'nothing was counted'}."))
    if not values.get("start"):
        return found
    day = day_of_service(values, known.tz)
    held = held_on(known.staff, day)
    placed = known.tables.find(code, day, values.get("payer") or "")
    if not held:
        found.append(Hold("credential", "Its author has no credential on file for that day."))
    elif placed is not None and not may_use(placed.row, held):
        held_codes = ", ".join(str(row["code"]) for row in held)
        found.append(Hold("credential", f"{code} is not for {held_codes}."))
    if placed is None:
        found.append(Hold("table", f"{code} is in no table of that day for this payer."))
        return found
    same_day = [one for one in _earlier(values, known.others, record) if one.day == day and one.code == code]
    total = (values.get("units") or 0) + sum(one.units for one in same_day)
    if placed.row.max_units is not None and total > placed.row.max_units:
        found.append(
            Hold("maximum", f"{total} units of {code} that day; the payer takes {placed.row.max_units}.")
        )
    if not placed.row.second_staff and _came_along(values, known.others, record, staff):
        found.append(
            Hold("second_staff", "A colleague has logged this time with the client: the payer takes one.")
        )
    return found


def _came_along(values: Mapping[str, Json], others: Sequence[Coded], record: str, staff: str) -> bool:
    """Tell whether a colleague's contact with units overlaps and began first."""
    start, stop = instant_ms(values["start"]), instant_ms(values.get("stop") or values["start"])
    return any(
        one.units and one.staff != staff and one.start_ms < stop and start < one.stop_ms
        for one in _earlier(values, others, record)
    )


def _earlier(values: Mapping[str, Json], others: Sequence[Coded], record: str) -> list[Coded]:
    """Return the client's contacts that began before this one; of two at one time the lower id did."""
    at = (instant_ms(values["start"]), record)
    return [one for one in others if one.record != record and (one.start_ms, one.record) < at]


def _coverage(values: Mapping[str, Json], known: Coding, record: str) -> list[Hold]:
    if not values.get("start"):
        return []
    found = []
    day = day_of_service(values, known.tz)
    paid_by: Coverage | None = payer_on(known.coverage, day)
    if paid_by is None:
        found.append(Hold("payer", "The client has no payer on file."))
    elif not paid_by.covers(day):
        found.append(Hold("authorization", f"The authorization of {paid_by.payer} does not cover that day."))
    elif paid_by.auth_units is not None:
        before = (one for one in _earlier(values, known.others, record) if paid_by.covers(one.day))
        used = (values.get("units") or 0) + sum(one.units for one in before)
        if used > paid_by.auth_units:
            said = f"{used} units with this one; {paid_by.payer} authorized {paid_by.auth_units}."
            found.append(Hold("authorized_units", said))
    setting = values.get("setting") or ""
    if setting in BY_PAYER and not values.get("pos"):
        said = f"{SETTINGS[setting]}: the payer says which place of service this is."
        found.append(Hold("place", said))
    return found
