"""The desk of the form tests with a prescriber and a medical assistant, and clients who take medicines."""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Any

import pytest

from fieldapp.demo.measures import answers
from fieldapp.records.envelope import instant
from fieldapp.records.ids import one_per, uuid7
from fieldapp.records.instruments.mood import PHQ9
from fieldapp.records.kinds.measure import completed
from tests.forms import desk as desks
from tests.forms.desk import ADA, DANA, NOW, Desk, ident

HANNA, LOU = ident(14), ident(15)
"""A prescriber, a medical assistant."""
MEDICINES: Mapping[str, Mapping[str, Any]] = {
    "m-lai": {
        "name": "Paliperidone", "dose": "156 mg", "route": "im_lai", "lai_every_d": 28, "lai_window_d": 7,
        "last_given": "2026-10-21", "next_due": "2026-11-18", "lai_site": "deltoid_left", "reason": "voices",
        "start": "2026-02-11",
    },
    "m-ser": {"name": "Sertraline", "dose": "50 mg", "route": "oral", "schedule": "mornings", "start": "2026-06-01"},
    "m-tra": {"name": "Trazodone", "dose": "50 mg", "route": "oral", "schedule": "at night", "prn": True},
    "m-old": {"name": "Olanzapine", "dose": "10 mg", "route": "oral", "stop": "2026-08-01", "stop_reason": "weight"},
}  # fmt: skip


@pytest.fixture
def medical_team(monkeypatch: pytest.MonkeyPatch) -> None:
    """Add the two to everybody whom a desk knows."""
    for table, values in (
        (desks.NAMES, {HANNA: "Hanna Varga", LOU: "Lou Moana"}),
        (desks.CREDENTIALS, {HANNA: "PMHNP", LOU: "MA-C"}),
        (desks.ROLES, {HANNA: "prescriber", LOU: "medasst"}),
    ):
        for staff, value in values.items():
            monkeypatch.setitem(table, staff, value)


def list_of(
    desk: Desk, client: str = ADA, *, verified: str = "2026-11-02", **changed: Mapping[str, Any]
) -> str:
    """Store a medication list that the prescriber verified; returns its record."""
    rows = {
        item: dict(row) | dict(changed.get(item.replace("-", "_"), {})) for item, row in MEDICINES.items()
    }
    body: dict[str, Any] = {
        "items": {"medicines": rows, "labs": {"l1": {"what": "metabolic", "due": "2027-02-01"}}}
    }
    if verified:
        body["items"]["verified"] = {"v1": {"on": verified, "by": HANNA}}
    record = one_per(client, "medication_list")
    desk.add(
        "medication_list", record, body, client=client, author=HANNA, meaning="sign" if verified else "save"
    )
    return record


def prescriber_for(desk: Desk, client: str, staff: str = HANNA) -> None:
    """Name a client's prescriber."""
    periods = {
        "p": {"staff": DANA, "role": "primary", "since": "2026-08-03"},
        "q": {"staff": staff, "role": "prescriber", "since": "2026-08-03"},
    }
    desk.add("assignment", one_per(client, "assignment"), {"items": {"periods": periods}}, client=client)


def measured(desk: Desk, client: str, ago: int, total: int) -> None:
    """Store a PHQ-9."""
    values = completed({
        "instrument": PHQ9.code, "version": PHQ9.version, "language": "en", "mode": "read_aloud",
        "items": answers(PHQ9, total, random.Random(total)), "at": instant(NOW - ago),
    })  # fmt: skip
    desk.add("measure", uuid7(NOW - ago, total.to_bytes(10, "big")), {"doc": values}, client=client, author=DANA,
             meaning="sign", at_ms=NOW - ago)  # fmt: skip


__all__ = ["HANNA", "LOU", "MEDICINES", "list_of", "measured", "medical_team", "prescriber_for"]
