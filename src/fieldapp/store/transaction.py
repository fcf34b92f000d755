"""What can be done inside one snapshot (`Rx`) and one writing transaction (`Tx`)."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import orjson

from fieldapp.records.envelope import Entry
from fieldapp.records.fold import View

from . import audit, drafts, entries, newer, projection, search
from .connection import Connection, Row
from .tables import DraftRow, FeedRow, PlaceRow, StubRow


class Rx:
    """One consistent snapshot of the file."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    # Raw SQL is for modules of `store` only; no other package sees a connection.
    def execute(self, sql: str, *params: Any) -> int:
        """Run one statement with positional parameters; returns how many rows it wrote."""
        return self.connection.run(sql, params)

    def each(self, sql: str, *params: Any) -> Iterator[Row]:
        """Give the rows of a query one by one, for a query of any size."""
        return self.connection.each(sql, params)

    def all(self, sql: str, *params: Any) -> Sequence[Row]:
        """Return every row of a query."""
        return self.connection.rows(sql, params)

    def one(self, sql: str, *params: Any) -> Row | None:
        """Return the first row of a query."""
        return self.connection.row(sql, params)

    def value(self, sql: str, *params: Any) -> Any:
        """Return the first column of the first row; None if there is none."""
        row = self.one(sql, *params)
        return None if row is None else row[0]

    def get_meta(self, name: str) -> bytes | None:
        """Return a named value."""
        found = self.value("SELECT value FROM meta WHERE name = ?", name)
        return None if found is None else bytes(found)

    def meta_text(self, name: str, default: str = "") -> str:
        """Return a named value as text."""
        found = self.get_meta(name)
        return default if found is None else found.decode()

    def meta_int(self, name: str) -> int | None:
        """Return a named value as a number."""
        found = self.get_meta(name)
        return None if found is None else int(found)

    def entry(self, entry_hash: str) -> Entry | None:
        """Return one entry, whatever its state."""
        row = self.one("SELECT hash, data, signature FROM entry WHERE hash = ?", entry_hash)
        return None if row is None else entries.read(*row)

    def entries(self, record: str) -> list[Entry]:
        """Return all entries of a record in the order of arrival, rejected ones too."""
        rows = self.all("SELECT hash, data, signature FROM entry WHERE record = ? ORDER BY seq", record)
        return [entries.read(*row) for row in rows]

    def view(self, record: str) -> View | None:
        """Return the fold of a record; None if it is unknown or of a kind that this version cannot show."""
        data = self.value("SELECT data FROM view WHERE record = ?", record)
        return None if data is None else View.from_data(orjson.loads(data))

    def views(self, kind: str, client: str | None = None) -> list[View]:
        """Return the views of a kind, of one client if given, oldest first."""
        if client is None:
            rows = self.all("SELECT data FROM view WHERE kind = ? ORDER BY when_ms, record", kind)
        else:
            rows = self.all(
                "SELECT data FROM view WHERE client = ? AND kind = ? ORDER BY when_ms, record", client, kind
            )
        return [View.from_data(orjson.loads(data)) for (data,) in rows]

    def draft(self, draft_id: str) -> DraftRow | None:
        """Return one draft, closed or not."""
        return drafts.get(self.connection, draft_id)

    def drafts(self, *, closed: bool = False) -> list[DraftRow]:
        """Return open drafts, last touched first; with `closed` those the server was not told of."""
        return drafts.listed(self.connection, closed=closed)

    def feeds(self) -> list[FeedRow]:
        """Return where this laptop stands in each feed, by name."""
        rows = self.all(
            "SELECT name, epoch, number, head, ended, covered, covered_before FROM feed ORDER BY name"
        )
        return [
            FeedRow(name=n, epoch=e, number=k, head=h, ended=bool(x), covered=c, covered_before=b)
            for n, e, k, h, x, c, b in rows
        ]

    def feed(self, name: str) -> FeedRow | None:
        """Return where this laptop stands in one feed."""
        return next((row for row in self.feeds() if row.name == name), None)

    def places(self, feed: str, first: int, last: int) -> list[PlaceRow]:
        """Return the rows of a feed by number, both ends included."""
        rows = self.all(
            "SELECT number, row, op, hash FROM place WHERE feed = ? AND number BETWEEN ? AND ?"
            " ORDER BY number",
            feed, first, last,
        )  # fmt: skip
        return [PlaceRow(feed=feed, number=n, row=r, op=o, hash=h) for n, r, o, h in rows]

    def search(self, text: str, limit: int = 50) -> list[search.Hit]:
        """Return the newest records that hold every word."""
        return search.find(self.connection, text, limit)


