"""Review of a large program: how long the laptop reads the queue and the morning's red list, and what of it takes longest.

    uv run python -m bench.review [--clients 1500] [--contacts 50000] [--waiting 3000] [--runs 15]

Makes an encrypted laptop of a supervisor in a temporary folder: 150 colleagues, a year of contacts, their notes of the
last ninety days, so many notes that wait for a co-signature, every tenth of them sent back or answered, and a few of
everything else that Review lists.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from bench.card import DAY_MS, HOUR_MS, PASSPHRASE, POLICY, QUICK, TZ, Maker, make
from fieldapp.laptop.clock import SystemClock
from fieldapp.laptop.laptop import Laptop
from fieldapp.records.envelope import Author, Clock, Entry, Envelope, instant
from fieldapp.records.ids import one_per, uuid7
from fieldapp.records.kind import DOC

PEOPLE = 150
NOTES_D = 90
_BATCH = 2_000
_TEXT = (
    "Spoke of the week, of sleep and of the letter from the landlord; agreed on the next small step. " * 12
)


class Team(Maker):
    """Signs what a whole program wrote, and what was said about it."""

    def about_entry(self, meaning: str, target: Entry, body: dict[str, str], by: int, ago_ms: int) -> Entry:
        """Return a signed annotation."""
        self.counter += 1
        said = target.envelope
        envelope = Envelope(
            org=self.org, id=said.id, kind=said.kind, author=Author(self.person(by), f"Colleague {by}", "LICSW", "supervisor"),
            device=self.device, series=self.series, counter=self.counter, at=instant(self.now_ms - ago_ms), tz=TZ,
            clock=Clock(0, None), meaning=meaning, prev=(), body=body, client=said.client, about=target.hash,
        )  # fmt: skip
        bare = Entry.made(envelope)
        return Entry.made(envelope, self.identity.sign("entry", bare.data))

    def person(self, number: int) -> str:
        """Return a colleague's id."""
        return uuid7(self.now_ms, (1_000 + number).to_bytes(10, "big"))

    def record(self, number: int) -> str:
        """Return an id of a record."""
        return uuid7(self.now_ms, (700_000_000 + number).to_bytes(10, "big"))


def everything(team: Team, contacts: int, waiting: int) -> Iterator[Entry]:
    """Yield a year of a program."""
    members = {"b": {"role": "supervisor", "program": team.program, "team": team.team}}
    yield team.entry("staff", team.staff, {"items": {"memberships": members}})
    for number in range(1, PEOPLE + 1):
        work = {"m": {"role": "clinician", "program": team.program, "team": team.team}}
        yield team.entry(
            "staff",
            team.person(number),
            {"set": {"name": f"Colleague {number}"}, "items": {"memberships": work}},
        )
    clients = team.known
    for number, client in enumerate(clients):
        worker = {
            "q": {"staff": team.person(1 + number % PEOPLE), "role": "secondary", "since": "2025-01-01"}
        }
        yield team.entry("assignment", one_per(client, "assignment"), {"items": {"periods": worker}}, client)
    year, place = 365 * DAY_MS, 0
    notes = contacts * NOTES_D // 365
    for number in range(contacts):
        client, by = clients[number % len(clients)], 1 + number % len(clients) % PEOPLE
        ago = HOUR_MS + year * number // contacts
        span = {"start": instant(team.now_ms - ago - HOUR_MS), "stop": instant(team.now_ms - ago)}
        contact = team.record(place := place + 1)
        yield team.entry("contact", contact, {"set": span | {
            "outcome": "completed", "contact_type": "case_management", "modality": "in_person", "setting": "home",
            "note_required": True}}, client, ago, by)  # fmt: skip
        if number >= notes:
            continue
        doc = {"format": "DAP", "sections": {"data": _TEXT}, "service_start": span["start"], "service_stop": span["stop"],
               "tz": TZ, "risk_block": {"answer": "asked_denied"}, "goals": ["Sleep"], "contact": contact}  # fmt: skip
        waits = number * waiting // notes != (number + 1) * waiting // notes
        body = {DOC: doc} | ({"cosign_required": "supervisor"} if waits else {})
        note = team.entry("note", team.record(place := place + 1), body, client, ago, by)
        yield note
        if waits and number % 10 == 3:
            yield team.about_entry(
                "return", note, {"reason": "Goal or plan is missing"}, 2, max(0, ago - DAY_MS)
            )
    for number in range(0, len(clients), 15):
        client, by = clients[number], 1 + number % PEOPLE
        yield team.entry("alert", team.record(place := place + 1), {"set": {
            "cls": "home_safety", "code": "loose_dog", "severity": "caution", "detail": "Large dog"}}, client, DAY_MS, by)  # fmt: skip
        yield team.entry("task", team.record(place := place + 1), {"set": {
            "what": "other", "title": "Call about the key", "due": instant(team.now_ms - DAY_MS)}}, client, 3 * DAY_MS, by)  # fmt: skip
        yield team.entry("break_glass", team.record(place := place + 1), {"set": {
            "reason": "Called at night", "category": "crisis"}}, client, 2 * DAY_MS, by)  # fmt: skip


