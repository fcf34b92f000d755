"""On PostgreSQL the role that serves adds what is signed and never edits it; another role owns the tables.

The tests of this folder that run on PostgreSQL run with that role, so they show that its rights are enough.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from fieldapp.errors import UsageFailure
from fieldapp.server import admin, backup, restore, roles, schema, upgrade, writers
from fieldapp.server.database import Database
from fieldapp.server.org import init_org
from fieldapp.server.proof import verify
from fieldapp.server.tables import APPEND_ONLY, metadata
from tests.server.conftest import SERVING, Databases
from tests.server.old_server import first_release
from tests.server.server_world import CHEAP, POLICY, World

pytestmark = pytest.mark.postgres


@pytest.fixture
def backend() -> str:
    """Only PostgreSQL has roles."""
    return "postgres"


@pytest.fixture
def role(databases: Databases) -> Iterator[str]:
    """A role that may log in and nothing else."""
    name = f"app-{uuid.uuid4().hex[:12]}"
    with databases._base.connect() as conn:
        conn.execute(text(f"CREATE ROLE \"{name}\" LOGIN PASSWORD 'x'"))
    yield name
    with databases._base.connect() as conn:
        conn.execute(text(f'DROP ROLE "{name}"'))


@pytest.fixture
def owned(databases: Databases, role: str) -> Iterator[str]:
    """The URL of an empty database, dropped before the role is."""
    name = databases.make()
    yield databases.url(name)
    databases.drop(name)


def test_every_table_has_its_rights_and_what_is_signed_has_the_least() -> None:
    assert set(roles.RIGHTS) == {table.name for table in metadata.sorted_tables} | {"alembic_version"}
    for table in APPEND_ONLY:
        assert set(roles.RIGHTS[table.name].split(", ")) <= {"SELECT", "INSERT"}


@pytest.mark.parametrize("table", [table.name for table in APPEND_ONLY])
def test_postgresql_itself_refuses_the_serving_role_to_change_what_is_signed(
    world: World, table: str
) -> None:
    mira = world.laptop("mira")
    assert mira.push(mira.client()) == ["accepted"]
    column = next(iter(metadata.tables[table].c)).name
    for statement in (
        f"UPDATE {table} SET {column} = {column}", f"DELETE FROM {table}", f"TRUNCATE {table}", f"DROP TABLE {table}",
        f"ALTER TABLE {table} DISABLE TRIGGER ALL", f"DROP TRIGGER {table}_append_only ON {table}",
        f"ALTER TABLE {table} ADD COLUMN x INTEGER",
    ):  # fmt: skip
        with (
            pytest.raises(DatabaseError, match=r"permission denied|must be owner"),
            world.server.database.writing() as tx,
        ):
            tx.exec_driver_sql(statement)
    with (
        pytest.raises(DatabaseError, match="permission denied"),
        world.server.database.writing() as tx,
    ):
        tx.exec_driver_sql("CREATE TABLE mine (id INTEGER)")
    assert mira.push(mira.client()) == ["accepted"]


def test_the_serving_role_is_enough_for_a_whole_day(world: World) -> None:
    """Enrolment, pushes of every outcome, pulls, administration, a revocation, a backup's reads, verification."""
    mira, una, sol = world.laptop("mira"), world.laptop("una"), world.laptop("sol")
    client = mira.client()
    note = mira.note(client.envelope.id)
    assert mira.push(client, note) == ["accepted", "accepted"]
    stray = una.contact(client.envelope.id)
    assert una.push(stray) == ["quarantined"]
    decision = {"hash": stray.hash, "decision": "admit", "reason": "was there", "team": world.team1}
    assert sol.push(sol.say("quarantine_decision", str(uuid.uuid4()), {"set": decision}, meaning="sign"))
    sol.pull()
    admin.add_staff(world.server, "New", code="new", memberships=[{"role": "tech", "team": "team-1"}])
    writers.set_lowest(world.server, "9.9")
    writers.set_lowest(world.server, None)
    admin.revoke(world.server, una.device)
    served = world.server.database.engine.url
    assert served.username == SERVING
    found = verify(world.server.folder, database=served.render_as_string(hide_password=False))
    assert found.problems == []
    assert roles.standing(served.render_as_string(hide_password=False)) == ""


def test_the_owner_s_work_is_refused_to_the_serving_role_in_one_sentence(world: World) -> None:
    served = world.server.database.engine.url.render_as_string(hide_password=False)
    with pytest.raises(UsageFailure, match="role that owns the tables"):
        restore.new_epoch(world.server.folder, "test", database=served, now_ms=world.clock)
    with pytest.raises(UsageFailure, match="role that owns the tables"):
        roles.give_at(served, SERVING)
    assert world.owner is not None
    assert "(it owns the tables): make a role that only serves" in roles.standing(world.owner)


