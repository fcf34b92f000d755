"""strace around a running process: what it asks of the disk, and a fault laid on one of those calls."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
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
        """Return the calls of the log in order."""
        counts: Counter[tuple[str, str]] = Counter()
        found = []
        for line in log.read_text(errors="replace").splitlines():
            match = _CALL.match(line)
            if match:
                pid, name, rest = match.groups()
                counts[pid, name] += 1
                path = _PATH.search(rest)
                found.append(
                    Call(name, counts[pid, name], next(filter(None, path.groups()), "") if path else "")
                )
        return found

    @staticmethod
    def hit(log: Path) -> Call | None:
        """Return the call that the fault fell on; None if it was not reached."""
        lines = log.read_text(errors="replace").splitlines()
        for at, line in enumerate(lines):
            match = _CALL.match(line)
            struck = "(INJECTED" in line or line.endswith("= ?")
            if match and struck and not line.startswith("+++"):
                path = _PATH.search(match.group(3))
                n = sum(
                    1
                    for one in lines[: at + 1]
                    if (m := _CALL.match(one)) and m.groups()[:2] == match.groups()[:2]
                )
                return Call(match.group(2), n, next(filter(None, path.groups()), "") if path else "")
        return None


def missing(*tools: str) -> pytest.MarkDecorator:
    """Return the mark that skips tests where a tool is not installed, unless FIELDAPP_REQUIRE names it."""
    required = os.environ.get("FIELDAPP_REQUIRE", "").replace(",", " ").split()
    gone = [
        tool for tool in tools if shutil.which(tool) is None and tool not in required and "1" not in required
    ]
    return pytest.mark.skipif(
        bool(gone),
        reason=f"{' and '.join(gone)} not installed; FIELDAPP_REQUIRE={','.join(gone)} requires it",
    )
