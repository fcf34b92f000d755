"""What only prints ask: the agency as papers name it, and a client's next appointments."""

from __future__ import annotations

from dataclasses import dataclass

import orjson

from fieldapp.records.fold import View

from .known import Known
from .lines import Asking


@dataclass(frozen=True, slots=True)
class Appointment:
    """One planned visit of a client."""

    start_ms: int
    where: str
    who: str


def agency(asking: Asking, program: str) -> tuple[str, str, str]:
    """Return (phone day and night, local crisis line, name if the program wants it on papers of clients)."""
    known: Known = asking.known
    facts = known.programs.get(program)
    view = asking.rx.view(program) if program else None
    if facts is None or view is None:
        return "", "", ""
    named = bool(view.get("show_agency_on_prints"))
    return facts.phone, facts.local_crisis_line, organisation(asking) if named else ""


def organisation(asking: Asking) -> str:
    """Return the agency's name; empty while it is not known."""
    data = asking.rx.value("SELECT data FROM view WHERE kind = 'organisation' AND in_error = 0")
    return View.from_data(orjson.loads(data)).get("name") or "" if data is not None else ""


def appointments(asking: Asking, client: str, most: int) -> tuple[Appointment, ...]:
    """Return the next planned visits of a client, soonest first."""
    rows = asking.rx.all(
        "SELECT data, when_ms FROM view WHERE client = ? AND kind = 'planned_visit' AND state = 'planned'"
        " AND in_error = 0 AND when_ms >= ? ORDER BY when_ms, record LIMIT ?",
        client, asking.now_ms, most,
    )  # fmt: skip
    found = []
    for data, when_ms in rows:
        view = View.from_data(orjson.loads(data))
        found.append(
            Appointment(when_ms, view.get("where") or "", asking.known.staff_name(view.get("staff") or ""))
        )
    return tuple(found)
