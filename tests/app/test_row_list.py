"""A list of any length draws only what is seen, asks for pages, and keeps its place."""

from __future__ import annotations

from collections.abc import Callable

from textual.app import App, ComposeResult

from fieldapp.widgets.row_list import PAGE, Row, RowList
from fieldapp.widgets.text import plain
from tests.app.app_support import shown


class Bare(App[None]):
    """One list that answers for its pages and remembers what it was asked."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[int] = []
        self.chosen: list[str] = []
        self.answer: Callable[[RowList.Wanted], None] = self.supply

    def compose(self) -> ComposeResult:
        yield RowList("Nobody.")

    def supply(self, event: RowList.Wanted) -> None:
        rows = [row(number) for number in range(event.offset, event.offset + event.limit)]
        event.rows.supply(event.offset, rows[: max(0, event.rows.count - event.offset)], event.generation)

    def on_row_list_wanted(self, event: RowList.Wanted) -> None:
        self.asked.append(event.offset)
        self.answer(event)

    def on_row_list_chosen(self, event: RowList.Chosen) -> None:
        self.chosen.append(event.key)

    @property
    def rows(self) -> RowList:
        return self.screen.query_one(RowList)


def row(number: int, *, heading: bool = False) -> Row:
    return Row(f"k{number}", lambda _: plain(f"row number {number}"), heading)


async def test_ten_thousand_rows_load_only_the_pages_in_sight() -> None:
    app = Bare()
    async with app.run_test(size=(40, 20)) as pilot:
        app.rows.show_paged(10_000)
        await pilot.pause()
        assert app.asked == [0]
        assert "row number 0 " in shown(pilot)
        await pilot.press("end")
        await pilot.pause()
        assert "row number 9999" in shown(pilot)
        assert set(app.asked) <= {0, 9_900}
        await pilot.press("enter")
        await pilot.pause()
        assert app.chosen == ["k9999"]
        assert len(app.rows._rows) <= 2 * PAGE


async def test_an_answer_to_an_old_question_is_dropped() -> None:
    app = Bare()
    late: list[RowList.Wanted] = []
    async with app.run_test(size=(40, 20)) as pilot:
        app.answer = late.append
        app.rows.show_paged(50)
        await pilot.pause()
        app.rows.show([row(7)])
        app.supply(late[0])
        await pilot.pause()
        assert app.rows.count == 1
        assert "row number 7" in shown(pilot)
        assert "row number 0" not in shown(pilot)


async def test_the_cursor_stays_on_its_row_when_rows_come_and_go() -> None:
    app = Bare()
    async with app.run_test(size=(40, 20)) as pilot:
        app.rows.show([row(n) for n in range(5)])
        await pilot.press("down", "down")
        assert app.rows.key == "k2"
        app.rows.show([row(n) for n in (9, 8, 2, 4)])
        assert app.rows.key == "k2"
        app.rows.show([row(4)])
        assert app.rows.key == "k4"


async def test_headings_are_passed_over_and_stay_in_sight() -> None:
    app = Bare()
    async with app.run_test(size=(40, 20)) as pilot:
        app.rows.show([row(0, heading=True), row(1), row(2, heading=True), row(3)])
        assert app.rows.key == "k1"
        await pilot.press("down")
        assert app.rows.key == "k3"
        await pilot.press("up", "up", "up")
        assert app.rows.key == "k1"
        assert "row number 0" in shown(pilot)


async def test_an_empty_list_says_so_and_opens_nothing() -> None:
    app = Bare()
    async with app.run_test(size=(40, 20)) as pilot:
        assert "Loading" in shown(pilot)
        app.rows.show([])
        await pilot.press("enter", "down", "up", "end", "pagedown")
        await pilot.pause()
        assert "Nobody." in shown(pilot)
        assert app.chosen == []


async def test_the_row_that_is_picked_out_is_marked_by_a_sign_too() -> None:
    app = Bare()
    async with app.run_test(size=(40, 20)) as pilot:
        app.rows.show([row(0), row(1)])
        await pilot.press("down")
        await pilot.pause()
        assert "› row number 1" in shown(pilot)
        assert "› row number 0" not in shown(pilot)
