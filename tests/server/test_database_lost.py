"""The database goes away while the server serves: laptops are asked to come again, and nothing is done twice."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import psycopg
import pytest
from sqlalchemy import Connection, func, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import PoolProxiedConnection

from fieldapp.errors import NotReached
from fieldapp.server.database import Database
from fieldapp.server.service import Server
from fieldapp.server.tables import entry, feed
from tests.server.http_face import App, idle, signed
from tests.server.server_world import World

NOWHERE = "postgresql+psycopg://nobody@/nothing?host=/nowhere"
on_postgres = pytest.mark.parametrize("backend", [pytest.param("postgres", marks=pytest.mark.postgres)])
on_sqlite = pytest.mark.parametrize("backend", ["sqlite"])


class LostCommit:
    """Lets the COMMIT of a transaction that wrote through and loses the connection before its answer comes."""

    def __init__(self, database: Database) -> None:
        self.armed, self.lost = False, 0
        self._dialect = database.engine.dialect
        self._real = self._dialect.do_commit
        setattr(self._dialect, "do_commit", self._commit)  # noqa: B010

    def _commit(self, connection: PoolProxiedConnection) -> None:
        raw: Any = connection.dbapi_connection
        wrote = raw.execute("SELECT pg_current_xact_id_if_assigned()").fetchone() != (None,)
        self._real(connection)
        if wrote and self.armed:
            self.armed, self.lost = False, self.lost + 1
            raw.close()
            raise psycopg.OperationalError("server closed the connection unexpectedly")


@pytest.fixture
def commits(world: World) -> Iterator[LostCommit]:
    """What loses a commit once it is armed; fails if it never did."""
    made = LostCommit(world.server.database)
    yield made
    assert made.lost == 1


@on_postgres
def test_a_commit_that_may_be_stored_is_not_done_twice(world: World, commits: LostCommit) -> None:
    """Done again, it would find its own nonce and tell the laptop that it was not accepted."""
    mira, app = world.laptop("mira"), App(world.server)
    note = mira.client()
    commits.armed = True
    wire, fields = signed(mira, orjson.dumps(mira.request(note)))
    lost = app.post("/v1/sync", content=wire, headers=fields)
    assert (lost.status_code, lost.headers["retry-after"]) == (503, "5")
    wire, fields = signed(mira, orjson.dumps(mira.request(note)))
    again = app.post("/v1/sync", content=wire, headers=fields)
    assert again.status_code == 200
    assert mira.states(again.json(), 1) == ["accepted"]
    with world.server.database.reading() as rx:
        assert rx.execute(select(func.count()).where(entry.c.hash == note.hash)).scalar_one() == 1


@on_postgres
def test_a_connection_lost_before_the_commit_costs_the_laptop_nothing(world: World) -> None:
    mira = world.laptop("mira")
    note = mira.client()
    tries = 0

    def work(tx: Connection) -> int:
        nonlocal tries
        tries += 1
        if tries == 1:
            raw: Any = tx.connection.dbapi_connection
            raw.close()
            tx.execute(select(1))
        return tries

    assert world.server.database.run(work) == 2
    assert mira.push(note) == ["accepted"]


@on_postgres
def test_a_server_that_fell_silent_gives_its_feeds_back(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its computer may be gone while its connection seems to stand; the others must not wait for hours."""
    monkeypatch.setattr("fieldapp.server.database.FROZEN_MS", 200)
    monkeypatch.setattr("fieldapp.server.database._TRIES", 1)
    database = world.server.database
    taken = select(feed).where(feed.c.name == "org").with_for_update()

    def take(tx: Connection) -> str:
        tx.exec_driver_sql("SET LOCAL lock_timeout = '20s'")
        return str(tx.execute(taken).one().name)

    def fall_silent(tx: Connection) -> None:
        take(tx)
        assert database.run(take) == "org"
        take(tx)

    with pytest.raises(DBAPIError, match="idle-in-transaction"):
        database.run(fall_silent)


@on_sqlite
def test_a_database_that_is_away_is_no_refusal_of_the_laptop(world: World) -> None:
    """Its key cannot be looked up then; the laptop must hear 'come again' and not 'you are not accepted'."""
    mira, app = world.laptop("mira"), App(world.server)
    here = world.server.database.engine
    away = Database(NOWHERE)
    world.server.database.engine = away.engine
    wire, fields = signed(mira, idle(mira))
    answer = app.post("/v1/sync", content=wire, headers=fields)
    world.server.database.engine = here
    away.close()
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")


@on_sqlite
def test_a_server_that_starts_before_its_database_says_so(world: World, tmp_path: Path) -> None:
    """It said that the database holds no organisation and that one should be made anew."""
    with pytest.raises(NotReached, match="PostgreSQL was not reached"):
        Server(world.server.folder, database=NOWHERE)
