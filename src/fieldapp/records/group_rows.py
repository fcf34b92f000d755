"""The grid of a group session: what its draft holds for each person, and the contact and note that each row becomes. Pure.

A draft of a session holds `rows: {client id: row}` beside the session's own values. A row never goes into the session:
signing makes of it a contact, and of whoever was there a note, each about that client alone. Their ids follow from
the session's, so that a grid that is signed twice can never log somebody twice.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import ValidationError

from .envelope import instant, instant_ms
from .group_tables import ATTENDED, OUTCOME_OF, PARTLY
from .ids import one_per
from .kind import Fields
from .kinds.group_session import minutes
from .note_tables import GROUP, SECTIONS
from .types import Code, Count, Id, Line, Prose, Yes

ROWS = "rows"
RESPONSE = "response"


class GroupRow(Fields):
    """One person of the grid."""

    name: Line | None = None
    """As lists show it; for the grid alone."""
    place: Count | None = None
    """Where in the grid the row stands."""
    attendance: Code | None = None
    minutes: Count | None = None
    """Of whoever was there for a part of the time."""
    participation: Count | None = None
    risk: Code | None = None
    level: Code | None = None
    detail: Prose | None = None
    homework_done: Code | None = None
    homework_skipped: Yes | None = None
    """Who was not given what the others were."""
    goals: list[Line] | None = None
    no_goal_reason: Line | None = None
    response: Prose | None = None
    location: Line | None = None
    """Where somebody was during a session by video or phone."""
    chosen: Code | None = None
    """The service code that somebody picked instead of the likeliest."""
    code: dict[str, Any] | None = None
    """Fields of the contact that its service code and units are."""
    planned_visit: Id | None = None


def fits(value: Any) -> bool:
    """Tell whether something may be the rows of a draft."""
    try:
        for row in value.values():
            GroupRow.model_validate(row)
    except (ValidationError, AttributeError):
        return False
    return True


def ordered(values: Mapping[str, Any]) -> list[tuple[str, Mapping[str, Any]]]:
    """Return (client, row) in the order of the grid."""
    rows = [(client, row) for client, row in (values.get(ROWS) or {}).items() if isinstance(row, Mapping)]
    return sorted(rows, key=lambda one: (one[1].get("place") or 0, str(one[1].get("name") or ""), one[0]))


def has_begun(row: Mapping[str, Any]) -> bool:
    """Tell whether somebody said anything of a person."""
    return any(
        row.get(name) for name in ("attendance", "participation", "risk", "homework_done", RESPONSE, "detail")
    )


def attended(row: Mapping[str, Any]) -> bool:
    """Tell whether a person was there."""
    return row.get("attendance") in ATTENDED


def present_min(doc: Mapping[str, Any], row: Mapping[str, Any]) -> int:
    """Return the minutes that a person was there."""
    whole = minutes(doc)
    if not attended(row):
        return 0
    said = row.get("minutes") if row.get("attendance") in PARTLY else None
    return whole if said is None else min(int(said), whole)


def contact_of(record: str, client: str) -> str:
    """Return the id of an attendee's contact."""
    return one_per(record, f"contact {client}")


def note_of(record: str, client: str) -> str:
    """Return the id of an attendee's note."""
    return one_per(record, f"note {client}")


def _same(doc: Mapping[str, Any], row: Mapping[str, Any], record: str) -> dict[str, Any]:
    """Return what contact and note of a person both say of the session."""
    return {
        "session": record,
        "group": doc.get("title"),
        "module": doc.get("module_title"),
        "attendance": row.get("attendance"),
        "participation_score": row.get("participation") if attended(row) else None,
        "homework_done": row.get("homework_done") if attended(row) else None,
        "homework_given": _given(doc, row),
    }


def _given(doc: Mapping[str, Any], row: Mapping[str, Any]) -> bool | None:
    return not row.get("homework_skipped") if doc.get("homework") and attended(row) else None


