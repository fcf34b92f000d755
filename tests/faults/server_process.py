"""`fieldapp serve` in a process of its own that can be killed and is soon there again.

The process is forked from one that has imported the server already: an import takes most of a start, and five
hundred kills are five hundred starts. What runs in it is the command line, from its words to its exit code.
"""

from __future__ import annotations

import os
import socket
import sys
import time
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path

from tests.e2e.agency import free_port

PATIENCE_S, LOOK_S = 60.0, 0.005
_CONTEXT = get_context("forkserver")
_CONTEXT.set_forkserver_preload(
    ["fieldapp.cli", "fieldapp.commands.serve", "fieldapp.server.serve", "tests.faults.server_run"]
)


def carry_out(words: list[str], log: Path) -> int:
    """Carry out one command of the app in a process of its own and return its exit code; it speaks into a file."""
    process = _CONTEXT.Process(target=_be, args=(words, str(log)), daemon=True)
    process.start()
    process.join()
    code = process.exitcode
    process.close()
    return 1 if code is None else code


class ServerProcess:
    """A server that is started, killed and started again on one port."""

    def __init__(self, folder: Path, log: Path, *, database: str | None, port: int = 0) -> None:
        self.port = port or free_port()
        self.public_host = f"127.0.0.1:{self.port}"
        self._folder, self._database, self._log = folder, database, log
        self._process: BaseProcess | None = None
        self._line: Connection | None = None

    def start(self) -> None:
        """Start it and return when it accepts connections."""
        words = ["serve", "--folder", str(self._folder), "--port", str(self.port)]
        words += ["--public-host", self.public_host]
        words += ["--database", self._database] if self._database is not None else []
        deadline = time.monotonic() + PATIENCE_S
        # It ends when its database is away; whoever looks after a server starts it again.
        while not self._started(words, deadline):
            self._drop()
            if time.monotonic() > deadline:
                raise TimeoutError(f"no server: {self._log.read_text()}")
            time.sleep(LOOK_S)

    def _started(self, words: list[str], deadline: float) -> bool:
        theirs, self._line = _CONTEXT.Pipe(duplex=False)
        process = _CONTEXT.Process(target=_serve, args=(words, str(self._log), theirs), daemon=True)
        self._process = process
        process.start()
        theirs.close()
        while process.is_alive() and time.monotonic() < deadline:
            if _accepts(self.port):
                return True
            time.sleep(LOOK_S)
        return False

    def kill(self) -> None:
        """Kill -9 and return when the process is gone."""
        if self._process is not None:
            self._process.kill()
        self._drop()

    def stop(self) -> None:
        """End it as ctrl+c would."""
        if self._process is not None:
            self._process.terminate()
        self._drop()

    def _drop(self) -> None:
        process, self._process = self._process, None
        line, self._line = self._line, None
        if process is not None:
            process.join()
            process.close()
        if line is not None:
            line.close()


def _accepts(port: int) -> bool:
    with socket.socket() as probe:
        found: int = probe.connect_ex(("127.0.0.1", port))
    return found == 0


def _serve(words: list[str], log: str, line: Connection) -> None:
    """Be the server; when whoever started this is gone, the line closes and it stops."""
    _be([*words, "--while-fd", str(line.fileno())], log)


def _be(words: list[str], log: str) -> None:
    from fieldapp.cli import outcome

    kept = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    for stream in (1, 2):
        os.dup2(kept, stream)
    sys.exit(outcome(words))
