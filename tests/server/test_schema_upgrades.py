"""An older server's database becomes today's: wholly or not at all, with every row, and never by a program too old."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import insert, select
from sqlalchemy.exc import DatabaseError

from fieldapp.errors import AlreadyRunning, DataDamaged, UsageFailure
from fieldapp.server import backup, pg, restore, schema, upgrade
from fieldapp.server.database import FILE, Database
from fieldapp.server.org import init_org
from fieldapp.server.proof import verify
from fieldapp.server.service import Server
from fieldapp.server.tables import APPEND_ONLY, entry, meta, metadata
from tests.server.conftest import Databases
from tests.server.old_server import aged, as_first_release, catalogue, counted, first_release
from tests.server.server_world import CHEAP, POLICY, World

on_sqlite = pytest.mark.parametrize("backend", ["sqlite"])
on_postgres = pytest.mark.parametrize("backend", [pytest.param("postgres", marks=pytest.mark.postgres)])


@dataclass
class Old:
    """A server's folder whose database the first release wrote."""

    world: World
    folder: Path
    url: str | None
    counts: dict[str, int]

    def open(self) -> Server:
        """Open it with this program."""
        return Server(self.folder, database=self.url, now_ms=self.world.clock, authorities=("server.test",))

    def database(self) -> Database:
        """Return its database, whatever its age."""
        return Database.in_folder(self.folder) if self.url is None else Database(self.url)


@pytest.fixture
def old(world: World, backend: str, request: pytest.FixtureRequest) -> Iterator[Old]:
    """An organisation with some work, as the first release stored it."""
    mira = world.laptop("mira")
    client = mira.client("Doe, Jo")
    assert set(mira.push(client, *(mira.note(client.envelope.id) for _ in range(5)))) == {"accepted"}
    world.laptop("una").push(mira.contact(client.envelope.id))
    folder = world.server.folder
    if backend == "sqlite":
        world.server.close()
        yield Old(world, folder, None, aged(folder))
        return
    databases: Databases = request.getfixturevalue("databases")
    name = databases.make()
    with contextlib.closing(Database(databases.url(name))) as target:
        counts = as_first_release(world.server.database, target)
    world.server.close()
    yield Old(world, folder, databases.url(name), counts)
    databases.drop(name)


def _empty(tmp_path: Path, database: str | None, name: str) -> Database:
    return Database(f"sqlite:///{tmp_path / name}") if database is None else Database(database)


def _cleared(database: Database) -> None:
    """Empty a PostgreSQL database for the next way to make its tables."""
    if not database.is_sqlite:
        with database.writing() as tx:
            tx.exec_driver_sql("DROP SCHEMA public CASCADE")
            tx.exec_driver_sql("CREATE SCHEMA public")


def test_every_way_to_todays_tables_ends_at_the_same_tables(tmp_path: Path, database: str | None) -> None:
    made: dict[str, set[tuple[str, ...]]] = {}
    for way in ("created", "all steps", "first release"):
        with contextlib.closing(_empty(tmp_path, database, f"{way}.db")) as db:
            _cleared(db)
            if way == "created":
                db.create()
            elif way == "all steps":
                with db.writing() as tx:
                    upgrade.run_steps(tx)
            else:
                first_release(db)
                upgrade.bring_up(db)
            with db.reading() as rx:
                assert compare_metadata(MigrationContext.configure(rx), metadata) == []
                assert schema.revision(rx) == schema.HEAD
                made[way] = catalogue(rx)
    assert made["created"] == made["all steps"] == made["first release"]
    assert sum("append-only" in str(row) or "append_only" in str(row) for row in made["created"]) >= 4


def test_the_program_knows_every_step_in_its_order() -> None:
    config = Config()
    config.set_main_option("script_location", upgrade.PLACE)
    steps = list(ScriptDirectory.from_config(config).walk_revisions())
    assert tuple(reversed([step.revision for step in steps])) == schema.REVISIONS
    assert schema.BESIDE in schema.REVISIONS
    assert all(step.doc and not step.branch_labels for step in steps)


def test_an_upgrade_keeps_every_row_and_everything_verifies(old: Old) -> None:
    done = upgrade.upgrade(old.folder, database=old.url, now_ms=old.world.clock)
    assert (done.before, done.after) == (schema.UNNUMBERED, schema.HEAD)
    with contextlib.closing(old.database()) as database:
        assert counted(database) == old.counts
        assert old.counts["entry"] > 15
        for table in (one for one in APPEND_ONLY if old.counts[one.name]):
            column = next(iter(table.c)).name
            for statement in (f"DELETE FROM {table.name}", f"UPDATE {table.name} SET {column} = {column}"):
                with pytest.raises(DatabaseError, match="append-only"), database.writing() as tx:
                    tx.exec_driver_sql(statement)
    assert verify(old.folder, database=old.url).problems == []
    again = upgrade.upgrade(old.folder, database=old.url)
    assert (again.before, again.after, again.copy) == (schema.HEAD, schema.HEAD, None)


