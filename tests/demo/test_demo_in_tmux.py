"""`fieldapp demo` as somebody really runs it: a terminal, a passphrase, a hard lock, quitting, kill -9."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import orjson
import pytest

from fieldapp.demo import server_process
from fieldapp.demo.making import PASSPHRASE, read_manifest
from tests.demo.demo_folder import small_demo

pytestmark = [pytest.mark.e2e, pytest.mark.tmux, pytest.mark.xdist_group("demo")]
PATIENCE_S = 90.0


def until(true: Callable[[], object], what: str) -> None:
    """Wait for something that another process does."""
    deadline = time.monotonic() + PATIENCE_S
    while not true():
        assert time.monotonic() < deadline, what
        time.sleep(0.1)


def alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


@dataclass
class Terminal:
    """One tmux session of 80 by 24."""

    socket: str
    folder: Path

    def tmux(self, *arguments: str) -> str:
        done = subprocess.run(
            ["tmux", "-L", self.socket, *arguments], capture_output=True, text=True, check=False, timeout=20
        )
        return done.stdout

    def open(self, *options: str) -> None:
        command = [sys.executable, "-m", "fieldapp", "demo", "--folder", str(self.folder), *options]
        shell = " ".join(f"'{part}'" for part in command)
        self.tmux(
            "new-session", "-d", "-s", "demo", "-x", "80", "-y", "24", f"{shell}; echo LEFT $?; sleep 600"
        )

    @property
    def screen(self) -> str:
        return self.tmux("capture-pane", "-p", "-t", "demo")

    def shows(self, *words: str) -> None:
        until(lambda: all(word in self.screen for word in words), f"never shown: {words}\n{self.screen}")

    def keys(self, *keys: str) -> None:
        self.tmux("send-keys", "-t", "demo", *keys)

    def unlock(self) -> None:
        self.shows("Passphrase", "Demo,")
        self.keys("-l", PASSPHRASE)
        self.keys("Enter")
        self.shows("Today", "Visits")

    @property
    def record(self) -> dict[str, int]:
        found: dict[str, int] = orjson.loads((self.folder / server_process.RECORD).read_bytes())
        return found


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    if shutil.which("tmux") is None:
        assert "tmux" not in os.environ.get("FIELDAPP_REQUIRE", ""), "tmux is required here and missing"
        pytest.skip("tmux is not installed")
    folder = tmp_path / "demo"
    shutil.copytree(small_demo(), folder)
    found = Terminal(f"fieldapp-{os.getpid()}", folder)
    yield found
    found.tmux("kill-session", "-t", "demo")
    found.tmux("kill-server")


def test_the_demo_opens_locks_hard_opens_again_and_takes_its_server_along(terminal: Terminal) -> None:
    manifest = read_manifest(terminal.folder)
    assert manifest is not None
    terminal.open("--as", "clinician")
    terminal.unlock()
    server = terminal.record["server"]
    assert server_process.wait_until_ready(manifest.port, PATIENCE_S)
    terminal.shows("all sent")

    terminal.keys("C-l")
    terminal.shows("fieldapp · locked")
    assert terminal.record["server"] == server
    assert alive(server)
    terminal.unlock()

    terminal.keys("C-q")
    terminal.shows("LEFT 0")
    until(lambda: not alive(server), "the server outlived the demo")
    assert not (terminal.folder / server_process.RECORD).exists()


def test_a_demo_that_is_killed_leaves_no_server_behind(terminal: Terminal) -> None:
    terminal.open("--as", "supervisor")
    terminal.unlock()
    record = terminal.record
    until(lambda: alive(record["server"]), "the server never started")
    os.kill(record["owner"], 9)
    until(lambda: not alive(record["server"]), "the server outlived a killed demo")


def test_the_technician_works_offline_without_any_server(terminal: Terminal) -> None:
    terminal.open("--as", "technician", "--offline")
    terminal.unlock()
    assert not (terminal.folder / server_process.RECORD).exists()
    terminal.shows("offline")
    terminal.keys("C-q")
    terminal.shows("LEFT 0")
