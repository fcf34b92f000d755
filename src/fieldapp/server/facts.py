"""What the database says about the entries of one batch: loaded set-wise, extended as entries are accepted."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, select

from fieldapp.clinical.placing import Home
from fieldapp.records.envelope import Entry, Envelope, instant_ms
from fieldapp.records.fold import View, project
from fieldapp.records.ids import one_per
from fieldapp.records.kinds import KINDS
from fieldapp.records.kinds import assignment as assignments
from fieldapp.records.kinds import oncall as rosters

from .database import Database, RowsIn, all_rows
from .roster import Roster, day_at
from .seals import Seals
from .tables import decision, device, entry, feed_row, home, record, waiting

BREAK_GLASS_MS = 4 * 3_600_000


class Known(NamedTuple):
    """What judging needs of an accepted entry."""

    hash: str
    record: str
    kind: str
    client: str | None
    author: str
    meaning: str
    cosign: str
    sensitivity: str


_left = feed_row.alias("left_row")
_LIVE = RowsIn(
    select(feed_row.c.what, feed_row.c.feed, feed_row.c.number).where(
        feed_row.c.op == "add",
        ~select(_left.c.number)
        .where(
            _left.c.feed == feed_row.c.feed,
            _left.c.client == feed_row.c.client,
            _left.c.op == "leave",
            # Added to nothing, so that SQLite looks for the few leavings of a client by their index and not through all
            # later numbers of the feed: of a year's feed that was 8 s for a page.
            _left.c.number + 0 > feed_row.c.number,
        )
        .exists(),
    ),
    feed_row.c.what,
)
_ENTRIES = RowsIn(select(*(entry.c[name] for name in Known._fields)), entry.c.hash)
_WAITING = RowsIn(select(waiting), waiting.c.hash)
_HOMES = RowsIn(select(home).order_by(home.c.client).with_for_update(), home.c.client)
_RECORDS = RowsIn(select(record), record.c.id)
_DEVICES = RowsIn(select(device), device.c.id)
_DECISIONS = RowsIn(select(decision), decision.c.hash)


class RecordFacts(NamedTuple):
    """What a record's first accepted entry fixed."""

    kind: str
    client: str | None
    author: str
    program: str | None
    team: str | None


