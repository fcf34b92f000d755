"""Pictures of Review, of a record that is reviewed and of the red list, at both sizes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from tests.forms.desk import CLIENTS, HOUR, NAIR, PIN, Desk, keys, make_app, typed, unlocked
from tests.review.red import queue, reddened

Make = Callable[..., Desk]


async def _red(pilot: Any) -> None:
    await keys(pilot, "U")


async def _plain_review(pilot: Any) -> None:
    await keys(pilot, "3")


async def _narrowed(pilot: Any) -> None:
    await keys(pilot, "3", "right", "right", "o", "slash")
    await typed(pilot, "tom")


async def _reviewed(pilot: Any) -> None:
    await keys(pilot, "3", "enter")


async def _answered(pilot: Any) -> None:
    await keys(pilot, "3", "right", "right", "enter")


async def _context(pilot: Any) -> None:
    await keys(pilot, "3", "enter", "w")


async def _changes(pilot: Any) -> None:
    await keys(pilot, "3", "right", "right", "enter", "d")


async def _batch(pilot: Any) -> None:
    pilot.app.laptop.set_pin(PIN)
    await keys(pilot, "3", "right", "enter", "escape", "down", "enter", "escape", "v")


SHOTS: dict[str, Callable[[Any], Awaitable[None]]] = {
    "red": _red,
    "review": _plain_review,
    "narrowed": _narrowed,
    "reviewed": _reviewed,
    "answered": _answered,
    "context": _context,
    "changes": _changes,
    "batch": _batch,
}


@pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])
@pytest.mark.parametrize("shot", list(SHOTS))
def test_review_and_red_list_look_as_they_should(
    desk_of: Make, snap_compare: Any, shot: str, size: tuple[int, int]
) -> None:
    desk = desk_of(NAIR)
    reddened(desk)
    queue(desk)
    laptop = desk.opened()

    async def before(pilot: Any) -> None:
        await unlocked(pilot)
        await SHOTS[shot](pilot)

    assert snap_compare(make_app(laptop), terminal_size=size, run_before=before)


@pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])
def test_a_morning_with_nothing_red_says_so(desk_of: Make, snap_compare: Any, size: tuple[int, int]) -> None:
    desk = desk_of(NAIR)
    for client in CLIENTS:
        desk.contact(client, author=NAIR, ago=HOUR)
    laptop = desk.opened()

    async def before(pilot: Any) -> None:
        await unlocked(pilot)
        await keys(pilot, "U")

    assert snap_compare(make_app(laptop), terminal_size=size, run_before=before)
