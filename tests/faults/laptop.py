"""Real laptops under real faults: `python -m tests.faults.laptop --kind kill-fsync --kills 500 --seed 1`."""

from __future__ import annotations

import argparse
import signal
import sys
import time
from collections import Counter

from tests.faults.laptop_bench import Bench, Tally
from tests.faults.laptop_clock import Clocks, environment
from tests.faults.laptop_kinds import KINDS, Strikes
from tests.faults.laptop_nursery import Nursery
from tests.faults.laptop_power import Power
from tests.faults.laptop_world import Prepared, prepared
from tests.other_hour import library

BENCHES: dict[str, type[Bench]] = {**dict.fromkeys(KINDS, Strikes), "clock": Clocks, "power": Power}


def strike(made: Prepared, kind: str, count: int, seed: int) -> Tally:
    """Let faults of one kind fall on the laptops of an agency, and return what came of it."""
    with Nursery(made.folder.parent, environment(made) if kind == "clock" else None) as nursery:
        return BENCHES[kind](made, nursery, kind, seed).strike(count)


def say(words: str) -> None:
    """Print a line at once."""
    sys.stdout.write(words + "\n")
    sys.stdout.flush()


def main(arguments: list[str] | None = None) -> int:
    """Run one kind or all, and say what it came to; returns 1 when anything was not as it was shown."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults.laptop", description=__doc__)
    parser.add_argument("--kind", choices=[*BENCHES, "all"], required=True)
    parser.add_argument("--kills", type=int, default=500, help="faults that fall")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--where", action="store_true", help="also list where they fell")
    given = parser.parse_args(arguments)
    # So that servers and folders go away with it.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    failed = False
    for kind in BENCHES if given.kind == "all" else [given.kind]:
        if kind == "clock" and library() is None:
            parser.error("libfaketime is not installed")
        started = time.monotonic()
        with prepared() as made:
            tally = strike(made, kind, given.kills, given.seed)
        _tell(tally, time.monotonic() - started, where=given.where)
        failed = failed or bool(tally.problems)
    return int(failed)


def _tell(tally: Tally, seconds: float, *, where: bool) -> None:
    points = f", {len(tally.numbered)} of {tally.points} calls" if tally.numbered else ""
    say(
        f"{tally.kind}: {tally.struck} faults in {tally.runs} runs{points}, {tally.entries} entries in {tally.lives} "
        f"lives, {len(tally.problems)} problems, {seconds:.0f} s, seed {tally.seed}"
    )
    for sentence, count in tally.told.most_common():
        say(f"  told {count} times: {sentence}")
    if where:
        acts: Counter[str] = Counter()
        for (scenario, act, call, file), count in tally.hit.items():
            acts[" ".join(("  ", scenario, act, call, file)).rstrip()] += count
        for act, count in sorted(acts.items()):
            say(f"{act}: {count}")
    for problem in tally.problems[:20]:
        say(f"  PROBLEM {problem}")


if __name__ == "__main__":
    sys.exit(main())
