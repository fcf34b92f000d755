"""strace around a running process: what it asks of the disk, and a fault laid on one of those calls."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

SYNCS = ("fsync", "fdatasync")
WRITES = ("write", "pwrite64", "ftruncate", "rename", "renameat", "renameat2", "unlink", "unlinkat", "link",
          "linkat", "mkdir", "sendfile", "copy_file_range")  # fmt: skip
_CALL = re.compile(r"(\d+) +(\w+)\((.*)")
_RESUMED = re.compile(r"(\d+) +<\.\.\. (\w+) resumed>")
_PATH = re.compile(r'<(/[^>]*)>|"(/[^"]*)"')


@dataclass(frozen=True)
class Call:
    """One call of a process: the n-th of its name in its thread."""

    name: str
    n: int
    path: str = ""

    @property
    def file(self) -> str:
        """Return what the call was about, without the names that differ from run to run."""
        name = self.path.rpartition("/")[2]
        return re.sub(r"\d{4}-\d\d-\d\d(T\d+Z)?", "DAY", name)


class Trace:
    """strace on a process and its threads, until the process ends or the trace is taken off."""

    def __init__(
        self, pid: int, calls: Sequence[str], log: Path, faults: Sequence[str] = (), *, whole: bool = False
    ) -> None:
        """Attach, and return once it is.

        Args:
            faults: as strace's `inject=` takes them.
            whole: keep every byte that is written.
        """
        words = ["strace", "-f", "-y", "-o", str(log), "-p", str(pid), "-e", f"trace={','.join(calls)}"]
        words += ["-e", "signal=none"]
        if whole:
            words += ["-xx", "-s", "9000000"]
        for fault in faults:
            words += ["-e", f"inject={fault}"]
        self._process = subprocess.Popen(words, stderr=subprocess.PIPE, text=True)
        self._ended = False
        assert self._process.stderr is not None
        said = self._process.stderr.readline()
        if "attached" not in said:
            self._process.wait()
            raise RuntimeError(f"strace: {said}")

    def off(self) -> None:
        """Take the trace and its faults off; the process goes on."""
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)
        self.end()

    def end(self) -> None:
        """Wait until everything is in the log."""
        if not self._ended:
            self._ended = True
            self._process.communicate()

    @staticmethod
    def read(log: Path) -> list[Call]:
        """Return the calls of a log in the order in which they began."""
        return [call for call, began, _ in _lines(log) if began]

    @staticmethod
    def hit(log: Path) -> Call | None:
        """Return the call that the fault fell on; None if it was not reached."""
        return next((call for call, _, struck in _lines(log) if struck), None)


def _lines(log: Path) -> Iterator[tuple[Call, bool, bool]]:
    """Give the call of each line, whether it began there, and whether a fault is said to have fallen on it."""
    last: dict[tuple[str, str], Call] = {}
    for line in log.read_text(errors="replace").splitlines():
        struck = "(INJECTED" in line or line.endswith("= ?")
        began = _CALL.match(line)
        if began:
            pid, name, rest = began.groups()
            path = _PATH.search(rest)
            n = last[pid, name].n + 1 if (pid, name) in last else 1
            last[pid, name] = Call(name, n, next(filter(None, path.groups()), "") if path else "")
            yield last[pid, name], True, struck
        elif (again := _RESUMED.match(line)) and again.groups() in last:
            yield last[again.group(1), again.group(2)], False, struck


def missing(tool: str) -> pytest.MarkDecorator:
    """Return the mark that skips tests where a tool does not work, unless FIELDAPP_REQUIRE names it."""
    required = os.environ.get("FIELDAPP_REQUIRE", "").replace(",", " ").split()
    gone = tool not in required and "1" not in required and not _works(tool)
    return pytest.mark.skipif(gone, reason=f"{tool} does not work here; FIELDAPP_REQUIRE={tool} requires it")


@cache
def _works(tool: str) -> bool:
    """Tell whether a tool is there; some containers have strace and forbid it."""
    if shutil.which(tool) is None:
        return False
    return (
        tool != "strace"
        or subprocess.run(["strace", "-qq", "-o", os.devnull, "true"], check=False).returncode == 0
    )
