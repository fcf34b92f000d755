"""Bringing an older server's database to today's tables: Alembic's steps in one transaction, under one lock.

Killed anywhere, the database is as before or as after: both engines take changes of tables back with the
transaction. SQLite is copied first; of PostgreSQL the administrator makes a backup.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect
from sqlalchemy.exc import DBAPIError

from fieldapp.errors import AlreadyRunning, DataDamaged, NotReached, UsageFailure

from . import backup, hold, roles, schema
from .database import FILE, NOT_REACHED, Database
from .migrations import first
from .service import wall_ms

PLACE = "fieldapp.server:migrations"
_LOCK = 0x6669656C64
"""One number that all programs of this kind take, for PostgreSQL's advisory lock."""
PATIENCE_MS = 10_000
"""How long a change of a table waits for transactions before it: behind it, everybody else waits too."""
_NO_RIGHT, _LOCKED = "42501", "55P03"
_OTHER_TABLES = "The tables in this database are not those that fieldapp made: restore a backup with `fieldapp server restore`."


@dataclass(frozen=True, slots=True)
class Upgraded:
    """What an upgrade did."""

    before: str
    """The revision that was found; empty for a database made before revisions were kept."""
    after: str
    copy: Path | None
    """The database as it was; None when nothing was to do, or with PostgreSQL."""


def upgrade(
    folder: Path, *, database: str | None = None, now_ms: Callable[[], int] = wall_ms
) -> Upgraded:  # fmt: skip
    """Bring a server's database to today's tables; of SQLite a checked copy is kept first.

    Raises AlreadyRunning, DataDamaged, DiskFailure, KeyFailure, NotReached, UsageFailure; then it is as before.
    """
    if database is not None:
        with contextlib.closing(Database(database)) as reached:
            return Upgraded(*bring_up(reached), None)
    if not (folder / FILE).exists():
        raise UsageFailure("There is no server here; make one with `fieldapp org init`.")
    alone = hold.alone(folder, "upgrade")
    try:
        with contextlib.closing(Database.in_folder(folder)) as file:
            with file.reading() as rx:
                found = _startable(rx)
            if found == schema.HEAD or not schema.is_known(found):
                return Upgraded(found, found, None)
            stamp = datetime.fromtimestamp(now_ms() / 1000, UTC).strftime("%Y-%m-%dT%H%M%SZ")
            kept = backup.keep(folder, f"before-{schema.HEAD}-{stamp}")
            return Upgraded(*bring_up(file), kept)
    finally:
        alone.release()


def bring_up(database: Database) -> tuple[str, str]:
    """Run the steps that a database lacks, in one transaction; return its revision before and after.

    A newer one beside which this program may serve is left as it is. Raises UsageFailure, DataDamaged, NotReached,
    AlreadyRunning.
    """
    try:
        with database.writing() as tx:
            if not database.is_sqlite:
                tx.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")
                tx.exec_driver_sql(f"SET LOCAL lock_timeout = {PATIENCE_MS}")
            before = _startable(tx)
            if before == schema.HEAD or not schema.is_known(before):
                return before, before
            if before == schema.UNNUMBERED:
                _need_first(tx)
                schema.stamp(tx, schema.REVISIONS[0])
            run_steps(tx)
            schema.guard(tx)
            schema.state_beside(tx)
            roles.renew(tx)
            return before, schema.HEAD
    except DBAPIError as problem:
        told = _told(database, problem)
        if told is None:
            raise
        raise told from None


def _startable(connection: Connection) -> str:
    """Return the revision of a database that holds an organisation of a known age; raises UsageFailure, DataDamaged."""
    if not inspect(connection).has_table("meta"):
        raise DataDamaged("This database holds no organisation; restore it, or run `fieldapp org init`.")
    found = schema.revision(connection)
    if not schema.is_known(found):
        schema.need_beside(connection)
    return found


def run_steps(tx: Connection) -> None:
    """Run the steps that follow a database's revision, inside a transaction that the caller holds."""
    config = Config()
    config.set_main_option("script_location", PLACE)
    script = ScriptDirectory.from_config(config)

    def steps(at: Any, _: MigrationContext) -> Any:
        return script._upgrade_revs("head", at)

    with EnvironmentContext(config, script, fn=steps, destination_rev="head") as environment:
        environment.configure(connection=tx, transactional_ddl=True)
        environment.run_migrations()


def _need_first(connection: Connection) -> None:
    """Refuse tables without a revision that are not the first release's; raises DataDamaged.

    More indexes than those are no harm: databases made lately have one that its step leaves alone.
    """
    found = compare_metadata(MigrationContext.configure(connection), first.metadata)
    other = [
        one for one in found if not isinstance(one, tuple) or one[0] not in ("remove_index", "remove_table")
    ]
    asked = inspect(connection)
    keys = [
        table.name
        for table in first.metadata.sorted_tables
        if not other
        and asked.get_pk_constraint(table.name)["constrained_columns"]
        != [column.name for column in table.primary_key.columns]
    ]
    if other or keys:
        raise DataDamaged(_OTHER_TABLES)


def _told(database: Database, problem: DBAPIError) -> Exception | None:
    state = getattr(problem.orig, "sqlstate", None)
    if state == _NO_RIGHT:
        return UsageFailure(
            "This database role may not change the tables: give --database with the role that owns them."
        )
    if state == _LOCKED:
        return AlreadyRunning(
            "Another transaction held a table for too long; nothing was changed: run this again in a quieter moment."
        )
    return NotReached(NOT_REACHED) if database.is_away(problem) else None
