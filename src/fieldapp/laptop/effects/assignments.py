"""What an assignment brings about: whoever asked for it has their answer."""

from __future__ import annotations

from fieldapp.clinical.assigning import ASSIGNED, COVER_REQUEST, answered, holds
from fieldapp.records.envelope import Entry
from fieldapp.records.ids import one_per
from fieldapp.records.kinds.assignment import ROLES

from ..pen import Pen
from .tasks import may_write, open_tasks
from .values import Values


def of_assignment(pen: Pen, entry: Entry, base: Values, values: Values) -> list[Entry]:
    """Finish the tasks that ask for what the assignment now says.

    A manager assigns but writes no tasks (clinical.md 1.3): those stay open, and lists leave them out (`read.tasks`).
    """
    client = entry.envelope.client or ""
    if not may_write(pen, "task"):
        return []
    periods = periods_of(pen, client)
    made = []
    for task in open_tasks(pen, client):
        what, author = str(task.get("what") or ""), task.steps[0].author
        if what in ASSIGNED and answered(periods, what, author, pen.work.day):
            done = {"set": {"done": True, "outcome": _outcome(periods, what, author, pen.work.day)}}
            made.append(pen.write("task", task.id, client, "save", task.heads, done))
    return made


def _outcome(periods: list[Values], what: str, author: str, day: str) -> str:
    if what != COVER_REQUEST:
        return "A primary worker is named"
    roles = (str(row.get("role")) for row in periods if row.get("staff") == author and holds(row, day))
    return f"Assigned: {' and '.join(sorted(ROLES.get(role, role).lower() for role in roles))}"


def periods_of(pen: Pen, client: str) -> list[Values]:
    """Return the periods of a client's assignment as they stand in this transaction."""
    view = pen.work.rx.view(one_per(client, "assignment"))
    return [] if view is None else [row.to_data() for row in view.items("periods").values()]
