"""An organisation on a server, and laptops that sign, push, pull and check what they are given."""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import Connection
from sqlalchemy.engine import make_url

from fieldapp.crypto import vault
from fieldapp.crypto.enrolment import Code, transcript_mac, transcript_ok
from fieldapp.crypto.keys import Identity, verify
from fieldapp.crypto.requests import Verified, new_nonce
from fieldapp.records.canonical import dumps, loads
from fieldapp.records.envelope import Author, Clock, Entry, Envelope, instant
from fieldapp.records.ids import one_per, uuid7
from fieldapp.server import admin
from fieldapp.server.database import Database
from fieldapp.server.org import NewOrg, init_org
from fieldapp.server.service import Server
from fieldapp.sync.wire import b64, head_start, next_head, row_hash, unb64

CHEAP = vault.KdfParams(m_kib=1024, t=1, p=1)
POLICY = vault.Policy(min_m_kib=1024, min_t=1, wanted=CHEAP)
START_MS = 1_795_341_600_000
"""2026-11-22 at noon in Seattle."""
DAY_MS = 86_400_000


class TestClock:
    """Time that only the test moves."""

    __test__ = False

    def __init__(self) -> None:
        self.ms = START_MS

    def __call__(self) -> int:
        return self.ms


@dataclass
class World:
    """A server with its people."""

    server: Server
    clock: TestClock
    org: NewOrg
    team1: str
    team2: str
    team3: str
    program: str
    other_program: str
    staff: dict[str, str]
    roles: dict[str, str]
    laptops: list[Laptop] = field(default_factory=list)
    owner: str | None = None
    """The URL of the role that owns the tables, where that is not the one that serves."""

    @contextmanager
    def owning(self) -> Iterator[Connection]:
        """Give a write transaction of whoever has the database's own password."""
        if self.owner is None:
            with self.server.database.writing() as tx:
                yield tx
            return
        with closing(Database(self.owner)) as database, database.writing() as tx:
            yield tx

    def laptop(self, who: str) -> Laptop:
        """Enrol a laptop for somebody, through the real exchange."""
        made = Laptop.enrol(self, who)
        self.laptops.append(made)
        return made

    def feeds(self, *names: str) -> set[str]:
        """Return feed names in which `T1`, `P` and so on stand for ids."""
        stands = {
            "T1": self.team1,
            "T2": self.team2,
            "T3": self.team3,
            "P": self.program,
            "Q": self.other_program,
        }
        return {
            ":".join(stands.get(part, self.staff.get(part, part)) for part in name.split(":"))
            for name in names
        }


def made_world(folder: Path, database: str | None, served: str | None = None) -> World:
    """Make the organisation that most tests use.

    Args:
        served: the URL of the role that serves, where that is not the one that owns the tables.
    """
    clock = TestClock()
    org = init_org(
        folder, "Harbor", administrator="Ada Admin", supervisor="Sol Super", database=database, kdf=CHEAP,
        policy=POLICY, now_ms=clock, phone="206-555-0100",
        app_role=None if served is None else make_url(served).username,
    )  # fmt: skip
    server = Server(folder, database=served or database, now_ms=clock, authorities=("server.test",))
    team2 = admin.add_team(server, "Team 2", program="community-iop", code="team-2")
    other, team3 = admin.add_program(server, "Structured", code="structured")
    people = {
        "mira": ("clinician", "team-1"), "tomas": ("tech", "team-1"), "bo": ("clinician", "team-2"),
        "sven": ("supervisor", "team-2"), "una": ("clinician", team3), "rex": ("records", "team-1"),
        "bill": ("biller", "team-1"),
    }  # fmt: skip
    staff = {"sol": org.supervisor, "ada": org.administrator}
    roles = {"sol": "supervisor", "ada": "sysadmin"}
    for name, (role, team) in people.items():
        staff[name] = admin.add_staff(
            server, f"{name.title()} Example", code=name, memberships=[{"role": role, "team": team}],
            credentials=[{"code": "LMHC"}],
        )  # fmt: skip
        roles[name] = role
    staff["max"] = admin.add_staff(
        server, "Max Example", code="max", memberships=[{"role": "manager", "program": "community-iop"}]
    )
    roles["max"] = "manager"
    return World(server, clock, org, org.team, team2, team3, org.program, other, staff, roles)


def copied_world(
    template: World, folder: Path, database: str | None, owner: str | None = None
) -> World:  # fmt: skip
    """Return a copy of an organisation whose server was closed, with a clock of its own."""
    shutil.copytree(template.server.folder, folder)
    clock = TestClock()
    server = Server(folder, database=database, now_ms=clock, authorities=("server.test",))
    return replace(
        template,
        server=server,
        clock=clock,
        staff=dict(template.staff),
        roles=dict(template.roles),
        laptops=[],
        owner=owner,
    )


