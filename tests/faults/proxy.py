"""A TCP proxy on loopback between laptops and servers, on which everything can happen that happens on a line.

It knows just enough of HTTP to tell one request from the next: a head, and a body of the length stated there.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
import threading
from collections import Counter
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from itertools import pairwise
from random import Random
from typing import Any

FAULTS = ("cut request", "cut reply", "lost", "twice", "late", "slow", "reset", "away")
"""What can happen to a request; `Proxy._carry` says how."""
MOST = 64 * 1024 * 1024
_RESET = struct.pack("ii", 1, 0)


class Broken(Exception):
    """A connection ended before a message did."""


@dataclass
class Message:
    """One request or answer, as it travels."""

    head: bytes
    body: bytes

    @property
    def bytes(self) -> bytes:
        """All of it."""
        return self.head + self.body


class Proxy:
    """Runs in a thread of its own; a context manager."""

    def __init__(self, backends: Sequence[int], plan: Callable[[], str], dice: Random) -> None:
        """Take ports of this computer.

        Args:
            plan: names a fault for each request to `/v1/sync`, or "" for none; asked from the proxy's thread.
        """
        self.backends = list(backends)
        self._plan, self._dice = plan, dice
        self._turn = 0
        self.done: Counter[str] = Counter()
        """Faults carried out."""
        self._loop = asyncio.new_event_loop()
        self._tasks: set[asyncio.Task[None]] = set()
        self._socket = self._bound(0)
        self.port: int = self._socket.getsockname()[1]
        self._server: asyncio.Server | None = None
        self._thread = threading.Thread(target=self._loop.run_forever, name="proxy", daemon=True)

    def __enter__(self) -> Proxy:
        self._thread.start()
        self._call(self._listen())
        return self

    def __exit__(self, *_: object) -> None:
        self._call(self._end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _call(self, work: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result()

    @staticmethod
    def _bound(port: int) -> socket.socket:
        made = socket.socket()
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind(("127.0.0.1", port))
        return made

    async def _listen(self) -> None:
        self._server = await asyncio.start_server(self._connection, sock=self._socket, limit=MOST)

    async def _end(self) -> None:
        if self._server is not None:
            self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        upstream: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        try:
            while True:
                request = await _read(reader)
                if upstream is None:
                    upstream = await self._upstream()
                if not await self._carry(request, upstream, writer):
                    return
        except (Broken, OSError, asyncio.CancelledError):
            return
        finally:
            self._tasks.discard(task)
            for one in (writer, upstream[1] if upstream is not None else None):
                await _close(one)

    async def _upstream(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """Connect to the next server, or to one that answers; raises Broken when none does."""
        for _ in self.backends:
            self._turn += 1
            with contextlib.suppress(OSError):
                port = self.backends[self._turn % len(self.backends)]
                return await asyncio.open_connection("127.0.0.1", port, limit=MOST)
        raise Broken

    async def _carry(
        self, request: Message, upstream: tuple[asyncio.StreamReader, asyncio.StreamWriter],
        writer: asyncio.StreamWriter,
    ) -> bool:  # fmt: skip
        """Carry one request there and its answer back, or not; tells whether the connection goes on."""
        fault = self._plan() if request.head.startswith(b"POST /v1/sync") else ""
        if fault:
            self.done[fault] += 1
        if fault == "reset":
            _reset(writer)
            return False
        if fault == "away":
            self._task(self._away())
            return False
        if fault == "late":
            self._task(self._late(request))
            return False
        if fault == "cut request":
            upstream[1].write(request.bytes[: self._dice.randrange(len(request.bytes))])
            await upstream[1].drain()
            return False
        if fault == "slow":
            await self._slowly(request.bytes, upstream[1])
        else:
            upstream[1].write(request.bytes)
            await upstream[1].drain()
        answer = await _read(upstream[0])
        if fault == "twice":
            await self._late(request)
        if fault == "lost":
            return False
        if fault == "cut reply":
            writer.write(answer.bytes[: self._dice.randrange(len(answer.bytes))])
            await writer.drain()
            return False
        if fault == "slow":
            await self._slowly(answer.bytes, writer)
        else:
            writer.write(answer.bytes)
            await writer.drain()
        return True

    def _task(self, work: Coroutine[Any, Any, None]) -> None:
        task = self._loop.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _slowly(self, data: bytes, writer: asyncio.StreamWriter) -> None:
        """Send in a few pieces, with pauses."""
        places = sorted({0, len(data), *(self._dice.randrange(len(data)) for _ in range(3))})
        for start, stop in pairwise(places):
            writer.write(data[start:stop])
            await writer.drain()
            await asyncio.sleep(self._dice.uniform(0, 0.02))

    async def _late(self, request: Message) -> None:
        """Deliver a request on a connection of its own, to whoever is there then; nobody hears the answer."""
        await asyncio.sleep(self._dice.uniform(0, 0.1))
        with contextlib.suppress(Broken, OSError):
            reader, writer = await self._upstream()
            try:
                writer.write(request.bytes)
                await _read(reader)
            finally:
                await _close(writer)

    async def _away(self) -> None:
        """Listen no more for a moment: connections are refused by the system."""
        if self._server is None:
            return
        server, self._server = self._server, None
        server.close()
        await asyncio.sleep(self._dice.uniform(0, 0.1))
        self._socket = self._bound(self.port)
        await self._listen()


async def _read(reader: asyncio.StreamReader) -> Message:
    """Return the next message; raises Broken when the other side goes away first."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
        lines = head.lower().split(b"\r\n")
        length = next((int(line[15:]) for line in lines if line.startswith(b"content-length:")), 0)
        return Message(head, await reader.readexactly(length))
    except (asyncio.IncompleteReadError, asyncio.LimitOverrunError):
        raise Broken from None


def _reset(writer: asyncio.StreamWriter) -> None:
    """Let the connection end with a reset instead of an orderly close."""
    found = writer.get_extra_info("socket")
    if found is not None:
        found.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)


async def _close(writer: asyncio.StreamWriter | None) -> None:
    if writer is not None:
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()
