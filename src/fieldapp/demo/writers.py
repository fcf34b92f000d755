"""A device that only sends: signs entries of any moment and pushes them in full batches over the real protocol.

Used where an organisation's year is made in minutes. The server is told that these laptops are being closed (`drain`),
so that it takes their entries and gives them nothing to read.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import orjson

from fieldapp import __version__
from fieldapp.crypto.enrolment import Code
from fieldapp.crypto.keys import Identity
from fieldapp.errors import DataDamaged
from fieldapp.laptop.clock import HeldClock
from fieldapp.laptop.enrolment import admit
from fieldapp.records.envelope import Author, Clock, Entry, Envelope, instant
from fieldapp.records.ids import uuid7
from fieldapp.records.kinds import KINDS
from fieldapp.server import admin
from fieldapp.server.service import Server
from fieldapp.sync.link import Link
from fieldapp.sync.transport import HttpTransport
from fieldapp.sync.wire import BATCH_BYTES, BATCH_ENTRIES, PROTOCOL, b64

from .people import TZ


class Writer:
    """One member of staff at a device that sends and never receives."""

    def __init__(
        self,
        server: Server,
        wire: HttpTransport,
        url: str,
        clock: HeldClock,
        author: Author,
        rng: random.Random,
    ) -> None:
        """Enrol a device for a person; `author` as their entries name them."""
        self._rng, self._clock, self.author = rng, clock, author
        self._identity = Identity.generate()
        code = admin.issue_code(server, author.id)
        admitted = admit(wire, Code.parse(code.text), self._identity, f"Laptop of {author.name}")
        admin.drain(server, admitted.device)
        self._org, self._device = admitted.org, admitted.device
        self._series, self._counter = self.fresh(clock.now_ms()), 0
        self._link = Link(wire, url, self._identity, admitted.device, clock.now_ms, 0)
        self._waiting: list[Entry] = []
        self._bytes = 0
        self.sent = 0

    def fresh(self, at_ms: int) -> str:
        """Return a new id of a moment."""
        return uuid7(at_ms, self._rng.randbytes(10))

    def write(
        self, kind: str, record: str, client: str | None, at_ms: int, body: Mapping[str, Any], *, meaning: str = "save",
        prev: Sequence[str] = (), about: str | None = None,
    ) -> str:  # fmt: skip
        """Sign an entry of a moment, push when a batch is full, and return its hash; raises DataDamaged."""
        complaint = KINDS[kind].check_body(meaning, body) if meaning in ("save", "sign") else ""
        if complaint:
            raise DataDamaged(f"The demo wrote a {kind} that cannot be stored: {complaint}")
        self._counter += 1
        bare = Entry.made(
            Envelope(
                org=self._org, id=record, kind=kind, author=self.author, device=self._device, series=self._series,
                counter=self._counter, at=instant(at_ms), tz=TZ, clock=Clock(0, None), meaning=meaning,
                prev=tuple(sorted(prev)), body=dict(body), client=client, about=about,
            )
        )  # fmt: skip
        entry = replace(bare, signature=self._identity.sign("entry", bare.data))
        if len(self._waiting) >= BATCH_ENTRIES or self._bytes + len(entry.data) > BATCH_BYTES:
            self.push()
        self._waiting.append(entry)
        self._bytes += len(entry.data)
        return entry.hash

    def push(self) -> None:
        """Send what waits; raises DataDamaged if the server does not accept all of it."""
        if not self._waiting:
            return
        reply = self._link.send(
            orjson.dumps(
                {
                    "protocol": PROTOCOL, "device": self._device, "feeds": {},
                    "entries": [[one.data.decode(), b64(one.signature)] for one in self._waiting],
                    "report": {"app": __version__, "pending": 0, "oldest": None, "at": instant(self._clock.now_ms()), "offset_ms": 0},
                }
            )
        )  # fmt: skip
        refused = reply.body.get("receipts", {}).get("exceptions") or []
        if refused or "receipts" not in reply.body:
            raise DataDamaged(f"The demo's server did not take everything: {refused[:3]}")
        self.sent += len(self._waiting)
        self._waiting, self._bytes = [], 0
