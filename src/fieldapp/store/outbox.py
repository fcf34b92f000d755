"""What this laptop owes the server: batches of unsent entries, and what the receipts say of them.

An entry counts as owed until a receipt says otherwise: a request that was cut may or may not have
arrived, and sending twice changes nothing. Entries signed by others are owed too once a restored
server has lost them.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import orjson

from fieldapp.clinical.told.entries import FOLLOWS_HERE
from fieldapp.records.canonical import Json
from fieldapp.records.changes import values_of
from fieldapp.records.envelope import Entry
from fieldapp.records.ids import uuid7
from fieldapp.records.kind import DOC, Kind
from fieldapp.records.kinds import KINDS

from .entries import CONFIRMED, HELD, QUARANTINED, REJECTED, SENT, UNSENT, names
from .tables import DraftRow
from .transaction import Rx, Tx

_OWED = "state IN ('unsent', 'sent')"
_WAITING = "state IN ('held', 'quarantined')"
_OVERHEAD = 160
"""Bytes of an entry on the wire beside its text: signature, quotes, brackets."""


class Outgoing(NamedTuple):
    """One entry on its way."""

    hash: str
    kind: str
    own: bool
    data: bytes
    signature: bytes


@dataclass(slots=True)
class Applied:
    """What one set of receipts changed."""

    confirmed: int = 0
    settled: int = 0
    """Entries whose state the server named, whatever it is."""
    drafts: list[str] = field(default_factory=list)
    """Drafts that rejected entries came back as."""
    owed_again: list[str] = field(default_factory=list)
    """Entries that had waited on the server and that it no longer knows."""


def batch(rx: Rx, *, max_bytes: int, max_count: int, skip: Collection[str] = ()) -> list[Outgoing]:
    """Return the oldest owed entries up to a size and a number, at least one if any is owed.

    They come in the order they were stored, in which nothing precedes what it depends on.
    """
    found: list[Outgoing] = []
    size = 0
    rows = rx.each(
        f"SELECT hash, kind, own, data, signature FROM entry WHERE {_OWED}"  # noqa: S608
        " AND hash NOT IN (SELECT value FROM json_each(?)) ORDER BY seq LIMIT ?",
        names(skip), max_count,
    )  # fmt: skip
    for entry_hash, kind, own, data, signature in rows:
        # Quotes and backslashes double inside a JSON string; counting them is cheaper than making it.
        size += len(data) + data.count(b'"') + data.count(b"\\") + _OVERHEAD
        if found and size > max_bytes:
            break
        found.append(Outgoing(entry_hash, kind, bool(own), bytes(data), bytes(signature)))
    return found


def owed(rx: Rx) -> int:
    """Return how many entries are owed."""
    return int(rx.value(f"SELECT count(*) FROM entry WHERE {_OWED}"))  # noqa: S608


def asks(rx: Rx, *, after: int, limit: int) -> tuple[list[str], int]:
    """Return entries that wait on the server, from a place on, and the place to go on from (0: from the start)."""
    rows = rx.all(
        f"SELECT hash, seq FROM entry WHERE {_WAITING} AND seq > ? ORDER BY seq LIMIT ?",  # noqa: S608
        after, limit,
    )  # fmt: skip
    return [row[0] for row in rows], rows[-1][1] if len(rows) == limit else 0


def apply_receipts(
    tx: Tx, sent: Sequence[Outgoing], receipts: Mapping[str, Any], *, now_ms: int, server_ms: int
) -> Applied:
    """Write down what the server said of a batch, by position; raises ValueError for a malformed receipt."""
    states: dict[int, tuple[str, str]] = {}
    for first, last in receipts["accepted"]:
        if not 0 <= first <= last < len(sent):
            raise ValueError("a receipt names a position that was not sent")
        states.update(dict.fromkeys(range(first, last + 1), (CONFIRMED, "")))
    for position, state, reason in receipts["exceptions"]:
        if not 0 <= position < len(sent) or not isinstance(reason, str):
            raise ValueError("a receipt names a position that was not sent")
        states[position] = (CONFIRMED if state == "accepted" else state, reason)
    return _settle(
        tx,
        [(sent[at].hash, *said) for at, said in sorted(states.items())],
        now_ms=now_ms,
        server_ms=server_ms,
    )


def apply_asked(
    tx: Tx, asked: Collection[str], answers: Mapping[str, Any], *, now_ms: int, server_ms: int
) -> Applied:
    """Write down the present state of entries that were asked for; one that the server does not know is owed."""
    changes: list[tuple[str, str, str]] = []
    for entry_hash in asked:
        said = answers.get(entry_hash)
        if not (isinstance(said, list) and len(said) == 2 and all(isinstance(part, str) for part in said)):
            changes.append((entry_hash, UNSENT, ""))
            continue
        state, reason = said
        known = {"accepted": CONFIRMED, "confirmed": CONFIRMED}.get(state, state)
        changes.append((entry_hash, known if known in _SAID else UNSENT, reason))
    done = _settle(tx, changes, now_ms=now_ms, server_ms=server_ms)
    done.owed_again = [entry_hash for entry_hash, state, _ in changes if state == UNSENT]
    return done


_SAID = frozenset({CONFIRMED, HELD, QUARANTINED, REJECTED, UNSENT})


def _settle(tx: Tx, changes: Sequence[tuple[str, str, str]], *, now_ms: int, server_ms: int) -> Applied:
    done = Applied(settled=len(changes))
    if any(state not in _SAID for _, state, _ in changes):
        raise ValueError("a receipt names a state that is not known")
    confirmed = [entry_hash for entry_hash, state, _ in changes if state == CONFIRMED]
    if confirmed:
        _touch_moved(tx, confirmed)
        tx.execute(
            "UPDATE entry SET state = 'confirmed', reason = '', received_ms = coalesce(received_ms, ?)"
            " WHERE hash IN (SELECT value FROM json_each(?)) AND state != 'rejected'",
            server_ms, names(confirmed),
        )  # fmt: skip
        done.confirmed = len(confirmed)
    others = [change for change in changes if change[1] != CONFIRMED]
    foreign = _foreign(tx, [change[0] for change in others])
    # What others signed and this laptop only offered again stays as it is here, whatever becomes of it there.
    tx.set_states((entry_hash, CONFIRMED, "") for entry_hash in sorted(foreign))
    tx.set_states(c for c in others if c[0] not in foreign and c[1] != REJECTED)
    refused = [(c[0], c[2]) for c in others if c[0] not in foreign and c[1] == REJECTED]
    if refused:
        done.drafts = send_back(tx, refused, now_ms=now_ms)
    return done


def _touch_moved(tx: Tx, confirmed: Sequence[str]) -> None:
    """Have lists read again whom the server has moved just now: the client is the new team's from here on."""
    rows = tx.all(
        "SELECT DISTINCT client FROM entry WHERE kind = 'move' AND state != 'confirmed'"
        " AND hash IN (SELECT value FROM json_each(?))",
        names(confirmed),
    )
    tx.touched.update(client for (client,) in rows)


