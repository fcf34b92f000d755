"""The real transport against real sockets: certificates, redirects, broken and oversized answers."""

from __future__ import annotations

import datetime
import ipaddress
import ssl
import threading
import warnings
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TypeAlias

import pytest
import zstandard
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from fieldapp.errors import NotReached, ServerRefused, UsageFailure
from fieldapp.sync.transport import HttpTransport, TooLarge, inflated, server_url
from fieldapp.sync.wire import MAX_BODY

Handle = Callable[[BaseHTTPRequestHandler, bytes], None]


class Site:
    """A web server on this computer that behaves as a test wants."""

    def __init__(self, handle: Handle, context: ssl.SSLContext | None = None) -> None:
        self.seen: list[tuple[str, dict[str, str], bytes]] = []
        site = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length", 0)))
                site.seen.append((self.path, {k.lower(): v for k, v in self.headers.items()}, body))
                handle(self, body)

            def log_message(self, *_: object) -> None:
                return None

        class Quiet(ThreadingHTTPServer):
            def handle_error(self, *_: object) -> None:
                return None

        self.http = Quiet(("127.0.0.1", 0), Handler)
        if context is not None:
            self.http.socket = context.wrap_socket(self.http.socket, server_side=True)
        self.port = self.http.server_address[1]
        self.thread = threading.Thread(target=self.http.serve_forever, kwargs={"poll_interval": 0.01})
        self.thread.start()

    def close(self) -> None:
        self.http.shutdown()
        self.http.server_close()
        self.thread.join()


@pytest.fixture
def sites() -> Iterator[Callable[..., Site]]:
    made: list[Site] = []

    def make(handle: Handle, context: ssl.SSLContext | None = None) -> Site:
        made.append(Site(handle, context))
        return made[-1]

    yield make
    for site in made:
        site.close()


@pytest.fixture
def transports() -> Iterator[Callable[..., HttpTransport]]:
    made: list[HttpTransport] = []

    def make(url: str, **more: ssl.SSLContext) -> HttpTransport:
        made.append(HttpTransport(url, **more))
        return made[-1]

    yield make
    for transport in made:
        transport.close()


def answer(status: int, body: bytes, stated: int | None = None, **headers: str) -> Handle:
    def handle(request: BaseHTTPRequestHandler, _: bytes) -> None:
        request.send_response(status)
        request.send_header("Content-Length", str(len(body) if stated is None else stated))
        for name, value in headers.items():
            request.send_header(name.replace("_", "-"), value)
        request.end_headers()
        request.wfile.write(body)
        if stated is not None:
            request.close_connection = True

    return handle


Sites: TypeAlias = Callable[..., Site]
Transports: TypeAlias = Callable[..., HttpTransport]


def test_a_post_arrives_as_it_was_given_and_asks_for_zstd(sites: Sites, transports: Transports) -> None:
    site = sites(answer(200, b'{"ok":true}', Retry_After="5"))
    status, headers, data = transports(f"http://127.0.0.1:{site.port}").post(
        "/v1/sync", b"abc", {"Content-Type": "application/json", "Content-Encoding": "zstd"}
    )
    assert (status, data, headers["retry-after"]) == (200, b'{"ok":true}', "5")
    path, sent, body = site.seen[0]
    assert (path, body) == ("/v1/sync", b"abc")
    assert sent["content-encoding"] == "zstd"
    assert sent["accept-encoding"] == "zstd, identity"
    assert "cookie" not in sent


def test_a_zstd_answer_is_unpacked(sites: Sites, transports: Transports) -> None:
    packed = zstandard.ZstdCompressor().compress(b"x" * 100_000)
    site = sites(answer(200, packed, Content_Encoding="zstd"))
    assert transports(f"http://127.0.0.1:{site.port}").post("/", b"", {})[2] == b"x" * 100_000


def test_a_redirect_is_not_followed(sites: Sites, transports: Transports) -> None:
    target = sites(answer(200, b"{}"))
    site = sites(answer(307, b"", Location=f"http://127.0.0.1:{target.port}/"))
    status, _, _ = transports(f"http://127.0.0.1:{site.port}").post("/", b"secret", {})
    assert status == 307
    assert target.seen == []


def test_other_packings_are_refused(sites: Sites, transports: Transports) -> None:
    site = sites(answer(200, b"\x1f\x8b", Content_Encoding="gzip"))
    with pytest.raises(ServerRefused, match="not asked for"):
        transports(f"http://127.0.0.1:{site.port}").post("/", b"", {})


def test_an_answer_cut_short_is_not_reached(sites: Sites, transports: Transports) -> None:
    site = sites(answer(200, b"half", stated=4_000))
    with pytest.raises(NotReached):
        transports(f"http://127.0.0.1:{site.port}").post("/", b"", {})


def test_a_connection_closed_without_an_answer_is_not_reached(sites: Sites, transports: Transports) -> None:
    def hang_up(request: BaseHTTPRequestHandler, _: bytes) -> None:
        request.close_connection = True

    site = sites(hang_up)
    with pytest.raises(NotReached):
        transports(f"http://127.0.0.1:{site.port}").post("/", b"", {})


def test_nobody_there_is_not_reached(sites: Sites, transports: Transports) -> None:
    site = sites(answer(200, b""))
    site.http.shutdown()
    site.http.server_close()
    with pytest.raises(NotReached, match="stays on this laptop"):
        transports(f"http://127.0.0.1:{site.port}").post("/", b"", {})


