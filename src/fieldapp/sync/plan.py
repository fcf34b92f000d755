"""What one request says: cursors, a batch of what is owed, questions, drafts, audit events, a short report."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

import fieldapp
from fieldapp.crypto.keys import Identity
from fieldapp.records.envelope import instant
from fieldapp.store import draft_exchange, feeds, outbox
from fieldapp.store.outbox import Outgoing
from fieldapp.store.transaction import Rx

from .wire import BATCH_BYTES, BATCH_ENTRIES, PROTOCOL, WANT_MAX, Cursor, b64

AUDIT_MAX = 500
ASKS_MAX = 500


@dataclass(slots=True)
class Memory:
    """What one run of rounds remembers between its requests."""

    limit: int = BATCH_ENTRIES
    """Entries per batch; halved when the server refuses one as a whole."""
    set_aside: set[str] = field(default_factory=set)
    """Entries that this run does not send again."""
    owed_again: set[str] = field(default_factory=set)
    """Entries that waited on the server, were unknown to it and were offered once more."""
    unsendable: int = 0
    wanted: set[str] = field(default_factory=set)
    """Entries that this run has asked for by hash."""
    ask_after: int = 0
    asks_left: bool = True
    """Whether waiting entries have still to be asked about."""
    may_write: bool = True
    """Whether this version may write: if not, what is owed stays here until the app is updated."""
    audit_left: bool = True
    older_left: bool = True
    drafts_offered: set[str] = field(default_factory=set)
    """Drafts that this run has offered."""


@dataclass(frozen=True, slots=True)
class Plan:
    """One request, and what it carried."""

    cursors: Mapping[str, Cursor]
    batch: tuple[Outgoing, ...] = ()
    asks: tuple[str, ...] = ()
    asks_next: int = 0
    """Where the next question goes on; 0 when this one asks about all that is left."""
    want: tuple[str, ...] = ()
    older: Mapping[str, int] = field(default_factory=dict)
    drafts: tuple[dict[str, Any], ...] = ()
    audit: tuple[tuple[int, str, str], ...] = ()
    """Number, text and signature of events."""
    copies: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    have: Mapping[str, str] = field(default_factory=dict)
    report: Mapping[str, Any] = field(default_factory=dict)
    device: str = ""

    @property
    def carries(self) -> bool:
        """Whether it brings or asks for anything beside what is new in the feeds."""
        return bool(self.batch or self.asks or self.want or self.older or self.drafts or self.audit)

    def body(self) -> bytes:
        """Return the request's JSON."""
        request: dict[str, Any] = {
            "protocol": PROTOCOL,
            "device": self.device,
            "feeds": self.cursors,
            "entries": [[one.data.decode(), b64(one.signature)] for one in self.batch],
            "drafts": self.drafts,
            "asks": self.asks,
            "want": self.want,
            "audit": [[text, signature] for _, text, signature in self.audit],
            "report": self.report,
            "copies": self.copies,
            "have": self.have,
        }
        if self.older:
            request["older"] = self.older
        return orjson.dumps(request)


def make(rx: Rx, memory: Memory, identity: Identity, now_ms: int) -> Plan:
    """Return the next request as things stand."""
    asks: list[str] = []
    asks_next = 0
    if memory.asks_left:
        asks, asks_next = outbox.asks(rx, after=memory.ask_after, limit=ASKS_MAX)
    wanted = [h for h in feeds.wanted(rx) if h not in memory.wanted]
    missing = feeds.missing(rx, WANT_MAX, memory.wanted)
    return Plan(
        cursors=cursors(rx),
        batch=next_batch(rx, memory),
        asks=tuple(asks),
        asks_next=asks_next,
        want=tuple(dict.fromkeys([*wanted, *missing]))[:WANT_MAX],
        older=feeds.older_left(rx) if memory.older_left else {},
        drafts=tuple(draft_exchange.outgoing(rx, now_ms, memory.drafts_offered)),
        audit=_audit(rx, identity) if memory.audit_left else (),
        copies=draft_exchange.copies(rx),
        have=orjson.loads(rx.get_meta("tags") or b"{}"),
        report=_report(rx, now_ms),
        device=rx.meta_text("device"),
    )


def ahead(rx: Rx, memory: Memory, before: Plan, expected: Mapping[str, Cursor], now_ms: int) -> Plan:
    """Return a request to be under way while the answer to the one before is stored."""
    flying = {one.hash for one in before.batch}
    return Plan(
        cursors=expected,
        batch=next_batch(rx, memory, flying),
        copies=before.copies,
        have=before.have,
        report=_report(rx, now_ms),
        device=before.device,
    )


def cursors(rx: Rx) -> dict[str, Cursor]:
    """Return where this laptop stands in every feed it reads."""
    return {feed.name: [feed.epoch, feed.number, feed.head] for feed in rx.feeds() if not feed.ended}


def next_batch(
    rx: Rx, memory: Memory, flying: frozenset[str] | set[str] = frozenset()
) -> tuple[Outgoing, ...]:
    """Return the oldest entries that are owed and not under way; none while this version may not write."""
    if not memory.may_write:
        return ()
    return tuple(
        outbox.batch(rx, max_bytes=BATCH_BYTES, max_count=memory.limit, skip=memory.set_aside | flying)
    )


def _audit(rx: Rx, identity: Identity) -> tuple[tuple[int, str, str], ...]:
    rows = rx.all("SELECT seq, data FROM audit WHERE sent = 0 ORDER BY seq LIMIT ?", AUDIT_MAX)
    return tuple((seq, bytes(data).decode(), b64(identity.sign("audit", bytes(data)))) for seq, data in rows)


def _report(rx: Rx, now_ms: int) -> dict[str, Any]:
    oldest = outbox.oldest_unsent_ms(rx)
    return {
        "app": fieldapp.__version__,
        "pending": outbox.owed(rx),
        "oldest": None if oldest is None else instant(oldest),
        "at": instant(now_ms),
        "offset_ms": rx.meta_int("clock_offset_ms") or 0,
    }
