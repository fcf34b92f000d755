"""Laptops and servers of different versions understand each other: recorded traffic, replayed against this version.

A laptop of a recorded version sends to this server what it sent then, signatures and all, and is answered as it was;
a laptop of this version is answered as that version's server answered, and ends where that version's laptop did.
"""

from __future__ import annotations

import base64
import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from fieldapp.errors import NotReached
from fieldapp.laptop.clock import HeldClock
from fieldapp.records.envelope import Entry
from fieldapp.server import upgrade
from fieldapp.server.app import Limits, create_app
from fieldapp.server.proof import verify
from fieldapp.server.service import Server
from fieldapp.server.tables import entry
from fieldapp.store.store import Store
from fieldapp.sync.round import Syncer
from fieldapp.sync.transport import Transport
from tests.sync.fleet_record import DATA, Fleet, standing, unpacked
from tests.sync.sync_world import asgi

VERSIONS = sorted(path.name.removeprefix("fleet-") for path in DATA.glob("fleet-*"))
KEY = bytes(range(32))
Bend = Callable[[Any], Any]


def _as_is(value: Any) -> Any:
    return value


def _of_later(value: Any) -> Any:
    """Add to every object what some later version may say there."""
    if isinstance(value, list):
        return [_of_later(one) for one in value]
    if not isinstance(value, dict):
        return value
    ids = all(len(name) >= 32 or ":" in name or name == "org" for name in value)
    more = {} if ids else {"said_by_later": {"deep": [1, "two", None]}}
    return {name: _of_later(one) for name, one in value.items()} | more


def _covers(now: Any, then: Any, path: str = "") -> None:
    """Check that an answer says all that an earlier version's said; it may say more, and word reasons anew."""
    if isinstance(then, dict):
        assert isinstance(now, dict), path
        assert set(then) <= set(now), f"{path}: {set(then) - set(now)} is missing"
        for name, value in then.items():
            _covers(now[name], value, f"{path}.{name}")
    elif path.endswith(".exceptions"):
        assert [one[:2] for one in now] == [one[:2] for one in then], path
        assert all(isinstance(one[2], str) and one[2] for one in now)
    elif isinstance(then, list):
        assert len(now) == len(then), path
        for number, (one, other) in enumerate(zip(now, then, strict=True)):
            _covers(one, other, f"{path}[{number}]")
    else:
        assert now == then, path


@pytest.fixture(params=VERSIONS)
def fleet(request: pytest.FixtureRequest) -> Fleet:
    """What a version wrote."""
    return Fleet.of(request.param)


@pytest.fixture
def served(fleet: Fleet, tmp_path: Path) -> Iterator[tuple[Server, HeldClock]]:
    """That version's server, its database upgraded."""
    folder = tmp_path / "server"
    fleet.server(folder)
    upgrade.upgrade(folder)
    clock = HeldClock(0)
    with Server(folder, now_ms=clock.now_ms, authorities=tuple(fleet.told["authorities"])) as server:
        yield server, clock


def test_a_recording_of_the_first_protocol_is_kept() -> None:
    assert "1" in VERSIONS


def test_a_laptop_of_an_older_version_is_answered_as_it_was(
    fleet: Fleet, served: tuple[Server, HeldClock]
) -> None:
    server, clock = served
    app = create_app(server, limits=Limits(100_000, 100_000))
    for step in fleet.steps():
        clock.at_ms = step["at_ms"]
        for one in step["exchanges"]:
            status, _, data = asgi(app, one["path"], base64.b64decode(one["body"]), one["headers"])
            assert status == one["status"], data
            _covers(orjson.loads(data), one["answer"])
    with server.database.reading() as rx:
        stored = set(rx.execute(entry.select().with_only_columns(entry.c.hash)).scalars())
    assert stored == set(fleet.told["stored"])
    assert verify(server.folder).problems == []


def test_what_a_newer_laptop_says_beside_it_is_ignored(
    fleet: Fleet, served: tuple[Server, HeldClock]
) -> None:
    from fieldapp.crypto.requests import Verified, new_nonce

    server, clock = served
    for step in fleet.steps():
        clock.at_ms = step["at_ms"]
        for one in step["exchanges"]:
            request = orjson.loads(unpacked(one["body"]))
            verified = Verified(request["device"], new_nonce(), clock.at_ms // 1000)
            _covers(server.sync(orjson.dumps(_of_later(request)), verified), one["answer"])


class OldServer:
    """Answers a laptop as a recorded server did, as long as it is asked what that server understood."""

    def __init__(self, bend: Bend) -> None:
        self._bend = bend
        self.exchanges: list[dict[str, Any]] = []

    def post(self, path: str, body: bytes, headers: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
        """Check that the laptop says all that version said, and give what it was given."""
        if not self.exchanges:
            raise NotReached("The recording ends here.")
        one = self.exchanges.pop(0)
        assert path == one["path"]
        said, then = orjson.loads(unpacked(base64.b64encode(body).decode())), one["request"]
        assert set(then) <= set(said)
        for name in ("protocol", "device", "feeds", "entries", "asks", "want"):
            assert said[name] == then[name], name
        for name in ("drafts", "audit", "report", "have"):
            assert type(said[name]) is type(then[name])
        assert set(then["report"]) <= set(said["report"])
        return one["status"], {}, orjson.dumps(self._bend(one["answer"]))


def _laptop(folder: Path, told: dict[str, Any]) -> Store:
    """Make a laptop's file as it was after enrolment."""
    folder.mkdir()
    store = Store.create(folder / "data.db", KEY, reserve_bytes=0)
    with store.writing() as tx:
        for name, value in told["meta"].items():
            tx.set_meta(name, bytes.fromhex(value))
        tx.add([_entry(pair) for pair in told["entries"]], own=False, state="confirmed")
    return store


def _to(line: OldServer) -> Callable[[str], Transport]:
    return lambda _: line


def _entry(pair: list[str]) -> Entry:
    return Entry.parse(pair[0].encode(), bytes.fromhex(pair[1]))


@pytest.mark.parametrize("bend", [_as_is, _of_later])
def test_a_laptop_of_this_version_lives_with_an_older_server_and_with_one_that_says_more(
    fleet: Fleet, tmp_path: Path, bend: Bend
) -> None:
    clock = HeldClock(0)
    with contextlib.ExitStack() as stack:
        laptops: dict[str, tuple[Store, Syncer, OldServer]] = {}
        for name, told in fleet.told["laptops"].items():
            store = _laptop(tmp_path / name, told)
            stack.callback(store.close)
            line = OldServer(bend)
            laptops[name] = (
                store,
                Syncer(store, tmp_path / name / "lock", _to(line), clock.now_ms),
                line,
            )
        for step in fleet.steps():
            store, syncer, line = laptops[step["laptop"]]
            clock.at_ms = step["at_ms"]
            with store.writing() as tx:
                tx.add([_entry(pair) for pair in step["wrote"]], own=True, state="unsent")
            line.exchanges = list(step["exchanges"])
            status = syncer.run()
            assert not line.exchanges, "it asked less than that version did"
            assert (status.message, status.pending) == ("", 0)
            found = standing(store)
            for part in ("own", "kinds", "feeds"):
                assert found[part] == step["after"][part], part
            for record, (kind, fields) in step["after"]["clients"].items():
                assert found["clients"][record][0] == kind
                assert set(fields) <= set(found["clients"][record][1])
