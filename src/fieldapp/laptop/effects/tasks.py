"""Tasks that a signed form brings about: each once for what it comes from."""

from __future__ import annotations

from fieldapp.clinical.policy import allow
from fieldapp.records.envelope import Entry, instant, instant_ms
from fieldapp.records.fold import View
from fieldapp.records.ids import one_per
from fieldapp.records.kinds.task import WHATS

from ..pen import Pen


def may_write(pen: Pen, kind: str) -> bool:
    """Tell whether this person writes such records: who corrects one for the records office leaves its tasks alone."""
    return bool(allow(pen.actor, "save", kind))


def open_tasks(pen: Pen, client: str) -> list[View]:
    """Return the client's tasks that are still to be done."""
    return [
        view
        for view in pen.work.rx.views("task", client)
        if not (view.in_error or view.get("done") or view.get("cancelled"))
    ]


def ask_once(
    pen: Pen, source: Entry, what: str, due_ms: int, title: str = "", *, role: str = ""
) -> list[Entry]:
    """Write a task unless the client has an open one of its kind, which is then brought forward and named anew.

    Two signals of one evening are one plan to make.
    """
    for task in open_tasks(pen, source.envelope.client or ""):
        if task.get("what") == what:
            changed = {"title": title} if title and title != task.get("title") else {}
            if not task.get("due") or instant_ms(task.get("due")) > due_ms:
                changed["due"] = instant(due_ms)
            return (
                [pen.write("task", task.id, task.client, "save", task.heads, {"set": changed})]
                if changed
                else []
            )
    return follow_up(pen, source, what, due_ms, title, role=role, once_for=source.hash)


def follow_up(
    pen: Pen,
    source: Entry,
    what: str,
    due_ms: int,
    title: str = "",
    owner: str = "",
    *,
    role: str = "",
    once_for: str = "",
) -> list[Entry]:
    """Write the task that an entry brings about, once for its record; nobody named means the primary worker.

    With a `role` it is, with nobody named, the work of whoever has that role in the client's program.

    Its id comes from the record and from what is to be done, so that a correction makes no second task; one that
    is due sooner by the correction is brought forward. With `once_for` (the entry) each version of a plan has one of
    its own.
    """
    record = one_per(source.envelope.id, f"task {what} {once_for}".rstrip())
    view = pen.work.rx.view(record)
    if view is not None:
        due = view.get("due")
        over = view.get("done") or view.get("cancelled") or view.in_error
        if over or not due or instant_ms(due) <= due_ms:
            return []
        sooner = {"set": {"due": instant(due_ms)}}
        return [pen.write("task", record, source.envelope.client, "save", view.heads, sooner)]
    values = {
        "what": what, "title": title or WHATS[what], "due": instant(due_ms), "source": source.hash,
        "source_kind": source.envelope.kind, **({"owner": owner} if owner else {}),
        **({"role": role} if role else {}),
    }  # fmt: skip
    return [pen.write("task", record, source.envelope.client, "save", [], {"set": values})]
