"""The demo's server: a child process on this computer that ends with the demo, however the demo ends.

The child holds the reading end of a pipe whose writing end only the demo has: when the demo is gone, even
by kill -9, the pipe closes and the server stops. A hard lock replaces the demo's process image; number and
pipe stay the same, so the record beside the data finds the server again.
"""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path

import orjson

from fieldapp.errors import UsageFailure

RECORD = "running.json"
START_S, STOP_S = 30.0, 10.0
_EVERY_S = 0.05


@dataclass(frozen=True, slots=True)
class ServerProcess:
    """A server that answers; `pid` is 0 when another demo started it."""

    pid: int = 0
    pipe: int = -1

    def stop(self, folder: Path) -> None:
        """Stop the server if this process started it, and wait until it is gone."""
        if not self.pid:
            return
        with contextlib.suppress(OSError):
            os.close(self.pipe)
        deadline = time.monotonic() + STOP_S
        while _is_my_child(self.pid) and time.monotonic() < deadline:
            time.sleep(_EVERY_S)
        if _is_my_child(self.pid):
            with contextlib.suppress(OSError):
                os.kill(self.pid, 9)
                os.waitpid(self.pid, 0)
        (folder / RECORD).unlink(missing_ok=True)


def ensure(folder: Path, port: int) -> ServerProcess:
    """Return the demo's server, started if it is not running; raises UsageFailure when the port is taken.

    It is not waited for: it answers within two seconds, while the passphrase is typed.
    """
    mine = _left_by_me(folder)
    if mine is not None:
        return mine
    if not _is_taken(port):
        return _start(folder, port)
    if answers(port):
        return ServerProcess()
    raise UsageFailure(
        f"Another program uses port {port} of this computer, which the demo's laptops know their server by: "
        "use --offline, or --reset to make the demo anew on another port."
    )


def _is_taken(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1.0)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def answers(port: int) -> bool:
    """Tell whether a fieldapp server answers on a port of this computer."""
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with direct.open(f"http://127.0.0.1:{port}/v1/health", timeout=2.0) as said:
            return orjson.loads(said.read(4096)).get("ok") is True
    except (OSError, ValueError, AttributeError):
        return False


def wait_until_ready(port: int, seconds: float = START_S) -> bool:
    """Wait until the server answers; tells whether it does."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if answers(port):
            return True
        time.sleep(_EVERY_S)
    return False


def _left_by_me(folder: Path) -> ServerProcess | None:
    """Return the server that this very process started before a hard lock replaced its program."""
    try:
        value = orjson.loads((folder / RECORD).read_bytes())
        found = ServerProcess(int(value["server"]), int(value["pipe"]))
        owner = int(value["owner"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return found if owner == os.getpid() and _is_my_child(found.pid) else None


def _is_my_child(pid: int) -> bool:
    """Tell whether a process is a running child of this one; a number that was given out again is not."""
    try:
        return os.waitpid(pid, os.WNOHANG) == (0, 0)
    except OSError:
        return False


def _start(folder: Path, port: int) -> ServerProcess:
    reading, writing = os.pipe()
    log = os.open(folder / "server.log", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        child = subprocess.Popen(  # noqa: S603 - our own program, no shell
            [sys.executable, "-m", "fieldapp", "serve", "--folder", str(folder / "server"), "--port", str(port),
             "--while-fd", str(reading)],
            stdin=subprocess.DEVNULL, stdout=log, stderr=log, pass_fds=(reading,), start_new_session=True,
        )  # fmt: skip
    finally:
        os.close(reading)
        os.close(log)
    # The pipe must outlive the exec of a hard lock; the child never gets this end.
    os.set_inheritable(writing, True)
    record = {"server": child.pid, "pipe": writing, "owner": os.getpid()}
    (folder / RECORD).write_bytes(orjson.dumps(record))
    return ServerProcess(child.pid, writing)
