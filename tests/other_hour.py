"""Processes that take another time of day than the machine's: `FIELDAPP_TEST_CLOCK=-80m uv run pytest -m e2e`."""

from __future__ import annotations

import os
from pathlib import Path

_FOLDERS = ("/usr/lib/*/faketime", "/usr/lib/faketime", "/usr/lib64/faketime", "/usr/local/lib/faketime")
QUIET = {"FAKETIME_DONT_FAKE_MONOTONIC": "1", "NO_FAKE_STAT": "1"}
"""Timers and the times of files stay true."""


def library() -> Path | None:
    """Return where libfaketime is; None where it is not installed."""
    found = [path for folder in _FOLDERS for path in Path("/").glob(f"{folder[1:]}/libfaketimeMT.so.1")]
    return found[0] if found else None


def environment() -> dict[str, str]:
    """Return what moves a process's clock as the variable says; nothing when it is not set."""
    offset = os.environ.get("FIELDAPP_TEST_CLOCK", "")
    return {"LD_PRELOAD": str(library()), "FAKETIME": offset, **QUIET} if offset else {}
