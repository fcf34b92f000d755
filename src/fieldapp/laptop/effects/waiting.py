"""While a client waits for a place: somebody speaks with them every week (programs.md 84)."""

from __future__ import annotations

from fieldapp.clinical import due
from fieldapp.records.canonical import Json
from fieldapp.records.defaults import setting
from fieldapp.records.envelope import Entry
from fieldapp.records.kinds.episode import open_episode

from ..pen import Pen
from .tasks import ask_once, open_tasks

TASK = "waitlist_contact"
WAITS = "waitlist"


def is_waiting(pen: Pen, client: str) -> bool:
    """Tell whether the client's episode that counts now is on the waitlist."""
    view = open_episode([view for view in pen.work.rx.views("episode", client) if not view.in_error])
    return view is not None and view.get("status") == WAITS


def next_contact(pen: Pen, source: Entry) -> list[Entry]:
    """Ask for the next contact while waiting: by the end of the day a week from now."""
    days = setting(pen.work.known.settings_of(source.envelope.client), "waitlist_contact_d")
    by = due.end_of_day_ms(due.add_days(pen.work.day, days), pen.work.me.tz)
    return ask_once(pen, source, TASK, by)


def spoken_with(pen: Pen, source: Entry) -> list[Entry]:
    """Mark this week's contact as done by one that took place, and ask for the next one."""
    client = source.envelope.client or ""
    if not is_waiting(pen, client):
        return []
    return [*close(pen, client, "Spoken with the client", cancelled=False), *next_contact(pen, source)]


def close(pen: Pen, client: str, outcome: str, *, cancelled: bool = True) -> list[Entry]:
    """Take the open contact while waiting off the list."""
    fields: dict[str, Json] = {"outcome": outcome, "cancelled" if cancelled else "done": True}
    return [
        pen.write("task", task.id, task.client, "save", task.heads, {"set": fields})
        for task in open_tasks(pen, client)
        if task.get("what") == TASK
    ]