def contact_values(doc: Mapping[str, Any], row: Mapping[str, Any], record: str) -> dict[str, Any]:
    """Return the contact of one person: a no show takes no time and has no code."""
    there = attended(row)
    outcome = OUTCOME_OF.get(str(row.get("attendance") or ""))
    start = doc.get("start")
    values = _same(doc, row, record) | {
        "start": start,
        "stop": doc.get("stop") if there else start,
        "tz": doc.get("tz"),
        "client_present_min": present_min(doc, row) if row.get("attendance") in PARTLY else None,
        "modality": doc.get("modality"),
        "setting": doc.get("setting"),
        "pos": doc.get("pos"),
        "contact_type": doc.get("contact_type"),
        "outcome": outcome,
        "goals": list(row.get("goals") or ()) if there else None,
        "note_required": there if outcome else None,
        "planned_visit": row.get("planned_visit"),
        "client_location": row.get("location") if there else None,
        "late_reason": doc.get("late_reason"),
    }
    return {name: value for name, value in values.items() if value not in (None, [])} | dict(
        row.get("code") or {}
    )


def note_values(
    doc: Mapping[str, Any], row: Mapping[str, Any], record: str, client: str, leaders: list[str]
) -> dict[str, Any]:
    """Return the note of one person who was there: what all did, and their own part in it."""
    answer = row.get("risk")
    risk = {"answer": answer} if answer else None
    if risk and answer == "present":
        risk |= {name: row[name] for name in ("level", "detail") if row.get(name)}
    values = _same(doc, row, record) | {
        "format": GROUP,
        "prompts": [{"name": name, "label": label} for name, label in SECTIONS[GROUP].items()],
        "sections": {
            name: text
            for name, text in (("session", doc.get("summary")), (RESPONSE, row.get(RESPONSE)))
            if text
        },
        "contact": contact_of(record, client),
        "service_start": _from(doc, row),
        "service_stop": _until(doc, row),
        "tz": doc.get("tz"),
        "topic": doc.get("topic"),
        "homework": doc.get("homework") if _given(doc, row) else None,
        "facilitators": leaders,
        "risk_block": risk,
        "goals": list(row.get("goals") or ()),
        "no_goal_reason": row.get("no_goal_reason"),
        "interventions": doc.get("methods"),
        "late_reason": doc.get("late_reason"),
    }
    return {name: value for name, value in values.items() if value not in (None, [])}


def _from(doc: Mapping[str, Any], row: Mapping[str, Any]) -> Any:
    """Return when a person's service began: whoever came late was there until the end."""
    if row.get("attendance") == "late" and minutes(doc):
        return instant(instant_ms(doc["stop"]) - present_min(doc, row) * 60_000)
    return doc.get("start")


def _until(doc: Mapping[str, Any], row: Mapping[str, Any]) -> Any:
    if row.get("attendance") == "left_early" and minutes(doc):
        return instant(instant_ms(doc["start"]) + present_min(doc, row) * 60_000)
    return doc.get("stop")


def session_values(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the session of a draft: what stands in the grid leaves only how many there were."""
    own = {name: value for name, value in values.items() if name != ROWS}
    if ROWS not in values:
        return own
    rows = [row for _, row in ordered(values)]
    return own | {"attended": sum(attended(row) for row in rows), "expected": len(rows)}


def written(values: Mapping[str, Any], record: str) -> Iterator[tuple[str, str, str, dict[str, Any]]]:
    """Yield (kind, record, client, values) of all that a grid becomes, contacts before their notes."""
    doc = session_values(values)
    leaders = [str(name) for name in doc.get("leaders") or ()]
    for client, row in ordered(values):
        if not row.get("attendance"):
            continue
        yield "contact", contact_of(record, client), client, contact_values(doc, row, record)
        if attended(row):
            said = note_values(doc, row, record, client, leaders)
            yield "note", note_of(record, client), client, said
