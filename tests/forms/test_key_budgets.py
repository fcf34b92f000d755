"""The budgets of clinical.md 6 for A1 to A4: the keys that are counted are typed into the real app."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from bench.keys import FLOWS, Flow
from fieldapp.records.envelope import instant
from fieldapp.screens.chart import ChartScreen
from fieldapp.screens.today import TodayScreen
from tests.forms.desk import (
    DANA,
    DAY,
    MINUTE,
    NOW,
    PASSPHRASE,
    SAM,
    Desk,
    keys,
    make_app,
    settled,
    top,
    typed,
    unlocked,
)

Make = Callable[..., Desk]


async def pressed(pilot: Any, flow: Flow) -> int:
    """Press the keys of a flow and return how many they were."""
    count = 0
    for step in flow.steps:
        count += await typed(pilot, step[1:]) if step[0] in "=@" else await keys(pilot, step)
    return count


def of(code: str, way: str) -> Flow:
    return next(flow for flow in FLOWS if flow.code == code and flow.way == way)


@pytest.mark.parametrize("flow", FLOWS, ids=lambda flow: f"{flow.code}-{flow.way}")
def test_keys_and_seconds_of_each_flow_are_within_its_budget(flow: Flow) -> None:
    """0.28 s for a key, 1.35 s for a decision."""
    assert flow.counted <= flow.most_keys
    assert flow.seconds <= flow.most_s


async def test_a1_one_key_after_the_passphrase(desk_of: Make) -> None:
    app = make_app(desk_of().opened())
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        app.screen.query_one("#passphrase").value = PASSPHRASE  # type: ignore[attr-defined]
        count = await pressed(pilot, of("A1", "lock screen"))
        await app.workers.wait_for_complete()
        await settled(pilot)
        assert top(app) is TodayScreen
        assert count == of("A1", "lock screen").keys


async def test_a2_a_client_is_found(desk_of: Make) -> None:
    app = make_app(desk_of().opened())
    async with app.run_test(size=(80, 24)) as pilot:
        await unlocked(pilot)
        assert await pressed(pilot, of("A2", "caseload")) == of("A2", "caseload").keys
        assert isinstance(app.screen, ChartScreen)
        assert app.screen.client_at_hand == SAM


@pytest.mark.parametrize("way", ["quick entry", "contact form"])
async def test_a3_an_attempt_is_logged(desk_of: Make, way: str) -> None:
    laptop = desk_of().opened()
    app = make_app(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await unlocked(pilot)
        await keys(pilot, "4")
        assert await pressed(pilot, of("A3", way)) == of("A3", way).keys
        rows = laptop.timeline(SAM, 0, 5, ("contact",))
        assert [row.state for row in rows] == ["attempt_no_answer"]


VISITS = {
    "quick entry": (NOW - 45 * MINUTE, NOW, ["Sleep six hours", "Keep the flat"]),
    "quick entry, on the client's chart": (NOW - 90 * MINUTE, NOW - 45 * MINUTE, None),
    "contact form": (NOW - 45 * MINUTE, NOW, None),
}


@pytest.mark.parametrize("way", sorted(VISITS))
async def test_a4_a_finished_visit_is_logged_with_its_defaults(desk_of: Make, way: str) -> None:
    desk = desk_of()
    desk.contact(SAM, ago=3 * DAY)
    desk.note(SAM, author=DANA, ago=3 * DAY)
    laptop = desk.opened()
    app = make_app(laptop)
    start, stop, goals = VISITS[way]
    async with app.run_test(size=(80, 24)) as pilot:
        await unlocked(pilot)
        if "chart" in way:
            app.open("chart", client=SAM)
            await settled(pilot)
        else:
            await keys(pilot, "4")
        assert await pressed(pilot, of("A4", way)) == of("A4", way).keys
        values = laptop.record(laptop.timeline(SAM, 0, 1, ("contact",))[0].record).values
        assert (values["start"], values["stop"], values.get("goals")) == (
            instant(start),
            instant(stop),
            goals,
        )
        assert (values["setting"], values["pos"], values["contact_type"], values["modality"]) == (
            "home", "12", "individual_counseling", "in_person",
        )  # fmt: skip
