"""Which feeds a person reads now, and which they stopped reading: the end of a membership may pass with a date."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, bindparam, select, update

from . import ownwork
from .database import RowsIn
from .facts import Facts
from .place import Writer
from .tables import reader

_READ = select(reader).where(reader.c.staff == bindparam("staff"))
_ENDED = RowsIn(
    select(reader.c.feed).where(reader.c.staff == bindparam("staff"), reader.c.ended_ms.is_not(None)),
    reader.c.feed,
)


def note(facts: Facts, writer: Writer, staff: str, feeds: Sequence[str]) -> None:
    """Note what a person reads; give back what of theirs is unfinished in a feed they read no longer."""
    tx = facts.tx
    known = {row.feed: row for row in tx.execute(_READ, {"staff": staff})}
    fresh = [
        {"staff": staff, "feed": name, "since_ms": facts.now_ms, "ended_ms": None}
        for name in feeds
        if name not in known or known[name].ended_ms is not None
    ]
    facts.database.put(tx, reader, fresh)
    lost = [name for name, row in known.items() if row.ended_ms is None and name not in feeds]
    if not lost:
        return
    tx.execute(
        update(reader).where(reader.c.staff == staff, reader.c.feed.in_(lost)).values(ended_ms=facts.now_ms)
    )
    pairs = [
        (author, entry_hash)
        for author, entry_hash in ownwork.unfinished(facts, author=staff)
        if ownwork.unread_by_author(facts, entry_hash, author, facts.feeds_holding(entry_hash))
    ]
    ownwork.give_back(facts, writer, pairs)


def ended(rx: Connection, staff: str, named: Sequence[str]) -> list[str]:
    """Return those of some feeds whose reading by a person has ended."""
    return sorted(row.feed for row in _ENDED(rx, named, staff=staff))
