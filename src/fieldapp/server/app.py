"""The HTTP face: thin; bodies are counted while they stream, and every refusal has one shape."""

from __future__ import annotations

import asyncio
import logging
import secrets
import time
from collections import OrderedDict, deque
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import orjson
import zstandard
from fastapi import FastAPI, Request, Response
from fastapi.concurrency import run_in_threadpool
from sqlalchemy.exc import SQLAlchemyError
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from fieldapp.errors import FieldappError
from fieldapp.records.envelope import instant
from fieldapp.sync.wire import MAX_BODY

from .database import TryAgain
from .measured import Nobody, Watcher
from .refusals import Refusal, busy, malformed, too_large
from .service import Server

LOG = logging.getLogger("fieldapp.server")
ROUTES = frozenset({"/v1/sync", "/v1/enrol", "/v1/health", "/v1/ready"})
BODY_SECONDS = 120
ENROL_BYTES = 16 * 1024
ZSTD_LEVEL = 3
_WINDOW_MAX = MAX_BODY
_COMPRESS_FROM = 1_024
_Answer = Callable[[], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Limits:
    """Requests per minute; per worker, a brake and no accounting."""

    per_device: int = 1_200
    enrol_per_address: int = 30


class Brake:
    """Counts events per key in the last minute, for a bounded number of keys."""

    def __init__(self, most: int, *, keys: int = 10_000, clock: Callable[[], float] = time.monotonic) -> None:
        self._most = most
        self._keys = keys
        self._clock = clock
        self._seen: OrderedDict[str, deque[float]] = OrderedDict()

    def check(self, key: str) -> None:
        """Count one event; raises the 429 of a key that had too many."""
        now = self._clock()
        times = self._seen.setdefault(key, deque())
        self._seen.move_to_end(key)
        while len(self._seen) > self._keys:
            self._seen.popitem(last=False)
        while times and times[0] < now - 60:
            times.popleft()
        if len(times) >= self._most:
            raise Refusal(429, "Too many requests; the laptop tries again later.", "rate", retry_after_s=30)
        times.append(now)


def create_app(server: Server, *, limits: Limits | None = None, watcher: Watcher | None = None) -> FastAPI:
    """Return the ASGI application of a server.

    Args:
        watcher: whoever counts requests; None for nobody.
    """
    rates = limits or Limits()
    of_devices, of_addresses = Brake(rates.per_device), Brake(rates.enrol_per_address)
    app = FastAPI(title="fieldapp server", openapi_url=None, docs_url=None, redoc_url=None)

    app.add_middleware(Noting, watcher=watcher or Nobody())

    @app.post("/v1/sync")
    async def sync(request: Request) -> Response:
        async def work() -> dict[str, Any]:
            wire = await _body(request, MAX_BODY)
            verified = await run_in_threadpool(
                server.authenticate, request.method, request.headers.get("host", ""),
                _path(request), request.scope["query_string"].decode("latin-1"), request.headers.items(), wire,
            )  # fmt: skip
            of_devices.check(verified.device)
            plain = inflate(wire, request.headers.get("content-encoding"))
            return await run_in_threadpool(server.sync, plain, verified)

        return await _answered(work, zstd="zstd" in request.headers.get("accept-encoding", ""))

    @app.post("/v1/enrol")
    async def enrol(request: Request) -> Response:
        async def work() -> dict[str, Any]:
            of_addresses.check(request.client.host if request.client else "")
            wire = await _body(request, ENROL_BYTES)
            if request.headers.get("content-encoding"):
                raise _unsupported()
            return await run_in_threadpool(server.enrol, wire)

        return await _answered(work, zstd=False)

    @app.get("/v1/health")
    async def health() -> Response:
        """Say that this process answers, whatever becomes of its database."""
        return _json(200, {"ok": True, "now": instant(server.now_ms())})

    @app.get("/v1/ready")
    async def ready() -> Response:
        async def work() -> dict[str, Any]:
            return await run_in_threadpool(server.ready)

        return await _answered(work, zstd=False)

    return app


class Noting:
    """Counts every request, and says each in the log: route, status, time and sizes, and nothing of what was asked."""

    def __init__(self, app: ASGIApp, watcher: Watcher) -> None:
        self._app, self._watcher = app, watcher

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request and take notice of it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, sizes, status = time.perf_counter(), [0, 0], 500

        async def taking() -> Message:
            message = await receive()
            sizes[0] += len(message.get("body", b""))
            return message

        async def giving(message: Message) -> None:
            nonlocal status
            status = message.get("status", status)
            sizes[1] += len(message.get("body", b""))
            await send(message)

        try:
            await self._app(scope, taking, giving)
        finally:
            took = time.perf_counter() - began
            route = scope["path"] if scope["path"] in ROUTES else "other"
            self._watcher.request(route, status, took, *sizes)
            LOG.info(
                "request",
                extra={"event": "request", "request": secrets.token_hex(6), "route": route, "status": status,
                       "ms": round(took * 1000), "bytes_in": sizes[0], "bytes_out": sizes[1]},
            )  # fmt: skip


def inflate(wire: bytes, encoding: str | None) -> bytes:
    """Return a body, counted while it is inflated; raises Refusal."""
    if encoding in (None, "", "identity"):
        return wire
    if encoding != "zstd":
        raise _unsupported()
    found = bytearray()
    reader = zstandard.ZstdDecompressor(max_window_size=_WINDOW_MAX).stream_reader(wire, read_size=16 * 1024)
    try:
        while piece := reader.read(64 * 1024):
            found += piece
            if len(found) > MAX_BODY:
                raise too_large()
    except zstandard.ZstdError:
        raise malformed("zstd") from None
    return bytes(found)


def _unsupported() -> Refusal:
    return Refusal(415, "Send JSON, packed with zstd or not at all.", "encoding")


def _path(request: Request) -> str:
    raw: bytes = request.scope.get("raw_path") or request.scope["path"].encode()
    return raw.partition(b"?")[0].decode("latin-1")


async def _body(request: Request, most: int) -> bytes:
    """Return the body as it travelled, refused as soon as it is too long or too slow."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise _unsupported()
    stated = request.headers.get("content-length", "0")
    if not stated.isdecimal() or int(stated) > most:
        raise too_large()
    found = bytearray()
    stream: AsyncIterator[bytes] = request.stream()
    try:
        async with asyncio.timeout(BODY_SECONDS):
            async for piece in stream:
                found += piece
                if len(found) > most:
                    raise too_large()
    except TimeoutError:
        raise Refusal(408, "The request took too long; the laptop tries again.", "slow") from None
    return bytes(found)


async def _answered(work: Callable[[], Awaitable[dict[str, Any]]], *, zstd: bool) -> Response:
    try:
        return _json(200, await work(), zstd=zstd)
    except Refusal as refusal:
        LOG.info("refused", extra={"event": "refused", "status": refusal.status, "cause": refusal.cause})
        headers = {"retry-after": str(refusal.retry_after_s)} if refusal.retry_after_s else {}
        return _json(refusal.status, refusal.body, headers=headers)
    except TryAgain:
        return _refused(busy(), "conflict")
    except SQLAlchemyError as problem:
        return _refused(busy(), type(problem).__name__)
    except FieldappError as problem:
        return _refused(
            Refusal(500, "The server has a fault; tell your administrator."), type(problem).__name__
        )
    except Exception as problem:
        return _refused(Refusal(500, "The server has a fault; tell your administrator."), _where(problem))


def _refused(refusal: Refusal, cause: str) -> Response:
    LOG.error("failed", extra={"event": "failed", "status": refusal.status, "cause": cause})
    headers = {"retry-after": str(refusal.retry_after_s)} if refusal.retry_after_s else {}
    return _json(refusal.status, refusal.body, headers=headers)


def _where(problem: BaseException) -> str:
    """Return class and place of a fault, never its words."""
    trace = problem.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = f"{trace.tb_frame.f_code.co_filename.rpartition('/')[2]}:{trace.tb_lineno}" if trace else "?"
    return f"{type(problem).__name__} at {place}"


def _json(
    status: int, value: dict[str, Any], *, zstd: bool = False, headers: dict[str, str] | None = None
) -> Response:
    body = orjson.dumps(value)
    found = {"cache-control": "no-store", **(headers or {})}
    if zstd and len(body) >= _COMPRESS_FROM:
        body = zstandard.ZstdCompressor(level=ZSTD_LEVEL).compress(body)
        found["content-encoding"] = "zstd"
    return Response(body, status, found, "application/json")
