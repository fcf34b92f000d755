"""Copies of a server's database: made while it serves, verified before they count, never with its keys."""

from __future__ import annotations

import contextlib
import hashlib
import os
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Select, func, select
from sqlalchemy.exc import SQLAlchemyError

from fieldapp.crypto import disk
from fieldapp.crypto.keys import org_id
from fieldapp.errors import DataDamaged, DiskFailure, FieldappError, KeyFailure, UsageFailure
from fieldapp.records.envelope import instant

from . import keyfiles, pg, proof
from .database import FILE, Database, read_only
from .service import Server, wall_ms
from .tables import device, entry, epoch, feed

FOLDER = "backups"
SQLITE, POSTGRES = "sqlite", "postgres"
_MAGIC = {b"SQLite format 3\0": SQLITE, b"PGDMP": POSTGRES}
_ENDING = {SQLITE: ".db", POSTGRES: ".pgdump"}
_SUM = ".sha256"
_START = "fieldapp-server-"
_PIECE = 1 << 20
_CORRUPT = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


@dataclass(frozen=True, slots=True)
class Held:
    """What a verified database holds; nothing of it is content."""

    entries: int
    feeds: int
    devices: int
    epoch: int
    newest: str
    """When the newest entry came to the server (UTC); empty without entries."""


@dataclass(frozen=True, slots=True)
class Made:
    """A backup that counts."""

    path: Path
    held: Held


def make(
    folder: Path, *, database: str | None = None, to: Path | None = None, now_ms: Callable[[], int] = wall_ms
) -> Made:
    """Copy a server's database while it serves, verify the copy, and only then give it its name.

    Raises DiskFailure, DataDamaged, UsageFailure, KeyFailure; then no file is left, and nothing was replaced.

    Args:
        to: where the copy goes, made if need be; None for `backups` in the server's folder.
    """
    with Server(folder, database=database, now_ms=now_ms) as server:
        kind = SQLITE if server.database.is_sqlite else POSTGRES
        if database is not None and kind == SQLITE:
            raise UsageFailure("Leave --database out: the SQLite database is the one in the server's folder.")
        stamp = datetime.fromtimestamp(now_ms() / 1000, UTC).strftime("%Y-%m-%dT%H%M%SZ")
        final = (folder / FOLDER if to is None else to) / f"{_START}{stamp}{_ENDING[kind]}"
        with _new_file(final) as temporary:
            if database is None:
                _copy_sqlite(folder / FILE, temporary)
                check_file(folder, temporary, final)
                held = _whole(verified_at(folder, read_only(temporary), final))
            else:
                held = _dump_verified(server, database, temporary)
            _publish(temporary, final)
    return Made(final, held)


def keep(folder: Path, name: str) -> Path:
    """Copy a SQLite database before it is changed, its structure and organisation checked; return the copy.

    Raises AlreadyRunning, DataDamaged, DiskFailure, KeyFailure, UsageFailure; then nothing was kept.
    """
    final = folder / FOLDER / f"{_START}{name}{_ENDING[SQLITE]}"
    with _new_file(final) as temporary:
        _copy_sqlite(folder / FILE, temporary)
        check_file(folder, temporary, final)
        _publish(temporary, final)
    return final


@contextlib.contextmanager
def _new_file(final: Path) -> Iterator[Path]:
    """Give an empty file beside the final name, which must be free; whatever happens, it is gone afterwards."""
    temporary = disk.temporary_of(final)
    with contextlib.ExitStack() as held:
        try:
            final.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            held.enter_context(_writing_in(final.parent))
            if final.exists():
                raise UsageFailure(
                    f"There is already a backup {final.name}; wait a second and run this again."
                )
            try:
                disk.create(temporary, b"", 0o600)
            except FileExistsError:
                raise UsageFailure(
                    f"Another backup is being written as {temporary.name}; wait, or remove it if none is."
                ) from None
        except OSError as problem:
            raise _no_room() from problem
        try:
            yield temporary
        except OSError as problem:
            raise _no_room() from problem
        finally:
            disk.remove_database(temporary)


@contextlib.contextmanager
def _writing_in(folder: Path) -> Iterator[None]:
    """Hold a folder as one that a backup is written to; what a killed one left is removed if nobody else does.

    The folder itself is locked, so that nothing is left behind; where it cannot be, nothing is removed.
    """
    if os.name == "nt":
        yield
        return
    import fcntl

    descriptor = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        with contextlib.suppress(OSError):
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            for left in folder.glob(f"{_START}*.tmp"):
                disk.remove_database(left)
        with contextlib.suppress(OSError):
            fcntl.flock(descriptor, fcntl.LOCK_SH)
        yield
    finally:
        os.close(descriptor)


def _no_room() -> DiskFailure:
    return DiskFailure("The backup cannot be written, and none was kept: check space and permissions.")


def _copy_sqlite(source: Path, target: Path) -> None:
    try:
        with (
            contextlib.closing(_connected(source)) as live,
            contextlib.closing(_connected(target)) as copy,
        ):
            # In one step: a snapshot, beside which writers go on.
            live.backup(copy)
            # One file, so that moving or losing a journal beside it cannot matter.
            copy.execute("PRAGMA journal_mode=DELETE").fetchall()
    except sqlite3.DatabaseError as problem:
        if problem.sqlite_errorcode & 0xFF in _CORRUPT:
            raise DataDamaged(
                "The server's database is damaged, so no backup was kept: put an earlier one in its place with "
                "`fieldapp server restore`."
            ) from None
        raise _no_room() from None
    with target.open("rb+") as file:
        os.fsync(file.fileno())


def _connected(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True, isolation_level=None, timeout=60)


