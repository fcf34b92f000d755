"""The medication list beside other forms: opening it as a part, verifying it, what a wrong injection leaves behind."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fieldapp.clinical.medication import next_injection
from fieldapp.crypto.keys import Identity
from fieldapp.records import together
from fieldapp.records.canonical import Json
from fieldapp.records.changes import values_of
from fieldapp.records.envelope import Entry
from fieldapp.records.fold import View
from fieldapp.records.ids import one_per, uuid7
from fieldapp.records.kinds import KINDS
from fieldapp.store.read.lines import Asking

from .failures import NotAllowed
from .opened import Writing
from .pen import Pen

LIST = "medication_list"


def part(asking: Asking, client: str) -> dict[str, Any]:
    """Return the client's list as a part of another form: as it stands now."""
    record = one_per(client, LIST)
    view = asking.rx.view(record)
    return together.part(record, tuple(view.heads) if view is not None else (), values_of(KINDS[LIST], view))


def verification(work: Writing) -> dict[str, Json]:
    """Return what a signature on the list says: this person looked at all of it today."""
    return {uuid7(work.device_ms): {"on": work.day, "by": work.me.staff}}


def verify(work: Writing, identity: Identity, client: str, heads: Sequence[str]) -> str:
    """Sign the list as verified by this person, as it was on screen; raises NotReady, NotAllowed."""
    body: dict[str, Json] = {"items": {"verified": verification(work)}}
    return Pen(work, identity).write(LIST, one_per(client, LIST), client, "sign", heads, body).hash


def lab_done(work: Writing, identity: Identity, client: str, item: str) -> str:
    """Say that the result of a lab came in today: its last day, and the next one where it is done again and again.

    Returns the hash of the entry; raises NotAllowed.
    """
    view = work.rx.view(one_per(client, LIST))
    lab = view.items("labs").get(item) if view is not None and not view.in_error else None
    if view is None or lab is None:
        raise NotAllowed("This lab is no longer on the list: read it again.")
    every = lab.get("every_d")
    said: dict[str, Json] = {"last": work.day, "due": next_injection(work.day, every) or None}
    body: dict[str, Json] = {"items": {"labs": {item: said}}}
    return Pen(work, identity).write(LIST, view.id, client, "save", view.heads, body).hash


def dates_of(work: Writing, injection: View) -> list[Entry]:
    """Return the entries of the list that hold the dates of an injection and that still stand."""
    view = work.rx.view(one_per(injection.client or "", LIST))
    found = []
    for step in view.steps if view is not None else ():
        entry = work.rx.entry(step.hash) if step.status != "error" else None
        rows = entry.envelope.body.get("items", {}).get("medicines", {}) if entry is not None else {}
        if entry is not None and any(row.get("given") == injection.id for row in rows.values()):
            found.append(entry)
    return found
