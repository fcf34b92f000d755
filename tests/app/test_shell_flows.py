"""What each screen of the shell shows and opens."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from textual.command import CommandList
from textual.pilot import Pilot

from fieldapp.app import FieldApp
from fieldapp.clinical.told.laptop import NOT_REACHED
from fieldapp.errors import DataDamaged, NotReached
from fieldapp.laptop.clock import HeldClock
from fieldapp.screens.caseload import CaseloadScreen
from fieldapp.screens.chart import ChartScreen
from fieldapp.screens.sync import SyncScreen
from fieldapp.store.models import Today
from tests.app.app_support import (
    CLIENTS,
    HOUR,
    ME,
    NOW,
    STATUS,
    FakeLaptop,
    client,
    make_app,
    settled,
    shown,
    timeline_of,
    unlocked,
)


class Watched(FieldApp):
    """An App that notes what screens open, and opens only the screens of the shell."""

    opened: list[tuple[str, dict[str, Any]]]

    def open(self, name: str, /, **arguments: Any) -> None:
        self.opened.append((name, arguments))
        if name in ("chart", "pick", "pin", "help"):
            super().open(name, **arguments)


def watched(laptop: FakeLaptop | None = None, clock: HeldClock | None = None) -> Watched:
    app = make_app(laptop, clock)
    app.__class__ = Watched
    assert isinstance(app, Watched)
    app.opened = []
    return app


async def press(pilot: Pilot[Any], *keys: str) -> None:
    for key in keys:
        await pilot.press(key)
        await settled(pilot)


async def test_any_client_is_found_in_five_keys() -> None:
    many = tuple(client(n, f"Name{n:03}, Person") for n in range(600)) + CLIENTS
    app = watched(FakeLaptop(clients=many))
    async with app.run_test() as pilot:
        await unlocked(pilot)
        await press(pilot, "slash", "o", "k", "a", "enter")
        assert app.opened == [("chart", {"client": "c-1"})]
        assert isinstance(app.screen, ChartScreen)
        await press(pilot, "escape")
        assert isinstance(app.screen, CaseloadScreen)
        assert len(app.screen_stack) == 1


async def test_the_field_gives_the_letters_back_on_escape() -> None:
    app = watched()
    async with app.run_test() as pilot:
        await unlocked(pilot)
        await press(pilot, "2", "slash", "t", "r", "a", "n")
        assert "Okafor" not in shown(pilot)
        await press(pilot, "escape", "escape")
        assert "Okafor" in shown(pilot)
        await press(pilot, "m")
        assert "5 clients · mine" in shown(pilot)


@pytest.mark.parametrize(
    ("key", "name"),
    [("c", "contact"), ("n", "note"), ("p", "plan"), ("f2", "card"), ("f3", "crisis"), ("t", "tasks")],
)
async def test_keys_act_on_the_client_at_hand(key: str, name: str) -> None:
    app = watched()
    async with app.run_test() as pilot:
        await unlocked(pilot)
        await press(pilot, "2", "down", key)
        assert app.opened == [(name, {"client": "c-2"})]


@pytest.mark.parametrize(("key", "name"), [("n", "note"), ("p", "plan"), ("f2", "card"), ("f3", "crisis")])
async def test_without_a_client_at_hand_one_is_picked(key: str, name: str) -> None:
    app = watched()
    async with app.run_test() as pilot:
        await unlocked(pilot)
        await press(pilot, "4", key)
        assert "Find" not in shown(pilot).splitlines()[0]
        await press(pilot, "m", "o", "r", "enter")
        assert app.opened == [(name, {"client": "c-3"})]
        await press(pilot, key)
        await press(pilot, "escape")
        assert len(app.opened) == 1, "picking nobody opens nothing"
        assert len(app.screen_stack) == 1


async def test_the_crisis_card_opens_in_three_keys_from_anywhere() -> None:
    app = watched()
    async with app.run_test() as pilot:
        await unlocked(pilot)
        await press(pilot, "4", "f2", "o", "enter")
        assert app.opened == [("card", {"client": "c-1"})]


async def test_today_names_what_to_read_before_the_door_first() -> None:
    app = watched()
    async with app.run_test() as pilot:
        await unlocked(pilot)
        text = shown(pilot)
        lines = text.splitlines()
        first = next(n for n, line in enumerate(lines) if "■ STOP Two people required" in line)
        assert first < next(n for n, line in enumerate(lines) if "12:00" in line)
        assert "Priya Nair, 425-555-0188" in " ".join(text.split())
        assert "1 d late" in text
        assert "came back" in text
        assert "Ex-partner may be there" in text, "the detail of the row that is picked out"


async def test_a_visit_with_a_stop_starts_only_after_it_was_read() -> None:
    laptop = FakeLaptop()
    app = watched(laptop)
    async with app.run_test() as pilot:
        await unlocked(pilot)
        await press(pilot, "down", "v")
        assert "Before you go to Okafor, Ada" in shown(pilot)
        assert app.opened == []
        await press(pilot, "escape")
        assert app.opened == []
        assert [call for call in laptop.calls if call.startswith("read")] == []
        await press(pilot, "v", "y")
        assert app.opened == [("contact", {"client": "c-1", "visit": "v-1"})]
        assert [call for call in laptop.calls if call.startswith("read")] == ["read c-1 a-1"]
        app.opened.clear()
        await press(pilot, "down", "v")
        assert app.opened == [("contact", {"client": "c-3", "visit": "v-2"})], "no stop, no question"


async def test_logging_on_a_planned_visit_is_about_that_visit() -> None:
    app = watched()
    async with app.run_test() as pilot:
        await unlocked(pilot)
        await press(pilot, "down", "down", "c")
        assert app.opened == [("contact", {"client": "c-3", "visit": "v-2"})]


async def test_a_key_is_about_the_client_that_was_picked_out_when_it_was_pressed() -> None:
    """Whatever is typed right after it: the note must never open for somebody else."""
    app = watched()
    async with app.run_test() as pilot:
        await unlocked(pilot)
        await press(pilot, "2", "down")
        app.simulate_key("n")
        app.simulate_key("4")
        app.simulate_key("enter")
        await pilot.pause()
        await settled(pilot)
        assert [found for found in app.opened if found[0] == "note"] == [("note", {"client": "c-2"})]


async def test_a_finished_visit_cannot_be_started_again() -> None:
    app = watched()
    async with app.run_test() as pilot:
        await unlocked(pilot)
        await press(pilot, "down", "down", "down", "v")
        assert app.opened == []
        await press(pilot, "enter")
        assert app.opened == [("chart", {"client": "c-4"})]


async def test_due_rows_open_what_they_name() -> None:
    app = watched()
    async with app.run_test() as pilot:
        await unlocked(pilot)
        await press(pilot, *["down"] * 4, "enter")
        await press(pilot, "down", "enter")
        await press(pilot, "down", "enter", "escape")
        await press(pilot, "down", "enter")
        assert app.opened == [
            ("record", {"record": "r-9", "entry": ""}),
            ("note", {"client": "c-2", "contact": "r-8"}),
            ("contact_plan", {"client": "c-2"}),
            ("plan", {"client": "c-4"}),
        ]


async def test_an_empty_day_says_what_to_do() -> None:
    app = watched(FakeLaptop(day=Today("2026-11-22", (), (), ())))
    async with app.run_test() as pilot:
        await unlocked(pilot)
        assert "Nothing planned and nothing due" in shown(pilot)


async def test_a_failure_stays_on_the_screen_and_goes_when_it_is_over() -> None:
    laptop = FakeLaptop()
    app = watched(laptop)
    async with app.run_test() as pilot:
        await unlocked(pilot)
        laptop.refuse = DataDamaged("The history is damaged; restore it from the backup.")
        await press(pilot, "2", "1", "r")
        assert "✗ The history is damaged; restore it from the backup." in shown(pilot)
        laptop.refuse = None
        await press(pilot, "r")
        assert "The history is damaged" not in shown(pilot)


async def test_the_chart_head_says_what_must_be_known_first() -> None:
    async with watched().run_test() as pilot:
        await unlocked(pilot)
        await press(pilot, "2", "enter")
        lines = shown(pilot).splitlines()
        assert "Okafor, Ada · she/her · 42 years" in lines[1]
        assert lines[2].strip().startswith("■ STOP Two people required")
        assert "▲ high risk since Nov 13" in lines[3]
        assert "◆ safety plan 3" in lines[3]
        assert "425-555-0111" in lines[4]
        assert "≠ 1 to settle: Phone" in lines[5]
        assert "STAFF ONLY" not in shown(pilot)


async def test_a_long_history_is_read_in_pages() -> None:
    laptop = FakeLaptop(history=timeline_of(5_000))
    app = watched(laptop)
    async with app.run_test() as pilot:
        await unlocked(pilot)
        await press(pilot, "2", "enter")
        assert laptop.pages == [(0, 100)]
        await press(pilot, "end")
        assert laptop.pages[-1] == (4_900, 100)
        assert len(laptop.pages) <= 3
        await press(pilot, "enter")
        assert app.opened[-1] == ("record", {"record": "r-4999"})


async def test_the_chart_settles_shows_facts_and_logs_for_its_client() -> None:
    app = watched()
    async with app.run_test() as pilot:
        await unlocked(pilot)
        await press(pilot, "2", "enter", "s")
        assert app.opened[-1] == ("settle", {"record": "c-1", "path": "phones"})
        await press(pilot, "d")
        assert "Mornings at the library on Hoyt" in shown(pilot)
        await press(pilot, "escape", "c")
        assert app.opened[-1] == ("contact", {"client": "c-1"})


async def test_a_wide_chart_shows_plan_and_facts_beside_the_history() -> None:
    async with watched().run_test(size=(120, 40)) as pilot:
        await unlocked(pilot)
        await press(pilot, "2", "enter")
        text = shown(pilot)
        assert "Safety plan, version 3" in text
        assert "Walk to the water" in text
        assert "Where to find" in text
        assert "STAFF ONLY" not in text


async def test_another_teams_chart_opens_only_after_the_reason_is_written() -> None:
    laptop = FakeLaptop(ways={"c-1": None})
    app = watched(laptop)
    async with app.run_test() as pilot:
        await unlocked(pilot)
        await press(pilot, "2", "enter")
        assert "is with another team" in shown(pilot)
        await press(pilot, "escape")
        assert isinstance(app.screen, CaseloadScreen)
        assert not [call for call in laptop.calls if call.startswith("glass")]
        await press(pilot, "enter", "5", "enter")
        assert "Say in a few words" in shown(pilot)
        await press(pilot, *"asked by ED", "enter")
        assert "glass c-1 other asked by ED" in laptop.calls
        assert isinstance(app.screen, ChartScreen)
        assert "Emergency access: four hours" in shown(pilot)


async def test_on_call_opens_freely_and_says_that_it_is_recorded() -> None:
    app = watched(FakeLaptop(ways={"c-1": "on_call"}))
    async with app.run_test() as pilot:
        await unlocked(pilot)
        await press(pilot, "2", "enter")
        assert isinstance(app.screen, ChartScreen)
        assert "because you are on call" in shown(pilot)


async def test_sync_tells_each_state_its_reason_and_the_next_step() -> None:
    status = replace(STATUS, pending=1, needs_you=1, held=1, quarantined=1)
    async with watched(FakeLaptop(status=status)).run_test() as pilot:
        await unlocked(pilot)
        await press(pilot, "4")
        text = shown(pilot)
        assert "142 of 146 confirmed" in text
        for words in ("needs you", "not sent", "waiting for an earlier entry", "with your supervisor"):
            assert words in text
        assert "“The client has no home team.”" in text
        assert "Your words are safe" in text
        assert "put it right and sign it again" in text


async def test_sync_now_runs_a_round_and_offline_is_said_in_words() -> None:
    laptop = FakeLaptop(refuse=NotReached(NOT_REACHED.sentence))
    app = watched(laptop)
    async with app.run_test() as pilot:
        laptop.refuse, refused = None, laptop.refuse
        await unlocked(pilot)
        laptop.refuse = refused
        await press(pilot, "4")
        before = laptop.calls.count("sync")
        await press(pilot, "s")
        assert laptop.calls.count("sync") == before + 1
        assert "○ offline since 11:00" in shown(pilot)
        await press(pilot, "home")
        assert "The server cannot be reached from here. Your work is safe on this laptop" in shown(pilot)
        assert "Next  Nothing: it is tried again by itself." in shown(pilot)
        assert "○ offline" in shown(pilot).splitlines()[0]


async def test_a_save_is_followed_by_a_round_within_seconds_and_failures_back_off() -> None:
    clock, laptop = HeldClock(NOW), FakeLaptop()
    app = watched(laptop, clock)
    async with app.run_test() as pilot:
        await unlocked(pilot)
        for _ in range(20):
            clock.move(ms=1000)
            app.tick()
            await settled(pilot)
        done = laptop.calls.count("sync")
        app.touched("r-1")
        for _ in range(5):
            clock.move(ms=1000)
            app.tick()
            await settled(pilot)
        assert laptop.calls.count("sync") == done + 1
        laptop.refuse = NotReached("Not reached.")
        app.sync_now()
        await settled(pilot)
        tried = laptop.calls.count("sync")
        for _ in range(2):
            clock.move(ms=1000)
            app.tick()
            await settled(pilot)
        assert laptop.calls.count("sync") == tried, "not at once again"


async def test_a_save_shows_at_once_as_work_to_send() -> None:
    laptop = FakeLaptop()
    app = watched(laptop)
    async with app.run_test() as pilot:
        await unlocked(pilot)
        laptop.status = replace(STATUS, pending=5)
        app.touched("r-1")
        await settled(pilot)
        assert "↑ 5 to send" in shown(pilot).splitlines()[0]


async def test_review_is_for_supervisors() -> None:
    app = watched()
    async with app.run_test() as pilot:
        await unlocked(pilot)
        await press(pilot, "3")
        assert app.current_mode == "today"
        assert "Review" not in shown(pilot).splitlines()[0]
    supervisor = watched(FakeLaptop(me=replace(ME, is_supervisor=True)))
    async with supervisor.run_test() as pilot:
        await unlocked(pilot)
        assert "3 Review" in shown(pilot).splitlines()[0]


async def test_areas_keep_their_place_and_their_key_goes_back_to_the_start() -> None:
    app = watched()
    async with app.run_test() as pilot:
        await unlocked(pilot)

        def name() -> str:
            return type(app.screen).__name__

        await press(pilot, "2", "down", "enter", "1")
        assert name() == "TodayScreen"
        await press(pilot, "2")
        assert name() == "ChartScreen", "where one was"
        await press(pilot, "2")
        assert name() == "CaseloadScreen"
        assert len(app.screen_stack) == 1


async def test_the_palette_finds_clients_and_actions_and_no_screenshot() -> None:
    app = watched()
    async with app.run_test() as pilot:
        await unlocked(pilot)
        await press(pilot, "ctrl+p")
        text = shown(pilot)
        assert "Save everything and lock now." in text or "Plan" in text
        assert "creenshot" not in text
        await pilot.press(*"tran")
        for _ in range(40):
            await settled(pilot)
            found = app.screen.query_one(CommandList).options
            if any("Tran, Minh" in str(option.prompt) for option in found):
                break
        await press(pilot, "enter")
        assert app.opened == [("chart", {"client": "c-4"})]


async def test_the_help_of_each_area_opens_and_closes() -> None:
    app = watched(FakeLaptop(me=replace(ME, is_supervisor=True)))
    async with app.run_test(size=(120, 40)) as pilot:
        await unlocked(pilot)
        for key in ("1", "2", "4"):
            for closing in ("question_mark", "escape"):
                await press(pilot, key, "question_mark")
                assert app.screen.query("HelpPanel")
                await press(pilot, closing)
                assert not app.screen.query("HelpPanel")
        await press(pilot, "2", "enter", "question_mark", "escape")
        assert "esc Back" in shown(pilot)
        await press(pilot, "4")
        assert isinstance(app.screen, SyncScreen)


async def test_what_was_due_in_an_hour_is_late_when_one_comes_back() -> None:
    clock = HeldClock(NOW)
    laptop = FakeLaptop()
    due = (replace(laptop.day.due[1], due_ms=NOW + HOUR // 2, late=False),)
    laptop.day = replace(laptop.day, due=due, visits=(), alerts=())
    app = watched(laptop, clock)
    async with app.run_test() as pilot:
        await unlocked(pilot)
        assert "due now" in shown(pilot)
        await press(pilot, "2")
        for _ in range(4):
            clock.move(minutes=1)
            await pilot.press("down")
        laptop.day = replace(laptop.day, due=(replace(due[0], late=True, due_ms=NOW - 2 * HOUR),))
        await press(pilot, "1")
        assert "2 h late" in shown(pilot)
