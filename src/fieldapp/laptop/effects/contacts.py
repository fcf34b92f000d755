"""What a logged contact brings about: the planned visit is done, and a client whom nobody finds is somebody's task."""

from __future__ import annotations

from fieldapp.clinical.contact_entry import ATTEMPTS
from fieldapp.clinical.due import attempts_task_due_ms
from fieldapp.clinical.seen import Said, is_seen, said_by, tries_since_seen
from fieldapp.records.defaults import setting
from fieldapp.records.envelope import Entry
from fieldapp.store.read import lenient
from fieldapp.store.read.seen import contacts_of

from ..pen import Pen
from . import disclosures, stays, waiting
from .tasks import ask_once, open_tasks
from .values import Values

TASK = "no_answer"


def of_contact(pen: Pen, entry: Entry, base: Values, values: Values) -> list[Entry]:
    """Mark the planned visit that the contact was as done, log who heard, climb the ladder of attempts or step off it."""
    return [
        *_visit_done(pen, entry, base, values),
        *disclosures.logged(pen, entry, base, values),
        *_ladder(pen, entry, base, values),
        *stays.of_seen(pen, entry, values),
        *_while_waiting(pen, entry, base, values),
    ]


def _visit_done(pen: Pen, entry: Entry, base: Values, values: Values) -> list[Entry]:
    visit = values.get("planned_visit")
    if not visit or visit == base.get("planned_visit"):
        return []
    view = pen.work.rx.view(visit)
    if view is None or view.kind != "planned_visit" or view.get("done"):
        return []
    body = {"set": {"done": True, "contact": entry.envelope.id}}
    return [pen.write("planned_visit", visit, view.client, "save", view.heads, body)]


def _said(values: Values) -> Said | None:
    start = lenient.moment(values.get("start"))
    return said_by(values, start) if start is not None else None


def _while_waiting(pen: Pen, entry: Entry, base: Values, values: Values) -> list[Entry]:
    """Take a talk with somebody on the waitlist for this week's contact with them."""
    this = _said(values)
    return waiting.spoken_with(pen, entry) if not base and this is not None and is_seen(this) else []


def _ladder(pen: Pen, entry: Entry, base: Values, values: Values) -> list[Entry]:
    """Give the supervisor one task after so many attempts (clinical.md 2.8); it is over once the client was seen."""
    client = entry.envelope.client or ""
    this = _said(values)
    if base or this is None:
        return []
    start = this.at_ms
    others = contacts_of(pen.work.rx, client, without=entry.envelope.id)
    tried = tries_since_seen(sorted((this, *others), key=lambda one: -one.at_ms))
    if is_seen(this) and not tried:
        # A visit of last week that is logged late ends nothing: tries came after it.
        done = {"set": {"done": True, "outcome": "The client was seen"}}
        return [
            pen.write("task", task.id, task.client, "save", task.heads, done)
            for task in open_tasks(pen, client)
            if task.get("what") == TASK
        ]
    settings = pen.work.known.settings_of(client)
    if this.outcome not in ATTEMPTS or len(tried) < setting(settings, "attempts_before_escalate"):
        return []
    due = attempts_task_due_ms(start, pen.work.me.tz, settings)
    title = f"{len(tried)} tries without seeing the client: decide how to reach them"
    return ask_once(pen, entry, TASK, due, title, role="supervisor")
