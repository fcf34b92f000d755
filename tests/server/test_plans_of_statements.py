"""What SQLite does for statements that meet a year of work: a page of a feed must not read all the later ones."""

from __future__ import annotations

import re
import sqlite3

import orjson
import pytest
from sqlalchemy import create_engine
from sqlalchemy.dialects import sqlite

from fieldapp.server import facts
from fieldapp.server.database import RowsIn
from fieldapp.server.desk import flagged_select
from fieldapp.server.tables import metadata


def plan_of(rows: RowsIn) -> list[str]:
    return plan(str(rows._sqlite.compile(dialect=sqlite.dialect(paramstyle="named"))))


def plan(text: str) -> list[str]:
    engine = create_engine("sqlite://")
    metadata.create_all(engine)
    named = {name: orjson.dumps(["a"]).decode() for name in re.findall(r"[( ]:(\w+)", text)}
    raw = engine.raw_connection()
    try:
        connection = raw.driver_connection
        assert isinstance(connection, sqlite3.Connection)
        return [str(row[3]) for row in connection.execute("EXPLAIN QUERY PLAN " + text, named)]
    finally:
        raw.close()
        engine.dispose()


def test_what_has_flags_is_found_among_them_and_not_among_a_year_of_feeds() -> None:
    chosen = flagged_select(["north", "south"], 10**12)
    text = str(chosen.compile(dialect=sqlite.dialect(), compile_kwargs={"literal_binds": True}))
    steps = plan(text)
    assert any("entry_flagged" in step for step in steps), steps
    assert not [step for step in steps if step.startswith("SCAN")], steps


def test_whether_a_row_stands_is_found_by_the_leavings_of_its_client_alone() -> None:
    plan = plan_of(facts._LIVE)
    assert any("feed_row_client (feed=? AND client=? AND op=?)" in step for step in plan), plan


@pytest.mark.parametrize("rows", [facts._LIVE, facts._ENTRIES, facts._RECORDS])
def test_no_table_is_read_from_end_to_end(rows: RowsIn) -> None:
    assert not [step for step in plan_of(rows) if step.startswith("SCAN") and "VIRTUAL" not in step]
