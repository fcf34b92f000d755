"""Upgrades, roles and versions by command: what is said, which exit code, and what the database holds afterwards."""

from __future__ import annotations

import contextlib
import shutil
import threading
from pathlib import Path

import pytest

from fieldapp import cli
from fieldapp.commands import serve as serve_command
from fieldapp.server import schema, serve
from fieldapp.server.database import Database
from fieldapp.server.proof import verify
from tests.server.old_server import aged
from tests.server.server_world import World, made_world


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> World:
    """An organisation whose server is closed."""
    world = made_world(tmp_path_factory.mktemp("made") / "server", None)
    mira = world.laptop("mira")
    assert mira.push(mira.client()) == ["accepted"]
    world.server.close()
    return world


@pytest.fixture
def folder(made: World, tmp_path: Path) -> Path:
    """A copy of its folder."""
    shutil.copytree(made.server.folder, tmp_path / "server")
    return tmp_path / "server"


def ran(capsys: pytest.CaptureFixture[str], *words: object, code: int = 0) -> str:
    """Run a command of `server` and return what it said."""
    assert cli.outcome(["server", *map(str, words)]) == code
    shown = capsys.readouterr()
    return shown.err if code else shown.out


def test_an_older_database_is_upgraded_by_command_with_a_copy_beside_it(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    aged(folder)
    said = ran(capsys, "verify", "--folder", folder, code=2)
    assert "run `fieldapp server upgrade`" in said
    assert said.count("\n") == 1
    said = ran(capsys, "upgrade", "--folder", folder)
    assert f"are at {schema.HEAD}" in said
    (copy,) = (folder / "backups").glob("*.db")
    assert str(copy) in said
    assert "Nothing is to do" in ran(capsys, "upgrade", "--folder", folder)
    assert "Everything fits" in ran(capsys, "verify", "--folder", folder)


def test_serve_upgrades_a_database_in_its_folder_and_says_where_the_copy_is(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    aged(folder)
    served = threading.Event()
    monkeypatch.setattr(serve, "run", lambda *_, **__: served.set())
    assert cli.outcome(["serve", "--folder", str(folder)]) == 0
    assert served.is_set()
    assert str(next((folder / "backups").glob("*.db"))) in capsys.readouterr().err
    assert verify(folder).ok


def test_serve_leaves_a_newer_database_alone(folder: Path) -> None:
    with contextlib.closing(Database.in_folder(folder)) as database, database.writing() as tx:
        schema.stamp(tx, "0999")
        schema.state_beside(tx)
    serve_command._ready(folder, None)
    assert not (folder / "backups").exists()


def test_the_version_that_may_write_is_set_said_and_taken_back(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ran(capsys, "writers", "--folder", folder) == "Every version may write.\n"
    said = ran(capsys, "writers", "--folder", folder, "--from", "2.1")
    assert "Laptops from 2.1 on" in said
    assert "BELOW  mira's laptop (1), last here 2026-" in said
    assert "Laptops from 2.1 on" in ran(capsys, "writers", "--folder", folder)
    assert ran(capsys, "writers", "--folder", folder, "--any") == "Every version may write.\n"
    assert "such as 1.2.0" in ran(capsys, "writers", "--folder", folder, "--from", "new", code=2)
    assert "not both" in ran(capsys, "writers", "--folder", folder, "--from", "1", "--any", code=2)


def test_sqlite_has_no_roles(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "SQLite has no roles" in ran(capsys, "roles", "--folder", folder, "--serve", "app", code=2)
