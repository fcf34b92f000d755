"""The audit: append-only, chained per feed for what was placed and per laptop for all else; ids, never names."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, insert, select, update

from fieldapp.records.canonical import Json, dumps

from .database import Database, RowsIn
from .seals import Seals
from .tables import audit, audit_chain

PURPOSE = "audit"
SERVER_CHAIN = "server"
"""For what belongs to no feed and no laptop: start, codes, epochs."""

_CHAIN = select(audit_chain).where(audit_chain.c.chain == bindparam("chain")).with_for_update()
_KNOWN = RowsIn(select(audit.c.hash).where(audit.c.chain == bindparam("chain")), audit.c.hash)


@dataclass(frozen=True, slots=True)
class Event:
    """One event of one chain; `signature` is the laptop's when the event is its own."""

    chain: str
    text: bytes
    signature: bytes = b""


def device_chain(device: str) -> str:
    """Return the name of a laptop's chain."""
    return f"device:{device}"


def event(chain: str, at_ms: int, what: str, **facts: Json) -> Event:
    """Return an event of the server's own."""
    return Event(chain, dumps({"at_ms": at_ms, "event": what, **facts}))


def chain_start(org: str, chain: str) -> str:
    """Return head 0 of an audit chain, hex."""
    return hashlib.sha256(f"audit|{org}|{chain}".encode()).hexdigest()


def chained(head: str, event_hash: str) -> str:
    """Return the head after one more event, hex."""
    return hashlib.sha256(bytes.fromhex(head) + bytes.fromhex(event_hash)).hexdigest()


def blob_name(chain: str, event_hash: str) -> str:
    """Return the name that an event is sealed to."""
    return f"{chain}/{event_hash}"


def append(
    database: Database, tx: Connection, seals: Seals, dk: str, org: str, now_ms: int, events: Sequence[Event]
) -> None:
    """Append events, chain by chain in name order; one that is already in its chain is left out.

    The caller holds the lock of what the chain is about (the feed's or the laptop's row), or the chain's
    row is locked here.
    """
    by_chain: dict[str, dict[str, Event]] = {}
    for one in events:
        by_chain.setdefault(one.chain, {}).setdefault(hashlib.sha256(one.text).hexdigest(), one)
    rows: list[dict[str, object]] = []
    for chain in sorted(by_chain):
        number, head = _lock(database, tx, org, chain)
        named = by_chain[chain]
        known = {row.hash for row in _KNOWN(tx, named, chain=chain)}
        for event_hash, one in named.items():
            if event_hash in known:
                continue
            number += 1
            head = chained(head, event_hash)
            rows.append(
                {"chain": chain, "number": number, "at_ms": now_ms, "hash": event_hash, "head": head, "dk": dk,
                 "sealed": seals.seal_blob(dk, PURPOSE, blob_name(chain, event_hash), one.text),
                 "signature": one.signature}
            )  # fmt: skip
        tx.execute(
            update(audit_chain).where(audit_chain.c.chain == chain).values(last_number=number, head=head)
        )
    if rows:
        tx.execute(insert(audit), rows)


def _lock(database: Database, tx: Connection, org: str, chain: str) -> tuple[int, str]:
    row = tx.execute(_CHAIN, {"chain": chain}).one_or_none()
    if row is None:
        database.add_new(
            tx, audit_chain, [{"chain": chain, "last_number": 0, "head": chain_start(org, chain)}]
        )
        row = tx.execute(_CHAIN, {"chain": chain}).one()
    return row.last_number, row.head
