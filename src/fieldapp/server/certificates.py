"""The device table as an index of the certificate records."""

from __future__ import annotations

from typing import Any

import orjson
from sqlalchemy import Row, select

from fieldapp.crypto.keys import check_public_key
from fieldapp.records.envelope import instant_ms
from fieldapp.records.fold import View

from .facts import Facts
from .tables import device


def apply(facts: Facts, device_id: str) -> Row[Any]:
    """Write what a certificate record says now into the device table; raises BadKey for a weak key."""
    view = facts.view(device_id)
    if view is None:
        raise ValueError("a certificate has an entry that can be read")
    public = str(view.get("public") or "")
    check_public_key(bytes.fromhex(public))
    known = facts.tx.execute(select(device).where(device.c.id == device_id)).one_or_none()
    row = {
        "id": device_id, "staff": str(view.get("staff") or ""), "public": public,
        "label": str(view.get("label") or ""), "state": _state(facts, view), "cut_ms": _cut(view),
        "last_counters": orjson.dumps(view.get("last_counters") or {}).decode(),
        "forked": bool(known and known.forked), "enrolled_ms": known.enrolled_ms if known else facts.now_ms,
        "last_seen_ms": known.last_seen_ms if known else None, "report": known.report if known else "{}",
    }  # fmt: skip
    facts.database.put(facts.tx, device, [row])
    return facts.tx.execute(select(device).where(device.c.id == device_id)).one()


def _state(facts: Facts, view: View) -> str:
    if view.get("revoked"):
        return "revoked"
    if view.get("drained"):
        return "drain"
    return "authority" if view.get("staff") == facts.roster.authority else "admitted"


def _cut(view: View) -> int | None:
    """Return when the laptop was closed for new work: as stated, else when that was signed."""
    revoked_at = view.get("revoked_at")
    if view.get("revoked") and isinstance(revoked_at, str):
        try:
            return instant_ms(revoked_at)
        except ValueError:
            pass
    for name in ("revoked", "drained"):
        known = view.fields.get(name)
        if known is not None and known.value:
            return min(write.at_ms for write in known.writes)
    return None
