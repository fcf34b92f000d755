"""One signed request and what came of it (security.md 5.5, 5.6): never more than one retry, for a wrong clock."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import orjson
import zstandard

from fieldapp.clinical.told import laptop as told
from fieldapp.crypto.keys import Identity
from fieldapp.crypto.requests import new_nonce, sign_headers
from fieldapp.errors import NotReached, ServerRefused
from fieldapp.records.envelope import instant_ms

from .pages import BadAnswer
from .schedule import retry_after_ms
from .transport import Transport
from .trust import Reading
from .wire import PROTOCOL

PATH = "/v1/sync"
_LEVEL = 3
_TOO_MUCH = frozenset({400, 413, 415, 422, 500})


_NOTHING_READ = Reading()


class Busy(NotReached):
    """The server was reached and asks to come back later."""

    def __init__(self, wait_ms: int | None) -> None:
        super().__init__(told.BUSY.sentence)
        self.wait_ms = wait_ms


class BatchRefused(ServerRefused):
    """The server took none of what the request carried; a smaller one may pass."""

    def __init__(self) -> None:
        super().__init__(told.BATCH_REFUSED.sentence)


@dataclass(frozen=True, slots=True)
class Reply:
    """A parsed answer."""

    body: Mapping[str, Any]
    server_ms: int
    offset_ms: int
    """Server time less device time, as this exchange showed it."""
    conflict: bool = False
    """The body is a `Conflict409`: some cursor is not known."""
    reading: Reading = _NOTHING_READ
    """Its entries, once they were read."""


class Link:
    """A laptop's way to its server, with its key; used by one thread at a time."""

    def __init__(
        self,
        transport: Transport,
        url: str,
        identity: Identity,
        device: str,
        now_ms: Callable[[], int],
        offset_ms: int,
    ) -> None:
        self._transport = transport
        self._url = url.rstrip("/") + PATH
        self._identity = identity
        self._device = device
        self._now_ms = now_ms
        self._offset_ms = offset_ms

    def send(self, body: bytes) -> Reply:
        """Send one round; raises NotReached, Busy, BatchRefused, ServerRefused, BadAnswer."""
        packed = zstandard.ZstdCompressor(level=_LEVEL).compress(body)
        for attempt in (1, 2):
            sent_ms = self._now_ms()
            status, headers, data = self._post(packed, sent_ms)
            got_ms = self._now_ms()
            if status == 401 and attempt == 1 and self._learn_time(data, got_ms):
                continue
            return self._reply(status, headers, data, (sent_ms + got_ms) // 2)
        raise AssertionError("unreachable")

    def _post(self, packed: bytes, at_ms: int) -> tuple[int, dict[str, str], bytes]:
        headers = {"Content-Type": "application/json", "Content-Encoding": "zstd"}
        headers |= sign_headers(
            self._identity,
            self._device,
            "POST",
            self._url,
            headers,
            packed,
            created=(at_ms + self._offset_ms) // 1000,
            nonce=new_nonce(),
        )
        return self._transport.post(PATH, packed, headers)

    def _learn_time(self, data: bytes, got_ms: int) -> bool:
        """Take over the server's time from a refusal for time; only for signing requests."""
        try:
            server_ms = instant_ms(orjson.loads(data)["now"])
        except (ValueError, TypeError, KeyError):
            return False
        self._offset_ms = server_ms - got_ms
        return True

    def _reply(self, status: int, headers: Mapping[str, str], data: bytes, middle_ms: int) -> Reply:
        if status in (429, 503):
            raise Busy(retry_after_ms(headers.get("retry-after", "")))
        if status in (401, 403):
            raise ServerRefused(told.NOT_ACCEPTED.sentence)
        if status in _TOO_MUCH:
            raise _other_version(data) or BatchRefused()
        if 300 <= status < 400:
            raise ServerRefused(told.MOVED.sentence)
        if status in (502, 504):
            raise NotReached(told.NOT_REACHED.sentence)
        if status not in (200, 409):
            raise ServerRefused(told.NO_SERVER.sentence)
        try:
            body = orjson.loads(data)
        except ValueError:
            raise BadAnswer from None
        if not isinstance(body, dict):
            raise BadAnswer
        if status == 409:
            return Reply(body, middle_ms + self._offset_ms, self._offset_ms, conflict=True)
        try:
            server_ms = instant_ms(body["now"])
        except (ValueError, TypeError, KeyError):
            raise BadAnswer from None
        self._offset_ms = server_ms - middle_ms
        return Reply(body, server_ms, self._offset_ms)


def _other_version(data: bytes) -> ServerRefused | None:
    """Return the failure for a server of another version; it says which protocol it speaks."""
    try:
        spoken = orjson.loads(data)["protocol"]
    except (ValueError, TypeError, KeyError):
        return None
    if type(spoken) is not int or spoken == PROTOCOL:
        return None
    return ServerRefused((told.APP_OLD if spoken > PROTOCOL else told.SERVER_OLD).sentence)
