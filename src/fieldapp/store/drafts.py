"""Drafts: working copies that only their author reads, saved within a second of each keystroke."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .connection import Connection
from .tables import DraftRow

_COLUMNS = (
    "id, record, kind, client, device, meaning, prev, base, body, focus, template, revision, sent_revision,"
    " created_ms, updated_ms, closed_by"
)


def _row(row: Sequence[Any]) -> DraftRow:
    names = [name.strip() for name in _COLUMNS.split(",")]
    return DraftRow(**dict(zip(names, row, strict=True)))


def put(connection: Connection, draft: DraftRow) -> None:
    """Store a draft, in place of an earlier revision of it."""
    values = tuple(getattr(draft, name.strip()) for name in _COLUMNS.split(","))
    marks = ",".join("?" * len(values))
    connection.run(f"INSERT OR REPLACE INTO draft({_COLUMNS}) VALUES ({marks})", values)  # noqa: S608


def get(connection: Connection, draft_id: str) -> DraftRow | None:
    """Return one draft, closed or not."""
    row = connection.row(f"SELECT {_COLUMNS} FROM draft WHERE id = ?", (draft_id,))  # noqa: S608
    return None if row is None else _row(row)


def listed(connection: Connection, *, closed: bool = False) -> list[DraftRow]:
    """Return open drafts, last touched first; with `closed` the ones the server was not told of yet."""
    where = "closed_by != ''" if closed else "closed_by = ''"
    rows = connection.each(
        f"SELECT {_COLUMNS} FROM draft WHERE {where} ORDER BY updated_ms DESC, id"  # noqa: S608
    )
    return [_row(row) for row in rows]


def close(connection: Connection, draft_id: str, closed_by: str) -> None:
    """Close a draft with the entry it became or `discarded`; its words are gone from here at once."""
    connection.run(
        "UPDATE draft SET closed_by = ?, base = x'7b7d', body = x'7b7d', focus = '' WHERE id = ?",
        (closed_by, draft_id),
    )


def forget(connection: Connection, draft_id: str) -> None:
    """Remove a closed draft of which the server was told."""
    connection.run("DELETE FROM draft WHERE id = ? AND closed_by != ''", (draft_id,))
