"""Pictures of the discharge's form, of what was signed, and of the question after it, at both sizes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from fieldapp.records.ids import one_per
from tests.forms.desk import ADA, DAY, NAIR, Desk, keys, make_app, settled, typed, unlocked
from tests.goals.made import treatment
from tests.stays.made import visit
from tests.stays.test_discharge_flows import SUMMARY, people

Make = Callable[..., Desk]


def furnished(desk: Desk) -> None:
    """Fill a laptop with a client who is ready to leave."""
    treatment(desk)
    desk.plan(ago=20 * DAY)
    people(desk)
    visit(desk, 1, DAY)
    rows = {
        "a": {"name": "Olanzapine", "dose": "10 mg", "schedule": "evenings"},
        "b": {"name": "Paliperidone", "dose": "156 mg", "route": "im_lai", "schedule": "every 28 days"},
    }
    desk.add(
        "medication_list",
        one_per(ADA, "medication_list"),
        {"items": {"medicines": rows}},
        client=ADA,
        author=NAIR,
    )


async def _end(pilot: Any) -> None:
    pilot.app.open("discharge", client=ADA)
    await settled(pilot)


async def _reached(pilot: Any) -> None:
    await _end(pilot)
    await keys(pilot, "2")
    await keys(pilot, "tab", "tab", "tab")
    await typed(pilot, SUMMARY)
    await keys(pilot, "pagedown", "tab", "1")


async def _goes_on(pilot: Any) -> None:
    await _reached(pilot)
    await keys(pilot, "pagedown", "1")
    await typed(pilot, "+12")
    await keys(pilot, "tab")
    await typed(pilot, "10:00")
    await keys(pilot, "tab")
    await typed(pilot, "Dr. Iyer")


async def _handoff(pilot: Any) -> None:
    await _goes_on(pilot)
    await keys(pilot, "pagedown", "1", "2", "4", "tab", "1", "tab", "tab")
    await typed(pilot, "Ngozi Okafor")
    await keys(pilot, "enter", "enter")
    await typed(pilot, "Hal Brook")


async def _sign(pilot: Any) -> None:
    await _goes_on(pilot)
    await keys(pilot, "ctrl+s")


async def _died(pilot: Any) -> None:
    await _end(pilot)
    await keys(pilot, "9")


SHOTS: dict[str, Callable[[Any], Awaitable[None]]] = {
    "end": _end,
    "reached": _reached,
    "goes-on": _goes_on,
    "handoff": _handoff,
    "sign": _sign,
    "died": _died,
}


@pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])
@pytest.mark.parametrize("shot", list(SHOTS))
def test_a_discharge_looks_as_it_should(
    desk_of: Make, snap_compare: Any, shot: str, size: tuple[int, int]
) -> None:
    """The pages of the form with what is on file, who may have the summary, and what is signed."""
    desk = desk_of()
    furnished(desk)
    laptop = desk.opened()

    async def before(pilot: Any) -> None:
        await unlocked(pilot)
        await SHOTS[shot](pilot)

    assert snap_compare(make_app(laptop), terminal_size=size, run_before=before)
