"""A real server and real laptops in one process, joined by a wire that a test can cut, double or bend."""

from __future__ import annotations

import asyncio
import copy
import shutil
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import orjson
import zstandard
from fastapi import FastAPI

from fieldapp.crypto import vault
from fieldapp.crypto.keys import Identity
from fieldapp.errors import NotReached
from fieldapp.laptop.clock import HeldClock
from fieldapp.laptop.enrolment import enrol
from fieldapp.laptop.vaults import Vaults
from fieldapp.records.envelope import Author, Clock, Entry, Envelope, instant
from fieldapp.records.fold import View
from fieldapp.records.ids import one_per, uuid7
from fieldapp.server import admin, epochs
from fieldapp.server.app import Limits, create_app
from fieldapp.server.org import NewOrg, init_org
from fieldapp.server.service import Server
from fieldapp.store.models import SyncStatus
from fieldapp.store.store import Store
from fieldapp.sync.round import Syncer
from fieldapp.sync.transport import Transport

CHEAP = vault.KdfParams(m_kib=1024, t=1, p=1)
POLICY = vault.Policy(min_m_kib=1024, min_t=1, wanted=CHEAP)
PASSPHRASE = "seven purple herons"
URL = "https://fieldapp.test"
NOON_MS = 1_795_464_000_000
"""Monday 23 November 2026, 12:00 in Seattle."""
MINUTE_MS, HOUR_MS, DAY_MS = 60_000, 3_600_000, 86_400_000

Post = Callable[[str, bytes, dict[str, str]], tuple[int, dict[str, str], bytes]]


def asgi(
    app: FastAPI, path: str, body: bytes, headers: Mapping[str, str]
) -> tuple[int, dict[str, str], bytes]:
    """Call an ASGI application once, in a loop of its own."""
    return asyncio.run(asked(app, path, body, headers))


