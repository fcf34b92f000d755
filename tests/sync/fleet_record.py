"""Traffic between laptops and their server as one version writes it, kept so that later versions can be held to it.

`uv run python -m tests.sync.fleet_record FOLDER` writes it; see tests/data/README.md before doing that again.
"""

from __future__ import annotations

import base64
import contextlib
import json
import sqlite3
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

import orjson
import zstandard

from fieldapp.crypto import vault
from fieldapp.laptop import enrolment
from fieldapp.laptop.vaults import Vaults
from fieldapp.records.ids import uuid7
from fieldapp.server import schema
from fieldapp.server.database import FILE, Database
from fieldapp.store.read.status import sync_status
from fieldapp.store.store import Store
from fieldapp.sync.round import Syncer
from tests.server.old_server import as_first_release
from tests.sync.sync_world import PASSPHRASE, POLICY, Agency, Rig, asgi, make_template

DATA = Path(__file__).parents[1] / "data"
_KEYS = ("master.key", "authority.key", "administrator.key")


@dataclass(frozen=True, slots=True)
class Fleet:
    """One recorded session: the server's database and keys before it, the laptops before it, and every exchange."""

    sql: str
    told: dict[str, Any]

    @classmethod
    def of(cls, version: str) -> Fleet:
        """Read what a version wrote."""
        folder = DATA / f"fleet-{version}"
        return cls(
            (folder / "server.sql").read_text("utf-8"),
            json.loads((folder / "exchanges.json").read_text("utf-8")),
        )

    def server(self, folder: Path) -> None:
        """Put the server's folder as it was before the session."""
        (folder / "keys").mkdir(mode=0o700, parents=True)
        for name, key in self.told["keys"].items():
            path = folder / "keys" / name
            path.write_bytes(bytes.fromhex(key))
            path.chmod(0o400)
        with contextlib.closing(sqlite3.connect(folder / FILE)) as file:
            file.executescript(self.sql)

    def steps(self) -> Iterator[dict[str, Any]]:
        """Return the steps of the session: who, when, what they wrote before, and the exchanges that followed."""
        yield from self.told["steps"]


def unpacked(body: str) -> bytes:
    """Return the JSON of a recorded body."""
    return zstandard.ZstdDecompressor().decompress(base64.b64decode(body), max_output_size=2**24)


def _opened(rig: Rig) -> None:
    """Open a laptop that was given nothing yet."""
    place = Vaults(rig.folder).listed()[0]
    key = vault.unlock(place.key_file, PASSPHRASE, POLICY).vault_key
    rig.store = Store.open(place.database, key.derive("db"), reserve_bytes=0)
    key.wipe()
    rig.syncer = Syncer(rig.store, place.folder / "sync.lock", rig.connect, rig.clock.now_ms)


def standing(store: Store) -> dict[str, Any]:
    """Return what a laptop holds: states of its own entries, entries by kind, places in feeds, clients' records."""
    with store.reading() as rx:
        shown = rx.all("SELECT record, kind, data FROM view WHERE client IS NOT NULL")
        return {
            "own": dict(rx.all("SELECT hash, state FROM entry WHERE own = 1")),
            "kinds": dict(rx.all("SELECT kind, count(*) FROM entry GROUP BY kind")),
            "feeds": {f.name: [f.number, f.head] for f in rx.feeds()},
            "clients": {record: [kind, orjson.loads(data)["fields"]] for record, kind, data in shown},
        }


