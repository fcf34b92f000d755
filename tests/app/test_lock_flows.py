"""Unlocking, covering, locking: nobody reads what they should not, and no word is lost."""

from __future__ import annotations

import threading
from types import SimpleNamespace
from typing import Any, cast

import pytest
from textual.app import ComposeResult
from textual.pilot import Pilot
from textual.widgets import Input

from fieldapp.app import FieldApp
from fieldapp.errors import DataDamaged
from fieldapp.laptop.clock import HeldClock
from fieldapp.process import RELAUNCH
from fieldapp.screens.base import AUTOSAVE_S, FormScreen, Unsaved
from fieldapp.screens.lock import LockScreen
from tests.app.app_support import DAY, NOW, PASSPHRASE, FakeLaptop, make_app, settled, shown, unlocked


class Form(FormScreen[None]):
    """A form over one draft with one field."""

    def __init__(self, name: str = "d-1") -> None:
        super().__init__()
        self.draft_name = name
        self.last = ""

    def compose_body(self) -> ComposeResult:
        yield Input(id="text")

    def unsaved(self) -> Unsaved | None:
        text = self.query_one("#text", Input).value
        return Unsaved(self.draft_name, {"text": text}, "text") if text != self.last else None

    def saved(self, draft: Any) -> None:
        self.last = draft.values["text"]

    def on_input_changed(self) -> None:
        self.edited()


async def pass_time(pilot: Pilot[Any], clock: HeldClock, seconds: int) -> None:
    """Let time pass as the app's timer sees it."""
    app = cast("FieldApp", pilot.app)
    for _ in range(seconds):
        clock.move(ms=1000)
        app.tick()
    await settled(pilot)


async def test_the_right_passphrase_opens_today() -> None:
    async with make_app().run_test() as pilot:
        await unlocked(pilot)
        assert pilot.app.current_mode == "today"
        assert "Visits · 3" in shown(pilot)


async def test_a_wrong_passphrase_says_so_counts_and_makes_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    count_down = LockScreen._count_down
    monkeypatch.setattr(LockScreen, "_count_down", lambda _: None)  # by hand: a slow machine is no test
    laptop = FakeLaptop()
    async with make_app(laptop).run_test() as pilot:
        await pilot.pause()
        for _ in range(4):
            pilot.app.screen.query_one("#passphrase", Input).value = "wrong"
            await pilot.press("enter")
            await settled(pilot)
        assert "does not open" in shown(pilot)
        assert "Next try in 1 s" in shown(pilot)
        screen = cast("LockScreen", pilot.app.screen)
        pilot.app.screen.query_one("#passphrase", Input).value = PASSPHRASE
        await pilot.press("enter")
        await settled(pilot)
        assert pilot.app.current_mode == "lock", "a try while waiting is not made"
        count_down(screen)
        await pilot.press("enter")
        await settled(pilot)
        assert pilot.app.current_mode == "today"


async def test_failed_tries_are_reported_before_today() -> None:
    laptop = FakeLaptop(failed=17, warnings=("The vault's header was altered and has been put right.",))
    async with make_app(laptop).run_test() as pilot:
        await unlocked(pilot)
        assert pilot.app.current_mode == "lock"
        assert "17 failed unlocks since 06:00" in shown(pilot)
        assert "header was altered" in shown(pilot)
        await pilot.press("enter")
        await settled(pilot)
        assert pilot.app.current_mode == "today"


async def test_a_damaged_vault_is_one_sentence_and_the_screen_goes_on() -> None:
    laptop = FakeLaptop()
    laptop.damage = DataDamaged("Restore it from a backup.")
    async with make_app(laptop).run_test() as pilot:
        await unlocked(pilot)
        assert "Restore it from a backup." in shown(pilot)
        assert pilot.app.current_mode == "lock"


