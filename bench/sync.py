"""Sync against its peers: the common work W1 to W5 on SQLite and PostgreSQL, beside PouchDB and the physical floor.

    uv run python -m bench.sync [--quick] [--json] [--runs 3] [--backend sqlite|postgres] [--peers FOLDER | --no-peers]
    uv run python -m bench.sync --queue | --slow-link | --typing [--quick] [--backend sqlite|postgres]

Our rows: a `fieldapp serve` process, and laptops of the real product (SQLCipher, every entry signed and verified, signed
requests), each phase in a process of its own. Only the exchange is timed. Peers are those of the harness in FOLDER that
its setup has installed (PEERS_WORK names where). As root all of it runs in a network namespace of its own.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from bench import sync_more
from bench.sync_agency import Agency, databases
from bench.sync_laptop import Work
from bench.sync_meters import Meter, Row, alone, best, results, row, table
from fieldapp.errors import DataDamaged
from fieldapp.laptop.clock import SystemClock

PEERS = Path(__file__).resolve().parents[2] / "shared" / "bench" / "peers"
W5_EACH, W5_LAPTOPS = 200, 50
BACKENDS = ("sqlite", "postgres")
_QUIET = {"NO_PROXY": "*"}


def laptop(phase: str, *folders: Path, work: Path, more: tuple[str, ...] = ()) -> list[Row]:
    """Run one phase in a process and return what it measured."""
    child = subprocess.run(
        _words(phase, *folders, work=work, more=more),
        capture_output=True,
        text=True,
        env={**os.environ, **_QUIET},
    )
    if child.returncode:
        raise DataDamaged(f"{phase} failed: {child.stderr[-3000:]}")
    return results(child.stdout)


def _words(phase: str, *folders: Path, work: Path, more: tuple[str, ...] = ()) -> list[str]:
    return [sys.executable, "-m", "bench.sync_laptop", phase, *map(str, folders), "--work", str(work), *more]


def ours(backend: str, count: int, edits: int, idle: int, place: Path) -> list[Row]:
    """Run W1 to W5 once on a backend."""
    name = f"fieldapp {backend}"
    with databases(backend) as postgres:
        agency = Agency(place, postgres, "common")
        a, b = agency.people(2)
        work = place / "work.json"
        program, team = agency.made.program, agency.made.team
        Work(count, edits, idle, SystemClock().now_ms(), program, team).save(work)
        with agency.serving() as server:
            rows = _two(name, agency, a, b, work, server)
        crowd = Agency(place, postgres, "crowd")
        each = min(W5_EACH, count)
        laptops = crowd.people(max(2, min(W5_LAPTOPS, count // each)))
        Work(each, 0, 0, SystemClock().now_ms(), crowd.made.program, "").save(work)
        with crowd.serving():
            for phase in ("clients", "write"):
                laptop(phase, *laptops, work=work)
        # Of a laptop that is handed in the server takes all and gives it nothing: the same as the peers' push.
        crowd.close_laptops()
        with crowd.serving() as server:
            rows.append(_crowd(name, laptops, each, work, server))
    return rows


def _two(name: str, agency: Agency, a: Path, b: Path, work: Path, server: list[int]) -> list[Row]:
    said = Work.load(work)
    laptop("clients", a, work=work)
    laptop("sync", b, work=work)
    [wrote] = laptop("write", a, work=work)
    rows = [row(name, "local write", said.count, wrote["wall"], wrote["cpu"], peak_mb=wrote["peak_mb"])]
    with Meter(server) as meter:
        sent, after = laptop("push", a, work=work)
    shown = after["digest"]
    rows.append(
        row(
            name, "W1 push", said.count, sent["wall"], sent["cpu"], meter.cpu, meter.wire, ok=not after["unconfirmed"],
            peak_mb=sent["peak_mb"], server_peak_mb=agency.peak_mb(), load=meter.load,
        )
    )  # fmt: skip
    with Meter(server) as meter:
        came, after = laptop("pull", b, work=work)
    rows.append(
        row(
            name, "W2 pull", said.count, came["wall"], came["cpu"], meter.cpu, meter.wire, ok=after["digest"] == shown,
            peak_mb=came["peak_mb"], server_peak_mb=agency.peak_mb(), load=meter.load,
        )
    )  # fmt: skip
    laptop("edit", a, work=work)
    laptop("edit", b, work=work, more=("--skip", str(said.edits)))
    wall = cpu = 0.0
    with Meter(server) as meter:
        ends = []
        for who in (a, b, a):
            one, after = laptop("sync", who, work=work)
            wall, cpu = wall + one["wall"], cpu + one["cpu"]
            ends.append(after)
    same = ends[1]["digest"] == ends[2]["digest"] != shown and not ends[2]["unconfirmed"]
    rows.append(
        row(name, "W3 reconcile", 2 * said.edits, wall, cpu, meter.cpu, meter.wire, ok=same, load=meter.load)
    )
    with Meter(server) as meter:
        [quiet] = laptop("idle", a, work=work)
    rounds = said.idle + 3
    rows.append(
        row(
            name, "W4 idle", 1, quiet["wall"], quiet["cpu"], meter.cpu / rounds, meter.wire / rounds,
            p95_ms=round(1000 * quiet["p95"], 2),
        )
    )  # fmt: skip
    return rows


def _crowd(name: str, laptops: list[Path], each: int, work: Path, server: list[int]) -> Row:
    """Let all laptops send at once, spread over as many processes as there are cores."""
    parts = [laptops[at :: os.cpu_count() or 1] for at in range(min(len(laptops), os.cpu_count() or 1))]
    children = [
        subprocess.Popen(
            _words("many", *part, work=work), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            env={**os.environ, **_QUIET},
        )
        for part in parts
    ]  # fmt: skip
    for child in children:
        assert child.stdout is not None
        child.stdout.readline()
    with Meter(server) as meter:
        for child in children:
            assert child.stdin is not None
            child.stdin.write("go\n")
            child.stdin.flush()
        said = [results(child.communicate()[0]) for child in children]
    wall = max(one[0]["wall"] for one in said)
    cpu = sum(one[0]["cpu"] for one in said)
    count = len(laptops) * each
    ok = not any(one[1]["failures"] or one[1]["unconfirmed"] for one in said)
    return row(
        name, f"W5 {len(laptops)}x{each}", count, wall, cpu, meter.cpu, meter.wire, ok=ok, load=meter.load
    )


def peers(folder: Path, runs: int) -> tuple[list[Row], list[str]]:
    """Return the rows of the peers that are installed, and what is to be said of the others."""
    if not (folder / "common.py").is_file():
        return [], ["The peers' harness is not there (--peers FOLDER), so only our own rows are shown."]
    work = Path(os.environ.get("PEERS_WORK") or Path(tempfile.gettempdir()) / "fieldapp-peers")
    python = work / "env" / "py" / "bin" / "python"
    if not python.exists() or not (work / "data" / "meta.json").exists():
        return [], ["No peer is installed (setup.sh of the peers' harness), so only our own rows are shown."]
    rows: list[Row] = []
    missing: list[str] = []
    for name, needs in (("floor", None), ("peer_pouch", work / "env" / "pouch" / "node_modules")):
        if needs is not None and (not needs.exists() or shutil.which("node") is None):
            missing.append(f"{name} is not installed.")
            continue
        found = [_peer(python, folder, name) for _ in range(runs)]
        rows += best(found)
    return rows, missing


def _peer(python: Path, folder: Path, name: str) -> list[Row]:
    child = subprocess.run(
        [str(python), f"{name}.py"], cwd=folder, capture_output=True, text=True, env={**os.environ, **_QUIET}
    )
    if child.returncode:
        raise DataDamaged(f"{name} failed: {child.stderr[-3000:]}")
    return [json.loads(line[4:]) for line in child.stdout.splitlines() if line.startswith("ROW ")]


def main() -> None:
    """Run everything and print the table, or the rows as JSON."""
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--quick", action="store_true", help="A tenth of the work, once, without peers.")
    ask.add_argument("--json", action="store_true", help="Print the rows as JSON, one to a line.")
    ask.add_argument("--runs", type=int, default=3, help="Runs of each; the best of each phase counts.")
    ask.add_argument("--backend", choices=BACKENDS, action="append")
    ask.add_argument("--peers", type=Path, default=PEERS)
    ask.add_argument("--no-peers", action="store_true")
    ask.add_argument("--records", type=int, help="Another number for --queue, --slow-link or --typing.")
    more = ask.add_mutually_exclusive_group()
    more.add_argument("--queue", action="store_true", help="Queues of up to 100,000: speed and memory.")
    more.add_argument("--slow-link", action="store_true", help="1,000 records over 1 Mbit/s and 100 ms.")
    more.add_argument("--typing", action="store_true", help="Typing during a first pull of 100,000.")
    said = ask.parse_args()
    private = alone("bench.sync")
    count, edits, idle, runs = (1_000, 100, 20, 1) if said.quick else (10_000, 1_000, 50, said.runs)
    rows: list[Row] = []
    if said.queue or said.slow_link or said.typing:
        for backend in said.backend or BACKENDS[:1]:
            rows += special(said, backend)
        tell(rows, [], as_json=said.json)
        return
    remarks = [] if private else ["Not root: the bytes are those of everything on the loopback."]
    for backend in said.backend or BACKENDS:
        done = []
        for _ in range(runs):
            with tempfile.TemporaryDirectory(prefix="fa-bench-") as place:
                done.append(ours(backend, count, edits, idle, Path(place)))
        rows += best(done)
    if not (said.quick or said.no_peers):
        theirs, missing = peers(said.peers, runs)
        rows, remarks = rows + theirs, remarks + missing
    tell(rows, remarks, as_json=said.json)


def special(said: argparse.Namespace, backend: str) -> list[Row]:
    """Run what is asked for in the place of W1 to W5."""
    few, count = said.quick, said.records
    if said.queue:
        usual = (500, 5_000) if few else (1_000, 10_000, 100_000)
        return sync_more.queue(backend, (count,) if count else usual, laptop)
    if said.slow_link:
        return sync_more.slow_link(backend, count or (300 if few else 1_000), laptop)
    return sync_more.typing(backend, count or (5_000 if few else 100_000), laptop)


def tell(rows: list[Row], remarks: list[str], *, as_json: bool) -> None:
    """Print the rows, and fail when one of them does not count."""
    print("\n".join(json.dumps(one) for one in rows) if as_json else table(rows))
    for remark in remarks:
        print(remark, file=sys.stderr)
    if not all(one.get("ok", True) for one in rows):
        sys.exit("A run did not end with the same records everywhere: its numbers do not count.")


if __name__ == "__main__":
    main()