def test_laptops_go_on_after_an_upgrade_as_if_nothing_was(old: Old) -> None:
    upgrade.upgrade(old.folder, database=old.url, now_ms=old.world.clock)
    mira = old.world.laptops[0]
    with old.open() as server:
        old.world.server = server
        mira.pull()
        client = next(e for e in mira.entries.values() if e.envelope.kind == "client")
        assert mira.push(mira.contact(client.envelope.id)) == ["accepted"]
    assert verify(old.folder, database=old.url).ok


def test_an_older_database_is_refused_with_what_to_run(old: Old) -> None:
    with pytest.raises(UsageFailure, match="run `fieldapp server upgrade") as refused:
        old.open()
    assert ("owns its tables" in refused.value.sentence) == (old.url is not None)


def test_a_newer_database_is_refused_unless_it_says_that_this_program_may_go_on(world: World) -> None:
    mira = world.laptop("mira")
    with world.owning() as tx:
        schema.stamp(tx, "0999")
        tx.exec_driver_sql("ALTER TABLE device ADD COLUMN added VARCHAR(20)")
        tx.exec_driver_sql("CREATE TABLE later (id INTEGER PRIMARY KEY)")
    url = (
        None
        if world.server.database.is_sqlite
        else world.server.database.engine.url.render_as_string(hide_password=False)
    )
    with Server(world.server.folder, database=url, now_ms=world.clock) as beside:
        assert beside.ready()["ok"]
    assert mira.push(mira.client()) == ["accepted"], "the one that runs goes on"
    assert upgrade_outcome(world.server.folder, url) == ("0999", "0999")
    with world.owning() as tx:
        tx.execute(meta.update().where(meta.c.name == schema.BESIDE_NAME).values(value="0998"))
    world.server.close()
    with pytest.raises(UsageFailure, match="newer fieldapp: update"):
        Server(world.server.folder, database=url)
    with pytest.raises(UsageFailure, match="newer fieldapp: update"):
        upgrade.upgrade(world.server.folder, database=url)


def upgrade_outcome(folder: Path, url: str | None) -> tuple[str, str]:
    """Upgrade past the hold of a server that runs."""
    with contextlib.closing(Database.in_folder(folder) if url is None else Database(url)) as database:
        return upgrade.bring_up(database)


def test_tables_that_are_nobody_s_are_left_alone(old: Old) -> None:
    with contextlib.closing(old.database()) as database:
        with database.writing() as tx:
            tx.exec_driver_sql("ALTER TABLE home ADD COLUMN strange INTEGER")
        with pytest.raises(DataDamaged, match="not those that fieldapp made"):
            upgrade.bring_up(database)
        with database.reading() as rx:
            assert schema.revision(rx) == schema.UNNUMBERED


def test_triggers_that_were_lost_are_made_again(old: Old) -> None:
    with contextlib.closing(old.database()) as database:
        with database.writing() as tx:
            where = " ON entry" if old.url else ""
            tx.exec_driver_sql(f"DROP TRIGGER {'entry_append_only' if old.url else 'entry_no_update'}{where}")
        upgrade.bring_up(database)
        with pytest.raises(DatabaseError, match="append-only"), database.writing() as tx:
            tx.exec_driver_sql("UPDATE entry SET flags = 'x'")


def test_a_killed_upgrade_leaves_the_old_tables_or_the_new(old: Old) -> None:
    words = [
        sys.executable,
        "-m",
        "tests.server.killed_upgrade",
        str(old.folder),
        *([old.url] if old.url else []),
    ]
    ran = subprocess.run(words, capture_output=True, check=True, env={**os.environ, "PYTHONDEVMODE": "0"})
    told = json.loads(ran.stdout)
    assert told["status"] == 0
    *killed, done = told["states"]
    assert len(killed) >= 5, "it was killed before each statement that writes"
    assert killed == [[schema.UNNUMBERED, False]] * len(killed)
    assert done == [schema.HEAD, True]
    with contextlib.closing(old.database()) as database:
        assert counted(database) == old.counts
    assert verify(old.folder, database=old.url).ok


