"""The other end of `laptop_process`: one running laptop at a time, what it says, and how it ends."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

import orjson

PATIENCE_S = 120.0
"""Without a word for so long a process hangs."""


class Running:
    """One laptop's process."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._lines = connection.makefile("rb")
        self.pid = int(self._read()["pid"])

    def _read(self) -> dict[str, Any]:
        line = self._lines.readline()
        return dict(orjson.loads(line)) if line.endswith(b"\n") else {}

    def tell(self, word: str) -> None:
        """Answer; a process that is gone does not hear it."""
        try:
            self._connection.sendall(word.encode() + b"\n")
        except OSError:
            return

    def lines(self) -> Iterator[dict[str, Any]]:
        """Give what it says until it ends."""
        try:
            while line := self._read():
                yield line
        except ConnectionResetError:
            return

    def close(self) -> None:
        """Hear no more."""
        self._lines.close()
        self._connection.close()


class Nursery:
    """A process that has imported everything and forks a laptop's process whenever one is ordered."""

    def __init__(self, folder: Path, env: Mapping[str, str] | None = None) -> None:
        folder.mkdir(exist_ok=True)
        self._place = folder / "j"
        self._listening = socket.socket(socket.AF_UNIX)
        self._listening.settimeout(PATIENCE_S)
        self._listening.bind(str(self._place))
        self._listening.listen()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.laptop_process"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            env={**os.environ, **(env or {})}, cwd=Path(__file__).parents[2],
        )  # fmt: skip

    def start(self, order: Mapping[str, Any]) -> Running:
        """Have a laptop's process made; it waits for its first word."""
        assert self._process.stdin is not None
        self._process.stdin.write(orjson.dumps({**order, "journal": str(self._place)}) + b"\n")
        self._process.stdin.flush()
        connection, _ = self._listening.accept()
        connection.settimeout(PATIENCE_S)
        return Running(connection)

    def ended(self, running: Running) -> int:
        """Wait for the end of a process; returns its exit code, negative for a signal."""
        running.close()
        assert self._process.stdout is not None
        said = orjson.loads(self._process.stdout.readline())
        assert said["pid"] == running.pid
        return os.waitstatus_to_exitcode(said["status"])

    def __enter__(self) -> Nursery:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait()
        self._listening.close()
        self._place.unlink()