def _foreign(tx: Tx, hashes: Sequence[str]) -> set[str]:
    rows = tx.all(
        "SELECT hash FROM entry WHERE own = 0 AND hash IN (SELECT value FROM json_each(?))", names(hashes)
    )
    return {row[0] for row in rows}


def send_back(tx: Tx, refused: Sequence[tuple[str, str]], *, now_ms: int) -> list[str]:
    """Mark entries as rejected with what follows them, and give their words back as one draft per record.

    The entries stay stored, with the reason; they only no longer count in the fold.
    """
    reasons = dict(refused)
    rows = tx.all(
        "SELECT DISTINCT record FROM entry WHERE hash IN (SELECT value FROM json_each(?))", names(reasons)
    )
    drafts: list[str] = []
    for (record,) in rows:
        gone = _with_followers(tx, record, reasons)
        if not gone:
            continue
        tx.set_states((entry.hash, REJECTED, reason) for entry, reason in gone)
        draft = _as_draft(tx, record, [entry for entry, _ in gone], now_ms)
        if draft is not None:
            tx.put_draft(draft)
            drafts.append(draft.id)
    return drafts


def _with_followers(tx: Tx, record: str, reasons: Mapping[str, str]) -> list[tuple[Entry, str]]:
    """Return the newly rejected entries of a record and the unaccepted ones that follow them, in order."""
    rows = tx.all("SELECT hash, state FROM entry WHERE record = ? AND own = 1", record)
    state_of: dict[str, str] = {entry_hash: state for entry_hash, state in rows}
    lost = {entry_hash for entry_hash, state in state_of.items() if state == REJECTED}
    gone: list[tuple[Entry, str]] = []
    for entry in tx.entries(record):
        if state_of.get(entry.hash, CONFIRMED) == REJECTED:
            continue
        parents = {*entry.envelope.prev, entry.envelope.about or ""}
        if entry.hash in reasons:
            reason = reasons[entry.hash]
        elif parents & lost and state_of.get(entry.hash, CONFIRMED) != CONFIRMED:
            first = next((r for e, r in gone if e.hash in parents), "")
            reason = first if FOLLOWS_HERE.matches(first) else FOLLOWS_HERE.said(first)
        else:
            continue
        lost.add(entry.hash)
        gone.append((entry, reason))
    return gone


