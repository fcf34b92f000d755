"""A laptop whose clock jumps by days, runs backwards or stands still while somebody works (libfaketime)."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import select

from fieldapp.laptop.clock import SystemClock
from fieldapp.server.tables import entry as entry_table
from fieldapp.server.tables import feed_row
from tests.faults.laptop_bench import CLOCK_WORDS, DAY, RUNS_A_LIFE, Bench, Line, Tally, look
from tests.faults.laptop_nursery import Nursery
from tests.faults.laptop_world import Life, Prepared, life
from tests.other_hour import QUIET, library
from tests.sync.sync_world import DAY_MS, HOUR_MS, MINUTE_MS

JUMPS_MS = (0, 30 * DAY_MS, -30 * DAY_MS, 2 * HOUR_MS, -2 * HOUR_MS, 3 * MINUTE_MS)
NEAR_MS = HOUR_MS
"""What was signed with the clock's error known is this near to when the server had it; jumps are larger."""
WARNED_MS = 5 * MINUTE_MS


def clock_of(made: Prepared) -> Path:
    """Return the file that says how wrong the laptop's clock is."""
    return made.folder.parent / "clock"


def environment(made: Prepared) -> dict[str, str]:
    """Return what makes a process take its time from that file."""
    clock = clock_of(made)
    clock.write_text("+0\n")
    return {
        "LD_PRELOAD": str(library()), "FAKETIME_TIMESTAMP_FILE": str(clock), "FAKETIME_NO_CACHE": "1",
        "TZ": "UTC", **QUIET,
    }  # fmt: skip


class Clocks(Bench):
    """Jumps of the clock before single acts."""

    def __init__(self, made: Prepared, nursery: Nursery, kind: str, seed: int) -> None:
        super().__init__(made, nursery, kind, seed)
        self._clock = clock_of(made)
        self._off_ms: int | None = 0
        self._known = False
        """That a round went through since the last jump."""
        self._timely: set[str] = set()

    def strike(self, count: int) -> Tally:
        """Let the clock jump so often."""
        while self.tally.struck < count:
            with life(self.made) as one:
                self.tally.lives += 1
                for _ in range(RUNS_A_LIFE):
                    self._run(one)
                    if self.tally.struck >= count:
                        break
                self._set(0)
                self.settle(one)
        return self.tally

    def _run(self, one: Life) -> None:
        one.forget_ageing()
        self.tally.runs += 1
        self._known = False
        self.run(one, "clock", DAY, self.dice.getrandbits(48))
        for problem in [*look(one), *self._in_order(one), *self._recorded(one)]:
            self.tally.bad("clock", problem)

    def hear(self, line: Line) -> None:
        """Let the clock jump before some acts, and note what is signed while its error is known."""
        if "doing" in line and self.dice.random() < 0.15:
            self._set(None if self.dice.random() < 0.15 else self.dice.choice(JUMPS_MS))
            self._known = False
            self.tally.struck += 1
            jump = "stands still" if self._off_ms is None else f"{self._off_ms // MINUTE_MS} min"
            self.tally.hit["clock", line["doing"], "jump", jump] += 1
        if line.get("done") == "sync":
            self._known = True
        if self._known:
            self._timely |= set(line.get("saved", ()))

    def _set(self, off_ms: int | None) -> None:
        """Set the clock off by so much; None lets it stand still."""
        self._off_ms = off_ms
        now = datetime.fromtimestamp(SystemClock().now_ms() / 1000, UTC)
        text = f"{off_ms / 1000:+.0f}" if off_ms is not None else f"{now:%Y-%m-%d %H:%M:%S}"
        fresh = self._clock.with_suffix(".new")
        fresh.write_text(f"{text}\n")
        os.replace(fresh, self._clock)

    def _in_order(self, one: Life) -> list[str]:
        """Every feed has the entries of a series in the order in which they were signed."""
        with one.database.reading() as tx:
            rows = tx.execute(
                select(feed_row.c.feed, entry_table.c.series, entry_table.c.counter)
                .join(entry_table, entry_table.c.hash == feed_row.c.what)
                .where(entry_table.c.device == one.ana.device, feed_row.c.op == "add")
                .order_by(feed_row.c.feed, feed_row.c.number)
            ).all()  # fmt: skip
        last: dict[tuple[str, str], int] = {}
        bad = []
        for feed, series, counter in rows:
            if last.get((feed, series), 0) >= counter:
                bad.append(f"number {counter} stands after {last[feed, series]} in {feed[:8]}")
            last[feed, series] = counter
        return bad

    def _recorded(self, one: Life) -> list[str]:
        """The clock's error is known, told, and stands in what was signed since."""
        bad = []
        with one.database.reading() as tx:
            came = {
                row.hash: row.received_ms
                for row in tx.execute(select(entry_table.c.hash, entry_table.c.received_ms))
            }
        with one.ana.opened() as store, store.reading() as rx:
            offset = rx.meta_int("clock_offset_ms") or 0
            for one_hash in sorted(self._timely & set(came)):
                entry = rx.entry(one_hash)
                self.tally.checked += 1
                if entry is not None and abs(entry.envelope.effective_ms - came[one_hash]) > NEAR_MS:
                    bad.append(
                        f"{one_hash[:8]} counts as of {entry.envelope.effective_ms}, came {came[one_hash]}"
                    )
            self._timely -= set(came)
        if self._known and self._off_ms is not None and abs(offset + self._off_ms) > NEAR_MS:
            bad.append(f"the clock is off by {self._off_ms} and {-offset} is noted")
        told = any(words.startswith(CLOCK_WORDS) for words in one.warnings)
        if told != (abs(offset) > WARNED_MS):
            bad.append(f"an error of {offset} ms is {'told' if told else 'not told'}")
        return bad