class Laptop:
    """The least that a laptop does: sign, push, pull, and believe nothing unchecked."""

    def __init__(self, world: World, who: str, identity: Identity, device: str) -> None:
        self.world = world
        self.who = who
        self.identity = identity
        self.device = device
        self.series = str(uuid.uuid4())
        self.counter = 0
        self.epoch = 1
        self.heads: dict[str, str] = {}
        self.rows: dict[str, dict[int, list[str]]] = {}
        self.numbers: dict[str, int] = {}
        self.entries: dict[str, Entry] = {}
        self.stubs: dict[str, dict[str, Any]] = {}
        self.feed_list: list[str] = []
        self.last: dict[str, Any] = {}

    @classmethod
    def enrol(cls, world: World, who: str, code: str | None = None) -> Laptop:
        """Carry out the enrolment exchange."""
        typed = Code.parse(code or admin.issue_code(world.server, world.staff[who]).text)
        identity = Identity.generate()
        asked = {"code_id": typed.code_id, "public": identity.public.hex(), "label": f"{who}'s laptop"}
        transcript = dumps(asked)
        answer = world.server.enrol(
            orjson.dumps(
                {**asked, "proof": b64(identity.sign("possession", transcript)),
                 "mac": transcript_mac(typed.mac_key, "laptop", transcript).hex()}
            )
        )  # fmt: skip
        mac = bytes.fromhex(answer.pop("mac"))
        assert transcript_ok(typed.mac_key, "server", dumps(answer), mac)
        assert typed.names(bytes.fromhex(answer["authority_public"]))
        text, signature = answer["certificate"]
        assert verify(bytes.fromhex(answer["authority_public"]), "entry", text.encode(), unb64(signature))
        assert answer["staff"] == world.staff[who]
        return cls(world, who, identity, answer["device"])

    @property
    def staff(self) -> str:
        """Id of whose laptop it is."""
        return self.world.staff[self.who]

    def say(
        self, kind: str, record: str, body: Mapping[str, Any], *, client: str | None = None,
        prev: Sequence[Entry | str] = (), meaning: str = "save", about: Entry | None = None,
        at_ms: int | None = None, role: str | None = None, counter: int | None = None, author: str | None = None,
        sensitivity: str = "normal", device: str | None = None, org: str | None = None, series: str | None = None,
    ) -> Entry:  # fmt: skip
        """Sign one entry."""
        if counter is None:
            self.counter += 1
        unsigned = Entry.made(
            Envelope(
                org=org or self.world.server.org, id=record, kind=kind, client=client,
                author=Author(
                    author or self.staff, f"{self.who.title()} Example", "LMHC", role or self.world.roles[self.who]
                ),
                device=device or self.device, series=series or self.series, counter=counter or self.counter,
                at=instant(self.world.clock.ms if at_ms is None else at_ms), tz="America/Los_Angeles",
                clock=Clock(0, None), meaning=meaning,
                prev=tuple(sorted(p if isinstance(p, str) else p.hash for p in prev)), body=body,
                about=about.hash if about else None, sensitivity=sensitivity,
            )
        )  # fmt: skip
        signed = Entry(
            unsigned.hash, unsigned.data, self.identity.sign("entry", unsigned.data), unsigned.envelope
        )
        self.entries[signed.hash] = signed
        return signed

    def client(
        self, name: str = "Doe, Jo", team: str | None = None, program: str | None = None, **more: Any
    ) -> Entry:
        """Sign a new client's first entry; its record is the client."""
        client = uuid7(self.world.clock.ms)
        fields = {
            "legal_name": name, "home_team": team or self.world.team1, "home_program": program or self.world.program,
        }  # fmt: skip
        return self.say("client", client, {"set": fields}, client=client, **more)

    def contact(self, client: str, remark: str = "seen", **more: Any) -> Entry:
        """Sign a contact."""
        start = more.get("at_ms", self.world.clock.ms)
        fields = {
            "start": instant(start - 3_600_000), "stop": instant(start - 1_800_000), "outcome": "completed",
            "contact_type": "individual_counseling", "modality": "in_person", "setting": "home", "remark": remark,
        }  # fmt: skip
        return self.say("contact", uuid7(self.world.clock.ms), {"set": fields}, client=client, **more)

    def note(self, client: str, text: str = "Said she slept.", *, cosign: str = "", **more: Any) -> Entry:
        """Sign a note."""
        doc = {
            "format": "free", "sections": {"text": text},
            "service_start": instant(more.get("at_ms", self.world.clock.ms) - 3_600_000),
        }  # fmt: skip
        body: dict[str, Any] = {"doc": doc, **({"cosign_required": cosign} if cosign else {})}
        return self.say(
            "note",
            more.pop("record", uuid7(self.world.clock.ms)),
            body,
            client=client,
            meaning="sign",
            **more,
        )

    def remark(self, meaning: str, about: Entry, reason: str = "why", **more: Any) -> Entry:
        """Sign a cosign, return, error or addendum."""
        body = (
            {"text": reason} if meaning == "addendum" else {} if meaning == "cosign" else {"reason": reason}
        )
        e = about.envelope
        return self.say(e.kind, e.id, body, client=e.client, meaning=meaning, about=about, **more)

    def request(self, *entries: Entry, **more: Any) -> dict[str, Any]:
        """Return a request for one round."""
        return {
            "protocol": 1, "device": self.device,
            "feeds": {name: [self.epoch, number, self.heads[name]] for name, number in self.numbers.items()},
            "entries": [[one.data.decode(), b64(one.signature)] for one in entries],
            "drafts": [], "asks": [], "want": [], "audit": [],
            "report": {"app": "1", "pending": 0, "oldest": None, "at": instant(self.world.clock.ms), "offset_ms": 0},
            **more,
        }  # fmt: skip

    def post(self, request: dict[str, Any], nonce: str | None = None) -> dict[str, Any]:
        """Send a request past HTTP; raises Refusal."""
        verified = Verified(self.device, nonce or new_nonce(), self.world.clock.ms // 1000)
        return self.world.server.sync(orjson.dumps(request), verified)

    def push(self, *entries: Entry, **more: Any) -> list[str]:
        """Push entries and return their states in order; raises Refusal."""
        self.last = self.post(self.request(*entries, **more))
        return self.states(self.last, len(entries))

    @staticmethod
    def states(answer: dict[str, Any], count: int) -> list[str]:
        """Return the states that receipts give to a batch."""
        found = [""] * count
        for first, last in answer["receipts"]["accepted"]:
            for at in range(first, last + 1):
                found[at] = "accepted"
        for at, state, _ in answer["receipts"]["exceptions"]:
            found[at] = state
        return found

    def reason(self, place: int = 0) -> str:
        """Return the reason given for an exception of the last push."""
        return next(str(row[2]) for row in self.last["receipts"]["exceptions"] if row[0] == place)

    def pull(self, *, rounds: int = 50, **more: Any) -> dict[str, Any]:
        """Pull until nothing is owed, checking every head, checkpoint and signature."""
        answer: dict[str, Any] = {}
        for _ in range(rounds):
            answer = self.post(self.request(**more))
            self.take(answer)
            if answer.get("unchanged") or not any(page["more"] for page in answer["feeds"].values()):
                return answer
        raise AssertionError("the server never came to an end")

    def take(self, answer: dict[str, Any]) -> None:
        """Apply an answer as a laptop does."""
        if answer.get("unchanged"):
            return
        for text, signature, received in answer["entries"]:
            one = Entry.parse(text.encode(), unb64(signature))
            assert isinstance(received, int)
            self.entries[one.hash] = one
        for stub in answer["stubs"]:
            self.stubs[stub["hash"]] = stub
        text, signature = answer["checkpoint"]
        assert verify(self.world.server.authority_public, "checkpoint", text.encode(), unb64(signature))
        heads = loads(text.encode())["heads"]
        for name, page in answer["feeds"].items():
            self._apply(name, page)
            assert heads[name][0] >= self.numbers[name]
            if heads[name][0] == self.numbers[name]:
                assert heads[name][1] == self.heads[name]
        self.feed_list = answer["feed_list"]
        for name in answer["ended"]:
            self.numbers.pop(name, None)
        self.epoch = answer["epoch"]

    def _apply(self, name: str, page: dict[str, Any]) -> None:
        _, last, head = page["cursor"]
        number, stood = (
            self.numbers.get(name, 0),
            self.heads.get(name, head_start(self.world.server.org, name)),
        )
        if "start" in page:
            assert number == 0
            _, number, stood = page["start"]
        assert last - len(page["rows"]) == number, "a page has a gap"
        for row in page["rows"]:
            number += 1
            op, what = row
            hashed = (
                what if op == "gone" else row_hash(name, number, "leave" if op == "leave" else "add", what)
            )
            stood = next_head(stood, hashed)
            self.rows.setdefault(name, {})[number] = row
        assert stood == head, "a head does not agree"
        self.numbers[name], self.heads[name] = number, head

    def held(self, name: str) -> list[str]:
        """Return the hashes that a feed holds, in order, as this laptop pulled them."""
        (feed,) = self.world.feeds(name)
        return [what for op, what in self.rows.get(feed, {}).values() if op == "add"]

    def has(self, entry: Entry) -> bool:
        """Tell whether any feed that this laptop pulled names an entry."""
        return any(row == ["add", entry.hash] for rows in self.rows.values() for row in rows.values())


__all__ = ["DAY_MS", "START_MS", "Laptop", "World", "made_world", "one_per"]
