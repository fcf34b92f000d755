"""A discharge: the summary that ends an episode, and what the client goes on with (clinical.md 2.2, 2.21).

A document of its author, co-signed by a supervisor. What was on file when it was signed (goals, measures, medicines, the
version of the safety plan) is kept in it as it was. Signing it ends the episode that it names; while nothing of it stands
any more the episode goes on (`laptop.effects.discharges`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from ..canonical import Json
from ..days import day_of
from ..defaults import setting
from ..envelope import instant_ms
from ..fold import View
from ..kind import Fact, Fields, IndexRow, Kind, Problem, Signing
from ..types import Choices, Code, Count, Day, Hash, Id, Line, Prose

REASONS: Choices = {
    "goals_met": "Goals reached",
    "step_down_OP": "Step-down to outpatient",
    "step_up_PHP": "Step-up to partial hospital",
    "step_up_inpatient": "Step-up to inpatient",
    "moved": "Moved away",
    "declined": "Client ended it",
    "lost_contact": "Lost contact",
    "admin": "Administrative",
    "deceased": "Died",
}
LEVELS: Choices = {
    "OP": "Outpatient",
    "primary_care": "Primary care",
    "PACT": "PACT",
    "other_IOP": "Other intensive outpatient",
    "PHP": "Partial hospital",
    "residential": "Residential",
    "inpatient": "Inpatient",
    "none": "No further care",
    "unknown": "Not known",
}
LEVEL_OF: Mapping[str, str] = {"step_down_OP": "OP", "step_up_PHP": "PHP", "step_up_inpatient": "inpatient"}
"""To which level a reason leads, unless somebody says another."""
GOAL_STATES: Choices = {
    "met": "Reached",
    "partly": "Reached in part",
    "continues": "Goes on elsewhere",
    "stopped": "Let go",
}
PLAN_DISPOSITIONS: Choices = {
    "handed_over": "Gone through and handed over",
    "has_it": "Client has it, gone through again",
    "declined": "Client did not want one",
    "not_handed": "Could not be handed over",
    "none": "There is none",
    "ended": "Not needed: the client has died",
}
HANDED = frozenset({"handed_over", "has_it"})
READY: Choices = {
    "goals": "Goals reached, or go on at the lower level",
    "crisis_free": "No crisis or hospital for 30 days",
    "plan_known": "Knows the safety plan and uses it",
    "medicines": "Medicines: supply and next prescriber",
    "provider": "Next provider has accepted",
    "coverage": "Coverage and the way there are settled",
    "client_agrees": "Client agrees with the step",
    "contacts_thinned": "Contacts were thinned out beforehand",
}
"""Readiness for the step down (programs.md 10), our words."""
HANDOFFS: Choices = {
    "together": "Met together with the client",
    "call_with": "Call together with the client",
    "staff_call": "Call from staff to staff",
    "written": "In writing only",
    "none": "None, see the summary",
}
NO_AFTERCARE = frozenset({"deceased", "lost_contact", "moved"})
"""For these no appointment, level or handing over is asked for: nobody could answer."""
NO_CHECK = frozenset({"deceased", "lost_contact"})
"""After these nobody asks later whether the client is connected to care."""
PREFERRED_D = 7
"""Days within which the first appointment after a discharge is wished for (clinical.md 2.21)."""
_CONNECTED = "connected:"
CONNECTIONS: Choices = {"yes": "Connected", "no": "Not connected", "unknown": "Could not be found out"}


class GoalAtEnd(Fields):
    """One goal of the treatment plan and how it ended."""

    id: Code | None = None
    words: Line | None = None
    status: Code | None = None


class MeasureAtEnd(Fields):
    """The first and the last result of one instrument."""

    name: Line
    first: Line | None = None
    first_on: Day | None = None
    last: Line | None = None
    last_on: Day | None = None
    count: Count | None = None


class Appointment(Fields):
    """Where the client is expected next."""

    who: Line | None = None
    when: Line | None = None
    """A day, `YYYY-MM-DD`; until a form can read what is typed, as it is typed."""
    time: Line | None = None
    where: Line | None = None


class Support(Fields):
    """Somebody who stays."""

    name: Line | None = None
    relation: Line | None = None
    phone: Line | None = None


class SentTo(Fields):
    """Who gets the summary, and on what basis."""

    name: Line | None = None
    basis: Code | None = None
    consent: Id | None = None
    related: Id | None = None
    standing: Code | None = None
    """As it was when it was signed: allowed, not_allowed, listen_only."""


class Discharge(Fields):
    """One discharge."""

    episode: Id | None = None
    admitted: Day | None = None
    status_before: Code | None = None
    """Of the episode: what it goes back to if this is entered in error."""
    reason: Code | None = None
    date: Day | None = None
    to: Code | None = None
    to_where: Line | None = None
    summary: Prose | None = None
    goals: list[GoalAtEnd] | None = None
    measures: list[MeasureAtEnd] | None = None
    medicines: list[Line] | None = None
    medicines_verified: Day | None = None
    plan_disposition: Code | None = None
    plan_reason: Prose | None = None
    plan_version: Count | None = None
    plan_entry: Hash | None = None
    appointments: list[Appointment] | None = None
    supports: list[Support] | None = None
    relapse_signs: list[Line] | None = None
    """In the client's words."""
    return_instructions: Prose | None = None
    ready: list[Code] | None = None
    handoff: Code | None = None
    handoff_to: Line | None = None
    handoff_on: Day | None = None
    sent_to: list[SentTo] | None = None


