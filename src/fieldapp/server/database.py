"""The one place where SQLite and PostgreSQL differ: transactions, conflicts, triggers, retries."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote

import orjson
from sqlalchemy import (
    Column,
    Connection,
    Engine,
    Executable,
    Row,
    Select,
    String,
    Table,
    any_,
    bindparam,
    create_engine,
    event,
    func,
    inspect,
)
from sqlalchemy import select as core_select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, OperationalError

from fieldapp.errors import UsageFailure

from . import schema
from .tables import metadata

T = TypeVar("T")
FILE = schema.FILE
NOT_REACHED = "PostgreSQL was not reached: check the URL and that it runs."
_WRITE = "fieldapp_write"
_TRIES = 6
FROZEN_MS = 30_000
"""After so long PostgreSQL gives up a write transaction that says nothing.

A server whose computer goes away without a word would keep the locks of its feeds until TCP notices, in hours.
"""
_RETRY_PG = frozenset({"40001", "40P01", "55P03"})


class TryAgain(Exception):
    """Something changed beside this transaction; roll back and do it once more."""


class Database:
    """Connections to the server's database; SQLite in a file, or PostgreSQL by URL."""

    def __init__(self, url: str) -> None:
        """Take an SQLAlchemy URL: `sqlite:///…`, `read_only(…)` or `postgresql+psycopg://…`."""
        parsed = make_url(url)
        self._turn = threading.Lock()
        self.is_sqlite = parsed.get_backend_name() == "sqlite"
        if self.is_sqlite:
            self.engine = create_engine(
                parsed, hide_parameters=True, pool_size=8, max_overflow=8,
                connect_args={"check_same_thread": False, "timeout": 60},
            )  # fmt: skip
            _prepare_sqlite(self.engine, read_only="immutable" in parsed.query)
        elif parsed.get_backend_name() == "postgresql":
            self.engine = create_engine(
                parsed.set(drivername="postgresql+psycopg"), hide_parameters=True, pool_size=8,
                max_overflow=8, pool_pre_ping=True,
            )  # fmt: skip
        else:
            raise UsageFailure("Give a sqlite:// or postgresql:// database.")

    @classmethod
    def in_folder(cls, folder: Path) -> Database:
        """Return the SQLite database of a server's folder."""
        return cls(f"sqlite:///{folder / FILE}")

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()

    def is_away(self, problem: DBAPIError) -> bool:
        """Tell whether a failure says nothing of what the database holds, only that it cannot be asked now."""
        return not self.is_sqlite and isinstance(problem, OperationalError)

    def create(self) -> None:
        """Make today's tables and append-only triggers in an empty database; raises UsageFailure for another one."""
        with self.writing() as tx:
            if inspect(tx).has_table("meta") and schema.revision(tx) != schema.HEAD:
                raise UsageFailure("This database already holds an organisation; give an empty one.")
            metadata.create_all(tx)
            schema.guard(tx)
            schema.stamp(tx, schema.HEAD)
            schema.state_beside(tx)

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Run one write transaction; SQLite takes its write lock at once.

        Threads wait for SQLite's lock in a queue of this process: SQLite itself looks again only now and then, and at
        fifty laptops the lock stood idle for more than half of the time.
        """
        with self._turn if self.is_sqlite else nullcontext(), self.engine.connect() as conn:
            conn = conn.execution_options(**{_WRITE: True})
            with conn.begin():
                if not self.is_sqlite:
                    conn.exec_driver_sql(f"SET LOCAL idle_in_transaction_session_timeout = {FROZEN_MS}")
                yield conn

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Run reads in one snapshot."""
        with self.engine.connect() as conn:
            if not self.is_sqlite:
                conn = conn.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
            with conn.begin():
                yield conn

    def run(self, work: Callable[[Connection], T]) -> T:
        """Return what `work` returns from one write transaction, repeated when others were in the way.

        Raises DBAPIError when the connection is lost during COMMIT: whether it was stored is unknown then, and
        work that is done twice would find its own traces.
        """
        for attempt in range(_TRIES):
            worked = False
            try:
                with self.writing() as tx:
                    done = work(tx)
                    worked = True
                return done
            except TryAgain:
                if attempt == _TRIES - 1:
                    raise
            except DBAPIError as problem:
                unknown = worked and problem.connection_invalidated
                if attempt == _TRIES - 1 or unknown or not _may_retry(problem):
                    raise
        raise AssertionError("unreachable")

    def add_new(self, tx: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> int:
        """Insert rows whose key is not there yet; return how many were inserted."""
        if not rows:
            return 0
        insert = sqlite.insert if self.is_sqlite else postgresql.insert
        statement = insert(table).on_conflict_do_nothing()
        result = tx.execute(statement, list(rows), execution_options={"preserve_rowcount": True})
        return int(result.rowcount)

    def put(self, tx: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
        """Insert rows or replace those with the same key."""
        if not rows:
            return
        keys = [column.name for column in table.primary_key.columns]
        insert = sqlite.insert if self.is_sqlite else postgresql.insert
        statement = insert(table)
        changed = {name: statement.excluded[name] for name in rows[0] if name not in keys}
        tx.execute(statement.on_conflict_do_update(index_elements=keys, set_=changed), list(rows))


def all_rows(conn: Connection, statement: Executable, **more: Any) -> list[Row[Any]]:
    """Return the rows of a select; `more` are its parameters."""
    return list(conn.execute(statement, more).all())


class RowsIn:
    """A select of the rows whose text column is one of some values; made once, because making it costs most.

    The values are one parameter: a parameter each would cost ten times as much, and SQLite has a limit.
    """

    def __init__(self, chosen: Select[Any], column: Column[Any]) -> None:
        listed = func.json_each(bindparam("listed", type_=String)).table_valued("value")
        self._sqlite = chosen.where(column.in_(core_select(listed.c.value)))
        self._postgresql = chosen.where(column == any_(bindparam("listed", type_=postgresql.ARRAY(String))))

    def __call__(self, conn: Connection, values: Iterable[Any], **more: Any) -> list[Row[Any]]:
        """Return the rows; `more` are the select's other parameters."""
        chosen = sorted(set(values))
        if not chosen:
            return []
        if conn.dialect.name == "sqlite":
            more["listed"] = orjson.dumps(chosen).decode()
            return list(conn.execute(self._sqlite, more).all())
        return list(conn.execute(self._postgresql, {**more, "listed": chosen}).all())


def _may_retry(problem: DBAPIError) -> bool:
    """Tell whether a failed transaction may simply be run again."""
    if isinstance(problem.orig, sqlite3.OperationalError):
        return "locked" in str(problem.orig)
    if problem.connection_invalidated and isinstance(problem, OperationalError):
        return True
    return getattr(problem.orig, "sqlstate", None) in _RETRY_PG


def read_only(path: Path) -> str:
    """Return the URL under which a SQLite file that nobody writes is opened without changing a byte."""
    return f"sqlite:///file:{quote(str(path.absolute()))}?mode=ro&immutable=1&uri=true"


def _prepare_sqlite(engine: Engine, *, read_only: bool) -> None:
    journal = () if read_only else ("journal_mode=WAL",)

    @event.listens_for(engine, "connect")
    def connected(connection: sqlite3.Connection, _: object) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in (
            *journal, "synchronous=FULL", "fullfsync=ON", "checkpoint_fullfsync=ON",
            "temp_store=MEMORY", "cache_size=-16000", "secure_delete=ON", "trusted_schema=OFF",
            "cell_size_check=ON", "recursive_triggers=ON",
        ):  # fmt: skip
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begun(conn: Connection) -> None:
        write = conn.get_execution_options().get(_WRITE)
        conn.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")