async def test_unsent_work_of_colleagues_shows_without_names() -> None:
    laptop = FakeLaptop(
        elsewhere=(SimpleNamespace(count=3, since_ms=NOW - 4 * DAY), SimpleNamespace(count=0, since_ms=None))
    )
    async with make_app(laptop).run_test() as pilot:
        await settled(pilot)
        assert "3 unsent in a colleague's account on this laptop, the oldest from 4 days ago" in " ".join(
            shown(pilot).replace("│", " ").split()
        )


@pytest.mark.parametrize("key", ["f2", "ctrl+g"])
async def test_crisis_help_opens_while_everything_else_still_loads(key: str) -> None:
    gate = threading.Event()

    def slow() -> Any:
        assert gate.wait(10)
        return FakeLaptop()

    app = FieldApp(slow, clock=HeldClock(0), crisis_help=lambda: ("Our team: 425-555-0199",))
    async with app.run_test() as pilot:
        await pilot.press(key)
        while "Our team" not in shown(pilot):
            await pilot.pause()
        assert "988" in shown(pilot)
        await pilot.press("escape")
        await pilot.pause()
        assert isinstance(app.screen, LockScreen)
        gate.set()
        await settled(pilot)


async def test_nothing_but_help_and_leaving_works_before_unlocking() -> None:
    async with make_app().run_test() as pilot:
        await settled(pilot)
        pilot.app.screen.set_focus(None)
        for key in ("1", "2", "4", "c", "n", "p", "slash", "ctrl+p", "question_mark", "F"):
            await pilot.press(key)
            await settled(pilot)
            assert isinstance(pilot.app.screen, LockScreen), key


async def test_idle_covers_the_screen_and_saves_the_draft() -> None:
    clock, laptop = HeldClock(NOW), FakeLaptop()
    async with make_app(laptop, clock).run_test() as pilot:
        await unlocked(pilot)
        await pilot.app.push_screen(Form())
        await pilot.press(*"sentinel words")
        await pass_time(pilot, clock, 301)
        assert pilot.app.current_mode == "blank"
        assert "sentinel" not in shown(pilot)
        assert "Okafor" not in shown(pilot)
        assert laptop.kept["d-1"] == {"text": "sentinel words"}
        pilot.app.screen.query_one(Input).value = PASSPHRASE
        await pilot.press("enter")
        await settled(pilot)
        assert isinstance(pilot.app.screen, Form), "the form is where it was"
        assert pilot.app.screen.query_one(Input).value == "sentinel words"


async def test_field_mode_covers_after_two_minutes() -> None:
    clock = HeldClock(NOW)
    async with make_app(clock=clock).run_test() as pilot:
        await unlocked(pilot)
        await pilot.press("F")
        await pass_time(pilot, clock, 119)
        assert pilot.app.current_mode == "today"
        await pass_time(pilot, clock, 2)
        assert pilot.app.current_mode == "blank"


async def test_what_opens_in_the_background_stays_under_the_cover() -> None:
    clock = HeldClock(NOW)
    async with make_app(clock=clock).run_test() as pilot:
        await unlocked(pilot)
        await pass_time(pilot, clock, 301)
        await pilot.app.push_screen(Form())
        await settled(pilot)
        assert pilot.app.current_mode == "blank"
        assert not isinstance(pilot.app.screen, Form)


async def test_keys_do_not_reach_the_work_under_the_cover() -> None:
    clock = HeldClock(NOW)
    async with make_app(clock=clock).run_test() as pilot:
        await unlocked(pilot)
        await pass_time(pilot, clock, 301)
        pilot.app.screen.set_focus(None)
        for key in ("2", "c", "ctrl+p", "question_mark"):
            await pilot.press(key)
            await settled(pilot)
        assert pilot.app.current_mode == "blank"
        assert len(pilot.app.screen_stack) == 1


async def test_typing_under_the_cover_does_not_put_the_hard_lock_off() -> None:
    clock, laptop = HeldClock(NOW), FakeLaptop()
    app = make_app(laptop, clock)
    async with app.run_test() as pilot:
        await unlocked(pilot)
        await pass_time(pilot, clock, 301)
        for _ in range(10):
            await pilot.press("x")
            await pass_time(pilot, clock, 60)
        assert laptop.closed
    assert app.return_code == RELAUNCH


