"""One small demo for all tests of a worker: two weeks, nine clients, made the same way as the big one."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

from fieldapp.demo import making

DAY = date(2026, 11, 22)
COUNT = {"community": 8, "structured": 1}


@cache
def small_demo() -> Path:
    """Return a finished demo folder; tests that change it copy it first."""
    folder = Path(mkdtemp(prefix="fieldapp-demo-"))
    making.make(folder, DAY, lambda what, done, of: None, weeks=2, count=COUNT)
    return folder
