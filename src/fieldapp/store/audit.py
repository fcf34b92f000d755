"""The laptop's audit trail: ids and never names, each event bound to the one before by its hash."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

import orjson

from fieldapp.records.canonical import dumps
from fieldapp.records.envelope import instant

from .connection import Connection


def append(
    connection: Connection,
    action: str,
    object_id: str,
    client: str | None,
    outcome: str,
    at_ms: int,
    who: Mapping[str, str],
) -> int:
    """Add one event and return its number; `who` names staff and device."""
    last = connection.row("SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1")
    seq, before = (1, "0" * 64) if last is None else (last[0] + 1, last[1])
    data = dumps(
        {
            "seq": seq,
            "prev": before,
            "at": instant(at_ms),
            "action": action,
            "object": object_id,
            "client": client,
            "outcome": outcome,
            **who,
        }
    )
    connection.run(
        "INSERT INTO audit(seq, at_ms, data, hash, sent) VALUES (?,?,?,?,0)",
        (seq, at_ms, data, hashlib.sha256(data).hexdigest()),
    )
    return int(seq)


def broken_at(connection: Connection) -> int | None:
    """Return the number of the first event that does not fit the chain; None when all do."""
    before = "0" * 64
    rows = connection.each("SELECT seq, data, hash FROM audit ORDER BY seq")
    for number, (seq, data, known) in enumerate(rows, 1):
        whole = isinstance(data, bytes) and hashlib.sha256(data).hexdigest() == known
        if not whole or seq != number:
            return int(seq)
        event = orjson.loads(data)
        if event["seq"] != seq or event["prev"] != before:
            return int(seq)
        before = known
    return None
