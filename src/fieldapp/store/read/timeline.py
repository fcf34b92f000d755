"""A client's history, one line per record, newest first, by index and in pages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import orjson

from fieldapp.records.fold import View
from fieldapp.records.kinds import KINDS

from ..entries import names
from ..models import TimelineRow
from .freezing import is_late
from .lines import Asking
from .sending import sending_of
from .titles import text, title, title_of

ASIDE = frozenset(
    {"client", "assignment", "contact_plan", "planned_visit", "related_person", "disclosure", "visit_checkin"}
)
"""Kinds that the chart shows in a place of their own."""
OLDER = "older"
"""The status of a record of which only short forms are here."""


def _kinds(kinds: Iterable[str] | None) -> str:
    wanted = set(KINDS) - ASIDE
    return names(sorted(wanted if kinds is None else wanted & set(kinds)))


_OLDER = (
    # Records of which the server holds everything and this laptop nothing but the short form.
    "SELECT s.record, max(s.at_ms) AS when_ms FROM stub s WHERE s.client = ?"
    " AND s.kind IN (SELECT value FROM json_each(?))"
    " AND NOT EXISTS (SELECT 1 FROM view v WHERE v.record = s.record) GROUP BY s.record"
)


def count(asking: Asking, client: str, kinds: Iterable[str] | None = None) -> int:
    """Return how many lines the history has; the whole history also counts what only the server holds."""
    here = int(
        asking.rx.value(
            "SELECT count(*) FROM view WHERE client = ? AND kind IN (SELECT value FROM json_each(?))",
            client, _kinds(kinds),
        )
    )  # fmt: skip
    return here if kinds is not None else here + _older_count(asking, client)


def _older_count(asking: Asking, client: str) -> int:
    return int(asking.rx.value(f"SELECT count(*) FROM ({_OLDER})", client, _kinds(None)))  # noqa: S608


def timeline(
    asking: Asking, client: str, offset: int, limit: int, kinds: Iterable[str] | None = None
) -> tuple[TimelineRow, ...]:
    """Return a page of the history; the whole history also lists what only the server holds."""
    if kinds is None and _older_count(asking, client):
        return _with_older(asking, client, offset, limit)
    return _here(asking, client, offset, limit, kinds)


def _with_older(asking: Asking, client: str, offset: int, limit: int) -> tuple[TimelineRow, ...]:
    """Return a page in which older records on the server stand at their time between those that are here."""
    kinds = _kinds(None)
    page = asking.rx.all(
        "SELECT record, sum(older), max(when_ms) FROM ("  # noqa: S608
        " SELECT record, 0 AS older, when_ms FROM view WHERE client = ?"
        " AND kind IN (SELECT value FROM json_each(?))"
        f" UNION ALL SELECT record, 1, when_ms FROM ({_OLDER}))"
        " GROUP BY record ORDER BY max(when_ms) DESC, record DESC LIMIT ? OFFSET ?",
        client, kinds, client, kinds, max(0, limit), max(0, offset),
    )  # fmt: skip
    older = [record for record, is_older, _ in page if is_older]
    # In a merged list those that are here are neighbours in their own order, so one page of them is enough.
    first = int(
        asking.rx.value(
            "SELECT count(*) FROM ("  # noqa: S608
            " SELECT record, 0 AS older, when_ms FROM view WHERE client = ?"
            " AND kind IN (SELECT value FROM json_each(?))"
            f" UNION ALL SELECT record, 1, when_ms FROM ({_OLDER})"
            " ORDER BY when_ms DESC, record DESC LIMIT ?) WHERE older = 0",
            client, kinds, client, kinds, max(0, offset),
        )
    )  # fmt: skip
    here = {row.record: row for row in _here(asking, client, first, len(page) - len(older))}
    here |= {row.record: row for row in _older(asking, older)}
    return tuple(here[record] for record, *_ in page if record in here)


def _older(asking: Asking, records: Sequence[str]) -> Iterator[TimelineRow]:
    rows = asking.rx.all(
        "SELECT record, kind, author, at_ms, hash FROM stub WHERE record IN (SELECT value FROM json_each(?))"
        " ORDER BY at_ms, hash",
        names(records),
    )
    by_record: dict[str, list[tuple[str, str, int, str]]] = {}
    for record, kind, author, at_ms, entry_hash in rows:
        by_record.setdefault(record, []).append((kind, author, at_ms, entry_hash))
    for record, found in by_record.items():
        kind, author, *_ = found[0]
        yield TimelineRow(
            record=record,
            kind=kind,
            when_ms=max(row[2] for row in found),
            title=title_of(kind, ""),
            text="",
            author=asking.known.staff_name(author),
            status=OLDER,
            state="",
            sending="sent",
            fetch=tuple(row[3] for row in found),
        )


def _here(
    asking: Asking, client: str, offset: int, limit: int, kinds: Iterable[str] | None = None
) -> tuple[TimelineRow, ...]:
    rx = asking.rx
    rows = rx.all(
        "SELECT v.data, v.when_ms, v.label, v.state, v.conflicts FROM ("
        " SELECT record FROM view INDEXED BY view_timeline WHERE client = ?"
        " AND kind IN (SELECT value FROM json_each(?)) ORDER BY when_ms DESC, record DESC LIMIT ? OFFSET ?"
        ") page JOIN view v ON v.record = page.record ORDER BY v.when_ms DESC, v.record DESC",
        client, _kinds(kinds), max(0, limit), max(0, offset),
    )  # fmt: skip
    views = [(View.from_data(orjson.loads(row[0])), *row[1:]) for row in rows]
    sending = sending_of(rx, [view.id for view, *_ in views])
    settings = asking.known.settings_of(client)
    return tuple(
        TimelineRow(
            record=view.id,
            kind=view.kind,
            when_ms=when_ms,
            title=title(view, label),
            text=text(view),
            author=view.steps[0].name if view.steps else "",
            status=view.status,
            state=state,
            sending=sending.get(view.id, "sent"),
            conflicts=conflicts,
            late=is_late(rx, view, asking.me.tz, settings),
            entry=view.heads[0] if view.heads else "",
        )
        for view, when_ms, label, state, conflicts in views
    )