class _Recorder:
    def __init__(self, agency: Agency) -> None:
        self.agency = agency
        self.steps: list[dict[str, Any]] = []
        self._exchanges: list[dict[str, Any]] = []
        self._known: dict[str, set[str]] = {}

    def enrol(self, name: str, role: str = "clinician") -> tuple[Rig, dict[str, Any]]:
        """Enrol somebody without a first round; return the laptop and what it knows then."""

        def only_open(place: Any, key: bytes, *_: Any) -> Any:
            with contextlib.closing(Store.open(place.database, key)) as store, store.reading() as rx:
                told["meta"] = {n: bytes(v).hex() for n, v in rx.all("SELECT name, value FROM meta")}
                rows = rx.all("SELECT data, signature FROM entry")
                told["entries"] = [[bytes(d).decode(), bytes(s).hex()] for d, s in rows]
                return sync_status(rx)

        told: dict[str, Any] = {}
        staff = self.agency.person(name, role)
        with (
            mock.patch.object(enrolment, "_first_round", only_open),
            mock.patch.object(Rig, "open", return_value=None),
        ):
            rig = self.agency.rig(staff)
        _opened(rig)
        return rig, told

    def record(self, rig: Rig, name: str) -> None:
        """Listen on a laptop's line."""

        def post(path: str, body: bytes, headers: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
            status, found, data = asgi(self.agency.app, path, body, headers)
            self._exchanges.append(
                {"path": path, "headers": headers, "body": base64.b64encode(body).decode(),
                 "request": orjson.loads(unpacked(base64.b64encode(body).decode())),
                 "status": status, "answer": orjson.loads(data)}
            )  # fmt: skip
            return status, found, data

        rig.line.instead = post
        self._known[name] = set()

    def step(self, rig: Rig, name: str) -> None:
        """Let a laptop sync, and keep what it wrote before and what was said."""
        self.agency.clock.move(ms=1_000)
        rig.hold_clock()
        with rig.store.reading() as rx:
            rows = rx.all(
                "SELECT hash, data, signature FROM entry WHERE own = 1 AND state = 'unsent' ORDER BY seq"
            )
        wrote = [[bytes(d).decode(), bytes(s).hex()] for h, d, s in rows if h not in self._known[name]]
        self._known[name] |= {h for h, _, _ in rows}
        self._exchanges = []
        rig.sync()
        self.steps.append(
            {"laptop": name, "at_ms": self.agency.clock.at_ms, "wrote": wrote, "exchanges": self._exchanges,
             "after": standing(rig.store)}
        )  # fmt: skip


def _session(agency: Agency) -> tuple[str, dict[str, Any]]:
    recorder = _Recorder(agency)
    laptops: dict[str, Any] = {}
    rigs = {}
    for name, person, role in (
        ("ana", "Ana Alvarez", "clinician"),
        ("ben", "Ben Brook", "clinician"),
        ("sol", "Sol Stone", "supervisor"),
    ):
        rigs[name], laptops[name] = recorder.enrol(person, role)
    sql = _dumped(agency)
    keys = {name: (agency.folder / "server" / "keys" / name).read_bytes().hex() for name in _KEYS}

    def step(*who: str) -> None:
        for name in who:
            recorder.step(rigs[name], name)

    for name, rig in rigs.items():
        recorder.record(rig, name)
        step(name)
        rig.store.close()
        rig.open()
    ana, ben = rigs["ana"], rigs["ben"]
    client = ana.client("Lee, Kim")
    ana.contact(client, "first visit")
    ana.note(client, "Slept badly; walks again.")
    step("ana", "ben")
    plan = ben.plan(client, "pacing")
    ben.contact(client, "second visit", outcome="no_show")
    step("ben", "ana")
    ana.plan(client, "pacing at night", [plan.hash])
    ana.change(client, {"legal_name": "Lee-Park, Kim"})
    ben.contact(client, "third visit")
    ana.entry("kind_of_later", uuid7(ana.clock.now_ms()), {"set": {"word": "new"}}, client=client)
    step("ana", "ben", "ana")
    with ana.store.writing() as tx:
        tx.log("view", client, client, "ok", ana.clock.now_ms())
    step("ana", "sol", "ana", "ben")
    assert ana.shown() == ben.shown()
    states = {state for one in recorder.steps for state in one["after"]["own"].values()}
    assert states == {"confirmed", "rejected"}, states
    return sql, {
        "keys": keys, "authorities": ["fieldapp.test"], "laptops": laptops, "steps": recorder.steps,
        "stored": sorted(agency.stored()),
    }  # fmt: skip


def _dumped(agency: Agency) -> str:
    """Return the server's database as the first release's tables hold it, as statements."""
    older = agency.folder / "older.db"
    with contextlib.closing(Database(f"sqlite:///{older}")) as target:
        as_first_release(agency.server.database, target)
    with contextlib.closing(sqlite3.connect(older)) as file:
        return "\n".join(file.iterdump()) + "\n"


def main() -> None:
    """Write the session of this version."""
    target = Path(sys.argv[1])
    target.mkdir(parents=True)
    with tempfile.TemporaryDirectory() as folder:
        agency = Agency(Path(folder), make_template(Path(folder) / "template"))
        with contextlib.closing(agency):
            sql, told = _session(agency)
    (target / "server.sql").write_text(sql, "utf-8")
    told |= {"schema": schema.HEAD}
    (target / "exchanges.json").write_text(
        json.dumps(told, indent=0, ensure_ascii=False, sort_keys=True) + "\n", "utf-8"
    )


if __name__ == "__main__":
    main()
