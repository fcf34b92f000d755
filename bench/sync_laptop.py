"""One phase of the sync benchmark on a real laptop's data: encrypted store, device key, signed requests.

    python -m bench.sync_laptop PHASE FOLDER... [--work FILE]     phases: write push pull edit sync idle many

Each says what it measured on a line that begins with RESULT. Only the exchange is timed, never the unlocking.
"""

from __future__ import annotations

import argparse
import gc
import hashlib
import json
import random
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from bench.sync_meters import peak_mb
from bench.sync_work import Written, clients, edited, plans_among, records
from fieldapp.crypto import vault
from fieldapp.crypto.keys import Identity
from fieldapp.errors import DataDamaged
from fieldapp.laptop.clock import SystemClock
from fieldapp.laptop.vaults import Vaults
from fieldapp.records.envelope import Author, Clock, Entry, Envelope, instant
from fieldapp.store.models import SyncStatus
from fieldapp.store.store import Store
from fieldapp.store.transaction import Tx
from fieldapp.sync.round import Syncer
from fieldapp.sync.transport import HttpTransport

QUICK = vault.KdfParams(m_kib=1024, t=1, p=1)
POLICY = vault.Policy(min_m_kib=1024, min_t=1, wanted=QUICK)
"""What unlocking costs is not measured here."""
PASSPHRASE = "seven purple herons"  # noqa: S105 - guards synthetic words
TZ = "America/Los_Angeles"
BATCH = 500


@dataclass(frozen=True, slots=True)
class Work:
    """What a run is about; every process of it makes the same records from this."""

    count: int
    edits: int
    idle: int
    base_ms: int
    program: str
    team: str

    def save(self, path: Path) -> None:
        """Write it down for the processes of the run."""
        path.write_text(json.dumps(asdict(self)))

    @classmethod
    def load(cls, path: Path) -> Work:
        """Read what a run is about."""
        return cls(**json.loads(path.read_text()))


class Field:
    """One unlocked laptop."""

    def __init__(self, folder: Path) -> None:
        place = Vaults(folder).listed()[0]
        key = vault.unlock(place.key_file, PASSPHRASE, POLICY).vault_key
        self.store = Store.open(place.database, key.derive("db"), reserve_bytes=0)
        key.wipe()
        with self.store.reading() as rx:
            self.identity = Identity.from_bytes(rx.get_meta("identity") or b"")
            url = rx.meta_text("server")
            self.org, self.device, staff = rx.meta_text("org"), rx.meta_text("device"), rx.meta_text("staff")
            view = rx.view(staff)
        if view is None:
            raise DataDamaged("the laptop does not know its own person")
        member = next(iter(view.items("memberships").values()))
        self.author = Author(staff, str(view.get("name")), "", str(member["role"]))
        self.team = str(member["team"])
        self.syncer = Syncer(self.store, place.folder / "sync.lock", HttpTransport, SystemClock().now_ms)

        # As in an app that runs: the way to the server is made once, at the first round after unlocking.
        self.syncer.transport(url)

    def sync(self) -> SyncStatus:
        """Exchange until nothing is owed; raises DataDamaged when that is not reached."""
        status = self.syncer.run()
        if status.message or not status.reached:
            raise DataDamaged(f"the exchange did not end well: {status.message}")
        return status

    def signed(
        self, tx: Tx, one: Written, prev: Sequence[str] = (), about: str | None = None, place: tuple[str, int] | None = None,
    ) -> Entry:  # fmt: skip
        """Return a signed entry with the next number of this laptop."""
        series, counter = place or tx.next_counters(1)
        bare = Entry.made(
            Envelope(
                org=self.org, id=one.record, kind=one.kind, author=self.author, device=self.device, series=series,
                counter=counter, at=instant(one.at_ms), tz=TZ, clock=Clock(0, None), meaning=one.meaning,
                prev=tuple(sorted(prev)), body=dict(one.body), client=one.client, about=about,
            )
        )  # fmt: skip
        return Entry(bare.hash, bare.data, self.identity.sign("entry", bare.data), bare.envelope)

    def write(self, what: Iterable[Written]) -> int:
        """Sign and store, a batch in a transaction; returns how many."""
        source, count = iter(what), 0
        while batch := list(islice(source, BATCH)):
            with self.store.writing() as tx:
                series, first = tx.next_counters(len(batch))
                tx.add(
                    [self.signed(tx, one, place=(series, first + at)) for at, one in enumerate(batch)],
                    own=True, state="unsent",
                )  # fmt: skip
            count += len(batch)
        return count

    def edit(self, what: Iterable[Written], seed: str, now_ms: int) -> int:
        """Change records that are here; returns how many."""
        dice = random.Random(seed)
        made = []
        with self.store.writing() as tx:
            for one in what:
                view = tx.view(one.record)
                if view is None:
                    raise DataDamaged("a record to change is not here")
                meaning, body, remark = edited(one, dice)
                change = Written(one.kind, one.record, one.client, now_ms, body, meaning)
                made.append(
                    self.signed(tx, change, about=view.heads[0]) if remark
                    else self.signed(tx, change, prev=view.heads)
                )  # fmt: skip
            tx.add(made, own=True, state="unsent")
        return len(made)

    def digest(self) -> str:
        """Return a digest of every view about clients, and how many they are: equal where laptops show the same."""
        found, count = 0, 0
        with self.store.reading() as rx:
            for record, data in rx.each(
                "SELECT record, data FROM view WHERE client IS NOT NULL AND kind != 'client'"
            ):
                found ^= int.from_bytes(hashlib.sha256(record.encode() + bytes(data)).digest(), "big")
                count += 1
        return f"{count}:{found:064x}"

    def unconfirmed(self) -> int:
        """Return how many own entries the server has not accepted."""
        with self.store.reading() as rx:
            return int(rx.value("SELECT count(*) FROM entry WHERE own = 1 AND state != 'confirmed'"))

    def close(self) -> None:
        """Lock it."""
        self.syncer.close()
        self.store.close()


