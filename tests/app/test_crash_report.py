"""An unexpected failure ends the app without a word of what it was working on, after the drafts are saved."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from textual import work
from textual.app import ComposeResult
from textual.widgets import Static

from fieldapp.app import FieldApp
from fieldapp.errors import DataDamaged
from fieldapp.screens.base import FieldScreen
from fieldapp.widgets.crash import report
from tests.app.app_support import FakeLaptop, make_app, settled, shown, unlocked
from tests.app.test_lock_flows import Form

SECRET = "SENTINEL-note-body"


class Fragile(FieldScreen[None]):
    """Fails in a worker, or in a handler, with a secret in its locals and its message."""

    def compose_body(self) -> ComposeResult:
        yield Static("fragile")

    @work
    async def fail_in_worker(self) -> None:
        note = SECRET
        await asyncio.sleep(0)
        raise ValueError(note)

    @work(thread=True)
    def fail_in_thread(self) -> None:
        note = SECRET
        raise ValueError(note)

    def fail_in_handler(self) -> None:
        note = SECRET
        raise ValueError(note)

    @work
    async def known(self) -> None:
        raise DataDamaged("Restore it from the backup.")


async def crash(app: FieldApp, way: str) -> None:
    """Type into a form, then let another screen fail."""
    async with app.run_test() as pilot:
        await unlocked(pilot)
        await app.push_screen(Form())
        await pilot.press(*"kept")
        screen = Fragile()
        await app.push_screen(screen)
        screen.call_later(getattr(screen, way))
        await pilot.pause()
        await pilot.pause()


@pytest.mark.parametrize("way", ["fail_in_worker", "fail_in_thread", "fail_in_handler"])
async def test_a_crash_saves_drafts_and_tells_only_type_and_place(
    way: str, capsys: pytest.CaptureFixture[str]
) -> None:
    laptop = FakeLaptop()
    app = make_app(laptop)
    with pytest.raises(Exception, match=SECRET):  # the test framework gets the real one
        await crash(app, way)
    said = capsys.readouterr()
    assert SECRET not in said.out + said.err
    assert "ValueError in test_crash_report line" in " ".join(said.err.split())
    assert "Your drafts are saved" in " ".join(said.err.split())
    assert laptop.kept == {"d-1": {"text": "kept"}}
    assert app.return_code == 1


async def test_a_known_failure_that_no_screen_caught_is_said_and_the_app_goes_on() -> None:
    app = make_app()
    async with app.run_test() as pilot:
        await unlocked(pilot)
        screen = Fragile()
        await app.push_screen(screen)
        screen.known()
        await settled(pilot)
        assert "✗ Restore it from the backup." in shown(pilot)
        await pilot.press("1")


def test_a_report_names_our_own_place_when_the_failure_is_deeper() -> None:
    def inside(note: str) -> Any:
        return int(note)

    try:
        inside(SECRET)
    except ValueError as error:
        told = report(error)
    assert SECRET not in told.text
    assert told.kind == "ValueError"
    assert told.module == __name__
    assert len(told.id) == 8
