"""A client's history, one line per record, newest first, by index and in pages."""

from __future__ import annotations

from collections.abc import Iterable

import orjson

from fieldapp.records.fold import View
from fieldapp.records.kinds import KINDS

from ..entries import names
from ..models import TimelineRow
from .freezing import is_late
from .lines import Asking
from .sending import sending_of
from .titles import text, title

ASIDE = frozenset({"client", "assignment", "contact_plan", "planned_visit", "related_person"})
"""Kinds that the chart shows in a place of their own."""


def _kinds(kinds: Iterable[str] | None) -> str:
    wanted = set(KINDS) - ASIDE
    return names(sorted(wanted if kinds is None else wanted & set(kinds)))


def count(asking: Asking, client: str, kinds: Iterable[str] | None = None) -> int:
    """Return how many lines the history has."""
    return int(
        asking.rx.value(
            "SELECT count(*) FROM view WHERE client = ? AND kind IN (SELECT value FROM json_each(?))",
            client, _kinds(kinds),
        )
    )  # fmt: skip


def timeline(
    asking: Asking, client: str, offset: int, limit: int, kinds: Iterable[str] | None = None
) -> tuple[TimelineRow, ...]:
    """Return a page of the history."""
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
