"""Meters of the sync benchmark: CPU of process trees, bytes on the loopback, peak memory, rows and their table."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import socket
import struct
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Any

_HZ = os.sysconf("SC_CLK_TCK")
_ALONE = "FIELDAPP_BENCH_ALONE"
_SET_FLAGS, _UP_RUNNING = 0x8914, 0x1 | 0x40
Row = dict[str, Any]
_COLUMNS = ("peer", "phase", "n", "wall_s", "per_s", "client_cpu_s", "server_cpu_s", "wire_b_per_rec")


def alone(module: str) -> bool:
    """Run this module again in a network of its own, if root may, so that the loopback counts our traffic only.

    Returns whether that is so now.
    """
    if os.environ.get(_ALONE):
        with socket.socket() as any_socket:
            fcntl.ioctl(any_socket, _SET_FLAGS, struct.pack("16sH14s", b"lo", _UP_RUNNING, b""))
        return True
    unshare = shutil.which("unshare")
    if (
        not os.geteuid()
        and unshare
        and not subprocess.run([unshare, "-n", "true"], capture_output=True).returncode
    ):
        os.environ[_ALONE] = os.environ["PEERS_NETNS"] = "1"
        sys.stdout.flush()
        os.execv(unshare, [unshare, "-n", sys.executable, "-m", module, *sys.argv[1:]])  # noqa: S606
    return False


def cpu_of(roots: Iterable[int]) -> float:
    """Return the CPU seconds of processes, all their descendants and all that they have waited for."""
    children: dict[int, list[int]] = {}
    used: dict[int, int] = {}
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                stat = Path(f"/proc/{name}/stat").read_text()
            except OSError:
                continue
            fields = stat[stat.rindex(")") + 2 :].split()
            children.setdefault(int(fields[1]), []).append(int(name))
            used[int(name)] = sum(map(int, fields[11:15]))
    todo, seen = list(roots), set()
    while todo:
        pid = todo.pop()
        if pid in used and pid not in seen:
            seen.add(pid)
            todo += children.get(pid, [])
    return sum(used[pid] for pid in seen) / _HZ


def loopback_bytes() -> int:
    """Return how many bytes the loopback has carried, headers and acknowledgements included."""
    for line in Path("/proc/net/dev").read_text().splitlines():
        name, _, counts = line.partition(":")
        if name.strip() == "lo":
            return int(counts.split()[0])
    return 0


def peak_mb(pid: int | str = "self") -> float:
    """Return the most memory that a process has held, in MB."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return round(int(line.split()[1]) / 1024, 1)
    return 0.0


class Meter:
    """CPU of the server's processes and bytes on the loopback around a phase."""

    def __init__(self, server: Iterable[int]) -> None:
        self._server = list(server)
        self.cpu = self.wire = self.load = 0.0

    def __enter__(self) -> Meter:
        self._before = cpu_of(self._server), loopback_bytes(), _busy(), time.perf_counter()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        cpu, wire, busy, at = self._before
        self.cpu, self.wire = cpu_of(self._server) - cpu, loopback_bytes() - wire
        self.load = round((_busy() - busy) / (time.perf_counter() - at), 2)


def _busy() -> float:
    """Return the CPU seconds that the whole machine has used."""
    counts = [int(x) for x in Path("/proc/stat").read_text().splitlines()[0].split()[1:9]]
    return (sum(counts) - counts[3] - counts[4]) / _HZ


def row(
    peer: str, phase: str, n: int, wall: float, client: float | None = None, server: float | None = None,
    wire: float | None = None, **more: Any,
) -> Row:  # fmt: skip
    """Return a result in the shape of the peers' harness."""
    return {
        "peer": peer, "phase": phase, "n": n, "wall_s": round(wall, 4), "per_s": round(n / wall, 1) if wall else None,
        "client_cpu_s": None if client is None else round(client, 4),
        "server_cpu_s": None if server is None else round(server, 4),
        "wire_b_per_rec": None if wire is None else round(wire / n, 1), **more,
    }  # fmt: skip


def best(runs: list[list[Row]]) -> list[Row]:
    """Return of each phase the quickest of several runs, with the least CPU of any."""
    found = []
    for same in zip(*runs, strict=True):
        chosen = dict(min(same, key=lambda one: one["wall_s"]))
        for name in ("client_cpu_s", "server_cpu_s"):
            if chosen[name] is not None:
                chosen[name] = min(one[name] for one in same)
        if len(runs) > 1:
            chosen["runs"] = len(runs)
        found.append(chosen)
    return found


def table(rows: Iterable[Row]) -> str:
    """Return the rows as a table in Markdown."""
    found = [
        "| peer | phase | n | wall s | rec/s | client CPU s | server CPU s | wire B/rec | note |",
        "|---|---|--:|--:|--:|--:|--:|--:|---|",
    ]
    for one in rows:
        cells = ["" if one.get(name) is None else str(one[name]) for name in _COLUMNS]
        note = "; ".join(f"{name}={value}" for name, value in one.items() if name not in _COLUMNS)
        found.append("| " + " | ".join([*cells, note]) + " |")
    return "\n".join(found)


def results(text: str) -> list[dict[str, Any]]:
    """Return what a child process said on lines that begin with RESULT."""
    return [json.loads(line[7:]) for line in text.splitlines() if line.startswith("RESULT ")]
