"""Bugs that others have shipped, planted one at a time: a suite that lets one through proves nothing."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import orjson
import pytest

from fieldapp.clinical import placing
from fieldapp.crypto.keys import Identity
from fieldapp.records import fold
from fieldapp.records.envelope import Entry
from fieldapp.records.ids import uuid7
from fieldapp.server import feeds as server_feeds
from fieldapp.server import push
from fieldapp.server.database import Database
from fieldapp.store import ageing, draft_exchange, feeds, outbox
from fieldapp.store.store import Store
from fieldapp.store.transaction import Tx
from fieldapp.sync import storing

Patch = pytest.MonkeyPatch


def _ack_before_commit(patch: Patch) -> None:
    """The server's transaction is rolled back after its receipts were made."""
    real = Database.run
    count = 0

    def run(self: Any, work: Any) -> Any:
        nonlocal count
        count += 1
        if count % 7 or not self.is_sqlite:
            return real(self, work)
        with self.engine.connect() as conn:
            conn = conn.execution_options(fieldapp_write=True)
            transaction = conn.begin()
            answer = work(conn)
            transaction.rollback()
            return answer

    patch.setattr(Database, "run", run)


def _cursor_before_rows(patch: Patch) -> None:
    """The cursor moves on in a transaction of its own, before the entries are stored."""
    real = storing._store_piece

    def store_piece(store: Store, page: Any, start: int, left: Any) -> int:
        with store.writing() as tx:
            feed = tx.feed(page.feed)
            if feed is not None and page.places and not page.skipped:
                feed.number, feed.head = page.places[-1].number, page.heads[-1]
                tx.set_feed(feed)
        return real(store, page, start, left)

    patch.setattr(storing, "_store_piece", store_piece)


def _entries_without_rows(patch: Patch) -> None:
    """Rows below the cursor are not kept."""
    real = feeds.add_places
    patch.setattr(feeds, "add_places", lambda tx, rows: real(tx, rows[1:] if len(rows) > 2 else rows))


def _dropped_losing_leaf(patch: Patch) -> None:
    """Of two side by side the newer is shown and the other is forgotten."""
    project = fold.project

    def newest_only(kind: Any, entries: Any) -> Any:
        kept = list(entries)
        view = project(kind, kept)
        if len(view.heads) > 1:
            newest = max(view.heads, key=lambda h: next(e.envelope.effective_ms for e in kept if e.hash == h))
            kept = [e for e in kept if e.hash not in view.heads or e.hash == newest]
            view = project(kind, kept)
        return view

    patch.setattr("fieldapp.store.projection.project", newest_only)


def _fold_by_arrival(patch: Patch) -> None:
    """What was received last wins."""
    project = fold.project

    def by_arrival(kind: Any, entries: Any) -> Any:
        kept = list(entries)
        view = project(kind, kept)
        if len(view.heads) > 1:
            gone = {h for h in view.heads if h != kept[-1].hash}
            if len(gone) < len(view.heads):
                view = project(kind, [e for e in kept if e.hash not in gone])
        return view

    patch.setattr("fieldapp.store.projection.project", by_arrival)


def _confirmed_when_sent(patch: Patch) -> None:
    """An entry counts as confirmed once it went out, whatever the server said."""
    real = outbox.batch

    def batch(rx: Any, **more: Any) -> Any:
        found = list(real(rx, **more))
        for one in found:
            rx.execute("UPDATE entry SET state = 'confirmed' WHERE hash = ?", one.hash)
        rx.connection.run("COMMIT")
        rx.connection.run("BEGIN")
        return found

    patch.setattr(outbox, "batch", batch)


def _epoch_ignored(patch: Patch) -> None:
    """After a restore nothing is looked for again."""
    patch.setattr(storing, "_store_epoch", lambda tx, taken: None)
    patch.setattr(feeds, "owe_unplaced", lambda tx: 0)
    patch.setattr(feeds, "fall_back", _forget_only(feeds.fall_back))


def _forget_only(real: Callable[..., int]) -> Callable[..., int]:
    def fall_back(tx: Tx, feed: str, number: int, head: str, epoch: int) -> int:
        before = tx.all("SELECT hash, state FROM entry")
        again = real(tx, feed, number, head, epoch)
        for entry_hash, state in before:
            tx.execute("UPDATE entry SET state = ? WHERE hash = ?", state, entry_hash)
        return again

    return fall_back


def _draft_overwritten(patch: Patch) -> None:
    """A draft that comes from the other laptop replaces the one here."""

    real = draft_exchange.receive

    def receive(tx: Tx, came: Any, now_ms: int) -> None:
        real(tx, [one for one in came if tx.draft(str(one.get("id"))) is None], now_ms)
        for one in came:
            row = tx.draft(str(one.get("id")))
            if row is not None and not row.closed_by and "body" in one:
                row.body = orjson.dumps(one["body"])
                tx.put_draft(row)

    patch.setattr(draft_exchange, "receive", receive)


def _unsent_evicted(patch: Patch) -> None:
    """What is old goes from the laptop, sent or not."""

    def age_out(tx: Tx, asked: Any, now_ms: int) -> int:
        rows = tx.all("SELECT DISTINCT record FROM entry WHERE client IS NOT NULL ORDER BY record LIMIT 2")
        for (record,) in rows:
            tx.execute("DELETE FROM entry WHERE record = ?", record)
        return len(rows)

    patch.setattr(ageing, "too_old", lambda rx, now_ms: ["some"])
    patch.setattr(ageing, "age_out", age_out)


