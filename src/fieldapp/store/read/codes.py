"""What coding and billing of a contact need to know: tables, the author's credentials, coverage, other contacts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import orjson

from fieldapp.clinical import due
from fieldapp.clinical.billing import Billing, Documented, billing
from fieldapp.clinical.coding import Coded, Coding, Coverage
from fieldapp.records.codes.table import Tables
from fieldapp.records.episode_tables import CLOSED
from fieldapp.records.fold import View
from fieldapp.records.ids import one_per
from fieldapp.records.kinds.contact import SEEN
from fieldapp.records.packs import code_tables

from ..transaction import Rx
from . import lenient
from .freezing import needs_note, note_of
from .lines import Asking
from .packs import parts

_OTHERS = 150
"""How many of a client's contacts are looked at: those of about half a year."""


def coding(asking: Asking, client: str | None, *, staff: str = "", around_ms: int | None = None) -> Coding:
    """Return what is known for coding a contact of a client.

    Args:
        staff: its author; "" for the person who asks.
        around_ms: the contacts before and after this moment are looked at; None for the newest.
    """
    author = asking.known.staff.get(staff or asking.me.staff)
    facts = asking.known.clients.get(client or "")
    program = asking.known.programs.get(facts.program if facts else asking.me.program)
    return Coding(
        tables=tables(asking.rx),
        staff=author.values if author else {},
        tz=asking.me.tz,
        coverage=tuple(_coverage(asking.rx, client)) if client else (),
        archetype=program.archetype if program else asking.me.archetype,
        others=tuple(_others(asking.rx, client, asking.me.tz, around_ms)) if client else (),
    )


def tables(rx: Rx) -> Tables:
    """Return the tables of codes that this laptop holds."""
    return code_tables(parts(rx))


def _coverage(rx: Rx, client: str) -> Iterable[Coverage]:
    """Yield the payers of the client's episodes, newest episode first."""
    for view in reversed(rx.views("episode", client)):
        if view.in_error or view.get("status") in CLOSED:
            continue
        for item in view.items("coverage").values():
            yield Coverage(
                str(item.get("payer") or ""),
                str(item.get("auth_from") or ""),
                str(item.get("auth_to") or ""),
                item.get("auth_units"),
            )


def _others(rx: Rx, client: str, tz: str, around_ms: int | None) -> Iterable[Coded]:
    latest = 2**62 if around_ms is None else around_ms + 2 * 86_400_000
    rows = rx.all(
        "SELECT data FROM view WHERE client = ? AND kind = 'contact' AND in_error = 0 AND when_ms < ?"
        " ORDER BY when_ms DESC, record DESC LIMIT ?",
        client, latest, _OTHERS,
    )  # fmt: skip
    for (data,) in rows:
        view = View.from_data(orjson.loads(data))
        start = lenient.moment(view.get("start"))
        if start is None or view.get("outcome") not in SEEN or not view.steps:
            continue
        stop = lenient.moment(view.get("stop"))
        yield Coded(
            record=view.id,
            day=due.day_of(start, tz),
            staff=view.steps[0].author,
            start_ms=start,
            stop_ms=start if stop is None else stop,
            contact_type=view.get("contact_type") or "",
            code=view.get("service_code") or "",
            minutes=view.get("units_minutes") or 0,
            units=view.get("units") or 0,
        )


def billing_of(asking: Asking, view: View, values: Mapping[str, Any]) -> Billing | None:
    """Return whether a contact may be billed; None where its facts cannot be read."""
    if not view.steps:
        return None
    author = view.steps[0].author
    known = coding(asking, view.client, staff=author, around_ms=lenient.moment(view.get("start")))
    note, goals = _note(asking.rx, view)
    documented = Documented(note=note, goals=goals, in_error=view.in_error, contested=tuple(view.conflicts))
    try:
        return billing(values, documented, known, record=view.id, staff=author)
    except (ValueError, TypeError, KeyError, AttributeError):
        # Times or lists that another version wrote differently: the record is still read.
        return None


def _note(rx: Rx, contact: View) -> tuple[str, int]:
    """Return the status of what documents a contact, and how many goals it names."""
    found = note_of(rx, contact.id)
    if found is not None:
        note = rx.view(found[0])
        return (note.status, len(note.doc.get("goals") or ())) if note is not None else ("none", 0)
    if contact.get("contact_type") == "crisis_response":
        for crisis in rx.views("crisis", contact.client):
            if one_per(crisis.id, "contact") == contact.id:
                return ("error" if crisis.in_error else crisis.status), 0
    return ("none" if needs_note(contact) else "not_needed"), 0
