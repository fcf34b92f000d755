"""Many rows at once: the same on both databases, whatever is there already."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from fieldapp.server import bulk
from fieldapp.server.database import Database
from fieldapp.server.tables import device, draft, feed_row


@pytest.fixture
def store(database: str | None, tmp_path: Path) -> Iterator[Database]:
    """An empty database with its tables."""
    opened = Database.in_folder(tmp_path) if database is None else Database(database)
    opened.create()
    yield opened
    opened.close()


def row(number: int, **more: Any) -> dict[str, Any]:
    """Return a row of a feed."""
    return {
        "feed": "team:x", "number": number, "op": "add", "what": f'"%s {number}\\ ', "client": None, "row": "r", "head": "h",
        **more,
    }  # fmt: skip


def stored(store: Database) -> list[tuple[Any, ...]]:
    with store.reading() as rx:
        return [tuple(found) for found in rx.execute(select(feed_row).order_by(feed_row.c.number))]


def test_new_rows_are_counted_and_known_ones_stay_as_they_were(store: Database) -> None:
    with store.writing() as tx:
        assert bulk.insert_new(tx, feed_row, [row(1), row(2, client="c")]) == 2
        assert bulk.insert_new(tx, feed_row, [row(2, head="other"), row(3), row(3, head="twice")]) == 1
        assert bulk.insert_new(tx, feed_row, []) == 0
    assert stored(store) == [
        tuple(row(1).values()),
        tuple(row(2, client="c").values()),
        tuple(row(3).values()),
    ]


def test_a_number_that_is_taken_fails_the_transaction(store: Database) -> None:
    with store.writing() as tx:
        bulk.insert(tx, feed_row, [row(1)])
    with pytest.raises(IntegrityError), store.writing() as tx:
        bulk.insert(tx, feed_row, [row(2), row(1)])
    assert stored(store) == [tuple(row(1).values())]


def test_bytes_truth_and_nothing_come_back_as_they_went_in(store: Database) -> None:
    laptop = {
        "id": "d", "staff": "s", "public": "p", "label": "l", "state": "admitted", "forked": True, "cut_ms": None,
        "last_counters": "{}", "enrolled_ms": 2**40, "last_seen_ms": 1, "report": "{}",
    }  # fmt: skip
    copy = {
        "staff": "s", "id": "i", "device": "d", "revision": 1, "record": "r", "client": None, "kind": "note", "first_ms": 1,
        "updated_ms": 2, "closed_by": "", "via": "v", "dk": "k", "sealed": b"\x00\xff\\x'",
    }  # fmt: skip
    with store.writing() as tx:
        bulk.insert(tx, device, [laptop, {**laptop, "id": "e", "forked": False}])
        bulk.insert(tx, draft, [copy, {**copy, "id": "j", "sealed": None}])
    with store.reading() as rx:
        assert [one.forked for one in rx.execute(select(device).order_by(device.c.id))] == [True, False]
        found = rx.execute(select(draft).order_by(draft.c.id)).all()
    assert [one.sealed for one in found] == [copy["sealed"], None]
    assert [one._asdict() for one in found][:1] == [copy]
