"""Settling what people wrote side by side."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fieldapp.clinical.cosign import cosign_required
from fieldapp.crypto.keys import Identity
from fieldapp.records.canonical import Json
from fieldapp.records.fold import View
from fieldapp.records.ids import is_hash
from fieldapp.records.kind import DOC, Kind
from fieldapp.records.kinds import KINDS, PLANS
from fieldapp.store.models import Conflict
from fieldapp.store.read.conflicts import conflict
from fieldapp.store.read.record import need_view

from . import effects, forms
from .failures import NotAllowed, not_ready
from .opened import Writing
from .pen import Pen
from .people import role_for, values_of_me

SETTLED = "Two values were settled."


def needs_signing(work: Writing, record: str) -> bool:
    """Tell whether settling in this record is attested."""
    view = need_view(work.rx, record)
    return KINDS[view.kind].is_document


def settle(work: Writing, identity: Identity, record: str, path: str, choice: Any) -> str:
    """Write the chosen value on top of all leaves, also when it is the one already shown.

    `choice` is the entry of a side, or a value of one's own for a field.
    """
    found = conflict(work, record, path)
    view = need_view(work.rx, record)
    kind = KINDS[view.kind]
    if kind.attested:
        raise NotAllowed("Two levels of risk are settled by signing one: use the risk form.")
    body = _body(found, path, choice)
    if path in kind.together:
        body = _with_its_kin(work, view, kind, body, path, choice)
    meaning = "sign" if kind.is_document else "save"
    own = view.steps[0].author == work.me.staff
    if kind.cls == "single":
        if not own:
            raise NotAllowed("Only its author may choose between two versions of it.")
        answers = forms.answered_by(view, view.heads)
        meaning = "sign" if answers else "amend"
        if answers:
            body["answers"] = list(answers)
    elif kind.name == "contact":
        meaning = forms.meaning_for(work, kind, view)
    if meaning == "amend":
        body["reason"] = SETTLED
    if kind.is_document:
        values = values_of_me(work.known, work.me)
        required = cosign_required(view.kind, body[DOC], values, role_for(work.me, view.kind), work.day)
        if required:
            body["cosign_required"] = required
    pen = Pen(work, identity)
    entry = pen.write(
        view.kind,
        record,
        view.client,
        meaning,
        view.heads,
        body,
        sensitivity=view.sensitivity,
        own_target=own,
    )
    if view.kind in PLANS:
        effects.of(pen, entry, {}, body[DOC])
    return entry.hash


def _with_its_kin(
    work: Writing, view: View, kind: Kind, body: dict[str, Json], path: str, choice: Any
) -> dict[str, Json]:
    """Take the fields that belong together from the same side: half of one and half of another mean nothing."""
    entry = work.rx.entry(choice) if is_hash(choice) else None
    if entry is None:
        raise not_ready(path, "Choose one of the two sides here; a value of your own is given in the form.")
    # What the side did not touch stands as it was before both.
    said = entry.envelope.body.get("set") or {}
    there = {name for name in kind.together if view.get(name) is not None or name in said}
    return body | {"set": {name: said.get(name) for name in kind.together if name in there}}


def _body(found: Conflict, path: str, choice: Any) -> dict[str, Json]:
    side = next((s for s in found.sides if isinstance(choice, str) and s.entry == choice), None)
    if side is None and is_hash(choice):
        raise not_ready(path, "That value is no longer among those to choose from: look again.")
    value = side.value if side is not None else choice
    parts = path.split("/")
    if path == DOC:
        if not isinstance(value, Mapping):
            raise not_ready(path, "Choose one of the versions, or write a new one.")
        return {DOC: dict(value)}
    if len(parts) == 1:
        return {"set": {path: value}}
    name, item = parts[0], parts[1]
    if len(parts) == 3:
        return {"items": {name: {item: {parts[2]: value}}}}
    if value is None:
        return {"drop": {name: [item]}}
    return {"items": {name: {item: dict(value)}}}
