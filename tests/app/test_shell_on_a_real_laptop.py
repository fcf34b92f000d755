"""The shell on a real Laptop: encrypted store, real vault (cheap key derivation), a clock that stands."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from fieldapp.app import FieldApp
from fieldapp.laptop.crisis_help import read_help
from fieldapp.laptop.laptop import Laptop
from fieldapp.process import RELAUNCH
from fieldapp.screens.base import Unsaved
from fieldapp.screens.chart import ChartScreen
from tests.app.app_support import settled, shown
from tests.app.test_lock_flows import Form
from tests.laptop.laptop_world import ANA, DAY_MS, NOON_MS, OTHER_TEAM, PASSPHRASE, World, uid


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """An agency with three clients, two of Ana's team."""
    made = World(tmp_path)
    ada = made.client("Okafor, Ada", name_to_use="Adaeze", pronouns="she/her", dob="1984-03-09")
    made.client("Lindqvist, Sam")
    made.client("Petrov, Ilya", team=OTHER_TEAM, primary=uid("mia"))
    for number in range(3):
        made.contact(ada, f"visit {number}", start_ms=NOON_MS - (number + 2) * DAY_MS)
    stop = {"code": "two_person_required", "severity": "stop", "detail": "Go with a colleague."}
    made.add("alert", uid("stop"), {"set": stop}, client=ada)
    made.enrol(ANA, tmp_path / "ana")
    yield made
    made.close()


def app_on(world: World) -> tuple[FieldApp, list[Laptop]]:
    """Return an App whose Laptop is made when it starts, and where to find it."""
    folder = world.folder / "ana"
    made: list[Laptop] = []

    def open_laptop() -> Laptop:
        made.append(world.open(folder))
        return made[0]

    return FieldApp(open_laptop, clock=world.clock, crisis_help=lambda: read_help(folder).lines), made


async def come_in(pilot: Pilot[None], passphrase: str = PASSPHRASE) -> None:
    await settled(pilot)
    pilot.app.screen.query_one("#passphrase", Input).value = passphrase
    await pilot.press("enter")
    await settled(pilot)
    await settled(pilot)


async def press(pilot: Pilot[None], *keys: str) -> None:
    for key in keys:
        await pilot.press(key)
        await settled(pilot)


async def test_unlock_find_and_open_a_chart(world: World) -> None:
    app, _ = app_on(world)
    async with app.run_test() as pilot:
        await come_in(pilot)
        assert app.current_mode == "today"
        await press(pilot, "slash", "a", "d", "a", "enter")
        text = shown(pilot)
        assert isinstance(app.screen, ChartScreen)
        assert "Okafor, Adaeze · she/her · 42 years" in text
        assert "■ STOP Two people required" in text
        assert "Nov 21" in text
        assert "A. Alvarez" in text.splitlines()[0]


async def test_wrong_passphrases_are_counted_and_told_after_the_next_unlock(world: World) -> None:
    app, _ = app_on(world)
    async with app.run_test() as pilot:
        for _ in range(2):
            await come_in(pilot, "not this one")
            assert "✗" in shown(pilot)
            assert app.current_mode == "lock"
        await come_in(pilot)
        assert "2 failed unlocks since 12:00" in shown(pilot)
        await press(pilot, "enter")
        assert app.current_mode == "today"


async def test_a_hard_lock_keeps_the_draft_and_the_next_start_finds_it(world: World) -> None:
    app, made = app_on(world)

    class ContactForm(Form):
        def unsaved(self) -> Unsaved | None:
            text = self.query_one(Input).value
            return Unsaved(self.draft_name, {"remark": text}, "remark")

        def saved(self, draft: object) -> None:
            pass

    async with app.run_test() as pilot:
        await come_in(pilot)
        draft = await app.ask(made[0].start, "contact", uid("Okafor, Ada"))
        await app.push_screen(ContactForm(draft.id))
        await pilot.press(*"by the door", "ctrl+l")
        await settled(pilot)
    assert app.return_code == RELAUNCH
    assert not made[0].unlocked
    again = world.open(world.folder / "ana")
    again.unlock(PASSPHRASE)
    assert again.draft(draft.id).values["remark"] == "by the door"
    assert again.draft(draft.id).focus == "remark"


async def test_the_reason_is_on_disk_before_another_teams_chart_shows(world: World) -> None:
    app, made = app_on(world)
    petrov = uid("Petrov, Ilya")
    async with app.run_test() as pilot:
        await come_in(pilot)
        await press(pilot, "slash", *"petr", "enter")
        assert "is with another team" in shown(pilot)
        assert made[0].way_in(petrov) is None
        await press(pilot, "1")
        assert made[0].way_in(petrov) == "break_glass"
        assert isinstance(app.screen, ChartScreen)
        assert "Emergency access" in shown(pilot)
        assert made[0].sync_status().pending == 1, "the supervisor will see it"


async def test_crisis_help_shows_the_programs_numbers_once_somebody_was_in(world: World) -> None:
    app, _ = app_on(world)
    async with app.run_test() as pilot:
        await come_in(pilot)
        await press(pilot, "ctrl+q")
    later, _ = app_on(world)
    async with later.run_test() as pilot:
        await pilot.press("f2")
        for _ in range(50):
            await settled(pilot)
            if "206-555-0100" in shown(pilot):
                break
        text = shown(pilot)
        assert "206-555-0100" in text
        assert "Okafor" not in text
        assert later.current_mode == "lock"


async def test_work_goes_on_while_no_server_is_known(world: World) -> None:
    app, _ = app_on(world)
    async with app.run_test() as pilot:
        await come_in(pilot)
        await press(pilot, "4", "s")
        await settled(pilot)
        text = shown(pilot)
        assert "○ nothing to send yet" in text
        assert "! " in text, "why nothing was sent, in a sentence"
        await press(pilot, "2")
        assert "Okafor" in shown(pilot)
