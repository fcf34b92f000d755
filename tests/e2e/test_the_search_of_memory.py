"""The search of a process's memory goes past what cannot be read."""

from __future__ import annotations

import mmap
import os
import sys
from pathlib import Path

import pytest

from tests.e2e import memory

WORD = "saxifrage over the culvert"


@pytest.mark.skipif(sys.platform != "linux", reason="memory of a process as Linux shows it")
def test_pages_that_cannot_be_read_are_passed_by(tmp_path: Path) -> None:
    path = tmp_path / "mapped"
    path.write_bytes(bytes(5 * mmap.PAGESIZE))
    with path.open("r+b") as file, mmap.mmap(file.fileno(), 5 * mmap.PAGESIZE) as mapped:
        # What stands behind the end of a file that became shorter cannot be read, although it is mapped.
        os.truncate(path, 2 * mmap.PAGESIZE)
        mapped[: len(WORD)] = WORD.encode()
        assert memory.found_in(os.getpid(), {"word": WORD}, {}) == {"word"}
        size = sum(len(piece) for piece in memory.pieces_of(os.getpid()))
    assert size > 2 * mmap.PAGESIZE
