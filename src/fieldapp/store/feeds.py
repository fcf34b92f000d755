"""Feeds on this laptop: rows and cursor stored with their entries, falling back, and letting go.

Nothing is deleted by absence. Entries leave this laptop only as whole records, after their feed ended
or their client left it, when two checkpoints cover them and nothing unsent or half-written hangs on them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

import orjson

from fieldapp.records.envelope import Entry

from .entries import CONFIRMED, known, names
from .tables import FeedRow, StubRow
from .transaction import Rx, Tx

OWN_KEPT_MS = 90 * 24 * 3_600_000
"""A person's own entries stay this long after they were confirmed (sync.md 6)."""
AGAIN_MS = 3_600_000
"""How long until it is looked again whether something may go that could not yet."""
_MISSING, _WANTED, _COVERED_DAY = "missing", "wanted", "covered_day"
_CHECKED, _CHECKED_LATER = "placed_seq", "placed_later"
_LET_GO_AT, _FETCHED, _ENDED = "let_go_at", "fetched", "ended_teams"


class Place(NamedTuple):
    """One row of the table `place`; a first pull makes a hundred thousand, so it is no table object."""

    feed: str
    number: int
    row: str
    op: str
    hash: str


def add_places(tx: Tx, places: Sequence[Place]) -> None:
    """Store rows of feeds; one that is there already is replaced."""
    if places:
        tx.connection.add_many("INSERT OR REPLACE INTO place(feed, number, row, op, hash) VALUES", places)


def places(rx: Rx, feed: str, last: int) -> list[Place]:
    """Return what is kept of a feed up to a number, its floor first."""
    rows = rx.all(
        "SELECT feed, number, row, op, hash FROM place WHERE feed = ? AND number <= ? ORDER BY number",
        feed, last,
    )  # fmt: skip
    return [Place(*row) for row in rows]


def known_entries(rx: Rx, hashes: Iterable[str]) -> set[str]:
    """Return those hashes whose entries are on this laptop."""
    return known(rx.connection, hashes)


def store_rows(
    tx: Tx,
    feed: FeedRow,
    rows: Sequence[Place],
    entries: Sequence[Entry],
    received_ms: Sequence[int | None],
) -> set[str]:
    """Store a piece of a feed: entries, views, rows and cursor together. Returns the records touched."""
    touched = take(tx, entries, received_ms)
    add_places(tx, rows)
    tx.set_feed(feed)
    if any(place.op == "leave" for place in rows):
        tx.set_meta(_LET_GO_AT, 0)
    added = [place.hash for place in rows if place.op == "add"]
    if added:
        _confirm(tx, added)
        if len(known_entries(tx, added)) < len(set(added)):
            tx.set_meta(_MISSING, 1)
    return touched


def take(tx: Tx, entries: Sequence[Entry], received_ms: Sequence[int | None]) -> set[str]:
    """Store entries that the server gave, whether or not a row names them. Returns the records touched."""
    touched = tx.add(entries, own=False, state=CONFIRMED, received_ms=received_ms) if entries else set()
    _bring_back(tx, touched)
    return touched


def _bring_back(tx: Tx, records: Collection[str]) -> None:
    """Ask for what went by age, or came in short, of records of which something is here: half a history is none."""
    if not records:
        return
    stubs = tx.all("SELECT hash FROM stub WHERE record IN (SELECT value FROM json_each(?))", names(records))
    if stubs:
        tx.set_meta(_WANTED, orjson.dumps(sorted({*wanted(tx), *(row[0] for row in stubs)})))


def _confirm(tx: Tx, hashes: Sequence[str]) -> None:
    """An entry that stands in a feed was accepted, whatever receipt was lost."""
    tx.execute(
        "UPDATE entry SET state = 'confirmed', reason = '' WHERE state NOT IN ('confirmed', 'rejected')"
        " AND hash IN (SELECT value FROM json_each(?))",
        names(hashes),
    )
    refused = tx.all(
        "SELECT hash FROM entry WHERE state = 'rejected' AND hash IN (SELECT value FROM json_each(?))",
        names(hashes),
    )
    tx.set_states((row[0], CONFIRMED, "") for row in refused)