def timed(what: Callable[[], Any], n: int, **more: Any) -> None:
    """Say how long a piece of work took, and the CPU and memory of this process."""
    gc.collect()
    cpu, at = time.process_time(), time.perf_counter()
    what()
    wall, used = time.perf_counter() - at, time.process_time() - cpu
    say(n=n, wall=wall, cpu=used, peak_mb=peak_mb(), **more)


def say(**values: Any) -> None:
    """Give values to the process that reads this one's output."""
    print("RESULT " + json.dumps(values), flush=True)


def idle(field: Field, rounds: int) -> None:
    """Time rounds that have nothing to do."""
    for _ in range(3):
        field.sync()
    walls, cpu = [], time.process_time()
    for _ in range(rounds):
        at = time.perf_counter()
        field.sync()
        walls.append(time.perf_counter() - at)
    walls.sort()
    say(
        n=rounds, wall=walls[rounds // 2], p95=walls[int(rounds * 0.95)],
        cpu=(time.process_time() - cpu) / rounds,
    )  # fmt: skip


def many(folders: Sequence[Path], work: Work) -> None:
    """Let many laptops of one team send at once; they are being handed in, so that the server only takes."""
    fields = [Field(folder) for folder in folders]
    failures: list[BaseException] = []

    def send(field: Field) -> None:
        try:
            field.syncer.run()
        except BaseException as problem:
            failures.append(problem)

    def all_of_them() -> None:
        threads = [threading.Thread(target=send, args=(field,)) for field in fields]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    print("READY", flush=True)
    input()
    timed(all_of_them, len(fields) * work.count)
    say(failures=len(failures), unconfirmed=sum(field.unconfirmed() for field in fields))
    for field in fields:
        field.close()


def main() -> None:
    """Run one phase."""
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("phase", choices=("clients", "write", "push", "pull", "edit", "sync", "idle", "many"))
    ask.add_argument("folders", nargs="+", type=Path)
    ask.add_argument("--work", type=Path, required=True)
    ask.add_argument("--seed", default="common")
    ask.add_argument(
        "--skip", type=int, default=0, help="Records to leave out before those that are changed."
    )
    said = ask.parse_args()
    work = Work.load(said.work)
    if said.phase == "many":
        many(said.folders, work)
        return
    for folder in said.folders:
        field = Field(folder)
        seed = said.seed if len(said.folders) == 1 else folder.name
        if said.phase == "clients":
            count = plans_among(work.count)
            field.write(clients(seed, count, work.base_ms, work.program, field.team))
            field.sync()
        elif said.phase == "write":
            made = list(records(seed, work.count, work.base_ms))
            timed(lambda made=made, field=field: field.write(made), work.count)  # type: ignore[misc]
        elif said.phase == "edit":
            chosen = islice(records(seed, work.count, work.base_ms), said.skip, said.skip + work.edits)
            field.edit(chosen, f"{seed} {said.skip}", SystemClock().now_ms())
        elif said.phase == "idle":
            idle(field, work.idle)
        else:
            timed(field.sync, work.count)
            say(digest=field.digest(), unconfirmed=field.unconfirmed())
        field.close()


if __name__ == "__main__":
    main()