def check(doc: Mapping[str, Json], signing: Signing) -> Sequence[Problem]:
    """Return what stands against a discharge: it has a summary, and says what became of the safety plan (2.2)."""
    found: list[Problem] = []
    reason, today = doc.get("reason"), _today(signing)
    if reason not in REASONS:
        found.append(Problem("reason", "Choose why the client leaves.", stops=True))
    found += _date_problems(doc, today)
    summary = str(doc.get("summary") or "").strip()
    if not summary:
        found.append(
            Problem(
                "summary",
                "A discharge has a summary: write what the episode was and how it ended.",
                stops=True,
            )
        )
    elif len(summary) < setting(signing.settings, "section_min_chars"):
        found.append(Problem("summary", "The summary is very short.", stops=False))
    found += _plan_problems(doc)
    if reason in REASONS and reason not in NO_AFTERCARE:
        found += _aftercare_problems(doc)
    for row in doc.get("appointments") or ():
        if row.get("when") and not day_of(row["when"]):
            words = f"Appointments: {row['when']!r} is no day. Type one such as 12/01 or +5."
            found.append(Problem("appointments", words, stops=True))
    for row in doc.get("sent_to") or ():
        if row.get("basis") and not str(row.get("name") or "").strip():
            found.append(Problem("sent_to", "Sent to: name who gets it.", stops=True))
    return found


def _today(signing: Signing) -> str:
    return (
        datetime.fromtimestamp(signing.at_ms / 1000, UTC).astimezone(ZoneInfo(signing.tz)).date().isoformat()
    )


def _date_problems(doc: Mapping[str, Json], today: str) -> list[Problem]:
    day, admitted = day_of(doc.get("date")), day_of(doc.get("admitted"))
    if not day:
        return [Problem("date", "Give the day of the discharge.", stops=True)]
    if day > today:
        return [
            Problem(
                "date",
                "That day is still to come: sign the discharge on the day, the draft keeps.",
                stops=True,
            )
        ]
    if admitted and day < admitted:
        return [Problem("date", f"The client was admitted on {admitted}: check the day.", stops=True)]
    return []


def _plan_problems(doc: Mapping[str, Json]) -> list[Problem]:
    said = doc.get("plan_disposition")
    if doc.get("reason") == "deceased":
        return []
    if said not in PLAN_DISPOSITIONS or said == "ended":
        return [Problem("plan_disposition", "Say what became of the safety plan.", stops=True)]
    if said in HANDED and not doc.get("plan_entry"):
        words = (
            "No safety plan stands that could be handed over: make one, or say that there is none and why."
        )
        return [Problem("plan_disposition", words, stops=True)]
    if said not in HANDED and not str(doc.get("plan_reason") or "").strip():
        return [Problem("plan_reason", "Say why the client leaves without a safety plan.", stops=True)]
    return []


