"""The server side of the sync benchmark: an organisation, its PostgreSQL or SQLite, and `fieldapp serve` in a process."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from bench.sync_laptop import PASSPHRASE, POLICY, QUICK
from bench.sync_meters import peak_mb
from fieldapp.crypto.vault import KdfParams
from fieldapp.errors import NotReached
from fieldapp.laptop.clock import HeldClock, SystemClock
from fieldapp.laptop.enrolment import enrol
from fieldapp.server import admin
from fieldapp.server.app import Limits
from fieldapp.server.org import init_org
from fieldapp.server.serve import Running, bound
from fieldapp.server.service import Server
from tests.faults.postgres import Postgres

_WEAKEST = KdfParams(m_kib=65_536, t=3, p=1)
_HURRY = Limits(per_device=1_000_000, enrol_per_address=1_000_000)
_PG = ("shared_buffers=512MB", "max_wal_size=4GB", "max_connections=200")
"""Those of the peers' harness; all that makes it durable stays as it comes."""
PATIENCE_S, LOOK_S = 30.0, 0.02
DAY_MS = 86_400_000


class Agency:
    """An organisation on one database, served by a process of its own."""

    def __init__(self, folder: Path, postgres: Postgres | None, name: str) -> None:
        self.folder, self.server = folder / name, folder / name / "server"
        self.database = postgres.make(name) if postgres is not None else None
        self._postgres = postgres
        self._running: subprocess.Popen[bytes] | None = None
        with bound("127.0.0.1", 0) as free:
            self.port: int = free.getsockname()[1]
        with bound("127.0.0.1", 0) as free:
            self.hidden_port: int = free.getsockname()[1]
        self.clock = HeldClock(SystemClock().now_ms() - 100 * DAY_MS)
        self.made = init_org(
            self.server, "North Sound Outreach", kdf=_WEAKEST, passphrase="otter lantern quilt basin",  # noqa: S106
            phone="206-555-0100", database=self.database, now_ms=self.clock.now_ms,
        )  # fmt: skip

    def people(self, count: int) -> list[Path]:
        """Hire so many clinicians of one team, enrol a laptop for each, and return the folders of the laptops."""
        folders = []
        with Server(self.server, database=self.database, now_ms=self.clock.now_ms) as server:
            hired = [
                admin.add_staff(
                    server, f"Clinician {number}", code=f"c-{number}",
                    memberships=[{"role": "clinician", "program": self.made.program, "team": self.made.team}],
                )
                for number in range(count)
            ]  # fmt: skip
            self.clock.at_ms = SystemClock().now_ms()
            with Running(server, port=self.port, limits=_HURRY) as running:
                for number, staff in enumerate(hired):
                    folders.append(self.folder / f"laptop-{number}")
                    enrol(
                        folders[-1], running.url, admin.issue_code(server, staff).text, PASSPHRASE, clock=self.clock,
                        kdf=QUICK, vault_policy=POLICY, label=f"Laptop {number}",
                    )  # fmt: skip
        return folders

    def close_laptops(self) -> None:
        """Say that all laptops are being handed in: what they hold is taken, and nothing new is given to them."""
        with Server(self.server, database=self.database) as server:
            for one in admin.devices(server):
                admin.drain(server, one.id)

    @contextlib.contextmanager
    def serving(self, *, behind: bool = False) -> Iterator[list[int]]:
        """Serve as an agency does; gives the processes whose CPU counts as the server's.

        Args:
            behind: whether something else listens on the port that laptops know, and hands on to `hidden_port`.
        """
        port = self.hidden_port if behind else self.port
        words = ["serve", "--folder", str(self.server), "--port", str(port)]
        words += ["--public-host", f"127.0.0.1:{self.port}"] if behind else []
        words += ["--database", self.database] if self.database else []
        with (self.folder / "server.log").open("ab") as log:
            self._running = subprocess.Popen(
                [sys.executable, "-m", "fieldapp", *words], stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                env={**os.environ, "NO_PROXY": "*"},
            )  # fmt: skip
        try:
            self._wait(port)
            yield [self._running.pid, *([self._postgres.pid] if self._postgres else [])]
        finally:
            self._running.terminate()
            self._running.wait(PATIENCE_S)

    def _wait(self, port: int) -> None:
        direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        deadline = time.monotonic() + PATIENCE_S
        while True:
            with (
                contextlib.suppress(OSError),
                direct.open(f"http://127.0.0.1:{port}/v1/health", timeout=2),
            ):
                return
            if time.monotonic() > deadline or self._running is None or self._running.poll() is not None:
                raise NotReached((self.folder / "server.log").read_text()[-2000:])
            time.sleep(LOOK_S)

    def peak_mb(self) -> float:
        """Return the most memory that the server process has held, in MB."""
        return peak_mb(self._running.pid) if self._running is not None else 0.0


@contextlib.contextmanager
def databases(backend: str) -> Iterator[Postgres | None]:
    """Give a throw-away PostgreSQL that writes as in earnest, or None for SQLite."""
    if backend == "sqlite":
        yield None
        return
    cluster = Postgres(fsync=True, settings=_PG)
    try:
        yield cluster
    finally:
        cluster.stop()