def furnish(laptop: Laptop, contacts: int, waiting: int) -> None:
    """Add the year to a laptop of `bench/card`."""
    opened = laptop._open()
    with opened.store.reading() as rx:
        team = Team(opened.identity(rx), SystemClock().now_ms())
        team.org, team.staff = rx.meta_text("org"), rx.meta_text("staff")
        team.known = [
            row[0] for row in rx.all("SELECT record FROM view WHERE kind = 'client' ORDER BY record")
        ]
        team.program = rx.value("SELECT record FROM view WHERE kind = 'program'")
        team.team = rx.value("SELECT record FROM view WHERE kind = 'team'")
    piece: list[Entry] = []
    for entry in everything(team, contacts, waiting):
        piece.append(entry)
        if len(piece) >= _BATCH:
            with opened.store.writing() as tx:
                tx.add(piece, own=False, state="confirmed", received_ms=team.now_ms)
            piece = []
    with opened.store.writing() as tx:
        tx.add(piece, own=False, state="confirmed", received_ms=team.now_ms)


def fresh(laptop: Laptop) -> int:
    """Read the queue as if anything had changed since it was last read."""
    laptop._open().queue = ((-1, -1), ())
    return len(laptop.review())


def main() -> None:
    """Make the laptop, read so often, say median and worst in ms."""
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("--clients", type=int, default=1_500)
    ask.add_argument("--contacts", type=int, default=50_000)
    ask.add_argument("--waiting", type=int, default=3_000)
    ask.add_argument("--runs", type=int, default=15)
    ask.add_argument("--folder", type=Path, help="keep the laptop here, or use the one that is there")
    said = ask.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = said.folder or Path(name)
        there = folder.exists() and any(folder.iterdir())
        if not there:
            make(folder, said.clients, 8 * said.clients)
        laptop = Laptop(folder, clock=SystemClock(), vault_policy=POLICY, kdf=QUICK)
        laptop.unlock(PASSPHRASE)
        if not there:
            furnish(laptop, said.contacts, said.waiting)
        print(f"{fresh(laptop)} lines wait, {len(laptop.triage().lines)} are red")
        for what, read in (
            ("review", lambda: fresh(laptop)),
            ("red list", laptop.triage),
            ("today", laptop.today),
        ):
            wall, cpu = [], []
            for _ in range(said.runs):
                before, used = time.perf_counter(), time.process_time()
                read()
                wall.append(1000 * (time.perf_counter() - before))
                cpu.append(1000 * (time.process_time() - used))
            print(
                f"{what:18}{statistics.median(wall):8.1f} ms{max(wall):8.1f} worst{statistics.median(cpu):8.1f} CPU"
            )
        laptop.lock()


if __name__ == "__main__":
    main()