@dataclass(slots=True)
class Facts:
    """One transaction's knowledge; rows that others could change are locked as they are read."""

    tx: Connection
    database: Database
    seals: Seals
    roster: Roster
    now_ms: int
    entries: dict[str, Known] = field(default_factory=dict)
    waiting: dict[str, Row[Any]] = field(default_factory=dict)
    records: dict[str, RecordFacts] = field(default_factory=dict)
    homes: dict[str, Home] = field(default_factory=dict)
    devices: dict[str, Row[Any]] = field(default_factory=dict)
    decisions: dict[str, list[Row[Any]]] = field(default_factory=dict)
    live: dict[str, set[str]] = field(default_factory=dict)
    """Accepted entry to the feeds that hold it."""
    fresh: dict[str, list[Entry]] = field(default_factory=dict)
    """Entries accepted in this transaction, by record."""
    _asked: set[str] = field(default_factory=set)
    _views: dict[str, View | None] = field(default_factory=dict)

    def load(self, offered: Iterable[Entry]) -> None:
        """Read everything that judging these entries may ask for, in one statement per table."""
        known = list(offered)
        hashes: set[str] = set()
        for one in known:
            e = one.envelope
            hashes.add(one.hash)
            hashes.update(e.prev)
            hashes.update(answers_of(e))
            if e.about:
                hashes.add(e.about)
        self._load_hashes(hashes)
        clients = {e.envelope.client for e in known if e.envelope.client} - self.homes.keys()
        for row in _HOMES(self.tx, clients):
            self.homes[row.client] = Home(row.program, row.team)
        records = {e.envelope.id for e in known} - self.records.keys()
        for row in _RECORDS(self.tx, records):
            self.records[row.id] = RecordFacts(row.kind, row.client, row.author, row.program, row.team)
        devices = {e.envelope.device for e in known} - self.devices.keys()
        for row in _DEVICES(self.tx, devices):
            self.devices[row.id] = row
        for row in _DECISIONS(self.tx, {e.hash for e in known}):
            rows = self.decisions.setdefault(row.hash, [])
            if all(row.entry != other.entry for other in rows):
                rows.append(row)

    def _load_hashes(self, hashes: set[str]) -> None:
        asked = hashes - self._asked
        self._asked |= asked
        for row in _ENTRIES(self.tx, asked):
            self.entries.setdefault(row.hash, Known(*tuple(row)))
        for row in _WAITING(self.tx, asked):
            self.waiting.setdefault(row.hash, row)

    def feeds_holding(self, entry_hash: str) -> set[str]:
        """Return the feeds that hold an accepted entry now: an `add` without a later `leave` of its client."""
        if entry_hash not in self.live:
            self.live[entry_hash] = set(holding(self.tx, [entry_hash]).get(entry_hash, ()))
        return self.live[entry_hash]

    def client_waiting(self, client: str) -> str:
        """Return the state of a client's first entry that waits: quarantined, rejected, held, or empty."""
        rows = self.tx.execute(
            select(waiting.c.state).where(
                waiting.c.client == client, waiting.c.kind == "client", waiting.c.record == client
            )
        ).scalars()
        states = set(rows)
        return next((s for s in ("held", "quarantined", "refused", "rejected") if s in states), "")

    def view(self, record_id: str) -> View | None:
        """Return the view of a record with what this transaction added; None if it has no entries."""
        if record_id not in self._views:
            entries = {one.hash: one for one in self.fresh.get(record_id, ())}
            rows = all_rows(self.tx, select(entry).where(entry.c.record == record_id))
            for one in self.seals.sound(self.tx, (row for row in rows if row.hash not in entries)):
                entries[one.hash] = one
            found = list(entries.values())
            self._views[record_id] = folded(found)
        return self._views[record_id]

    def last_move(self, client: str) -> set[str]:
        """Return the hash of the move that made a client's home; empty while the client never moved."""
        view = self.view(one_per(client, "move"))
        return set(view.heads) if view is not None else set()

    def home_at(self, client: str, at_ms: int) -> Home | None:
        """Return where a client who moved since was at an instant; None for one who did not.

        A move holds from when this server took it in: until then nobody else could read the chart.
        """
        record_id = one_per(client, "move")
        rows = all_rows(self.tx, select(entry).where(entry.c.record == record_id))
        received = {row.hash: row.received_ms for row in rows if row.meaning == "save"}
        moves = [one for one in self.seals.sound(self.tx, rows) if one.hash in received]
        moves += [one for one in self.fresh.get(record_id, ()) if one.hash not in received]
        moves.sort(key=lambda one: received.get(one.hash, self.now_ms))
        if not moves or received.get(moves[-1].hash, self.now_ms) <= at_ms:
            return None
        before = [one for one in moves if received.get(one.hash, self.now_ms) <= at_ms]
        if before:
            fields = before[-1].envelope.body.get("set", {})
            return Home(str(fields["to_program"]), str(fields["to_team"]))
        own = self.view(client)
        program, team = (own.get("home_program"), own.get("home_team")) if own is not None else (None, None)
        return Home(str(program), str(team)) if program and team else None

    def accept(self, one: Entry, feeds: Iterable[str]) -> None:
        """Remember an entry accepted in this transaction."""
        e = one.envelope
        self.entries[one.hash] = Known(
            one.hash, e.id, e.kind, e.client, e.author.id, e.meaning,
            str(e.body.get("cosign_required") or ""), e.sensitivity,
        )  # fmt: skip
        self.live[one.hash] = set(feeds)
        self.fresh.setdefault(e.id, []).append(one)
        self._views.pop(e.id, None)

    def remember_record(self, one: Entry, place: tuple[str | None, str | None]) -> None:
        """Remember what a record's first entry fixed."""
        e = one.envelope
        self.records[e.id] = RecordFacts(e.kind, e.client, e.author.id, *place)

    def assigned(self, client: str, staff: str, at_ms: int) -> bool:
        """Tell whether a person was assigned to a client at an instant."""
        view = self.view(one_per(client, "assignment"))
        return view is not None and staff in assignments.staff_on(
            view, day_at(at_ms, self.roster.tz_of(staff))
        )

    def covering(self, program: str, staff: str, at_ms: int) -> bool:
        """Tell whether a person was on call for a program at an instant."""
        view = self.view(one_per(program, "oncall"))
        if view is None:
            return False
        try:
            shifts = rosters.at(view, at_ms)
        except ValueError:
            # A shift that names a day which no calendar has covers nobody.
            return False
        return any(
            staff in (shift.get("primary"), shift.get("backup"), shift.get("supervisor")) for shift in shifts
        )

    def broke_glass(self, client: str, staff: str, at_ms: int) -> bool:
        """Tell whether a person opened a client in an emergency within the four hours before an instant."""
        ids = set(
            self.tx.execute(
                select(entry.c.record).where(
                    entry.c.client == client, entry.c.kind == "break_glass", entry.c.author == staff
                )
            ).scalars()
        )
        ids |= {
            one.envelope.id
            for rows in self.fresh.values()
            for one in rows
            if one.envelope.kind == "break_glass" and one.envelope.client == client
        }
        for record_id in ids:
            view = self.view(record_id)
            if view is None or view.in_error:
                continue
            until = view.get("until")
            for step in view.steps:
                end = step.at_ms + BREAK_GLASS_MS
                end = min(end, _instant_or(until, end))
                if step.author == staff and step.at_ms <= at_ms <= end:
                    return True
        return False


def folded(found: list[Entry]) -> View | None:
    """Return the view of some entries of one record; None when there are none, or the fold cannot read them.

    A later version may write what this one cannot fold. That must never stop the other entries of a batch.
    """
    try:
        return project(KINDS[found[0].envelope.kind], found) if found else None
    except (ValueError, TypeError, KeyError, AttributeError):
        return None


def answers_of(e: Envelope) -> list[str]:
    """Return the returns that an entry says it answers, whatever else its body holds."""
    answers = e.body.get("answers")
    return [h for h in answers if isinstance(h, str)] if isinstance(answers, list) else []


def live_rows(rx: Connection, hashes: Iterable[str]) -> list[Row[Any]]:
    """Return the rows (what, feed, number) that hold accepted entries now: an `add` without a later `leave`."""
    return _LIVE(rx, hashes)


def holding(rx: Connection, hashes: Iterable[str]) -> dict[str, list[str]]:
    """Return, for each accepted entry, the feeds that hold it: an `add` without a later `leave`."""
    found: dict[str, list[str]] = {}
    for row in live_rows(rx, hashes):
        feeds = found.setdefault(row.what, [])
        if row.feed not in feeds:
            feeds.append(row.feed)
    return found


def _instant_or(value: object, otherwise: int) -> int:
    try:
        return instant_ms(value) if isinstance(value, str) else otherwise
    except ValueError:
        return otherwise
