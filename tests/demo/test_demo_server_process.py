"""The demo's server: never started twice, never somebody else's stopped, never a wrong program talked to."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import orjson
import pytest

from fieldapp.demo import server_process
from fieldapp.demo.server_process import RECORD, ServerProcess
from fieldapp.errors import UsageFailure


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def serving(answer: bytes) -> Iterator[int]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name in the library
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


@pytest.fixture
def fieldapp_port() -> Iterator[int]:
    yield from serving(b'{"ok": true, "now": "2026-11-22T00:00:00.000Z"}')


@pytest.fixture
def other_port() -> Iterator[int]:
    yield from serving(b"<html>a printer</html>")


def test_a_server_that_another_demo_started_is_used_and_never_stopped(
    fieldapp_port: int, tmp_path: Path
) -> None:
    found = server_process.ensure(tmp_path, fieldapp_port)
    assert found.pid == 0
    found.stop(tmp_path)
    assert server_process.answers(fieldapp_port)
    assert not (tmp_path / RECORD).exists()


def test_another_program_on_the_port_is_said_and_left_alone(other_port: int, tmp_path: Path) -> None:
    with pytest.raises(UsageFailure, match=f"port {other_port}.*--offline"):
        server_process.ensure(tmp_path, other_port)


@pytest.mark.parametrize("server", [1, os.getpid()], ids=["init", "this_process"])
def test_a_record_of_a_process_that_is_no_child_of_ours_is_not_believed(
    server: int, fieldapp_port: int, tmp_path: Path
) -> None:
    (tmp_path / RECORD).write_bytes(orjson.dumps({"server": server, "pipe": 99, "owner": os.getpid()}))
    assert server_process.ensure(tmp_path, fieldapp_port).pid == 0


def test_stopping_what_is_gone_already_is_harmless(tmp_path: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    ServerProcess(2**22 + 1, writing).stop(tmp_path)


def test_a_port_where_nothing_listens_does_not_answer() -> None:
    assert not server_process.answers(free_port())
