"""A reader that follows cursors loses no row, however the writers' transactions overlap (sync.md 3, law 5).

The moment that matters is made and not waited for: one transaction is held open after it took its number and
before it commits, until every other writer has committed or waits for it. The same scene with a plain sequence in
the place of our feeds shows that this reader can see loss.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

import pytest
from sqlalchemy import Connection, Engine, event, text

from tests.server.server_world import Laptop, World

pytestmark = pytest.mark.parametrize("backend", [pytest.param("postgres", marks=pytest.mark.postgres)])
WRITERS, ROUNDS, PATIENCE_S = 4, 3, 60.0
WAITING = text(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
)


class Feed(Protocol):
    """Something that several write to, and one reader follows."""

    engine: Engine

    def write(self, writer: int) -> str:
        """Write one row in a transaction of its own and return its name."""
        ...

    def follow(self) -> set[str]:
        """Read what comes after the cursor and return all that was ever read."""
        ...


class OurFeed:
    """A team's feed, by the server's own push and pull."""

    def __init__(self, world: World) -> None:
        self.engine = world.server.database.engine
        self._writers = [world.laptop(who) for who in ("mira", "sol", "mira", "sol")]
        self._reader = world.laptop("mira")
        client = self._writers[0].client()
        assert self._writers[0].push(client) == ["accepted"]
        self._client = client.envelope.id
        # What a person reads is noted with their first request; from then on nobody waits for that.
        for laptop in (*self._writers, self._reader):
            laptop.pull()

    def write(self, writer: int) -> str:
        laptop = self._writers[writer]
        made = laptop.contact(self._client)
        assert laptop.push(made) == ["accepted"]
        return made.hash

    def follow(self) -> set[str]:
        self._reader.pull()
        return set(self._reader.held("team:T1"))


class PlainSequence:
    """A table numbered by a sequence, as one would write it first."""

    def __init__(self, world: World) -> None:
        self.engine = world.server.database.engine
        self._cursor, self._seen = 0, set[str]()
        with world.owning() as tx:
            tx.execute(text("CREATE TABLE plain (number bigserial PRIMARY KEY, what text NOT NULL)"))
            tx.execute(text("GRANT ALL ON plain, plain_number_seq TO PUBLIC"))

    def write(self, writer: int) -> str:
        what = f"{writer} {time.monotonic_ns()}"
        with self.engine.begin() as conn:
            conn.execute(text("INSERT INTO plain (what) VALUES (:what)"), {"what": what})
        return what

    def follow(self) -> set[str]:
        with self.engine.begin() as conn:
            asked = text("SELECT number, what FROM plain WHERE number > :cursor ORDER BY number")
            for number, what in conn.execute(asked, {"cursor": self._cursor}):
                self._cursor = number
                self._seen.add(what)
        return self._seen


class Held:
    """Holds one thread's first writing transaction open just before its COMMIT."""

    def __init__(self, engine: Engine) -> None:
        self.thread: threading.Thread | None = None
        self._reached, self._go = threading.Event(), threading.Event()
        # It stays until the engine goes: the held thread is still in it when the block ends.
        event.listen(engine, "commit", self._at_commit)

    def __enter__(self) -> Held:
        return self

    def __exit__(self, *_: object) -> None:
        self._go.set()

    def _at_commit(self, conn: Connection) -> None:
        if threading.current_thread() is not self.thread or self._reached.is_set():
            return
        if conn.exec_driver_sql("SELECT pg_current_xact_id_if_assigned()").scalar_one() is not None:
            self._reached.set()
            assert self._go.wait(PATIENCE_S), "nobody let the transaction go on"

    def wait(self) -> None:
        """Wait until the transaction is held."""
        assert self._reached.wait(PATIENCE_S), "the transaction did not come to its end"


class Writer(threading.Thread):
    """One write in a thread of its own."""

    def __init__(self, feed: Feed, writer: int) -> None:
        super().__init__(daemon=True)
        self._feed, self._writer = feed, writer
        self.wrote = ""

    def run(self) -> None:
        self.wrote = self._feed.write(self._writer)


@contextmanager
def one_held(feed: Feed, others: range) -> Iterator[list[Writer]]:
    """Give writers of which the first is held; the others have committed or wait for it."""
    with Held(feed.engine) as held:
        first = held.thread = Writer(feed, 0)
        first.start()
        held.wait()
        rest = [Writer(feed, number) for number in others]
        for one in rest:
            one.start()
        until_nothing_moves(feed.engine, rest)
        yield [first, *rest]
    for one in (first, *rest):
        one.join(PATIENCE_S)
        assert one.wrote, "a writer did not come to its end"


def until_nothing_moves(engine: Engine, writers: list[Writer]) -> None:
    """Wait until each writer is done or waits for a lock."""
    end = time.monotonic() + PATIENCE_S
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as conn:
        while (alive := sum(one.is_alive() for one in writers)) > conn.execute(WAITING).scalar_one():
            assert time.monotonic() < end, f"{alive} writers neither end nor wait"
            time.sleep(0.005)


def lost(feed: Feed) -> int:
    """Let writers overlap while a reader follows; return how many committed rows it never saw."""
    written: set[str] = set()
    for _ in range(ROUNDS):
        with one_held(feed, range(1, WRITERS)) as writers:
            feed.follow()
        written |= {one.wrote for one in writers}
        seen = feed.follow()
    return len(written - seen)


def test_a_reader_loses_no_row_of_our_feeds(world: World) -> None:
    assert lost(OurFeed(world)) == 0


def test_the_same_reader_loses_rows_of_a_plain_sequence(world: World) -> None:
    """A reader that cannot lose anything would prove nothing."""
    assert lost(PlainSequence(world)) == ROUNDS


def test_nobody_waits_for_a_transaction_on_feeds_of_others(world: World) -> None:
    """Teams of one program share its on-call feeds; those of two programs share none."""
    feed = OurFeed(world)
    una: Laptop = world.laptop("una")
    client = una.client(team=world.team3, program=world.other_program)
    assert una.push(client) == ["accepted"]
    with one_held(feed, range(0)):
        assert una.push(una.contact(client.envelope.id)) == ["accepted"]
