"""What a person may do with a version or an annotation on screen; the laptop judges again when it is done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..clinical.policy import LOOKED_AT, Actor, allow
from .draft_routes import FORMS

if TYPE_CHECKING:
    from ..store.models import AnnotationRead, Me, RecordRead, VersionRead

OWN_ONLY = frozenset(
    {"note", "crisis", "measure", "adherence", "vitals", "injection", "group_session", "discharge"}
)
"""Kinds that only their author may correct."""
UNDOERS = frozenset({"supervisor", "records"})


def actor_of(me: Me) -> Actor:
    """Return the person as the role table sees them."""
    return Actor(me.staff, frozenset(me.roles), me.is_mhp)


def actions(read: RecordRead, version: VersionRead | None, me: Me) -> frozenset[str]:
    """Return the names of what may be done with a version: addendum, correct, error, cosign, return, take_back."""
    found: set[str] = set()
    actor = actor_of(me)
    if undoable(read, me):
        found.add("take_back")
    if version is None:
        return frozenset(found)
    own = version.author_id == me.staff
    required = version.cosign_required
    if allow(actor, "addendum", read.kind, own_target=own, sensitivity=read.sensitivity):
        found.add("addendum")
    if version.status != "error" and allow(
        actor, "error", read.kind, own_target=own, sensitivity=read.sensitivity
    ):
        found.add("error")
    if read.kind in FORMS and _may_correct(read, actor, own):
        found.add("correct")
    if version.status == "pending" and allow(
        actor, "cosign", read.kind, own_target=own, cosign_required=required, sensitivity=read.sensitivity
    ):
        found.add("cosign")
    if (
        read.kind in LOOKED_AT
        and _unseen(read, version)
        and allow(actor, "cosign", read.kind, own_target=own)
    ):
        found.add("cosign")
    if version.leaf and version.status in ("pending", "final"):
        if allow(
            actor, "return", read.kind, own_target=own, cosign_required=required, sensitivity=read.sensitivity
        ):
            found.add("return")
    return frozenset(found)


def _unseen(read: RecordRead, version: VersionRead) -> bool:
    """Tell whether no supervisor has said yet that they looked at an entry that waits for no co-signature."""
    return not any(
        note.about == version.entry and note.meaning == "cosign" and not note.lifted
        for note in read.annotations
    )


def _may_correct(read: RecordRead, actor: Actor, own: bool) -> bool:
    if read.in_error:
        return False
    if read.kind in OWN_ONLY or read.frozen:
        return own and bool(allow(actor, "amend", read.kind, own_target=True))
    return bool(allow(actor, "sign", read.kind))


def declared(read: RecordRead, entry: str) -> AnnotationRead | None:
    """Return the standing error that an entry hash names; None if it names something else."""
    return next(
        (
            note
            for note in read.annotations
            if note.entry == entry and note.meaning == "error" and not note.lifted
        ),
        None,
    )


def may_decide(read: RecordRead, error: AnnotationRead, me: Me) -> bool:
    """Tell whether a person may approve or lift an error that its author declared."""
    own = error.author == me.name
    return bool(allow(actor_of(me), "cosign", read.kind, own_target=own))


def undoable(read: RecordRead, me: Me) -> list[AnnotationRead]:
    """Return the annotations that a person may take back."""
    anybodys = bool(UNDOERS & set(me.roles))
    hashes = {note.entry for note in read.annotations}
    return [
        note
        for note in read.annotations
        if not note.lifted and (anybodys or note.author == me.name) and note.about not in hashes
    ]
