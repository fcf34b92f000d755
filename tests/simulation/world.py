"""A small agency on disk that can be copied in a few milliseconds, and killed, cut off, filled up and put back.

The real server on SQLite and the real laptops' stores and rounds; only the wire, the clocks and chance are ours.
"""

from __future__ import annotations

import asyncio
import contextlib
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from random import Random
from tempfile import mkdtemp
from typing import Any
from unittest import mock

import fieldapp
from fieldapp.clinical.told import laptop as told
from fieldapp.crypto import vault
from fieldapp.crypto.keys import Identity
from fieldapp.errors import DiskFailure, NotReached
from fieldapp.laptop.clock import HeldClock
from fieldapp.laptop.vaults import Vaults
from fieldapp.records.envelope import Author, Entry
from fieldapp.records.versions import is_below
from fieldapp.server import writers
from fieldapp.store import backup
from fieldapp.store.models import SyncStatus
from fieldapp.store.store import Store
from fieldapp.sync.round import Syncer
from tests.simulation.chance import fixed
from tests.sync.sync_world import NOON_MS, PASSPHRASE, POLICY, Agency, Line, Rig, asked, make_template

SHM = Path("/dev/shm")  # noqa: S108


class LaptopKilled(BaseException):
    """The laptop's process is gone; nothing more of it runs."""


class ServerKilled(BaseException):
    """The server's process is gone."""


def scratch() -> Path:
    """Return a new folder, in memory where the system has one: a simulated kill needs no slow disk."""
    return Path(mkdtemp(prefix="fieldapp-sim-", dir=SHM if SHM.is_dir() else None))


@dataclass
class Guard:
    """Where the next transaction of one side breaks: after so many, before or after it is stored."""

    failure: Callable[[], BaseException]
    left: int = -1
    after: bool = False
    dead: bool = False

    def set(self, left: int, *, after: bool, failure: Callable[[], BaseException] | None = None) -> None:
        """Break the transaction that comes after `left` others."""
        self.left, self.after = left, after
        if failure is not None:
            self.failure = failure

    @contextlib.contextmanager
    def around(self, real: Any) -> Iterator[Any]:
        """Run one transaction, or not."""
        if self.dead:
            raise self.failure()
        now = self.left == 0
        if self.left >= 0:
            self.left -= 1
        with real as tx:
            yield tx
            if now and not self.after:
                self._break()
        if now:
            self._break()

    def _break(self) -> None:
        failure = self.failure()
        # A full disk fails one transaction; a killed process does nothing more.
        self.dead = not isinstance(failure, Exception)
        raise failure


