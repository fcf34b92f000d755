"""What a new version of a plan brings about."""

from __future__ import annotations

from fieldapp.clinical import due
from fieldapp.records.envelope import Entry
from fieldapp.records.kinds import PLANS
from fieldapp.records.kinds.plan import number_of
from fieldapp.store.read import lenient

from ..pen import Pen
from .tasks import follow_up, open_tasks
from .values import Values


def of_plan(pen: Pen, entry: Entry, base: Values, values: Values) -> list[Entry]:
    """Complete what asked for this version, and have it looked at again on its day."""
    kind, client = entry.envelope.kind, entry.envelope.client or ""
    view = pen.work.rx.view(entry.envelope.id)
    number = number_of(view, entry.hash) if view is not None else 1
    said = "No plan now, in the client's words" if values.get("declined") else f"Version {number} was signed"
    made = []
    for task in open_tasks(pen, client):
        what = task.get("what")
        if (what == "plan_now" and kind == "safety_plan") or (
            what == "plan_review" and task.get("source_kind") == kind
        ):
            body = {"set": {"done": True, "outcome": f"{said}."}}
            made.append(pen.write("task", task.id, client, "save", task.heads, body))
    day = lenient.day(values.get("review_due"))
    if day:
        label = PLANS[kind].label.lower()
        title = f"Offer the {label} again" if values.get("declined") else f"Look at the {label} again"
        due_ms = due.end_of_day_ms(day, pen.work.me.tz)
        made += follow_up(pen, entry, "plan_review", due_ms, title, once_for=entry.hash)
    return made
