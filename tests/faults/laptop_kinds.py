"""Laptops that are killed or whose disk fails at a chosen call, again and again, and what is then looked at."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from random import Random

from sqlalchemy import select

from fieldapp.crypto.vault import WrongPassphrase
from fieldapp.errors import DataDamaged, FieldappError
from fieldapp.laptop.laptop import Laptop
from fieldapp.server.tables import device as device_table
from fieldapp.server.tables import entry as entry_table
from tests.faults.laptop_nursery import Nursery, Running
from tests.faults.laptop_tracing import SYNCS, WRITES, Call, Trace
from tests.faults.laptop_world import Life, Prepared, life
from tests.laptop.laptop_world import opened

RUNS_A_LIFE = 25
CLOCK_WORDS = "This laptop's clock is"


@dataclass(frozen=True)
class Scenario:
    """What somebody does between unlocking and locking."""

    acts: tuple[str, ...]
    before: Callable[[Bench, Life], None] | None = None


@dataclass(frozen=True)
class Kind:
    """Which calls fail, and how."""

    calls: tuple[str, ...]
    fault: str
    lasting: bool = False
    """From the chosen call on, until somebody makes room."""

    @property
    def kills(self) -> bool:
        """Whether the process is gone afterwards."""
        return self.fault.startswith("signal")


@dataclass(frozen=True)
class Point:
    """One call of one scenario."""

    scenario: str
    call: Call
    faults: tuple[str, ...]


@dataclass
class Tally:
    """What a run of many kills came to."""

    kind: str
    seed: int
    struck: int = 0
    runs: int = 0
    entries: int = 0
    lives: int = 0
    points: int = 0
    hit: Counter[tuple[str, str, str, str]] = field(default_factory=Counter)
    """Scenario, act, call and file."""
    numbered: set[tuple[str, str, int]] = field(default_factory=set)
    problems: list[str] = field(default_factory=list)
    told: Counter[str] = field(default_factory=Counter)
    """The sentences in which failures were told."""


def _damage(bench: Bench, one: Life) -> None:
    """Send everything, make a backup of it, and damage the data."""
    bench.run(one, "clean", ("unlock", "sync", "backup", "lock"), 0)
    path = one.ana.place.database
    with path.open("r+b") as file:
        file.seek(path.stat().st_size // 2)
        file.write(b"\xff" * 9_000)
    one.damaged = True


DAY = ("unlock", "open", "type", "start contact", "fill", "sign", "start note", "type", "fill", "sign", "sync",
       "addendum", "start safety_plan", "type", "fill", "sign", "start contact_plan", "fill", "sign", "fetch",
       "sync", "start contact", "fill", "sign", "error", "backup", "discard", "start note", "type", "lock")  # fmt: skip
SCENARIOS = {
    "day": Scenario(DAY),
    "passphrase": Scenario(("unlock", "passphrase", "lock")),
    "back": Scenario(("unlock", "sync", "backup", "start contact", "fill", "sign", "sync", "back", "unlock",
                      "sync", "lock")),
    "mend": Scenario(("mend", "unlock", "sync", "lock"), _damage),
}  # fmt: skip
KINDS = {
    "kill-fsync": Kind(SYNCS, "signal=KILL"),
    "kill-write": Kind(WRITES, "signal=KILL"),
    "enospc": Kind(WRITES, "error=ENOSPC"),
    "enospc-lasting": Kind(WRITES, "error=ENOSPC", lasting=True),
    "eio": Kind(SYNCS + WRITES, "error=EIO"),
    "eio-lasting": Kind(SYNCS + WRITES, "error=EIO", lasting=True),
}
_NEVER_FULL = ("rename", "renameat", "renameat2", "unlink", "unlinkat", "ftruncate")
"""A full disk does not refuse these."""


class Bench:
    """Runs one kind."""

    def __init__(self, made: Prepared, nursery: Nursery, kind: str, seed: int) -> None:
        self.made, self.nursery, self.seed = made, nursery, seed
        self.kind = KINDS[kind]
        self.tally = Tally(kind, seed)
        self._log = made.folder.parent / "trace"
        self._dice = Random(f"{kind} {seed}")

    def strike(self, kills: int, scenarios: Sequence[str] = tuple(SCENARIOS)) -> Tally:
        """Let so many faults fall, each on another call while there are any left."""
        points: Iterator[Point] = iter(())
        while self.tally.struck < kills and self.tally.runs < 3 * kills + 20:
            with life(self.made) as one:
                self.tally.lives += 1
                if not self.tally.points:
                    every = [point for name in scenarios for point in self._points(one, name)]
                    self.tally.points = len(every)
                for _ in range(RUNS_A_LIFE):
                    point = next(points, None)
                    if point is None:
                        self._dice.shuffle(every)
                        points = iter(every)
                        point = next(points)
                    self._strike(one, point)
                    if self.tally.struck >= kills:
                        break
                self._settle(one)
        return self.tally

    def _points(self, one: Life, name: str) -> list[Point]:
        """Return every call of a scenario that a fault may fall on, as one run without a fault makes them."""
        scenario = SCENARIOS[name]
        # The first round of a life fetches what later ones have.
        self.run(one, "clean", ("unlock", "sync", "lock"), 0)
        if scenario.before is not None:
            scenario.before(self, one)
        else:
            one.forget_ageing()
        self.run(one, name, scenario.acts, self.seed, trace=self.kind.calls)
        calls = Trace.read(self._log)
        calls = [call for call in calls if self.kind.fault != "error=ENOSPC" or call.name not in _NEVER_FULL]
        return [Point(name, call, self._faults(calls[at:])) for at, call in enumerate(calls)]

    def _faults(self, rest: Sequence[Call]) -> tuple[str, ...]:
        """Return what strace is told, for a fault on the first of these calls, or on all of them."""
        first: dict[str, int] = {}
        for call in rest if self.kind.lasting else rest[:1]:
            first.setdefault(call.name, call.n)
        more = "+" if self.kind.lasting else ""
        return tuple(f"{name}:{self.kind.fault}:when={n}{more}" for name, n in first.items())

    def _strike(self, one: Life, point: Point) -> None:
        scenario = SCENARIOS[point.scenario]
        if scenario.before is not None:
            scenario.before(self, one)
        else:
            one.forget_ageing()
        self.tally.runs += 1
        self.run(
            one, point.scenario, scenario.acts, self._dice.getrandbits(48), self.kind.calls, point.faults
        )
        hit = Trace.hit(self._log)
        if hit is not None:
            self.tally.struck += 1
            self.tally.hit[point.scenario, one.ledger.doing, hit.name, hit.file] += 1
            self.tally.numbered.add((point.scenario, hit.name, hit.n))
        where = f"{point.scenario}/{one.ledger.doing} {hit.name} {hit.file}" if hit else point.scenario
        for problem in look(one):
            self._bad(where, problem)

    def _bad(self, where: str, problem: str) -> None:
        self.tally.problems.append(f"run {self.tally.runs} of seed {self.seed}, {where}: {problem}")

    def run(
        self, one: Life, name: str, acts: Sequence[str], seed: int, trace: Sequence[str] = (),
        faults: Sequence[str] = (),
    ) -> None:  # fmt: skip
        """Run one process to its end and write down what it said."""
        order = {
            "folder": str(one.ana.folder), "acts": list(acts), "seed": seed, "clients": one.made.clients,
            "archive": one.made.archive, "passphrase": one.ledger.passphrase,
            "new_passphrase": f"words of {seed} herons",
        }  # fmt: skip
        running = self.nursery.start(order)
        traced = Trace(running.pid, trace, self._log, faults) if trace else None
        running.tell("go")
        ended = self._heard(one, running, traced, name, faults)
        code = self.nursery.ended(running)
        if traced is not None:
            traced.end()
        if not ended and not (faults and self.kind.kills and code == -9):
            self._bad(f"{name}/{one.ledger.doing}", f"the process ended with {code}")

    def _heard(
        self, one: Life, running: Running, traced: Trace | None, name: str, faults: Sequence[str]
    ) -> bool:
        failures = 0
        for line in running.lines():
            one.ledger.take(line)
            where = f"{name}/{one.ledger.doing}"
            if "doing" in line:
                running.tell("go")
            if "failed" in line:
                failures += 1
                self.tally.told[line["failed"]] += 1
                if not faults or self.kind.kills:
                    self._bad(where, f"failed without a fault: {line['failed']}")
                if failures == 2 and traced is not None:
                    traced.off()
                if failures > 4:
                    self._bad(where, f"does not go on: {line['failed']}")
                    running.tell("leave")
                    return True
                running.tell("again")
            for word in ("crash", "sentence"):
                if word in line:
                    self._bad(where, line[word])
                    return True
            for word in ("unwell", "refused"):
                if line.get(word):
                    self._bad(where, f"{word}: {line[word]}")
            if line.get("end"):
                return True
        return False

    def _settle(self, one: Life) -> None:
        one.settle()
        self.tally.entries += len(one.signed)
        for law, words in one.violations:
            self._bad(f"life {self.tally.lives}", f"law {law}: {words}")


def look(one: Life) -> list[str]:
    """Open the laptop as its user would, and return what is not as it was shown."""
    laptop = one.ana.laptop()
    try:
        bad = _looked(laptop, one)
    except FieldappError as failure:
        if not one.damaged or not isinstance(failure, DataDamaged):
            return [f"does not open: {failure.sentence}"]
        # The process ended before it had put the damaged data right; its user asks for that again.
        laptop.restore_backup(one.ledger.passphrase)
        bad = _looked(laptop, one)
    finally:
        laptop.close()
    one.damaged = False
    return bad


def _looked(laptop: Laptop, one: Life) -> list[str]:
    bad = [words for words in _unlocked(laptop, one) if not words.startswith(CLOCK_WORDS)]
    bad += [found.sentence for found in laptop.doctor().findings if not found.ok]
    with one.database.reading() as tx:
        rows = tx.execute(
            select(entry_table.c.hash, entry_table.c.series, entry_table.c.counter)
            .where(entry_table.c.device == one.ana.device)
        )  # fmt: skip
        server = {row.hash: (row.series, row.counter) for row in rows}
        forked = tx.execute(select(device_table.c.id).where(device_table.c.forked)).all()
    if forked:
        bad.append("the server takes the laptop for cloned")
    with opened(laptop).store.reading() as rx:
        return bad + one.ledger.held_against(rx, server, one.ana.device)


def _unlocked(laptop: Laptop, one: Life) -> tuple[str, ...]:
    """Unlock with the passphrase that must open it, and return what it warns of; raises FieldappError."""
    *older, first = one.ledger.passphrases
    for passphrase in (first, *older):
        try:
            warnings = laptop.unlock(passphrase).warnings
        except WrongPassphrase:
            if not older or passphrase == older[-1]:
                raise
            continue
        one.ledger.opened_with(passphrase)
        return warnings
    raise AssertionError("unreachable")