def _rejected_forgotten(patch: Patch) -> None:
    """A refused entry is deleted."""
    real = Tx.set_states

    def set_states(self: Tx, changes: Any) -> None:
        kept = list(changes)
        real(self, kept)
        for entry_hash, state, _ in kept:
            if state == "rejected":
                self.execute("DELETE FROM entry WHERE hash = ?", entry_hash)

    patch.setattr(Tx, "set_states", set_states)


def _no_reason(patch: Patch) -> None:
    """A refusal comes without words."""
    real = Tx.set_states
    patch.setattr(Tx, "set_states", lambda self, changes: real(self, [(h, s, "") for h, s, _ in changes]))


def _number_without_lock(patch: Patch) -> None:
    """A feed's numbers are taken twice now and then, and the second taking counts."""
    real = server_feeds.take
    count = 0

    def take(database: Any, tx: Any, org: str, counts: Any) -> Any:
        nonlocal count
        count += 1
        if count % 5 == 0 and counts:
            first = real(database, tx, org, dict.fromkeys(counts, 1))
            later = real(database, tx, org, counts)
            # The head is that of before, the number is one too high: a row that no reader ever gets.
            return {name: replace(later[name], head=first[name].head) for name in later}
        return real(database, tx, org, counts)

    patch.setattr(server_feeds, "take", take)


def _waiting_not_kept(patch: Patch) -> None:
    """What waits for a decision or for another entry is answered and not stored."""
    patch.setattr(push.Push, "_keep_waiting", lambda self, offer, verdict: None)


def _everybody_reads_all(patch: Patch) -> None:
    """The server takes every team for everybody's."""
    real = placing.feeds_read

    def feeds_read(staff: str, memberships: Any, teams: Any = None, **more: Any) -> Any:
        found = real(staff, memberships, teams, **more)
        return placing.need_order(
            {*found, *(f"{kind}:{team}" for team in teams or () for kind in ("team", "notes"))}
        )

    for module in list(sys.modules.values()):
        if getattr(module, "feeds_read", None) is real and module.__name__.startswith("fieldapp.server"):
            patch.setattr(module, "feeds_read", feeds_read)


def _given_up(patch: Patch) -> None:
    """What was not answered once is not offered any more."""
    real = outbox.batch
    tried: dict[str, int] = {}

    def batch(rx: Any, **more: Any) -> Any:
        found = list(real(rx, **more))
        for one in found:
            tried[one.hash] = tried.get(one.hash, 0) + 1
        return [one for one in found if tried[one.hash] < 2]

    patch.setattr(outbox, "batch", batch)


def _new_id_on_retry(patch: Patch) -> None:
    """What was not answered once is signed again under another id, and the first forgotten."""
    real = outbox.batch
    tried: set[str] = set()

    def batch(rx: Any, **more: Any) -> Any:
        again = [one for one in real(rx, **more) if one.hash in tried and one.kind == "contact"]
        if again:
            identity = Identity.from_bytes(rx.get_meta("identity") or b"")
            rx.connection.run("COMMIT")
            rx.connection.run("BEGIN IMMEDIATE")
            tx = Tx(rx.connection)
            for one in again:
                entry = tx.entry(one.hash)
                assert entry is not None
                series, counter = tx.next_counters(1)
                record = uuid7(entry.envelope.effective_ms)
                bare = Entry.made(replace(entry.envelope, id=record, series=series, counter=counter))
                signed = Entry(bare.hash, bare.data, identity.sign("entry", bare.data), bare.envelope)
                tx.execute("DELETE FROM entry WHERE hash = ?", one.hash)
                tx.add([signed], own=True, state="unsent")
                tx.reproject([entry.envelope.id])
            rx.connection.run("COMMIT")
            rx.connection.run("BEGIN")
        found = list(real(rx, **more))
        tried.update(one.hash for one in found)
        return found

    patch.setattr(outbox, "batch", batch)


def _taken_from_any(patch: Patch) -> None:
    """The server announces the version that may write and takes entries of every version."""
    patch.setattr("fieldapp.server.versions.is_below", lambda *_: False)


@dataclass(frozen=True)
class Mutant:
    """One bug, and a seed that shows it."""

    plant: Callable[[Patch], None]
    seed: int


MUTANTS: dict[str, Mutant] = {
    "ack-before-commit": Mutant(_ack_before_commit, 27),
    "cursor-before-rows": Mutant(_cursor_before_rows, 47),
    "rows-not-kept": Mutant(_entries_without_rows, 0),
    "losing-leaf-dropped": Mutant(_dropped_losing_leaf, 217),
    "fold-by-arrival": Mutant(_fold_by_arrival, 23),
    "confirmed-when-sent": Mutant(_confirmed_when_sent, 10),
    "epoch-ignored": Mutant(_epoch_ignored, 122),
    "draft-overwritten": Mutant(_draft_overwritten, 47),
    "unsent-evicted": Mutant(_unsent_evicted, 1),
    "rejected-forgotten": Mutant(_rejected_forgotten, 1),
    "refused-without-words": Mutant(_no_reason, 0),
    "number-without-lock": Mutant(_number_without_lock, 0),
    "waiting-not-kept": Mutant(_waiting_not_kept, 0),
    "everybody-reads-all": Mutant(_everybody_reads_all, 0),
    "given-up-after-one-try": Mutant(_given_up, 10),
    "new-id-on-retry": Mutant(_new_id_on_retry, 17),
    "older-apps-write": Mutant(_taken_from_any, 7),
}


@contextmanager
def planted(name: str) -> Iterator[None]:
    """Run with one bug, or none."""
    with pytest.MonkeyPatch.context() as patch:
        if name:
            MUTANTS[name].plant(patch)
        yield
