"""The HTTP face: signatures, replay, bombs, sizes; and the server in a thread behind a real socket."""

from __future__ import annotations

import http.client
import logging
import socket
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest
import zstandard
from sqlalchemy import Connection

from fieldapp.crypto.keys import Identity
from fieldapp.crypto.requests import new_nonce, sign_headers
from fieldapp.errors import UsageFailure
from fieldapp.server import admin, writers
from fieldapp.server import app as app_module
from fieldapp.server.app import Brake, Limits, inflate
from fieldapp.server.logs import Line
from fieldapp.server.refusals import Refusal
from fieldapp.server.serve import Running, bound, check_bind
from fieldapp.server.service import Server
from fieldapp.server.speaker import Statement, administrator, say
from tests.server.http_face import URL, App, idle, signed
from tests.server.server_world import Laptop, World, made_world

SENTINEL = "SENTINEL-77aa"


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """One server for this module: its tests neither write nor depend on what others wrote."""
    made = made_world(tmp_path_factory.mktemp("http") / "server", None)
    yield made
    made.server.close()


@pytest.fixture(scope="module")
def mira(shared: World) -> Laptop:
    """One laptop."""
    return shared.laptop("mira")


@pytest.fixture
def http_client(shared: World) -> App:
    """The application without a socket."""
    return App(shared.server)


def test_a_signed_round_is_answered_packed(http_client: App, mira: Laptop) -> None:
    wire, fields = signed(mira, idle(mira))
    plain = http_client.post("/v1/sync", content=wire, headers=fields)
    assert plain.status_code == 200
    assert plain.json()["epoch"] == 1
    wire, fields = signed(mira, idle(mira))
    answer = http_client.post("/v1/sync", content=wire, headers={**fields, "Accept-Encoding": "zstd"})
    assert answer.headers["content-encoding"] == "zstd"
    assert int(answer.headers["content-length"]) < len(plain.content)
    assert answer.json()["feed_list"]


def test_a_replayed_request_is_refused_at_once_after_restart_and_by_another_worker(
    http_client: App, shared: World, mira: Laptop
) -> None:
    wire, fields = signed(mira, idle(mira))
    assert http_client.post("/v1/sync", content=wire, headers=fields).status_code == 200
    assert http_client.post("/v1/sync", content=wire, headers=fields).status_code == 401
    with Server(shared.server.folder, now_ms=shared.clock, authorities=("server.test",)) as other:
        assert App(other).post("/v1/sync", content=wire, headers=fields).status_code == 401


@pytest.mark.parametrize(
    "spoil",
    [
        lambda w, f: (w + b" ", f),
        lambda w, f: (w, {**f, "Content-Type": "application/json;x=1"}),
        lambda w, f: (w, {**f, "Content-Digest": "sha-256=:AAAA:"}),
        lambda w, f: (w, {**f, "Signature-Input": f["Signature-Input"].replace("fieldapp-v1", "other")}),
        lambda w, f: (w, {**f, "Signature-Input": f["Signature-Input"].replace("ed25519", "hmac-sha256")}),
        lambda w, f: (w, {**f, "Signature-Input": f["Signature-Input"].replace('"@query" ', "")}),
        lambda w, f: (w, {**f, "Host": "evil.test"}),
        lambda w, f: (w, {n: v for n, v in f.items() if not n.startswith("Signature")}),
        lambda w, f: (w, {n: v for n, v in f.items() if n != "Content-Encoding"}),
    ],
)  # fmt: skip
def test_whatever_is_changed_in_a_request_it_is_refused_with_one_body(
    http_client: App, mira: Laptop, spoil: Any
) -> None:
    wire, fields = spoil(*signed(mira, idle(mira)))
    answer = http_client.post("/v1/sync", content=wire, headers=fields)
    assert answer.status_code == 401
    assert set(answer.json()) == {"error"}


def test_unknown_devices_wrong_keys_and_the_authority_get_the_same_401(
    http_client: App, shared: World, mira: Laptop
) -> None:
    authority = shared.server.meta["authority_device"]
    answers = []
    for more in (
        {"device": "00000000-0000-4000-8000-000000000000"},
        {"identity": Identity.generate()},
        {"device": "'; DROP TABLE device"},
        {"device": authority, "identity": shared.server.keys.authority},
    ):
        try:
            wire, fields = signed(mira, idle(mira), **more)
        except ValueError:
            continue
        answers.append(http_client.post("/v1/sync", content=wire, headers=fields))
    assert {answer.status_code for answer in answers} == {401}
    assert len({answer.content for answer in answers}) == 1


