"""One picture per screen at 80×24 and 120×40, and one per theme."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from textual.pilot import Pilot

from fieldapp.clinical.told.laptop import NOT_REACHED
from fieldapp.errors import DataDamaged
from fieldapp.laptop.clock import HeldClock
from fieldapp.screens.lock import LockScreen
from fieldapp.store.models import Today
from tests.app.app_support import (
    CLIENTS,
    DAY,
    HOUR,
    ME,
    NOW,
    STATUS,
    FakeLaptop,
    client,
    make_app,
    settled,
    shown,
    unlocked,
)

SIZES = pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])
Compare = Callable[..., bool]
SUPERVISOR = replace(ME, is_supervisor=True)
MANY = CLIENTS + tuple(client(n, f"Client{n:03}, Test", mrn=f"{5000 + n}") for n in range(7, 60))
BUSY = replace(
    STATUS, pending=1, needs_you=1, held=1, quarantined=1, offline_since_ms=NOW - 2 * HOUR,
    message=NOT_REACHED.sentence,
)  # fmt: skip


def keys(*pressed: str) -> Callable[[Pilot[Any]], Awaitable[None]]:
    """Unlock, then press keys."""

    async def run(pilot: Pilot[Any]) -> None:
        await unlocked(pilot)
        for key in pressed:
            await pilot.press(key)
            await settled(pilot)

    return run


def laptop(**changes: Any) -> FakeLaptop:
    """Return the laptop of the pictures."""
    return FakeLaptop(**{"me": SUPERVISOR, "clients": MANY, **changes})


@SIZES
@pytest.mark.parametrize(
    ("name", "pressed"),
    [
        ("today", ()),
        ("today_visit", ("down",)),
        ("caseload", ("2", "down")),
        ("find", ("slash", "o", "k")),
        ("chart", ("2", "enter")),
        ("facts", ("2", "enter", "d")),
        ("sync", ("4",)),
        ("pin", ("4", "K")),
        ("pick", ("4", "f2", "m", "o")),
        ("acknowledge", ("down", "v")),
        ("palette", ("ctrl+p",)),
        ("help", ("question_mark",)),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_screen(snap_compare: Compare, size: tuple[int, int], name: str, pressed: tuple[str, ...]) -> None:
    assert snap_compare(make_app(laptop()), terminal_size=size, run_before=keys(*pressed))


@SIZES
def test_sync_with_work_that_waits(snap_compare: Compare, size: tuple[int, int]) -> None:
    assert snap_compare(make_app(laptop(status=BUSY)), terminal_size=size, run_before=keys("4"))


@SIZES
def test_emergency_access(snap_compare: Compare, size: tuple[int, int]) -> None:
    app = make_app(laptop(ways={"c-1": None}))
    assert snap_compare(app, terminal_size=size, run_before=keys("2", "enter", "5"))


@SIZES
def test_locked(snap_compare: Compare, size: tuple[int, int]) -> None:
    elsewhere = (SimpleNamespace(count=3, since_ms=NOW - 4 * DAY),)
    assert snap_compare(make_app(laptop(elsewhere=elsewhere)), terminal_size=size, run_before=settled)


@SIZES
def test_locked_after_wrong_passphrases(
    snap_compare: Compare, size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    # The countdown goes by the second: a picture needs one that stands.
    monkeypatch.setattr(LockScreen, "_count_down", lambda _: None)
    used = laptop()

    async def wrong(pilot: Pilot[Any]) -> None:
        await settled(pilot)
        used.wrong = 6
        await pilot.press("x", "enter")
        for _ in range(20):
            await settled(pilot)
            if "Next try in 8 s" in shown(pilot):
                break
        await settled(pilot)

    assert snap_compare(make_app(used), terminal_size=size, run_before=wrong)


@SIZES
def test_failed_unlocks_reported(snap_compare: Compare, size: tuple[int, int]) -> None:
    warned = ("Your credential ends on Dec 5: renew it, or you cannot sign from Dec 6.",)
    app = make_app(laptop(failed=17, warnings=warned))
    assert snap_compare(app, terminal_size=size, run_before=keys())


@SIZES
def test_covered(snap_compare: Compare, size: tuple[int, int]) -> None:
    clock = HeldClock(NOW)

    async def cover(pilot: Pilot[Any]) -> None:
        await unlocked(pilot)
        app._cover()
        await settled(pilot)

    app = make_app(laptop(pin="1234"), clock)
    assert snap_compare(app, terminal_size=size, run_before=cover)


@SIZES
def test_crisis_help(snap_compare: Compare, size: tuple[int, int]) -> None:
    async def opened(pilot: Pilot[Any]) -> None:
        await settled(pilot)
        await pilot.press("f2")
        for _ in range(20):
            await settled(pilot)
            if len(pilot.app.screen.query("#lines Static")) == 4:
                break
        await settled(pilot)

    app = make_app(
        laptop(),
        crisis_help=lambda: ("Our team, day and night: 425-555-0199", "Local crisis line: 800-584-3578"),
    )
    assert snap_compare(app, terminal_size=size, run_before=opened)


def test_an_empty_day(snap_compare: Compare) -> None:
    app = make_app(laptop(day=Today("2026-11-22", (), (), ())))
    assert snap_compare(app, terminal_size=(80, 24), run_before=keys())


def test_a_failure(snap_compare: Compare) -> None:
    used = laptop()
    app = make_app(used)

    async def fail(pilot: Pilot[Any]) -> None:
        await unlocked(pilot)
        used.refuse = DataDamaged("The history is damaged; restore it from the backup of today.")
        await pilot.press("2")
        await settled(pilot)

    assert snap_compare(app, terminal_size=(80, 24), run_before=fail)


@pytest.mark.parametrize("theme", ["dusk", "paper", "high-contrast"])
def test_theme(snap_compare: Compare, theme: str) -> None:
    app = make_app(laptop())
    app.theme = theme
    assert snap_compare(app, terminal_size=(80, 24), run_before=keys("2", "enter"))


def test_every_picture_belongs_to_a_test() -> None:
    folder = Path(__file__).parent / "__snapshots__" / "test_shell_snapshots"
    assert len(list(folder.glob("*.svg"))) == 24 + 2 * 7 + 2 + 3
