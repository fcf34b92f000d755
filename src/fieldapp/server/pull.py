"""What a laptop lacks, read in one snapshot: pages of its feeds, stubs, wanted entries."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Row, bindparam, func, select

from fieldapp.clinical.retention import floor_ms
from fieldapp.crypto.sealing import DataKeyMissing, SealBroken
from fieldapp.sync.wire import PAGE_ENTRIES, WANT_MAX, Cursor, FeedPage, Signed, Stub, b64, head_start

from .database import RowsIn, all_rows
from .facts import holding, live_rows
from .feeds import head_at
from .floors import floor_of, last_contacts, stub
from .seals import ENTRY_COLUMNS, LOG, Seals
from .tables import entry, feed_row

PAGE_BYTES = 4 * 1024 * 1024
"""Of entries in one answer; JSON framing stays below the cap of 8 MiB."""
FIRST_PAGE_BYTES = 2 * 1024 * 1024
"""Of extra entries that a floor brings along."""
OLDER_ROWS = 2_000
_ENTRY = [entry.c[name] for name in ENTRY_COLUMNS]

_ANY = 2**62
_ROWS = (
    select(
        feed_row.c.number, feed_row.c.op, feed_row.c.what, feed_row.c.row, feed_row.c.head, feed_row.c.client,
        entry.c.size, entry.c.at_ms, entry.c.record, entry.c.kind, entry.c.author,
    )
    .outerjoin(entry, entry.c.hash == feed_row.c.what)
    .where(feed_row.c.feed == bindparam("feed"), feed_row.c.number > bindparam("after"))
    .order_by(feed_row.c.number)
    .limit(bindparam("most"))
)  # fmt: skip
_LEAVES = RowsIn(
    select(feed_row.c.client, func.max(feed_row.c.number).label("number"))
    .where(feed_row.c.feed == bindparam("feed"), feed_row.c.op == "leave")
    .group_by(feed_row.c.client),
    feed_row.c.client,
)
_HISTORY = RowsIn(
    select(entry.c.hash, entry.c.size, feed_row.c.number)
    .join(feed_row, feed_row.c.what == entry.c.hash)
    .where(
        feed_row.c.feed == bindparam("feed"), feed_row.c.op == "add",
        feed_row.c.number <= bindparam("below"), entry.c.at_ms < bindparam("before"),
    ),
    entry.c.record,
)  # fmt: skip
_SIZES = RowsIn(select(entry.c.hash, entry.c.size), entry.c.hash)
_SEALED = RowsIn(select(*_ENTRY, entry.c.received_ms), entry.c.hash)


@dataclass(slots=True)
class Pages:
    """What one answer carries of the feeds."""

    feeds: dict[str, FeedPage] = field(default_factory=dict)
    stubs: list[Stub] = field(default_factory=list)
    older: dict[str, dict[str, Any]] = field(default_factory=dict)
    hashes: dict[str, None] = field(default_factory=dict)
    """Entries to send in full, in order, each once."""
    room: int = 0
    """Bytes of entries that still fit."""
    rows_left: int = 0

    def send(self, entry_hash: str, size: int) -> None:
        """Put an entry into the answer."""
        if entry_hash not in self.hashes:
            self.hashes[entry_hash] = None
            self.room -= size

    @property
    def full(self) -> bool:
        """Whether nothing more fits."""
        return self.room <= 0 or self.rows_left <= 0


@dataclass(frozen=True, slots=True)
class Reading:
    """Who pulls, and what they say they have."""

    org: str
    epoch: int
    now_ms: int
    feeds: Sequence[str]
    """That they read, in need order."""
    cursors: Mapping[str, int]
    """Feed to the number they stand at, checked already; absent for a feed that is new to them."""
    offered: Collection[str] = ()
    """Entries of this very request: they have these."""
    own: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    """Feed to first and last number of this request's own entries."""