def test_a_role_is_given_the_rights_to_serve_and_loses_every_other(
    owned: str, role: str, tmp_path: Path
) -> None:
    init_org(tmp_path / "server", "Harbor", database=owned, kdf=CHEAP, policy=POLICY)
    db = Database(owned)
    with db.reading() as rx:
        assert roles.serving(rx) == []
        assert "SELECT entry" in roles.lacking(rx, role)
    with pytest.raises(UsageFailure, match="may not serve yet"):
        roles.standing(_as(owned, role))
    with db.writing() as tx:
        tx.exec_driver_sql(f'GRANT ALL ON entry, feed, epoch TO "{role}"')
        tx.exec_driver_sql("GRANT CREATE ON SCHEMA public TO PUBLIC")
    with db.reading() as rx:
        assert {"it may TRUNCATE entry", "it may make tables"} <= set(roles.excess(rx, role))
    roles.give_at(owned, role)
    with db.reading() as rx:
        assert (roles.lacking(rx, role), roles.excess(rx, role)) == ([], [])
        assert roles.serving(rx) == [role]
    assert roles.standing(_as(owned, role)) == ""
    db.close()


def _as(url: str, role: str) -> str:
    from sqlalchemy.engine import make_url

    return make_url(url).set(username=role, password="x").render_as_string(hide_password=False)


def test_a_role_that_cannot_only_serve_is_refused(owned: str, role: str, tmp_path: Path) -> None:
    init_org(tmp_path / "server", "Harbor", database=owned, kdf=CHEAP, policy=POLICY)
    with pytest.raises(UsageFailure, match="createuser --pwprompt nobody"):
        roles.give_at(owned, "nobody")
    db = Database(owned)
    with db.reading() as rx:
        owner = str(rx.execute(text("SELECT current_user")).scalar_one())
    db.close()
    with pytest.raises(UsageFailure, match="owns the tables or is a superuser"):
        roles.give_at(owned, owner)


def test_an_organisation_with_a_role_that_is_not_there_is_not_made(owned: str, tmp_path: Path) -> None:
    with pytest.raises(UsageFailure, match="createuser --pwprompt nobody"):
        init_org(tmp_path / "server", "Harbor", database=owned, app_role="nobody", kdf=CHEAP, policy=POLICY)
    assert not [path for path in (tmp_path / "server").rglob("*") if path.is_file()]


def test_an_upgrade_gives_the_serving_role_its_rights_anew(owned: str, role: str) -> None:
    db = Database(owned)
    first_release(db)
    with db.writing() as tx:
        # As the first release gave them: more than is needed.
        free = ", ".join(t.name for t in metadata.sorted_tables if t not in APPEND_ONLY)
        tx.exec_driver_sql(f'GRANT SELECT, INSERT, UPDATE, DELETE ON {free} TO "{role}"')
        tx.exec_driver_sql(f'GRANT SELECT, INSERT ON entry, feed_row, audit, epoch_head TO "{role}"')
    assert upgrade.bring_up(db) == (schema.UNNUMBERED, schema.HEAD)
    with db.reading() as rx:
        assert (roles.lacking(rx, role), roles.excess(rx, role)) == ([], [])
        may = text("SELECT has_table_privilege(:role, 'meta', 'DELETE')")
        assert not rx.execute(may, {"role": role}).scalar_one()
    db.close()


def test_serve_says_of_an_older_database_that_it_is_older_and_not_that_its_role_is_wrong(
    owned: str, role: str
) -> None:
    assert roles.standing(owned) == "", "an empty one is told of by whoever opens it"
    db = Database(owned)
    first_release(db)
    with db.writing() as tx:
        for name, rights in roles.RIGHTS.items():
            if name in metadata.tables:
                tx.exec_driver_sql(f'GRANT {rights} ON {name} TO "{role}"')
    db.close()
    with pytest.raises(UsageFailure, match="run `fieldapp server upgrade --database URL`"):
        roles.standing(_as(owned, role))


def test_a_backup_is_made_by_the_role_that_serves(world: World, tmp_path: Path) -> None:
    served = world.server.database.engine.url.render_as_string(hide_password=False)
    try:
        made = backup.make(world.server.folder, database=served, to=tmp_path / "copies", now_ms=world.clock)
    except UsageFailure as problem:
        if "not installed" in problem.sentence or "older than" in problem.sentence:
            pytest.skip(problem.sentence)
        raise
    assert made.held.entries > 10
