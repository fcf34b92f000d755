"""Making the tables, and bringing an older file up to date: named steps, each in one transaction."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import orjson
from sqlalchemy.dialects import sqlite
from sqlalchemy.schema import CreateIndex, CreateTable

from fieldapp.errors import UsageFailure
from fieldapp.records.fold import View
from fieldapp.records.kinds.contact import NO_NOTE
from fieldapp.records.kinds.note import NO_GOAL

from .connection import Connection
from .projection import waits_of
from .tables import LaptopTable

_SEARCH = (
    # Contentless: the text stands in the view already, and notes would be kept twice.
    "CREATE VIRTUAL TABLE search USING fts5(text, content='', contentless_delete=1, "
    "tokenize='unicode61 remove_diacritics 2')",
    # Pages of 4096 bytes hold 16 bytes of IV and 64 of HMAC; FTS5's default leaves most of them empty.
    "INSERT INTO search(search, rank) VALUES('pgsz', 3960)",
)


@dataclass(frozen=True, slots=True)
class Migration:
    """One step; the list is append-only and a name is never used twice."""

    name: str
    apply: Callable[[Connection], None]


def _nothing(_: Connection) -> None:
    """The first release's tables are made by `create`."""


def _review(connection: Connection) -> None:
    """What a supervisor's queue looks through on a laptop with a year of contacts."""
    connection.run("CREATE INDEX view_last ON view (kind, last_ms, when_ms, in_error)")
    connection.run(
        "CREATE INDEX view_contact ON view (when_ms, client, record) WHERE kind = 'contact' AND in_error = 0"
    )
    connection.run("CREATE INDEX fact_waits ON fact (name) WHERE name = 'waits'")
    found = connection.rows(
        "SELECT client, label, data FROM view WHERE status IN ('pending', 'returned')"
        " OR (kind IN ('risk', 'episode') AND instr(data, '\"pending\"'))"
    )
    connection.run_many(
        "INSERT INTO fact(record, client, name, at_ms, staff, minutes, value, extra) VALUES (?,?,?,?,?,?,?,?)",
        [
            (view.id, client, one.name, one.at_ms, one.staff, one.minutes, one.value, one.extra)
            for client, label, data in found
            for view in [View.from_data(orjson.loads(data))]
            for one in waits_of(view, label)
        ],
    )


def _metrics(connection: Connection) -> None:
    """Facts of contacts that want no note, and of notes without a goal, as storing leaves them now."""
    said = "json_extract(CAST(data AS TEXT), '$.fields.{}')"
    connection.run(
        f"UPDATE fact SET extra = CASE length(extra) - length(replace(extra, '|', '')) WHEN 2 THEN extra || '||' ELSE extra || '|' END"  # noqa: S608
        f" || '{NO_NOTE}' WHERE name = 'contact' AND extra NOT LIKE '%|{NO_NOTE}' AND record IN"
        f" (SELECT record FROM view WHERE kind = 'contact' AND {said.format('note_required[0][0]')} = 0)"
    )
    connection.run(
        f"UPDATE fact SET extra = '{NO_GOAL}' WHERE name = 'note' AND record IN (SELECT record FROM view WHERE kind = 'note'"  # noqa: S608
        " AND COALESCE(json_array_length(CAST(data AS TEXT), '$.fields.doc[0][0].goals'), 0) = 0"
        f" AND trim(COALESCE({said.format('doc[0][0].no_goal_reason')}, '')) = '')"
    )


MIGRATIONS: tuple[Migration, ...] = (
    Migration("0001_first_release", _nothing),
    Migration("0002_review", _review),
    Migration("0003_metrics", _metrics),
)


def create(connection: Connection) -> None:
    """Make every table in an empty file and note all migrations as done."""
    words = sqlite.dialect()
    for table in LaptopTable.metadata.sorted_tables:
        connection.run(str(CreateTable(table).compile(dialect=words)))
        for index in sorted(table.indexes, key=lambda index: str(index.name)):
            connection.run(str(CreateIndex(index).compile(dialect=words)))
    for statement in _SEARCH:
        connection.run(statement)
    for migration in MIGRATIONS:
        _note(connection, migration)


def pending(connection: Connection, migrations: tuple[Migration, ...] = MIGRATIONS) -> list[Migration]:
    """Return the steps that this file still needs; raises UsageFailure for a file of a newer fieldapp."""
    done = {name for (name,) in connection.each("SELECT name FROM migration")}
    if done - {migration.name for migration in migrations}:
        raise UsageFailure("This data was written by a newer fieldapp: update fieldapp on this laptop.")
    return [migration for migration in migrations if migration.name not in done]


def apply(connection: Connection, migration: Migration) -> None:
    """Run one step and its record; the caller holds the transaction."""
    migration.apply(connection)
    _note(connection, migration)


def _note(connection: Connection, migration: Migration) -> None:
    connection.run("INSERT INTO migration(name) VALUES (?)", (migration.name,))