@dataclass
class Weather(Line):
    """A line whose faults are set for each request."""

    plan: Callable[[], str] = lambda: ""
    dice: Random = field(default_factory=lambda: Random(0))
    late: list[tuple[str, bytes, dict[str, str]]] = field(default_factory=list)
    seen: int = 0
    on_request: Callable[[], None] | None = None

    def post(self, path: str, body: bytes, headers: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
        """Send, as the weather allows."""
        self.seen += 1
        what = self.plan()
        if self.on_request is not None:
            again, self.on_request = self.on_request, None
            again()
        if what == "down":
            raise NotReached(told.NOT_REACHED.sentence)
        if what == "cut request":
            first = body[: self.dice.randrange(len(body))]
            with contextlib.suppress(NotReached):
                self._ask(path, first, headers, stated=len(body))
            raise NotReached(told.NOT_REACHED.sentence)
        if what == "delay":
            self.late.append((path, body, headers))
            raise NotReached(told.NO_ANSWER.sentence)
        status, found, data = self._ask(path, body, headers)
        if what == "twice":
            self._ask(path, body, headers)
        if what == "lost":
            raise NotReached(told.BROKE_OFF.sentence)
        if what == "cut reply":
            return status, found, data[: self.dice.randrange(max(1, len(data)))]
        return status, found, data

    def _ask(
        self, path: str, body: bytes, headers: dict[str, str], *, stated: int | None = None
    ) -> tuple[int, dict[str, str], bytes]:
        agency = self.agency
        assert isinstance(agency, SimAgency)
        return agency.answer(path, body, headers, stated)

    def deliver(self) -> None:
        """Let what was held up arrive now; nobody waits for the answer any more."""
        late, self.late = self.late, []
        for request in late:
            with contextlib.suppress(NotReached):
                self._ask(*request)


class SimRig(Rig):
    """One laptop of the prepared agency."""

    line: Weather

    def __init__(self, agency: SimAgency, folder: Path, known: Known) -> None:
        self.agency, self.folder, self.known = agency, folder, known
        self.staff, self.author, self.identity = known.staff, known.author, known.identity
        self.org, self.device = known.org, known.device
        self.clock = HeldClock(agency.clock.at_ms)
        self.line = Weather(agency)
        self.guard = Guard(LaptopKilled)
        self.lost_disk = set()
        self.off_ms = 0
        self.version = fieldapp.__version__
        """Of the app on it."""
        self.offered: set[str] = set()
        """What was owed when a version synced that may write: a request of then may still arrive."""
        self.leaked: set[str] = set()
        """Entries that the server took although this laptop's app is older than may write."""
        self.held_back = 0
        """How many entries stayed here at most because of that."""
        self.open()

    def open(self) -> None:
        """Open the store, as after the process was started."""
        place = Vaults(self.folder).listed()[0]
        self.place = place
        self.guard = Guard(LaptopKilled)
        self.store = Store.open(place.database, self.known.db_key, reserve_bytes=0)
        real = self.store.writing
        guard = self.guard
        setattr(self.store, "writing", lambda: guard.around(real()))  # noqa: B010
        self.lock = place.folder / "sync.lock"
        self.syncer = Syncer(self.store, self.lock, self.connect, self.clock.now_ms)

    def died(self) -> None:
        """Start the process again after it was killed."""
        self.guard.dead = True
        self.store.close()
        self.open()

    def sync(self, **more: Any) -> SyncStatus:
        """Run rounds with the app that is on it; note what a version that may not write got rid of all the same."""
        lowest = writers.lowest(self.agency.server)
        below = bool(lowest) and is_below(self.version, lowest)
        owed = self._owed() - self.offered
        try:
            with mock.patch.object(fieldapp, "__version__", self.version):
                return super().sync(**more)
        finally:
            if below:
                self.held_back = max(self.held_back, len(owed))
                self.leaked |= owed & self.agency.stored()
            else:
                self.offered |= owed

    def _owed(self) -> set[str]:
        with self.store.reading() as rx:
            return {h for (h,) in rx.all("SELECT hash FROM entry WHERE own = 1 AND state = 'unsent'")}

    def hold_clock(self) -> None:
        """Set this laptop's clock to the agency's, as wrong as it is."""
        self.clock.at_ms = max(self.clock.at_ms, self.agency.clock.at_ms + self.off_ms)

    def back_up(self) -> backup.Backup:
        """Make the rolling copy."""
        return backup.make(self.place.database, self.known.db_key, self.place.backups, self.clock.now_ms())

    def copied(self) -> SimRig:
        """Return a second laptop made from this one's disk, as when an image is put on another machine."""
        folder = self.folder.with_name(f"{self.folder.name}-copy-{self.clock.at_ms}")
        with self.store.writing():
            shutil.copytree(self.folder, folder)
        assert isinstance(self.agency, SimAgency)
        copy = SimRig(self.agency, folder, self.known)
        copy.version, copy.offered = self.version, self.offered
        return copy

    def put_back(self) -> bool:
        """Put the newest copy in the place of the data; returns whether there was one."""
        copies = backup.listed(self.place.backups)
        if not copies:
            return False
        with self.store.reading() as rx:
            before = {h for (h,) in rx.all("SELECT hash FROM entry")}
        self.store.close()
        backup.restore(self.place.database, self.known.db_key, copies[0], self.clock.now_ms())
        self.open()
        with self.store.reading() as rx:
            now = {h for (h,) in rx.all("SELECT hash FROM entry")}
        self.lost_disk |= before - now
        return True


_dialects: dict[str, Any] = {}


def _dialect(name: str, engine: Any) -> Any:
    return _dialects.setdefault(name, engine.dialect)


@cache
def _compiled() -> dict[Any, Any]:
    return {}


@dataclass(frozen=True)
class Known:
    """What of a prepared laptop would cost time to find out again."""

    staff: str
    author: Author
    identity: Identity
    org: str
    device: str
    db_key: bytes


def known_of(rig: Rig) -> Known:
    """Return what a prepared laptop's vault holds."""
    place = Vaults(rig.folder).listed()[0]
    key = vault.unlock(place.key_file, PASSPHRASE, POLICY).vault_key
    found = Known(rig.staff, rig.author, rig.identity, rig.org, rig.device, bytes(key.derive("db")))
    key.wipe()
    return found


@dataclass(frozen=True)
class Prepared:
    """The agency that every run begins with."""

    folder: Path
    made: Any
    other_team: str
    laptops: tuple[Known, ...]
    at_ms: int
    clients: tuple[str, ...]
    old: Path
    """The same a hundred days later, when old notes have left the laptops."""
    old_ms: int


PEOPLE = (("Ana Alvarez", "clinician"), ("Ben Brook", "prescriber"), ("Sam Super", "supervisor"))


@cache
def prepared() -> Prepared:
    """Make the agency once per process: two teams, four people, five laptops (Ana has two)."""
    with fixed("agency"):
        folder = scratch()
        agency = Agency(folder / "first", make_template(folder / "template"))
        first = agency.laptop(*PEOPLE[0])
        agency.rig(first.staff)
        for name, role in PEOPLE[1:]:
            agency.laptop(name, role)
        agency.laptop("Fay Far", "clinician", agency.other_team)
        clients = []
        for number in range(3):
            writer = agency.rigs[-1 if number == 2 else 0]
            clients.append(writer.client(f"Client {number}", agency.other_team if number == 2 else ""))
            writer.contact(clients[-1], "known")
            writer.plan(clients[-1], "pacing")
            writer.note(clients[-1], "first words")
        agency.settle()
        known = [known_of(rig) for rig in agency.rigs]
        at_ms = agency.clock.at_ms
        agency.close()
        shutil.copytree(folder / "first", folder / "old")
        made = Prepared(
            folder / "first",
            agency.made,
            agency.other_team,
            tuple(known),
            at_ms,
            tuple(clients),
            folder / "old",
            0,
        )
        later = SimAgency(folder / "old", made, at_ms)
        grow_old(later, made.clients[0])
        old_ms = later.clock.at_ms
        later.close(keep=True)
    return replace(made, old_ms=old_ms)


def grow_old(agency: SimAgency, client: str) -> list[tuple[SimRig, Entry]]:
    """Let a hundred days pass, with a contact and then a round of everybody on the last three; returns what was signed."""
    agency.clock.move(days=97)
    writer = agency.rigs[0]
    signed = []
    for _ in range(3):
        agency.clock.move(days=1)
        writer.hold_clock()
        signed.append((writer, writer.contact(client, "still here")))
    for rig in agency.rigs:
        rig.sync()
    return signed


def clear() -> None:
    """Remove the prepared agency."""
    if prepared.cache_info().currsize:
        shutil.rmtree(prepared().folder.parent, ignore_errors=True)
        prepared.cache_clear()


class SimAgency(Agency):
    """The prepared agency at work."""

    def __init__(self, folder: Path, from_: Prepared, at_ms: int) -> None:
        """Open a folder that is a copy of a prepared one, at a time."""
        self.folder = folder
        self.clock = HeldClock(max(NOON_MS, at_ms))
        self.made, self.other_team = from_.made, from_.other_team
        self.program, self.team = self.made.program, self.made.team
        self.guard = Guard(ServerKilled)
        self._loop = asyncio.new_event_loop()
        self.start()
        self.rigs: list[Any] = [
            SimRig(self, folder / f"laptop-{number}", known) for number, known in enumerate(from_.laptops)
        ]

    @classmethod
    def copy(cls, *, old: bool = False) -> SimAgency:
        """Return a copy of the prepared agency, or of the one that grew old."""
        from_ = prepared()
        folder = scratch()
        shutil.copytree(from_.old if old else from_.folder, folder, dirs_exist_ok=True)
        return cls(folder, from_, from_.old_ms if old else from_.at_ms)

    def start(self) -> None:
        """Open the server, as after its process was started."""
        super().start()
        self.guard = Guard(ServerKilled)
        database, guard = self.server.database, self.guard
        # Every run asks the same questions: their SQL is made once per process.
        database.engine.dialect = _dialect(database.engine.dialect.name, database.engine)
        database.engine = database.engine.execution_options(compiled_cache=_compiled())
        real = database.writing
        setattr(database, "writing", lambda: guard.around(real()))  # noqa: B010

    def answer(
        self, path: str, body: bytes, headers: dict[str, str], stated: int | None = None
    ) -> tuple[int, dict[str, str], bytes]:
        """Have one request answered; raises NotReached when the server is killed by it."""
        try:
            return self._loop.run_until_complete(asked(self.app, path, body, headers, stated=stated))
        except ServerKilled:
            self.server.close()
            self.start()
            raise NotReached(told.BROKE_OFF.sentence) from None

    def close(self, *, keep: bool = False) -> None:
        super().close()
        self._loop.run_until_complete(self._loop.shutdown_default_executor())
        self._loop.close()
        if not keep:
            shutil.rmtree(self.folder, ignore_errors=True)


def full_disk() -> DiskFailure:
    """Return what a full disk raises."""
    return DiskFailure(told.DISK_FULL.said(" Make room."))
