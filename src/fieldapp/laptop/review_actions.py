"""Second pairs of eyes: co-sign, send back, add, mark as an error, take back, decide what was held back."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from fieldapp.clinical.cosign import cosigner_problem
from fieldapp.clinical.policy import LOOKED_AT
from fieldapp.clinical.same_visit import apart
from fieldapp.crypto.keys import Identity
from fieldapp.records.envelope import Entry
from fieldapp.records.fold import Step, View
from fieldapp.records.ids import is_hash, uuid7
from fieldapp.records.kinds.quarantine_decision import DECISIONS
from fieldapp.records.text import clean
from fieldapp.store.read.lines import Asking
from fieldapp.store.read.record import NotHere
from fieldapp.store.read.review import is_reviewed, same_act

from . import medication
from .effects import discharges, stays
from .effects.disclosures import disclosures_of
from .failures import NotAllowed, NotReady, not_ready
from .opened import Writing
from .pen import Pen
from .people import role_for, values_of_me


def _target(work: Asking, entry_hash: str) -> tuple[Entry, View]:
    entry = work.rx.entry(entry_hash)
    view = work.rx.view(entry.envelope.id) if entry is not None else None
    if entry is None or view is None:
        raise NotHere
    return entry, view


def _said(text: str, field: str, sentence: str) -> str:
    words = clean(text).strip()
    if not words:
        raise not_ready(field, sentence)
    return words


def check_cosign(asking: Asking, entry_hash: str) -> None:
    """Say what stands against a person's co-signing a version; nothing if nothing.

    Raises NotHere, NotAllowed where it does not wait, NotReady where the person's credential is not sufficient.
    """
    target, view = _target(asking, entry_hash)
    step = view.step(entry_hash)
    if step is None:
        if target.envelope.meaning != "error" or _is_lifted(view, entry_hash):
            raise NotAllowed("Nothing here waits for a co-signature.")
        return
    if _is_looked_at(view, step):
        return
    if step.status != "pending":
        raise NotAllowed(_not_pending(step))
    values, role = values_of_me(asking.known, asking.me), role_for(asking.me, view.kind)
    insufficient = cosigner_problem(view.kind, values, role, asking.day, step.cosign_required)
    if insufficient is not None:
        raise NotReady([insufficient])


def _is_looked_at(view: View, step: Step) -> bool:
    """Tell whether nothing was signed that waits: a supervisor says that it was looked at."""
    return view.kind in LOOKED_AT and step.status == "saved" and not is_reviewed(view, step.hash)


def cosign(work: Writing, identity: Identity, entry_hash: str) -> str:
    """Co-sign a version that waits for it, approve an error of its author, or say that an entry was looked at."""
    check_cosign(work, entry_hash)
    target, view = _target(work, entry_hash)
    step = view.step(entry_hash)
    if step is None:
        return _annotate_act(work, identity, view, target, "cosign", {})
    if _is_looked_at(view, step):
        return Pen(work, identity).annotate(target, "cosign", {}).hash
    return Pen(work, identity).annotate(target, "cosign", {}, cosign_required=step.cosign_required).hash


def cosign_opened(
    work: Writing, identity: Identity, entries: Sequence[str], looked_at: Collection[str]
) -> tuple[str, ...]:
    """Co-sign versions together, all or none, each of which was opened before (clinical.md 6, C2).

    Raises NotAllowed for one that nobody opened here.
    """
    if any(entry not in looked_at for entry in entries):
        raise NotAllowed("Only what you have opened can be co-signed together: open it first.")
    return tuple(cosign(work, identity, entry) for entry in entries)


def _not_pending(step: Step) -> str:
    if step.status == "returned":
        return "This was sent back: wait for its author's answer."
    return "Nothing here waits for a co-signature."


def _is_lifted(view: View, annotation: str) -> bool:
    return any(note.lifted for note in view.notes if note.hash == annotation)


def _annotate_act(
    work: Writing, identity: Identity, view: View, target: Entry, meaning: str, body: dict[str, str]
) -> str:
    """Speak about an annotation, and about every other error that the same act made (see `mark_error`)."""
    pen = Pen(work, identity)
    if target.envelope.meaning == "error":
        for other in same_act(view, target.hash):
            entry = work.rx.entry(other)
            if entry is not None:
                pen.annotate(entry, meaning, body)
    return pen.annotate(target, meaning, body).hash


def send_back(work: Writing, identity: Identity, entry_hash: str, reason: str) -> str:
    """Return a version to its author, or lift an error that its author declared."""
    words = _said(reason, "reason", "Say what should be changed.")
    target, view = _target(work, entry_hash)
    step = view.step(entry_hash)
    if step is not None and (step.status not in ("pending", "final") or not step.leaf):
        raise NotAllowed("This version cannot be sent back any more: write an addendum.")
    if step is None and target.envelope.meaning != "error":
        raise NotAllowed("Only a version, or an error that its author declared, can be sent back.")
    if step is None:
        lifted = _annotate_act(work, identity, view, target, "return", {"reason": words})
        _followed(Pen(work, identity), view)
        return lifted
    required = step.cosign_required
    return Pen(work, identity).annotate(target, "return", {"reason": words}, cosign_required=required).hash


def addendum(work: Writing, identity: Identity, entry_hash: str, text: str) -> str:
    """Add words in one's own name; the original stays as it is."""
    words = _said(text, "text", "Write what you add.")
    target, view = _target(work, entry_hash)
    if view.step(entry_hash) is None:
        raise NotAllowed("An addendum belongs to a version: choose the version.")
    return Pen(work, identity).annotate(target, "addendum", {"text": words}).hash