@on_postgres
def test_two_upgrades_at_once_do_it_once(old: Old, backend: str) -> None:
    found: list[tuple[str, str]] = []

    def run() -> None:
        with contextlib.closing(old.database()) as database:
            found.append(upgrade.bring_up(database))

    both = [threading.Thread(target=run) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert sorted(found) == [(schema.UNNUMBERED, schema.HEAD), (schema.HEAD, schema.HEAD)]


@on_postgres
def test_an_upgrade_waits_for_nobody_for_ever(
    old: Old, backend: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upgrade, "PATIENCE_MS", 50)
    with contextlib.closing(old.database()) as one, one.writing() as tx:
        tx.execute(insert(meta), [{"name": "busy", "value": "x"}])
        tx.exec_driver_sql("LOCK TABLE entry IN ROW EXCLUSIVE MODE")
        with (
            contextlib.closing(old.database()) as other,
            pytest.raises(AlreadyRunning, match="nothing was changed"),
        ):
            upgrade.bring_up(other)
    assert upgrade_outcome(old.folder, old.url) == (schema.UNNUMBERED, schema.HEAD)


@on_sqlite
def test_the_database_as_it_was_is_kept_and_can_be_restored(old: Old, backend: str) -> None:
    done = upgrade.upgrade(old.folder, now_ms=old.world.clock)
    assert done.copy is not None
    assert done.copy.parent == old.folder / backup.FOLDER
    back = restore.restore(old.folder, done.copy, "the upgrade was wrong", now_ms=old.world.clock)
    assert back.held.entries == old.counts["entry"]
    assert verify(old.folder).ok, "a restore of an older backup brings it up to date"


@on_sqlite
def test_a_backup_of_an_older_server_passes_its_drill_and_stays_as_it_was(
    old: Old, backend: str, tmp_path: Path
) -> None:
    copy = tmp_path / "older.db"
    copy.write_bytes((old.folder / FILE).read_bytes())
    upgrade.upgrade(old.folder, now_ms=old.world.clock)
    before = copy.read_bytes()
    drill = restore.drill(old.folder, copy, now_ms=old.world.clock)
    assert (drill.problems, drill.held.entries) == ((), old.counts["entry"])
    assert copy.read_bytes() == before


@on_postgres
def test_a_dump_of_an_older_server_is_restored_into_todays_tables(
    old: Old, backend: str, databases: Databases, tmp_path: Path
) -> None:
    assert old.url is not None
    copy = tmp_path / "older.pgdump"
    with contextlib.closing(old.database()) as database, database.reading() as rx:
        snapshot = str(rx.exec_driver_sql("SELECT pg_export_snapshot()").scalar_one())
        pg.dump(old.url, copy, snapshot)
    upgrade.upgrade(old.folder, database=old.url)
    done = restore.restore(old.folder, copy, "drill", database=old.url, now_ms=old.world.clock)
    try:
        assert done.held.entries == old.counts["entry"]
        assert verify(old.folder, database=old.url).ok
    finally:
        databases.drop(done.aside)


@on_sqlite
def test_an_upgrade_keeps_out_of_the_way_of_a_server_that_runs(world: World, backend: str) -> None:
    world.server.database.close()
    aged(world.server.folder)
    with pytest.raises(AlreadyRunning, match="stop it first, then upgrade"):
        upgrade.upgrade(world.server.folder)


@on_sqlite
def test_an_upgrade_without_room_for_the_copy_changes_nothing(old: Old, backend: str) -> None:
    (old.folder / backup.FOLDER).write_bytes(b"no folder")
    with pytest.raises(Exception, match="none was kept"):
        upgrade.upgrade(old.folder)
    with contextlib.closing(old.database()) as database, database.reading() as rx:
        assert schema.revision(rx) == schema.UNNUMBERED


@on_sqlite
def test_what_serve_asks_before_it_starts(old: Old, backend: str, tmp_path: Path) -> None:
    assert not schema.is_behind(tmp_path / "nothing")
    assert schema.is_behind(old.folder)
    upgrade.upgrade(old.folder)
    assert not schema.is_behind(old.folder)
    with contextlib.closing(old.database()) as database, database.writing() as tx:
        schema.stamp(tx, "0999")
    assert not schema.is_behind(old.folder), "a newer one is refused, never upgraded"


def test_an_organisation_is_never_made_over_an_older_one(old: Old, tmp_path: Path) -> None:
    if old.url is None:
        pytest.skip("a folder with a server in it is refused before its database is looked at")
    with pytest.raises(UsageFailure, match="already holds an organisation"):
        init_org(tmp_path / "other", "Second", database=old.url, kdf=CHEAP, policy=POLICY)
    with contextlib.closing(old.database()) as database, database.reading() as rx:
        assert schema.revision(rx) == schema.UNNUMBERED
        assert len(rx.execute(select(entry.c.hash)).all()) == old.counts["entry"]
