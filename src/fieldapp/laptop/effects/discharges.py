"""What a discharge brings about: the episode ends with it, and goes on again when nothing of it stands any more.

Everything is worked out from the discharges as they stand, so that a correction, an error, and an error that was taken back
come by one way (`follow`).
"""

from __future__ import annotations

from typing import Any

from fieldapp.clinical import due
from fieldapp.records.days import day_of
from fieldapp.records.defaults import setting
from fieldapp.records.envelope import Entry, instant
from fieldapp.records.fold import View
from fieldapp.records.ids import one_per
from fieldapp.records.kind import DOC
from fieldapp.records.kinds.discharge import NO_CHECK
from fieldapp.records.kinds.disclosure import BASES
from fieldapp.store.read import lenient
from fieldapp.store.read.discharges import ENDED, KIND, TASK, standing_for
from fieldapp.store.read.releases import hearers

from ..pen import Pen
from .disclosures import disclosures_of
from .tasks import may_write, open_tasks
from .values import Values

DIED = "deceased"
_DIED_WORDS = "The client has died."


def of_discharge(pen: Pen, entry: Entry, base: Values, values: Values) -> list[Entry]:
    """End the episode, log who got the summary, and have somebody ask later whether the client is connected to care."""
    view = pen.work.rx.view(entry.envelope.id)
    return follow(pen, view) if view is not None else []


def follow(pen: Pen, view: View) -> list[Entry]:
    """Bring episode, disclosures and tasks in step with a discharge as it stands now."""
    made = _episode(pen, view)
    made += _disclosed(pen, view) if may_write(pen, "disclosure") else []
    return made + (_tasks(pen, view) if may_write(pen, "task") else [])


def _episode(pen: Pen, view: View) -> list[Entry]:
    client, record = view.client or "", str(_last(pen, view).get("episode") or "")
    episode = pen.work.rx.view(record) if record else None
    if episode is None or episode.in_error or episode.client != client:
        return []
    stands = standing_for(pen.work.rx, client, record)
    if stands is not None:
        day = day_of(stands.doc.get("date"))
        said: dict[str, Any] = {
            "status": ENDED, "status_since": day, "discharged_on": day, "discharge_reason": stands.doc.get("reason"),
            "discharge": stands.id,
        }  # fmt: skip
    elif episode.get("status") == ENDED and episode.get("discharge") == view.id:
        before = str(_last(pen, view).get("status_before") or "active")
        said = {
            "status": before if before != ENDED else "active", "status_since": pen.work.day, "discharged_on": None,
            "discharge_reason": None, "discharge": None,
        }  # fmt: skip
    else:
        return []
    changed = {name: value for name, value in said.items() if episode.get(name) != value}
    return [pen.write("episode", record, client, "save", episode.heads, {"set": changed})] if changed else []


def _last(pen: Pen, view: View) -> Values:
    """Return what a discharge said last, also where nothing of it stands any more."""
    if view.doc:
        return view.doc
    entries = [pen.work.rx.entry(step.hash) for step in view.steps]
    bodies = [entry.envelope.body.get(DOC) for entry in entries if entry is not None]
    return next((body for body in reversed(bodies) if body), {})


def _disclosed(pen: Pen, view: View) -> list[Entry]:
    """Log one disclosure per person who gets the summary (clinical.md 2.22); who is not in it any more got none."""
    client = view.client
    rows = [] if view.in_error else [row for row in view.doc.get("sent_to") or () if row.get("name")]
    made, kept = [], set()
    heard = hearers(pen.work, client or "", [str(row["name"]) for row in rows])
    for row, hearer in zip(rows, heard, strict=True):
        name, basis = str(row["name"]), str(row.get("basis") or "")
        if basis not in BASES or basis == "listen_only":
            continue
        record = one_per(view.id, f"disclosure {' '.join(name.casefold().split())}")
        kept.add(record)
        known = pen.work.rx.view(record)
        said: dict[str, Any] = {
            "to": name, "related": row.get("related"), "what": "Discharge summary and aftercare plan", "basis": basis,
            "consent": row.get("consent"), "method": "paper", "source": view.id, "withdrawn": None,
            # The summary on paper carries both, for each who gets it.
            "notice_attached": True if hearer.answer.notice and basis in ("roi", "tpo") else None,
        }  # fmt: skip
        if known is None:
            fields = {name: value for name, value in said.items() if value is not None}
            body = {"set": fields | {"at": instant(pen.work.now_ms)}}
            made.append(pen.write("disclosure", record, client, "save", [], body))
            continue
        changed = {name: value for name, value in said.items() if known.get(name) != value}
        if changed:
            made.append(pen.write("disclosure", record, client, "save", known.heads, {"set": changed}))
    for told in disclosures_of(pen.work, view):
        if told.id not in kept:
            made.append(
                pen.write(
                    "disclosure", told.id, told.client, "save", told.heads, {"set": {"withdrawn": True}}
                )
            )
    return made


def _visits_off(pen: Pen, client: str) -> list[Entry]:
    """Cancel what is still to come with somebody who has died: nobody is to ring at that door."""
    body = {"set": {"cancelled": True, "cancelled_why": _DIED_WORDS}}
    return [
        pen.write("planned_visit", one.id, client, "save", one.heads, body)
        for one in pen.work.rx.views("planned_visit", client)
        if not (one.in_error or one.get("done") or one.get("cancelled"))
        and (lenient.moment(one.get("start")) or 0) > pen.work.now_ms
    ]


def _tasks(pen: Pen, view: View) -> list[Entry]:
    """Ask after 30 days whether the client is connected to care; after a death nobody is to do or visit any more."""
    client = view.client or ""
    doc, stands = view.doc, not view.in_error
    record = one_per(view.id, f"task {TASK}")
    known = pen.work.rx.view(record)
    made = []
    if stands and doc.get("reason") == DIED:
        body = {"set": {"cancelled": True, "outcome": _DIED_WORDS}}
        made += [
            pen.write("task", one.id, client, "save", one.heads, body) for one in open_tasks(pen, client)
        ]
        return made + (_visits_off(pen, client) if may_write(pen, "planned_visit") else [])
    asked = stands and doc.get("reason") not in NO_CHECK
    if asked and known is None and day_of(doc.get("date")):
        work = pen.work
        days = setting(work.known.settings_of(client), "connection_check_d")
        by = due.add_days(day_of(doc.get("date")), days)
        values = {
            "what": TASK, "title": f"Connected to care? {days} days after the discharge", "source_kind": KIND,
            "due": instant(due.end_of_day_ms(by, work.me.tz) - 1), "source": view.heads[0], "owner": work.me.staff,
        }  # fmt: skip
        made.append(pen.write("task", record, client, "save", [], {"set": values}))
    elif (
        not asked
        and known is not None
        and not (known.get("done") or known.get("cancelled") or known.in_error)
    ):
        body = {"set": {"cancelled": True, "outcome": "The discharge was taken back."}}
        made.append(pen.write("task", record, client, "save", known.heads, body))
    return made
