"""Run many seeds, or one again: `python -m tests.simulation --seeds 2000`, `--seed 17 --keep 0,3,9`."""

from __future__ import annotations

import argparse
import gc
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from functools import partial
from multiprocessing import get_context

from tests.simulation.mutants import MUTANTS, planted
from tests.simulation.run import STEPS, play, shrink, trace_hash
from tests.simulation.world import clear, prepared

HANG_S = 60
"""A history that takes a hundred times the CPU time of others does not end."""
STUCK_S = 900
"""Nor does one that waits for so long, however busy the machine is."""


class Hang(BaseException):
    """Something goes on for ever."""


def _hangs(*_: object) -> None:
    raise Hang


def say(words: str) -> None:
    """Print a line at once."""
    sys.stdout.write(words + "\n")
    sys.stdout.flush()


def _one(task: tuple[int, int, str]) -> tuple[int, list[tuple[str, str]]]:
    seed, steps, mutant = task
    return seed, outcome(seed, steps, mutant)


def outcome(
    seed: int, steps: int = STEPS, mutant: str = "", keep: Sequence[int] | None = None
) -> list[tuple[str, str]]:
    """Return what a seed broke; a failure of the product itself counts."""
    # Before any bug is planted: every run begins with an agency that is whole.
    prepared()
    with planted(mutant):
        for told in (signal.SIGALRM, signal.SIGPROF):
            signal.signal(told, _hangs)
        signal.setitimer(signal.ITIMER_PROF, HANG_S)
        signal.alarm(STUCK_S)
        try:
            return list(play(seed, keep, steps).violations)
        except Hang as hang:
            return [("hang", f"no end in {_where(hang)}")]
        except Exception as failure:
            return [("crash", f"{type(failure).__name__} in {_where(failure)}")]
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)
            signal.alarm(0)


def _still_fails(seed: int, steps: int, mutant: str, kept: list[int]) -> bool:
    return bool(outcome(seed, steps, mutant, kept))


def _where(failure: BaseException) -> str:
    trace = failure.__traceback__
    found = ""
    while trace is not None:
        name = trace.tb_frame.f_globals.get("__name__", "")
        if name.startswith("fieldapp") or not found:
            found = f"{name}:{trace.tb_lineno}"
        trace = trace.tb_next
    return found


def _begin() -> None:
    """Make the agency, and leave what every history shares out of garbage collection."""
    prepared()
    gc.collect()
    gc.freeze()


def _results(tasks: list[tuple[int, int, str]], workers: int) -> Iterator[tuple[int, list[tuple[str, str]]]]:
    if workers <= 1:
        yield from map(_one, tasks)
        return
    with get_context("spawn").Pool(workers, initializer=_begin) as pool:
        yield from pool.imap_unordered(_one, tasks, chunksize=5)


def main(arguments: list[str] | None = None) -> int:
    """Run, say what failed and how to see it again; returns 1 when anything did."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("--seeds", type=int, default=500)
    parser.add_argument("--start", type=int, default=0)
    parser.add_argument("--seed", type=int)
    parser.add_argument("--keep", default="", help="only these events of the seed, by number")
    parser.add_argument("--steps", type=int, default=STEPS)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--mutant", default="", choices=["", *MUTANTS])
    parser.add_argument("--no-shrink", action="store_true")
    given = parser.parse_args(arguments)
    if given.seed is not None:
        keep: list[int] | None = [int(word) for word in given.keep.split(",")] if given.keep else None
        prepared()
        with planted(given.mutant):
            history = play(given.seed, keep, given.steps)
        say("\n".join(history.trace))
        say(f"trace {trace_hash(history)}")
        for law, words in history.violations:
            say(f"VIOLATION {law}: {words}")
        clear()
        return int(bool(history.violations))
    started = time.monotonic()
    failed = 0
    tasks = [(seed, given.steps, given.mutant) for seed in range(given.start, given.start + given.seeds)]
    for done, (seed, found) in enumerate(_results(tasks, given.workers), 1):
        if done % 1_000 == 0:
            say(f"{done} seeds, {failed} with violations, {time.monotonic() - started:.0f} s")
        if found:
            failed += 1
            for law, words in found[:3]:
                say(f"seed {seed}: {law}: {words}")
            if failed <= 3 and not given.no_shrink:
                still = partial(_still_fails, seed, given.steps, given.mutant)
                kept = shrink(seed, given.steps, fails=still)
                more = f" --mutant {given.mutant}" if given.mutant else ""
                numbers = ",".join(map(str, kept))
                say(f"  again: uv run python -m tests.simulation --seed {seed} --keep {numbers}{more}")
    clear()
    spent = time.monotonic() - started
    say(f"{given.seeds} seeds, {failed} with violations, {spent:.0f} s, {given.seeds / spent:.1f} seeds/s")
    return int(failed > 0)
