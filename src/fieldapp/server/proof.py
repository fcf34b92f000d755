"""Verifying everything a server holds: seals, columns, signatures, counters, feeds, audit chains."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Row, and_, func, select

from fieldapp.crypto.keys import verify as signature_ok
from fieldapp.crypto.sealing import DataKeyMissing, SealBroken
from fieldapp.records.canonical import NotCanonical
from fieldapp.records.envelope import BadEnvelope
from fieldapp.sync.wire import head_start, next_head, row_hash

from . import audit as chains
from .service import Server
from .tables import audit, audit_chain, counter, device, entry, epoch, feed, feed_row, series, waiting

_AT_ONCE = 1_000


@dataclass(slots=True)
class Proof:
    """What was looked at, and what is wrong: each problem names its row and never any content."""

    entries: int = 0
    rows: int = 0
    events: int = 0
    problems: list[str] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        return not self.problems


def verify(folder: Path, *, database: str | None = None) -> Proof:
    """Check every row of a server's database; reads only."""
    with Server(folder, database=database) as server, server.database.reading() as rx:
        return look(server, rx)


def look(server: Server, rx: Connection) -> Proof:
    """Check every row that one snapshot of a server's database holds."""
    found = Proof()
    known = _entries(server, rx, found)
    _counters(rx, found)
    _feeds(server, rx, found, known)
    _audit(server, rx, found)
    _waiting(server, rx, found)
    _epochs(server, rx, found)
    return found


def _entries(server: Server, rx: Connection, found: Proof) -> set[str]:
    keys = {row.id: (row.staff, bytes.fromhex(row.public)) for row in rx.execute(select(device))}
    known: set[str] = set()
    for row in rx.execution_options(yield_per=_AT_ONCE).execute(select(entry)):
        known.add(row.hash)
        found.entries += 1
        problem = _entry_problem(server, rx, row, keys)
        if problem:
            found.problems.append(f"entry {row.hash}: {problem}")
    return known


def _entry_problem(server: Server, rx: Connection, row: Row[Any], keys: dict[str, tuple[str, bytes]]) -> str:
    try:
        one = server.seals.entry(rx, row)
    except (SealBroken, DataKeyMissing):
        return "the sealed payload was altered or moved"
    except (NotCanonical, BadEnvelope):
        return "the payload is not an entry"
    if one.hash != row.hash:
        return "the payload is another entry's"
    e = one.envelope
    stated = (
        row.record, row.kind, row.client, row.about, row.author, row.device, row.series, row.counter, row.at_ms,
        row.meaning, row.cosign, row.sensitivity, row.size,
    )  # fmt: skip
    said = (
        e.id, e.kind, e.client, e.about, e.author.id, e.device, e.series, e.counter, e.effective_ms, e.meaning,
        str(e.body.get("cosign_required") or ""), e.sensitivity, len(one.data),
    )  # fmt: skip
    if stated != said:
        return "an index column was altered"
    staff, public = keys.get(e.device, ("", b""))
    if staff != e.author.id or not signature_ok(public, "entry", one.data, one.signature):
        return "the signature does not fit"
    return ""


def _counters(rx: Connection, found: Proof) -> None:
    """Check that each entry has its place in its laptop's series, and that each series is summed up right."""
    uncounted = (
        select(entry.c.hash)
        .outerjoin(
            counter,
            and_(
                counter.c.device == entry.c.device, counter.c.series == entry.c.series,
                counter.c.counter == entry.c.counter, counter.c.hash == entry.c.hash,
            ),
        )
        .where(counter.c.hash.is_(None))
    )  # fmt: skip
    found.problems += [f"entry {row.hash}: its counter is missing" for row in rx.execute(uncounted)]
    summed = select(
        counter.c.device, counter.c.series, func.max(counter.c.counter),
        func.count(func.distinct(counter.c.counter)),
    ).group_by(counter.c.device, counter.c.series)  # fmt: skip
    right = {(device_id, one): (top, seen) for device_id, one, top, seen in rx.execute(summed)}
    stated = {(row.device, row.series): (row.top, row.seen) for row in rx.execute(select(series))}
    for device_id, one in sorted(set(right) | set(stated)):
        if right.get((device_id, one)) != stated.get((device_id, one)):
            found.problems.append(f"device {device_id}: the counters of series {one} do not add up")


