"""The crisis card on a large laptop: from the key to the painted card, alone and while a first pull is stored.

    uv run python -m bench.app --card [--runs 200] [--clients 500] [--entries 100000]

Makes an encrypted laptop with that many clients and entries in a temporary folder, opens it in a real
pseudo-terminal, goes down the caseload and opens one card after the other with F2. For the pull, signed entries
are verified and stored in pieces of the size that a first pull stores, one after the other without a pause, in a
thread of the same process: the part of a pull that can be in the way. The network is left out.
"""

from __future__ import annotations

import statistics
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fieldapp.crypto import vault
from fieldapp.crypto.keys import Identity, verify
from fieldapp.laptop.clock import SystemClock
from fieldapp.laptop.laptop import Laptop
from fieldapp.laptop.vaults import Vaults
from fieldapp.records.envelope import Author, Clock, Entry, Envelope, instant
from fieldapp.records.ids import one_per, uuid7
from fieldapp.records.kind import DOC
from fieldapp.store.store import Store
from fieldapp.sync.storing import PIECE

PASSPHRASE = "seven slow herons wade"  # noqa: S105 - of a laptop that lives for a minute
QUICK = vault.KdfParams(m_kib=1024, t=1, p=1)
POLICY = vault.Policy(min_m_kib=1024, min_t=1, wanted=QUICK)
DAY_MS, HOUR_MS = 86_400_000, 3_600_000
F2, ESCAPE, DOWN = b"\x1bOQ", b"\x1b", b"\x1b[B"
PAINTED = b"day and night"
TZ = "America/Los_Angeles"
_BATCH = 1_000
COLLEAGUES = 34
"""Among so many people are visits and notes shared, so that each has about 15 clients (clinical.md 0, D1)."""
_NOTE = (
    "Spoke of the week, of sleep and of the letter from the landlord; agreed on the next small step. " * 12
)


@dataclass
class Maker:
    """Signs everything that a team wrote."""

    identity: Identity
    now_ms: int
    counter: int = 0
    known: Sequence[str] = ()
    """Ids of clients that are there already."""

    def __post_init__(self) -> None:
        made = iter(range(1, 10))
        self.org, self.device, self.series, self.staff, self.program, self.team = (
            "ab" * 32, *(uuid7(self.now_ms, next(made).to_bytes(10, "big")) for _ in range(5)),
        )  # fmt: skip

    def entry(
        self,
        kind: str,
        record: str,
        body: dict[str, Any],
        client: str | None = None,
        ago_ms: int = 0,
        by: int = 0,
    ) -> Entry:
        """Return one signed entry; by the one who works here or by a numbered colleague."""
        self.counter += 1
        author = (
            Author(
                uuid7(self.now_ms, (1_000 + by).to_bytes(10, "big")), f"Colleague {by}", "LICSW", "clinician"
            )
            if by
            else Author(self.staff, "Dana Reyes", "LICSW", "clinician")
        )
        envelope = Envelope(
            org=self.org, id=record, kind=kind, author=author,
            device=self.device, series=self.series, counter=self.counter, at=instant(self.now_ms - ago_ms), tz=TZ,
            clock=Clock(0, None), meaning="sign" if DOC in body else "save", prev=(), body=body, client=client,
        )  # fmt: skip
        bare = Entry.made(envelope)
        return Entry.made(envelope, self.identity.sign("entry", bare.data))

    def office(self) -> Iterator[Entry]:
        """Yield program, team and the one who works here."""
        yield self.entry("program", self.program, {"set": {
            "name": "North", "archetype": "community", "tz": TZ, "phone": "425-555-0199",
            "local_crisis_line": "800-555-0123"}})  # fmt: skip
        yield self.entry("team", self.team, {"set": {"name": "North", "program": self.program}})
        members = {
            "m": {"role": "clinician", "program": self.program, "team": self.team, "since": "2020-01-01"}
        }
        yield self.entry(
            "staff",
            self.staff,
            {"set": {"name": "Dana Reyes", "is_mhp": True}, "items": {"memberships": members}},
        )

    def client(self, number: int) -> str:
        """Return a client's id."""
        return (
            self.known[number]
            if self.known
            else uuid7(self.now_ms - 900 * DAY_MS, (1_000_000 + number).to_bytes(10, "big"))
        )

    def about(self, number: int, entries: int) -> Iterator[Entry]:
        """Yield everything about one client."""
        client = self.client(number)
        yield self.entry("client", client, {
            "set": {"home_program": self.program, "home_team": self.team, "legal_name": f"Person, Number {number:04}",
                    "dob": "1984-03-09", "language": "en", "best_places_to_find": "The library on Hoyt"},
            "items": {"phones": {"p": {"number": f"425-555-{number:04}"}}},
        }, client)  # fmt: skip
        yield self.entry("episode", one_per(client, "episode of the bench"), {"set": {
            "program": self.program, "status": "active", "admit_date": "2025-01-01"}}, client)  # fmt: skip
        yield self.entry("assignment", one_per(client, "assignment"), {"items": {"periods": {"p": {
            "staff": self.staff, "role": "primary", "start": "2025-01-01"}}}}, client)  # fmt: skip
        yield self.entry("safety_plan", one_per(client, "safety_plan"), {DOC: {
            "signs": ["I stop answering my sister"] * 4, "alone": ["Walk to the water"] * 4,
            "team": [{"name": "Our team", "phone": "425-555-0199"}], "review_due": "2099-01-01"}}, client)  # fmt: skip
        signal = {"signals": {"s": {"level": ("low", "moderate", "high")[number % 3]}}}
        yield self.entry("risk", one_per(client, "risk"), {"items": signal}, client)
        for place in range(3):
            values = {"name": f"Support {place}", "kind": "family", "phone": "425-555-0102"}
            yield self.entry("related_person", self._id(number, 900_000 + place), {"set": values}, client)
        for place in range(entries - 8):
            yield self.visit(number, place)

    def _id(self, number: int, place: int) -> str:
        return uuid7(self.now_ms, (number * 1_000_000 + place).to_bytes(10, "big"))

    def visit(self, number: int, place: int) -> Entry:
        """Return one contact, or one note of two."""
        client, ago, by = self.client(number), (place + 1) * 6 * HOUR_MS, number % COLLEAGUES
        start, stop = instant(self.now_ms - ago - HOUR_MS), instant(self.now_ms - ago)
        if place % 3 == 0:
            return self.entry("contact", self._id(number, place), {"set": {
                "start": start, "stop": stop, "outcome": "completed", "contact_type": "case_management",
                "modality": "in_person", "setting": "home", "note_required": False}}, client, ago, by)  # fmt: skip
        doc = {"format": "DAP", "sections": {"data": _NOTE}, "service_start": start, "service_stop": stop, "tz": TZ,
               "risk_block": {"answer": "asked_denied"}, "goals": ["Sleep"]}  # fmt: skip
        return self.entry("note", self._id(number, place), {DOC: doc}, client, ago, by)