class Tx(Rx):
    """One writing transaction; everything in it is stored together or not at all."""

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection)
        self.touched: set[str] = set()
        """Clients whose views changed."""
        self.touched_kinds: set[str] = set()
        """Kinds of the views that changed."""

    def set_meta(self, name: str, value: bytes | str | int) -> None:
        """Store a named value."""
        raw = value if isinstance(value, bytes) else str(value).encode()
        self.execute("INSERT OR REPLACE INTO meta(name, value) VALUES (?, ?)", name, raw)

    def drop_meta(self, name: str) -> None:
        """Remove a named value."""
        self.execute("DELETE FROM meta WHERE name = ?", name)

    def next_counters(self, count: int) -> tuple[str, int]:
        """Take the next `count` numbers of this laptop's series; returns the series and the first."""
        series = self.meta_text("series") or self.new_series()
        first = (self.meta_int("counter") or 0) + 1
        self.set_meta("counter", first + count - 1)
        return series, first

    def new_series(self) -> str:
        """Start a new series, as a laptop restored from its own backup must."""
        series = str(uuid.uuid4())
        self.set_meta("series", series)
        self.set_meta("counter", 0)
        return series

    def add(
        self,
        batch: Sequence[Entry],
        *,
        own: bool,
        state: str,
        received_ms: Sequence[int | None] | int | None = None,
    ) -> set[str]:
        """Store entries that are not there yet and fold their records again; returns the records touched.

        Nothing changes for an entry that is known, except that a missing time of receipt is filled.
        """
        if state not in entries.STATES:
            raise ValueError("unknown state of an entry")
        times = (
            [received_ms] * len(batch)
            if received_ms is None or isinstance(received_ms, int)
            else list(received_ms)
        )
        known = entries.known(self.connection, (entry.hash for entry in batch))
        fresh: dict[str, tuple[Entry, int | None]] = {}
        for entry, received in zip(batch, times, strict=True):
            if entry.hash not in known:
                fresh.setdefault(entry.hash, (entry, received))
            elif received is not None:
                self.execute(
                    "UPDATE entry SET received_ms = ? WHERE hash = ? AND received_ms IS NULL",
                    received, entry.hash,
                )  # fmt: skip
        if not fresh:
            return set()
        new = [entry for entry, _ in fresh.values()]
        records = {entry.envelope.id for entry in new}
        histories = entries.histories(self.connection, records)
        entries.insert(
            self.connection, new, own=own, state=state, received_ms=[at for _, at in fresh.values()]
        )
        if own:
            self.set_meta("tail", new[-1].hash)
        if state != entries.REJECTED:
            for entry in new:
                histories.setdefault(entry.envelope.id, []).append(entry)
        self._project(histories)
        self.execute("DELETE FROM stub WHERE hash IN (SELECT value FROM json_each(?))", entries.names(fresh))
        return records

    def _project(self, histories: dict[str, list[Entry]]) -> None:
        newer.note(self, histories)
        for view in projection.store(self.connection, histories):
            self.touched.add(projection.client_of(view) or "")
            self.touched_kinds.add(view.kind)

    def learn(self) -> None:
        """Fold the records of kinds that this version knows and an earlier one did not."""
        self.reproject(newer.known_now(self))

    def reproject(self, records: Iterable[str]) -> None:
        """Fold records again from what is stored; a record without entries loses its view."""
        asked = set(records)
        found = entries.histories(self.connection, asked)
        for record in asked - set(found):
            row = self.one("SELECT client, kind FROM view WHERE record = ?", record)
            if row is not None:
                self.touched.add(row[0] or "")
                self.touched_kinds.add(row[1])
        self._project({record: found.get(record, []) for record in sorted(asked)})

    def set_state(self, entry_hash: str, state: str, reason: str = "") -> None:
        """Say how far an entry got; to or from `rejected` folds its record again."""
        self.set_states([(entry_hash, state, reason)])

    def set_states(self, changes: Iterable[tuple[str, str, str]]) -> None:
        """Say for several (hash, state, reason) how far they got."""
        again: set[str] = set()
        for entry_hash, state, reason in changes:
            if state not in entries.STATES:
                raise ValueError("unknown state of an entry")
            row = self.one("SELECT record, state FROM entry WHERE hash = ?", entry_hash)
            if row is None:
                continue
            self.execute("UPDATE entry SET state = ?, reason = ? WHERE hash = ?", state, reason, entry_hash)
            if (row[1] == entries.REJECTED) != (state == entries.REJECTED):
                again.add(row[0])
        if again:
            self.reproject(again)

    def answer_rejections(self, record: str) -> None:
        """Note that the author has signed a rejected entry of a record anew, or laid it aside."""
        self.execute("UPDATE entry SET answered = 1 WHERE record = ? AND state = 'rejected'", record)

    def put_draft(self, draft: DraftRow) -> None:
        """Store a draft, in place of an earlier revision of it."""
        drafts.put(self.connection, draft)

    def close_draft(self, draft_id: str, closed_by: str) -> None:
        """Close a draft with the entry it became or `discarded`."""
        drafts.close(self.connection, draft_id, closed_by)

    def forget_draft(self, draft_id: str) -> None:
        """Remove a closed draft of which the server was told."""
        drafts.forget(self.connection, draft_id)

    def log(self, action: str, object_id: str, client: str | None, outcome: str, at_ms: int) -> int:
        """Add an audit event and return its number; ids and words of our own only, never a name."""
        who = {"staff": self.meta_text("staff"), "device": self.meta_text("device")}
        return audit.append(self.connection, action, object_id, client, outcome, at_ms, who)

    def set_feed(self, feed: FeedRow) -> None:
        """Store where this laptop stands in a feed."""
        self.execute(
            "INSERT OR REPLACE INTO feed(name, epoch, number, head, ended, covered, covered_before)"
            " VALUES (?,?,?,?,?,?,?)",
            feed.name, feed.epoch, feed.number, feed.head, feed.ended, feed.covered, feed.covered_before,
        )  # fmt: skip

    def drop_feed(self, name: str) -> None:
        """Forget a feed and its rows."""
        self.execute("DELETE FROM place WHERE feed = ?", name)
        self.execute("DELETE FROM feed WHERE name = ?", name)

    def add_stubs(self, rows: Sequence[StubRow]) -> None:
        """Store short forms of entries that are not on this laptop."""
        if rows:
            self.connection.add_many(
                "INSERT OR IGNORE INTO stub(hash, record, kind, client, author, at_ms) VALUES",
                [(r.hash, r.record, r.kind, r.client, r.author, r.at_ms) for r in rows],
            )

    def evict(self, records: Iterable[str]) -> None:
        """Remove whole records that the server has; unsent or refused work is never among them."""
        asked = list(records)
        if not asked:
            return
        listed = entries.names(asked)
        row = self.one(
            "SELECT coalesce(sum(state != 'confirmed'), 0), coalesce(sum(own), 0) FROM entry"
            " WHERE record IN (SELECT value FROM json_each(?))",
            listed,
        )
        kept, own = (row[0], row[1]) if row is not None else (0, 0)
        if kept:
            raise ValueError("unconfirmed work is never evicted")
        if own:
            # So that a gap in this laptop's own counters can be told from entries that went missing.
            self.set_meta("evicted_own", (self.meta_int("evicted_own") or 0) + int(own))
        self.execute("DELETE FROM entry WHERE record IN (SELECT value FROM json_each(?))", listed)
        tail = self.meta_text("tail")
        if tail and self.value("SELECT 1 FROM entry WHERE hash = ?", tail) is None:
            self.drop_meta("tail")
        self.reproject(asked)

    def set_desk(self, name: str, value: object) -> None:
        """Store what the server last told a supervisor under a name, as JSON."""
        self.execute("INSERT OR REPLACE INTO desk(name, data) VALUES (?, ?)", name, orjson.dumps(value))
