"""Running the server: uvicorn, on loopback unless something in front ends TLS."""

from __future__ import annotations

import contextlib
import gc
import ipaddress
import os
import socket
import sys
import tempfile
import threading
from pathlib import Path
from types import TracebackType

import uvicorn

from fieldapp.errors import NotReached, UsageFailure

from . import measured, workers
from .app import Limits, create_app
from .metrics_page import Page
from .service import Server

HOST, PORT = "127.0.0.1", 8765
START_SECONDS = 30
TURN_S = 0.001
"""How long a thread keeps the interpreter from another one that wants it."""


def check_bind(host: str, *, behind_tls: bool) -> None:
    """Refuse to listen beyond this computer in the clear; raises UsageFailure."""
    try:
        local = host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        local = False
    if not local and not behind_tls:
        raise UsageFailure(
            "fieldapp serves this computer only (127.0.0.1). Put a TLS proxy in front and state it with "
            "--behind-tls and --public-host."
        )


def hosts_of(host: str, port: int, public_host: str | None) -> tuple[str, ...]:
    """Return the names that laptops may sign requests for."""
    if public_host:
        return (public_host,)
    return tuple(dict.fromkeys(f"{name}:{port}" for name in (host, "127.0.0.1", "localhost")))


def bound(host: str, port: int) -> socket.socket:
    """Return a socket bound to an address; raises UsageFailure when it cannot be had."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        found = socket.socket(family, kind, protocol)
        found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            found.bind(address)
        except OSError:
            found.close()
            raise
    except OSError:
        raise UsageFailure(
            f"Port {port} on {host} cannot be had; stop what uses it or choose another with --port."
        ) from None
    return found


def run(
    folder: Path, host: str = HOST, port: int = PORT, *, database: str | None = None,
    public_host: str | None = None, behind_tls: bool = False, count: int = 1, log_format: str = "text",
    metrics_port: int | None = None,
) -> None:  # fmt: skip
    """Serve until interrupted; raises UsageFailure, KeyFailure, DataDamaged, NotReached.

    Args:
        public_host: the name laptops use, with its port unless 443; needed behind a TLS proxy.
        behind_tls: states that a proxy in front ends TLS, which allows another address than loopback.
        count: how many processes serve; more than one needs PostgreSQL.
        log_format: `text` or `json`.
        metrics_port: where a monitoring program on this computer reads numbers; None for nowhere.
    """
    check_bind(host, behind_tls=behind_tls)
    workers.check(count, database)
    names = hosts_of(host, port, public_host)
    with contextlib.ExitStack() as stack:
        # Opened here too, so that what is wrong is said once and before anybody is asked to wait.
        server = stack.enter_context(Server(folder, database=database, authorities=names))
        if metrics_port is not None:
            counts = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="fieldapp-metrics-")))
            os.environ[measured.FOLDER] = str(counts)
            standing = measured.Standing(server.database, server.now_ms)
            stack.enter_context(Page(metrics_port, lambda: measured.told(counts, standing)))
        listening = stack.enter_context(bound(host, port))
        if count > 1:
            workers.run(workers.Application(folder, database, names), listening, count, log_format)
            return
        watcher = measured.Counting() if measured.is_counting() else measured.Nobody()
        app = create_app(server, watcher=watcher)
        settle_memory()
        uvicorn.Server(uvicorn.Config(app, **workers.settings(log_format))).run(sockets=[listening])


class Running:
    """A server in a thread of this process, for the demo and for tests; a context manager."""

    def __init__(
        self,
        server: Server,
        host: str = HOST,
        port: int = 0,
        *,
        close_server: bool = False,
        limits: Limits | None = None,
    ) -> None:
        """Take an opened server; port 0 takes any free one.

        Args:
            limits: requests per minute; None for those of a server that is reached from outside.
            close_server: whether `stop` also closes the server.
        """
        check_bind(host, behind_tls=False)
        self.server = server
        self._close_server = close_server
        self._socket = bound(host, port)
        self.port: int = self._socket.getsockname()[1]
        self.url = f"http://{host}:{self.port}"
        server.authorities = (*server.authorities, *hosts_of(host, self.port, None))
        self._uvicorn = uvicorn.Server(_config(server, limits))
        self._thread = threading.Thread(target=self._run, name="fieldapp-server", daemon=True)

    def _run(self) -> None:
        self._uvicorn.run(sockets=[self._socket])

    def start(self) -> Running:
        """Start and return when requests are answered; raises NotReached."""
        self._thread.start()
        waited = threading.Event()
        for _ in range(START_SECONDS * 100):
            if self._uvicorn.started:
                return self
            if not self._thread.is_alive():
                break
            waited.wait(0.01)
        self.stop()
        raise NotReached("The server did not start; look at its log.")

    def stop(self) -> None:
        """Finish what is being answered, and stop."""
        self._uvicorn.should_exit = True
        if self._thread.is_alive():
            self._thread.join(START_SECONDS)
        self._socket.close()
        if self._close_server:
            self.server.close()

    def __enter__(self) -> Running:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def start(folder: Path, *, host: str = HOST, port: int = 0, database: str | None = None) -> Running:
    """Open the server of a folder and serve it in a thread; `stop()` ends both."""
    return Running(Server(folder, database=database), host, port, close_server=True).start()


def _config(server: Server, limits: Limits | None = None) -> uvicorn.Config:
    # A server in a thread leaves the logging of the program it is in alone.
    settings = {**workers.settings("text"), "log_config": None, "log_level": "warning"}
    return uvicorn.Config(create_app(server, limits=limits), **settings)


def settle_memory() -> None:
    """Keep the collector off what lives as long as the process (measured: 1.3 to 1.7 times the throughput)."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 50, 50)
    # Who verifies needs the interpreter for a moment between two signatures, and waited five milliseconds for it.
    sys.setswitchinterval(TURN_S)
