"""After a restore: a new epoch, so that every laptop offers again what it holds above."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from sqlalchemy import Connection

from fieldapp.errors import UsageFailure

from . import audit, epochs
from .service import Server, wall_ms


def new_epoch(
    folder: Path, reason: str, *, database: str | None = None, now_ms: Callable[[], int] = wall_ms
) -> int:
    """Begin a new epoch on a database that was restored from a backup; return its number.

    Run it before laptops reach the server again. Nothing is lost if it is forgotten: laptops notice by the
    heads of their feeds, and only ask for more rows.
    """
    if not reason.strip():
        raise UsageFailure("Say why the server starts a new epoch, such as the day of the backup.")
    with Server(folder, database=database, now_ms=now_ms) as server:
        dk = server.seals.current()

        def write(tx: Connection) -> int:
            number = epochs.begin(tx, server.keys.authority, server.org, now_ms(), reason)
            started = audit.event(audit.SERVER_CHAIN, now_ms(), "epoch", number=number)
            audit.append(server.database, tx, server.seals, dk, server.org, now_ms(), [started])
            return number

        return server.database.run(write)
