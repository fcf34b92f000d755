"""What a new medicine, a move, the end of a stay or a life event brings about: one look at how often client and team meet.

Ids of the tasks follow from the client and the event, and what they say from the event alone: two laptops that hear of one
event make one task without a conflict, and an event that was answered is never asked about again.
"""

from __future__ import annotations

from collections.abc import Iterable

from fieldapp.clinical import due, intensity
from fieldapp.clinical.intensity import Event
from fieldapp.records.envelope import Entry, instant
from fieldapp.records.ids import one_per
from fieldapp.store.read import lenient

from ..pen import Pen
from .tasks import may_write, open_tasks
from .values import Values

TASK = "intensity"
SEEN = frozenset({"active", "on_hold"})


def task_id(client: str, event: str) -> str:
    """Return the id of the task for an event of a client."""
    return one_per(client, f"task intensity {event}")


def ask(pen: Pen, client: str, source_kind: str, events: Iterable[Event]) -> list[Entry]:
    """Write the task for each event that was not asked about yet, while the client is with us."""
    work = pen.work
    facts = work.known.clients.get(client)
    if facts is None or facts.status not in SEEN or not may_write(pen, "task"):
        return []
    made = []
    for event in events:
        record = task_id(client, event.name)
        if not event.is_news(work.day) or work.rx.view(record) is not None:
            continue
        by = due.add_business_days(event.day, intensity.LOOK_BUSINESS_D)
        said = {
            "what": TASK, "title": f"{event.words}: meet more often?"[:300], "source_kind": source_kind,
            "due": instant(due.end_of_day_ms(by, work.me.tz) - 1),
        }  # fmt: skip
        made.append(pen.write("task", record, client, "save", [], {"set": said}))
    return made


def of_medicines(pen: Pen, entry: Entry, base: Values, values: Values) -> list[Entry]:
    """Ask after a medicine was begun."""
    events = intensity.new_medicines(base, values, pen.work.day)
    return ask(pen, entry.envelope.client or "", "medication_list", events)


def of_client(pen: Pen, entry: Entry, base: Values, values: Values) -> list[Entry]:
    """Ask after a move."""
    events = intensity.housing_changes(base, values, pen.work.day)
    return ask(pen, entry.envelope.client or "", "client", events)


def of_stay(pen: Pen, entry: Entry, values: Values) -> list[Entry]:
    """Ask after somebody came back; one who is away again after all is not asked about."""
    client, record = entry.envelope.client or "", entry.envelope.id
    events = intensity.end_of_stay(record, values)
    if events:
        return ask(pen, client, "stay", events)
    asked = task_id(client, f"stay {record}")
    body = {"set": {"cancelled": True, "outcome": "The client is not back."}}
    return [
        pen.write("task", task.id, client, "save", task.heads, body)
        for task in open_tasks(pen, client)
        if task.id == asked
    ]


def of_note(pen: Pen, entry: Entry, base: Values, values: Values) -> list[Entry]:
    """Ask after a life event that a note names."""
    at_ms = lenient.moment(values.get("service_start"))
    day = due.day_of(at_ms, pen.work.me.tz) if at_ms is not None else pen.work.day
    events = intensity.life_event(entry.envelope.id, base, values, day)
    return ask(pen, entry.envelope.client or "", "note", events)


def of_contact_plan(pen: Pen, entry: Entry, base: Values, values: Values) -> list[Entry]:
    """Finish what asked for a look: a new agreement is the answer."""
    client = entry.envelope.client or ""
    if set(values.get("periods") or {}) <= set(base.get("periods") or {}) or not may_write(pen, "task"):
        return []
    body = {"set": {"done": True, "outcome": "Agreed anew how often to meet"}}
    return [
        pen.write("task", task.id, client, "save", task.heads, body)
        for task in open_tasks(pen, client)
        if task.get("what") == TASK
    ]