def pages(rx: Connection, reading: Reading, heads: Mapping[str, tuple[int, str]]) -> Pages:
    """Return a page of each feed that has more, in need order, until the answer is full."""
    found = Pages(room=PAGE_BYTES, rows_left=PAGE_ENTRIES)
    for name in reading.feeds:
        last, head = heads[name]
        number = reading.cursors.get(name)
        if number is not None and (number >= last or reading.own.get(name) == (number + 1, last)):
            # Nothing, or nothing but its own rows, which it jumps over by the head in its receipts.
            continue
        if found.full:
            at = _head_at(rx, reading.org, name, number or 0)
            found.feeds[name] = {"rows": [], "cursor": [reading.epoch, number or 0, at], "more": True}
            continue
        found.feeds[name] = _page(rx, reading, found, name, number or 0, last, head)
    return found


def _page(
    rx: Connection, reading: Reading, found: Pages, name: str, number: int, last: int, head: str
) -> FeedPage:
    cutoff = floor_ms(name, reading.now_ms)
    start: Cursor | None = None
    at = head_start(reading.org, name) if number == 0 else ""
    if cutoff is not None and number == 0:
        floor = floor_of(rx, name, cutoff, last, head)
        if floor is not None:
            number, at = floor.number, floor.head
            start = [reading.epoch, number, at]
            _bring_last_contacts(rx, found, name, number)
    rows = _rows(rx, name, number, found.rows_left)
    gone_after = _leaves(rx, name, {row.client for row in rows if row.client})
    have = _had(rx, reading, name, [row.what for row in rows if row.op == "add"])
    keep = _kept(rx, name, rows, cutoff)
    page: FeedPage = {"rows": [], "cursor": [reading.epoch, number, at], "more": False}
    for row in rows:
        if found.full and page["rows"]:
            break
        if row.op == "leave":
            page["rows"].append(["leave", row.what])
        elif gone_after.get(row.client, 0) > row.number:
            page["rows"].append(["gone", row.row])
        elif cutoff is not None and row.at_ms < cutoff and row.record not in keep:
            page["rows"].append(["stub", row.what])
            found.stubs.append(stub(row))
        else:
            page["rows"].append(["add", row.what])
            if row.what not in have:
                found.send(row.what, row.size)
        page["cursor"] = [reading.epoch, row.number, row.head]
        found.rows_left -= 1
    if cutoff is not None:
        _bring_history(rx, found, name, rows[: len(page["rows"])], cutoff)
    page["more"] = page["cursor"][1] < last
    if not page["cursor"][2]:
        page["cursor"][2] = _head_at(rx, reading.org, name, number)
    if start is not None:
        page["start"] = start
    return page


def _rows(rx: Connection, name: str, after: int, limit: int) -> list[Row[Any]]:
    return all_rows(rx, _ROWS, feed=name, after=after, most=max(1, limit))


def _leaves(rx: Connection, name: str, clients: Collection[str]) -> dict[str, int]:
    """Return, for clients that left a feed, the number of their last leaving."""
    return {row.client: row.number for row in _LEAVES(rx, clients, feed=name)}


def _had(rx: Connection, reading: Reading, name: str, hashes: Sequence[str]) -> set[str]:
    """Return entries that the laptop has: from this request, or in full through another feed it reads."""
    found = set(hashes) & set(reading.offered)
    others = {
        other: number
        for other, number in reading.cursors.items()
        if other != name and number > 0 and other in reading.feeds and floor_ms(other, reading.now_ms) is None
    }
    if not others:
        return found
    return found | {row.what for row in live_rows(rx, hashes) if row.number <= others.get(row.feed, 0)}


def _kept(rx: Connection, name: str, rows: Sequence[Row[Any]], cutoff: int | None) -> set[str]:
    """Return records that come in full whatever their age."""
    if cutoff is None:
        return set()
    old = [row for row in rows if row.op == "add" and row.at_ms < cutoff]
    if not old:
        return set()
    recent = {row.record for row in rows if row.op == "add" and row.at_ms >= cutoff}
    if name.startswith("oncall-contacts:"):
        recent |= last_contacts(rx, name, {str(row.client) for row in old if row.client})
    return recent


