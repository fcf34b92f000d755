"""The lock of a running sync: exclusive, and gone with the process that held it."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from fieldapp.errors import AlreadyRunning, DiskFailure
from fieldapp.sync.lock import only_one

_HOLD = """
import sys
from pathlib import Path
from fieldapp.sync.lock import only_one
with only_one(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.readline()
"""


def test_a_second_holder_is_refused_until_the_first_lets_go(tmp_path: Path) -> None:
    path = tmp_path / "sync.lock"
    with only_one(path), pytest.raises(AlreadyRunning, match="sending right now"), only_one(path):
        pass
    with only_one(path):
        pass
    assert path.exists()
    assert path.stat().st_mode & 0o777 == 0o600


def test_an_error_inside_lets_go_too(tmp_path: Path) -> None:
    path = tmp_path / "sync.lock"
    with pytest.raises(RuntimeError), only_one(path):
        raise RuntimeError
    with only_one(path):
        pass


def test_a_killed_process_leaves_no_lock_behind(tmp_path: Path) -> None:
    path = tmp_path / "sync.lock"
    with subprocess.Popen(
        [sys.executable, "-c", _HOLD, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(AlreadyRunning), only_one(path):
            pass
        holder.send_signal(signal.SIGKILL)
        holder.wait()
    with only_one(path):
        pass


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    with pytest.raises(DiskFailure), only_one(tmp_path / "nowhere" / "sync.lock"):
        pass
