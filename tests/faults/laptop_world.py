"""A small agency whose server is a process on loopback: made once, copied for each life of a laptop."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from types import SimpleNamespace
from typing import cast

from fieldapp.laptop.clock import HeldClock, SystemClock
from fieldapp.laptop.laptop import Laptop
from fieldapp.laptop.vaults import VaultPlace, Vaults
from fieldapp.server.database import Database
from fieldapp.store import backup
from fieldapp.store.store import Store
from fieldapp.sync.round import Syncer
from fieldapp.sync.transport import HttpTransport, Transport
from tests.e2e.agency import Agency as Processes
from tests.e2e.agency import free_port
from tests.faults.laptop_ledger import Ledger
from tests.simulation.oracle import check_always, check_at_rest, on_server
from tests.simulation.scene import Scene, Violations
from tests.simulation.world import Known, known_of, scratch
from tests.sync.sync_world import CHEAP, DAY_MS, PASSPHRASE, POLICY, Agency, Rig, make_template

LONG_AGO_MS = 100 * DAY_MS
"""So old is the agency's first work: notes of then are let go by age."""


@dataclass(frozen=True)
class Prepared:
    """The agency that every life begins with."""

    folder: Path
    port: int
    team: str
    laptops: tuple[Known, Known]
    clients: tuple[str, ...]
    archive: tuple[str, ...]
    """Clients of long ago, about whom nobody writes any more."""


@contextlib.contextmanager
def prepared() -> Iterator[Prepared]:
    """Make two people of one team, each with a laptop, and work of long ago; gone again at the end."""
    folder = scratch()
    try:
        yield _made(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _made(folder: Path) -> Prepared:
    at_ms = SystemClock().now_ms() - LONG_AGO_MS
    agency = Agency(folder / "first", make_template(folder / "template", at_ms), at_ms)
    ana, ben = agency.laptop("Ana Alvarez"), agency.laptop("Ben Brook")
    archive = [ana.client(f"Long ago {number}") for number in range(2)]
    for client in archive:
        for rig in (ana, ben):
            rig.note(client, "Words of long ago. " * 40)
    agency.settle()
    clients = [ana.client(f"Client {number}") for number in range(3)]
    for _ in range(2):
        # Checkpoints of two later days cover the old notes, so that they may go.
        agency.clock.move(days=1)
        ana.clock.at_ms = ben.clock.at_ms = agency.clock.at_ms
        ana.contact(clients[0])
        agency.settle()
    known = known_of(ana), known_of(ben)
    port = free_port()
    for rig, one in zip((ana, ben), known, strict=True):
        with rig.store.writing() as tx:
            tx.set_meta("server", f"http://127.0.0.1:{port}")
        place = Vaults(rig.folder).listed()[0]
        backup.make(place.database, one.db_key, place.backups, agency.clock.at_ms)
    agency.close()
    return Prepared(folder / "first", port, agency.team, known, tuple(clients), tuple(archive))


class Desk(Rig):
    """A laptop of the prepared agency, looked at and used from outside its own process."""

    def __init__(self, folder: Path, known: Known) -> None:
        self.folder, self.known = folder, known
        self.staff, self.author, self.identity = known.staff, known.author, known.identity
        self.org, self.device = known.org, known.device
        self.clock = HeldClock(SystemClock().now_ms())
        self.lost_disk: set[str] = set()

    @cached_property
    def place(self) -> VaultPlace:
        """Where its vault is."""
        return Vaults(self.folder).listed()[0]

    def open(self) -> None:
        """Open the store, as after the process was started."""
        self.store = Store.open(self.place.database, self.known.db_key)
        self.syncer = Syncer(self.store, self.place.folder / "sync.lock", self.connect, self.clock.now_ms)

    @contextlib.contextmanager
    def opened(self) -> Iterator[Store]:
        """Give the store for a while."""
        self.open()
        try:
            yield self.store
        finally:
            self.syncer.close()
            self.store.close()

    def connect(self, url: str) -> Transport:
        """Return the way to the real server."""
        return HttpTransport(url)

    def round(self) -> str:
        """Send and receive once, by this computer's clock; returns what a person would be told."""
        self.clock.at_ms = SystemClock().now_ms()
        return self.syncer.run().message

    def laptop(self) -> Laptop:
        """Return what the app is given, locked."""
        return Laptop(self.folder, clock=SystemClock(), vault_policy=POLICY, kdf=CHEAP)


@dataclass
class Life:
    """One copy of the agency with its server process, and what was shown to Ana in it."""

    made: Prepared
    folder: Path
    ana: Desk
    ben: Desk
    processes: Processes
    database: Database
    ledger: Ledger = field(default_factory=lambda: Ledger(PASSPHRASE))
    damaged: bool = False
    """The laptop's file was damaged, and nobody has seen it whole since."""
    warnings: tuple[str, ...] = ()
    """What the last unlock from outside warned of."""

    def __post_init__(self) -> None:
        server = SimpleNamespace(database=self.database)
        self.scene = Scene(cast(Agency, SimpleNamespace(server=server, rigs=self.rigs)))
        self.scene.teams_of = {rig.staff: {self.made.team} for rig in self.rigs}

    @property
    def violations(self) -> Violations:
        """What was broken so far."""
        return self.scene.violations

    @property
    def rigs(self) -> list[Desk]:
        """Both laptops."""
        return [self.ana, self.ben]

    def forget_ageing(self) -> None:
        """Let what was let go by age and fetched again go once more with the next round, as a week later."""
        with self.ana.opened() as store, store.writing() as tx:
            for name in ("aged_at", "fetched"):
                tx.drop_meta(name)

    def settle(self) -> None:
        """Let both laptops exchange everything without a fault, and hold what is then there against the laws."""
        with self.ana.opened(), self.ben.opened():
            self.ben.contact(self.made.clients[0], "From the other laptop.")
            before: object = None
            for _ in range(9):
                for rig in self.rigs:
                    message = rig.round()
                    if message:
                        self.violations.add("7 progress", message)
                now = [(rig.states(), rig.cursors(), rig.shown()) for rig in self.rigs]
                if now == before:
                    break
                before = now
            else:
                self.violations.add("4 idempotence", "nine rounds of both do not come to rest")
            self._note_signed()
            check_always(self.scene)
            check_at_rest(self.scene)

    def _note_signed(self) -> None:
        with self.ana.store.reading() as rx:
            here = {one: rx.entry(one) for one in self.ledger.saved}
        self.scene.signed = [(self.ana, entry) for entry in here.values() if entry is not None]
        self.scene.drafts = {self.ana.staff: self.ledger.newest()}
        # What was stored just before a kill was shown to nobody, and is no stranger's.
        self.scene.at_first = on_server(self.scene)[0]
        # What was let go by age is on the server.
        gone = {one for one, entry in here.items() if entry is None} - on_server(self.scene)[0]
        if gone:
            self.violations.add("1 acknowledged", f"{len(gone)} entries shown as saved are not on the laptop")


@contextlib.contextmanager
def life(made: Prepared) -> Iterator[Life]:
    """Give a copy of the agency with its server running; ended and removed afterwards."""
    folder = scratch()
    shutil.copytree(made.folder, folder, dirs_exist_ok=True)
    processes = Processes(folder, made.port)
    database = Database.in_folder(folder / "server")
    try:
        processes.serve()
        ana, ben = (Desk(folder / f"laptop-{at}", known) for at, known in enumerate(made.laptops))
        yield Life(made, folder, ana, ben, processes, database)
    finally:
        database.close()
        processes.close()
        shutil.rmtree(folder, ignore_errors=True)
