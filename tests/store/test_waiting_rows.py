"""The rows that a supervisor's queue is read from: written with every entry, and made for files of before."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fieldapp.store import schema
from fieldapp.store.tables import LaptopTable
from tests.forms.conftest import desk_of as desk_of
from tests.forms.desk import ADA, NAIR, PASSPHRASE, SAM, TOM, Desk

Make = Callable[..., Desk]
ROWS = "SELECT record, client, at_ms, staff, value, extra FROM fact WHERE name = 'waits' ORDER BY value"
INDEXES = "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL ORDER BY name"


def _furnished(desk: Desk) -> None:
    desk.note(ADA, author=TOM, cosign="supervisor")
    sent_back = desk.note(SAM, author=TOM, cosign="supervisor")
    desk.add("note", sent_back.envelope.id, {"reason": "Goal"}, client=SAM, author=NAIR, meaning="return",
             about=sent_back.hash)  # fmt: skip
    done = desk.note(SAM, author=TOM, cosign="supervisor")
    desk.add("note", done.envelope.id, {}, client=SAM, author=NAIR, meaning="cosign", about=done.hash)


def _read(desk: Desk, sql: str) -> list[Any]:
    with desk.store.reading() as rx:
        return [tuple(row) for row in rx.all(sql)]


def test_only_what_waits_or_was_sent_back_has_a_row(desk_of: Make) -> None:
    desk = desk_of(NAIR)
    _furnished(desk)
    said = [row[5] for row in _read(desk, ROWS)]
    assert sorted("pending" in one for one in said) == [False, True]
    assert any('"returned"' in one and '"Goal"' in one for one in said)


def test_a_file_of_before_gets_the_same_rows_and_indexes(desk_of: Make) -> None:
    desk = desk_of(NAIR)
    _furnished(desk)
    rows, indexes = _read(desk, ROWS), _read(desk, INDEXES)
    with desk.store.writing() as tx:
        for name in ("view_last", "view_contact", "fact_waits"):
            tx.execute(f"DROP INDEX {name}")
        tx.execute("DELETE FROM fact WHERE name = 'waits'")
        tx.execute("DELETE FROM migration WHERE name = '0002_review'")
    laptop = desk.opened()
    laptop.unlock(PASSPHRASE)
    lines = laptop.review()
    assert [line.what for line in lines] == ["cosign", "returned"]
    with laptop._open().reading() as asking:
        assert [tuple(row) for row in asking.rx.all(ROWS)] == rows
        after = {name: " ".join(sql.lower().replace('"', "").split()) for name, sql in asking.rx.all(INDEXES)}
    assert after == {name: " ".join(sql.lower().replace('"', "").split()) for name, sql in indexes}


def test_every_index_of_the_tables_is_in_a_new_file(desk_of: Make) -> None:
    desk = desk_of(NAIR)
    declared = {index.name for table in LaptopTable.metadata.sorted_tables for index in table.indexes}
    assert declared <= {name for name, _ in _read(desk, INDEXES)}
    assert schema.MIGRATIONS[-1].name in {row[0] for row in _read(desk, "SELECT name FROM migration")}
