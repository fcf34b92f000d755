"""Who is checked in on a visit stands on the board, and who gave no sign is closed from there."""

from __future__ import annotations

from collections.abc import Callable

from fieldapp.records.envelope import instant
from fieldapp.screens.reason_ask import AskReason
from tests.forms.desk import (
    ADA,
    HOUR,
    MINUTE,
    NAIR,
    NOW,
    TOM,
    Desk,
    ident,
    keys,
    make_app,
    settled,
    shown,
    top,
    typed,
    unlocked,
)


async def test_who_gave_no_sign_is_on_the_board_and_closed_from_there(desk_of: Callable[..., Desk]) -> None:
    desk = desk_of(NAIR)
    desk.add("visit_checkin", ident(700), {"set": {
        "staff": TOM, "started": instant(NOW - HOUR), "until": instant(NOW - 10 * MINUTE), "place": "Pier 3",
    }}, client=ADA, author=TOM)  # fmt: skip
    laptop = desk.opened()
    app = make_app(laptop)
    async with app.run_test(size=(120, 40)) as pilot:
        await unlocked(pilot)
        app.open("board")
        await settled(pilot)
        said = shown(app)
        assert "On a visit now · 1" in said
        assert "no sign, due 10:50" in said
        board = app.screen
        rows = board.query_one("#board")
        while getattr(rows, "key", "") != f"out:{ident(700)}":
            await keys(pilot, "down")
        await keys(pilot, "enter")
        assert top(app) is AskReason
        await typed(pilot, "He is back at the office")
        await keys(pilot, "ctrl+s")
        assert "On a visit now" not in shown(app)
        assert laptop.board().out == ()
