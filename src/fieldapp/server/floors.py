"""Age floors: a new reader of notes or of on-call contacts begins at a recent row; older ones are stubs."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, bindparam, func, select

from fieldapp.clinical.retention import LAST_CONTACTS
from fieldapp.records.envelope import instant
from fieldapp.sync.wire import Stub

from .database import RowsIn, all_rows
from .tables import entry, feed_row

_CONTACTS = (
    select(entry.c.record, entry.c.client, func.max(entry.c.at_ms).label("at_ms"))
    .join(feed_row, feed_row.c.what == entry.c.hash)
    .where(feed_row.c.feed == bindparam("feed"), feed_row.c.op == "add", entry.c.kind == "contact")
    .group_by(entry.c.record, entry.c.client)
)
_CONTACTS_OF = RowsIn(_CONTACTS, entry.c.client)


@dataclass(frozen=True, slots=True)
class Floor:
    """Where a new reader begins: after this number; everything at or below it is old."""

    number: int
    head: str


def floor_of(rx: Connection, feed: str, cutoff: int, last_number: int, head: str) -> Floor | None:
    """Return the floor of a feed, or None when its very first row is recent."""
    first = rx.execute(
        select(func.min(feed_row.c.number))
        .join(entry, entry.c.hash == feed_row.c.what)
        .where(feed_row.c.feed == feed, feed_row.c.op == "add", entry.c.at_ms >= cutoff)
    ).scalar_one()
    if first is None:
        return Floor(last_number, head) if last_number else None
    if first == 1:
        return None
    before = rx.execute(
        select(feed_row.c.head).where(feed_row.c.feed == feed, feed_row.c.number == first - 1)
    ).scalar_one()
    return Floor(first - 1, before)


def last_contacts(rx: Connection, feed: str, clients: Collection[str] | None = None) -> set[str]:
    """Return the records of the last three contacts of each client in a feed."""
    rows = all_rows(rx, _CONTACTS, feed=feed) if clients is None else _CONTACTS_OF(rx, clients, feed=feed)
    by_client: dict[str, list[Row[Any]]] = {}
    for row in rows:
        by_client.setdefault(str(row.client), []).append(row)
    return {
        row.record
        for known in by_client.values()
        for row in sorted(known, key=lambda r: (r.at_ms, r.record))[-LAST_CONTACTS:]
    }


def stub(row: Row[Any]) -> Stub:
    """Return an older entry in short, from a row with the columns of an entry."""
    return {
        "hash": row.what, "record": row.record, "kind": row.kind, "client": row.client, "author": row.author,
        "at": instant(row.at_ms),
    }  # fmt: skip