def missing(rx: Rx, limit: int, skip: Collection[str] = ()) -> list[str]:
    """Return entries that a feed names and that are not here, so that they can be fetched by hash."""
    if rx.meta_int(_MISSING) is None:
        return []
    rows = rx.all(
        "SELECT DISTINCT p.hash FROM place p JOIN feed f ON f.name = p.feed AND f.ended = 0"
        " WHERE p.op = 'add' AND NOT EXISTS (SELECT 1 FROM entry e WHERE e.hash = p.hash)"
        " AND p.hash NOT IN (SELECT value FROM json_each(?)) LIMIT ?",
        names(skip), limit,
    )  # fmt: skip
    return [row[0] for row in rows]


def found_all(tx: Tx) -> None:
    """Note that no entry is missing."""
    tx.drop_meta(_MISSING)


def want(tx: Tx, hashes: Iterable[str], now_ms: int) -> None:
    """Ask for older entries, of which only stubs are here, with the next round; they stay to be read."""
    asked = set(hashes)
    tx.set_meta(_WANTED, orjson.dumps(sorted({*wanted(tx), *asked})))
    set_fetched(tx, {**fetched(tx), **dict.fromkeys(asked, now_ms)})


def fetched(rx: Rx) -> dict[str, int]:
    """Return what was asked for, by hash with the time; `ageing` forgets it later."""
    stored = rx.get_meta(_FETCHED)
    found: dict[str, int] = orjson.loads(stored) if stored else {}
    return found


def set_fetched(tx: Tx, asked: Mapping[str, int]) -> None:
    """Remember what was asked for and when."""
    tx.set_meta(_FETCHED, orjson.dumps(dict(asked)))


def wanted(rx: Rx) -> list[str]:
    """Return what was asked for and is still not here."""
    stored = rx.get_meta(_WANTED)
    asked: list[str] = orjson.loads(stored) if stored else []
    here = known_entries(rx, asked)
    return [entry_hash for entry_hash in asked if entry_hash not in here]


def forget_wanted(tx: Tx) -> None:
    """Drop from the list what came meanwhile."""
    left = wanted(tx)
    if left:
        tx.set_meta(_WANTED, orjson.dumps(left))
    else:
        tx.drop_meta(_WANTED)


def fall_back(tx: Tx, feed: str, number: int, head: str, epoch: int) -> int:
    """Put a feed back to a number that the server still has, and owe it everything above.

    Returns how many entries are owed again: one's own, and others' that stood in the rows given up.
    """
    again = tx.execute(
        "UPDATE entry SET state = 'unsent' WHERE state IN ('confirmed', 'held', 'quarantined') AND hash IN"
        " (SELECT hash FROM place WHERE feed = ? AND number > ? AND op IN ('add', 'stub'))",
        feed, number,
    )  # fmt: skip
    # From the start also means without a floor.
    tx.execute("DELETE FROM place WHERE feed = ? AND number > ?", feed, number or -2)
    here = tx.feed(feed)
    covered = min(here.covered, number) if here else 0
    before = min(here.covered_before, number) if here else 0
    tx.set_feed(
        FeedRow(name=feed, epoch=epoch, number=number, head=head, covered=covered, covered_before=before)
    )
    tx.set_meta(_CHECKED, 0)
    return int(again)


