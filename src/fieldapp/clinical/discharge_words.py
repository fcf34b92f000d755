"""A discharge as headed text, for reading, signing and paper alike. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fieldapp.records.kinds.discharge import (
    GOAL_STATES,
    HANDOFFS,
    LEVELS,
    PLAN_DISPOSITIONS,
    READY,
    REASONS,
    appointments,
    first_wait,
)
from fieldapp.records.kinds.disclosure import BASES

from .disclosing import STANDINGS


def discharge_rows(doc: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return (heading, text) of everything that a discharge says, in the order of its form."""
    told = [("Reason", word(REASONS, doc.get("reason"))), ("Day", str(doc.get("date") or ""))]
    told += [
        (
            "Goes on with",
            ", ".join(filter(None, [word(LEVELS, doc.get("to")), str(doc.get("to_where") or "")])),
        ),
        ("Summary", str(doc.get("summary") or "")),
        ("Goals", "\n".join(goal_line(row) for row in doc.get("goals") or () if row.get("words"))),
        ("Measures, first and last", "\n".join(measure_line(row) for row in doc.get("measures") or ())),
        ("Medicines", "\n".join(_medicines(doc))),
        ("Safety plan", plan_line(doc)),
        ("Appointments", "\n".join(appointment_line(row) for row in appointments(doc))),
        ("", _wait(doc)),
        ("Who stays", "\n".join(support_line(row) for row in doc.get("supports") or () if row.get("name"))),
        (
            "Signs that it gets worse, in own words",
            "\n".join(str(one) for one in doc.get("relapse_signs") or ()),
        ),
        ("How to come back", str(doc.get("return_instructions") or "")),
        ("Ready for the step", "\n".join(_ready(doc))),
        ("Hand-off", _handoff(doc)),
        ("Sent to", "\n".join(sent_line(row) for row in doc.get("sent_to") or () if row.get("name"))),
    ]
    return told


def word(table: Mapping[str, str], code: object) -> str:
    """Return a code in words; one that this version does not know as it is."""
    return table.get(str(code or ""), str(code or ""))


def goal_line(row: Mapping[str, Any]) -> str:
    """Return a goal and how it ended."""
    return ": ".join(
        filter(None, [str(row.get("words") or ""), word(GOAL_STATES, row.get("status")).lower()])
    )


def measure_line(row: Mapping[str, Any]) -> str:
    """Return an instrument's first and last result with their days."""
    first = f"{row.get('first') or '?'} ({row.get('first_on') or '?'})"
    if (row.get("count") or 0) < 2:
        return f"{row.get('name') or ''}: {first}, once"
    return f"{row.get('name') or ''}: {first} to {row.get('last') or '?'} ({row.get('last_on') or '?'})"


def _medicines(doc: Mapping[str, Any]) -> list[str]:
    rows = [str(row) for row in doc.get("medicines") or ()]
    verified = str(doc.get("medicines_verified") or "")
    if rows:
        rows.append(f"(list verified {verified})" if verified else "(list not verified by a prescriber)")
    return rows


def plan_line(doc: Mapping[str, Any]) -> str:
    """Return what became of the safety plan, and which version it was."""
    said = word(PLAN_DISPOSITIONS, doc.get("plan_disposition"))
    version = f" (version {doc['plan_version']})" if doc.get("plan_version") else ""
    why = str(doc.get("plan_reason") or "")
    return ": ".join(filter(None, [f"{said}{version}" if said else "", why]))


def appointment_line(row: Mapping[str, Any]) -> str:
    """Return one appointment: when, with whom, where."""
    when = " ".join(filter(None, [str(row.get("when") or ""), str(row.get("time") or "")]))
    return " · ".join(filter(None, [when, str(row.get("who") or ""), str(row.get("where") or "")]))


def _wait(doc: Mapping[str, Any]) -> str:
    days = first_wait(doc)
    return (
        ""
        if days is None
        else f"The first is {days} days after the discharge."
        if days
        else "The first is the same day."
    )


def support_line(row: Mapping[str, Any]) -> str:
    """Return somebody who stays, with their phone."""
    return ", ".join(filter(None, [str(row.get(name) or "") for name in ("name", "relation", "phone")]))


def _ready(doc: Mapping[str, Any]) -> list[str]:
    said = set(doc.get("ready") or ())
    if not said:
        return []
    return [f"{'yes' if code in said else 'no '}  {words}" for code, words in READY.items()]


def _handoff(doc: Mapping[str, Any]) -> str:
    parts = [
        word(HANDOFFS, doc.get("handoff")),
        str(doc.get("handoff_to") or ""),
        str(doc.get("handoff_on") or ""),
    ]
    return ", ".join(part for part in parts if part)


def sent_line(row: Mapping[str, Any]) -> str:
    """Return who got the summary, and by what right."""
    said = [word(STANDINGS, row.get("standing")), word(BASES, row.get("basis"))]
    return ": ".join(filter(None, [str(row.get("name") or ""), ", ".join(part for part in said if part)]))
