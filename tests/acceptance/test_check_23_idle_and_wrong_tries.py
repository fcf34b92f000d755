"""Check 23: idle time locks, blanks the screen and keeps the draft; a thousand wrong tries destroy nothing."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from textual.widgets import Input

from fieldapp.crypto import slots
from fieldapp.crypto.vault import WrongPassphrase
from fieldapp.laptop.laptop import Laptop
from fieldapp.laptop.unlocking import TooSoon
from fieldapp.process import RELAUNCH
from fieldapp.screens.base import Unsaved
from tests.acceptance.field import Field, app_of, come_in
from tests.acceptance.notes import begun
from tests.app.test_lock_flows import Form
from tests.forms.desk import settled, shown
from tests.sync.sync_world import MINUTE_MS, PASSPHRASE

TRIES = 1_000
WORDS = "grey heron by the water"


@pytest.fixture
def started(field: Field) -> tuple[Laptop, str]:
    """Return a laptop with a client, and the client."""
    rig = field.enrolled("Ana Alvarez")
    client = rig.client("Okafor, Ada")
    field.agency.settle()
    return field.laptop(rig), client


class Writing(Form):
    """A note that is being written."""

    def unsaved(self) -> Unsaved | None:
        values = {"sections": {"narrative": self.query_one(Input).value}}
        return Unsaved(self.draft_name, values, "sections")

    def saved(self, draft: object) -> None:
        pass


async def test_check_23_idle_covers_the_screen_then_locks_and_the_draft_is_safe(
    started: tuple[Laptop, str],
) -> None:
    laptop, client = started
    draft = begun(laptop, client)
    laptop.lock()
    clock = laptop.clock
    app = app_of(laptop)
    async with app.run_test() as pilot:
        await come_in(pilot)
        await app.push_screen(Writing(draft.id))
        await pilot.press(*WORDS)
        assert WORDS in shown(app)
        for _ in range(6):
            clock.move(ms=50_000)  # type: ignore[attr-defined]
            app.tick()
        await settled(pilot)
        covered = shown(app)
        assert WORDS not in covered
        assert "Okafor" not in covered
        still_open = laptop.unlocked
        assert still_open, "covered first: the passphrase or the PIN uncovers"
        for _ in range(15):
            clock.move(ms=50_000)  # type: ignore[attr-defined]
            app.tick()
        await settled(pilot)
    assert app.return_code == RELAUNCH, "a fresh process shows the lock screen"
    assert not laptop.unlocked
    laptop.unlock(PASSPHRASE)
    assert laptop.draft(draft.id).values["sections"] == {"narrative": WORDS}


def files_of(folder: Path) -> dict[str, bytes]:
    """Return what is in the files that hold work."""
    return {
        path.name: path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.name in ("data.db", "vault.json")
    }


def test_check_23_a_thousand_wrong_tries_are_slowed_counted_and_told_and_delete_nothing(
    started: tuple[Laptop, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    laptop, client = started
    draft = begun(laptop, client)
    laptop.lock()
    before = files_of(laptop.folder)
    assert set(before) == {"data.db", "vault.json"}
    monkeypatch.setattr(os, "fsync", lambda descriptor: None)
    waited = 0
    with monkeypatch.context() as patch:
        # Deriving a thousand keys is not what is shown here.
        patch.setattr(slots, "_stretch", lambda typed, slot: bytearray(32))
        for number in range(TRIES):
            wait_s = laptop.attempts.wait_s
            assert 0 <= wait_s <= 30
            if wait_s:
                with pytest.raises(TooSoon):
                    laptop.unlock(PASSPHRASE)
            laptop.clock.move(ms=1_000 * wait_s)  # type: ignore[attr-defined]
            waited += wait_s
            with pytest.raises(WrongPassphrase):
                laptop.unlock(f"guess number {number}")
    assert waited > 29_000, "nobody tries a thousand in less than eight hours"
    assert files_of(laptop.folder) == before
    laptop.clock.move(ms=MINUTE_MS)  # type: ignore[attr-defined]
    told = laptop.unlock(PASSPHRASE)
    assert told.failed == TRIES
    assert laptop.draft(draft.id).values == draft.values
    assert laptop.attempts.count == 0


async def test_check_23_the_number_of_wrong_tries_stands_before_today(started: tuple[Laptop, str]) -> None:
    laptop, _ = started
    laptop.lock()
    for _ in range(3):
        with pytest.raises(WrongPassphrase):
            laptop.unlock("somebody's guess")
    app = app_of(laptop)
    async with app.run_test() as pilot:
        await come_in(pilot)
        assert "3 failed unlocks since" in shown(app)
