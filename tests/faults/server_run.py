"""One run: people write and send while a server's parts die; then everything settles and the laws are checked."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from sqlalchemy.exc import SQLAlchemyError

from tests.faults.server_kinds import KINDS, PLANTED, Trouble
from tests.simulation.oracle import check_always, check_at_rest, on_server
from tests.simulation.run import DEEDS, come_to_rest
from tests.simulation.scene import Scene

PER_KILL = 2
"""How much each laptop may write for each kill: a history of five hundred must still be foldable."""
OFTEN = {"write": 40, "draft": 4, "client": 3, "poison": 1, "move client": 1, "decide": 1}
BOSS = 3
"""The supervisor's laptop, the only one that moves clients and decides on quarantine."""
IDLE_S = 0.06
PATIENCE_S = 10.0


class RealScene(Scene):
    """What the oracle must know of a run with real parts."""

    def __init__(self, trouble: Trouble) -> None:
        agency = trouble.agency
        super().__init__(agency)
        for rig in agency.rigs:
            self.teams_of.setdefault(rig.staff, set()).add(agency.team)
        self.teams_of[agency.rigs[-1].staff] = {agency.other_team}
        self.at_first = on_server(self)[0]


@dataclass
class Report:
    """What came of a run."""

    kind: str
    seed: int
    kills: int = 0
    in_flight: int = 0
    """Kills that met a request under way."""
    written: int = 0
    confirmed: int = 0
    told: int = 0
    """Refused or waiting, with a reason on the laptop of whoever wrote it."""
    lost: int = 0
    seconds: float = 0.0
    answers: dict[str, int] = field(default_factory=dict)
    violations: list[tuple[str, str]] = field(default_factory=list)

    def __str__(self) -> str:
        answers = ", ".join(f"{count} × {status}" for status, count in sorted(self.answers.items()))
        return (
            f"{self.kind}: {self.kills} kills ({self.in_flight} with requests under way), {self.written} entries "
            f"written, {self.confirmed} confirmed, {self.told} refused or waiting, {self.lost} lost, "
            f"{len(self.violations)} violations, {self.seconds:.0f} s, seed {self.seed}; answers: {answers}"
        )


class Worker(threading.Thread):
    """One person at one laptop: writes as much as is allowed, and sends."""

    def __init__(self, scene: Scene, at: int, dice: Random) -> None:
        super().__init__(name=f"laptop-{at}", daemon=True)
        self.scene, self.at, self.dice = scene, at, dice
        self.rig = scene.rigs[at]
        self.allowed, self.written = 0, 0
        self.stopped = threading.Event()
        self.failure: BaseException | None = None

    def run(self) -> None:
        try:
            while not self.stopped.is_set():
                self._turn()
        except BaseException as failure:
            self.failure = failure

    def _turn(self) -> None:
        self.rig.hold_clock()
        if self.written < self.allowed:
            names = [name for name in OFTEN if self.at == BOSS or name not in ("move client", "decide")]
            name = self.dice.choices(names, [OFTEN[name] for name in names])[0]
            if not self.scene.clients:
                name = "client"
            DEEDS[name](self.scene, self.rig, self.dice)
            self.written += 1
        status = self.rig.sync()
        if not status.reached or self.written >= self.allowed:
            self.stopped.wait(IDLE_S * self.dice.random() * 2)


def run(
    kind: str, kills: int, seed: int, folder: Path, *, after_each: Callable[[Report], None] | None = None
) -> Report:
    """Play one run in a folder and return what came of it."""
    report = Report(kind, seed)
    started = time.monotonic()
    dice = Random(f"{kind} {seed}")
    with (KINDS | PLANTED)[kind].start(folder, Random(f"trouble {kind} {seed}")) as trouble:
        trouble.agency.enrol_everybody()
        trouble.begin()
        scene = RealScene(trouble)
        workers = [Worker(scene, at, Random(f"{kind} {seed} {at}")) for at in range(len(trouble.agency.rigs))]
        for worker in workers:
            worker.start()
        try:
            for _ in range(kills):
                for worker in workers:
                    worker.allowed += PER_KILL
                # Some kills come at once, and some when the laptops have got a good deal further.
                trouble.agency.traffic.wait_for_answers(dice.choice((0, 0, 1, 3, 10)), PATIENCE_S)
                report.in_flight += trouble.strike()
                report.kills += 1
                _check(scene)
                if after_each is not None:
                    after_each(report)
                if any(worker.failure is not None for worker in workers):
                    break
        finally:
            trouble.calm()
            for worker in workers:
                worker.stopped.set()
            for worker in workers:
                worker.join()
        for worker in workers:
            if worker.failure is not None:
                raise worker.failure
        come_to_rest(scene)
        _check(scene)
        check_at_rest(scene)
        verified = trouble.agency.verify()
        if verified:
            scene.violations.add("server verify", verified)
        for strange in trouble.agency.traffic.strange:
            scene.violations.add("1 acknowledged" if strange.endswith("409") else "answers", strange)
        _sum_up(report, scene, trouble)
    report.seconds = time.monotonic() - started
    return report


def _check(scene: Scene) -> None:
    """Check what holds at every moment, once the database answers."""
    for _ in range(200):
        try:
            check_always(scene)
        except SQLAlchemyError:
            time.sleep(0.05)
        else:
            return
    raise TimeoutError("the database does not answer")


def _sum_up(report: Report, scene: Scene, trouble: Trouble) -> None:
    accepted, waits = on_server(scene)
    report.written = len(scene.signed)
    for rig, entry in scene.signed:
        if rig.state(entry) == "rejected" or entry.hash in waits:
            report.told += 1
        elif entry.hash in accepted:
            report.confirmed += 1
        else:
            report.lost += 1
    report.answers = dict(trouble.agency.traffic.answers)
    report.violations = list(scene.violations)
