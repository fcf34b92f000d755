"""Several worker processes on one PostgreSQL: fifty laptops at once, a worker killed, a stop while all are sending (issue of scale:
nothing skipped, doubled or lost).
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from sqlalchemy import select

from fieldapp.server.tables import entry, feed, feed_row
from fieldapp.store import outbox
from tests.e2e.agency import free_port
from tests.faults.postgres import Postgres, binaries
from tests.faults.server_agency import RealAgency, RealRig

REQUIRED = "postgres" in os.environ.get("FIELDAPP_REQUIRE", "")
pytestmark = [
    pytest.mark.e2e,
    pytest.mark.skipif(binaries() is None and not REQUIRED, reason="PostgreSQL is not installed"),
]
LAPTOPS, WORKERS, CONTACTS = 50, 4, 3
PATIENCE_S = 120.0


class Serving:
    """`fieldapp serve --workers` as whoever runs it has it."""

    def __init__(self, agency: RealAgency, count: int, log: Path) -> None:
        # Laptops know one address, whoever serves there.
        self.port, self.metrics = (
            (urlsplit(agency.url).port if agency.rigs else None) or free_port(),
            free_port(),
        )
        agency.url = f"http://127.0.0.1:{self.port}"
        self.log = log
        self._said = log.open("wb")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "fieldapp", "serve", "--folder", str(agency.folder / "server"), "--port", str(self.port),
             "--database", str(agency.database), "--workers", str(count), "--log-format", "json",
             "--metrics-port", str(self.metrics)],
            stdout=self._said, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
        )  # fmt: skip

    def get(self, path: str, port: int = 0) -> str:
        with urllib.request.urlopen(f"http://127.0.0.1:{port or self.port}{path}", timeout=10) as said:
            return str(said.read().decode())

    def wait(self) -> None:
        end = time.monotonic() + PATIENCE_S
        while True:
            try:
                if '"ok":true' in self.get("/v1/ready"):
                    return
            except OSError:
                assert self.process.poll() is None, self.log.read_text()
                assert time.monotonic() < end, self.log.read_text()
                time.sleep(0.1)

    def workers(self) -> list[int]:
        """Return the processes that answer: children of the one that was started that are no helpers."""
        path = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        found = []
        for pid in map(int, path.read_text().split()):
            words = Path(f"/proc/{pid}/cmdline").read_bytes()
            if b"spawn_main" in words:
                found.append(pid)
        return found

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(PATIENCE_S)
        self._said.close()
        return code


@pytest.fixture(scope="module")
def agency(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealAgency]:
    cluster = Postgres(fsync=True)
    try:
        database = cluster.make("agency")
        served = cluster.make_role("fieldapp_serves", "agency")
        made = RealAgency(tmp_path_factory.mktemp("workers"), database=database, served=served)
        yield made
        made.close()
    finally:
        cluster.stop()


@contextmanager
def serving(agency: RealAgency, count: int) -> Iterator[Serving]:
    made = Serving(agency, count, agency.folder / f"serving-{count}.log")
    try:
        made.wait()
        yield made
    finally:
        if made.process.poll() is None:
            made.process.kill()
            made.process.wait()


def sent(rig: RealRig, end: float) -> None:
    """Run rounds until nothing is owed, whatever is killed meanwhile."""
    while True:
        rig.sync()
        with rig.store.reading() as rx:
            if not outbox.owed(rx):
                return
        assert time.monotonic() < end, "a laptop did not get rid of its work"
        time.sleep(0.05)


def test_fifty_laptops_at_once_lose_double_and_skip_nothing_while_a_worker_dies(agency: RealAgency) -> None:
    with serving(agency, WORKERS) as server:
        staff = [agency.person(f"Person {number}") for number in range(LAPTOPS)]
        for number, one in enumerate(staff):
            agency.rigs.append(RealRig(agency, one, agency.folder / f"laptop-{number}"))
        client = agency.rigs[0].client("Lee, Kim")
        agency.settle(*agency.rigs)
        before = server.workers()
        assert len(before) == WORKERS
        written: list[str] = []
        problems: list[BaseException] = []
        end = time.monotonic() + PATIENCE_S

        def working(rig: RealRig) -> None:
            try:
                for _ in range(CONTACTS):
                    written.append(rig.contact(client).hash)
                    rig.sync()
                sent(rig, end)
            except BaseException as problem:
                problems.append(problem)

        threads = [threading.Thread(target=working, args=(rig,)) for rig in agency.rigs]
        for thread in threads:
            thread.start()
        agency.traffic.wait_for_answers(LAPTOPS, PATIENCE_S)
        os.kill(before[0], signal.SIGKILL)
        for thread in threads:
            thread.join()
        assert problems == []
        agency.settle(*agency.rigs)
        assert len(written) == LAPTOPS * CONTACTS
        everything_is_there(agency, written)
        assert agency.traffic.strange == []
        replaced = server.workers()
        assert before[0] not in replaced
        assert len(replaced) == WORKERS, "another one took its place"
        told = server.get("/metrics", server.metrics)
        assert counted(told, "fieldapp_entries ") >= len(written)
        assert counted(told, 'fieldapp_requests_total{route="/v1/sync",status="200"} ') > LAPTOPS
        assert "Lee" not in told + server.log.read_text()
        assert server.stop() == 0
    assert agency.verify() == ""


def everything_is_there(agency: RealAgency, written: list[str]) -> None:
    """Hold the server's feed against what was written, and every laptop against the feed."""
    name = f"team:{agency.team}"
    with agency.server.database.reading() as rx:
        rows = rx.execute(select(feed_row.c.number, feed_row.c.what).where(feed_row.c.feed == name)).all()
        at = rx.execute(select(feed.c.last_number, feed.c.head).where(feed.c.name == name)).one()
        stored = set(rx.execute(select(entry.c.hash)).scalars())
    assert sorted(row.number for row in rows) == list(range(1, at.last_number + 1))
    placed = [row.what for row in rows]
    assert set(written) <= stored
    assert sorted(one for one in placed if one in set(written)) == sorted(written), "each once"
    for rig in agency.rigs:
        assert rig.cursors()[name] == (at.last_number, at.head)
    shown = {frozenset(rig.shown().items()) for rig in agency.rigs}
    assert len(shown) == 1, "all laptops show the same"


