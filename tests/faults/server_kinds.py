"""The ways in which a server's parts die, each with what it needs around it."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random

from tests.faults.postgres import Postgres
from tests.faults.proxy import FAULTS, Proxy
from tests.faults.server_agency import RealAgency

QUIET_S = 20.0
DATABASE = "agency"
SERVING = "fieldapp_serves"
"""The role that the server processes use: it owns nothing and edits nothing that is signed."""


class Trouble:
    """One agency that serves, and what can be done to it."""

    def __init__(self, agency: RealAgency, dice: Random) -> None:
        self.agency, self.dice = agency, dice

    def strike(self) -> bool:
        """Kill something while requests are under way and have it running again; return whether any were."""
        hit = self.agency.traffic.wait_for_flight(QUIET_S)
        # Anywhere in a request: most are answered within a few hundredths of a second.
        time.sleep(self.dice.random() ** 2 * 0.12)
        hit = hit and self.agency.traffic.flying > 0
        return self.kill() and hit

    def kill(self) -> bool:
        """Do it; return whether it was done."""
        raise NotImplementedError

    def begin(self) -> None:
        """Everybody has a laptop; what breaks, breaks from here on."""

    def calm(self) -> None:
        """Nothing more breaks."""


class ServersDie(Trouble):
    """Kill -9 of one server process; the others, if any, go on."""

    def kill(self) -> bool:
        victim = self.dice.choice(self.agency.processes)
        victim.kill()
        # Sometimes laptops find nobody for a while, sometimes it is back before they notice.
        time.sleep(self.dice.choice((0.0, 0.0, 0.05)))
        victim.start()
        return True


class BackendsDie(Trouble):
    """Kill -9 of a PostgreSQL process in the middle of a transaction."""

    def __init__(self, agency: RealAgency, dice: Random, cluster: Postgres) -> None:
        super().__init__(agency, dice)
        self.cluster = cluster

    def strike(self) -> bool:
        return self.kill()

    def kill(self) -> bool:
        done = self.cluster.kill_backend(DATABASE, self.dice)
        assert self.cluster.ready(), "PostgreSQL did not recover"
        return done


class PostmasterDies(BackendsDie):
    """Kill -9 of the postmaster."""

    def begin(self) -> None:
        # For the planted bug: what it loses is what people wrote, not their laptops.
        with self.cluster.connected() as connection:
            connection.execute(b"CHECKPOINT")

    def strike(self) -> bool:
        return Trouble.strike(self)

    def kill(self) -> bool:
        self.cluster.kill()
        self.cluster.start()
        return True


class HastyDies(PostmasterDies):
    """The same once laptops were answered, so that there is something to lose."""

    def begin(self) -> None:
        super().begin()
        # On a busy machine it would write between the answer and the kill, and nothing would be lost.
        self.writer = self.cluster.hold_wal_writer()

    def kill(self) -> bool:
        self.cluster.kill()
        os.kill(self.writer, signal.SIGKILL)
        self.cluster.start()
        self.writer = self.cluster.hold_wal_writer()
        return True

    def calm(self) -> None:
        os.kill(self.writer, signal.SIGCONT)

    def strike(self) -> bool:
        self.agency.traffic.wait_for_answers(8, QUIET_S)
        return self.kill()


class BadLine(Trouble):
    """Faults on the line between laptops and server."""

    def __init__(self, agency: RealAgency, dice: Random) -> None:
        super().__init__(agency, dice)
        self.wanted = 0

    def plan(self) -> str:
        """Return the next request's fault."""
        if self.wanted <= 0 or self.dice.random() < 0.5:
            return ""
        self.wanted -= 1
        return self.dice.choice(FAULTS)

    def strike(self) -> bool:
        """Let faults happen, and wait until they have."""
        self.wanted += 1
        end = time.monotonic() + QUIET_S
        while self.wanted > 0 and time.monotonic() < end:
            time.sleep(0.005)
        return self.wanted <= 0

    def calm(self) -> None:
        self.wanted = 0


Start = Callable[[Path, Random], AbstractContextManager[Trouble]]
"""Gives an agency that serves in a folder, and ends everything of it."""


@contextmanager
def _serving(folder: Path, dice: Random) -> Iterator[Trouble]:
    with _closing(RealAgency(folder, database=None)) as agency:
        agency.serve()
        yield ServersDie(agency, dice)


@contextmanager
def _bad_line(folder: Path, dice: Random) -> Iterator[Trouble]:
    with _closing(RealAgency(folder, database=None)) as agency:
        trouble = BadLine(agency, dice)
        with Proxy([agency.processes[0].port], trouble.plan, Random(dice.random())) as proxy:
            agency.serve(f"http://127.0.0.1:{proxy.port}")
            yield trouble


def _on_postgres(
    made: Callable[[RealAgency, Random, Postgres], Trouble], *, servers: int = 1, settings: Sequence[str] = ()
) -> Start:
    """Return how servers on a PostgreSQL of their own start; several stand behind one address."""

    @contextmanager
    def start(folder: Path, dice: Random) -> Iterator[Trouble]:
        with ExitStack() as stack:
            cluster = Postgres(fsync=True, settings=settings)
            stack.callback(cluster.stop)
            made_of = RealAgency(
                folder, database=cluster.make(DATABASE), servers=servers,
                served=cluster.make_role(SERVING, DATABASE),
            )  # fmt: skip
            agency = stack.enter_context(_closing(made_of))
            if servers == 1:
                agency.serve()
            else:
                ports = [process.port for process in agency.processes]
                front = stack.enter_context(Proxy(ports, lambda: "", Random(0)))
                agency.serve(f"http://127.0.0.1:{front.port}")
            yield made(agency, dice, cluster)

    return start


@contextmanager
def _closing(agency: RealAgency) -> Iterator[RealAgency]:
    try:
        yield agency
    finally:
        agency.close()


def _servers_die(agency: RealAgency, dice: Random, _: Postgres) -> Trouble:
    return ServersDie(agency, dice)


@dataclass(frozen=True)
class Kind:
    """One way to die."""

    says: str
    start: Start
    postgres: bool = True


KINDS = {
    "proxy": Kind("faults on the line; SQLite", _bad_line, postgres=False),
    "server": Kind("kill -9 of the server; SQLite", _serving, postgres=False),
    "server-postgres": Kind("kill -9 of the server; PostgreSQL", _on_postgres(_servers_die)),
    "two-servers": Kind(
        "kill -9 of one of two servers on one PostgreSQL", _on_postgres(_servers_die, servers=2)
    ),
    "pg-backend": Kind("kill -9 of a PostgreSQL process in a transaction", _on_postgres(BackendsDie)),
    "postgres": Kind("kill -9 of the postmaster", _on_postgres(PostmasterDies)),
}
PLANTED = {
    "postgres-hasty": Kind(
        "kill -9 of a postmaster that answers before it has stored",
        _on_postgres(HastyDies, settings=("synchronous_commit=off", "wal_writer_delay=10s")),
    )
}
"""What must be found: a check that cannot fail is no check."""
