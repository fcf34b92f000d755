"""Entries: written once, never changed; only how far each got is a column beside it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import orjson

from fieldapp.records.envelope import Entry, read_envelope

from .connection import Connection

UNSENT, SENT, CONFIRMED, HELD, QUARANTINED, REJECTED = (
    "unsent", "sent", "confirmed", "held", "quarantined", "rejected",
)  # fmt: skip
STATES = (UNSENT, SENT, CONFIRMED, HELD, QUARANTINED, REJECTED)
"""How far an entry got. A rejected one is kept and named to its author, but no longer folded."""


def names(values: Iterable[str]) -> str:
    """Return strings as the JSON list that `json_each(?)` reads."""
    return orjson.dumps(list(values)).decode()


def read(entry_hash: str, data: bytes, signature: bytes) -> Entry:
    """Return an entry from its stored bytes, which were checked when they arrived."""
    return Entry(entry_hash, data, signature, read_envelope(orjson.loads(data)))


def known(connection: Connection, hashes: Iterable[str]) -> set[str]:
    """Return those hashes that are stored."""
    rows = connection.each(
        "SELECT hash FROM entry WHERE hash IN (SELECT value FROM json_each(?))", (names(hashes),)
    )
    return {row[0] for row in rows}


def histories(connection: Connection, records: Iterable[str]) -> dict[str, list[Entry]]:
    """Return the entries of records that the fold counts, by record."""
    found: dict[str, list[Entry]] = {}
    rows = connection.each(
        "SELECT record, hash, data, signature FROM entry WHERE record IN (SELECT value FROM json_each(?))"
        " AND state != 'rejected'",
        (names(records),),
    )
    for record, entry_hash, data, signature in rows:
        found.setdefault(record, []).append(read(entry_hash, data, signature))
    return found


def insert(
    connection: Connection,
    entries: Sequence[Entry],
    *,
    own: bool,
    state: str,
    received_ms: Sequence[int | None],
) -> None:
    """Store entries that are not there yet."""
    rows: list[tuple[Any, ...]] = []
    for entry, received in zip(entries, received_ms, strict=True):
        envelope = entry.envelope
        rows.append(
            (
                entry.hash, envelope.id, envelope.kind, envelope.client, envelope.about, envelope.author.id,
                envelope.meaning, envelope.effective_ms, own, state, "", False, received, entry.data, entry.signature,
            )
        )  # fmt: skip
    connection.add_many(
        "INSERT INTO entry(hash, record, kind, client, about, author, meaning, at_ms, own, state, reason,"
        " answered, received_ms, data, signature) VALUES",
        rows,
    )
