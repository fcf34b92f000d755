"""Signing and saving a form: the entry, what it brings about, and the closed draft in one transaction."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from fieldapp.clinical.cosign import cosign_required
from fieldapp.crypto.keys import Identity
from fieldapp.records import together
from fieldapp.records.canonical import Json
from fieldapp.records.changes import body_of
from fieldapp.records.envelope import Entry
from fieldapp.records.fold import View
from fieldapp.records.kind import DOC, Problem
from fieldapp.store.read import goals
from fieldapp.store.tables import DraftRow

from . import effects, forms, medication, risk_signing
from .failures import NotReady, not_ready
from .opened import Writing
from .pen import Pen
from .people import role_for, values_of_me


def submit(
    work: Writing,
    identity: Identity,
    draft_id: str,
    overrides: Mapping[str, str],
    reason: str,
) -> tuple[str, ...]:
    """Write the entry of a draft and its effects, close the draft; returns the hashes, the form's own first.

    Raises NotReady (what is missing), NotAllowed.
    """
    row = forms.open_row(work, draft_id)
    kind = forms.kind_named(row.kind)
    base = orjson.loads(row.base)
    values, parts = together.split(row.kind, orjson.loads(row.body), row.record)
    said = _overridden(forms.problems(work, row), overrides)
    view = work.rx.view(row.record)
    values = _linked(work, row, base, values)
    if kind.attested:
        body = risk_signing.body_of(view, values, role_for(work.me, row.kind))
    else:
        body = body_of(kind, base, values)
    if not body and not parts:
        raise not_ready("", "Nothing was written yet." if not base else "Nothing was changed.")
    if row.meaning == "amend" and not reason.strip():
        raise not_ready("reason", "Say why you correct this.")
    pen = Pen(work, identity)
    done = _own(pen, row, body, said, reason, view, base, values) if body else []
    for part in parts:
        done += _part(pen, part.client or row.client, part, said)
    work.tx.close_draft(row.id, done[0].hash)
    work.tx.answer_rejections(row.record)
    return tuple(made.hash for made in done)


def _linked(work: Writing, row: DraftRow, base: Mapping[str, Any], values: dict[str, Any]) -> dict[str, Any]:
    """Return a form's values with the goals of the plan that it names frozen by id (clinical.md 2.16)."""
    if row.kind not in goals.WORK or row.client is None:
        return values
    if values.get("goals") == base.get("goals"):
        return values
    named = goals.links(work, row.client, values.get("goals") or ())
    if named or values.get("plan_goals"):
        return {**values, "plan_goals": named or None}
    return values


def _own(
    pen: Pen,
    row: DraftRow,
    body: dict[str, Json],
    said: Mapping[str, str],
    reason: str,
    view: View | None,
    base: Mapping[str, Any],
    values: Mapping[str, Any],
) -> list[Entry]:
    """Write the form's own entry and what it brings about."""
    work = pen.work
    if reason.strip():
        body["reason"] = reason.strip()
    overridden = {name: text for name, text in said.items() if together.is_own(name)}
    if overridden:
        body["overrides"] = overridden
    prev = list(orjson.loads(row.prev))
    answers = forms.answered_by(view, prev) if row.meaning == "sign" else ()
    if answers:
        body["answers"] = list(answers)
    required = _cosign(work, row.kind, body, first=view is None)
    if required:
        body["cosign_required"] = required
    entry = pen.write(
        row.kind,
        row.record,
        row.client,
        row.meaning,
        prev,
        body,
        sensitivity=view.sensitivity if view is not None else forms.kind_named(row.kind).sensitivity,
        own_target=view is not None and bool(view.steps) and view.steps[0].author == work.me.staff,
    )
    return [entry, *effects.of(pen, entry, base, values)]


def _part(pen: Pen, client: str | None, part: together.Part, said: Mapping[str, str]) -> list[Entry]:
    """Write one further record of the form and what it brings about."""
    body: dict[str, Json] = body_of(part.kind, part.base, part.values)
    if part.verify:
        body.setdefault("items", {})["verified"] = medication.verification(pen.work)
    before = part.prefix
    overridden = {name.removeprefix(before): text for name, text in said.items() if name.startswith(before)}
    if overridden:
        body["overrides"] = overridden
    required = _cosign(pen.work, part.kind.name, body, first=not part.prev)
    if required:
        body["cosign_required"] = required
    entry = pen.write(part.kind.name, part.record, client, part.meaning, part.prev, body)
    return [entry, *effects.of(pen, entry, part.base, part.values)]


def _overridden(problems: tuple[Problem, ...], overrides: Mapping[str, str]) -> dict[str, str]:
    """Return the reasons that answer what may be overridden; raises NotReady for what remains."""
    given = {name: text.strip() for name, text in overrides.items() if text.strip()}
    left = [problem for problem in problems if problem.stops or problem.field not in given]
    if left:
        raise NotReady(left)
    return {problem.field: given[problem.field] for problem in problems}


def _cosign(work: Writing, kind: str, body: Mapping[str, Json], *, first: bool) -> str | None:
    values = values_of_me(work.known, work.me)
    written = body.get(DOC) or body.get("set") or {}
    return cosign_required(kind, written, values, role_for(work.me, kind), work.day, first=first)