def _dump_verified(server: Server, url: str, target: Path) -> Held:
    """Verify one snapshot and have exactly that snapshot dumped."""
    with server.database.reading() as rx:
        snapshot = str(rx.exec_driver_sql("SELECT pg_export_snapshot()").scalar_one())
        held = _whole((proof.look(server, rx), _held(server, rx)))
        pg.dump(url, target, snapshot)
    return held


def _whole(found: tuple[proof.Proof, Held]) -> Held:
    if not found[0].ok:
        raise DataDamaged(
            f"The server's data has {len(found[0].problems)} problems, so no backup was kept: see `fieldapp server "
            "verify`, and put an earlier backup in its place."
        )
    return found[1]


def _publish(temporary: Path, final: Path) -> None:
    """Give a verified copy its name, with its checksum beside it; never in the place of another file."""
    summed = sum_file(final)
    summed.unlink(missing_ok=True)
    disk.create(summed, f"{digest(temporary)}  {final.name}\n".encode(), 0o600)
    try:
        try:
            os.link(temporary, final)
        except FileExistsError:
            raise
        except OSError:
            # A file system without links; the name was free when this began.
            os.rename(temporary, final)
        disk.sync_folder(final.parent)
    except BaseException:
        with contextlib.suppress(OSError):
            summed.unlink()
        raise


def sum_file(copy: Path) -> Path:
    """Return where the checksum of a backup is, as `sha256sum -c` reads it."""
    return copy.with_name(copy.name + _SUM)


def digest(path: Path) -> str:
    """Return the SHA-256 of a file in hex; raises OSError."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


# ── reading a backup ─────────────────────────────────────────────────────────────────────────────


def kind_of(copy: Path) -> str:
    """Return of which database a file is a copy; raises UsageFailure, DataDamaged."""
    try:
        with copy.open("rb") as file:
            start = file.read(16)
    except OSError:
        raise UsageFailure(f"There is no backup {copy.name} that can be read: check its path.") from None
    for magic, kind in _MAGIC.items():
        if start.startswith(magic):
            return kind
    raise refused(copy)


def refused(copy: Path) -> DataDamaged:
    """Return the failure of a file that is no good backup."""
    return DataDamaged(
        f"{copy.name} is not a whole backup of a server; nothing was touched. Take another one."
    )


def take(copy: Path, target: Path) -> None:
    """Copy a backup to a new file, durably, and compare its checksum; raises DiskFailure, DataDamaged."""
    summed = hashlib.sha256()
    try:
        descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
        with copy.open("rb") as source, os.fdopen(descriptor, "wb") as file:
            while piece := source.read(_PIECE):
                summed.update(piece)
                file.write(piece)
            file.flush()
            os.fsync(file.fileno())
    except OSError as problem:
        raise DiskFailure(
            "The backup cannot be copied: make room, and check that it can be read."
        ) from problem
    try:
        stated = disk.read_small(sum_file(copy), 4_096).split()
    except FileNotFoundError:
        return  # moved without its checksum: what it holds is verified all the same
    except (OSError, ValueError):
        raise refused(copy) from None
    if not stated or stated[0] != summed.hexdigest().encode():
        raise DataDamaged(
            f"{copy.name} does not fit the checksum beside it; nothing was touched. Take another backup."
        )


def check_file(folder: Path, path: Path, named: Path) -> None:
    """Check structure and organisation of a SQLite copy before anything is written to it.

    Raises DataDamaged, KeyFailure.

    Args:
        folder: the server's, with its keys.
        path: what is looked at.
        named: the backup that a person named.
    """
    try:
        uri = read_only(path).removeprefix("sqlite:///")
        with contextlib.closing(sqlite3.connect(uri, uri=True)) as copy:
            whole = copy.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            org = copy.execute("SELECT value FROM meta WHERE name = 'org'").fetchone()
    except sqlite3.Error:
        raise refused(named) from None
    if not whole or org is None:
        raise refused(named)
    check_org(folder, org[0], named)


def check_org(folder: Path, org: object, named: Path) -> None:
    """Refuse the backup of another organisation than a folder's keys are of; raises DataDamaged, KeyFailure."""
    if org != org_id(keyfiles.load(folder).authority.public):
        raise DataDamaged(
            f"{named.name} belongs to another organisation than the keys in this folder; nothing was touched."
        )


def verified_at(folder: Path, url: str, named: Path) -> tuple[proof.Proof, Held]:
    """Verify the database of a URL with the keys of a server's folder; raises DataDamaged, KeyFailure."""
    try:
        with Server(folder, database=url) as server, server.database.reading() as rx:
            return proof.look(server, rx), _held(server, rx)
    except KeyFailure:
        raise
    except (FieldappError, SQLAlchemyError, ValueError, TypeError, LookupError):
        # Altered rows may fail anywhere; what they hold is never shown.
        raise refused(named) from None


def _held(server: Server, rx: Connection) -> Held:
    own = (server.meta["authority_device"], server.meta["administrator_device"])

    def number(statement: Select[Any]) -> int:
        return int(rx.execute(statement).scalar_one() or 0)

    newest = number(select(func.max(entry.c.received_ms)))
    return Held(
        number(select(func.count()).select_from(entry)), number(select(func.count()).select_from(feed)),
        number(select(func.count()).select_from(device).where(device.c.id.not_in(own))),
        number(select(func.max(epoch.c.number))), instant(newest) if newest else "",
    )  # fmt: skip


def hashes(database: Database) -> set[str]:
    """Return the hashes of all entries."""
    with database.reading() as rx:
        return set(rx.execute(select(entry.c.hash)).scalars())