def owe_unplaced(tx: Tx) -> int:
    """Owe again own entries that were confirmed but stand in no row of any feed; each is asked about once.

    Called when everything was pulled. It finds what was accepted by a server that was restored before
    this laptop saw the row. Returns how many.
    """
    # Two questions: one with OR reads every entry of the laptop in every round.
    asked = "SELECT seq, hash, state, EXISTS (SELECT 1 FROM place p WHERE p.hash = entry.hash) FROM entry"
    waited = tx.meta_text(_CHECKED_LATER, "[]")
    rows = {
        row[0]: row
        for row in (
            *tx.all(
                f"{asked} WHERE +own = 1 AND state != 'rejected' AND seq > ?",
                tx.meta_int(_CHECKED) or 0,
            ),
            *tx.all(
                f"{asked} WHERE +own = 1 AND state != 'rejected' AND hash IN (SELECT value FROM json_each(?))",  # noqa: S608
                waited,
            ),
        )
    }.values()
    if not rows:
        return 0
    # What still waits is looked at when it is confirmed; it keeps nothing else from being looked at, because a
    # supervisor's decision may take weeks.
    later = [entry_hash for _, entry_hash, state, _ in rows if state != CONFIRMED]
    lost = [entry_hash for _, entry_hash, state, placed in rows if state == CONFIRMED and not placed]
    tx.set_meta(_CHECKED, max(tx.meta_int(_CHECKED) or 0, *(row[0] for row in rows)))
    tx.set_meta(_CHECKED_LATER, orjson.dumps(later))
    if lost:
        tx.execute(
            "UPDATE entry SET state = 'unsent' WHERE hash IN (SELECT value FROM json_each(?))", names(lost)
        )
    return len(lost)


def recheck_places(tx: Tx) -> None:
    """Look again at every own entry when all is pulled, because the server was restored."""
    tx.set_meta(_CHECKED, 0)


def set_epoch(tx: Tx, epoch: int) -> None:
    """Note the epoch in which the server's numbers count from now on."""
    tx.set_meta("epoch", epoch)
    tx.execute("UPDATE feed SET epoch = ? WHERE ended = 0", epoch)


def cover(tx: Tx, heads: Mapping[str, tuple[int, str]], day: str) -> None:
    """Remember up to where a checkpoint covers each feed, and the same for the one of an earlier day."""
    if tx.meta_text(_COVERED_DAY) != day:
        tx.execute("UPDATE feed SET covered_before = covered")
        tx.set_meta(_COVERED_DAY, day)
    for feed in tx.feeds():
        if feed.name in heads and not feed.ended:
            covered = min(feed.number, heads[feed.name][0])
            if covered != feed.covered:
                tx.execute("UPDATE feed SET covered = ? WHERE name = ?", covered, feed.name)


def end(tx: Tx, feed: str, at_ms: int) -> None:
    """Note that this person no longer reads a feed; what may go is decided by `let_go`."""
    tx.execute("UPDATE feed SET ended = 1 WHERE name = ?", feed)
    tx.set_meta(_LET_GO_AT, 0)
    audience, _, team = feed.partition(":")
    if audience == "team":
        tx.set_meta(_ENDED, orjson.dumps({**ended(tx), team: at_ms}))


def resume(tx: Tx, feed: str) -> None:
    """Note that this person reads a feed again: it goes on at its cursor, and what was let go is fetched."""
    tx.execute("UPDATE feed SET ended = 0 WHERE name = ?", feed)
    tx.set_meta(_MISSING, 1)
    left = ended(tx)
    if left.pop(feed.partition(":")[2], None) is not None:
        tx.set_meta(_ENDED, orjson.dumps(left))


def ended(rx: Rx) -> dict[str, int]:
    """Return the teams that this person left, with the time at which this laptop heard of it."""
    stored = rx.get_meta(_ENDED)
    found: dict[str, int] = orjson.loads(stored) if stored else {}
    return found


def older_left(rx: Rx) -> dict[str, int]:
    """Return, for feeds that begin at a floor, the number from which older rows have still to be listed."""
    rows = rx.all(
        "SELECT p.feed, coalesce((SELECT min(o.number) FROM place o WHERE o.feed = p.feed AND o.number > 0"
        " AND o.number <= CAST(p.hash AS INTEGER)) - 1, CAST(p.hash AS INTEGER))"
        # Said in this order, because a laptop has ten feeds and a hundred thousand places.
        " FROM feed f CROSS JOIN place p ON p.feed = f.name AND p.number = -1 WHERE f.ended = 0"
    )
    return {feed: below for feed, below in rows if below > 0}


