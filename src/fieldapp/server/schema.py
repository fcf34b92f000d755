"""At which revision a database's tables are, and whether this program may serve them; docs/migrations.md.

Nothing here imports Alembic: a server that starts asks one row. `upgrade` does the steps.
"""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path

from sqlalchemy import Column, Connection, MetaData, String, Table, insert, inspect, select, text

from fieldapp.errors import UsageFailure

from .tables import APPEND_ONLY, meta

REVISIONS = ("0001", "0002")
"""Every step of `migrations/versions`, oldest first; a name is never used twice."""
HEAD = REVISIONS[-1]
BESIDE = "0001"
"""The oldest revision whose program may serve tables at HEAD: raised only by a step that contracts."""
BESIDE_NAME = "schema_beside"
"""Where the database itself keeps it, for programs that do not know its revision."""
UNNUMBERED = ""
"""The revision of a database made before revisions were kept."""

FILE = "server.db"
"""The SQLite database in a server's folder."""

_versions = MetaData()
# As Alembic names and makes it, so that its own tool reads it too.
alembic_version = Table("alembic_version", _versions, Column("version_num", String(32), primary_key=True))
_VERSION = select(alembic_version.c.version_num)
_BESIDE = select(meta.c.value).where(meta.c.name == BESIDE_NAME)
_MAKE_VERSION = (
    "CREATE TABLE IF NOT EXISTS alembic_version (version_num VARCHAR(32) NOT NULL, "
    "CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num))"
)

NEWER = "This database was written by a newer fieldapp: update fieldapp on this computer."
OLDER_FILE = (
    "This database is of an older fieldapp: run `fieldapp server upgrade`, which keeps a copy of it, or "
    "`fieldapp serve`, which does that first."
)
OLDER_POSTGRES = (
    "This database is of an older fieldapp: back it up, then run `fieldapp server upgrade --database URL` with the "
    "role that owns its tables."
)


def revision(connection: Connection) -> str:
    """Return the revision of a database's tables; UNNUMBERED for one made before revisions were kept."""
    if not inspect(connection).has_table(alembic_version.name):
        return UNNUMBERED
    return str(connection.execute(_VERSION).scalar_one_or_none() or UNNUMBERED)


def check(connection: Connection) -> None:
    """Refuse tables that this program may not serve; raises UsageFailure.

    Newer ones are served as long as they say that a program of this age may: two versions run beside each other
    while a fleet of servers is updated.
    """
    found = revision(connection)
    if found == HEAD:
        return
    if not is_known(found):
        need_beside(connection)
        return
    raise UsageFailure(OLDER_FILE if connection.dialect.name == "sqlite" else OLDER_POSTGRES)


def is_behind(folder: Path) -> bool:
    """Tell whether the SQLite database of a folder is of an older program; false for what `Server` refuses anyway."""
    path = folder / FILE
    if not path.exists():
        return False
    try:
        with contextlib.closing(
            sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=60)
        ) as file:
            names = {name for (name,) in file.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
            found = (
                file.execute("SELECT version_num FROM alembic_version").fetchone()
                if alembic_version.name in names
                else None
            )
    except sqlite3.Error:
        return False
    return meta.name in names and (found is None or (found[0] != HEAD and found[0] in REVISIONS))


def need_beside(connection: Connection) -> None:
    """Refuse newer tables that do not say that a program of this age may serve them; raises UsageFailure."""
    if connection.execute(_BESIDE).scalar_one_or_none() not in REVISIONS:
        raise UsageFailure(NEWER)


def is_known(found: str) -> bool:
    """Tell whether a revision is one of this program's, or older than all of them."""
    return found == UNNUMBERED or found in REVISIONS


def stamp(tx: Connection, at: str) -> None:
    """Write down at which revision the tables are."""
    tx.exec_driver_sql(_MAKE_VERSION)
    tx.execute(alembic_version.delete())
    tx.execute(insert(alembic_version), [{"version_num": at}])


def state_beside(tx: Connection) -> None:
    """Write down how old a program may be that serves these tables."""
    tx.execute(meta.delete().where(meta.c.name == BESIDE_NAME))
    tx.execute(insert(meta), [{"name": BESIDE_NAME, "value": BESIDE}])


def guard(tx: Connection) -> list[str]:
    """Make the append-only triggers that are missing; return the tables that lacked any.

    A rebuild of a table, which is how SQLite alters one, takes its triggers away without a word.
    """
    is_sqlite = tx.dialect.name == "sqlite"
    asked = (
        "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        if is_sqlite
        else "SELECT tgname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid "
        "WHERE NOT tgisinternal AND tgenabled <> 'D' AND relnamespace = current_schema()::regnamespace"
    )
    there = set(tx.execute(text(asked)).scalars())
    lacking = []
    for table in APPEND_ONLY:
        missing = [sql for name, sql in _guards(table.name, is_sqlite=is_sqlite) if name not in there]
        if missing:
            lacking.append(table.name)
        if missing and not is_sqlite:
            tx.exec_driver_sql(_FUNCTION)
            tx.exec_driver_sql(f"DROP TRIGGER IF EXISTS {table.name}_append_only ON {table.name}")
        for statement in missing:
            tx.exec_driver_sql(statement)
    return lacking


_FUNCTION = (
    "CREATE OR REPLACE FUNCTION fieldapp_append_only() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION USING MESSAGE = TG_TABLE_NAME || ' is append-only'; END $$"
)


def _guards(table: str, *, is_sqlite: bool) -> list[tuple[str, str]]:
    """Return name and statement of each trigger by which a table refuses to be changed."""
    if is_sqlite:
        return [
            (
                f"{table}_no_{verb.lower()}",
                f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END",
            )
            for verb in ("UPDATE", "DELETE")
        ]
    return [
        (
            f"{table}_append_only",
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION fieldapp_append_only()",
        )
    ]
