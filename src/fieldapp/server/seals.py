"""Sealing what the database holds: monthly data keys, wrapped by the master key outside the database."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from fieldapp.crypto.sealing import DataKeyMissing, DataKeys, MasterKey, SealBroken
from fieldapp.records.envelope import Entry

from .database import Database
from .tables import data_key

LOG = logging.getLogger("fieldapp.server")
ENTRY_COLUMNS = ("hash", "record", "kind", "client", "dk", "sealed", "signature")


class Seals:
    """Seals and opens rows with the data key of the month; loads and makes data keys as needed."""

    def __init__(self, master: MasterKey, database: Database, now_ms: Callable[[], int]) -> None:
        self._keys = DataKeys(master)
        self._database = database
        self._now_ms = now_ms
        self._lock = threading.Lock()

    def load(self) -> None:
        """Load every stored key; raises SealBroken when the master key is another one."""
        with self._database.reading() as rx:
            for row in rx.execute(select(data_key)):
                self._add(row)

    def current(self) -> str:
        """Return the id of this month's key, making it first when there is none; never inside a write."""
        month = datetime.fromtimestamp(self._now_ms() / 1000, UTC).strftime("%Y%m")
        dk_id = f"DK_{month}"
        if dk_id in self._keys:
            return dk_id
        with self._lock:
            if dk_id not in self._keys:
                made, wrapped = self._keys.new(month)

                def store(tx: Connection) -> Row[Any]:
                    # Of two workers only one stores its key; both use what is stored.
                    self._database.add_new(tx, data_key, [{"id": made, "wrapped": wrapped}])
                    return tx.execute(select(data_key).where(data_key.c.id == made)).one()

                self._add(self._database.run(store))
        return dk_id

    def seal(self, dk: str, entry: Entry) -> bytes:
        """Return an entry's bytes sealed to its row."""
        e = entry.envelope
        return self._keys.seal(
            dk, hash=entry.hash, record=e.id, kind=e.kind, client=e.client, plaintext=entry.data
        )

    def open(self, rx: Connection, row: Row[Any]) -> bytes:
        """Return the bytes of a row with the columns of ENTRY_COLUMNS; raises SealBroken."""
        self.need(rx, row.dk)
        return self._keys.unseal(
            row.dk, hash=row.hash, record=row.record, kind=row.kind, client=row.client, sealed=row.sealed
        )

    def entry(self, rx: Connection, row: Row[Any]) -> Entry:
        """Return the entry of a row; raises SealBroken."""
        return Entry.parse(self.open(rx, row), row.signature)

    def sound(self, rx: Connection, rows: Iterable[Row[Any]]) -> list[Entry]:
        """Return the entries of rows, without those that were altered in the database.

        One altered row is named in the log and by `verify`; it must not stop a whole team's work.
        """
        found = []
        for row in rows:
            try:
                found.append(self.entry(rx, row))
            except (SealBroken, DataKeyMissing):
                LOG.error("altered", extra={"event": "entry altered or moved", "entry": row.hash})
        return found

    def seal_blob(self, dk: str, purpose: str, name: str, data: bytes) -> bytes:
        """Return a small secret sealed to its purpose and name."""
        return self._keys.seal_blob(dk, purpose=purpose, name=name, plaintext=data)

    def open_blob(self, rx: Connection, dk: str, purpose: str, name: str, sealed: bytes) -> bytes:
        """Return a small secret; raises SealBroken."""
        self.need(rx, dk)
        return self._keys.unseal_blob(dk, purpose=purpose, name=name, sealed=sealed)

    def need(self, rx: Connection, dk: str) -> None:
        """Load a key that another worker made since."""
        if dk not in self._keys:
            row = rx.execute(select(data_key).where(data_key.c.id == dk)).one_or_none()
            if row is not None:
                self._add(row)

    def _add(self, row: Row[Any]) -> None:
        self._keys.add(row.id, row.wrapped)
