"""A treatment plan was looked at and stays as it is: an entry of its review log, no new version (clinical.md 2.16)."""

from __future__ import annotations

from fieldapp.clinical.due import add_days, days_between
from fieldapp.crypto.keys import Identity
from fieldapp.records.defaults import setting
from fieldapp.records.kinds.treatment_plan import REVIEWERS, category_of
from fieldapp.records.text import clean
from fieldapp.store.read import lenient
from fieldapp.store.read.record import NotHere

from .failures import NotAllowed, NotReady, not_ready
from .opened import Writing
from .pen import Pen
from .people import credential_problem, role_for


def stays(work: Writing, identity: Identity, entry_hash: str, text: str, next_due: str) -> str:
    """Write that a version stays, in one's own name; raises NotHere, NotReady, NotAllowed."""
    target = work.rx.entry(entry_hash)
    view = work.rx.view(target.envelope.id) if target is not None else None
    if target is None or view is None or view.kind != "treatment_plan":
        raise NotHere
    if entry_hash not in {write.hash for write in view.versions}:
        raise NotAllowed("This version does not stand any more: look at the one that does.")
    if role_for(work.me, view.kind) not in REVIEWERS:
        raise NotAllowed("A case manager, clinician or supervisor says that a plan stays as it is.")
    credential = credential_problem(work.known, work.me, work.day)
    if credential is not None and credential.stops:
        raise NotReady([credential])
    words = clean(text).strip()
    if not words:
        raise not_ready("text", "Say in a few words how it stands and what the client says.")
    day = lenient.day(next_due)
    settings = work.known.settings_of(view.client)
    most = max(setting(settings, f"plan_review_d_{name}") for name in ("community", "structured"))
    if not day or not 0 < days_between(work.day, day) <= most:
        last = add_days(work.day, most)
        raise not_ready("next_due", f"Give the next review: a day to come, {last} at the latest.")
    return (
        Pen(work, identity).annotate(target, "addendum", {"text": words, "category": category_of(day)}).hash
    )
