"""What a new contact starts from: whom it may be with, the visits of the day, how it was the last time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import orjson

from fieldapp.clinical.contact_entry import ONCE
from fieldapp.records.episode_tables import CLOSED
from fieldapp.records.fold import View
from fieldapp.records.kinds.contact import SEEN, of_telehealth

from ..models import ContactStart, LogClient, LogDesk
from ..search import plain
from . import goals, lenient
from .lines import Asking, client_line, is_ours
from .record import NotHere
from .today import is_on_call, planned_visits, visits_between

_LOOK_BACK = 20
"""Contacts that are looked through for the last one in which the client was seen."""


def log_desk(asking: Asking) -> LogDesk:
    """Return the clients of one's teams, on call those of the program, and one's visits of today."""
    programs = {p for p in asking.me.programs if is_on_call(asking.rx, asking.me, p, asking.now_ms)}
    found = [
        LogClient(
            facts.client,
            facts.name,
            facts.names,
            facts.streets,
            facts.dob,
            facts.mrn,
            facts.risk,
            facts.pronouns,
            facts.language,
            facts.interpreter,
        )
        for facts in asking.known.clients.values()
        if facts.status not in CLOSED and (is_ours(asking, facts) or facts.program in programs)
    ]
    found.sort(key=lambda one: (plain(one.name), one.client))
    return LogDesk(tuple(found), tuple(planned_visits(asking, asking.day)))


def contact_start(
    asking: Asking, client: str, day: str | None = None, visit: str | None = None
) -> ContactStart:
    """Return what a new contact with a client on a day starts from; raises NotHere.

    Args:
        visit: the planned visit that it is, of whatever day.
    """
    facts = asking.known.clients.get(client)
    if facts is None:
        raise NotHere
    of_day = [one for one in planned_visits(asking, day or asking.day) if one.client == client]
    if visit is not None and all(one.record != visit for one in of_day):
        when = asking.rx.value("SELECT when_ms FROM view WHERE record = ? AND kind = 'planned_visit'", visit)
        if when is not None:
            of_day += [one for one in visits_between(asking, when, when + 1) if one.record == visit]
    visits = tuple(of_day)
    seen = [view for view in _newest(asking, client, "contact", _LOOK_BACK) if view.get("outcome") in SEEN]
    before = next((view for view in seen if view.get("contact_type") not in ONCE), None)
    call = next((view for view in seen if of_telehealth(shown_values(view))), None)
    last = shown_values(before)
    last_ms = lenient.moment(before.get("start")) if before is not None else None
    note = next(_newest(asking, client, "note", 1), None)
    listed = note.doc.get("goals") if note is not None else None
    earlier = [goal for goal in listed if isinstance(goal, str)] if isinstance(listed, list) else []
    return ContactStart(
        client_line(asking, facts),
        visits,
        last,
        last_ms,
        tuple(goals.offered(asking, client, earlier)),
        facts.agreed_on(day or asking.day),
        shown_values(call),
    )


def shown_values(view: View | None) -> dict[str, Any]:
    """Return a contact's fields as they are shown; empty for none."""
    return {name: known.value for name, known in view.fields.items()} if view is not None else {}


def _newest(asking: Asking, client: str, kind: str, limit: int) -> Iterator[View]:
    rows = asking.rx.all(
        "SELECT data FROM view WHERE client = ? AND kind = ? AND in_error = 0"
        " ORDER BY when_ms DESC, record DESC LIMIT ?",
        client, kind, limit,
    )  # fmt: skip
    return (View.from_data(orjson.loads(data)) for (data,) in rows)
