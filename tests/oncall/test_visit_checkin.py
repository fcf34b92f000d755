"""Check-in before a visit: written in a few keys, rung when it is due, seen by colleagues, closed by whoever knows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from fieldapp.app import FieldApp
from fieldapp.errors import FieldappError
from fieldapp.process import kept_check_in
from fieldapp.records.envelope import instant
from fieldapp.screens.checkin import CheckedIn, CheckIn
from fieldapp.screens.reason_ask import AskReason
from fieldapp.screens.today import TodayScreen
from tests.forms.desk import (
    ADA,
    DANA,
    HOUR,
    MINUTE,
    NAIR,
    NOW,
    PASSPHRASE,
    TOM,
    TZ,
    Desk,
    ident,
    keys,
    make_app,
    settled,
    shown,
    top,
    typed,
    unlocked,
)

Make = Callable[..., Desk]


@pytest.fixture(autouse=True)
def nothing_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FIELDAPP_OUT_UNTIL", raising=False)
    # Before somebody unlocks, times are shown in the zone of the computer.
    monkeypatch.setattr(FieldApp, "zone", property(lambda _: ZoneInfo(TZ)))


def out(desk: Desk, staff: str = TOM, *, until_ms: int = NOW - 10 * MINUTE) -> str:
    record = ident(700)
    desk.add("visit_checkin", record, {"set": {
        "staff": staff, "started": instant(NOW - HOUR), "until": instant(until_ms), "place": "Pier 3", "code_word": "blue kettle",
    }}, client=ADA, author=staff)  # fmt: skip
    return record


def visit(desk: Desk) -> None:
    desk.add("planned_visit", ident(701), {"set": {
        "staff": DANA, "start": instant(NOW + 10 * MINUTE), "minutes": 50, "where": "12 Hoyt Ave", "contact_type": "outreach",
    }}, client=ADA)  # fmt: skip


async def painted(pilot: Any, words: str) -> str:
    """Wait until words are on screen, which a status line and a cover are in their own time; returns the whole of it."""
    for _ in range(200):
        text = shown(pilot.app)
        if words in text:
            return text
        await pilot.pause(0.05)
    raise AssertionError(f"{words!r} is not in {shown(pilot.app)!r}")


async def test_a_planned_visit_is_checked_in_with_four_keys_and_out_with_two(desk_of: Make) -> None:
    desk = desk_of()
    visit(desk)
    laptop = desk.opened()
    app = make_app(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await unlocked(pilot)
        await keys(pilot, "home")
        used = await keys(pilot, "C", "enter", "enter", "enter")
        assert used == 4
        assert "Checked in until today 11:50" in shown(app)
        one = laptop.checked_in
        assert one is not None
        assert (one.client, one.place, one.until_ms, one.code_word) == (
            ADA,
            "12 Hoyt Ave",
            NOW + 50 * MINUTE,
            "",
        )
        assert "check in by 11:50" in shown(app)
        assert kept_check_in() == NOW + 50 * MINUTE
        assert "You are checked in: 12 Hoyt Ave" in shown(app)
        await keys(pilot, "C")
        assert top(app) is CheckedIn
        await keys(pilot, "y")
        assert laptop.checked_in is None
        assert kept_check_in() is None
        assert "check in by" not in shown(app)


async def test_what_cannot_be_read_stays_in_the_line_with_a_sentence(desk_of: Make) -> None:
    laptop = desk_of().opened()
    app = make_app(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await unlocked(pilot)
        app.open("chart", client=ADA)
        await settled(pilot)
        await keys(pilot, "C", *["backspace"] * 5)
        await typed(pilot, "later")
        await keys(pilot, "enter", "enter", "enter")
        assert top(app) is CheckIn
        assert "later" in shown(app)
        await keys(pilot, *["backspace"] * 5)
        await typed(pilot, "1h30")
        await keys(pilot, "ctrl+s")
        assert "Say where you go" in shown(app)
        await typed(pilot, "Under the bridge, north side")
        await keys(pilot, "enter")
        await typed(pilot, "blue kettle")
        await keys(pilot, "enter")
        one = laptop.checked_in
        assert one is not None
        assert (one.place, one.code_word, one.until_ms) == (
            "Under the bridge, north side",
            "blue kettle",
            NOW + 90 * MINUTE,
        )


async def test_the_laptop_rings_once_a_minute_when_it_is_due_also_while_covered(
    desk_of: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = desk_of(TOM)
    out(desk, until_ms=NOW + MINUTE)
    app = make_app(desk.opened(), desk.clock)
    rung: list[int] = []
    monkeypatch.setattr(app, "bell", lambda: rung.append(desk.clock.now_ms()))
    async with app.run_test(size=(80, 24)) as pilot:
        await unlocked(pilot)
        app.tick()
        assert rung == []
        # A longer leap would be a sleep, which locks the laptop.
        desk.clock.move(minutes=1)
        app.tick()
        app.tick()
        await painted(pilot, "check-in was due 11:01")
        app._cover()
        await settled(pilot)
        desk.clock.move(minutes=1)
        app.tick()
        text = await painted(pilot, "check-in was due 11:01")
        assert "Pier 3" not in text
        assert "Okafor" not in text
        assert rung == [NOW + MINUTE, NOW + 2 * MINUTE]


async def test_a_locked_laptop_still_says_when_the_check_in_is_due(
    desk_of: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FIELDAPP_OUT_UNTIL", str(NOW + 5 * MINUTE))
    desk = desk_of(TOM)
    app = make_app(desk.opened(), desk.clock)
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await painted(pilot, "check in by")


async def test_a_colleague_sees_who_gave_no_sign_and_closes_it_with_how_they_know(desk_of: Make) -> None:
    desk = desk_of(NAIR)
    record = out(desk)
    laptop = desk.opened()
    app = make_app(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await unlocked(pilot)
        first = laptop.today().due[0]
        assert (first.kind, first.late, first.what) == ("checkin", True, "No sign of Tom Berg: Pier 3")
        assert top(app) is TodayScreen
        await keys(pilot, "home", "enter")
        assert top(app) is AskReason
        assert "blue kettle" in shown(app)
        await keys(pilot, "ctrl+s")
        assert top(app) is AskReason, "how that is known is said first"
        await typed(pilot, "He called from the car")
        await keys(pilot, "ctrl+s")
        assert [line for line in laptop.today().due if line.kind == "checkin"] == []
        assert laptop.open_checkin(record) is None


async def test_nobody_is_checked_in_twice_and_only_who_is_there_gets_more_time(desk_of: Make) -> None:
    desk = desk_of(DANA)
    record = out(desk)
    laptop = desk.opened()
    laptop.unlock(PASSPHRASE)
    with pytest.raises(FieldappError):
        laptop.stay_longer(record, 30)
    laptop.check_in(ADA, 30, "12 Hoyt Ave")
    with pytest.raises(FieldappError):
        laptop.check_in(ADA, 30, "12 Hoyt Ave")
    own = laptop.checked_in
    assert own is not None
    laptop.stay_longer(own.record, 45)
    later = laptop.checked_in
    assert later is not None
    assert later.until_ms == NOW + 45 * MINUTE
    laptop.say_safe(own.record)
    with pytest.raises(FieldappError):
        laptop.say_safe(own.record)


@pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])
@pytest.mark.parametrize("name", ["check_in", "checked_in", "no_sign", "today", "locked"])
def test_picture(
    name: str, size: tuple[int, int], desk_of: Make, snap_compare: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    staff = {"no_sign": NAIR, "today": NAIR, "checked_in": TOM}.get(name, DANA)
    desk = desk_of(staff)
    visit(desk)
    if name in ("no_sign", "today", "checked_in"):
        out(desk)
    if name == "locked":
        monkeypatch.setenv("FIELDAPP_OUT_UNTIL", str(NOW - 5 * MINUTE))

    async def before(pilot: Any) -> None:
        if name == "locked":
            await settled(pilot)
            return
        await unlocked(pilot)
        if name == "check_in":
            await keys(pilot, "home", "C")
        elif name == "checked_in":
            await keys(pilot, "C")
        elif name == "no_sign":
            await keys(pilot, "home", "enter")
        await settled(pilot)

    assert snap_compare(make_app(desk.opened()), terminal_size=size, run_before=before)
