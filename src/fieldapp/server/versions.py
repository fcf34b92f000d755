"""The lowest version of the app that may write: what it keeps out of a request, and what an answer says of it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, select

from fieldapp.records.versions import is_below

from .database import Database
from .tables import meta

LOWEST_APP = "lowest_app"
_LOWEST = select(meta.c.value).where(meta.c.name == LOWEST_APP)


def lowest_app(rx: Connection) -> str:
    """Return the lowest version of the app that may write; empty for any."""
    return str(rx.execute(_LOWEST).scalar_one_or_none() or "")


def told(rx: Connection) -> dict[str, str]:
    """Return what every answer says of it; nothing while any version may write."""
    lowest = lowest_app(rx)
    return {LOWEST_APP: lowest} if lowest else {}


def keep_entries(database: Database, request: dict[str, Any]) -> None:
    """Take the entries out of a request of an app that may not write.

    Without a receipt they stay on the laptop, which sends them again once it is updated.
    """
    if not request["entries"]:
        return
    with database.reading() as rx:
        lowest = lowest_app(rx)
    said = request["report"].get("app")
    if is_below(said if isinstance(said, str) else "", lowest):
        request["entries"] = []
