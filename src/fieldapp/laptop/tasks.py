"""What is done with a task without a form: it is finished, or somebody else takes it."""

from __future__ import annotations

from fieldapp.clinical.roles import REVIEWERS
from fieldapp.crypto.keys import Identity
from fieldapp.records.fold import View
from fieldapp.records.text import clean

from .failures import NotAllowed, not_ready
from .opened import Writing
from .pen import Pen


def finish(work: Writing, identity: Identity, record: str, outcome: str) -> str:
    """Say that a task is done and what came of it; what others did at the same time stays beside it."""
    words = clean(outcome).replace("\n", " ").strip()
    if not words:
        raise not_ready("outcome", "Say in a few words what came of it.")
    view = _open_task(work, record)
    body = {"set": {"done": True, "outcome": words}}
    return Pen(work, identity).write("task", record, view.client, "save", view.heads, body).hash


def assign(work: Writing, identity: Identity, record: str, owner: str) -> str:
    """Give a task to somebody; only who has it, or a supervisor, may, while nobody has it everybody."""
    view = _open_task(work, record)
    may_assign(work, view.get("owner") or "")
    body = {"set": {"owner": owner or None}}
    return Pen(work, identity).write("task", record, view.client, "save", view.heads, body).hash


def may_assign(work: Writing, owner: str) -> None:
    """Raise NotAllowed for somebody who may not take a task from its owner."""
    if owner and owner != work.me.staff and not REVIEWERS & set(work.me.roles):
        raise NotAllowed("This task is a colleague's: ask them, or your supervisor.")


def _open_task(work: Writing, record: str) -> View:
    view = work.rx.view(record)
    if view is None or view.kind != "task" or view.in_error:
        raise NotAllowed("This task is no longer here.")
    if view.get("done") or view.get("cancelled"):
        raise NotAllowed("This task is done already.")
    return view
