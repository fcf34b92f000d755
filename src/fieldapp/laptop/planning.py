"""What is done with a planned visit without a form: somebody else goes, or nobody does."""

from __future__ import annotations

from fieldapp.crypto.keys import Identity
from fieldapp.records.fold import View
from fieldapp.records.text import clean

from .failures import NotAllowed, not_ready
from .opened import Writing
from .pen import Pen

_WHY_CHARS = 300


def give(work: Writing, identity: Identity, record: str, staff: str) -> str:
    """Say that somebody else goes; who was to come along goes alone then. Anybody of the team may: a visit of somebody
    who fell ill this morning is taken over without asking, and its history says by whom.
    """
    view = _planned(work, record)
    if staff not in work.known.staff:
        raise not_ready("staff", "Choose who goes.")
    if view.get("staff") == staff:
        raise NotAllowed(f"{work.known.staff_name(staff) or 'This colleague'} goes already.")
    said: dict[str, object] = {"staff": staff}
    if view.get("second") == staff:
        said["second"] = None
    return (
        Pen(work, identity)
        .write("planned_visit", record, view.client, "save", view.heads, {"set": said})
        .hash
    )


def cancel(work: Writing, identity: Identity, record: str, why: str) -> str:
    """Say that a visit does not take place, and why; nothing of it counts as a contact."""
    words = clean(why).replace("\n", " ").strip()[:_WHY_CHARS]
    if not words:
        raise not_ready("cancelled_why", "Say in a few words why.")
    view = _planned(work, record)
    body = {"set": {"cancelled": True, "cancelled_why": words}}
    return Pen(work, identity).write("planned_visit", record, view.client, "save", view.heads, body).hash


def _planned(work: Writing, record: str) -> View:
    view = work.rx.view(record)
    if view is None or view.kind != "planned_visit" or view.in_error:
        raise NotAllowed("This visit is no longer here.")
    if view.get("done"):
        raise NotAllowed("This visit was logged already: open the contact in the chart.")
    if view.get("cancelled"):
        raise NotAllowed("This visit was cancelled already: plan another one.")
    return view
