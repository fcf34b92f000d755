"""The page that a monitoring program reads: on loopback, beside the port of the laptops and never on it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from fieldapp.errors import UsageFailure

HOST = "127.0.0.1"
TYPE = "text/plain; version=0.0.4; charset=utf-8"


class Page:
    """Serves one text at `/metrics` in a thread; a context manager."""

    def __init__(self, port: int, text: Callable[[], bytes]) -> None:
        """Bind a port (0 for any free one); raises UsageFailure.

        Args:
            text: makes what is told, at each request.
        """

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                known = self.path == "/metrics"
                body = text() if known else b"not here\n"
                self.send_response(200 if known else 404)
                self.send_header("Content-Type", TYPE)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Say nothing: what is asked for may hold anything."""

        try:
            self._server = ThreadingHTTPServer((HOST, port), Handler)
        except OSError:
            raise UsageFailure(
                f"Port {port} for metrics cannot be had: choose another with --metrics-port."
            ) from None
        self.port: int = self._server.server_address[1]
        self._thread = threading.Thread(
            target=self._server.serve_forever, name="fieldapp-metrics", daemon=True
        )

    def __enter__(self) -> Page:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
