"""What is said of a laptop's certificate after it was issued: closed for new work, revoked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, select

from fieldapp.errors import UsageFailure
from fieldapp.records.canonical import Json
from fieldapp.records.envelope import instant
from fieldapp.records.fold import project
from fieldapp.records.kinds import KINDS

from .speaker import Statement
from .tables import entry

if TYPE_CHECKING:
    from .service import Server


def changed(server: Server, tx: Connection, device_id: str, fields: dict[str, Json]) -> Statement:
    """Return the authority's next statement about a laptop; raises UsageFailure for an unknown one."""
    rows = tx.execute(select(entry).where(entry.c.record == device_id, entry.c.kind == "certificate")).all()
    if not rows:
        raise UsageFailure("There is no such laptop; list them first.")
    view = project(KINDS["certificate"], [server.seals.entry(tx, row) for row in rows])
    return Statement("certificate", device_id, {"set": fields}, prev=tuple(view.heads))


def revoked(server: Server, tx: Connection, device_id: str) -> dict[str, Json]:
    """Return the fields that revoke a laptop; its last accepted counters alone decide what stays valid."""
    rows = tx.execute(select(entry.c.series, entry.c.counter).where(entry.c.device == device_id)).all()
    last: dict[str, Any] = {}
    for row in rows:
        last[row.series] = max(last.get(row.series, 0), row.counter)
    return {"revoked": True, "revoked_at": instant(server.now_ms()), "last_counters": last}
