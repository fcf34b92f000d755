"""Feeds: gap-free numbers taken under row locks, and the chained head of each feed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, select, update

from fieldapp.sync.wire import head_start, next_head, row_hash

from . import bulk
from .database import Database, RowsIn
from .tables import feed, feed_row

_FEEDS = RowsIn(select(feed), feed.c.name)
_HEAD = select(feed_row.c.head).where(
    feed_row.c.feed == bindparam("feed"), feed_row.c.number == bindparam("number")
)


class Addition(NamedTuple):
    """One row to be: `add` an entry (with its client, if any) or `leave` a client."""

    op: str
    what: str
    client: str | None


@dataclass(frozen=True, slots=True)
class Span:
    """The numbers that one transaction took in a feed, and the head after them."""

    feed: str
    first: int
    last: int
    head: str
    numbers: Mapping[str, int]
    heads: tuple[str, ...]
    """After each row, from `first` on."""


@dataclass(frozen=True, slots=True)
class Taken:
    """Numbers taken and feed rows locked, nothing written yet."""

    first: int
    head: str


def take(database: Database, tx: Connection, org: str, counts: Mapping[str, int]) -> dict[str, Taken]:
    """Take numbers in feed-name order (no deadlocks) and hold the feeds' row locks until commit."""
    found: dict[str, Taken] = {}
    for name in sorted(counts):
        statement = (
            update(feed)
            .where(feed.c.name == name)
            .values(last_number=feed.c.last_number + counts[name])
            .returning(feed.c.last_number, feed.c.head)
        )
        row = tx.execute(statement).one_or_none()
        if row is None:
            database.add_new(tx, feed, [{"name": name, "last_number": 0, "head": head_start(org, name)}])
            row = tx.execute(statement).one()
        found[name] = Taken(row.last_number - counts[name] + 1, row.head)
    return found


def fill(
    tx: Connection, taken: Mapping[str, Taken], additions: Mapping[str, Sequence[Addition]]
) -> dict[str, Span]:
    """Write the rows into the numbers that were taken for them and extend the heads."""
    rows: list[dict[str, object]] = []
    spans: dict[str, Span] = {}
    for name, place in taken.items():
        head, number = place.head, place.first
        numbers: dict[str, int] = {}
        heads: list[str] = []
        for addition in additions[name]:
            row = row_hash(name, number, addition.op, addition.what)
            head = next_head(head, row)
            rows.append(
                {"feed": name, "number": number, "op": addition.op, "what": addition.what,
                 "client": addition.client, "row": row, "head": head}
            )  # fmt: skip
            numbers[addition.what] = number
            heads.append(head)
            number += 1
        spans[name] = Span(name, place.first, number - 1, head, numbers, tuple(heads))
    if rows:
        bulk.insert(tx, feed_row, rows)
        tx.execute(
            update(feed).where(feed.c.name == bindparam("n")).values(head=bindparam("h")),
            [{"n": span.feed, "h": span.head} for span in spans.values()],
        )
    return spans


def heads(rx: Connection, org: str, names: Sequence[str]) -> dict[str, tuple[int, str]]:
    """Return last number and head of feeds; a feed without rows stands at 0."""
    known = {row.name: (row.last_number, row.head) for row in _FEEDS(rx, names)}
    return {name: known.get(name, (0, head_start(org, name))) for name in names}


def head_at(rx: Connection, org: str, name: str, number: int) -> str | None:
    """Return a feed's head at a number; None beyond its end."""
    if number == 0:
        return head_start(org, name)
    return rx.execute(_HEAD, {"feed": name, "number": number}).scalar_one_or_none()
