"""Databases as the first release left them, and what a database's catalogue says of its tables."""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path

from sqlalchemy import Connection, insert, select, text

from fieldapp.server import schema
from fieldapp.server.database import FILE, Database
from fieldapp.server.migrations import first

DATA = Path(__file__).parents[1] / "data"


def first_release(database: Database) -> None:
    """Make the first release's tables in an empty database, from the statements that it ran."""
    name = "sqlite" if database.is_sqlite else "postgresql"
    script = (DATA / f"server-first.{name}.sql").read_text("utf-8")
    if database.is_sqlite:
        with contextlib.closing(sqlite3.connect(str(database.engine.url.database))) as file:
            file.executescript(script)
        return
    with database.writing() as tx:
        tx.exec_driver_sql(script)


def as_first_release(source: Database, target: Database) -> dict[str, int]:
    """Write all rows of a database into an empty one of the first release; return how many each table has."""
    first_release(target)
    counts = {}
    with source.reading() as rx, target.writing() as tx:
        for table in first.metadata.sorted_tables:
            rows = [dict(row) for row in rx.execute(select(table)).mappings()]
            rows = [row for row in rows if row.get("name") != schema.BESIDE_NAME]
            counts[table.name] = len(rows)
            if rows:
                tx.execute(insert(table), rows)
    return counts


def counted(database: Database) -> dict[str, int]:
    """Return how many rows each table of the first release has, without what upgrades write themselves."""
    with database.reading() as rx:
        return {
            table.name: sum(row[0] != schema.BESIDE_NAME for row in rx.execute(select(table)))
            for table in first.metadata.sorted_tables
        }


def aged(folder: Path) -> dict[str, int]:
    """Turn the SQLite database of a folder whose server is closed into one of the first release."""
    live, older = folder / FILE, folder / "older.db"
    with (
        contextlib.closing(Database.in_folder(folder)) as source,
        contextlib.closing(Database(f"sqlite:///{older}")) as target,
    ):
        counts = as_first_release(source, target)
    for ending in ("", "-wal", "-shm"):
        live.with_name(live.name + ending).unlink(missing_ok=True)
    older.rename(live)
    return counts


def catalogue(rx: Connection) -> set[tuple[str, ...]]:
    """Return everything that a database says of its tables: columns, keys, indexes, triggers."""
    if rx.dialect.name == "sqlite":
        rows = rx.execute(text("SELECT type, name, coalesce(sql, '') FROM sqlite_master"))
        return {(kind, name, " ".join(sql.split())) for kind, name, sql in rows if "alembic" not in name}
    found: set[tuple[str, ...]] = set()
    for asked in (
        "SELECT table_name, column_name, ordinal_position, data_type, is_nullable, "
        "coalesce(character_maximum_length, 0), coalesce(column_default, '') "
        "FROM information_schema.columns WHERE table_schema = current_schema()",
        "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = current_schema()",
        "SELECT conrelid::regclass, conname, pg_get_constraintdef(oid) FROM pg_constraint "
        "WHERE connamespace = current_schema()::regnamespace AND contype <> 'n'",
        "SELECT tgrelid::regclass, tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal",
        "SELECT 'function', proname, prosrc FROM pg_proc WHERE pronamespace = current_schema()::regnamespace",
    ):
        found |= {tuple(map(str, row)) for row in rx.execute(text(asked))}
    return found