def _feeds(server: Server, rx: Connection, found: Proof, known: set[str]) -> None:
    last = {row.name: (row.last_number, row.head) for row in rx.execute(select(feed))}
    reached: dict[str, tuple[int, str]] = {}
    broken: set[str] = set()
    chosen = select(feed_row).order_by(feed_row.c.feed, feed_row.c.number)
    for row in rx.execution_options(yield_per=_AT_ONCE).execute(chosen):
        found.rows += 1
        number, head = reached.get(row.feed, (0, head_start(server.org, row.feed)))
        hashed = row_hash(row.feed, row.number, row.op, row.what)
        after = next_head(head, hashed)
        reached[row.feed] = (row.number, after)
        if row.feed in broken:
            continue
        if row.number != number + 1 or row.row != hashed or row.head != after:
            broken.add(row.feed)
            found.problems.append(f"feed {row.feed}: the chain breaks at number {row.number}")
        elif row.op == "add" and row.what not in known:
            found.problems.append(f"feed {row.feed}: the entry at number {row.number} is missing")
    for name, at in last.items():
        if name not in broken and reached.get(name, (0, head_start(server.org, name))) != at:
            found.problems.append(f"feed {name}: its end was cut or altered")


def _audit(server: Server, rx: Connection, found: Proof) -> None:
    last = {row.chain: (row.last_number, row.head) for row in rx.execute(select(audit_chain))}
    reached: dict[str, tuple[int, str]] = {}
    broken: set[str] = set()
    for row in _audit_rows(rx):
        found.events += 1
        number, head = reached.get(row.chain, (0, chains.chain_start(server.org, row.chain)))
        after = chains.chained(head, row.hash)
        reached[row.chain] = (row.number, after)
        if row.chain in broken:
            continue
        if row.number != number + 1 or row.head != after or not _event_ok(server, rx, row):
            broken.add(row.chain)
            found.problems.append(f"audit {row.chain}: the chain breaks at number {row.number}")
    for chain, at in last.items():
        if chain not in broken and reached.get(chain, (0, chains.chain_start(server.org, chain))) != at:
            found.problems.append(f"audit {chain}: its end was cut or altered")
    found.problems += [f"audit {chain}: it has no last number" for chain in sorted(set(reached) - set(last))]


def _audit_rows(rx: Connection) -> Iterator[Row[Any]]:
    chosen = select(audit).order_by(audit.c.chain, audit.c.number)
    yield from rx.execution_options(yield_per=_AT_ONCE).execute(chosen)


def _event_ok(server: Server, rx: Connection, row: Row[Any]) -> bool:
    try:
        text = server.seals.open_blob(
            rx, row.dk, chains.PURPOSE, chains.blob_name(row.chain, row.hash), row.sealed
        )
    except (SealBroken, DataKeyMissing):
        return False
    return hashlib.sha256(text).hexdigest() == str(row.hash)


def _waiting(server: Server, rx: Connection, found: Proof) -> None:
    for row in rx.execute(select(waiting).where(waiting.c.sealed.is_not(None))):
        try:
            server.seals.open(rx, row)
        except (SealBroken, DataKeyMissing):
            found.problems.append(f"waiting entry {row.hash}: the sealed payload was altered or moved")


def _epochs(server: Server, rx: Connection, found: Proof) -> None:
    for row in rx.execute(select(epoch)):
        if not signature_ok(server.authority_public, "epoch", row.text.encode(), row.signature):
            found.problems.append(f"epoch {row.number}: the signature does not fit")