def _as_draft(tx: Tx, record: str, gone: Sequence[Entry], now_ms: int) -> DraftRow | None:
    """Return a draft that says again what rejected entries said, on top of what is accepted now."""
    writes = [entry for entry in gone if not entry.envelope.is_annotation]
    kind = KINDS.get(writes[-1].envelope.kind) if writes else None
    if kind is None:
        return None
    last = writes[-1].envelope
    view = tx.view(record)
    base = values_of(kind, view)
    return DraftRow(
        id=uuid7(now_ms),
        record=record,
        kind=kind.name,
        client=last.client,
        device=tx.meta_text("device"),
        meaning=last.meaning,
        prev=orjson.dumps(view.heads if view else []),
        base=orjson.dumps(base),
        body=orjson.dumps(said_again(kind, base, writes)),
        created_ms=now_ms,
        updated_ms=now_ms,
    )


def said_again(kind: Kind, base: Mapping[str, Json], writes: Sequence[Entry]) -> dict[str, Json]:
    """Return the values of a form after entries wrote on top of `base`, in their order."""
    values = dict(base)
    for entry in writes:
        body = entry.envelope.body
        if kind.is_document:
            values = dict(body.get(DOC) or {})
            continue
        values |= body.get("set", {})
        for name, rows in body.get("items", {}).items():
            merged = {item: dict(fields) for item, fields in (values.get(name) or {}).items()}
            for item, fields in rows.items():
                merged[item] = {**merged.get(item, {}), **fields}
            values[name] = merged
        for name, gone in body.get("drop", {}).items():
            values[name] = {i: f for i, f in (values.get(name) or {}).items() if i not in gone}
    return values


def owe_waiting(tx: Tx) -> None:
    """Owe again everything that waited on a server which was restored: it may not know of it any more."""
    tx.execute(f"UPDATE entry SET state = 'unsent' WHERE {_WAITING}")  # noqa: S608


def owe_own(tx: Tx) -> None:
    """Owe again everything of one's own; the server keeps one copy of what it still has."""
    tx.execute(
        "UPDATE entry SET state = 'unsent' WHERE own = 1 AND state IN ('confirmed', 'held', 'quarantined')"
    )


def oldest_unsent_ms(rx: Rx) -> int | None:
    """Return the effective time of the entry that is owed longest."""
    found = [
        row[0]
        for state in (UNSENT, SENT)
        if (row := rx.one("SELECT at_ms FROM entry WHERE state = ? ORDER BY seq LIMIT 1", state)) is not None
    ]
    return min(found, default=None)
