"""Runs the app in a pseudo-terminal and gives back the raw bytes that it wrote."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import struct
import subprocess
import sys
import termios
import time
from pathlib import Path

LIMIT_S = 60
"""A child that takes longer than this hangs."""


class Terminal:
    """A child on a pseudo-terminal."""

    def __init__(self, code: str, *, size: tuple[int, int] = (80, 24)) -> None:
        self.master, slave = pty.openpty()
        columns, rows = size
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        environment = {
            **os.environ,
            "TERM": "xterm-256color",
            "COLORTERM": "truecolor",
            "PYTHONPATH": str(Path(__file__).parents[2]),
        }
        self.child = subprocess.Popen(
            [sys.executable, "-c", code], stdin=slave, stdout=slave, stderr=slave, env=environment,
            start_new_session=True,
        )  # fmt: skip
        os.close(slave)
        self.bytes = b""
        self._deadline = time.monotonic() + LIMIT_S

    def read(self, wait_s: float = 0.05) -> bool:
        """Take what the child wrote; returns False when it has ended."""
        if time.monotonic() > self._deadline:
            self.child.kill()
            self.child.wait()
            os.close(self.master)
            raise AssertionError(f"the child hangs; last bytes: {self.bytes[-2000:]!r}")
        ready, _, _ = select.select([self.master], [], [], wait_s)
        if not ready:
            return self.child.poll() is None
        try:
            data = os.read(self.master, 65536)
        except OSError:
            return False
        self.bytes += data
        return bool(data)

    def until(self, text: bytes) -> None:
        """Read until some bytes appear that were not there before this call."""
        start = len(self.bytes)
        while text not in self.bytes[start:]:
            assert self.read(), f"ended before {text!r}: {self.bytes[-2000:]!r}"

    def quiet(self, for_s: float = 0.3) -> None:
        """Read until nothing has come for a while: the app has drawn what it had to draw."""
        last = -1
        while last != len(self.bytes):
            last = len(self.bytes)
            if not self.read(for_s):
                return

    def press(self, *keys: bytes) -> None:
        """Send keys."""
        for key in keys:
            os.write(self.master, key)

    def end(self) -> int:
        """Read to the end and return the exit code."""
        while self.read():
            pass
        code = self.child.wait(LIMIT_S)
        os.close(self.master)
        return code
