"""Settling what people wrote side by side, and signing a level of risk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fieldapp.clinical.cosign import cosign_required
from fieldapp.crypto.keys import Identity
from fieldapp.records.canonical import Json
from fieldapp.records.ids import is_hash, one_per
from fieldapp.records.kind import DOC, Signing
from fieldapp.records.kinds import KINDS
from fieldapp.records.text import clean
from fieldapp.store.models import Conflict
from fieldapp.store.read.conflicts import conflict
from fieldapp.store.read.record import need_view

from . import forms
from .failures import NotAllowed, NotReady, not_ready
from .opened import Writing
from .pen import Pen
from .people import role_for

SETTLED = "Two values were settled."


def needs_signing(work: Writing, record: str) -> bool:
    """Tell whether settling in this record is attested: documents, and the level of risk."""
    view = need_view(work.rx, record)
    return KINDS[view.kind].is_document or view.kind == "risk"


def settle(work: Writing, identity: Identity, record: str, path: str, choice: Any) -> str:
    """Write the chosen value on top of all leaves, also when it is the one already shown.

    `choice` is the entry of a side, or a value of one's own for a field.
    """
    found = conflict(work, record, path)
    view = need_view(work.rx, record)
    kind = KINDS[view.kind]
    if view.kind == "risk" and path == "level":
        raise NotAllowed("Two levels of risk are settled by signing one: use the risk form.")
    body = _body(found, path, choice)
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
        staff = work.known.staff.get(work.me.staff)
        required = cosign_required(
            view.kind, body[DOC], staff.values if staff else {}, role_for(work.me, view.kind), work.day
        )
        if required:
            body["cosign_required"] = required
    return (
        Pen(work, identity)
        .write(
            view.kind, record, view.client, meaning, view.heads, body,
            sensitivity=view.sensitivity, own_target=own,
        )
        .hash
    )  # fmt: skip


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


def sign_risk(
    work: Writing,
    identity: Identity,
    client: str,
    level: str,
    reason: str,
    considered: Sequence[str],
    next_review: str,
) -> str:
    """Sign a level of risk, naming the signals that its author has seen; others stay in force."""
    record = one_per(client, "risk")
    view = work.rx.view(record)
    written: dict[str, Json] = {"level": level, "reason": clean(reason).strip()}
    if next_review:
        written["next_review"] = next_review
    kind = KINDS["risk"]
    signing = Signing(work.now_ms, work.me.tz, work.me.staff, role_for(work.me, "risk"))
    problems = kind.sign_checks(written, signing)
    if problems:
        raise NotReady(list(problems))
    known = {step.hash for step in view.steps} if view is not None else set()
    seen = sorted(set(considered) & known)
    body: dict[str, Json] = {"set": written}
    if seen:
        body["considered"] = seen
    prev = view.heads if view is not None else []
    return Pen(work, identity).write("risk", record, client, "sign", prev, body).hash
