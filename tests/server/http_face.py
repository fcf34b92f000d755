"""The server's HTTP face without a socket, and requests signed for it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import orjson
import zstandard

from fieldapp.crypto.requests import new_nonce, sign_headers
from fieldapp.server.app import Limits, create_app
from fieldapp.server.service import Server
from tests.server.server_world import Laptop

URL = "https://server.test/v1/sync"


class App:
    """The application without a socket; one event loop per request."""

    def __init__(self, server: Server, limits: Limits | None = None) -> None:
        self._app = create_app(server, limits=limits)

    def post(
        self, path: str, *, content: bytes | AsyncIterator[bytes] = b"", headers: dict[str, str] | None = None,
        method: str = "POST",
    ) -> httpx.Response:  # fmt: skip
        """Send one request; the answer's body stays packed in `raw`."""

        async def send() -> httpx.Response:
            transport = httpx.ASGITransport(self._app, raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=transport, base_url="https://server.test") as client:
                asked = {"Accept-Encoding": "identity", **(headers or {})}
                return await client.request(method, path, content=content, headers=asked)

        return asyncio.run(send())

    def get(self, path: str) -> httpx.Response:
        """Send a GET."""
        return self.post(path, method="GET")


def signed(laptop: Laptop, body: bytes, *, packed: bool = True, **more: Any) -> tuple[bytes, dict[str, str]]:
    """Return the body as it travels and all fields of a signed request."""
    wire = zstandard.compress(body, 3) if packed else body
    fields = {"Content-Type": "application/json", **({"Content-Encoding": "zstd"} if packed else {})}
    added = sign_headers(
        more.get("identity", laptop.identity), more.get("device", laptop.device), "POST", more.get("url", URL),
        fields, wire, created=more.get("created", laptop.world.clock.ms // 1000), nonce=more.get("nonce", new_nonce()),
    )  # fmt: skip
    return wire, {**fields, **added}


def idle(laptop: Laptop) -> bytes:
    """Return a request that writes nothing."""
    return orjson.dumps(laptop.request())