def _aftercare_problems(doc: Mapping[str, Json]) -> list[Problem]:
    found = []
    if doc.get("to") not in LEVELS:
        found.append(Problem("to", "Say what comes next, if anything.", stops=False))
    if not appointments(doc) and doc.get("to") != "none":
        found.append(Problem("appointments", "No appointment is agreed: within 7 days is best.", stops=False))
    open_goals = [
        row for row in doc.get("goals") or () if row.get("words") and row.get("status") not in GOAL_STATES
    ]
    if open_goals:
        found.append(Problem("goals", f"How did it end: {open_goals[0]['words']}?", stops=False))
    return found


def appointments(doc: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the appointments that say anything, the first one first; those without a day last."""
    rows = [row for row in doc.get("appointments") or () if row.get("who") or row.get("when")]
    return sorted(rows, key=lambda row: (day_of(row.get("when")) or "9", str(row.get("time") or "")))


def first_wait(doc: Mapping[str, Any]) -> int | None:
    """Return the days from the discharge to the first appointment; None where there is none with a day."""
    left = day_of(doc.get("date"))
    days = [day_of(row.get("when")) for row in appointments(doc)]
    after = [day for day in days if day and left and day >= left]
    return (date.fromisoformat(min(after)) - date.fromisoformat(left)).days if after else None


# Connection to care (clinical.md 5.18): said later by an addendum, so that the signed words stay as they are.


def connection_category(answer: str, day: str) -> str:
    """Return the category of the addendum that says whether the client is connected to care."""
    return f"{_CONNECTED}{answer}:{day}"


def connection_of(view: View) -> tuple[str, str]:
    """Return (answer of `CONNECTIONS`, day) as it was said last; empty for not yet."""
    said = []
    for note in view.notes:
        if note.meaning == "addendum" and not note.lifted and note.category.startswith(_CONNECTED):
            answer, _, day = note.category.removeprefix(_CONNECTED).partition(":")
            if answer in CONNECTIONS and day_of(day):
                said.append((note.at_ms, note.hash, answer, day_of(day)))
    return max(said)[2:] if said else ("", "")


def _index(view: View) -> IndexRow:
    doc = view.doc
    day = day_of(doc.get("date"))
    when = instant_ms(f"{day}T12:00:00.000Z") if day else view.first_ms
    reason = str(doc.get("reason") or "")
    return IndexRow(
        when,
        f"Discharge: {REASONS.get(reason, reason)}".rstrip(": "),
        state=reason,
        owner=view.steps[0].author,
    )


def _facts(view: View) -> Sequence[Fact]:
    doc = view.doc
    day = day_of(doc.get("date"))
    if not day:
        return ()
    at_ms = instant_ms(f"{day}T12:00:00.000Z")
    return (
        Fact("discharge", at_ms, value=str(doc.get("reason") or ""), extra=f"{day}|{doc.get('to') or ''}"),
    )


def _search(view: View) -> str:
    doc = view.doc
    return " ".join(str(doc.get(name) or "") for name in ("summary", "return_instructions", "to_where"))


KIND = Kind(
    name="discharge",
    label="Discharge",
    cls="single",
    model=Discharge,
    audience=("oncall", "team"),
    labels={
        "reason": "Reason",
        "date": "Day",
        "to": "Goes on with",
        "to_where": "Where",
        "summary": "Summary",
        "goals": "Goals",
        "measures": "Measures, first and last",
        "medicines": "Medicines",
        "plan_disposition": "Safety plan",
        "plan_reason": "Why so",
        "appointments": "Appointments",
        "supports": "Who stays",
        "relapse_signs": "Signs that it gets worse, in own words",
        "return_instructions": "How to come back",
        "ready": "Ready for the step",
        "handoff": "Hand-off",
        "handoff_to": "To whom",
        "handoff_on": "On",
        "sent_to": "Sent to",
    },
    sign_checks=check,
    index=_index,
    facts=_facts,
    search_text=_search,
)
