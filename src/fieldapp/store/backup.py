"""Rotated encrypted copies of the file: made while work goes on, opened and checked before they count."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import sqlcipher3.dbapi2 as sqlcipher

from fieldapp.clinical.told import laptop as told
from fieldapp.crypto import disk
from fieldapp.errors import DataDamaged, DiskFailure

from .connection import CANTOPEN, CORRUPT, FULL, IOERR, NOTADB, READONLY, code_of
from .engine import check_file, connect, damaged, failures_told, keep_aside
from .older import begin_series

KEPT = 3
_NAME = "data-{day}.db"
_DAY_MS = 86_400_000


@dataclass(frozen=True, slots=True)
class Backup:
    """One copy."""

    path: Path
    day: str
    entries: int


def listed(folder: Path) -> list[Path]:
    """Return the copies, newest first: in the order in which they were made, whatever the clock said then."""
    found = [(path.stat().st_mtime_ns, path.name, path) for path in folder.glob("data-????-??-??.db")]
    return [path for *_, path in sorted(found, reverse=True)]


def is_due(folder: Path, now_ms: int) -> bool:
    """Tell whether the newest copy is not of today (UTC)."""
    newest = next(iter(listed(folder)), None)
    return newest is None or newest.name != _NAME.format(day=_day(now_ms))


def _day(now_ms: int) -> str:
    return datetime.fromtimestamp(now_ms / 1000, UTC).date().isoformat()


def make(database: Path, key: bytes, folder: Path, now_ms: int, *, kept: int = KEPT) -> Backup:
    """Copy the database under the same key, check the copy, and drop the oldest beyond `kept`.

    Raises DiskFailure or DataDamaged; then the earlier copies are all still there.
    """
    day = _day(now_ms)
    final = folder / _NAME.format(day=day)
    temporary = disk.temporary_of(final)
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        for left in folder.glob(f"{_NAME.format(day='*')}.tmp"):
            # Of a copy that was cut short, on whatever day; the vault's only fieldapp is this one.
            disk.remove_database(left)
        os.close(os.open(temporary, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except OSError as problem:
        raise _not_written() from problem
    try:
        with _told(damaged_is=lambda: damaged(database)):
            _copy(database, key, temporary)
        with _told(damaged_is=_not_whole):
            count = _checked(temporary, key)
        _set_time(temporary, folder, now_ms)
        os.replace(temporary, final)
        disk.sync_folder(folder)
    except OSError as problem:
        raise _not_written() from problem
    finally:
        disk.remove_database(temporary)
    for old in listed(folder)[kept:]:
        disk.remove_database(old)
    return Backup(final, day, count)


def _copy(database: Path, key: bytes, target: Path) -> None:
    with (
        contextlib.closing(connect(database, key)) as source,
        contextlib.closing(connect(target, key, new=True)) as copy,
    ):
        source.backup(copy)
        # One file, so that moving or losing a journal beside it cannot matter.
        copy.execute("PRAGMA journal_mode=DELETE").fetchall()


def _set_time(copy: Path, folder: Path, now_ms: int) -> None:
    """Make a copy the newest of its folder, also after days on which the clock was ahead; raises OSError."""
    newest = next(iter(listed(folder)), None)
    after = newest.stat().st_mtime_ns + 1_000_000 if newest is not None else 0
    at = max(now_ms * 1_000_000, after)
    with copy.open("rb") as file:
        os.utime(file.fileno() if os.utime in os.supports_fd else copy, ns=(at, at))
        if os.name != "nt":
            os.fsync(file.fileno())


def _not_written() -> DiskFailure:
    return DiskFailure(told.NO_BACKUP.sentence)


def _not_whole() -> DataDamaged:
    return DataDamaged("A backup copy is damaged and does not count: run `fieldapp backup` again.")


@contextlib.contextmanager
def _told(damaged_is: Callable[[], DataDamaged]) -> Iterator[None]:
    """Turn driver errors into a sentence about the backup: nothing that somebody wrote is unsaved by them."""
    try:
        yield
    except sqlcipher.Error as problem:
        code = code_of(problem)
        if code in (CORRUPT, NOTADB):
            raise damaged_is() from None
        if code in (FULL, IOERR, READONLY, CANTOPEN):
            raise _not_written() from None
        raise


def verify(path: Path, key: bytes) -> int:
    """Check every page, the structure and the number of entries of a copy; raises DataDamaged."""
    check_file(path)
    with failures_told(path):
        return _checked(path, key)


def _checked(path: Path, key: bytes) -> int:
    # Looking at a copy leaves it as it is: it may be the only one.
    with contextlib.closing(connect(path, key, still=True)) as copy:
        problems = copy.execute("PRAGMA cipher_integrity_check").fetchall()
        quick = copy.execute("PRAGMA quick_check").fetchall()
        if problems or quick != [("ok",)]:
            raise _not_whole()
        return int(copy.execute("SELECT count(*) FROM entry").fetchone()[0])


def restore(database: Path, key: bytes, copy: Path, at_ms: int) -> Path | None:
    """Put a verified copy in the place of the database; returns where the old file was kept.

    The laptop continues in a new series, because the server may have seen later counters of the old one.
    """
    verify(copy, key)
    aside = None
    prepared = disk.temporary_of(database)
    disk.remove_database(prepared)
    try:
        if database.exists():
            aside = keep_aside(database)
        disk.create(prepared, copy.read_bytes(), 0o600)
        # Before it is in place: killed in between, it would go on with numbers that the server has seen.
        begin_series(prepared, key, at_ms)
        disk.put_in_place(prepared, database, None)
    except OSError as problem:
        raise DiskFailure("The backup cannot be put in place: make room and try again.") from problem
    finally:
        disk.remove_database(prepared)
    return aside
