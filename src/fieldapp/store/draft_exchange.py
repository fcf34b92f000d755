"""Drafts between one person's laptops: what is offered, what came, and which copies stand side by side.

A draft typed on two laptops is never joined by machine: the other laptop's copy is kept as a draft of its
own until the author chooses or joins. `draft_marks` remembers which revisions of other laptops a draft
here was built on, because closing it closes exactly those.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from typing import Any, TypeAlias

import orjson

from fieldapp.records.envelope import instant, instant_ms
from fieldapp.records.kinds import KINDS

from .tables import DraftRow
from .transaction import Rx, Tx

EVERY_MS = 60_000
"""An open draft travels at most this often."""
Wire: TypeAlias = dict[str, Any]
_MARKS = "draft_marks"


def outgoing(rx: Rx, now_ms: int, skip: Collection[str] = ()) -> list[Wire]:
    """Return what the server does not know of yet: closings at once, newer revisions once a minute each.

    Args:
        skip: drafts that this run has offered already.
    """
    device = rx.meta_text("device")
    marks = _marks(rx)
    closed = [row for row in rx.drafts(closed=True) if row.id not in skip]
    found = [one for row in closed for one in _closings(row, device, marks.get(row.id, {}))]
    for row in rx.drafts():
        rested = abs(now_ms - marks.get(row.id, {}).get("sent_ms", now_ms - EVERY_MS)) >= EVERY_MS
        if row.revision > row.sent_revision and rested and row.id not in skip:
            found.append(
                {
                    "id": row.id, "device": device, "revision": row.revision, "record": row.record,
                    "client": row.client, "kind": row.kind, "meaning": row.meaning,
                    "prev": orjson.loads(row.prev), "base": orjson.loads(row.base),
                    "body": orjson.loads(row.body), "focus": row.focus, "template": row.template,
                    "updated": instant(row.updated_ms),
                }
            )  # fmt: skip
    return found


def side_by_side(rx: Rx) -> dict[str, str]:
    """Return forms that this person wrote on two laptops: the copy of the other laptop, and the one typed here."""
    here = {row.id for row in rx.drafts()}
    found = {name: str(mark["origin"][0]) for name, mark in _marks(rx).items() if "origin" in mark}
    return {name: origin for name, origin in found.items() if name in here and origin in here}


def copies(rx: Rx) -> dict[str, dict[str, int]]:
    """Return which revisions of which laptops are open here, so that only news and closings come back."""
    device = rx.meta_text("device")
    marks = _marks(rx)
    found: dict[str, dict[str, int]] = {}
    for row in rx.drafts():
        name, branch = marks.get(row.id, {}).get("origin", (row.id, row.device))
        if _is_mine(row, device):
            found.setdefault(row.id, {})[device] = row.sent_revision
        else:
            found.setdefault(name, {})[branch] = row.revision
    for draft_id, mark in marks.items():
        for branch, revision in mark.get("seen", {}).items():
            found.setdefault(draft_id, {}).setdefault(branch, revision)
    return found


def sent(tx: Tx, offered: Sequence[Wire], stored: Sequence[str], now_ms: int) -> None:
    """Note what the server stored or closed."""
    known = set(stored)
    device = tx.meta_text("device")
    marks = _marks(tx)
    for one in offered:
        if one["id"] not in known:
            continue
        if one.get("closed_by"):
            tx.forget_draft(one["id"])
            marks.pop(one["id"], None)
        else:
            tx.execute(
                "UPDATE draft SET sent_revision = ?, device = ? WHERE id = ? AND sent_revision < ?",
                one["revision"], device, one["id"], one["revision"],
            )  # fmt: skip
            marks.setdefault(one["id"], {})["sent_ms"] = now_ms
    _set_marks(tx, marks)


def receive(tx: Tx, came: Sequence[Any], now_ms: int) -> None:
    """Take in drafts and closings from this person's other laptops; what cannot be read is left out."""
    device = tx.meta_text("device")
    marks = _marks(tx)
    for one in came:
        try:
            if one.get("closed_by"):
                _take_closing(tx, one, device, marks)
            elif one["device"] != device and one["kind"] in KINDS:
                _take_draft(tx, one, device, marks, now_ms)
        except (KeyError, TypeError, ValueError, AttributeError):
            continue
    _set_marks(tx, marks)