def make(folder: Path, clients: int, entries: int) -> None:
    """Make the laptop."""
    place = Vaults(folder).prepare()
    key = vault.create(place.key_file, PASSPHRASE, kdf=QUICK, policy=POLICY)
    store = Store.create(place.database, key.derive("db"))
    maker = Maker(Identity.generate(), SystemClock().now_ms())
    with store.writing() as tx:
        for name, value in (("org", maker.org), ("device", maker.device), ("staff", maker.staff)):
            tx.set_meta(name, value)
        tx.set_meta("identity", maker.identity.seed)
        tx.add(list(maker.office()), own=False, state="confirmed", received_ms=maker.now_ms)
    waiting: list[Entry] = []
    for number in range(clients):
        waiting += maker.about(number, entries // clients)
        if len(waiting) >= _BATCH or number == clients - 1:
            with store.writing() as tx:
                tx.add(waiting, own=False, state="confirmed", received_ms=maker.now_ms)
            waiting = []
    store.close()
    Vaults(folder).adopt(place)


def pull(laptop: Laptop) -> None:
    """Verify and store piece after piece, as a first pull does, until the process ends."""
    while laptop._opened is None:
        time.sleep(0.05)
    store = laptop._opened.store
    with store.reading() as rx:
        identity = laptop._opened.identity(rx)
        org, staff = rx.meta_text("org"), rx.meta_text("staff")
        clients = [row[0] for row in rx.all("SELECT record FROM view WHERE kind = 'client' ORDER BY record")]
    maker = Maker(identity, SystemClock().now_ms())
    maker.org, maker.staff, maker.known = org, staff, clients
    place = 1_000
    while True:
        # Signing here stands for parsing what came over the line.
        piece = [maker.visit(number % len(clients), place + number) for number in range(PIECE)]
        place += PIECE
        for entry in piece:
            verify(identity.public, "entry", entry.data, entry.signature)
        with store.writing() as tx:
            tx.add(piece, own=False, state="confirmed", received_ms=maker.now_ms)


def run(folder: Path, *, pulling: bool) -> int:
    """Run the app on this terminal."""
    from fieldapp.app import FieldApp, start

    clock = SystemClock()
    laptop = Laptop(folder, clock=clock, vault_policy=POLICY, kdf=QUICK)
    if pulling:
        threading.Thread(target=pull, args=(laptop,), daemon=True).start()
    return start(FieldApp(lambda: laptop, clock=clock, crisis_help=lambda: ()))


def busy(pid: int) -> tuple[float, float]:
    """Return the seconds that a process's threads have run, and those they waited for a core (Linux)."""
    ran, waited = 0, 0
    for thread in Path(f"/proc/{pid}/task").iterdir():
        on, queued, _ = (thread / "schedstat").read_text().split()
        ran, waited = ran + int(on), waited + int(queued)
    return ran / 1e9, waited / 1e9


@dataclass(frozen=True)
class Opening:
    """One card, in seconds: from the key to the screen, and how much of that its process ran or waited for a core."""

    took: float
    ran: float
    waited: float


def measure(folder: Path, runs: int, terminal: Any, *, pulling: bool) -> list[Opening]:
    """Open the cards of one client after the other."""
    words = [sys.executable, __file__, str(folder), "pull" if pulling else "alone"]
    shown = terminal(words)
    try:
        shown.until(b"Passphrase")
        shown.settle(3.0)
        shown.send(PASSPHRASE.encode() + b"\r")
        shown.until(b"visits")
        shown.send(b"2")
        shown.until(b"Person, Number")
        shown.settle(1.0)
        found = []
        for number in range(runs + 3):
            shown.send(DOWN)
            shown.settle(0.15)
            ran, waited = busy(shown.pid)
            sent = shown.send(F2)
            took = shown.until(PAINTED) - sent
            after = busy(shown.pid)
            if number >= 3:
                found.append(Opening(took, after[0] - ran, after[1] - waited))
            shown.send(ESCAPE)
            shown.settle(0.35)
        return found
    finally:
        shown.end()


def quantile(values: list[float], of_hundred: int) -> float:
    """Return a percentile in milliseconds."""
    return round(statistics.quantiles(values, n=100, method="inclusive")[of_hundred - 1] * 1000, 1)


if __name__ == "__main__":
    raise SystemExit(run(Path(sys.argv[1]), pulling=sys.argv[2] == "pull"))