def both_took_place(work: Writing, identity: Identity, record: str, other: str, reason: str) -> str:
    """Say that two contacts which look like one visit are two; an addendum on the one that names the other."""
    words = _said(reason, "reason", "Say how both took place.")
    view = work.rx.view(record)
    entry = work.rx.entry(view.heads[0]) if view is not None and view.heads else None
    if entry is None or work.rx.view(other) is None:
        raise NotHere
    return Pen(work, identity).annotate(entry, "addendum", {"text": words, "category": apart(other)}).hash


_ONE_EVENT = frozenset(
    {"contact", "note", "alert", "planned_visit", "adherence", "vitals", "injection", "stay", "discharge"}
)
"""Kinds whose record is one event: that it never happened, or to somebody else, concerns all of it."""


def mark_error(work: Writing, identity: Identity, entry_hash: str, reason: str) -> str:
    """Say that a version was entered in error; it counts at once and stays readable, struck through.

    Of a record that is one event every version is marked, or an earlier one would stand again
    (docs/decisions.md 8). Returns the hash of the error on the version that was named.
    """
    words = _said(reason, "reason", "Say why this was entered in error.")
    target, view = _target(work, entry_hash)
    step = view.step(entry_hash)
    if step is None:
        raise NotAllowed("To undo a co-sign, return or error, take it back.")
    if step.status == "error":
        raise NotAllowed("This was marked as entered in error already.")
    pen = Pen(work, identity)
    if view.kind in _ONE_EVENT:
        for other in view.steps:
            entry = (
                work.rx.entry(other.hash) if other.status != "error" and other.hash != entry_hash else None
            )
            if entry is not None:
                pen.annotate(entry, "error", {"reason": words})
    if view.kind == "injection":
        # The list takes its dates from it: what it had superseded there stands again.
        for entry in medication.dates_of(work, view):
            pen.annotate(entry, "error", {"reason": words})
    if view.kind == "contact":
        for told in disclosures_of(work, view):
            pen.write("disclosure", told.id, told.client, "save", told.heads, {"set": {"withdrawn": True}})
    made = pen.annotate(target, "error", {"reason": words}).hash
    _followed(pen, view)
    return made


def _followed(pen: Pen, view: View) -> None:
    """Bring in step what follows from a record of which something was entered in error, or stands again."""
    if view.kind == "stay":
        stays.follow(pen, view.client or "")
    elif view.kind == "discharge":
        now = pen.work.rx.view(view.id)
        if now is not None:
            discharges.follow(pen, now)


def take_back(work: Writing, identity: Identity, annotation: str, reason: str) -> str:
    """Take back a co-sign, return, error or addendum: one's own, or as a supervisor or records role."""
    words = _said(reason, "reason", "Say why you take it back.")
    target, view = _target(work, annotation)
    if not target.envelope.is_annotation:
        raise NotAllowed("Only a co-sign, return, error or addendum can be taken back.")
    if _is_lifted(view, annotation):
        raise NotAllowed("This was taken back already.")
    made = _annotate_act(work, identity, view, target, "error", {"reason": words})
    _followed(Pen(work, identity), view)
    return made


def decide_quarantine(
    work: Writing, identity: Identity, entry_hash: str, decision: str, reason: str, team: str
) -> str:
    """Admit or refuse an entry that the server holds back."""
    if decision not in DECISIONS or not is_hash(entry_hash):
        raise not_ready("decision", "Choose admit or refuse.")
    words = _said(reason, "reason", "Say why.")
    owner = team or work.me.team
    if not owner:
        raise not_ready("team", "Choose the team whose record this belongs to.")
    done = work.rx.value("SELECT 1 FROM view WHERE kind = 'quarantine_decision' AND label = ?", entry_hash)
    if done:
        raise NotAllowed("This was decided already: send and receive.")
    body = {"set": {"team": owner, "hash": entry_hash, "decision": decision, "reason": words}}
    record = uuid7(work.device_ms)
    return Pen(work, identity).write("quarantine_decision", record, None, "save", [], body).hash