def _take_draft(tx: Tx, one: Wire, device: str, marks: dict[str, Any], now_ms: int) -> None:
    draft_id, branch, revision = one["id"], one["device"], int(one["revision"])
    row = tx.draft(draft_id)
    mark = marks.setdefault(draft_id, {})
    seen = mark.setdefault("seen", {})
    if seen.get(branch, -1) >= revision:
        return
    if row is None or (not row.closed_by and not _is_mine(row, device) and row.device == branch):
        if row is None or row.revision < revision:
            tx.put_draft(_row(one, draft_id, row.created_ms if row else now_ms, now_ms))
            seen[branch] = revision
        return
    # The words here are others: the copy stands beside them under a name of its own.
    beside = str(uuid.uuid5(uuid.UUID(draft_id), branch))
    copy = tx.draft(beside)
    if copy is None or (not copy.closed_by and not _is_mine(copy, device) and copy.revision < revision):
        tx.put_draft(_row(one, beside, copy.created_ms if copy else now_ms, now_ms))
        marks[beside] = {"origin": [draft_id, branch], "seen": {}}


def _take_closing(tx: Tx, one: Wire, device: str, marks: dict[str, Any]) -> None:
    for branch, revision in one.get("seen", {}).items():
        names = [one["id"], str(uuid.uuid5(uuid.UUID(one["id"]), branch))]
        for name in names:
            row = tx.draft(name)
            if row is None or row.closed_by or row.revision > int(revision):
                continue
            mine = _is_mine(row, device)
            if (mine and branch == device and name == one["id"]) or (not mine and row.device == branch):
                tx.close_draft(name, one["closed_by"])
                tx.forget_draft(name)
                marks.pop(name, None)
        if branch in marks.get(one["id"], {}).get("seen", {}):
            del marks[one["id"]]["seen"][branch]
    _take_its_place(tx, one["id"], marks)


def _take_its_place(tx: Tx, draft_id: str, marks: dict[str, Any]) -> None:
    """Let the other laptop's copy go on under the name of the draft that it stood beside, once that is closed.

    Else the author's choice would come back here as a second draft.
    """
    beside = next((n for n, mark in marks.items() if mark.get("origin", [""])[0] == draft_id), "")
    copy = tx.draft(beside) if beside else None
    if copy is None or copy.closed_by or tx.draft(draft_id) is not None:
        return
    branch = marks.pop(beside)["origin"][1]
    tx.close_draft(beside, "discarded")
    tx.forget_draft(beside)
    copy.id = draft_id
    tx.put_draft(copy)
    marks.setdefault(draft_id, {}).setdefault("seen", {})[branch] = copy.sent_revision


def _closings(row: DraftRow, device: str, mark: Mapping[str, Any]) -> list[Wire]:
    """Return the closing of a draft, and of the other laptop's draft that it was a copy of."""
    named = {
        "device": device, "record": row.record, "client": row.client, "kind": row.kind,
        "closed_by": row.closed_by,
    }  # fmt: skip
    seen = dict(mark.get("seen", {}))
    if row.device != device:
        seen.setdefault(row.device, row.revision)
    found = [{**named, "id": row.id, "revision": row.revision, "seen": seen}]
    if "origin" in mark:
        origin, branch = mark["origin"]
        # Revision 0: what this laptop itself typed under that name is another draft and stays.
        found.append(
            {**named, "id": origin, "revision": 0, "seen": {branch: row.sent_revision or row.revision}}
        )
    return found


def _is_mine(row: DraftRow, device: str) -> bool:
    """Tell whether words were typed here that no other laptop has."""
    return row.device == device or row.revision > row.sent_revision


def _row(one: Wire, draft_id: str, created_ms: int, now_ms: int) -> DraftRow:
    updated = one.get("updated")
    return DraftRow(
        id=draft_id,
        record=one["record"],
        kind=one["kind"],
        client=one.get("client"),
        device=one["device"],
        meaning=str(one.get("meaning") or "save"),
        prev=orjson.dumps(one.get("prev") or []),
        base=orjson.dumps(one.get("base") or {}),
        body=orjson.dumps(one.get("body") or {}),
        focus=str(one.get("focus") or ""),
        template=str(one.get("template") or ""),
        revision=one["revision"],
        sent_revision=one["revision"],
        created_ms=created_ms,
        updated_ms=instant_ms(updated) if isinstance(updated, str) else now_ms,
    )


def _marks(rx: Rx) -> dict[str, Any]:
    stored = rx.get_meta(_MARKS)
    return orjson.loads(stored) if stored else {}


def _set_marks(tx: Tx, marks: Mapping[str, Any]) -> None:
    """Keep what still matters: marks of drafts that are here."""
    here = {row.id for row in (*tx.drafts(), *tx.drafts(closed=True))}
    kept = {name: mark for name, mark in marks.items() if name in here and mark not in ({}, {"seen": {}})}
    if kept:
        tx.set_meta(_MARKS, orjson.dumps(kept))
    else:
        tx.drop_meta(_MARKS)
