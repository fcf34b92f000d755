"""PostgreSQL's own tools for a copy, and databases beside the one that serves.

The connection goes to the tools by environment, so that no password is ever on a command line.
"""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, create_engine, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from fieldapp.errors import AlreadyRunning, DataDamaged, DiskFailure, FieldappError, NotReached, UsageFailure

from .database import NOT_REACHED

_QUERY = {
    "host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "password": "PGPASSWORD", "dbname": "PGDATABASE",
    "sslmode": "PGSSLMODE", "sslrootcert": "PGSSLROOTCERT", "sslcert": "PGSSLCERT", "sslkey": "PGSSLKEY",
    "passfile": "PGPASSFILE", "service": "PGSERVICE", "options": "PGOPTIONS",
    "connect_timeout": "PGCONNECT_TIMEOUT", "target_session_attrs": "PGTARGETSESSIONATTRS",
}  # fmt: skip
_NO_RIGHT, _IN_USE, _NO_SUCH, _FULL, _WRONG_WHO = "42501", "55006", "3D000", "53100", "28"


def environment(url: str) -> dict[str, str]:
    """Return this process's environment with the connection of a URL in it."""
    parsed = make_url(url)
    named: dict[str, str] = {}
    for name, value in parsed.query.items():
        if name in _QUERY:
            named[_QUERY[name]] = value if isinstance(value, str) else ",".join(value)
    given = {
        "PGHOST": parsed.host, "PGPORT": parsed.port, "PGUSER": parsed.username, "PGPASSWORD": parsed.password,
        "PGDATABASE": parsed.database,
    }  # fmt: skip
    named |= {name: str(value) for name, value in given.items() if value}
    return {**os.environ, **named, "LC_ALL": "C"}


def dump(url: str, target: Path, snapshot: str) -> None:
    """Write one snapshot of a database into a file that is there already; raises FieldappError."""
    _run("pg_dump", url, ["--format=custom", "--no-password", f"--snapshot={snapshot}", f"--file={target}"])
    _run("pg_restore", url, ["--list", str(target)])


def load(url: str, source: Path, *, grants: bool) -> None:
    """Fill an empty database from a copy; raises FieldappError.

    Args:
        grants: whether the rights of the role that serves are given too; the role must exist then.
    """
    words = ["--no-owner", "--exit-on-error", "--single-transaction", "--no-password"]
    words += [] if grants else ["--no-privileges"]
    _run("pg_restore", url, [*words, f"--dbname={make_url(url).database}", str(source)])


def _run(tool: str, url: str, arguments: Sequence[str]) -> None:
    found = shutil.which(tool)
    if found is None:
        raise UsageFailure(f"{tool} is not installed: install PostgreSQL's client tools and run this again.")
    done = subprocess.run(  # noqa: S603
        [found, *arguments], env=environment(url), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE, check=False,
    )  # fmt: skip
    if done.returncode:
        # What the tool says may quote rows, so it is read and not shown.
        raise _told(tool, done.stderr.decode("utf-8", "replace"))


def _told(tool: str, said: str) -> FieldappError:
    if "version mismatch" in said or "unsupported version" in said:
        return UsageFailure(
            f"{tool} is older than the PostgreSQL server: install the client tools of the server's version."
        )
    if "No space left" in said or "could not write" in said:
        return DiskFailure("There is no room for the copy: make room and run this again.")
    if "connection to server" in said:
        return NotReached(f"{tool} did not reach PostgreSQL: check the URL and that the server runs.")
    if 'role "' in said and "does not exist" in said:
        return UsageFailure(
            "The role that serves does not exist in this PostgreSQL: make it first, then run this again."
        )
    if tool == "pg_restore":
        return DataDamaged("The backup cannot be read by pg_restore; nothing was touched. Take another one.")
    return UsageFailure(
        "pg_dump could not copy the database: give --database with a role that reads every table."
    )


class Cluster:
    """The databases beside the one of a URL."""

    def __init__(self, url: str) -> None:
        """Take the URL of the database that serves."""
        self.url = make_url(url).set(drivername="postgresql+psycopg")
        self.name = str(self.url.database or self.url.username or "postgres")

    @contextmanager
    def _connected(self) -> Iterator[Connection]:
        engine = create_engine(
            self.url.set(database="postgres"), isolation_level="AUTOCOMMIT", poolclass=NullPool,
            hide_parameters=True,
        )  # fmt: skip
        try:
            with engine.connect() as connection:
                yield connection
        except DBAPIError as problem:
            told = _refused(problem)
            if told is None:
                raise
            raise told from None
        finally:
            engine.dispose()

    def url_of(self, name: str) -> str:
        """Return how another database is reached."""
        return self.url.set(database=name).render_as_string(hide_password=False)

    def in_use(self) -> bool:
        """Tell whether somebody is connected to the database that serves."""
        with self._connected() as connection:
            asked = text("SELECT count(*) FROM pg_stat_activity WHERE datname = :name")
            return bool(connection.execute(asked, {"name": self.name}).scalar_one())

    def exists(self) -> bool:
        """Tell whether the database that serves is there."""
        with self._connected() as connection:
            asked = text("SELECT count(*) FROM pg_database WHERE datname = :name")
            return bool(connection.execute(asked, {"name": self.name}).scalar_one())

    @contextmanager
    def scratch(self) -> Iterator[str]:
        """Make an empty database for a while and give its name; it is dropped unless it was renamed."""
        name = f"fieldapp_restoring_{secrets.token_hex(6)}"
        with self._connected() as connection:
            connection.exec_driver_sql(f"CREATE DATABASE {_quoted(self.url, name)} TEMPLATE template0")
        try:
            yield name
        finally:
            with self._connected() as connection:
                connection.exec_driver_sql(f"DROP DATABASE IF EXISTS {_quoted(self.url, name)}")

    def swap(self, name: str, aside: str) -> None:
        """Put a database in the place of the one that serves, which keeps its data under another name."""
        with self._connected() as connection:
            kept = self.exists()
            if kept:
                connection.exec_driver_sql(self._rename(self.name, aside))
            try:
                connection.exec_driver_sql(self._rename(name, self.name))
            except DBAPIError:
                if kept:
                    connection.exec_driver_sql(self._rename(aside, self.name))
                raise

    def _rename(self, old: str, new: str) -> str:
        return f"ALTER DATABASE {_quoted(self.url, old)} RENAME TO {_quoted(self.url, new)}"


def _quoted(url: URL, name: str) -> str:
    return url.get_dialect()().identifier_preparer.quote_identifier(name)


def _refused(problem: DBAPIError) -> FieldappError | None:
    code = getattr(problem.orig, "sqlstate", None)
    if code == _NO_RIGHT:
        return UsageFailure(
            "This database role may not make or rename databases: give --database with the owner's role, which "
            "needs CREATEDB."
        )
    if code == _IN_USE:
        return AlreadyRunning("A server or another program uses this database: stop it first, then restore.")
    if code is not None and code.startswith(_WRONG_WHO):
        return UsageFailure("PostgreSQL did not accept the role or its password: check the URL.")
    if code == _FULL:
        return DiskFailure("PostgreSQL has no room for the copy: make room and run this again.")
    if code == _NO_SUCH or code is None:
        return NotReached(NOT_REACHED)
    return None
