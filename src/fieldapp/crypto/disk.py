"""Files that are replaced whole or not at all: small ones that hold keys, read with a limit, and databases."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import stat
from collections.abc import Callable
from pathlib import Path

_NOFOLLOW: int = getattr(os, "O_NOFOLLOW", 0)
_BINARY: int = getattr(os, "O_BINARY", 0)
_NONBLOCK: int = getattr(os, "O_NONBLOCK", 0)


def read_small(path: Path, limit: int) -> bytes:
    """Return the bytes of a regular file of at most `limit` bytes; raises OSError or ValueError."""
    return read_with_stat(path, limit)[0]


def read_with_stat(path: Path, limit: int) -> tuple[bytes, os.stat_result]:
    """Return bytes and status of a regular file of at most `limit` bytes; raises OSError or ValueError."""
    descriptor = os.open(path, os.O_RDONLY | _NOFOLLOW | _BINARY | _NONBLOCK)
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise ValueError("not a regular file")
        pieces: list[bytes] = []
        left = limit + 1
        while left and (piece := os.read(descriptor, left)):
            pieces.append(piece)
            left -= len(piece)
    finally:
        os.close(descriptor)
    if not left:
        raise ValueError("too large")
    return b"".join(pieces), status


def create(path: Path, data: bytes, mode: int) -> None:
    """Write a file that must not exist yet, and fsync it; raises OSError and then leaves nothing."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _NOFOLLOW | _BINARY, mode)
    try:
        try:
            rest = memoryview(data)
            while rest:
                rest = rest[os.write(descriptor, rest) :]
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    except BaseException:
        with contextlib.suppress(OSError):
            path.unlink()
        raise


def replace(path: Path, data: bytes, check: Callable[[bytes], None] | None = None) -> None:
    """Put data at path (mode 0600) in one step: temp file, fsync, check what was read back, rename, fsync.

    Whatever is raised, by the disk or by `check`, path holds its old or its new content.
    """
    temporary = temporary_of(path)
    temporary.unlink(missing_ok=True)
    create(temporary, data, 0o600)
    try:
        if check is not None:
            check(read_small(temporary, len(data)))
        os.replace(temporary, path)
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def overwrite(path: Path, data: bytes) -> None:
    """Write a small file in place (mode 0600), not durably: for hints that may be lost, on every save."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | _NOFOLLOW | _BINARY
    descriptor = os.open(path, flags, 0o600)
    try:
        os.write(descriptor, data)
    finally:
        os.close(descriptor)


def temporary_of(path: Path) -> Path:
    """Return the name beside path under which its next content is prepared."""
    return path.with_name(path.name + ".tmp")


def sync_folder(folder: Path) -> None:
    """Make renames and removals in a folder durable; Windows has no such call."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def remove_database(path: Path) -> None:
    """Remove a database that does not count, and what SQLite leaves beside it; what cannot be removed stays."""
    # The file itself last: it is what a next attempt would look for.
    for tail in ("-wal", "-shm", "-journal", ""):
        with contextlib.suppress(OSError):
            path.with_name(path.name + tail).unlink(missing_ok=True)


def put_in_place(prepared: Path, live: Path, aside: Path | None) -> bool:
    """Put a closed database in the place of another in one step; says whether there was one.

    Raises FileExistsError when `aside` is taken, OSError; also when the prepared one left a journal beside it: what it
    holds did not fit into the file, and only the file is moved.

    Args:
        aside: where the replaced one is kept with its journal; None when the caller has a copy of it.
    """
    journal = prepared.with_name(f"{prepared.name}-wal")
    if journal.exists() and journal.stat().st_size:
        raise OSError(errno.ENOSPC, "the journal was not emptied", journal.name)
    kept = live.exists()
    if kept and aside is not None:
        if aside.exists():
            raise FileExistsError(aside)
        for tail in ("", "-wal"):
            source = live.with_name(live.name + tail)
            if source.exists():
                _keep(source, aside.with_name(aside.name + tail))
    for tail in ("-wal", "-shm"):
        # Of the replaced file; it would be replayed into the new one.
        live.with_name(live.name + tail).unlink(missing_ok=True)
    sync_folder(live.parent)
    os.replace(prepared, live)
    sync_folder(live.parent)
    return kept


def copy(source: Path, target: Path) -> None:
    """Copy a file with its times to a private one, durably; raises OSError."""
    shutil.copy2(source, target)
    target.chmod(0o600)
    with target.open("rb+") as file:
        os.fsync(file.fileno())


def _keep(source: Path, target: Path) -> None:
    """Give a file a second name, or copy it where the file system knows no links."""
    target.unlink(missing_ok=True)
    try:
        os.link(source, target)
    except OSError:
        copy(source, target)
