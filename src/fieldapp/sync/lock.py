"""One sync at a time per vault: an advisory file lock, which the system drops when a process dies."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

from fieldapp.clinical.told import laptop as told
from fieldapp.errors import AlreadyRunning, DiskFailure


@contextlib.contextmanager
def only_one(path: Path) -> Iterator[None]:
    """Hold the lock file; raises AlreadyRunning while somebody else does, DiskFailure."""
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as problem:
        raise DiskFailure(told.NOT_WRITABLE.sentence) from problem
    try:
        try:
            _take(descriptor)
        except OSError:
            raise AlreadyRunning(told.ANOTHER_SENDS.sentence) from None
        yield
    finally:
        # Closing lets go of it; the file stays, because removing it would let two hold two files.
        os.close(descriptor)


def _take(descriptor: int) -> None:
    if os.name == "nt":
        import msvcrt

        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]
    else:
        import fcntl

        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