def add_stubs(tx: Tx, stubs: Sequence[StubRow]) -> None:
    """Store short forms of older entries, except of those that are here."""
    here = known_entries(tx, [stub.hash for stub in stubs])
    tx.add_stubs([stub for stub in stubs if stub.hash not in here])
    rows = tx.all(
        "SELECT DISTINCT record FROM entry WHERE record IN (SELECT value FROM json_each(?))",
        names({stub.record for stub in stubs}),
    )
    _bring_back(tx, [row[0] for row in rows])


_LEFT = (
    # A row counts no longer when its feed ended or its client left the feed after it.
    "(f.ended = 1 OR EXISTS (SELECT 1 FROM place l WHERE l.feed = p.feed AND l.op = 'leave'"
    " AND l.hash = e.client AND l.number > p.number))"
)


HELD_BACK = (
    # It is not covered by a checkpoint of an earlier day. What came without a row, as an ancestor of something
    # below a floor, the server had from somebody else.
    "(((e.own = 1 OR EXISTS (SELECT 1 FROM place p WHERE p.hash = e.hash))"
    "  AND NOT EXISTS (SELECT 1 FROM place p JOIN feed f ON f.name = p.feed"
    "   WHERE p.hash = e.hash AND p.number <= f.covered_before))"
    " OR e.state != 'confirmed'"
    " OR (e.own = 1 AND coalesce(e.received_ms, ?) > ?)"
    # Work in hand on the same client keeps the whole client.
    " OR EXISTS (SELECT 1 FROM draft d WHERE d.closed_by = '' AND (d.record = e.record OR d.client = e.client))"
    " OR EXISTS (SELECT 1 FROM entry o WHERE o.client = e.client AND o.own = 1"
    "  AND o.state NOT IN ('confirmed', 'rejected')))"
)
"""Why an entry `e` may not leave this laptop whatever its age; takes now_ms and now_ms - OWN_KEPT_MS."""


def candidates(rx: Rx) -> list[str]:
    """Return the records of which some row counts no longer."""
    rows = rx.all(
        "SELECT DISTINCT e.record FROM entry e JOIN place p ON p.hash = e.hash AND p.op = 'add'"  # noqa: S608
        f" JOIN feed f ON f.name = p.feed WHERE {_LEFT}"
    )
    return [row[0] for row in rows]


def may_go(rx: Rx, asked: Sequence[str], now_ms: int) -> list[str]:
    """Return those of the candidates that may be evicted now."""
    rows = rx.all(
        "SELECT r.value FROM json_each(?) r WHERE NOT EXISTS ("  # noqa: S608
        " SELECT 1 FROM entry e WHERE e.record = r.value AND ("
        # Something of the record still stands in a feed that is read.
        "  EXISTS (SELECT 1 FROM place p JOIN feed f ON f.name = p.feed"
        f"   WHERE p.hash = e.hash AND p.op IN ('add', 'stub') AND NOT {_LEFT}) OR {HELD_BACK}))",
        names(asked), now_ms, now_ms - OWN_KEPT_MS,
    )  # fmt: skip
    return [row[0] for row in rows]


def let_go(tx: Tx, now_ms: int, limit: int = 500) -> int:
    """Evict what may go, at most `limit` records; the rows stay, so that heads can be recomputed."""
    due_ms = tx.meta_int(_LET_GO_AT)
    if due_ms is None or now_ms < due_ms:
        return 0
    asked = candidates(tx)
    free = sorted(may_go(tx, asked, now_ms))
    records = free[:limit]
    if records:
        listed = names(records)
        tx.execute(
            "UPDATE place SET op = 'gone' WHERE op = 'add' AND feed IN (SELECT name FROM feed WHERE ended = 0)"
            " AND hash IN (SELECT hash FROM entry WHERE record IN (SELECT value FROM json_each(?)))",
            listed,
        )
        tx.execute("DELETE FROM stub WHERE record IN (SELECT value FROM json_each(?))", listed)
        tx.evict(records)
    if len(free) > limit:
        tx.set_meta(_LET_GO_AT, 0)
    elif len(asked) > len(free):
        tx.set_meta(_LET_GO_AT, now_ms + AGAIN_MS)
    else:
        tx.drop_meta(_LET_GO_AT)
    return len(records)
