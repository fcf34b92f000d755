"""A small agency on disk that can be copied in a few milliseconds, and killed, cut off, filled up and put back.

The real server on SQLite and the real laptops' stores and rounds; only the wire, the clocks and chance are ours.
"""

from __future__ import annotations

import asyncio
import contextlib
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from random import Random
from tempfile import mkdtemp
from typing import Any
from urllib.parse import urlsplit

from fieldapp.crypto import vault
from fieldapp.crypto.keys import Identity
from fieldapp.errors import DiskFailure, NotReached
from fieldapp.laptop.clock import HeldClock
from fieldapp.laptop.vaults import Vaults
from fieldapp.records.envelope import Author
from fieldapp.store import backup
from fieldapp.store.store import Store
from fieldapp.sync.round import Syncer
from tests.simulation.chance import fixed
from tests.sync.sync_world import NOON_MS, PASSPHRASE, POLICY, URL, Agency, Line, Rig, make_template

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
            raise NotReached("The server was not reached.")
        if what == "cut request":
            first = body[: self.dice.randrange(len(body))]
            with contextlib.suppress(NotReached):
                self._ask(path, first, headers | {"content-length": str(len(body))})
            raise NotReached("The request broke off.")
        if what == "delay":
            self.late.append((path, body, headers))
            raise NotReached("No answer came in time.")
        status, found, data = self._ask(path, body, headers)
        if what == "twice":
            self._ask(path, body, headers)
        if what == "lost":
            raise NotReached("The answer broke off.")
        if what == "cut reply":
            return status, found, data[: self.dice.randrange(max(1, len(data)))]
        return status, found, data

    def _ask(self, path: str, body: bytes, headers: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
        agency = self.agency
        assert isinstance(agency, SimAgency)
        return agency.answer(path, body, headers)

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
        self.lost_disk: set[str] = set()
        """Entries that were only on a disk that was replaced by an older copy."""
        self.off_ms = 0
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

    def hold_clock(self) -> None:
        """Set this laptop's clock to the agency's, as wrong as it is."""
        self.clock.at_ms = max(self.clock.at_ms, self.agency.clock.at_ms + self.off_ms)

    def sync(self, **more: Any) -> Any:
        self.hold_clock()
        return self.syncer.run(**more)

    def back_up(self) -> backup.Backup:
        """Make the rolling copy."""
        return backup.make(self.place.database, self.known.db_key, self.place.backups, self.clock.now_ms())

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


PEOPLE = (("Ana Alvarez", "clinician"), ("Ben Brook", "clinician"), ("Sam Super", "supervisor"))


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
        agency.close()
    return Prepared(
        folder / "first", agency.made, agency.other_team, tuple(known), agency.clock.at_ms, tuple(clients)
    )


def clear() -> None:
    """Remove the prepared agency."""
    if prepared.cache_info().currsize:
        shutil.rmtree(prepared().folder.parent, ignore_errors=True)
        prepared.cache_clear()


class SimAgency(Agency):
    """A copy of the prepared agency."""

    def __init__(self, folder: Path) -> None:
        from_ = prepared()
        self.folder = folder
        shutil.copytree(from_.folder, folder, dirs_exist_ok=True)
        self.clock = HeldClock(max(NOON_MS, from_.at_ms))
        self.made, self.other_team = from_.made, from_.other_team
        self.program, self.team = self.made.program, self.made.team
        self.guard = Guard(ServerKilled)
        self._loop = asyncio.new_event_loop()
        self.start()
        self.rigs: list[Any] = [
            SimRig(self, folder / f"laptop-{number}", known) for number, known in enumerate(from_.laptops)
        ]

    def start(self) -> None:
        """Open the server, as after its process was started."""
        super().start()
        self.guard = Guard(ServerKilled)
        database, guard = self.server.database, self.guard
        # Every run asks the same questions: their SQL is made once per process.
        database.engine = database.engine.execution_options(compiled_cache=_compiled())
        real = database.writing
        setattr(database, "writing", lambda: guard.around(real()))  # noqa: B010

    def answer(self, path: str, body: bytes, headers: Mapping[str, str]) -> tuple[int, dict[str, str], bytes]:
        """Have one request answered; raises NotReached when the server is killed by it."""
        try:
            return self._loop.run_until_complete(_asked(self.app, path, body, headers))
        except ServerKilled:
            self.server.close()
            self.start()
            raise NotReached("The server went away.") from None

    def close(self) -> None:
        super().close()
        self._loop.run_until_complete(self._loop.shutdown_default_executor())
        self._loop.close()
        shutil.rmtree(self.folder, ignore_errors=True)


async def _asked(
    app: Any, path: str, body: bytes, headers: Mapping[str, str]
) -> tuple[int, dict[str, str], bytes]:
    import zstandard

    sent: list[dict[str, Any]] = []
    read = False

    async def receive() -> dict[str, Any]:
        nonlocal read
        if read:
            return {"type": "http.disconnect"}
        read = True
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    lines = [(b"host", urlsplit(URL).netloc.encode()), (b"content-length", str(len(body)).encode())]
    lines += [
        (name.lower().encode(), value.encode())
        for name, value in headers.items()
        if name.lower() != "content-length"
    ]
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "POST", "scheme": "https",
        "path": path, "raw_path": path.encode(), "query_string": b"", "root_path": "", "headers": lines,
        "client": ("203.0.113.7", 40000), "server": ("fieldapp.test", 443),
    }  # fmt: skip
    await app(scope, receive, send)
    found = {k.decode().lower(): v.decode() for k, v in sent[0]["headers"]}
    data = b"".join(message.get("body", b"") for message in sent[1:])
    if found.get("content-encoding") == "zstd":
        data = zstandard.ZstdDecompressor().decompress(data, max_output_size=8 * 1024 * 1024)
    return sent[0]["status"], found, data


def full_disk() -> DiskFailure:
    """Return what a full disk raises."""
    return DiskFailure("The disk is full.")
