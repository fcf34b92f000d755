"""Drafts: working copies that only their author's laptops read; one branch per laptop, sealed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import orjson
from sqlalchemy import Connection, Row, bindparam, select

from fieldapp.records.ids import is_hash, is_uuid
from fieldapp.sync.wire import DraftWire

from .database import Database
from .seals import Seals
from .tables import draft

MAX_BYTES = 96 * 1024
KEEP_CLOSED_MS = 90 * 86_400_000
_PURPOSE = "draft"
_OF_PERSON = select(draft).where(draft.c.staff == bindparam("staff")).order_by(draft.c.id, draft.c.device)


def store(
    tx: Connection, database: Database, seals: Seals, dk: str, *, staff: str, device: str,
    offered: Sequence[Any], now_ms: int,
) -> list[str]:  # fmt: skip
    """Store or close drafts of one person; return the ids that are as their laptop says.

    A closing removes only the revisions it lists; a newer one typed on another laptop stays.
    """
    done: list[str] = []
    for one in offered:
        if not _well_formed(one):
            continue
        known = {
            row.device: row
            for row in tx.execute(
                select(draft).where(draft.c.staff == staff, draft.c.id == one["id"]).with_for_update()
            )
        }
        base = {
            "staff": staff, "id": one["id"], "record": one["record"], "client": one.get("client"),
            "kind": one["kind"], "updated_ms": now_ms, "dk": dk, "via": device,
        }  # fmt: skip
        rows: list[dict[str, Any]] = []
        if one.get("closed_by"):
            for branch, revision in {**one.get("seen", {}), device: one["revision"]}.items():
                row = known.get(branch)
                if row is None or row.revision <= revision:
                    rows.append(
                        {**base, "device": branch, "revision": revision, "closed_by": one["closed_by"],
                         "first_ms": row.first_ms if row else now_ms, "sealed": None}
                    )  # fmt: skip
        elif one["device"] == device:
            text = orjson.dumps(one)
            row = known.get(device)
            if len(text) > MAX_BYTES:
                continue
            if row is None or row.revision < one["revision"]:
                rows.append(
                    {**base, "device": device, "revision": one["revision"], "closed_by": "",
                     "first_ms": row.first_ms if row else now_ms,
                     "sealed": seals.seal_blob(dk, _PURPOSE, _name(staff, one["id"], device), text)}
                )  # fmt: skip
        else:
            continue
        database.put(tx, draft, rows)
        done.append(one["id"])
    return done


def of_others(
    rx: Connection, seals: Seals, *, staff: str, device: str, now_ms: int, held: Any = None
) -> list[DraftWire]:
    """Return the open drafts of a person's other laptops, and the closings of this laptop's own.

    `held` is the request's `copies`: with it only newer revisions come, and closings of what is held.
    """
    have = held if isinstance(held, dict) else None

    def revision_held(row: Row[Any]) -> int:
        branches = (have or {}).get(row.id)
        known = branches.get(row.device) if isinstance(branches, dict) else None
        return known if type(known) is int else -1

    found: list[DraftWire] = []
    for row in rx.execute(_OF_PERSON, {"staff": staff}):
        if row.closed_by == "" and row.device != device and row.sealed is not None:
            if revision_held(row) >= row.revision:
                continue
            found.append(
                orjson.loads(
                    seals.open_blob(rx, row.dk, _PURPOSE, _name(staff, row.id, row.device), row.sealed)
                )
            )
        elif row.closed_by and (
            row.device == device != row.via and row.updated_ms > now_ms - KEEP_CLOSED_MS
            if have is None
            else 0 <= revision_held(row) <= row.revision
        ):
            found.append(
                {"id": row.id, "device": row.device, "revision": row.revision, "record": row.record,
                 "client": row.client, "kind": row.kind, "closed_by": row.closed_by,
                 "seen": {row.device: row.revision}}
            )  # fmt: skip
    return found


def _name(staff: str, draft_id: str, device: str) -> str:
    return f"{staff}/{draft_id}/{device}"


def _well_formed(one: Any) -> bool:
    if not isinstance(one, dict) or not all(is_uuid(one.get(n)) for n in ("id", "device", "record")):
        return False
    if type(one.get("revision")) is not int or not 0 <= one["revision"] < 2**53:
        return False
    if not isinstance(one.get("kind"), str) or not one["kind"].isascii() or len(one["kind"]) > 40:
        return False
    if one.get("client") is not None and not is_uuid(one["client"]):
        return False
    closed_by = one.get("closed_by", "")
    if closed_by not in ("", "discarded") and not is_hash(closed_by):
        return False
    seen = one.get("seen", {})
    return isinstance(seen, dict) and all(
        is_uuid(name) and type(number) is int and 0 <= number < 2**53 for name, number in seen.items()
    )
