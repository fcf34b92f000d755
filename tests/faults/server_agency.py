"""An agency whose laptops reach real server processes over real HTTP, on SQLite or PostgreSQL."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy.engine import make_url

from fieldapp.laptop.clock import HeldClock
from fieldapp.server import admin
from fieldapp.server.org import init_org
from fieldapp.server.service import Server, wall_ms
from fieldapp.sync.transport import HttpTransport, Transport
from tests.faults.server_process import ServerProcess, carry_out
from tests.sync.sync_world import CHEAP, POLICY, Agency, Rig

PEOPLE = (("Ana Alvarez", "clinician"), ("Ben Brook", "clinician"), ("Sam Super", "supervisor"))
"""Ana has two laptops; Fay is alone in the other team."""


@dataclass
class Traffic:
    """What goes over the lines: how many requests are under way, and what was answered."""

    answers: Counter[str] = field(default_factory=Counter)
    """Statuses, and `none` for requests that got no answer."""
    flying: int = 0
    strange: list[str] = field(default_factory=list)
    """Answers that a server in trouble must not give."""
    _changed: threading.Condition = field(default_factory=threading.Condition)

    @contextmanager
    def flight(self) -> Iterator[None]:
        """Count a request as under way."""
        self._add(1)
        try:
            yield
        finally:
            self._add(-1)

    def _add(self, count: int) -> None:
        with self._changed:
            self.flying += count
            self._changed.notify_all()

    def note(self, status: int, headers: dict[str, str], data: bytes) -> None:
        """Note one answer; only these may be given: done, a wrong clock, and come again later.

        A conflict of cursors would mean that the server lost what a laptop had seen of it.
        """
        right = status == 200 or (status == 503 and "retry-after" in headers)
        right = right or (status == 401 and b'"now"' in data)
        with self._changed:
            self.answers[str(status)] += 1
            self._changed.notify_all()
            if not right:
                self.strange.append(f"a request was answered by {status}")

    def lost(self) -> None:
        """Note that a request got no answer."""
        with self._changed:
            self.answers["none"] += 1

    def wait_for_answers(self, more: int, seconds: float) -> None:
        """Wait until so many more requests were carried out."""
        with self._changed:
            enough = self.answers["200"] + more
            self._changed.wait_for(lambda: self.answers["200"] >= enough, seconds)

    def wait_for_flight(self, seconds: float) -> bool:
        """Wait until a request is under way."""
        with self._changed:
            return self._changed.wait_for(lambda: self.flying > 0, seconds)


class Wire:
    """The product's own transport, watched."""

    def __init__(self, url: str, traffic: Traffic) -> None:
        self._real = HttpTransport(url)
        self._traffic = traffic

    def post(self, path: str, body: bytes, headers: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
        """Send."""
        answered = False
        try:
            with self._traffic.flight():
                status, found, data = self._real.post(path, body, headers)
            answered = True
            self._traffic.note(status, found, data)
            return status, found, data
        finally:
            if not answered:
                self._traffic.lost()

    def close(self) -> None:
        """Close the connections."""
        self._real.close()


class RealRig(Rig):
    """One laptop that reaches its server over a socket, with the time of this computer."""

    agency: RealAgency

    def connect(self, url: str) -> Transport:
        return Wire(url, self.agency.traffic)

    def hold_clock(self) -> None:
        self.clock.at_ms = max(self.clock.at_ms, wall_ms() + self.agency.clock.at_ms)

    def close(self) -> None:
        self.syncer.close()
        super().close()


class RealAgency(Agency):
    """Server processes over one database, and laptops in this process."""

    rigs: list[RealRig]  # type: ignore[assignment]

    def __init__(
        self, folder: Path, *, database: str | None, servers: int = 1, served: str | None = None
    ) -> None:  # fmt: skip
        """Make the organisation; nothing serves yet and nobody has a laptop.

        Args:
            database: the URL of an empty PostgreSQL database; None for SQLite.
            servers: how many processes are to serve it.
            served: the URL by which they do, of a role that is there and owns nothing.
        """
        self.folder, self.database = folder, served or database
        self.clock = HeldClock(0)
        """How far the laptops' clocks are ahead of this computer's."""
        self.traffic = Traffic()
        self.made = init_org(
            folder / "server", "North Sound Outreach", kdf=CHEAP, policy=POLICY, database=database,
            passphrase="otter lantern quilt basin", phone="206-555-0100",
            app_role=None if served is None else make_url(served).username,
        )  # fmt: skip
        self.program, self.team = self.made.program, self.made.team
        self.start()
        self.other_team = admin.add_team(self.server, "South", program=self.program, code="south")
        self.processes = [
            ServerProcess(folder / "server", folder / f"server-{number}.log", database=self.database)
            for number in range(servers)
        ]
        self.url = f"http://127.0.0.1:{self.processes[0].port}"
        self.rigs = []

    def start(self) -> None:
        """Open the server's folder in this process, for administration and for the oracle."""
        self.server = Server(self.folder / "server", database=self.database)

    def serve(self, url: str = "") -> None:
        """Start the server processes, which laptops know by a URL, else by the first one's own."""
        self.url = url or self.url
        for process in self.processes:
            process.public_host = urlsplit(self.url).netloc
            process.start()

    def enrol_everybody(self) -> None:
        """Give laptops to all people."""
        people = [self.person(*PEOPLE[0])]
        people += [people[0], *(self.person(*one) for one in PEOPLE[1:])]
        people.append(self.person("Fay Far", "clinician", self.other_team))
        for number, staff in enumerate(people):
            self.rigs.append(RealRig(self, staff, self.folder / f"laptop-{number}"))

    def verify(self) -> str:
        """Have the command check everything that the server holds; return what it said if that is not well."""
        words = ["server", "--folder", str(self.folder / "server"), "verify"]
        words += ["--database", self.database] if self.database is not None else []
        said = self.folder / "verify.txt"
        return said.read_text() if carry_out(words, said) else ""

    def close(self) -> None:
        super().close()
        for process in self.processes:
            process.stop()
