"""What stays in hospital, ED and jail bring about: the client is to be seen soon after, and being seen ends that.

Ids of the tasks follow from the client, the day of leaving and the period (`store.read.stays.task_id`), and what they say from
the same: two laptops that write down one stay make one task without a conflict.
"""

from __future__ import annotations

from fieldapp.clinical import due, stays
from fieldapp.clinical.seen import is_seen, said_by
from fieldapp.records.envelope import Entry, instant
from fieldapp.records.fold import View
from fieldapp.store.read import lenient
from fieldapp.store.read.discharges import ENDED
from fieldapp.store.read.lines import short_day
from fieldapp.store.read.seen import seen_days
from fieldapp.store.read.stays import TASK, of_client, task_id

from ..pen import Pen
from . import intensity
from .tasks import may_write, open_tasks
from .values import Values


def of_stay(pen: Pen, entry: Entry, base: Values, values: Values) -> list[Entry]:
    """Ask for the follow-ups of a stay that has ended; those of a day that it did not end on are called off."""
    return [*follow(pen, entry.envelope.client or ""), *intensity.of_stay(pen, entry, values)]


def follow(pen: Pen, client: str) -> list[Entry]:
    """Bring the follow-up tasks of a client in step with the stays as they stand now."""
    work = pen.work
    if not may_write(pen, "task"):
        return []
    settings = work.known.settings_of(client)
    known = of_client(work.rx, client)
    wanted = {
        task_id(client, one, period): (one, period)
        for one in known
        for period in stays.follow_ups(one, settings)
    }
    made = []
    for task in open_tasks(pen, client):
        if task.get("what") == TASK and task.id not in wanted:
            body = {"set": {"cancelled": True, "outcome": "The stay did not end on that day."}}
            made.append(pen.write("task", task.id, client, "save", task.heads, body))
    facts = work.known.clients.get(client)
    if facts is not None and facts.status == ENDED:
        # Whoever takes over sees them now.
        return made
    first = min((period.first for _, period in wanted.values()), default="")
    seen = seen_days(work.rx, client, first, work.me.tz) if first else frozenset()
    for record, (one, period) in sorted(wanted.items()):
        how, _ = stays.standing(period, seen, work.day)
        if how != "open" or work.rx.view(record) is not None or stays.away_now(known) is not None:
            continue
        body = {
            "set": {
                "what": TASK,
                "title": f"Left on {short_day(one.until)}: see the client within {period.within} days",
                "due": instant(due.end_of_day_ms(period.due, work.me.tz) - 1),
                "source_kind": "stay",
            }
        }
        made.append(pen.write("task", record, client, "save", [], body))
    return made


def of_seen(pen: Pen, entry: Entry, values: Values) -> list[Entry]:
    """Close the follow-ups that a contact in which the client was seen answers, in time or late."""
    work, client = pen.work, entry.envelope.client or ""
    start = lenient.moment(values.get("start"))
    if start is None or not is_seen(said_by(values, start)):
        return []
    open_ones = [task for task in open_tasks(pen, client) if task.get("what") == TASK]
    return _closed(pen, client, open_ones, due.day_of(start, work.me.tz)) if open_ones else []


def _closed(pen: Pen, client: str, tasks: list[View], day: str) -> list[Entry]:
    settings = pen.work.known.settings_of(client)
    periods = {
        task_id(client, one, period): (one, period)
        for one in of_client(pen.work.rx, client)
        for period in stays.follow_ups(one, settings)
    }
    made = []
    for task in tasks:
        one, period = periods.get(task.id, (None, None))
        if one is None or period is None or day < period.first:
            continue
        after = due.days_between(one.until, day)
        late = "" if day <= period.due else f", after the {period.within} days"
        body = {
            "set": {"done": True, "outcome": f"Seen on {short_day(day)}, {after} days after leaving{late}"}
        }
        made.append(pen.write("task", task.id, client, "save", task.heads, body))
    return made
