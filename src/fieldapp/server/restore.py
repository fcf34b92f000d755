"""Restoring a server: a verified copy in place of the data, and a new epoch by which laptops offer again."""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection, delete, select, update
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError

from fieldapp.crypto import disk
from fieldapp.errors import AlreadyRunning, DataDamaged, DiskFailure, FieldappError, KeyFailure, UsageFailure

from . import audit, backup, epochs, hold, keyfiles, pg
from .backup import Held
from .database import FILE, Database, read_only
from .service import Server, wall_ms
from .tables import code, device, meta

_NO_RIGHT = "42501"
_RESTORING = f"{FILE}.restoring"


@dataclass(frozen=True, slots=True)
class Lack:
    """What the database that serves has and the backup has not."""

    entries: int
    revoked: tuple[str, ...]
    """Laptops that were revoked after the backup."""


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore did."""

    held: Held
    aside: str
    """Where the replaced database is kept: a path, or the name of a PostgreSQL database; empty if there was none."""
    lack: Lack | None
    """None when the replaced database could not be read."""


@dataclass(frozen=True, slots=True)
class Drill:
    """What a restore of a backup would give."""

    held: Held
    lack: Lack | None
    problems: tuple[str, ...]


def new_epoch(
    folder: Path, reason: str, *, database: str | None = None, now_ms: Callable[[], int] = wall_ms
) -> int:
    """Begin a new epoch on a database that was restored from a backup; return its number.

    Run it before laptops reach the server again. Nothing is lost if it is forgotten: laptops notice by the
    heads of their feeds, and only ask for more rows. The server's own devices go on in new series, because
    laptops may hold later counters of the old ones; enrolment codes that were open no longer work, because some
    of them were used since.
    """
    _need(reason)
    with Server(folder, database=database, now_ms=now_ms) as server:
        dk = server.seals.current()

        def write(tx: Connection) -> int:
            number = epochs.begin(tx, server.keys.authority, server.org, now_ms(), reason)
            own = [f"series:{server.meta[name]}" for name in ("authority_device", "administrator_device")]
            tx.execute(delete(meta).where(meta.c.name.in_(own)))
            tx.execute(update(code).where(code.c.used_ms.is_(None)).values(sealed=None))
            started = audit.event(audit.SERVER_CHAIN, now_ms(), "epoch", number=number)
            audit.append(server.database, tx, server.seals, dk, server.org, now_ms(), [started])
            return number

        try:
            return server.database.run(write)
        except DBAPIError as problem:
            if getattr(problem.orig, "sqlstate", None) == _NO_RIGHT:
                raise UsageFailure(
                    "This database role may not begin an epoch: give --database with the role that owns the tables."
                ) from None
            raise


def _need(reason: str) -> None:
    if not reason.strip():
        raise UsageFailure("Say why the server starts a new epoch, such as the day of the backup.")


def restore(
    folder: Path, copy: Path, reason: str, *, database: str | None = None, now_ms: Callable[[], int] = wall_ms
) -> Restored:
    """Put a verified backup in the place of a server's database, in a new epoch.

    The replaced database is kept beside it. Raises AlreadyRunning, DataDamaged, DiskFailure, KeyFailure,
    UsageFailure, NotReached; then nothing was touched.
    """
    _need(reason)
    keyfiles.load(folder)
    _check_kind(copy, database)
    stamp = datetime.fromtimestamp(now_ms() / 1000, UTC).strftime("%Y-%m-%dT%H%M%SZ")
    if database is not None:
        return _restore_postgres(folder, copy, reason, database, stamp, now_ms)
    held_alone = hold.alone(folder)
    prepared = folder / _RESTORING
    try:
        disk.remove_database(prepared)
        drill = _prepared(folder, copy, prepared, reason, now_ms)
        _need_whole(drill, copy)
        return Restored(drill.held, str(_swap(folder, prepared, stamp) or ""), drill.lack)
    finally:
        disk.remove_database(prepared)
        held_alone.release()


def drill(
    folder: Path, copy: Path, *, database: str | None = None, now_ms: Callable[[], int] = wall_ms
) -> Drill:
    """Restore a backup beside everything, verify it wholly, and remove it again; nothing that serves is touched.

    Raises DataDamaged for what is no backup of this server, DiskFailure, KeyFailure, UsageFailure, NotReached.
    """
    keyfiles.load(folder)
    _check_kind(copy, database)
    if database is not None:
        cluster = pg.Cluster(database)
        with cluster.scratch() as name:
            return _loaded(folder, copy, cluster, name, "drill", now_ms, grants=False)
    try:
        # Of mode 0700; TMPDIR says where, if the usual place is too small.
        place = Path(tempfile.mkdtemp(prefix="fieldapp-drill-"))
    except OSError as problem:
        raise DiskFailure("There is no room for the drill: make room, or set TMPDIR.") from problem
    try:
        return _prepared(folder, copy, place / FILE, "drill", now_ms)
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _check_kind(copy: Path, database: str | None) -> None:
    try:
        serves = backup.SQLITE if database is None else make_url(database).get_backend_name()
    except ArgumentError:
        raise UsageFailure("Give --database as postgresql://user@host/name.") from None
    if database is not None and serves != "postgresql":
        raise UsageFailure("Leave --database out: the SQLite database is the one in the server's folder.")
    kind = backup.kind_of(copy)
    if database is None and kind == backup.POSTGRES:
        raise UsageFailure(f"{copy.name} is a copy of a PostgreSQL database: say which with --database.")
    if database is not None and kind == backup.SQLITE:
        raise UsageFailure(f"{copy.name} is a copy of a SQLite database: leave --database out.")


def _need_whole(found: Drill, copy: Path) -> None:
    if found.problems:
        raise DataDamaged(
            f"{copy.name} does not verify ({len(found.problems)} problems, see `fieldapp server drill`); nothing was "
            "touched. Take another backup."
        )


def _prepared(folder: Path, copy: Path, target: Path, reason: str, now_ms: Callable[[], int]) -> Drill:
    """Make of a SQLite backup what is to serve, verified, in a new file; what serves is only read."""
    backup.take(copy, target)
    backup.check_file(folder, target, copy)
    _brought_up(f"sqlite:///{target}", copy)
    _begun(folder, f"sqlite:///{target}", reason, copy, now_ms)
    proof, held = backup.verified_at(folder, read_only(target), copy)
    lack = _lack(folder / FILE, target) if (folder / FILE).exists() else Lack(0, ())
    return Drill(held, lack, tuple(proof.problems))


def _brought_up(url: str, copy: Path) -> None:
    """Give the tables of an older backup what this program needs; raises UsageFailure for a newer one."""
    from . import upgrade  # Alembic takes a third of a second, which no other use of this module needs.

    try:
        with contextlib.closing(Database(url)) as database:
            upgrade.bring_up(database)
    except (DataDamaged, SQLAlchemyError, ValueError, TypeError, LookupError):
        raise backup.refused(copy) from None


def _begun(folder: Path, url: str, reason: str, copy: Path, now_ms: Callable[[], int]) -> None:
    try:
        new_epoch(folder, reason, database=url, now_ms=now_ms)
    except KeyFailure:
        raise
    except (FieldappError, SQLAlchemyError, ValueError, TypeError, LookupError) as problem:
        if isinstance(problem, FieldappError) and not isinstance(problem, DataDamaged):
            raise
        raise backup.refused(copy) from None


def _lack(live: Path, copy: Path) -> Lack | None:
    with (
        contextlib.closing(Database(f"sqlite:///{live}")) as one,
        contextlib.closing(Database(read_only(copy))) as other,
    ):
        return _compared(one, other)


def _compared(live: Database, copy: Database) -> Lack | None:
    """Return what a copy lacks; None when the other database is too damaged to be asked."""
    try:
        lacking = backup.hashes(live) - backup.hashes(copy)
        since = _revoked(live) - _revoked(copy)
    except SQLAlchemyError:
        return None
    return Lack(len(lacking), tuple(sorted(since)))


def _revoked(database: Database) -> set[str]:
    with database.reading() as rx:
        return set(rx.execute(select(device.c.id).where(device.c.state == "revoked")).scalars())


def _swap(folder: Path, prepared: Path, stamp: str) -> Path | None:
    """Put the prepared file in place in one step; return where the old one is kept."""
    live, aside = folder / FILE, folder / f"{FILE}.replaced-{stamp}"
    try:
        keyfiles.same_owner(prepared, folder)
        if live.exists():
            _empty_journal(live)
        kept = disk.put_in_place(prepared, live, aside)
    except FileExistsError:
        raise UsageFailure(f"There is already {aside.name}; wait a second and run this again.") from None
    except PermissionError as problem:
        raise AlreadyRunning(
            "The server's database cannot be replaced: stop what uses it, check permissions, and run this again."
        ) from problem
    except OSError as problem:
        raise DiskFailure("The backup cannot be put in place: make room and run this again.") from problem
    return aside if kept else None


def _empty_journal(live: Path) -> None:
    """Move what the journal holds into the file that is kept; a damaged one keeps its journal beside it."""
    with contextlib.suppress(sqlite3.Error), contextlib.closing(sqlite3.connect(live)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()


# ── PostgreSQL ───────────────────────────────────────────────────────────────────────────────────


def _restore_postgres(
    folder: Path, copy: Path, reason: str, url: str, stamp: str, now_ms: Callable[[], int]
) -> Restored:
    cluster = pg.Cluster(url)
    if cluster.in_use():
        raise AlreadyRunning("A server or another program uses this database: stop it first, then restore.")
    with cluster.scratch() as name:
        found = _loaded(folder, copy, cluster, name, reason, now_ms, grants=True)
        _need_whole(found, copy)
        kept = cluster.exists()
        aside = f"{cluster.name[:30]}_replaced_{stamp.lower().replace('-', '')}"
        cluster.swap(name, aside)
    return Restored(found.held, aside if kept else "", found.lack)


def _loaded(
    folder: Path, copy: Path, cluster: pg.Cluster, name: str, reason: str, now_ms: Callable[[], int], *,
    grants: bool,
) -> Drill:  # fmt: skip
    """Make of a PostgreSQL backup what is to serve, verified, in an empty database."""
    url = cluster.url_of(name)
    with _taken(copy) as taken:
        pg.load(url, taken, grants=grants)
    try:
        with contextlib.closing(Database(url)) as database, database.reading() as rx:
            org = rx.execute(select(meta.c.value).where(meta.c.name == "org")).scalar_one_or_none()
    except SQLAlchemyError:
        raise backup.refused(copy) from None
    backup.check_org(folder, org, copy)
    _brought_up(url, copy)
    _begun(folder, url, reason, copy, now_ms)
    proof, held = backup.verified_at(folder, url, copy)
    lack: Lack | None = Lack(0, ())
    if cluster.exists():
        with (
            contextlib.closing(Database(cluster.url_of(cluster.name))) as one,
            contextlib.closing(Database(url)) as other,
        ):
            lack = _compared(one, other)
    return Drill(held, lack, tuple(proof.problems))


@contextlib.contextmanager
def _taken(copy: Path) -> Iterator[Path]:
    """Give a private copy of a backup whose checksum fits, for a while."""
    place = Path(tempfile.mkdtemp(prefix="fieldapp-drill-"))
    try:
        backup.take(copy, place / copy.name)
        yield place / copy.name
    finally:
        shutil.rmtree(place, ignore_errors=True)
