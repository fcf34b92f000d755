"""Check 26: the crisis card opens in three keys with 500 clients cached (how fast: `bench/app.py`)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from fieldapp.records.ids import one_per, uuid7
from fieldapp.screens.crisis_card import CrisisCardScreen
from tests.forms.desk import (
    DANA,
    DAY,
    NOW,
    PROGRAM,
    SAM,
    TEAM,
    Desk,
    keys,
    make_app,
    shown,
    top,
    typed,
    unlocked,
)

CACHED = 500


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A laptop that holds 500 clients, one of whom is at high risk."""
    made = Desk(tmp_path / "data")
    with made.store.writing() as tx:
        for number in range(CACHED - 4):
            client = uuid7(NOW - 300 * DAY, (7000 + number).to_bytes(10, "big"))
            values = {"home_program": PROGRAM, "home_team": TEAM, "legal_name": f"Linden, Person {number:03}"}
            made.put(tx, "client", client, {"set": values}, client=client)
        made.put(
            tx,
            "risk",
            one_per(SAM, "risk"),
            {"items": {"signals": {"s": {"level": "high"}}}},
            client=SAM,
            author=DANA,
        )
        phones = {"phones": {"p": {"number": "425-555-0142"}}}
        made.put(tx, "client", SAM, {"set": {}, "items": phones}, client=SAM)
    made.plan(SAM)
    yield made
    made.close()


async def test_check_26_three_keys_open_the_card_of_the_client_at_risk(desk: Desk) -> None:
    laptop = desk.opened()
    app = make_app(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await unlocked(pilot)
        await keys(pilot, "4")
        assert len(laptop.caseload()) == CACHED
        count = await keys(pilot, "f2")
        count += await typed(pilot, "l")
        count += await keys(pilot, "enter")
        assert count <= 3
        assert top(app) is CrisisCardScreen
        rows = shown(app).splitlines()
        assert "Lindqvist, Sam" in rows[1]
        assert any("425-555-0142" in row for row in rows[:6])
        assert any("425-555-0199" in row and "988" in row for row in rows[:6])
        assert "I stop answering my sister" in shown(app)


async def test_check_26_one_key_opens_the_card_of_the_client_at_hand(desk: Desk) -> None:
    laptop = desk.opened()
    app = make_app(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await unlocked(pilot)
        app.open("chart", client=SAM)
        await keys(pilot, "f2")
        assert top(app) is CrisisCardScreen
        assert "Lindqvist, Sam" in shown(app)
