"""Stays for the tests."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from fieldapp.records.envelope import Entry, instant
from tests.forms.desk import ADA, CLIENTS, DANA, DAY, NOW, TZ, Desk, ident

TODAY = date(2026, 11, 22)


def day(ago: int) -> str:
    """Return the day so many days ago."""
    return (TODAY - timedelta(days=ago)).isoformat()


def stay(
    desk: Desk,
    number: int,
    client: str = ADA,
    *,
    author: str = DANA,
    prev: Entry | None = None,
    **values: Any,
) -> Entry:
    """Store a stay, or a change of one, that came from the server."""
    first = {} if prev is not None else {"tz": TZ}
    return desk.add(
        "stay", ident(800 + number), {"set": first | values}, client=client, author=author,
        prev=(prev.hash,) if prev is not None else (), at_ms=NOW - DAY // 2,
    )  # fmt: skip


def episode(desk: Desk, client: str = ADA, **values: Any) -> Entry:
    """Store a change of a client's episode."""
    record = ident(100 + list(CLIENTS).index(client))
    with desk.store.reading() as rx:
        view = rx.view(record)
    assert view is not None
    return desk.add("episode", record, {"set": values}, client=client, prev=view.heads)


def visit(desk: Desk, number: int, ahead: int, client: str = ADA, staff: str = DANA) -> None:
    """Store a planned visit of 40 minutes at home."""
    values = {"staff": staff, "start": instant(NOW + ahead), "minutes": 40, "where": "Home", "setting": "home",
              "contact_type": "case_management", "modality": "in_person"}  # fmt: skip
    desk.add("planned_visit", ident(600 + number), {"set": values}, client=client)
