"""Views, facts and search rows of records, made again in the transaction that stores their entries."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import orjson

from fieldapp.records.envelope import Entry
from fieldapp.records.fold import View, project
from fieldapp.records.kind import Fact, IndexRow, Kind, no_derived
from fieldapp.records.kinds import KINDS

from . import search
from .connection import Connection

WAITS = "waits"
"""The name of the rows of `waits_of`."""
WALLED = "psychotherapy"
"""Sensitivity that stays out of search and facts (design.md 6)."""

_ODD = (ValueError, KeyError, TypeError, AttributeError, IndexError, OverflowError)
"""What a kind's own functions may raise over values that fit the schema's form but make no sense.

One such record must not stop a sync of a thousand others (sync.md 3).
"""


def fold(kind: Kind, entries: Sequence[Entry]) -> View:
    """Return the view; without what the kind derives if that fails on odd values."""
    try:
        return project(kind, entries)
    except _ODD:
        return project(replace(kind, derive=no_derived), entries)


def index_of(kind: Kind, view: View) -> IndexRow:
    """Return what lists show, or the least that is always known."""
    try:
        return kind.index(view)
    except _ODD:
        return IndexRow(view.first_ms, kind.label)


def facts_of(kind: Kind, view: View) -> Sequence[Fact]:
    """Return the fact rows; none for walled records."""
    if view.sensitivity == WALLED:
        return ()
    try:
        return kind.facts(view)
    except _ODD:
        return ()


def link_of(view: View) -> Fact | None:
    """Return the row that leads from a contact to its note."""
    if view.sensitivity == WALLED:
        # What nobody else reads documents no contact.
        return None
    contact = view.doc.get("contact") if view.kind == "note" and not view.in_error else None
    signed = next((step for step in view.steps if step.status != "error"), None)
    return Fact("note_of", signed.at_ms, staff=signed.author, value=contact) if contact and signed else None


def waits_of(view: View, label: str) -> Iterator[Fact]:
    """Yield a row for each version that waits for a co-signature or was sent back, with all that a list of them says.

    A supervisor of ten teams has thousands: reading each record for one line took most of the time. `extra` is JSON of
    kind, label, status, whether nothing follows, author's name, who co-signs, whether it answers a return, why it was
    sent back. What is walled waits for nobody.
    """
    if view.sensitivity == WALLED:
        return
    for step in view.steps:
        if step.status not in ("pending", "returned"):
            continue
        why = next(
            (n.reason for n in view.notes if n.about == step.hash and n.meaning == "return" and not n.lifted),
            "",
        )
        said = [
            view.kind,
            label,
            step.status,
            step.leaf,
            step.name,
            step.cosign_required,
            bool(step.answers),
            why,
        ]
        yield Fact(WAITS, step.at_ms, staff=step.author, value=step.hash, extra=orjson.dumps(said).decode())


def text_of(kind: Kind, view: View) -> str:
    """Return the text to be found; none for walled records and for those entered in error."""
    if view.sensitivity == WALLED or view.in_error:
        return ""
    try:
        return kind.search_text(view)
    except _ODD:
        return ""


def client_of(view: View) -> str | None:
    """Return the client that a record is about; a client's own record is about that client."""
    return view.id if view.kind == "client" else view.client


def store(connection: Connection, histories: Mapping[str, Sequence[Entry]]) -> list[View]:
    """Write view, facts and search rows of records whose whole histories are given."""
    add, many = connection.add_many, connection.run_many
    names = orjson.dumps(list(histories)).decode()
    connection.run("DELETE FROM fact WHERE record IN (SELECT value FROM json_each(?))", (names,))
    search.clear(connection, histories)
    views: list[View] = []
    view_rows: list[tuple[Any, ...]] = []
    fact_rows: list[tuple[Any, ...]] = []
    texts: list[tuple[str, int, str]] = []
    gone: list[tuple[str]] = []
    for record, entries in histories.items():
        kind = KINDS.get(entries[0].envelope.kind) if entries else None
        if kind is None:
            gone.append((record,))
            continue
        view = fold(kind, entries)
        index = index_of(kind, view)
        client = client_of(view)
        views.append(view)
        view_rows.append(
            (
                record, view.kind, client, index.owner, index.when_ms, index.due_ms, view.last_ms, index.label,
                index.state, view.status, len(kind.to_settle(view.conflicts)), view.in_error,
                orjson.dumps(view.to_data(), option=orjson.OPT_SORT_KEYS),
            )
        )  # fmt: skip
        fact_rows += [
            (record, client, f.name, f.at_ms, f.staff, f.minutes, f.value, f.extra)
            for f in (*facts_of(kind, view), *filter(None, [link_of(view)]), *waits_of(view, index.label))
        ]
        text = text_of(kind, view)
        if text:
            texts.append((record, index.when_ms, text))
    if gone:
        many("DELETE FROM view WHERE record = ?", gone)
    if view_rows:
        add(
            "INSERT OR REPLACE INTO view(record, kind, client, owner, when_ms, due_ms, last_ms, label, state,"
            " status, conflicts, in_error, data) VALUES",
            view_rows,
        )
    if fact_rows:
        add(
            "INSERT INTO fact(record, client, name, at_ms, staff, minutes, value, extra) VALUES",
            fact_rows,
        )
    if texts:
        [last] = connection.row("SELECT coalesce(max(id), 0) FROM search_doc") or (0,)
        add(
            "INSERT INTO search_doc(id, record, when_ms) VALUES",
            [(last + n, record, when) for n, (record, when, _) in enumerate(texts, 1)],
        )
        add(
            "INSERT INTO search(rowid, text) VALUES",
            [(last + n, text) for n, (_, _, text) in enumerate(texts, 1)],
        )
    return views
