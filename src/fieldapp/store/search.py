"""Full-text search inside the encrypted file: newest first, because ranking common words is slow."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from fieldapp.records.text import plain as plain

from .connection import Connection
from .entries import names

_WORD = re.compile(r"\w+")
_AROUND = 60


@dataclass(frozen=True, slots=True)
class Hit:
    """One record whose text holds every word that was asked for."""

    record: str
    when_ms: int


def words_of(text: str) -> list[str]:
    """Return the words of a query, at most eight."""
    return _WORD.findall(text)[:8]


def find(connection: Connection, text: str, limit: int = 50) -> list[Hit]:
    """Return the newest records that hold every word; the last word may be unfinished."""
    words = words_of(text)
    if not words:
        return []
    # Quoted, so that nothing a person types is an operator of the query language.
    query = " ".join(f'"{word}"' for word in words) + "*"
    rows = connection.each(
        "SELECT d.record, d.when_ms FROM search_doc d WHERE d.id IN (SELECT rowid FROM search WHERE search"
        " MATCH ?) ORDER BY d.when_ms DESC, d.record LIMIT ?",
        (query, limit),
    )
    return [Hit(record, when) for record, when in rows]


def snippet(text: str, query: str) -> str:
    """Return the piece of a text around the first word of the query, on one line."""
    line = " ".join(text.split())
    # Comparing letter by letter keeps places equal although accents are taken off.
    bare = "".join((plain(c) or c)[:1] for c in line)
    found = [at for word in words_of(query) if (at := bare.find(plain(word))) >= 0]
    start = max(0, min(found, default=0) - _AROUND // 2)
    piece = line[start : start + 2 * _AROUND]
    return f"{'…' if start else ''}{piece}{'…' if start + len(piece) < len(line) else ''}"


def clear(connection: Connection, records: Iterable[str]) -> None:
    """Take records out of the index."""
    rows = connection.rows(
        "SELECT id FROM search_doc WHERE record IN (SELECT value FROM json_each(?))", (names(records),)
    )
    if rows:
        connection.run_many("DELETE FROM search WHERE rowid = ?", rows)
        connection.run_many("DELETE FROM search_doc WHERE id = ?", rows)
