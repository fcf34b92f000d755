"""Pictures of the screens of measures at both sizes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from fieldapp.app import FieldApp
from tests.forms.desk import ADA, DAY, Desk, keys, make_app, settled, unlocked
from tests.measures.test_measure_screens import add_phq9, asq

Make = Callable[..., Desk]
Scene = Callable[[Any], Awaitable[None]]


async def _measures(pilot: Any) -> None:
    pilot.app.open("measures", client=ADA)
    await settled(pilot)


async def _phq9(pilot: Any) -> None:
    pilot.app.open("measure", client=ADA, instrument="phq9")
    await settled(pilot)
    await keys(pilot, *"1120122", "backspace")


async def _pcl5(pilot: Any) -> None:
    pilot.app.open("measure", client=ADA, instrument="pcl5")
    await settled(pilot)
    await keys(pilot, *"01234012")


async def _pcptsd(pilot: Any) -> None:
    pilot.app.open("measure", client=ADA, instrument="pcptsd5")
    await settled(pilot)


async def _mood(pilot: Any) -> None:
    pilot.app.open("measure", client=ADA, instrument="mood")
    await settled(pilot)
    await keys(pilot, "ctrl+t", "7")


async def _goal(pilot: Any) -> None:
    pilot.app.open("measure", client=ADA, instrument="goal", title="Sleep six hours")
    await settled(pilot)


async def _screen(pilot: Any) -> None:
    pilot.app.open("measure", client=ADA, instrument="phq9")
    await settled(pilot)
    await keys(pilot, *"200000001", "0", "enter", "n")


async def _not_now(pilot: Any) -> None:
    await _screen(pilot)
    await keys(pilot, "escape", "1")


async def _sign(pilot: Any) -> None:
    pilot.app.open("measure", client=ADA, instrument="gad7")
    await settled(pilot)
    await keys(pilot, *"212x301")


async def _high(pilot: Any) -> None:
    pilot.app.open("measure", client=ADA, instrument="asked")
    await settled(pilot)
    await keys(pilot, "3", "enter")


async def _number(pilot: Any) -> None:
    pilot.app.open("measure_number", client=ADA, instrument="locus")
    await settled(pilot)


async def _read(pilot: Any) -> None:
    await _measures(pilot)
    await keys(pilot, "o")


SCENES: dict[str, Scene] = {
    "measures": _measures, "phq9": _phq9, "pcl5": _pcl5, "pcptsd5": _pcptsd, "mood": _mood, "goal": _goal,
    "suicide_screen": _screen, "not_now": _not_now, "sign": _sign, "high_risk": _high, "number": _number,
    "read": _read,
}  # fmt: skip


@pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])
@pytest.mark.parametrize("name", SCENES)
def test_picture(name: str, size: tuple[int, int], desk_of: Make, snap_compare: Any) -> None:
    desk = asq(desk_of())
    desk.alert(ADA, "caution")
    for number, total in enumerate((19, 16, 17, 12, 11, 9)):
        add_phq9(desk, total, (80 - 14 * number) * DAY)
    app: FieldApp = make_app(desk.opened())

    async def before(pilot: Any) -> None:
        await unlocked(pilot)
        await SCENES[name](pilot)

    assert snap_compare(app, terminal_size=size, run_before=before)
