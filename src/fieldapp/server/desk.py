"""What supervisors see of their teams: quarantine, drafts that lie, laptops that are silent, missing counters."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import orjson
from sqlalchemy import Connection, Select, select, text

from fieldapp.clinical.policy import WALLED
from fieldapp.records.envelope import Entry, instant
from fieldapp.sync.wire import Desk, b64

from . import counters
from .database import RowsIn, all_rows
from .roster import Roster
from .seals import Seals
from .tables import device, draft, entry, feed_row, series, waiting, waiting_team

FLAG_DAYS_MS = 14 * 86_400_000
MOST = 200
"""Of each list; the oldest first, so that what is decided makes room for the rest."""

_WALLED = RowsIn(select(entry.c.record).where(entry.c.sensitivity == WALLED), entry.c.record)
_OPEN_DRAFTS = RowsIn(select(draft).where(draft.c.closed_by == "").order_by(draft.c.first_ms), draft.c.staff)
_DEVICES = RowsIn(select(device), device.c.staff)
_SERIES = RowsIn(select(series), series.c.device)


def desk(rx: Connection, seals: Seals, roster: Roster, teams: Collection[str], now_ms: int) -> Desk:
    """Return the desk of whoever supervises these teams."""
    members = {
        staff for staff in roster.staff if {m.team for m in roster.memberships(staff, now_ms)} & set(teams)
    }
    return {
        "quarantine": _quarantine(rx, seals, teams),
        "drafts": _drafts(rx, members),
        "devices": _devices(rx, members),
        "flagged": _flagged(rx, teams, now_ms),
    }


def lasting(seen: Desk) -> list[Any]:
    """Return what of a desk is worth sending it again for: not that somebody's laptop was seen a minute ago.

    The day counts: else a supervisor would take a laptop that sends every day for a silent one.
    """
    devices = [
        {name: row[name] for name in ("device", "staff", "state", "pending", "missing")}
        | {"day": (row["last_seen"] or "")[:10]}
        for row in seen["devices"]
    ]
    return [seen["quarantine"], seen["drafts"], devices, seen["flagged"]]


def _quarantine(rx: Connection, seals: Seals, teams: Collection[str]) -> list[dict[str, Any]]:
    chosen = (
        select(waiting)
        .where(
            waiting.c.state == "quarantined",
            waiting.c.hash.in_(select(waiting_team.c.hash).where(waiting_team.c.team.in_(sorted(teams)))),
        )
        .order_by(waiting.c.received_ms, waiting.c.hash)
        .limit(MOST)
    )
    rows = {row.hash: row for row in all_rows(rx, chosen)}
    sound = seals.sound(rx, rows.values())
    walled = _walled(rx, sound)
    return [
        {"hash": one.hash, "reason": rows[one.hash].reason, "received": instant(rows[one.hash].received_ms)}
        | (
            {
                "walled": {
                    "record": one.envelope.id,
                    "kind": one.envelope.kind,
                    "author": one.envelope.author.name,
                }
            }
            if one.envelope.id in walled
            else {"text": one.data.decode(), "signature": b64(one.signature)}
        )
        for one in sound
    ]


def _walled(rx: Connection, held_back: Collection[Entry]) -> set[str]:
    """Return the records of which nothing is read by anybody but their author.

    An addendum or a return carries words about its note, so one walled entry walls its whole record.
    """
    records = {one.envelope.id for one in held_back}
    accepted = {row.record for row in _WALLED(rx, records)}
    return accepted | {one.envelope.id for one in held_back if one.envelope.sensitivity == WALLED}


def _drafts(rx: Connection, members: Collection[str]) -> list[dict[str, Any]]:
    rows = _OPEN_DRAFTS(rx, members)
    return [
        {"id": row.id, "author": row.staff, "client": row.client, "kind": row.kind, "since": instant(row.first_ms),
         "updated": instant(row.updated_ms)}
        for row in rows[:MOST]
    ]  # fmt: skip


def _devices(rx: Connection, members: Collection[str]) -> list[dict[str, Any]]:
    rows = _DEVICES(rx, members)
    totals: dict[str, list[tuple[int, int]]] = {}
    for row in _SERIES(rx, [row.id for row in rows]):
        totals.setdefault(row.device, []).append((row.top, row.seen))
    found = []
    for row in sorted(rows, key=lambda row: (row.staff, row.id)):
        report = orjson.loads(row.report)
        found.append(
            {"device": row.id, "staff": row.staff, "label": row.label,
             "state": "forked" if row.forked else row.state,
             "last_seen": instant(row.last_seen_ms) if row.last_seen_ms else None,
             "pending": report.get("pending", 0), "oldest": report.get("oldest"),
             "missing": counters.missing(totals.get(row.id, ()))}
        )  # fmt: skip
    return found


def flagged_select(teams: Collection[str], now_ms: int) -> Select[Any]:
    """Return the select of what the server took in for some teams and wants looked at, lately."""
    feeds = [f"{name}:{team}" for team in sorted(teams) for name in ("team", "notes")]
    return (
        select(entry.c.hash, entry.c.record, entry.c.client, entry.c.kind, entry.c.author, entry.c.flags)
        .where(
            # Word for word as in the index of the few entries that have flags: a year of feeds is not read for them.
            text("entry.flags != ''"), entry.c.received_ms > now_ms - FLAG_DAYS_MS,
            select(feed_row.c.number).where(feed_row.c.what == entry.c.hash, feed_row.c.feed.in_(feeds)).exists(),
        )
        .order_by(entry.c.hash)
        .limit(MOST)
    )  # fmt: skip


def _flagged(rx: Connection, teams: Collection[str], now_ms: int) -> list[dict[str, Any]]:
    return [
        {"hash": row.hash, "record": row.record, "client": row.client, "kind": row.kind, "author": row.author,
         "flags": row.flags.split()}
        for row in rx.execute(flagged_select(teams, now_ms))
    ]  # fmt: skip
