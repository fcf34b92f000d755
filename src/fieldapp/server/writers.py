"""From which version of the app on laptops send what is written on them, and which laptops are below it."""

from __future__ import annotations

import re
from dataclasses import dataclass

import orjson
from sqlalchemy import Connection, select

from fieldapp.errors import UsageFailure
from fieldapp.records.envelope import instant
from fieldapp.records.versions import is_below

from . import audit
from .service import Server
from .tables import device, meta
from .versions import LOWEST_APP, lowest_app

_STATES = ("admitted", "drain")


@dataclass(frozen=True, slots=True)
class Below:
    """A laptop whose app is older than may write."""

    label: str
    version: str
    """As it last said; empty if it never did."""
    seen: str
    """When it was last here (UTC); empty for never."""


def set_lowest(server: Server, version: str | None) -> None:
    """State the lowest version of the app that may write, None for any; raises UsageFailure.

    Laptops below it say so, go on reading, and keep what is written on them until they are updated.
    """
    if version is not None and not re.fullmatch(r"[0-9]{1,6}(\.[0-9]{1,6}){0,3}", version):
        raise UsageFailure("Give a version such as 1.2.0.")
    dk = server.seals.current()

    def write(tx: Connection) -> None:
        # An empty one says that any may: the role that serves takes no row out of this table.
        server.database.put(tx, meta, [{"name": LOWEST_APP, "value": version or ""}])
        now_ms = server.now_ms()
        said = audit.event(audit.SERVER_CHAIN, now_ms, "lowest_app", version=version or "any")
        audit.append(server.database, tx, server.seals, dk, server.org, now_ms, [said])

    server.database.run(write)


def lowest(server: Server) -> str:
    """Return the lowest version that may write; empty for any."""
    with server.database.reading() as rx:
        return lowest_app(rx)


def below(server: Server, version: str) -> list[Below]:
    """Return the laptops in use whose app is older than a version, or never said how old it is."""
    if not version:
        return []
    own = (server.meta["authority_device"], server.meta["administrator_device"])
    chosen = (
        select(device).where(device.c.state.in_(_STATES), device.c.id.not_in(own)).order_by(device.c.label)
    )
    with server.database.reading() as rx:
        rows = rx.execute(chosen).all()
    found = []
    for row in rows:
        said = orjson.loads(row.report).get("app", "")
        if not said or is_below(said, version):
            found.append(Below(row.label, said, instant(row.last_seen_ms) if row.last_seen_ms else ""))
    return found