def counted(told: str, name: str) -> float:
    found = re.search(rf"^{re.escape(name)}(\S+)$", told, re.M)
    assert found is not None, told
    return float(found.group(1))


def test_a_stop_finishes_what_is_answered_and_what_was_confirmed_is_stored(agency: RealAgency) -> None:
    with serving(agency, 2) as server:
        some = agency.rigs[:8]
        with some[0].store.reading() as rx:
            client = rx.views("client")[0].id
        stopping = threading.Event()
        written: list[tuple[RealRig, str]] = []

        def working(rig: RealRig) -> None:
            while not stopping.is_set():
                made = rig.contact(client)
                written.append((rig, made.hash))
                rig.sync()

        threads = [threading.Thread(target=working, args=(rig,)) for rig in some]
        for thread in threads:
            thread.start()
        agency.traffic.wait_for_answers(30, PATIENCE_S)
        assert server.stop() == 0
        stopping.set()
        for thread in threads:
            thread.join()
        with agency.server.database.reading() as seen:
            stored = set(seen.execute(select(entry.c.hash)).scalars())
        confirmed = [one for rig, one in written if rig.state(one) == "confirmed"]
        assert confirmed
        assert set(confirmed) <= stored


def test_sqlite_has_one_process_and_says_so(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "fieldapp", "serve", "--folder", str(tmp_path), "--workers", "2"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert "There is no server here" in done.stderr or "SQLite is served by one process" in done.stderr
