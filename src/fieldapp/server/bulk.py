"""Many new rows of one table in one statement, made once: what every pushed batch is written with.

SQLAlchemy compiles a statement's parameters row by row, which cost more than SQLite's own work; PostgreSQL takes
the columns as arrays and is asked once instead of once per row.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql

_COUNTED = {"preserve_rowcount": True}


def insert_new(tx: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> int:
    """Insert rows whose key is not there yet; return how many were inserted.

    Args:
        rows: each with the same columns, those of the first; the others stay null.
    """
    return _insert(tx, table, rows, known_pass=True)


def insert(tx: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows; raises IntegrityError when the key of one is there already."""
    _insert(tx, table, rows, known_pass=False)


def _insert(tx: Connection, table: Table, rows: Sequence[Mapping[str, Any]], *, known_pass: bool) -> int:
    if not rows:
        return 0
    names = tuple(rows[0])
    if tx.dialect.name == "sqlite":
        statement = _for_sqlite(table, names, known_pass)
        values: Any = [tuple(row[name] for name in names) for row in rows]
    else:
        statement = _for_postgresql(table, names, known_pass)
        values = tuple([row[name] for row in rows] for name in names)
    done = tx.exec_driver_sql(statement, values, execution_options=_COUNTED)
    return int(done.rowcount)


@lru_cache(maxsize=64)
def _for_sqlite(table: Table, names: tuple[str, ...], known_pass: bool) -> str:
    marks = ", ".join("?" * len(names))
    passing = " ON CONFLICT DO NOTHING" if known_pass else ""
    return f"INSERT INTO {table.name} ({_listed(names)}) VALUES ({marks}){passing}"  # noqa: S608 - our own names


@lru_cache(maxsize=64)
def _for_postgresql(table: Table, names: tuple[str, ...], known_pass: bool) -> str:
    words = postgresql.dialect()  # type: ignore[no-untyped-call]
    marks = ", ".join(f"%b::{table.c[name].type.compile(dialect=words)}[]" for name in names)
    passing = " ON CONFLICT DO NOTHING" if known_pass else ""
    return f"INSERT INTO {table.name} ({_listed(names)}) SELECT * FROM unnest({marks}){passing}"  # noqa: S608 - our own names


def _listed(names: tuple[str, ...]) -> str:
    return ", ".join(f'"{name}"' for name in names)
