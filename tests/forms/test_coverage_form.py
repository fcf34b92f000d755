"""Who pays is written in the client's chart, and new contacts are counted by it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from fieldapp.screens.coverage import CoverageScreen
from fieldapp.screens.face_sheet import FaceSheetScreen
from fieldapp.screens.reading import ReadingScreen
from tests.forms.desk import (
    ADA,
    TOM,
    Desk,
    field_of,
    form,
    keys,
    make_app,
    settled,
    shown,
    top,
    typed,
    unlocked,
)

Make = Callable[..., Desk]


async def test_a_payer_is_written_changed_and_counts_for_new_contacts(desk_of: Make) -> None:
    laptop = desk_of().opened()
    app = make_app(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await unlocked(pilot)
        app.open("chart", client=ADA)
        await settled(pilot)
        await keys(pilot, "i", "down", "down", "enter")
        assert top(app) is CoverageScreen
        await typed(pilot, "WA Medicaid")
        await keys(pilot, "ctrl+s")
        assert top(app) is FaceSheetScreen, shown(app)
        assert [one.payer for one in laptop.coding(ADA).coverage] == ["WA Medicaid"]
        assert ("Payers", "WA Medicaid") in laptop.chart(ADA).episode
        await keys(pilot, "enter")
        item = next(iter(form(app).draft.base["coverage"]))  # type: ignore[union-attr]
        field_of(app, f"coverage-{item}-auth-units").land()
        await typed(pilot, "40")
        await keys(pilot, "ctrl+s")
        (one,) = laptop.coding(ADA).coverage
        assert (one.payer, one.auth_units) == ("WA Medicaid", 40)


async def test_an_authorization_ends_after_it_begins_and_has_a_payer(desk_of: Make) -> None:
    app = make_app(desk_of().opened())
    async with app.run_test(size=(80, 24)) as pilot:
        await unlocked(pilot)
        app.open("coverage", client=ADA)
        await settled(pilot)
        new = form(app)._new  # type: ignore[attr-defined]
        field_of(app, f"coverage-{new}-member-id").land()
        await typed(pilot, "12345")
        await keys(pilot, "ctrl+s")
        assert "Name the payer." in shown(app)
        await typed(pilot, "Aetna")
        field_of(app, f"coverage-{new}-auth-from").land()
        await typed(pilot, "2026-11-20")
        field_of(app, f"coverage-{new}-auth-to").land()
        await typed(pilot, "2026-11-02")
        await keys(pilot, "ctrl+s")
        assert "The authorization ends before it begins." in shown(app)
        assert top(app) is CoverageScreen


async def test_a_technician_does_not_open_it(desk_of: Make) -> None:
    app = make_app(desk_of(TOM).opened())
    async with app.run_test(size=(80, 24)) as pilot:
        await unlocked(pilot)
        app.open("chart", client=ADA)
        await settled(pilot)
        await keys(pilot, "i", "down", "down", "enter")
        assert top(app) is ReadingScreen, shown(app)


@pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])
def test_the_payers_look_as_they_were_accepted(
    desk_of: Make, snap_compare: Any, size: tuple[int, int]
) -> None:
    """Change a picture only after looking at it."""
    desk = desk_of()
    app = make_app(desk.opened())

    async def before(pilot: Any) -> None:
        await unlocked(pilot)
        app.open("coverage", client=ADA)
        await settled(pilot)
        await typed(pilot, "WA Medicaid")

    assert snap_compare(app, terminal_size=size, run_before=before)