def _bring_last_contacts(rx: Connection, found: Pages, name: str, floor: int) -> None:
    """Bring each client's last three contacts that lie below the floor."""
    if name.startswith("oncall-contacts:"):
        _bring(rx, found, name, last_contacts(rx, name), below=floor)


def _bring_history(rx: Connection, found: Pages, name: str, rows: Sequence[Row[Any]], cutoff: int) -> None:
    """Bring the older entries of a record of which something recent is sent."""
    recent = {
        row.record for row in rows if row.op == "add" and row.at_ms >= cutoff and row.what in found.hashes
    }
    _bring(rx, found, name, recent, before=cutoff)


def _bring(
    rx: Connection, found: Pages, name: str, records: Collection[str], *, below: int = _ANY,
    before: int = _ANY,
) -> None:  # fmt: skip
    rows = _HISTORY(rx, records, feed=name, below=below, before=before)
    live = holding(rx, [row.hash for row in rows])
    room = FIRST_PAGE_BYTES
    for row in sorted(rows, key=lambda row: -row.number):
        if name in live.get(row.hash, ()) and room > 0:
            found.send(row.hash, row.size)
            room -= row.size


def older(rx: Connection, reading: Reading, asked: Mapping[str, int], found: Pages) -> None:
    """Add rows below a floor, newest first: what a laptop lists after everything recent is there."""
    for name, below in asked.items():
        if name not in reading.feeds:
            continue
        chosen = (
            select(
                feed_row.c.number, feed_row.c.op, feed_row.c.what, feed_row.c.row, feed_row.c.client,
                entry.c.at_ms, entry.c.record, entry.c.kind, entry.c.author,
            )
            .outerjoin(entry, entry.c.hash == feed_row.c.what)
            .where(feed_row.c.feed == name, feed_row.c.number <= below)
            .order_by(feed_row.c.number.desc())
            .limit(OLDER_ROWS)
        )  # fmt: skip
        rows = all_rows(rx, chosen)
        gone_after = _leaves(rx, name, {row.client for row in rows if row.client})
        listed: list[list[Any]] = []
        for row in rows:
            if row.op == "leave":
                listed.append([row.number, "leave", row.what])
            elif gone_after.get(row.client, 0) > row.number:
                listed.append([row.number, "gone", row.row])
            else:
                listed.append([row.number, "stub", row.what])
                found.stubs.append(stub(row))
        found.older[name] = {"rows": listed, "more": bool(rows) and rows[-1].number > 1}


def wanted(rx: Connection, reading: Reading, asked: Sequence[Any], found: Pages) -> None:
    """Add entries asked for by hash, if a feed that the caller reads holds them."""
    hashes = [h for h in asked if isinstance(h, str)][:WANT_MAX]
    live = holding(rx, hashes)
    readable = [h for h in hashes if set(live.get(h, ())) & set(reading.feeds)]
    sizes = {row.hash: row.size for row in _SIZES(rx, readable)}
    for entry_hash in readable:
        if found.room > 0:
            found.send(entry_hash, sizes[entry_hash])


def signed(rx: Connection, seals: Seals, hashes: Collection[str]) -> list[Signed]:
    """Return [text, signature, received_ms] of entries, in the order given, without those that were altered."""
    rows = {row.hash: row for row in _SEALED(rx, hashes)}
    found: list[Signed] = []
    for entry_hash in hashes:
        row = rows[entry_hash]
        try:
            text = seals.open(rx, row).decode()
        except (SealBroken, DataKeyMissing):
            # Its row still says that it exists; `verify` names it; the rest of the team's work goes on.
            LOG.error("altered", extra={"event": "entry altered or moved", "entry": entry_hash})
            continue
        found.append([text, b64(row.signature), row.received_ms])
    return found


def _head_at(rx: Connection, org: str, name: str, number: int) -> str:
    head = head_at(rx, org, name, number)
    if head is None:
        raise LookupError("a cursor that was checked has its row")
    return head
