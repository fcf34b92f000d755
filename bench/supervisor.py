"""A supervisor's screens on a large organisation: Review, the red list, the numbers; and counting alone, beside the screen.

    uv run python -m bench.app --supervisor [--folder LARGE] [--as manager] [--runs 20]

Needs the folder of `fieldapp demo --large --prepare`, made in a temporary folder unless one is named (about half an hour). In a
real pseudo-terminal of 80x24: from the key to the moment at which the screen's own words are painted, with the seconds that
the process ran meanwhile. Then every metric is counted by itself, from the call to the answer.
"""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench.card import ESCAPE, Opening, busy, quantile
from fieldapp.clinical.metrics.families import FAMILIES
from fieldapp.clinical.metrics.periods import period
from fieldapp.clinical.metrics.table import METRICS
from fieldapp.demo.making import PASSPHRASE
from fieldapp.laptop.clock import SystemClock
from fieldapp.laptop.laptop import Laptop

DOWN, RIGHT, PAGE = b"\x1b[B", b"\x1b[C", b"\x1b[6~"
WEEKS = (1, 12, 52)


def screens(laptop: Path, runs: int, terminal: Any) -> dict[str, list[Opening]]:
    """Open what a supervisor opens in the morning, again and again."""
    shown = terminal([sys.executable, "-m", "fieldapp", "--folder", str(laptop)])
    found: dict[str, list[Opening]] = {}

    def press(name: str, key: bytes, marker: bytes) -> None:
        ran, waited = busy(shown.pid)
        sent = shown.send(key)
        took = shown.until(marker) - sent
        after = busy(shown.pid)
        found.setdefault(name, []).append(Opening(took, after[0] - ran, after[1] - waited))
        shown.settle(0.4)

    try:
        shown.until(b"Passphrase")
        shown.settle(3.0)
        shown.send(PASSPHRASE.encode() + b"\r")
        shown.until(b"1 Today")
        shown.settle(6.0)
        for _ in range(runs):
            press("Review", b"3", b"waiting")
            press("Review, the next kind", RIGHT, b"Co-sign")
            press("Review, all again", ESCAPE, b"waiting")
            press("Review, a page on", PAGE, b" d ")
            press("Red list", b"U", b"Red list")
            shown.send(ESCAPE)
            shown.settle(0.4)
            press("Numbers of a week", b"#", b"as of")
            press("One number", b"\r", b"Behind the number")
            shown.send(ESCAPE)
            shown.settle(0.4)
            shown.send(ESCAPE)
            shown.settle(0.4)
            shown.send(b"1")
            shown.settle(0.4)
        return found
    finally:
        shown.end()


def counts(folder: Path, runs: int) -> list[tuple[str, list[float]]]:
    """Count every metric by itself, and all of them, for the widest scope of this laptop."""
    laptop = Laptop(folder, clock=SystemClock())
    laptop.unlock(PASSPHRASE)
    laptop.today()
    scope = next((one for one in laptop.metric_scopes() if one.kind == "program"), laptop.metric_scopes()[0])
    found: list[tuple[str, list[float]]] = []

    def timed(name: str, call: Callable[[], object]) -> None:
        took = []
        for _ in range(runs):
            began = time.process_time()
            call()
            took.append(time.process_time() - began)
        found.append((name, took))

    for weeks in WEEKS:
        over = period(weeks, 0, laptop.corrected_ms(), laptop.me.tz)
        timed(f"all, {weeks} weeks", lambda over=over: laptop.metrics(scope, over))  # type: ignore[misc]
    over = period(4, 0, laptop.corrected_ms(), laptop.me.tz)
    for key in METRICS:
        timed(key, lambda key=key: laptop.metric(key, scope, over))  # type: ignore[misc]
    laptop.lock()
    return found


def report(folder: Path, runs: int, terminal: Any) -> None:
    """Print both tables, and the memory that counting took."""
    assert sum(len(numbers) for _, numbers in FAMILIES) == len(METRICS)
    print(f"{'':28}{'p50 ms':>10}{'p95 ms':>10}{'CPU p50':>10}{'CPU p95':>10}")
    for name, rows in screens(folder, runs, terminal).items():
        took, ran = [one.took for one in rows], [one.ran for one in rows]
        figures = (quantile(took, 50), quantile(took, 95), quantile(ran, 50), quantile(ran, 95))
        print(f"{name:28}" + "".join(f"{figure:>10}" for figure in figures))
    print(f"\n{'counting, CPU':28}{'p50 ms':>10}{'p95 ms':>10}")
    for name, values in counts(folder, max(3, runs // 4)):
        print(f"{name:28}{quantile(values, 50):>10}{quantile(values, 95):>10}")
    print(f"\npeak memory of counting: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB")
