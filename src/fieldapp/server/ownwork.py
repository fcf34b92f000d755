"""A person's own work where they do not read, and the rows of a client that moves (sync.md 2)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Row, or_, select

from fieldapp.clinical.placing import Home, Unplaceable, feeds_of, needs_own_copy
from fieldapp.records.envelope import Entry
from fieldapp.records.kinds import KINDS

from .database import RowsIn, all_rows
from .facts import Facts, folded, holding
from .feeds import Addition
from .place import Writer
from .tables import entry, feed_row, home

_ADDED = RowsIn(
    select(feed_row.c.feed, feed_row.c.what, feed_row.c.number).where(feed_row.c.op == "add"), feed_row.c.what
)


def give_back(facts: Facts, writer: Writer, pairs: Iterable[tuple[str, str]]) -> None:
    """Place entries (author, hash) in their authors' `staff:` feeds, with ancestry and every remark on it."""
    wanted: dict[str, set[str]] = {}
    for staff, entry_hash in pairs:
        if staff != facts.roster.authority:
            wanted.setdefault(staff, set()).add(entry_hash)
    for staff, hashes in sorted(wanted.items()):
        name = f"staff:{staff}"
        records = {facts.entries[h].record if h in facts.entries else _record_of(facts, h) for h in hashes}
        for record_id in sorted(records):
            known = _history(facts, record_id)
            chosen = _with_ancestry(known, hashes)
            have = {h for h, names in holding(facts.tx, chosen).items() if name in names}
            for one in known.values():
                if one.hash in chosen and one.hash not in have:
                    writer.row(name, Addition("add", one.hash, one.envelope.client))
                    facts.live.setdefault(one.hash, set(holding(facts.tx, [one.hash]).get(one.hash, ()))).add(
                        name
                    )
    writer.flush()


def unread_by_author(facts: Facts, entry_hash: str, author: str, names: Iterable[str]) -> bool:
    """Tell whether the author of an entry reads none of the feeds that hold it."""
    if author == facts.roster.authority:
        return False
    return needs_own_copy(names, facts.roster.feeds_of_reader(author, facts.now_ms))


def unfinished(
    facts: Facts, *, author: str | None = None, client: str | None = None
) -> list[tuple[str, str]]:
    """Return (author, hash) of entries that still wait for a co-sign or were returned."""
    chosen = select(entry.c.record, entry.c.kind).distinct()
    if author is not None:
        chosen = chosen.where(entry.c.author == author)
    if client is not None:
        chosen = chosen.where(entry.c.client == client)
    returned = entry.alias("returned")
    chosen = chosen.where(
        or_(
            entry.c.cosign != "",
            select(returned.c.hash)
            .where(returned.c.about == entry.c.hash, returned.c.meaning == "return")
            .exists(),
        )
    )
    found: list[tuple[str, str]] = []
    for row in facts.tx.execute(chosen).all():
        known = _history(facts, row.record)
        view = folded(list(known.values()))
        if view is None:
            continue
        found += [
            (step.author, step.hash)
            for step in view.steps
            if step.status in ("pending", "returned") and author in (None, step.author)
        ]
    return found


def move_client(facts: Facts, writer: Writer, client: str, to: Home) -> None:
    """Add a client's rows to the feeds of its new home and `leave` the old ones, all in this transaction."""
    if facts.homes[client] == to:
        return
    owed = unfinished(facts, client=client)
    facts.homes[client] = to
    facts.tx.execute(home.update().where(home.c.client == client).values(program=to.program, team=to.team))
    columns = (entry.c.hash, entry.c.kind, entry.c.about, entry.c.sensitivity, entry.c.author)
    rows = {row.hash: row for row in all_rows(facts.tx, select(*columns).where(entry.c.client == client))}
    places = {h: set(names) for h, names in holding(facts.tx, rows).items()}
    targets = {h: _new_feeds(h, rows, places, to) for h in rows}
    numbers = _numbers(facts, rows)
    for name in sorted({name for names in targets.values() for name in names}):
        coming = [h for h, names in targets.items() if name in names and name not in places.get(h, ())]
        # In the order of the old feed of the same audience, so that ancestors come first here too.
        audience = name.partition(":")[0]
        for entry_hash in sorted(coming, key=lambda h: (numbers.get((audience, h), 0), h)):
            writer.row(name, Addition("add", entry_hash, client))
    for name in sorted({n for h in rows for n in places.get(h, set()) - targets[h]}):
        writer.row(name, Addition("leave", client, client))
    facts.live.update(targets)
    writer.flush()
    give_back(
        facts, writer,
        [(a, h) for a, h in owed if unread_by_author(facts, h, a, facts.feeds_holding(h))],
    )  # fmt: skip


def _new_feeds(
    entry_hash: str, rows: Mapping[str, Row[Any]], places: Mapping[str, set[str]], to: Home
) -> set[str]:
    """Return the feeds of an entry after its client's move; a remark follows what it is about."""
    row = rows[entry_hash]
    while row.about in rows:
        row = rows[row.about]
    own = {n for n in places.get(entry_hash, set()) | places.get(row.hash, set()) if n.startswith("staff:")}
    try:
        found = feeds_of(KINDS[row.kind], sensitivity=row.sensitivity, home=to, author=row.author)
    except Unplaceable:
        return places.get(entry_hash, set())
    return {*found, *own}


def _numbers(facts: Facts, hashes: Iterable[str]) -> dict[tuple[str, str], int]:
    """Return the last number of entries in the feeds of each audience."""
    found: dict[tuple[str, str], int] = {}
    for row in _ADDED(facts.tx, hashes):
        key = (row.feed.partition(":")[0], row.what)
        found[key] = max(found.get(key, 0), row.number)
    return found


def _record_of(facts: Facts, entry_hash: str) -> str:
    return str(facts.tx.execute(select(entry.c.record).where(entry.c.hash == entry_hash)).scalar_one())


def _history(facts: Facts, record_id: str) -> dict[str, Entry]:
    """Return the accepted entries of a record, ancestors before what follows them."""
    rows = facts.tx.execute(select(entry).where(entry.c.record == record_id).order_by(entry.c.received_ms))
    known = {one.hash: one for one in facts.seals.sound(facts.tx, rows)}
    done: dict[str, Entry] = {}
    left = list(known.values())
    while left:
        ready = [
            one
            for one in left
            if all(h in done or h not in known for h in (*one.envelope.prev, one.envelope.about or ""))
        ]
        done.update({one.hash: one for one in ready})
        left = [one for one in left if one.hash not in done]
    return done


def _with_ancestry(known: dict[str, Entry], hashes: set[str]) -> set[str]:
    """Return those of `hashes` in a record with all that they follow, and every remark on any of these."""
    chosen: set[str] = set()
    todo = [h for h in hashes if h in known]
    while todo:
        entry_hash = todo.pop()
        if entry_hash not in chosen and entry_hash in known:
            chosen.add(entry_hash)
            e = known[entry_hash].envelope
            todo += [*e.prev, *([e.about] if e.about else [])]
    grown = True
    while grown:
        remarks = {one.hash for one in known.values() if one.envelope.about in chosen} - chosen
        chosen |= remarks
        grown = bool(remarks)
    return chosen
