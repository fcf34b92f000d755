"""How a request reaches the server: one method, and the real one over HTTPS (security.md 10)."""

from __future__ import annotations

import ipaddress
import ssl
from collections.abc import Iterable
from typing import IO, Protocol, cast
from urllib.parse import urlsplit

import httpx
import zstandard

from fieldapp.clinical.told import laptop as told
from fieldapp.errors import NotReached, ServerRefused, UsageFailure

from .wire import MAX_BODY

CONNECT_S, READ_S, WRITE_S = 10.0, 60.0, 60.0
_WINDOW_MAX = 8 * 1024 * 1024
_BITE = 64 * 1024


class TooLarge(ServerRefused):
    """The answer is larger than any that the protocol allows."""

    def __init__(self) -> None:
        super().__init__(told.TOO_MUCH.sentence)


class Transport(Protocol):
    """One way to a server."""

    def post(self, path: str, body: bytes, headers: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
        """Send and return status, headers (names in lower case) and the inflated body; raises NotReached."""
        ...


class HttpTransport:
    """HTTPS with verification on; no redirects, no cookies, no proxies of the environment."""

    def __init__(self, url: str, *, verify: ssl.SSLContext | bool = True) -> None:
        """Use a server's base address; raises UsageFailure for http beyond this computer.

        Args:
            verify: True, or a context that trusts the agency's own authority; never False.
        """
        self.url = server_url(url)
        if verify is False:
            raise ValueError("certificates are always verified")
        self._client = httpx.Client(
            base_url=self.url,
            verify=verify,
            follow_redirects=False,
            trust_env=False,
            timeout=httpx.Timeout(READ_S, connect=CONNECT_S, write=WRITE_S, pool=CONNECT_S),
            headers={"Accept-Encoding": "zstd, identity", "User-Agent": "fieldapp"},
        )

    def post(self, path: str, body: bytes, headers: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
        """Send and return status, headers and the inflated body; raises NotReached, ServerRefused."""
        try:
            with self._client.stream("POST", path, content=body, headers=headers) as response:
                encoding = response.headers.get("content-encoding", "")
                data = inflated(response.iter_raw(), encoding)
                return response.status_code, {k.lower(): v for k, v in response.headers.items()}, data
        except httpx.TransportError as problem:
            raise _told(problem) from None
        except httpx.HTTPError:
            raise NotReached(told.BROKE_OFF.sentence) from None

    def close(self) -> None:
        """Close the connections."""
        self._client.close()


def hang_up(transport: Transport) -> None:
    """Close the connections of a transport that keeps any."""
    close = getattr(transport, "close", None)
    if close is not None:
        close()


def server_url(typed: str) -> str:
    """Return a base address as it is used; raises UsageFailure unless https, or http on this computer."""
    parts = urlsplit(typed.strip())
    if parts.scheme not in ("https", "http") or not parts.hostname:
        raise UsageFailure(told.NO_ADDRESS.sentence)
    if parts.username or parts.password or parts.query or parts.fragment:
        raise UsageFailure(told.ODD_ADDRESS.sentence)
    if parts.scheme == "http" and not _is_loopback(parts.hostname):
        raise UsageFailure(told.PLAIN_ADDRESS.sentence)
    return f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}"


def inflated(pieces: Iterable[bytes], encoding: str, cap: int = MAX_BODY) -> bytes:
    """Return a body, zstd undone, counted while it streams; raises TooLarge or ServerRefused."""
    encoding = encoding.strip().lower()
    if encoding in ("", "identity"):
        return _capped(pieces, cap)
    if encoding != "zstd":
        raise ServerRefused(told.PACKED.sentence)
    # A frame may ask for a window of gigabytes, and 4 KiB can become 100 MiB in one step: so both are capped.
    source = _Pieces(pieces, cap)
    reader = zstandard.ZstdDecompressor(max_window_size=_WINDOW_MAX).stream_reader(
        cast("IO[bytes]", source), read_size=16 * 1024, read_across_frames=False
    )
    try:
        return _capped(iter(lambda: reader.read(_BITE), b""), cap)
    except zstandard.ZstdError:
        raise ServerRefused(told.UNPACKED.sentence) from None


class _Pieces:
    """A body that arrives in pieces, as a file that is read from front to end."""

    def __init__(self, pieces: Iterable[bytes], cap: int) -> None:
        self._pieces = iter(pieces)
        self._held = b""
        self._left = cap

    def read(self, size: int = -1) -> bytes:
        while not self._held:
            piece = next(self._pieces, None)
            if piece is None:
                return b""
            self._left -= len(piece)
            if self._left < 0:
                raise TooLarge
            self._held = piece
        given, self._held = self._held[:size], self._held[size:]
        return given


def _capped(pieces: Iterable[bytes], cap: int) -> bytes:
    found = bytearray()
    for piece in pieces:
        found += piece
        if len(found) > cap:
            raise TooLarge
    return bytes(found)


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _told(problem: httpx.TransportError) -> NotReached | ServerRefused:
    cause: BaseException | None = problem
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return ServerRefused(told.UNPROVEN.sentence)
        if isinstance(cause, ssl.SSLError):
            return ServerRefused(told.UNSAFE.sentence)
        cause = cause.__cause__ or cause.__context__
    if isinstance(problem, httpx.UnsupportedProtocol):
        return ServerRefused(told.NOT_HTTPS.sentence)
    if isinstance(problem, httpx.TimeoutException):
        return NotReached(told.NO_ANSWER.sentence)
    return NotReached(told.NOT_REACHED.sentence)
