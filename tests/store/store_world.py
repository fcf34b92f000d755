"""Entries and stores for the tests of the encrypted file."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from fieldapp.records.envelope import Author, Clock, Entry, Envelope, instant
from fieldapp.store.store import Store

KEY = bytes(range(32))
ORG = "0" * 64
START_MS = 1_795_464_000_000
RESERVE = 64 * 1024


def uid(name: str) -> str:
    """Return the id that a name always has in these tests."""
    return str(uuid.uuid5(uuid.NAMESPACE_OID, name))


CLIENT = uid("client")
ANA = Author(uid("ana"), "Ana", "LMHC", "clinician")


def entry(
    kind: str,
    record: str,
    body: Mapping[str, Any],
    *,
    client: str | None = CLIENT,
    meaning: str = "save",
    prev: Sequence[str] = (),
    counter: int = 1,
    at_ms: int = START_MS,
    about: str | None = None,
    author: Author = ANA,
    sensitivity: str = "normal",
) -> Entry:
    """Make an entry; signatures are not looked at by the store."""
    return Entry.made(
        Envelope(
            org=ORG, id=record, kind=kind, author=author, device=uid("device"), series=uid("series"),
            counter=counter, at=instant(at_ms), tz="UTC", clock=Clock(0, None), meaning=meaning,
            prev=tuple(sorted(prev)), body=body, client=client, about=about, sensitivity=sensitivity,
        ),
        b"s" * 64,
    )  # fmt: skip


def note(text: str, number: int = 1, **more: Any) -> Entry:
    """Make a signed note."""
    doc = {"format": "narrative", "sections": {"narrative": text}, **more.pop("doc", {})}
    return entry("note", uid(f"note {number}"), {"doc": doc}, meaning="sign", counter=number, **more)


def new_store(folder: Path, **more: Any) -> Store:
    """Make an empty store."""
    return Store.create(folder / "data.db", KEY, reserve_bytes=more.pop("reserve_bytes", RESERVE))


def everything(store: Store) -> dict[str, list[tuple[Any, ...]]]:
    """Return every derived row, in an order that does not depend on when it was written."""
    with store.reading() as rx:
        found = {
            "view": rx.all("SELECT * FROM view ORDER BY record"),
            "fact": rx.all(
                "SELECT record, client, name, at_ms, staff, minutes, value, extra FROM fact"
                " ORDER BY record, name, at_ms, value"
            ),
            "search": rx.all("SELECT record, when_ms FROM search_doc ORDER BY record"),
        }
    return {name: [tuple(row) for row in rows] for name, rows in found.items()}
