"""An older good copy in the place of good data, because somebody asked for it: the present data is kept aside."""

from __future__ import annotations

import contextlib
import shutil
from dataclasses import dataclass
from pathlib import Path

import sqlcipher3.dbapi2 as sqlcipher

from fieldapp.crypto import disk
from fieldapp.errors import DataDamaged, DiskFailure, FieldappError, UsageFailure

from .connection import CORRUPT, IOERR, NOTADB
from .engine import connect
from .store import Store

_PLAIN = b"SQLite format 3\0"
_UNREADABLE = (CORRUPT, NOTADB, IOERR | 1 << 8, IOERR | 2 << 8)
"""Damaged, or the disk does not give it back whole (IOERR_READ, IOERR_SHORT_READ); a full disk is something else."""
_UNSENT = "SELECT hash FROM entry WHERE own = 1 AND (state IN ('unsent', 'sent') OR (state = 'rejected' AND answered = 0))"
_DRAFTS = "SELECT id, device, revision FROM draft WHERE closed_by = ''"


@dataclass(frozen=True, slots=True)
class OnlyHere:
    """What was never confirmed by the server and is not in the copy."""

    entries: int
    drafts: int


def prepare(copy: Path, target: Path, key: bytes) -> None:
    """Bring a copy into a new file and check every page; raises UsageFailure, DataDamaged, DiskFailure.

    The copy itself is only read.
    """
    try:
        with copy.open("rb") as file:
            start = file.read(len(_PLAIN))
    except OSError:
        raise UsageFailure(f"There is no backup {copy.name} that can be read: check its path.") from None
    if len(start) < len(_PLAIN) or start == _PLAIN:
        raise _refused(copy)
    try:
        for tail in ("", "-wal"):
            source, made = copy.with_name(copy.name + tail), target.with_name(target.name + tail)
            if source.exists():
                disk.create(made, b"", 0o600)
                shutil.copyfile(source, made)
    except OSError as problem:
        raise _no_room() from problem
    try:
        with contextlib.closing(connect(target, key)) as opened:
            whole = not opened.execute("PRAGMA cipher_integrity_check").fetchall()
            whole = whole and opened.execute("PRAGMA quick_check").fetchall() == [("ok",)]
            opened.execute("SELECT count(*) FROM entry").fetchone()
    except FieldappError:
        raise _refused(copy) from None
    except sqlcipher.Error as problem:
        if not _is_unreadable(problem):
            raise _no_room() from None
        raise _refused(copy) from None
    if not whole:
        raise _refused(copy)


def _is_unreadable(problem: sqlcipher.Error) -> bool:
    """Tell whether a file is what stands in the way, and not a disk that takes nothing more."""
    return getattr(problem, "sqlite_errorcode", NOTADB) in _UNREADABLE


def _no_room() -> DiskFailure:
    return DiskFailure("The backup cannot be copied: make room and try again.")


def _refused(copy: Path) -> DataDamaged:
    return DataDamaged(
        f"{copy.name} is damaged or belongs to somebody else's data; nothing was touched. Take another backup."
    )


def only_here(database: Path, prepared: Path, key: bytes) -> OnlyHere | None:
    """Return what the present data holds unsent and a copy has not; None when the data does not open."""
    try:
        present, drafts = _unsent(database, key)
    except DataDamaged:
        return None
    except sqlcipher.Error as problem:
        if _is_unreadable(problem):
            return None
        raise DiskFailure("The present data cannot be looked through: make room and try again.") from None
    try:
        with contextlib.closing(connect(prepared, key)) as copy:
            there = {row[0] for row in copy.execute("SELECT hash FROM entry")}
            known = {(row[0], row[1]): int(row[2]) for row in copy.execute(_DRAFTS)}
    except sqlcipher.Error:
        # It was looked through just now, so the disk gave way.
        raise _no_room() from None
    newer = [place for place, revision in drafts.items() if known.get(place, -1) < revision]
    return OnlyHere(len(present - there), len(newer))


def _unsent(database: Path, key: bytes) -> tuple[set[str], dict[tuple[str, str], int]]:
    if not database.exists():
        return set(), {}
    with contextlib.closing(connect(database, key)) as present:
        entries = {row[0] for row in present.execute(_UNSENT)}
        drafts = {(row[0], row[1]): int(row[2]) for row in present.execute(_DRAFTS)}
    return entries, drafts


def begin_series(prepared: Path, key: bytes, at_ms: int) -> None:
    """Let a prepared copy go on in a new series: later counters of its own are on the server or kept aside.

    Raises DiskFailure while that does not stand in the file itself: only the file is put in place, and closing it on a
    full disk leaves what is new in the journal beside it.
    """
    store = Store.open(prepared, key, reserve_bytes=0)
    try:
        with store.writing() as tx:
            tx.new_series()
            tx.set_meta("went_back_ms", at_ms)
            tx.log("restore", tx.meta_text("device"), None, "ok", at_ms)
        if not store.checkpoint():
            raise _no_room()
    finally:
        store.close()


def put_in_place(database: Path, prepared: Path, stamp: str) -> Path | None:
    """Put a prepared copy in the place of the data in one step; returns where that is kept, if there was any."""
    aside = database.with_name(f"{database.name}.replaced-{stamp}")
    try:
        kept = disk.put_in_place(prepared, database, aside)
    except FileExistsError:
        raise UsageFailure(f"There is already {aside.name}; wait a second and try again.") from None
    except OSError as problem:
        raise DiskFailure("The backup cannot be put in place: make room and try again.") from problem
    return aside if kept else None
