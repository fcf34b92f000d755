"""Keys typed faster than the screen follows do what they would do typed slowly (decision 28)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from textual import events

from fieldapp.app import FieldApp
from fieldapp.screens.chart import ChartScreen
from fieldapp.screens.contact import ContactScreen
from fieldapp.screens.note import NoteScreen
from fieldapp.screens.sign import SignDialog
from fieldapp.widgets import key_order
from fieldapp.widgets.form_choice import FormChoice
from fieldapp.widgets.form_line import FormText
from fieldapp.widgets.form_secret import SecretInput
from tests.forms.desk import (
    ADA,
    PASSPHRASE,
    SAM,
    Desk,
    field_of,
    form,
    make_app,
    settled,
    shown,
    top,
    unlocked,
)

Make = Callable[..., Desk]


async def no_key_waits(app: FieldApp) -> None:
    """Wait until the last key has done what it does."""
    for _ in range(1000):
        if not (app.is_running and app.keys_wait):
            return
        await asyncio.sleep(0.01)
    raise AssertionError("keys wait for ever")


async def at_once(pilot: Any, *pressed: str) -> None:
    """Hand over all keys in one go, as a terminal does after a pause; words go letter by letter."""
    driver = pilot.app._driver
    named = {"enter", "tab", "escape", "ctrl+s", "ctrl+l", "slash", "space"}
    for word in pressed:
        for one in [word] if word in named else list(word):
            name = {" ": "space", "/": "slash"}.get(one, one)
            key = events.Key(name, one if len(one) == 1 else {"slash": "/", "space": " "}.get(one))
            key.set_sender(pilot.app)
            driver.send_message(key)
    await asyncio.sleep(0.01)
    await no_key_waits(pilot.app)
    await settled(pilot)


async def test_the_time_typed_right_after_the_outcome_does_not_change_the_outcome(desk_of: Make) -> None:
    app = make_app(desk_of().opened())
    async with app.run_test(size=(80, 24)) as pilot:
        await unlocked(pilot)
        app.open("contact", client=SAM)
        await settled(pilot)
        await at_once(pilot, "1", "45m", "enter", "1", "1", "2")
        assert top(app) is ContactScreen
        values = form(app).gather()
        assert values["outcome"] == "completed"
        assert "(45 min)" in shown(app)
        assert (values["modality"], values["setting"]) == ("in_person", "home")
        assert values["contact_type"]


async def test_the_whole_attempt_is_typed_before_the_form_is_there(desk_of: Make) -> None:
    desk = desk_of()
    laptop = desk.opened()
    app = make_app(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await unlocked(pilot)
        await at_once(pilot, "4", "c", "lind", "enter", "3", "ctrl+s")
        rows = laptop.timeline(SAM, 0, 5, ("contact",))
        assert [row.state for row in rows] == ["attempt_no_answer"]


async def test_saving_waits_for_the_choice_typed_before_it(desk_of: Make) -> None:
    app = make_app(desk_of().opened())
    async with app.run_test(size=(80, 24)) as pilot:
        await unlocked(pilot)
        app.open("note", client=ADA)
        await settled(pilot)
        field_of(app, "risk-block-answer").land()
        await settled(pilot)
        await at_once(pilot, "1", "ctrl+s")
        field = field_of(app, "risk-block-answer")
        assert isinstance(field, FormChoice)
        assert field.value == "none_observed"
        assert not field.complains, "the answer was there when the form was checked"


async def test_a_passphrase_typed_before_the_dialog_is_there_never_lands_in_the_note(desk_of: Make) -> None:
    desk = desk_of()
    contact = desk.contact(ADA)
    laptop = desk.opened()
    app = make_app(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await unlocked(pilot)
        desk.clock.move(minutes=30)
        app.open("note", client=ADA, contact=contact)
        await settled(pilot)
        words = "Ada spoke about her sleep and we agreed on a call for Friday morning."
        await at_once(pilot, words, "tab", words, "tab", words, "tab", "1")
        field_of(app, "goals").land()
        await settled(pilot)
        await at_once(pilot, "keep the flat", "ctrl+s", PASSPHRASE[:12])
        assert top(app) is SignDialog, shown(app)
        assert app.screen.query_one(SecretInput).value == PASSPHRASE[:12]
        note = next(screen for screen in app.screen_stack if isinstance(screen, NoteScreen))
        assert PASSPHRASE[:5] not in str(note.gather())


async def test_a_name_typed_right_after_the_slash_is_no_command(desk_of: Make) -> None:
    app = make_app(desk_of().opened())
    async with app.run_test(size=(80, 24)) as pilot:
        await unlocked(pilot)
        await at_once(pilot, "slash", "lind", "enter")
        assert top(app) is ChartScreen
        assert "Lindqvist, Sam" in shown(app)


async def test_words_typed_while_a_note_opens_land_in_its_first_section(desk_of: Make) -> None:
    desk = desk_of()
    contact = desk.contact(ADA)
    app = make_app(desk.opened())
    async with app.run_test(size=(80, 24)) as pilot:
        await unlocked(pilot)
        app.open("note", client=ADA, contact=contact)
        await at_once(pilot, "first words")
        first = field_of(app, "sections-data")
        assert isinstance(first, FormText)
        assert first.text == "first words"


async def test_keys_that_wait_when_the_screen_locks_go_nowhere(desk_of: Make) -> None:
    app = make_app(desk_of().opened())
    async with app.run_test(size=(80, 24)) as pilot:
        await unlocked(pilot)
        await at_once(pilot, "ctrl+l", "words for a note")
        assert not app._typed
    assert app.return_code is not None


async def test_a_cat_on_the_keyboard_fills_no_memory(desk_of: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(key_order, "MOST", 50)
    app = make_app(desk_of().opened())
    async with app.run_test(size=(80, 24)) as pilot:
        await unlocked(pilot)
        most = 0
        driver: Any = app._driver
        for _ in range(200):
            driver.send_message(events.Key("down", None))
        for _ in range(100):
            await asyncio.sleep(0)
            most = max(most, len(app._typed))
        assert 0 < most <= 50
        await no_key_waits(app)
