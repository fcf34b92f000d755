"""What a discharge's form fills in by itself and what it hints at. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from ..clinical.discharge_words import measure_line
from ..clinical.disclosing import STANDINGS
from ..records.kinds.discharge import NO_AFTERCARE, PREFERRED_D, appointments, first_wait
from .goals_rules import day_text

if TYPE_CHECKING:
    from ..store.discharge_models import DischargeStart
    from ..store.sheet_models import Hearer

DIED = "deceased"
FACTS = ("measures", "medicines", "medicines_verified", "plan_version", "plan_entry")
OF_AFTERCARE = frozenset(
    {
        "to",
        "to_where",
        "appointments",
        "relapse_signs",
        "return_instructions",
        "ready",
        "handoff",
        "handoff_to",
        "handoff_on",
    }
)
"""What nobody asks of a client who has died."""


def complete(
    values: dict[str, Any], today: date, facts: Mapping[str, Any], hearers: Mapping[str, Hearer]
) -> None:
    """Add what follows from what is typed: days as days, facts as they stand now, who may have the summary.

    Args:
        facts: of `DischargeStart`; empty for a correction, which keeps those of its day.
        hearers: by name, as far as they are known.
    """
    values.update(facts)
    died = values.get("reason") == DIED
    if died:
        values["plan_disposition"] = "ended"
        for name in OF_AFTERCARE | {"plan_reason"}:
            values.pop(name, None)
    elif values.get("plan_disposition") == "ended":
        values.pop("plan_disposition")
    for row in values.get("appointments") or ():
        if row.get("when"):
            row["when"] = day_text(str(row["when"]), today)
    for row in values.get("sent_to") or ():
        hearer = hearers.get(str(row.get("name") or ""))
        if hearer is None:
            continue
        answer = hearer.answer
        if not row.get("basis") and answer.standing == "allowed":
            row["basis"] = answer.bases[0]
        by_release = row.get("basis") in ("roi", "tpo") and row.get("basis") in answer.bases
        said = {
            "standing": answer.standing,
            "related": hearer.related,
            "consent": answer.consent if by_release else "",
        }
        for name, value in said.items():
            if value:
                row[name] = value
            else:
                row.pop(name, None)
    for name in [name for name, value in values.items() if value in (None, [], "")]:
        del values[name]


def names_of(values: Mapping[str, Any]) -> tuple[str, ...]:
    """Return who is to get the summary."""
    return tuple(
        str(row["name"]) for row in values.get("sent_to") or () if str(row.get("name") or "").strip()
    )


def wait_hint(values: Mapping[str, Any]) -> str:
    """Return what is to be said of the appointments: none, or the first one late; empty where all is well."""
    if values.get("reason") in NO_AFTERCARE:
        return ""
    days = first_wait(values)
    if days is not None and days > PREFERRED_D:
        return f"The first appointment is {days} days after the discharge: within {PREFERRED_D} is best."
    if days is None and not appointments(values):
        return (
            f"No appointment yet: one within {PREFERRED_D} days keeps people from coming back through the ED."
        )
    return ""


def left_hint(start: DischargeStart) -> str:
    """Return what is still open for the client: tasks, planned visits."""
    parts = [
        f"{start.open_tasks} open task{'s' if start.open_tasks != 1 else ''}" if start.open_tasks else "",
        f"{start.planned_visits} planned visit{'s' if start.planned_visits != 1 else ''}"
        if start.planned_visits
        else "",
    ]
    said = " and ".join(part for part in parts if part)
    return f"Still on somebody's list: {said}." if said else ""


def facts_text(values: Mapping[str, Any]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return (heading, lines) of what the record keeps as it stands now."""
    measures = tuple(measure_line(row) for row in values.get("measures") or ())
    medicines = tuple(str(row) for row in values.get("medicines") or ())
    verified = str(values.get("medicines_verified") or "")
    heading = (
        f"Medicines (verified {verified})"
        if verified
        else "Medicines (not verified)"
        if medicines
        else "Medicines"
    )
    version = values.get("plan_version")
    plan = (f"Version {version} stands.",) if version else ("None stands.",)
    return (
        ("Measures, first and last", measures or ("None were asked.",)),
        (heading, medicines or ("No list.",)),
        ("Safety plan", plan),
    )


def hearer_lines(hearers: Sequence[Hearer]) -> tuple[tuple[str, bool], ...]:
    """Return (words, allowed) of who may have the summary: `Ngozi: ALLOWED: Release of information`."""
    return tuple(
        (f"{one.name}: {STANDINGS[one.answer.standing]}: {one.answer.why}", one.answer.standing == "allowed")
        for one in hearers
    )
