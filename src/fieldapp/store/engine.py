"""The encrypted file's connections: SQLCipher with the settings that were measured (design.md 5)."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import sqlcipher3.dbapi2 as sqlcipher
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.pool import QueuePool

from fieldapp.clinical.told import laptop as sayings
from fieldapp.crypto import disk
from fieldapp.errors import AlreadyRunning, DataDamaged, DiskFailure, FieldappError

from .connection import BUSY, CANTOPEN, CORRUPT, FULL, IOERR, NOTADB, READONLY, code_of

PRAGMAS = (
    "foreign_keys=ON",
    "journal_mode=WAL",
    "synchronous=FULL",
    "fullfsync=ON",
    "checkpoint_fullfsync=ON",
    "wal_autocheckpoint=250",
    "temp_store=MEMORY",
    "mmap_size=0",
    "cache_size=-8000",
    "secure_delete=ON",
    "trusted_schema=OFF",
    "cell_size_check=ON",
)
"""In this order, after the key; the second writes to the file. NORMAL lost up to 136 commits in simulated power cuts, FULL none."""

_PLAIN = b"SQLite format 3"
_BUSY_S = 10.0
KEY_BYTES = 32


def connect(path: Path, key: bytes, *, new: bool = False, still: bool = False) -> sqlcipher.Connection:
    """Return one connection with every setting in order; raises the driver's errors, DataDamaged or ValueError.

    Args:
        key: 32 bytes.
        new: for an empty file, into which its journal mode is written here.
        still: for a file that nobody writes to: it is only read, and nothing is made beside it.
    """
    _check_key(key)
    uri = f"{path.absolute().as_uri()}?{'mode=ro&immutable=1' if still else 'mode=rw'}"
    connection = sqlcipher.connect(
        uri, uri=True, isolation_level=None, check_same_thread=False, timeout=_BUSY_S
    )
    try:
        _set_up(connection, key, new=new, settings=PRAGMAS[2:] if still else PRAGMAS)
    except BaseException:
        connection.close()
        raise
    return connection


def _check_key(key: bytes) -> None:
    # Another length would not be refused: SQLCipher takes it for a passphrase and derives a key from it.
    if len(key) != KEY_BYTES:
        raise ValueError("a database key has 32 bytes")


def _set_up(connection: sqlcipher.Connection, key: bytes, *, new: bool, settings: Sequence[str]) -> None:
    def pragma(text: str) -> list[tuple[Any, ...]]:
        return list(connection.execute(f"PRAGMA {text}").fetchall())

    pragma("cipher_log_level=NONE")
    pragma(f"key=\"x'{key.hex()}'\"")
    if not new and pragma("cipher_status") != [("1",)]:
        # A key that was not taken would silently make a plaintext file.
        raise DataDamaged("The local data is not encrypted as it should be: run `fieldapp doctor`.")
    connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    for setting in settings:
        pragma(setting)
    if pragma("cipher_status") != [("1",)]:
        raise DataDamaged("The local data would not be encrypted: reinstall fieldapp on this laptop.")


def make_pool(path: Path, key: bytes) -> QueuePool:
    """Return the pool of an existing encrypted file; nothing is opened yet."""
    return QueuePool(lambda: connect(path, key), pool_size=4, max_overflow=2)


def make_file(path: Path, key: bytes) -> None:
    """Make an empty encrypted file that must not exist yet; raises DataDamaged, DiskFailure or ValueError."""
    _check_key(key)
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except FileExistsError:
        raise DataDamaged("There is already local data here; it was not touched.") from None
    except OSError as problem:
        raise DiskFailure(sayings.NOT_WRITABLE.sentence) from problem
    with failures_told(path):
        connection = connect(path, key, new=True)
        try:
            connection.execute("CREATE TABLE first_page(x)")
            connection.execute("DROP TABLE first_page")
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        finally:
            connection.close()


def check_file(path: Path) -> None:
    """Refuse a missing, empty or plaintext file before a driver touches it; raises DataDamaged."""
    try:
        with path.open("rb") as file:
            start = file.read(len(_PLAIN))
    except FileNotFoundError:
        raise DataDamaged(
            "The local data file is missing; nothing was made in its place. Run `fieldapp doctor --restore` to put "
            "the last backup in its place."
        ) from None
    except OSError as problem:
        raise DiskFailure(sayings.NOT_READABLE.sentence) from problem
    if len(start) < len(_PLAIN):
        # SQLite would take an empty file for a new database and write into it.
        raise damaged(path)
    if start == _PLAIN:
        raise DataDamaged(
            "The local data file is not encrypted, so fieldapp does not open it. Run `fieldapp doctor`."
        )


def keep_aside(path: Path) -> Path:
    """Copy a damaged database and its journal to names of their own and return the copy; raises OSError.

    A copy of the very same file is not made twice, so that trying again does not fill the disk.
    """
    number = 1
    status = path.stat()
    while (aside := path.with_name(f"{path.name}.damaged-{number}")).exists():
        old = aside.stat()
        if (old.st_size, old.st_mtime_ns) == (status.st_size, status.st_mtime_ns):
            return aside
        number += 1
    for tail in ("", "-wal"):
        source = path.with_name(path.name + tail)
        if source.exists():
            disk.copy(source, aside.with_name(aside.name + tail))
    return aside


@contextlib.contextmanager
def failures_told(path: Path, on_full: Callable[[], bool] = lambda: False) -> Iterator[None]:
    """Turn driver errors into one sentence that says what to do; bugs pass through unchanged.

    `on_full` makes room when the disk is full and says whether it could.
    """
    try:
        yield
    except FieldappError:
        raise
    except sqlcipher.Error as problem:
        told = _told(path, code_of(problem), on_full)
        if told is None:
            raise
        # The cause is left out: a driver message may quote a statement.
        raise told from None
    except PoolTimeout:
        raise DiskFailure(sayings.DATA_BUSY.sentence) from None


def _told(path: Path, code: int, on_full: Callable[[], bool]) -> FieldappError | None:
    if code in (CORRUPT, NOTADB):
        return damaged(path)
    if code == FULL:
        freed = " A reserve was freed: save once more now, then make room." if on_full() else ""
        return DiskFailure(sayings.DISK_FULL.said(freed or " Make room."))
    if code in (IOERR, READONLY, CANTOPEN):
        on_full()
        return DiskFailure(sayings.DISK_BROKEN.sentence)
    if code == BUSY:
        return AlreadyRunning("Another program holds the local data: close it and try again.")
    return None


def damaged(path: Path) -> DataDamaged:
    """Return the failure for a damaged file, after a copy of it was put aside."""
    try:
        copy = keep_aside(path).name
    except OSError:
        return DataDamaged(
            "The local data is damaged, and the disk has no room for a copy of it; nothing was "
            "overwritten. Make room and run `fieldapp doctor --restore`."
        )
    return DataDamaged(
        f"The local data is damaged. Nothing was overwritten; a copy was kept as {copy}. "
        "Run `fieldapp doctor --restore` to put the last backup in its place."
    )
