"""Start-up of the app beside a bare Textual app, in a real pseudo-terminal, in one run.

    uv run python -m bench.app [--runs 9] [--folder DEMO] [--json]
    uv run python -m bench.app --card [--runs 200] [--clients 500] [--entries 100000]
    uv run python -m bench.app --supervisor [--folder LARGE] [--as manager] [--runs 20]

Makes a demo organisation in a temporary folder first (about a minute) unless `--folder` names one. Figures
are medians; only ratios mean anything on a shared machine. `ready` is the moment at which the marker text of
the first screen has reached the terminal; CPU is that of the whole process at its end.
"""

from __future__ import annotations

import argparse
import fcntl
import json
import os
import pty
import re
import select
import signal
import statistics
import struct
import subprocess
import sys
import tempfile
import termios
import time
from dataclasses import dataclass
from pathlib import Path

BARE = """
from textual.app import App
from textual.widgets import Footer, Input, Static
class Bare(App):
    def compose(self):
        yield Static("Passphrase")
        yield Input(password=True)
        yield Footer()
Bare().run()
"""
KDF = """
import sys, time
from pathlib import Path
from fieldapp.crypto import vault
start = time.perf_counter()
vault.unlock(Path(sys.argv[1]), sys.argv[2]).vault_key.wipe()
print(time.perf_counter() - start)
"""
_ANSI = re.compile(rb"\x1b\[[0-9;?<>=]*[ -/]*[@-~]|\x1b[()][A-Z0-9]|\x1b[=>]")
_DEADLINE_S = 60.0


class Terminal:
    """A process in an 80x24 pseudo-terminal."""

    def __init__(self, arguments: list[str]) -> None:
        self._seen = b""
        self.started = self._sent = time.perf_counter()
        self.pid, self._fd = pty.fork()
        if self.pid == 0:
            os.environ["TERM"] = "xterm-256color"
            os.execv(arguments[0], arguments)  # noqa: S606 - our own interpreter
        fcntl.ioctl(self._fd, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))

    def until(self, marker: bytes) -> float:
        """Read until the text was painted and return seconds since the start; raises TimeoutError."""
        while marker not in _ANSI.sub(b"", self._seen):
            if time.perf_counter() - self._sent > _DEADLINE_S:
                raise TimeoutError(f"{marker!r} was never painted")
            if select.select([self._fd], [], [], 0.5)[0]:
                self._seen += os.read(self._fd, 65536)
        return time.perf_counter() - self.started

    def send(self, data: bytes) -> float:
        """Type and return the moment."""
        self._seen = b""
        os.write(self._fd, data)
        self._sent = time.perf_counter()
        return self._sent - self.started

    def settle(self, seconds: float) -> None:
        """Read and drop what is painted for a while."""
        end = time.perf_counter() + seconds
        while (left := end - time.perf_counter()) > 0:
            if select.select([self._fd], [], [], left)[0]:
                os.read(self._fd, 65536)

    def end(self) -> float:
        """Stop the process by its id and return its CPU seconds."""
        os.kill(self.pid, signal.SIGKILL)
        _, _, usage = os.wait4(self.pid, 0)
        os.close(self._fd)
        return usage.ru_utime + usage.ru_stime


@dataclass
class Row:
    """One measured thing: medians in milliseconds and the ratio to the bare app."""

    what: str
    wall_ms: float
    cpu_ms: float
    ratio: float


def median_ms(values: list[float]) -> float:
    """Return the median of seconds in milliseconds."""
    return round(statistics.median(values) * 1000, 1)


