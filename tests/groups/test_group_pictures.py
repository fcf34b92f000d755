"""Pictures of the group screens at both sizes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from fieldapp.app import FieldApp
from tests.forms.desk import Desk, keys, make_app, settled, unlocked
from tests.groups.circle import MEMBERS, SUMMARY, opened, row, rows
from tests.groups.test_group_screen import TODAY, last_week

Make = Callable[..., Desk]
Scene = Callable[[Any], Awaitable[None]]


async def _groups(pilot: Any) -> None:
    await keys(pilot, "G")


async def _session(pilot: Any) -> None:
    await keys(pilot, "G", "enter")
    pilot.app.focused.insert(SUMMARY)
    await settled(pilot)


async def _filled(pilot: Any) -> None:
    """Fill in half of a grid of twelve."""
    await _session(pilot)
    await keys(pilot, "f6")
    for number, there in enumerate("112413"):
        await keys(pilot, there)
        if there in "23":
            await keys(pilot, "3", "5", "enter")
        if there != "4":
            risk = "2" if number == 1 else "1"
            await keys(pilot, "2", risk, "1", "enter")
            pilot.app.focused.insert(TODAY.format(number))
            await settled(pilot)
            await keys(pilot, "enter")


async def _grid(pilot: Any) -> None:
    await _filled(pilot)
    await keys(pilot, "1", "3")


async def _words(pilot: Any) -> None:
    await _filled(pilot)
    await keys(pilot, "1", "3", "1", "2", "enter")
    pilot.app.focused.insert("Came with the sheet, read one line aloud and ")
    await settled(pilot)


async def _risk(pilot: Any) -> None:
    await _filled(pilot)
    await keys(pilot, "1", "1", "3")


async def _refused(pilot: Any) -> None:
    await _filled(pilot)
    await keys(pilot, "ctrl+s")


async def _signing(pilot: Any) -> None:
    await _filled(pilot)
    for _ in range(6):
        await keys(pilot, "4")
    await keys(pilot, "ctrl+s")


async def _read(pilot: Any) -> None:
    await keys(pilot, "G", "end", "enter")


async def _today(pilot: Any) -> None:
    await keys(pilot, "home")


SCENES: dict[str, Scene] = {
    "groups": _groups, "session": _session, "grid": _grid, "words": _words, "risk": _risk, "refused": _refused,
    "signing": _signing, "read": _read, "today": _today,
}  # fmt: skip


@pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])
@pytest.mark.parametrize("scene", list(SCENES))
def test_group_screens_look_right(
    scene: str, size: tuple[int, int], circle_of: Make, snap_compare: Callable[..., bool]
) -> None:
    desk = circle_of(12)
    laptop = opened(desk)
    last_week(laptop, 12)
    app: FieldApp = make_app(laptop)

    async def before(pilot: Any) -> None:
        await unlocked(pilot)
        await SCENES[scene](pilot)
        await settled(pilot)

    assert snap_compare(app, terminal_size=size, run_before=before)


def test_a_grid_holds_twelve_with_hostile_names(circle_of: Make, snap_compare: Callable[..., bool]) -> None:
    """Names and words of people never style, command or widen the grid."""
    desk = circle_of(3)
    for client, name in zip(
        MEMBERS,
        ("[/b] [@click=app.quit]x, \x1b[31m", "山田山田山田山田山田山田, 太郎", "A" * 90),
        strict=False,
    ):
        desk.add("client", client, {"set": {"legal_name": name}}, client=client)
    laptop = opened(desk)
    grid = rows(["present", "late", "no_show"])
    grid[MEMBERS[0]] = row(0, response="[/] [bold]words[/bold] \x1b]0;title\x07 and [@click=app.bell]more[/]")
    draft = laptop.start(
        "group_session", None, None, {"title": "[/x] group", "rows": grid, "contact_type": "group"}
    )
    app = make_app(laptop)

    async def before(pilot: Any) -> None:
        await unlocked(pilot)
        app.open("group_session", draft=draft.id)
        await settled(pilot)
        await keys(pilot, "f6")

    assert snap_compare(app, terminal_size=(120, 40), run_before=before)
