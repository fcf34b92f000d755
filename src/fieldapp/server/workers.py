"""Several processes that serve one PostgreSQL: uvicorn's own supervisor, which replaces a worker that dies."""

from __future__ import annotations

import socket
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import uvicorn
from uvicorn.supervisors import Multiprocess

from fieldapp.errors import UsageFailure

from . import logs
from .measured import Counting, Nobody, is_counting
from .service import Server

if TYPE_CHECKING:
    from fastapi import FastAPI

MOST = 32
STOP_SECONDS = 20
"""How long a worker that is told to stop may finish what it is answering."""
_ONE_PROCESS = (
    "SQLite is served by one process. Give PostgreSQL with --database for more, or leave --workers away."
)


@dataclass(frozen=True, slots=True)
class Application:
    """Makes the application of one worker; travels to it by value."""

    folder: Path
    database: str | None
    authorities: tuple[str, ...]

    def __call__(self) -> FastAPI:
        """Open the server in this process; it stays open until the process ends."""
        from .app import create_app
        from .serve import settle_memory

        server = Server(self.folder, database=self.database, authorities=self.authorities)
        settle_memory()
        return create_app(server, watcher=Counting() if is_counting() else Nobody())


def check(workers: int, database: str | None) -> None:
    """Refuse a number of workers that cannot be; raises UsageFailure."""
    if not 1 <= workers <= MOST:
        raise UsageFailure(f"Give 1 to {MOST} workers.")
    if workers > 1 and (database is None or database.startswith("sqlite")):
        raise UsageFailure(_ONE_PROCESS)


def run(application: Application, listening: socket.socket, workers: int, log_format: str) -> None:
    """Serve with several processes until stopped; each finishes what it is answering."""
    config = uvicorn.Config(
        application, factory=True, workers=workers, **settings(log_format)
    )  # fmt: skip
    Multiprocess(config, sockets=[listening]).run()


def settings(log_format: str) -> dict[str, Any]:
    """Return how uvicorn serves, in one process as in several."""
    return {
        "log_config": dict(logs.configured(log_format)), "access_log": False, "proxy_headers": False,
        "server_header": False, "lifespan": "off", "timeout_keep_alive": 30, "limit_concurrency": 200, "ws": "none",
        "timeout_graceful_shutdown": STOP_SECONDS,
    }  # fmt: skip
