"""Laptops that are killed or whose disk fails at a chosen call, again and again."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from tests.faults.laptop_bench import DAY, RUNS_A_LIFE, Bench, Tally, Traced, look
from tests.faults.laptop_nursery import Nursery
from tests.faults.laptop_tracing import SYNCS, WRITES, Call, Trace
from tests.faults.laptop_world import Life, Prepared, life


@dataclass(frozen=True)
class Scenario:
    """Some acts, and what happens before them."""

    acts: tuple[str, ...]
    before: Callable[[Bench, Life], None] | None = None


@dataclass(frozen=True)
class Kind:
    """Which calls fail, and how."""

    calls: tuple[str, ...]
    fault: str
    lasting: bool = False
    """From the chosen call on, until somebody makes room."""


@dataclass(frozen=True)
class Point:
    """One call of one scenario."""

    scenario: str
    call: Call
    faults: tuple[str, ...]


def _damage(bench: Bench, one: Life) -> None:
    """Make a backup, send something more, and damage the data."""
    acts = ("unlock", "sync", "backup", "start contact", "fill", "sign", "sync", "lock")
    bench.run(one, "clean", acts, bench.dice.getrandbits(48))
    path = one.ana.place.database
    with path.open("r+b") as file:
        file.seek(path.stat().st_size // 2)
        file.write(b"\xff" * 9_000)
    one.damaged = True


SCENARIOS = {
    "day": Scenario(DAY),
    "passphrase": Scenario(("unlock", "passphrase", "lock")),
    "back": Scenario(("unlock", "sync", "backup", "start contact", "fill", "sign", "sync", "back", "unlock",
                      "sync", "lock")),
    "mend": Scenario(("mend", "unlock", "start contact", "fill", "sign", "sync", "lock"), _damage),
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


class Strikes(Bench):
    """Faults on single calls of a process."""

    def __init__(
        self,
        made: Prepared,
        nursery: Nursery,
        kind: str,
        seed: int,
        scenarios: Sequence[str] = tuple(SCENARIOS),
    ) -> None:
        super().__init__(made, nursery, kind, seed)
        self.kind = KINDS[kind]
        self._kills = self.kind.fault.startswith("signal")
        self._scenarios = scenarios

    def strike(self, count: int) -> Tally:
        """Let so many faults fall, each on another call while there are any left."""
        every: list[Point] = []
        points: Iterator[Point] = iter(())
        while self.tally.struck < count and self.tally.runs < 3 * count + 20:
            with life(self.made) as one:
                self.tally.lives += 1
                if not every:
                    every = [point for name in self._scenarios for point in self._points(one, name)]
                    self.tally.points = len(every)
                for _ in range(RUNS_A_LIFE):
                    point = next(points, None)
                    if point is None:
                        self.dice.shuffle(every)
                        points = iter(every)
                        point = next(points)
                    self._strike(one, point)
                    if self.tally.struck >= count:
                        break
                self.settle(one)
        return self.tally

    def _points(self, one: Life, name: str) -> list[Point]:
        """Return every call of a scenario that a fault may fall on, as one run without a fault makes them."""
        # The first round of a life fetches what later ones have.
        self.run(one, "clean", ("unlock", "sync", "lock"), 0)
        self._ready(one, SCENARIOS[name])
        self.run(one, name, SCENARIOS[name].acts, self.seed, Traced(self.kind.calls))
        calls = [
            call for call in Trace.read(self.log)
            if self.kind.fault != "error=ENOSPC" or call.name not in _NEVER_FULL
        ]  # fmt: skip
        for problem in look(one):
            self.tally.bad(name, problem)
        return [Point(name, call, self._faults(calls[at:])) for at, call in enumerate(calls)]

    def _ready(self, one: Life, scenario: Scenario) -> None:
        if scenario.before is not None:
            scenario.before(self, one)
        else:
            one.forget_ageing()

    def _faults(self, rest: Sequence[Call]) -> tuple[str, ...]:
        """Return what strace is told, for a fault on the first of these calls, or on all of them."""
        first: dict[str, int] = {}
        for call in rest if self.kind.lasting else rest[:1]:
            first.setdefault(call.name, call.n)
        more = "+" if self.kind.lasting else ""
        return tuple(f"{name}:{self.kind.fault}:when={n}{more}" for name, n in first.items())

    def _strike(self, one: Life, point: Point) -> None:
        scenario = SCENARIOS[point.scenario]
        self._ready(one, scenario)
        self.tally.runs += 1
        traced = Traced(self.kind.calls, point.faults, kills=self._kills)
        self.run(one, point.scenario, scenario.acts, self.dice.getrandbits(48), traced)
        hit = Trace.hit(self.log)
        where = point.scenario
        if hit is not None:
            where = f"{point.scenario}/{one.ledger.doing} {hit.name} {hit.file}"
            self.tally.struck += 1
            self.tally.hit[point.scenario, one.ledger.doing, hit.name, hit.file] += 1
            self.tally.numbered.add((point.scenario, hit.name, hit.n))
        for problem in look(one):
            self.tally.bad(where, problem)
