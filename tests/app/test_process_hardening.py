"""The process keeps to itself: no core files, no tracing, private files, no switches from outside."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

linux = pytest.mark.skipif(sys.platform != "linux", reason="prctl and core files as Linux has them")


def run(code: str, **env: str) -> subprocess.CompletedProcess[str]:
    """Run a child that hardens itself first."""
    text = f"from fieldapp.process import harden\nharden()\nimport os, sys\n{code}"
    return subprocess.run(
        [sys.executable, "-c", text],
        capture_output=True,
        text=True,
        check=False,
        env={**env, "PATH": "/usr/bin:/bin"},
    )


@linux
def test_no_core_files_no_tracing_and_private_files() -> None:
    ran = run(
        "import ctypes, json, resource\n"
        "old = os.umask(0)\n"
        "print(json.dumps([resource.getrlimit(resource.RLIMIT_CORE), ctypes.CDLL(None).prctl(3), old]))"
    )
    assert json.loads(ran.stdout) == [[0, 0], 0, 0o077]


@linux
def test_a_crash_of_the_interpreter_leaves_no_core_and_no_report(tmp_path: object) -> None:
    ran = run(f"os.chdir({str(tmp_path)!r})\nos.abort()")
    assert ran.returncode < 0
    assert ran.stderr == ""
    assert run(f"print(os.listdir({str(tmp_path)!r}))").stdout.strip() == "[]"


def test_textual_switches_from_the_environment_are_ignored() -> None:
    ran = run(
        "from textual import constants\nprint([n for n in os.environ if 'TEXTUAL' in n], constants.LOG_FILE, constants.SCREENSHOT_DELAY)",
        TEXTUAL_LOG="/tmp/never.log",  # noqa: S108
        TEXTUAL_SCREENSHOT="1",
        Textual_Driver="x",
    )
    assert ran.stdout.strip() == "[] None -1"


@pytest.mark.parametrize(
    "code",
    [
        "def f(passphrase):\n    raise ValueError(f'SENTINEL {passphrase}')\nf('SENTINEL')",
        "import threading\ndef f(note):\n    raise ValueError(note)\nt = threading.Thread(target=f, args=('SENTINEL',))\nt.start(); t.join()",
        "import asyncio\nfrom fieldapp.process import quiet_loop\n"
        "async def bad(note):\n    raise ValueError(note)\n"
        "async def main():\n    quiet_loop(asyncio.get_running_loop())\n"
        "    t = asyncio.ensure_future(bad('SENTINEL'))\n    await asyncio.sleep(0); await asyncio.sleep(0)\n    del t\n"
        "    import gc; gc.collect()\nasyncio.run(main())",
    ],
    ids=["main", "thread", "asyncio"],
)
def test_an_unseen_failure_names_its_type_and_place_never_its_values(code: str) -> None:
    ran = run(code)
    assert "SENTINEL" not in ran.stdout + ran.stderr
    assert "ValueError in __main__ line" in ran.stderr


def test_relaunch_replaces_the_process_by_a_fresh_one_with_the_same_arguments(tmp_path: object) -> None:
    script = (
        "import os, sys\nfrom fieldapp.process import relaunch\n"
        "print('pid', os.getpid(), sys.argv[1:], flush=True)\n"
        "if not os.environ.get('AGAIN'):\n    os.environ['AGAIN'] = '1'\n    relaunch()\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", script, "--at", "x"], capture_output=True, text=True, check=True
    )
    first, second = ran.stdout.splitlines()
    assert first == second, "same process id, same arguments, new image"
    assert first.endswith("['--at', 'x']")
