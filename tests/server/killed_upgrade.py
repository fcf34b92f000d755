"""Run by tests as a process of its own: an upgrade that is killed before each statement that writes, in turn."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

from sqlalchemy import event, inspect
from sqlalchemy.engine import Engine

from fieldapp.server import schema, upgrade
from fieldapp.server.database import Database

_WRITES = ("CREATE", "INSERT", "UPDATE", "DELETE", "DROP", "ALTER", "GRANT", "REVOKE")
_AT_MOST = 100


def _dies_before(number: int) -> None:
    """Kill this process with -9 before its n-th statement that writes; a commit counts as one."""
    left = [number]

    def count(*_: Any) -> None:
        left[0] -= 1
        if not left[0]:
            os.kill(os.getpid(), signal.SIGKILL)

    def statement(_conn: Any, _cursor: Any, sql: str, *_: Any) -> None:
        if sql.lstrip().upper().startswith(_WRITES):
            count()

    event.listen(Engine, "before_cursor_execute", statement)
    event.listen(Engine, "commit", count)


def _state(folder: Path, url: str | None) -> list[Any]:
    made = Database.in_folder(folder) if url is None else Database(url)
    with contextlib.closing(made) as database, database.reading() as rx:
        indexes = [one["name"] for one in inspect(rx).get_indexes("entry")]
        return [schema.revision(rx), "entry_flagged" in indexes]


def main() -> None:
    """Print, as JSON, revision and index after each kill, and at last after the upgrade that was let through."""
    folder, url = Path(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else None
    states = []
    for number in range(1, _AT_MOST):
        child = os.fork()
        if not child:
            _dies_before(number)
            upgrade.upgrade(folder, database=url, now_ms=lambda number=number: number * 1_000)  # type: ignore[misc]
            os._exit(0)
        _, status = os.waitpid(child, 0)
        states.append(_state(folder, url))
        if not os.WIFSIGNALED(status):
            break
    print(json.dumps({"states": states, "status": status}))  # noqa: T201


if __name__ == "__main__":
    main()