def test_a_bomb_stops_at_the_cap_before_it_fills_memory() -> None:
    bomb = zstandard.ZstdCompressor(level=19).compress(bytes(400 * 1024 * 1024))
    assert len(bomb) < 100_000
    with pytest.raises(TooLarge):
        inflated([bomb], "zstd")


def test_a_plain_flood_stops_at_the_cap() -> None:
    poured = 0

    def flood() -> Iterator[bytes]:
        nonlocal poured
        while True:
            poured += 64 * 1024
            yield bytes(64 * 1024)

    with pytest.raises(TooLarge):
        inflated(flood(), "")
    assert poured <= MAX_BODY + 128 * 1024


def test_a_frame_that_wants_a_giant_window_is_refused() -> None:
    wide = zstandard.ZstdCompressor(
        compression_params=zstandard.ZstdCompressionParameters(window_log=27, enable_ldm=True)
    ).compressobj()
    frame = wide.compress(b"x" * 1000) + wide.flush()
    with pytest.raises(ServerRefused):
        inflated([frame], "zstd")


def test_what_is_no_zstd_is_refused() -> None:
    with pytest.raises(ServerRefused, match="unpacked"):
        inflated([b"not zstd at all"], "zstd")


def test_pieces_of_any_size_give_the_same_body() -> None:
    body = bytes(range(256)) * 1000
    packed = zstandard.ZstdCompressor().compress(body)
    for size in (1, 7, 4096, len(packed)):
        assert inflated((packed[at : at + size] for at in range(0, len(packed), size)), "zstd") == body


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("https://fieldapp.agency.org", "https://fieldapp.agency.org"),
        (" https://fieldapp.agency.org/ ", "https://fieldapp.agency.org"),
        ("https://agency.org:8443/fieldapp/", "https://agency.org:8443/fieldapp"),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000"),
        ("http://[::1]:8000", "http://[::1]:8000"),
        ("http://localhost:8000", "http://localhost:8000"),
    ],
)
def test_addresses_that_are_used(typed: str, expected: str) -> None:
    assert server_url(typed) == expected


@pytest.mark.parametrize(
    "typed",
    ["http://fieldapp.agency.org", "http://192.168.1.5", "fieldapp.agency.org", "", "ftp://x", "https://",
     "https://me:secret@agency.org", "https://agency.org/?a=b", "https://agency.org/#x", "file:///etc/passwd",
     "http://127.0.0.1.agency.org"],
)  # fmt: skip
def test_addresses_that_are_not(typed: str) -> None:
    with pytest.raises(UsageFailure):
        server_url(typed)


def test_verification_cannot_be_switched_off() -> None:
    with pytest.raises(ValueError, match="always"):
        HttpTransport("https://agency.org", verify=False)


# ── certificates ─────────────────────────────────────────────────────────────────────────────────────

_NOW = datetime.datetime.now(datetime.UTC)  # TLS compares with the computer's own clock
_DAY = datetime.timedelta(days=1)


def certificate(
    folder: Path, name: str, *, days: int = 30, address: str = "127.0.0.1"
) -> tuple[ssl.SSLContext, Path]:
    """Return a server's TLS context with a self-signed certificate, and that certificate's file."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(_NOW - 60 * _DAY)
        .not_valid_after(_NOW + days * _DAY)
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(address))]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    public, private = folder / f"{name}.pem", folder / f"{name}.key"
    public.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(public, private)
    return context, public


def trusting(path: Path) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(path))


def test_the_agencys_own_authority_can_be_trusted(
    tmp_path: Path, sites: Sites, transports: Transports
) -> None:
    context, public = certificate(tmp_path, "right")
    site = sites(answer(200, b"{}"), context)
    transport = transports(f"https://127.0.0.1:{site.port}", verify=trusting(public))
    assert transport.post("/", b"", {})[0] == 200


@pytest.mark.parametrize(
    ("days", "address", "trusted"),
    [(30, "127.0.0.1", False), (-1, "127.0.0.1", True), (30, "127.0.0.2", True)],
    ids=["self-signed", "expired", "wrong host"],
)
def test_a_certificate_that_proves_nothing_stops_before_a_byte_is_sent(
    tmp_path: Path, sites: Sites, transports: Transports, days: int, address: str, trusted: bool
) -> None:
    context, public = certificate(tmp_path, "wrong", days=days, address=address)
    site = sites(answer(200, b"{}"), context)
    more = {"verify": trusting(public)} if trusted else {}
    with pytest.raises(ServerRefused, match="could not prove who it is"):
        transports(f"https://127.0.0.1:{site.port}", **more).post("/", b"the notes", {})
    assert site.seen == []


def test_old_tls_is_refused(tmp_path: Path, sites: Sites, transports: Transports) -> None:
    context, public = certificate(tmp_path, "old")
    context.set_ciphers("DEFAULT:@SECLEVEL=0")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = ssl.TLSVersion.TLSv1
        context.maximum_version = ssl.TLSVersion.TLSv1_1
    site = sites(answer(200, b"{}"), context)
    with pytest.raises((ServerRefused, NotReached)):
        transports(f"https://127.0.0.1:{site.port}", verify=trusting(public)).post("/", b"the notes", {})
    assert site.seen == []