def test_only_a_wrong_time_is_told_by_the_right_one(http_client: App, mira: Laptop) -> None:
    now = mira.world.clock.ms // 1000
    for off in (-20 * 60, 20 * 60, -now):
        wire, fields = signed(mira, idle(mira), created=now + off)
        answer = http_client.post("/v1/sync", content=wire, headers=fields)
        assert answer.status_code == 401
        assert answer.json()["now"] == "2026-11-22T10:00:00.000Z"
    wire, fields = signed(mira, idle(mira), created=now - 4 * 60)
    assert http_client.post("/v1/sync", content=wire, headers=fields).status_code == 200


def test_forwarded_headers_have_no_effect(http_client: App, mira: Laptop) -> None:
    wire, fields = signed(mira, idle(mira))
    spoofed = {
        **fields,
        "X-Forwarded-Host": "evil.test",
        "Forwarded": "host=evil.test",
        "X-Forwarded-For": "1.2.3.4",
    }
    assert http_client.post("/v1/sync", content=wire, headers=spoofed).status_code == 200


def test_a_body_above_the_cap_is_refused_with_and_without_a_stated_length(
    http_client: App, mira: Laptop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app_module, "MAX_BODY", 100_000)
    wire, fields = signed(mira, b"x" * 200_000, packed=False)
    assert http_client.post("/v1/sync", content=wire, headers=fields).status_code == 413

    async def pieces() -> AsyncIterator[bytes]:
        for start in range(0, len(wire), 10_000):
            yield wire[start : start + 10_000]

    assert http_client.post("/v1/sync", content=pieces(), headers=fields).status_code == 413