@pytest.mark.parametrize("way", ["idle", "sleep", "ctrl+l"])
async def test_a_hard_lock_saves_closes_and_asks_for_a_fresh_process(way: str) -> None:
    clock, laptop = HeldClock(NOW), FakeLaptop()
    app = make_app(laptop, clock)
    async with app.run_test() as pilot:
        await unlocked(pilot)
        await pilot.app.push_screen(Form())
        await pilot.press(*"words")
        if way == "idle":
            await pass_time(pilot, clock, 15 * 60)
        elif way == "sleep":
            clock.move(minutes=2)
            app.tick()
        else:
            await pilot.press("ctrl+l")
        await settled(pilot)
    assert laptop.kept["d-1"] == {"text": "words"}
    assert laptop.calls[-1] == "lock"
    assert app.return_code == RELAUNCH


async def test_the_first_key_after_sleep_does_nothing_but_lock() -> None:
    clock, laptop = HeldClock(NOW), FakeLaptop()
    app = make_app(laptop, clock)
    async with app.run_test() as pilot:
        await unlocked(pilot)
        clock.move(hours=3)
        await pilot.press("2")
        await settled(pilot)
        assert app.current_mode != "caseload"
    assert laptop.closed


async def test_a_draft_that_cannot_be_saved_does_not_keep_the_vault_open() -> None:
    laptop = FakeLaptop()
    app = make_app(laptop)
    async with app.run_test() as pilot:
        await unlocked(pilot)
        laptop.full = DataDamaged("The disk is full.")
        await pilot.app.push_screen(Form())
        await pilot.press("x", "ctrl+l")
        await settled(pilot)
    assert laptop.closed


async def test_the_third_wrong_pin_locks_for_good() -> None:
    clock, laptop = HeldClock(NOW), FakeLaptop()
    app = make_app(laptop, clock)
    async with app.run_test() as pilot:
        await unlocked(pilot)
        await pilot.press("4")
        await settled(pilot)
        await pilot.press("K")
        await settled(pilot)
        await pilot.press(*"12", "enter")
        await settled(pilot)
        assert "4 to 8 digits" in shown(pilot)
        assert not laptop.has_pin
        await pilot.press(*"271828", "enter")
        await settled(pilot)
        assert laptop.pin == "271828"
        await pass_time(pilot, clock, 301)
        for count in (1, 2, 3):
            assert not laptop.closed
            await pilot.press(*"1111", "enter")
            await settled(pilot)
            if count < 3:
                assert "Wrong PIN" in shown(pilot)
    assert laptop.closed
    assert app.return_code == RELAUNCH


async def test_the_pin_uncovers() -> None:
    clock, laptop = HeldClock(NOW), FakeLaptop(pin="271828")
    async with make_app(laptop, clock).run_test() as pilot:
        await unlocked(pilot)
        await pass_time(pilot, clock, 301)
        await pilot.press(*"271828", "enter")
        await settled(pilot)
        assert pilot.app.current_mode == "today"


async def test_leaving_saves_and_closes_the_vault() -> None:
    laptop = FakeLaptop()
    app = make_app(laptop)
    async with app.run_test() as pilot:
        await unlocked(pilot)
        await pilot.app.push_screen(Form())
        await pilot.press(*"words", "ctrl+q")
        await settled(pilot)
    assert laptop.kept["d-1"] == {"text": "words"}
    assert laptop.closed
    assert app.return_code == 0


async def test_a_form_saves_by_itself_within_a_second() -> None:
    laptop = FakeLaptop()
    async with make_app(laptop).run_test() as pilot:
        await unlocked(pilot)
        await pilot.app.push_screen(Form())
        await pilot.press("a")
        for _ in range(100):
            if laptop.kept:
                break
            await pilot.pause(AUTOSAVE_S / 20)
        assert laptop.kept["d-1"] == {"text": "a"}
    assert AUTOSAVE_S < 1