async def asked(
    app: FastAPI, path: str, body: bytes, headers: Mapping[str, str], *, stated: int | None = None
) -> tuple[int, dict[str, str], bytes]:
    """Call an ASGI application once, as an HTTPS server would; `stated` is the length of a body that broke off."""
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

    lines = [
        (b"host", urlsplit(URL).netloc.encode()),
        (b"content-length", str(len(body) if stated is None else stated).encode()),
    ]
    lines += [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    scope: dict[str, Any] = {
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


@dataclass
class Line:
    """One laptop's way to the server, with everything that can happen on it."""

    agency: Agency
    down: bool = False
    lose_replies: int = 0
    """So many answers get lost after the server did its work."""
    twice: bool = False
    bend: Callable[[dict[str, Any]], dict[str, Any] | None] | None = None
    """Changes a good answer of /v1/sync; None leaves it."""
    before: Callable[[dict[str, Any]], None] | None = None
    """Sees each request before the server does."""
    instead: Post | None = None
    requests: list[dict[str, Any]] = field(default_factory=list)
    answers: list[tuple[int, int]] = field(default_factory=list)
    """Status and size of each answer."""
    sizes: list[int] = field(default_factory=list)

    def post(self, path: str, body: bytes, headers: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
        """Send."""
        if self.down:
            raise NotReached("The server was not reached.")
        if path == "/v1/sync":
            plain = orjson.loads(zstandard.ZstdDecompressor().decompress(body, max_output_size=2**24))
            self.requests.append(plain)
            self.sizes.append(len(body))
            if self.before is not None:
                self.before(plain)
        if self.instead is not None:
            return self.instead(path, body, headers)
        status, found, data = asgi(self.agency.app, path, body, headers)
        if self.twice:
            asgi(self.agency.app, path, body, headers)
        self.answers.append((status, len(data)))
        if self.lose_replies:
            self.lose_replies -= 1
            raise NotReached("The answer broke off.")
        if self.bend is not None and status == 200 and path == "/v1/sync":
            changed = self.bend(orjson.loads(data))
            if changed is not None:
                data = orjson.dumps(changed)
        return status, found, data


class Rig:
    """One enrolled laptop, seen from below: its store, its key, its line, and rounds on demand."""

    def __init__(self, agency: Agency, staff: str, folder: Path) -> None:
        self.agency, self.staff, self.folder = agency, staff, folder
        self.clock = HeldClock(agency.clock.at_ms)
        self.line = Line(agency)
        self.lost_disk: set[str] = set()
        """Entries that were only on a disk that was replaced by an older copy."""
        text = admin.issue_code(agency.server, staff).text
        self.enrolled: SyncStatus = enrol(
            folder, agency.url, text, PASSPHRASE, clock=self.clock, kdf=CHEAP, vault_policy=POLICY,
            connect=self.connect, label="field laptop",
        )  # fmt: skip
        self.open()

    def open(self) -> None:
        """Unlock and open the store."""
        place = Vaults(self.folder).listed()[0]
        key = vault.unlock(place.key_file, PASSPHRASE, POLICY).vault_key
        self.store = Store.open(place.database, key.derive("db"), reserve_bytes=0)
        key.wipe()
        self.lock = place.folder / "sync.lock"
        with self.store.reading() as rx:
            self.identity = Identity.from_bytes(rx.get_meta("identity") or b"")
            self.org, self.device = rx.meta_text("org"), rx.meta_text("device")
            member = next(iter((rx.view(self.staff) or _never()).items("memberships").values()))
            name = str((rx.view(self.staff) or _never()).get("name"))
        self.author = Author(self.staff, name, "", str(member["role"]))
        self.syncer = Syncer(self.store, self.lock, self.connect, self.clock.now_ms)

    def connect(self, _: str) -> Transport:
        """Return this laptop's line."""
        return self.line

    def hold_clock(self) -> None:
        """Set this laptop's clock to the agency's, never back."""
        self.clock.at_ms = max(self.clock.at_ms, self.agency.clock.at_ms)

    def sync(self, **more: Any) -> SyncStatus:
        """Run rounds until nothing is owed or something is wrong."""
        self.hold_clock()
        return self.syncer.run(**more)

    def entry(
        self, kind: str, record: str, body: Mapping[str, Any], *, client: str | None = None, meaning: str = "save",
        prev: Sequence[str] = (), about: str | None = None, sensitivity: str = "normal",
    ) -> Entry:  # fmt: skip
        """Sign an entry and store it as unsent."""
        with self.store.writing() as tx:
            series, counter = tx.next_counters(1)
            envelope = Envelope(
                org=self.org, id=record, kind=kind, author=self.author, device=self.device, series=series,
                counter=counter, at=instant(self.clock.now_ms()), tz="America/Los_Angeles",
                clock=Clock(tx.meta_int("clock_offset_ms") or 0, tx.meta_text("last_reached") or None),
                meaning=meaning, prev=tuple(sorted(prev)), body=body, client=client, about=about,
                sensitivity=sensitivity,
            )  # fmt: skip
            bare = Entry.made(envelope)
            made = Entry(bare.hash, bare.data, self.identity.sign("entry", bare.data), envelope)
            tx.add([made], own=True, state="unsent")
        self.clock.move(ms=1)
        return made

    def client(self, name: str, team: str = "") -> str:
        """Add a client of a team and return the id."""
        client = uuid7(self.clock.now_ms())
        first = {
            "legal_name": name,
            "home_program": self.agency.program,
            "home_team": team or self.agency.team,
        }
        self.entry("client", client, {"set": first}, client=client)
        return client

    def contact(self, client: str, remark: str = "", **values: Any) -> Entry:
        """Log a contact."""
        stop = self.clock.now_ms()
        said = {
            "start": instant(stop - 45 * MINUTE_MS), "stop": instant(stop), "outcome": "completed",
            "contact_type": "individual_counseling", "modality": "in_person", "setting": "home",
            "remark": remark, **values,
        }  # fmt: skip
        return self.entry("contact", uuid7(self.clock.now_ms()), {"set": said}, client=client)

    def note(self, client: str, text: str) -> Entry:
        """Sign a note."""
        doc = {
            "format": "narrative", "sections": {"narrative": text}, "goals": ["1"],
            "risk_block": {"answer": "none_observed"},
            "service_start": instant(self.clock.now_ms() - HOUR_MS), "service_stop": instant(self.clock.now_ms()),
        }  # fmt: skip
        return self.entry("note", uuid7(self.clock.now_ms()), {"doc": doc}, client=client, meaning="sign")

    def plan(self, client: str, sign: str, prev: Sequence[str] = ()) -> Entry:
        """Sign a safety plan."""
        doc = {
            "signs": [sign], "alone": ["walk"], "team": [{"name": "Team"}], "review_due": "2026-12-22",
            "not_yet": dict.fromkeys(("distract", "helpers", "means", "matters"), "next time"),
        }  # fmt: skip
        return self.entry(
            "safety_plan",
            one_per(client, "safety_plan"),
            {"doc": doc},
            client=client,
            meaning="sign",
            prev=prev,
        )

    def change(self, record: str, values: Mapping[str, Any]) -> Entry:
        """Save fields of a working record on top of what is seen here."""
        view = self.view(record)
        return self.entry(
            view.kind, record, {"set": dict(values)}, client=view.client or record, prev=view.heads
        )

    def view(self, record: str) -> View:
        """Return a record's view; fails if there is none."""
        with self.store.reading() as rx:
            return rx.view(record) or _never()

    def has(self, entry: Entry | str) -> bool:
        """Tell whether an entry is stored here."""
        with self.store.reading() as rx:
            return rx.entry(entry if isinstance(entry, str) else entry.hash) is not None

    def state(self, entry: Entry | str) -> str:
        """Return how far an entry got."""
        with self.store.reading() as rx:
            found = rx.value(
                "SELECT state FROM entry WHERE hash = ?", entry if isinstance(entry, str) else entry.hash
            )
        return str(found)

    def states(self) -> dict[str, int]:
        """Return how many own entries are in each state."""
        with self.store.reading() as rx:
            return {s: n for s, n in rx.all("SELECT state, count(*) FROM entry WHERE own = 1 GROUP BY state")}

    def meta(self, name: str) -> str:
        """Return a named value."""
        with self.store.reading() as rx:
            return rx.meta_text(name)

    def cursors(self) -> dict[str, tuple[int, str]]:
        """Return number and head of every feed."""
        with self.store.reading() as rx:
            return {feed.name: (feed.number, feed.head) for feed in rx.feeds()}

    def shown(self) -> dict[str, bytes]:
        """Return every view, as bytes, of records about clients."""
        with self.store.reading() as rx:
            return {r: bytes(d) for r, d in rx.all("SELECT record, data FROM view WHERE client IS NOT NULL")}

    def audited(self, outcome: str) -> int:
        """Return how many audit events have an outcome."""
        with self.store.reading() as rx:
            rows = rx.all("SELECT data FROM audit")
        return sum(orjson.loads(data)["outcome"] == outcome for (data,) in rows)

    def close(self) -> None:
        """Close the store."""
        self.store.close()


def make_template(folder: Path, at_ms: int = NOON_MS) -> tuple[Path, NewOrg]:
    """Make an organisation that tests copy: its recovery key costs what a real one costs."""
    weakest = vault.KdfParams(m_kib=65_536, t=3, p=1)
    made = init_org(
        folder / "server", "North Sound Outreach", kdf=weakest, now_ms=lambda: at_ms,
        passphrase="otter lantern quilt basin", phone="206-555-0100",
    )  # fmt: skip
    return folder / "server", made


class Agency:
    """A server of one organisation, with people of two teams."""

    url = URL
    """How laptops reach the server."""

    def __init__(self, folder: Path, template: tuple[Path, NewOrg], at_ms: int = NOON_MS) -> None:
        self.folder = folder
        self.clock = HeldClock(at_ms)
        shutil.copytree(template[0], folder / "server")
        self.made = template[1]
        self.program, self.team = self.made.program, self.made.team
        self.start()
        self.other_team = admin.add_team(self.server, "South", program=self.program, code="south")
        self.rigs: list[Rig] = []
        self._lock = threading.Lock()

    def start(self) -> None:
        """Open the server and its application."""
        self.server = Server(
            self.folder / "server", now_ms=self.clock.now_ms, authorities=(urlsplit(URL).netloc,)
        )
        self.app = create_app(self.server, limits=Limits(100_000, 100_000))

    def person(self, name: str, role: str = "clinician", team: str = "", **more: Any) -> str:
        """Add a staff member of the first team, or of another one."""
        code = f"person-{len(admin.staff_list(self.server))}"
        return admin.add_staff(
            self.server, name, code=code,
            memberships=[{"role": role, "program": self.program, "team": team or self.team}], **more,
        )  # fmt: skip

    def laptop(self, name: str, role: str = "clinician", team: str = "", **more: Any) -> Rig:
        """Enrol a new person's laptop."""
        return self.rig(self.person(name, role, team, **more))

    def rig(self, staff: str) -> Rig:
        """Enrol one more laptop of somebody."""
        made = Rig(self, staff, self.folder / f"laptop-{len(self.rigs)}")
        self.rigs.append(made)
        return made

    def settle(self, *rigs: Rig) -> None:
        """Let laptops exchange everything."""
        for _ in range(2):
            for rig in rigs or self.rigs:
                status = rig.sync()
                assert status.message == "", status.message

    def backup(self) -> Path:
        """Copy the server's database, as a nightly backup does."""
        self.server.close()
        copied = self.folder / f"backup-{len(list(self.folder.glob('backup-*')))}"
        shutil.copytree(self.folder / "server", copied)
        self.start()
        return copied

    def restore(self, copied: Path, *, announce: bool) -> None:
        """Put a backup back, with or without telling the laptops by a new epoch."""
        self.server.close()
        shutil.rmtree(self.folder / "server")
        shutil.copytree(copied, self.folder / "server")
        self.start()
        if announce:
            self.server.database.run(
                lambda tx: epochs.begin(
                    tx, self.server.keys.authority, self.server.org, self.clock.now_ms(), "restored"
                )
            )

    def stored(self) -> set[str]:
        """Return the hashes of all entries on the server."""
        from sqlalchemy import select

        from fieldapp.server.tables import entry

        with self.server.database.reading() as rx:
            return set(rx.execute(select(entry.c.hash)).scalars())

    def close(self) -> None:
        """Close everything."""
        for rig in self.rigs:
            rig.close()
        self.server.close()


def bent(answer: dict[str, Any]) -> dict[str, Any]:
    """Return a deep copy that may be changed."""
    return copy.deepcopy(answer)


def _never() -> Any:
    raise AssertionError("the record is not there")