def test_a_bomb_is_stopped_at_the_cap(http_client: App, mira: Laptop) -> None:
    bomb = zstandard.compress(b" " * (64 * 1024 * 1024), 19)
    assert len(bomb) < 20_000
    fields = {"Content-Type": "application/json", "Content-Encoding": "zstd"}
    added = sign_headers(
        mira.identity,
        mira.device,
        "POST",
        URL,
        fields,
        bomb,
        created=mira.world.clock.ms // 1000,
        nonce=new_nonce(),
    )
    assert http_client.post("/v1/sync", content=bomb, headers={**fields, **added}).status_code == 413
    with pytest.raises(Refusal) as refused:
        inflate(bomb[: len(bomb) // 2] + b"junk", "zstd")
    assert refused.value.status in (413, 422)


@pytest.mark.parametrize("encoding", ["gzip", "br", "zstd, gzip"])
def test_other_packings_are_refused(http_client: App, mira: Laptop, encoding: str) -> None:
    fields = {"Content-Type": "application/json", "Content-Encoding": encoding}
    added = sign_headers(
        mira.identity,
        mira.device,
        "POST",
        URL,
        fields,
        b"x",
        created=mira.world.clock.ms // 1000,
        nonce=new_nonce(),
    )
    assert http_client.post("/v1/sync", content=b"x", headers={**fields, **added}).status_code == 415


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[" * 100_000,
        b'{"protocol":1}',
        b"\xff\xfe",
        b'{"a":NaN}',
        b'"' + SENTINEL.encode() + b'"',
    ],
)
def test_junk_is_422_and_nothing_of_it_is_said_or_logged(
    http_client: App, mira: Laptop, body: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    wire, fields = signed(mira, body)
    answer = http_client.post("/v1/sync", content=wire, headers=fields)
    assert answer.status_code == 422
    assert set(answer.json()) == {"error"}
    assert SENTINEL not in answer.text
    assert SENTINEL not in caplog.text


def test_a_fault_inside_says_nothing_of_what_it_was_about(
    http_client: App, shared: World, mira: Laptop, monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    def broken(*_: object) -> None:
        raise RuntimeError(SENTINEL)

    caplog.set_level(logging.DEBUG)
    monkeypatch.setattr(shared.server, "sync", broken)
    wire, fields = signed(mira, idle(mira))
    answer = http_client.post("/v1/sync", content=wire, headers=fields)
    assert answer.status_code == 500
    said = [Line("json").format(one) for one in caplog.records]
    assert SENTINEL not in answer.text + caplog.text + "".join(said)
    assert any('"cause":"RuntimeError at test_server_http.py' in one for one in said)


def test_enrolment_over_http_takes_small_plain_json_only(http_client: App) -> None:
    plain = {"Content-Type": "application/json"}
    assert http_client.post("/v1/enrol", content=b"{}", headers=plain).status_code == 403
    assert http_client.post("/v1/enrol", content=b"x" * 20_000, headers=plain).status_code == 413
    assert (
        http_client.post("/v1/enrol", content=b"{}", headers={"Content-Type": "text/plain"}).status_code
        == 415
    )
    packed = {**plain, "Content-Encoding": "zstd"}
    assert http_client.post("/v1/enrol", content=b"{}", headers=packed).status_code == 415


def test_health_says_that_it_answers(http_client: App) -> None:
    assert http_client.get("/v1/health").json() == {"ok": True, "now": "2026-11-22T10:00:00.000Z"}
    for path in ("/docs", "/openapi.json", "/v1/device"):
        assert http_client.get(path).status_code == 404


def test_too_many_requests_are_slowed_with_a_time_to_come_back(shared: World, mira: Laptop) -> None:
    braked = App(shared.server, Limits(per_device=2, enrol_per_address=1))
    codes = []
    for _ in range(3):
        wire, fields = signed(mira, idle(mira))
        answer = braked.post("/v1/sync", content=wire, headers=fields)
        codes.append(answer.status_code)
    assert codes == [200, 200, 429]
    assert answer.headers["retry-after"] == "30"


def test_a_brake_remembers_a_bounded_number_of_keys_and_lets_go_after_a_minute() -> None:
    at = [0.0]
    brake = Brake(1, keys=3, clock=lambda: at[0])
    brake.check("a")
    with pytest.raises(Refusal):
        brake.check("a")
    for key in "bcde":
        brake.check(key)
    assert len(brake._seen) == 3
    at[0] = 61.0
    brake.check("e")


def test_the_server_answers_on_a_real_socket_and_stops(tmp_path: Path) -> None:
    made = made_world(tmp_path / "server", None)
    laptop = made.laptop("mira")
    with Running(made.server) as running:
        wire, fields = signed(laptop, idle(laptop), url=f"{running.url}/v1/sync")
        connection = http.client.HTTPConnection("127.0.0.1", running.port, timeout=10)
        connection.request("POST", "/v1/sync", wire, fields)
        answer = connection.getresponse()
        assert answer.status == 200
        assert orjson.loads(answer.read())["feed_list"]
        connection.close()
    with pytest.raises(OSError):
        http.client.HTTPConnection("127.0.0.1", running.port, timeout=2).connect()
    made.server.close()


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.5", "::", "example.org"])  # noqa: S104
def test_other_addresses_than_this_computer_need_a_stated_tls_front(host: str) -> None:
    with pytest.raises(UsageFailure, match="TLS"):
        check_bind(host, behind_tls=False)
    check_bind(host, behind_tls=True)


def test_loopback_needs_nothing() -> None:
    for host in ("127.0.0.1", "::1", "localhost"):
        check_bind(host, behind_tls=False)


def test_a_port_that_is_taken_is_said_plainly() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(UsageFailure, match="--port"):
            bound("127.0.0.1", taken.getsockname()[1])


def test_the_lowest_version_that_may_write_is_told(tmp_path: Path) -> None:
    made = made_world(tmp_path / "server", None)
    laptop = made.laptop("mira")
    assert "lowest_app" not in laptop.post(laptop.request())
    writers.set_lowest(made.server, "1.2.0")
    assert laptop.post(laptop.request())["lowest_app"] == "1.2.0"
    with pytest.raises(UsageFailure):
        writers.set_lowest(made.server, "'; DROP")
    made.server.close()


def test_a_roster_seen_in_a_transaction_that_failed_is_not_taken_for_real(tmp_path: Path) -> None:
    made = made_world(tmp_path / "server", None)
    server = made.server

    def fails(tx: Connection) -> None:
        said = [Statement("staff", made.staff["mira"], {"set": {"left_on": "2026-01-01"}})]
        say(server, tx, administrator(server, server.roster(tx)), said, server.seals.current())
        assert server.roster(tx).staff[made.staff["mira"]]["left_on"] == "2026-01-01"
        raise ValueError("it fails after all")

    with pytest.raises(ValueError, match="after all"):
        server.database.run(fails)
    admin.add_team(server, "Team 9", program="community-iop", code="team-9")
    with server.database.reading() as rx:
        assert "left_on" not in server.roster(rx).staff[made.staff["mira"]]
    made.server.close()