def measure(folder: Path, passphrase: str, runs: int) -> list[Row]:
    """Run bare app and fieldapp in turn; the first run of each only warms the disk cache."""
    python = sys.executable
    bare, bare_cpu, lock, lock_cpu, today, kdf = ([] for _ in range(6))
    vault_file = next(folder.glob("vaults/*/vault.json"))
    for number in range(runs + 1):
        one = Terminal([python, "-c", BARE])
        ready = one.until(b"Passphrase")
        cpu = one.end()
        two = Terminal([python, "-m", "fieldapp", "--folder", str(folder)])
        locked = two.until(b"Passphrase")
        cpu_locked = two.end()
        three = Terminal([python, "-m", "fieldapp", "--folder", str(folder)])
        three.until(b"Passphrase")
        three.settle(2.0)  # somebody types; what is heavy loads meanwhile
        sent = three.send(passphrase.encode() + b"\r")
        opened = three.until(b"Visits") - sent
        three.end()
        out = subprocess.run(
            [python, "-c", KDF, str(vault_file), passphrase], capture_output=True, text=True, check=True
        ).stdout
        if number:
            bare.append(ready)
            bare_cpu.append(cpu)
            lock.append(locked)
            lock_cpu.append(cpu_locked)
            today.append(opened)
            kdf.append(float(out))
    base = statistics.median(bare)
    return [
        Row("bare Textual app, ready", median_ms(bare), median_ms(bare_cpu), 1.0),
        Row("fieldapp, lock screen ready", median_ms(lock), median_ms(lock_cpu), ratio(lock, base)),
        Row("Argon2id with the shipped settings", median_ms(kdf), median_ms(kdf), ratio(kdf, base)),
        Row("Enter to Today", median_ms(today), 0.0, ratio(today, base)),
        Row(
            "Enter to Today without Argon2id",
            median_ms([a - b for a, b in zip(today, kdf, strict=True)]),
            0.0,
            ratio([a - b for a, b in zip(today, kdf, strict=True)], base),
        ),
    ]


def ratio(values: list[float], base: float) -> float:
    """Return the median relative to the bare app."""
    return round(statistics.median(values) / base, 2)


def cards(clients: int, entries: int, runs: int) -> None:
    """Print how long the crisis card takes from the key to the painted screen, alone and during a pull."""
    from bench import card

    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / "laptop"
        started = time.perf_counter()
        card.make(folder, clients, entries)
        made = time.perf_counter() - started
        print(f"{clients} clients, {entries} entries, made in {made:.0f} s; {runs} cards each")
        heads = ("p50 ms", "p99 ms", "CPU p50", "CPU p99", "no core p50")
        print(f"{'':28}" + "".join(f"{head:>12}" for head in heads))
        for words, pulling in (("alone", False), ("while a pull is stored", True)):
            found = card.measure(folder, runs, Terminal, pulling=pulling)
            took, ran = [one.took for one in found], [one.ran for one in found]
            figures = (
                card.quantile(took, 50), card.quantile(took, 99), card.quantile(ran, 50), card.quantile(ran, 99),
                card.quantile([one.waited for one in found], 50),
            )  # fmt: skip
            print(f"{words:28}" + "".join(f"{figure:>12}" for figure in figures))


def supervisors(folder: Path | None, user: str, runs: int) -> None:
    """Print how a supervisor's screens open on a large organisation, and how long each metric takes to be counted."""
    from bench import supervisor
    from fieldapp.demo.making import laptop_of

    with tempfile.TemporaryDirectory() as temporary:
        where = folder or Path(temporary) / "large"
        if folder is None:
            order = [sys.executable, "-m", "fieldapp", "demo", "--large", "--folder", str(where), "--prepare"]
            subprocess.run(order, check=True, stdout=subprocess.DEVNULL)
        supervisor.report(laptop_of(where, user), runs, Terminal)


def main() -> None:
    """Print the table, or JSON."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--runs", type=int, default=9)
    options.add_argument("--folder", type=Path, help="folder of a demo made before")
    options.add_argument("--json", action="store_true")
    options.add_argument("--card", action="store_true", help="the crisis card on a large laptop instead")
    options.add_argument("--clients", type=int, default=500)
    options.add_argument("--entries", type=int, default=100_000)
    options.add_argument(
        "--supervisor", action="store_true", help="Review and numbers on a large organisation"
    )
    options.add_argument(
        "--as", dest="user", default="manager", help="whose laptop of it: supervisor or manager"
    )
    given = options.parse_args()
    if given.supervisor:
        supervisors(given.folder, given.user, given.runs)
        return
    if given.card:
        cards(given.clients, given.entries, given.runs)
        return
    from fieldapp.demo.making import PASSPHRASE, laptop_of

    with tempfile.TemporaryDirectory() as temporary:
        folder = given.folder or Path(temporary) / "demo"
        if given.folder is None:
            subprocess.run(
                [sys.executable, "-m", "fieldapp", "demo", "--folder", str(folder), "--prepare"],
                check=True,
                stdout=subprocess.DEVNULL,
            )
        rows = measure(laptop_of(folder, "clinician"), PASSPHRASE, given.runs)
    if given.json:
        print(json.dumps([row.__dict__ for row in rows]))
        return
    print(f"{'':42}{'wall ms':>10}{'CPU ms':>10}{'ratio':>8}")
    for row in rows:
        print(f"{row.what:42}{row.wall_ms:>10}{row.cpu_ms:>10}{row.ratio:>8}")


if __name__ == "__main__":
    main()
