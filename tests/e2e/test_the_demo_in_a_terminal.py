"""The demo as a visitor meets it: its server lives exactly as long as it, through hard locks too."""

from __future__ import annotations

import shutil
from pathlib import Path

import orjson
import pytest

from fieldapp.demo import making
from tests.demo.demo_folder import small_demo
from tests.e2e.agency import Agency, unlock
from tests.e2e.driver import is_alive, wait_until_gone


@pytest.mark.tmux
def test_the_server_survives_a_hard_lock_and_is_stopped_on_leaving(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    shutil.copytree(small_demo(), folder)
    agency = Agency(tmp_path / "agency")
    try:
        at = agency.terminal("demo", "demo", "--folder", folder, "--as", "supervisor")
        unlock(at, making.PASSPHRASE)
        server = orjson.loads((folder / "running.json").read_bytes())["server"]
        assert is_alive(server)

        at.keys("C-l")
        at.until("fieldapp · locked", "Demo, supervisor.")
        assert is_alive(at.pid)
        assert is_alive(server)
        unlock(at, making.PASSPHRASE)
        assert orjson.loads((folder / "running.json").read_bytes())["server"] == server

        at.keys("C-q")
        assert at.until_exit() == 0
        assert "fault" not in at.screen()
        wait_until_gone(server)
        assert not (folder / "running.json").exists()

        again = agency.terminal("again", "demo", "--folder", folder, "--as", "supervisor")
        second = orjson.loads((folder / "running.json").read_bytes())["server"]
        again.hang_up()
        wait_until_gone(again.pid, within=10)
        wait_until_gone(second)
    finally:
        agency.close()
