"""What has outlived its stay leaves a laptop and stays as a line that fetches it again (design.md 3).

`clinical.retention` says what is too old; here is found what that holds for, and what must not go all the same:
work in hand, what waits for somebody, what no two checkpoints cover, what was fetched to be read.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

import orjson

from fieldapp.clinical.retention import DAY_MS, FLOORS, LAST_CONTACTS, OF_EPISODE, Held, is_too_old
from fieldapp.records.fold import View
from fieldapp.records.kinds.episode import open_episode

from . import feeds
from .entries import names
from .transaction import Rx, Tx

READ_KEPT_MS = 7 * DAY_MS
"""What somebody fetched to read stays so long."""
EVERY_MS = DAY_MS
_AGED_AT = "aged_at"
_NEWEST = min(FLOORS.values())


def is_due(rx: Rx, now_ms: int) -> bool:
    """Tell whether it was not looked today what is too old."""
    last = rx.meta_int(_AGED_AT)
    return last is None or not 0 <= now_ms - last < EVERY_MS


def too_old(rx: Rx, now_ms: int) -> list[str]:
    """Return the records that are too old by the rules alone, oldest first."""
    rows = rx.all(
        # One line for each record and feed; settled records only: what waits for a co-signature, came back or
        # has two versions is somebody's work.
        "SELECT DISTINCT v.record, v.kind, v.client, max(v.when_ms, v.last_ms), p.feed FROM view v"
        " JOIN entry e ON e.record = v.record JOIN place p ON p.hash = e.hash AND p.op IN ('add', 'stub')"
        " JOIN feed f ON f.name = p.feed AND f.ended = 0"
        " WHERE v.when_ms < ? AND v.last_ms < ? AND v.conflicts = 0 AND v.status IN ('final', 'saved', 'error')"
        " AND (v.kind IN (SELECT value FROM json_each(?)) OR p.feed LIKE 'notes:%')"
        " ORDER BY 4, v.record",
        now_ms - _NEWEST, now_ms - _NEWEST, names(sorted(OF_EPISODE)),
    )  # fmt: skip
    found: dict[str, tuple[str, str, int, set[str]]] = {}
    for record, kind, client, last_ms, feed in rows:
        found.setdefault(record, (kind, client or "", last_ms, set()))[3].add(feed)
    ends = _discharges(rx, {client for kind, client, *_ in found.values() if kind in OF_EPISODE})
    # Being among a client's last contacts only ever keeps a record: asked of those alone that nothing else keeps. A
    # manager's laptop holds a year of contacts, and their team's feed keeps nearly all of them.
    leaving = {
        record: (client, read)
        for record, (kind, client, last_ms, read) in found.items()
        if is_too_old(Held(kind, read, last_ms, LAST_CONTACTS, ends.get(client)), now_ms)
    }
    ranks = _ranks(rx, {client for client, read in leaving.values() if _is_on_call(read)})
    return [
        record for record in leaving if is_too_old(_held(found[record], ranks.get(record, 0), ends), now_ms)
    ]


def _held(row: tuple[str, str, int, set[str]], rank: int, ends: Mapping[str, int]) -> Held:
    kind, client, last_ms, read = row
    return Held(kind, read, last_ms, rank, ends.get(client))


def _is_on_call(read: Iterable[str]) -> bool:
    return any(feed.startswith("oncall-contacts:") for feed in read)


def _discharges(rx: Rx, clients: Iterable[str]) -> dict[str, int]:
    """Return when the last episode of a client ended; nobody with an open one, or none, is in it."""
    rows = rx.all(
        "SELECT client, data, last_ms FROM view WHERE kind = 'episode'"
        " AND client IN (SELECT value FROM json_each(?))",
        names(sorted(clients)),
    )
    episodes: dict[str, list[View]] = defaultdict(list)
    last: dict[str, int] = {}
    for client, data, last_ms in rows:
        view = View.from_data(orjson.loads(data))
        episodes[client].append(view)
        last[view.id] = last_ms
    ended = {}
    for client, views in episodes.items():
        newest = open_episode(views)
        if newest is not None and newest.get("status") == "discharged":
            # The last change of a discharged episode is its discharge or later: never too early.
            ended[client] = last[newest.id]
    return ended


def _ranks(rx: Rx, clients: Iterable[str]) -> dict[str, int]:
    """Return of each contact how many newer ones of its client stand in a feed for on-call workers."""
    rows = rx.all(
        "SELECT DISTINCT v.client, v.record, v.when_ms FROM view v JOIN entry e ON e.record = v.record"
        " JOIN place p ON p.hash = e.hash AND p.feed LIKE 'oncall-contacts:%'"
        " WHERE v.kind = 'contact' AND v.client IN (SELECT value FROM json_each(?))"
        " ORDER BY v.client, v.when_ms DESC, v.record DESC",
        names(sorted(clients)),
    )
    ranks: dict[str, int] = {}
    seen: dict[str, int] = defaultdict(int)
    for client, record, _ in rows:
        ranks[record] = seen[client]
        seen[client] += 1
    return ranks


def age_out(tx: Tx, asked: Sequence[str], now_ms: int) -> int:
    """Turn records into stubs, except of those that something holds back; returns how many went."""
    rows = tx.all(
        "SELECT r.value FROM json_each(?) r WHERE NOT EXISTS (SELECT 1 FROM entry e"  # noqa: S608
        f" WHERE e.record = r.value AND {feeds.HELD_BACK})",
        names(asked), now_ms, now_ms - feeds.OWN_KEPT_MS,
    )  # fmt: skip
    kept = _being_read(tx, now_ms)
    records = [row[0] for row in rows if row[0] not in kept]
    if not records:
        return 0
    listed = names(records)
    tx.execute(
        "INSERT OR IGNORE INTO stub(hash, record, kind, client, author, at_ms)"
        " SELECT e.hash, e.record, e.kind, e.client, e.author, v.when_ms FROM entry e"
        " JOIN view v ON v.record = e.record WHERE e.record IN (SELECT value FROM json_each(?))",
        listed,
    )
    tx.execute(
        "UPDATE place SET op = 'stub' WHERE op = 'add' AND feed IN (SELECT name FROM feed WHERE ended = 0)"
        " AND hash IN (SELECT hash FROM entry WHERE record IN (SELECT value FROM json_each(?)))",
        listed,
    )
    tx.evict(records)
    return len(records)


def _being_read(tx: Tx, now_ms: int) -> set[str]:
    """Return the records that somebody fetched lately, and forget those of longer ago."""
    asked: Mapping[str, int] = feeds.fetched(tx)
    lately = {entry: at for entry, at in asked.items() if now_ms - at < READ_KEPT_MS}
    if len(lately) < len(asked):
        feeds.set_fetched(tx, lately)
    rows = tx.all("SELECT record FROM entry WHERE hash IN (SELECT value FROM json_each(?))", names(lately))
    return {row[0] for row in rows}


def looked(tx: Tx, now_ms: int) -> None:
    """Note that everything was looked at."""
    tx.set_meta(_AGED_AT, now_ms)
