"""What is done with a task without a form: it is finished, or somebody else takes it."""

from __future__ import annotations

from fieldapp.clinical.roles import REVIEWERS
from fieldapp.crypto.keys import Identity
from fieldapp.records.fold import View
from fieldapp.records.ids import one_per
from fieldapp.records.text import clean
from fieldapp.store.models import Me

from .effects import red_flags, waiting
from .failures import NotAllowed, not_ready
from .opened import Writing
from .pen import Pen

COLLEAGUES = "This task is a colleague's: ask them, or your supervisor."


def finish(work: Writing, identity: Identity, record: str, outcome: str) -> str:
    """Say that a task is done and what came of it; what others did at the same time stays beside it."""
    words = clean(outcome).replace("\n", " ").strip()
    if not words:
        raise not_ready("outcome", "Say in a few words what came of it.")
    view = _open_task(work, record)
    if view.get("what") == red_flags.TASK and red_flags.waits(
        work.rx.view(one_per(view.client or "", "risk"))
    ):
        raise NotAllowed("A red flag is decided about on the client's episode: E, then d.")
    pen = Pen(work, identity)
    entry = pen.write(
        "task", record, view.client, "save", view.heads, {"set": {"done": True, "outcome": words}}
    )
    if view.get("what") == waiting.TASK and waiting.is_waiting(pen, view.client or ""):
        waiting.next_contact(pen, entry)
    return entry.hash


def assign(work: Writing, identity: Identity, record: str, owner: str) -> str:
    """Give a task to somebody; only who has it, or a supervisor, may, while nobody has it everybody."""
    view = _open_task(work, record)
    if not may_take(work.me, view.get("owner") or ""):
        raise NotAllowed(COLLEAGUES)
    body = {"set": {"owner": owner or None}}
    return Pen(work, identity).write("task", record, view.client, "save", view.heads, body).hash


def may_take(me: Me, owner: str) -> bool:
    """Tell whether a person may give a task that somebody has to another, or take it themselves."""
    return owner in ("", me.staff) or bool(REVIEWERS & set(me.roles))


def _open_task(work: Writing, record: str) -> View:
    view = work.rx.view(record)
    if view is None or view.kind != "task" or view.in_error:
        raise NotAllowed("This task is no longer here.")
    if view.get("done") or view.get("cancelled"):
        raise NotAllowed("This task is done already.")
    return view
