"""A person's work in a process of its own, run again and again, and what is looked at after each run."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

from sqlalchemy import select

from fieldapp.crypto.vault import WrongPassphrase
from fieldapp.errors import DataDamaged, FieldappError
from fieldapp.laptop.laptop import Laptop
from fieldapp.server.tables import device as device_table
from fieldapp.server.tables import entry as entry_table
from tests.faults.laptop_nursery import Nursery, Running
from tests.faults.laptop_tracing import Trace
from tests.faults.laptop_world import Life, Prepared
from tests.laptop.laptop_world import opened

RUNS_A_LIFE = 25
CLOCK_WORDS = "This laptop's clock is"
_OF_TIME = (CLOCK_WORDS, "Nothing was sent or received since")
"""Warnings that a jump of the clock brings about."""
DAY = ("unlock", "open", "type", "start contact", "fill", "sign", "start note", "type", "fill", "sign", "sync",
       "addendum", "start safety_plan", "type", "fill", "sign", "start contact_plan", "fill", "sign", "fetch",
       "sync", "start contact", "fill", "sign", "error", "backup", "discard", "start note", "type", "lock")  # fmt: skip
"""What somebody does between unlocking and locking."""
Line = dict[str, Any]


@dataclass(frozen=True)
class Traced:
    """How a process is watched, and what fails in it."""

    calls: tuple[str, ...]
    faults: tuple[str, ...] = ()
    kills: bool = False
    whole: bool = False
    """Every byte that is written is kept."""


@dataclass
class Tally:
    """What a run of many faults came to."""

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
    checked: int = 0
    """Times of entries that were compared."""
    told: Counter[str] = field(default_factory=Counter)
    """The sentences in which failures were told."""

    def bad(self, where: str, problem: str) -> None:
        """Note what should not be."""
        self.problems.append(f"run {self.runs} of seed {self.seed}, {where}: {problem}")


class Bench(ABC):
    """Runs one kind of fault."""

    def __init__(self, made: Prepared, nursery: Nursery, kind: str, seed: int) -> None:
        self.made, self.nursery, self.seed = made, nursery, seed
        self.tally = Tally(kind, seed)
        self.log = made.folder.parent / "trace"
        self.dice = Random(f"{kind} {seed}")

    @abstractmethod
    def strike(self, count: int) -> Tally:
        """Let so many faults fall."""

    def hear(self, line: Line) -> None:
        """Take one line of a process before it is answered; nothing by itself."""
        return

    def run(self, one: Life, name: str, acts: Sequence[str], seed: int, traced: Traced | None = None) -> None:
        """Run one process to its end and write down what it said."""
        order = {
            "folder": str(one.ana.folder), "acts": list(acts), "seed": seed, "clients": one.made.clients,
            "archive": one.made.archive, "passphrase": one.ledger.passphrase,
            "new_passphrase": f"words of {seed} herons",
        }  # fmt: skip
        running = self.nursery.start(order)
        trace = (
            Trace(running.pid, traced.calls, self.log, traced.faults, whole=traced.whole) if traced else None
        )
        running.tell("go")
        ended = self._heard(one, running, trace, name, traced)
        code = self.nursery.ended(running)
        if trace is not None:
            trace.end()
        if not ended and not (traced and traced.kills and code == -9):
            self.tally.bad(f"{name}/{one.ledger.doing}", f"the process ended with {code}")

    def _heard(
        self, one: Life, running: Running, trace: Trace | None, name: str, traced: Traced | None
    ) -> bool:
        """Answer a process until it ends; returns whether it came to its own end."""
        failing = traced is not None and bool(traced.faults) and not traced.kills
        failures = 0
        for line in running.lines():
            one.ledger.take(line)
            self.hear(line)
            where = f"{name}/{one.ledger.doing}"
            if "doing" in line:
                running.tell("go")
            if "failed" in line:
                failures += 1
                self.tally.told[line["failed"]] += 1
                if not failing or failures > 4:
                    self.tally.bad(where, f"does not go on: {line['failed']}")
                    running.tell("leave")
                    return True
                if failures == 2 and trace is not None:
                    # Somebody made room.
                    trace.off()
                running.tell("again")
            for word in ("crash", "sentence"):
                if word in line:
                    self.tally.bad(where, line[word])
                    return True
            for word in ("unwell", "refused", *(() if failing else ("message",))):
                if line.get(word):
                    self.tally.bad(where, f"{word}: {line[word]}")
            if line.get("end"):
                return True
        return False

    def settle(self, one: Life) -> None:
        """Let everything come to rest and hold it against the laws."""
        try:
            one.settle()
        except FieldappError as failure:
            one.violations.add("7 progress", failure.sentence)
        self.tally.entries += len(one.scene.signed)
        for law, words in one.violations:
            self.tally.bad(f"life {self.tally.lives}", f"law {law}: {words}")


def look(one: Life, *, server_is_ahead: bool = False) -> list[str]:
    """Open the laptop as its user would, and return what is not as it was shown.

    Args:
        server_is_ahead: the server also holds what this laptop signed later than it stands now.
    """
    laptop = one.ana.laptop()
    try:
        if one.damaged:
            _mend(laptop, one.ledger.passphrase)
            one.damaged = False
        return _looked(laptop, one, server_is_ahead)
    except FieldappError as failure:
        return [f"does not open: {failure.sentence}"]
    finally:
        laptop.close()


def _mend(laptop: Laptop, passphrase: str) -> None:
    """Put damaged data right if its process ended before it had done so: its user asks for that again."""
    try:
        laptop.unlock(passphrase)
        whole = all(found.ok for found in laptop.doctor().findings if found.what == "pages")
    except DataDamaged:
        whole = False
    if not whole:
        laptop.restore_backup(passphrase)


def _looked(laptop: Laptop, one: Life, server_is_ahead: bool) -> list[str]:
    one.warnings = _unlocked(laptop, one)
    bad = [words for words in one.warnings if not words.startswith(_OF_TIME)]
    bad += [found.sentence for found in laptop.doctor().findings if not found.ok]
    with one.database.reading() as tx:
        rows = tx.execute(
            select(entry_table.c.hash, entry_table.c.series, entry_table.c.counter)
            .where(entry_table.c.device == one.ana.device)
        )  # fmt: skip
        server = {
            row.hash: (row.series, row.counter) for row in rows
            if not server_is_ahead or row.hash in one.ledger.saved
        }  # fmt: skip
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
