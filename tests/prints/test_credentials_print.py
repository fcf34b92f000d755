"""The page of credentials: who works here, with number, state, expiry and supervisor (clinical.md 1.3; programs.md 86)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from fieldapp.laptop.failures import NotAllowed
from fieldapp.prints import text
from fieldapp.prints.documents import Wanted, made
from fieldapp.prints.sheet import Table
from fieldapp.screens.print_out import PrintScreen
from tests.forms.conftest import desk_of, still_cursors, styles_are_read_once
from tests.forms.desk import DANA, NAIR, PASSPHRASE, TOM, Desk, make_app, opened_at, scrolled, shown

__all__ = ["desk_of", "still_cursors", "styles_are_read_once"]
Make = Callable[..., Desk]


def filled(desk: Desk) -> None:
    """Give two people what a licence says, one of them an expired one."""
    for staff, values in (
        (DANA, {"number": "LW 6100 2233", "state": "WA", "expires": "2027-03-09"}),
        (TOM, {"number": "AC-77 [/", "state": "WA", "expires": "2026-11-01"}),
    ):
        with desk.store.reading() as rx:
            view = rx.view(staff)
        assert view is not None
        desk.add("staff", staff, {"items": {"credentials": {"c": values}}}, prev=view.heads)


def test_the_page_lists_who_works_here_with_number_state_expiry_and_supervisor(desk_of: Make) -> None:
    desk = desk_of(NAIR)
    filled(desk)
    laptop = desk.opened()
    laptop.unlock(PASSPHRASE)
    prepared = laptop.print_sheet(Wanted("credentials"))
    assert prepared.remarks == ("1 is expired.",)
    [table] = [block for block in prepared.sheet.blocks if isinstance(block, Table)]
    rows = {row[0]: row for row in table.rows}
    assert rows["Dana Reyes"] == (
        "Dana Reyes", "Master clinician", "LICSW, LW 6100 2233, WA", "2027-03-09", "Priya Nair",
    )  # fmt: skip
    assert rows["Tom Berg"][2:4] == ("AAC, AC-77 [/, WA", "2026-11-01: expired")
    assert "Everett North" in text.make(prepared.sheet)
    assert made(prepared.sheet, "page").data.startswith(b"%PDF")


def test_nobody_else_prints_it_and_it_is_not_offered(desk_of: Make) -> None:
    laptop = desk_of(TOM).opened()
    laptop.unlock(PASSPHRASE)
    with pytest.raises(NotAllowed, match="supervisor or manager"):
        laptop.print_sheet(Wanted("credentials"))


@pytest.mark.parametrize(("staff", "offered"), [(NAIR, True), (DANA, False)], ids=["supervisor", "clinician"])
async def test_print_offers_it_to_supervisors(desk_of: Make, staff: str, offered: bool) -> None:
    desk = desk_of(staff)
    filled(desk)
    app = make_app(desk.opened())
    async with app.run_test(size=(120, 40)) as pilot:
        await opened_at(pilot, "print", document="credentials")
        assert isinstance(app.screen, PrintScreen)
        assert ("Credentials of the staff" in shown(app)) is offered


@pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])
def test_picture(desk_of: Make, snap_compare: Any, size: tuple[int, int]) -> None:
    desk = desk_of(NAIR)
    filled(desk)

    async def before(pilot: Any) -> None:
        await opened_at(pilot, "print", document="credentials")
        await scrolled(pilot)

    assert snap_compare(make_app(desk.opened()), terminal_size=size, run_before=before)
