"""The server of one organisation: stateless but for its database and keys, so that several may run at once."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import Connection, bindparam, select
from sqlalchemy.exc import DatabaseError

from fieldapp.clinical.roles import AUTHORITY
from fieldapp.crypto.keys import org_id
from fieldapp.crypto.requests import RequestRefused, Verified, verify_request
from fieldapp.errors import DataDamaged, NotReached, UsageFailure
from fieldapp.records.envelope import instant
from fieldapp.records.ids import is_uuid, one_per

from . import enrol, exchange, hold, keyfiles, schema
from .database import FILE, NOT_REACHED, Database
from .refusals import Refusal, malformed, unauthorised
from .roster import ROSTER_KINDS, Roster
from .seals import Seals
from .tables import device, entry, feed, meta

_ORG = select(feed.c.last_number, feed.c.head).where(feed.c.name == "org")
_DEVICE = select(device.c.public, device.c.state).where(device.c.id == bindparam("device"))


def wall_ms() -> int:
    """Return the time of this computer, ms since 1970."""
    return time.time_ns() // 1_000_000


class Server:
    """Everything that answers laptops; thread-safe."""

    def __init__(
        self,
        folder: Path,
        *,
        database: str | None = None,
        now_ms: Callable[[], int] = wall_ms,
        authorities: tuple[str, ...] = (),
    ) -> None:
        """Open a server that `org.init_org` made; raises KeyFailure, DataDamaged, UsageFailure, NotReached, AlreadyRunning.

        Args:
            folder: with `keys/` and, unless `database` is given, `server.db`.
            database: an SQLAlchemy URL; None for SQLite in the folder.
            authorities: the public host names (with a port unless 443) that laptops sign for.
        """
        self.folder = folder
        self.now_ms = now_ms
        self.room = threading.BoundedSemaphore(2 * (os.cpu_count() or 1))
        """For what a batch costs before its transaction: more threads than cores read no more of them, they only take
        the interpreter from each other. Nobody waits for a database while they hold it."""
        self.authorities = authorities
        if database is None and not (folder / FILE).exists():
            raise UsageFailure("There is no server here; make one with `fieldapp org init`.")
        self.keys = keyfiles.load(folder)
        self._hold = hold.share(folder) if database is None else hold.NONE
        try:
            self.database = Database.in_folder(folder) if database is None else Database(database)
        except BaseException:
            self._hold.release()
            raise
        try:
            self.meta = self._read_meta()
            self.seals = Seals(self.keys.master, self.database, now_ms)
            self.seals.load()
        except DatabaseError as problem:
            self.close()
            if self.database.is_away(problem):
                raise NotReached(NOT_REACHED) from None
            raise
        except BaseException:
            self.close()
            raise
        self.org = self.meta["org"]
        self.authority_staff = authority_staff(self.org)
        self._roster: Roster | None = None

    def __enter__(self) -> Server:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the database and let a restore in."""
        self.database.close()
        self._hold.release()

    @property
    def authority_public(self) -> bytes:
        """The organisation's public key."""
        return self.keys.authority.public

    def roster(self, rx: Connection) -> Roster:
        """Return staff, teams and programs as a connection sees them; folded once per state of `org`."""
        at = rx.execute(_ORG).one_or_none()
        # The head and not the number: what a transaction saw that then failed must not be taken for what came.
        head = "" if at is None else str(at.head)
        known = self._roster
        if known is not None and known.head == head:
            return known
        rows = rx.execute(select(entry).where(entry.c.kind.in_(ROSTER_KINDS))).all()
        self._roster = Roster.of(head, self.authority_staff, self.seals.sound(rx, rows))
        return self._roster

    def authenticate(
        self, method: str, authority: str, path: str, query: str, headers: list[tuple[str, str]], body: bytes
    ) -> Verified:
        """Return which device signed a request; raises Refusal. Its nonce is used up in the write transaction.

        Args:
            authority: the Host that was asked for; it must be one of the configured names.
        """
        if authority not in self.authorities:
            raise unauthorised("authority")
        now_ms = self.now_ms()
        try:
            return verify_request(
                method, authority, path, query, headers, body, public_for=self._public_for, now=now_ms // 1000
            )
        except RequestRefused as problem:
            told = instant(now_ms) if problem.reason == "time" else None
            raise unauthorised(problem.reason, now=told) from None

    def sync(self, body: bytes, verified: Verified) -> dict[str, Any]:
        """Carry out one round; raises Refusal."""
        return exchange.sync(self, parse(body), verified.device, verified.nonce)

    def enrol(self, body: bytes) -> dict[str, Any]:
        """Admit a laptop with a one-time code; raises Refusal."""
        return enrol.enrol(self, parse(body))

    def ready(self) -> dict[str, Any]:
        """Return that laptops may be sent here; raises Refusal while the database cannot be asked or is another one."""
        with self.database.reading() as rx:
            known = rx.execute(select(meta.c.value).where(meta.c.name == "org")).scalar_one_or_none()
            if known != self.org:
                raise Refusal(
                    503, "The server is being set up; try again later.", "not ready", retry_after_s=30
                )
            schema.check(rx)
        return {"ok": True, "now": instant(self.now_ms())}

    def _public_for(self, device_id: str) -> bytes | None:
        if not is_uuid(device_id):
            return None
        with self.database.reading() as rx:
            row = rx.execute(_DEVICE, {"device": device_id}).one_or_none()
        # The authority signs entries here on the server, never a request.
        return None if row is None or row.state == AUTHORITY else bytes.fromhex(row.public)

    def _read_meta(self) -> dict[str, str]:
        try:
            with self.database.reading() as rx:
                found = {row.name: row.value for row in rx.execute(select(meta))}
                if "org" in found:
                    schema.check(rx)
        except DatabaseError as problem:
            if self.database.is_away(problem):
                raise
            found = {}
        if "org" not in found:
            raise DataDamaged("This database holds no organisation; restore it, or run `fieldapp org init`.")
        if found["org"] != org_id(self.keys.authority.public):
            raise DataDamaged(
                "The key files and the database belong to different organisations; put both back."
            )
        return found


def parse(body: bytes) -> Any:
    """Return a JSON body; raises Refusal."""
    try:
        return orjson.loads(body)
    except (ValueError, RecursionError):
        raise malformed("json") from None


def authority_staff(org: str) -> str:
    """Return the id under which the authority of an organisation signs."""
    return one_per(f"{org[:8]}-{org[8:12]}-4{org[13:16]}-8{org[17:20]}-{org[20:32]}", AUTHORITY)
