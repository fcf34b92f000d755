"""After a discharge: whether the client is connected to care, said in one's own name (clinical.md 2.21, 5.18)."""

from __future__ import annotations

from fieldapp.crypto.keys import Identity
from fieldapp.records.days import day_of
from fieldapp.records.ids import one_per
from fieldapp.records.kinds.discharge import CONNECTIONS, connection_category
from fieldapp.records.text import clean
from fieldapp.store.read.discharges import KIND, TASK
from fieldapp.store.read.record import NotHere

from .failures import NotAllowed, not_ready
from .opened import Writing
from .pen import Pen


def say_connected(work: Writing, identity: Identity, record: str, answer: str, day: str, text: str) -> str:
    """Write the answer as an addendum of the discharge, and finish the task that asks; raises NotHere, NotReady, NotAllowed.

    Args:
        answer: of `CONNECTIONS`.
        day: of the first contact with the next provider where they are connected, else of asking.
    """
    view = work.rx.view(record)
    if view is None or view.kind != KIND:
        raise NotHere
    if view.in_error:
        raise NotAllowed("This discharge was entered in error: there is nothing to ask about.")
    if answer not in CONNECTIONS:
        raise not_ready("answer", "Say whether the client is connected to care.")
    known = day_of(day)
    left = day_of(view.doc.get("date"))
    if not known or known > work.day or known < left:
        raise not_ready("day", f"Give a day from {left or 'the discharge'} to today.")
    words = clean(text).replace("\n", " ").strip() or CONNECTIONS[answer]
    entry = work.rx.entry(view.heads[0])
    if entry is None:
        raise NotHere
    pen = Pen(work, identity)
    made = pen.annotate(entry, "addendum", {"text": words, "category": connection_category(answer, known)})
    task = work.rx.view(one_per(record, f"task {TASK}"))
    if task is not None and not (task.get("done") or task.get("cancelled") or task.in_error):
        body = {"set": {"done": True, "outcome": words[:300]}}
        pen.write("task", task.id, task.client, "save", task.heads, body)
    return made.hash
