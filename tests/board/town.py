"""A team with a day on its board: visits at all stages, somebody off, somebody whom nobody sees."""

from __future__ import annotations

from typing import Any

from fieldapp.records.envelope import instant
from fieldapp.records.ids import one_per, uuid7
from tests.forms.desk import (
    ADA,
    DANA,
    DAY,
    HOUR,
    LUCIA,
    MINH,
    MINUTE,
    NAIR,
    NOW,
    SAM,
    TOM,
    Desk,
    ident,
)


def visit(desk: Desk, client: str, start: int, *, staff: str = DANA, **more: Any) -> str:
    """Store a planned visit that begins so long after now (ms), and return its id."""
    record = uuid7(NOW - DAY, desk._counter.to_bytes(10, "big"))
    values = {"staff": staff, "start": instant(NOW + start), "minutes": 60, "contact_type": "individual_counseling",
              "modality": "in_person", "setting": "home", "where": "12 Hoyt Ave"} | more  # fmt: skip
    desk.add("planned_visit", record, {"set": values}, client=client, author=NAIR)
    return record


def assigned(desk: Desk, client: str, item: str, **row: Any) -> None:
    """Add a period to a client's assignment, as a supervisor wrote it."""
    heads = heads_of(desk, one_per(client, "assignment"))
    body = {"items": {"periods": {item: row}}}
    desk.add("assignment", one_per(client, "assignment"), body, client=client, author=NAIR, prev=heads)


def heads_of(desk: Desk, record: str) -> list[str]:
    """Return what a further entry of a record follows."""
    with desk.store.reading() as rx:
        view = rx.view(record)
        return list(view.heads) if view is not None else []


def furnished(desk: Desk) -> dict[str, str]:
    """Fill a laptop with a day; returns the visits by name."""
    for client, days in ((ADA, 2), (SAM, 9), (MINH, 3), (LUCIA, 1)):
        desk.contact(client, author=DANA, ago=days * DAY)
    assigned(desk, ADA, "t", staff=TOM, role="tech", since="2026-08-03")
    for client in (ADA, LUCIA):
        assigned(
            desk,
            client,
            "cover",
            staff=DANA,
            role="cover",
            since="2026-11-20",
            until="2026-11-27",
            covers=TOM,
        )
    found = {
        "done": visit(desk, LUCIA, -2 * HOUR, done=True, note="Evening routine"),
        "now": visit(desk, MINH, -20 * MINUTE),
        "later": visit(desk, ADA, 3 * HOUR, staff=NAIR, note="Bring the blue folder"),
        "missed": visit(desk, ADA, -DAY, staff=TOM),
        "tomorrow": visit(desk, ADA, DAY),
    }  # fmt: skip
    desk.alert(ADA, "caution")
    task = {"what": "other", "title": "Call about the key", "due": instant(NOW - DAY), "owner": TOM}
    desk.add("task", ident(801), {"set": task}, client=MINH, author=NAIR)
    with desk.store.reading() as rx:
        view = rx.view(ident(100))
        heads = view.heads if view is not None else []
    desk.add(
        "episode", ident(100), {"items": {"coverage": {"c": {"payer": "Medicaid", "auth_to": "2026-11-30"}}}},
        client=ADA, prev=heads,
    )  # fmt: skip
    return found


def in_hospital(desk: Desk, client: str, number: int) -> None:
    """Put a client's episode on hold."""
    with desk.store.reading() as rx:
        view = rx.view(ident(number))
        heads = view.heads if view is not None else []
    values = {"status": "on_hold", "status_reason": "Providence, voluntary", "status_since": "2026-11-19"}
    desk.add("episode", ident(number), {"set": values}, client=client, prev=heads)
