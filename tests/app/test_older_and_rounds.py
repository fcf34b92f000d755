"""Older records on the server open from the chart; rounds follow what the server and the network said."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from fieldapp.clinical.told import laptop as told
from fieldapp.errors import DiskFailure
from fieldapp.store.models import SyncStatus
from fieldapp.sync.schedule import EVERY_MS
from tests.app.app_support import NOW, STATUS, FakeLaptop, make_app, settled, shown, timeline_of, unlocked

OLDER = replace(timeline_of(1)[0], record="r-old", kind="note", title="Progress note", text="", status="older",
                sending="sent", fetch=("a" * 64,))  # fmt: skip
REACHED = replace(STATUS, reached=True)


class Shelf(FakeLaptop):
    """A laptop of whose history one note is only on the server."""

    def __init__(self, **more: Any) -> None:
        super().__init__(history=[OLDER], **more)
        self.wanted: list[tuple[str, ...]] = []
        self.gives = True

    def fetch(self, hashes: Sequence[str]) -> bool:
        self.wanted.append(tuple(hashes))
        return not (self.gives and self.calls.count("sync") > self.before)

    before = 0


async def _open_older(pilot: Any, laptop: Shelf) -> list[tuple[str, dict[str, Any]]]:
    """Open the first client's chart and press Enter on the older line; returns what opened then."""
    opened: list[tuple[str, dict[str, Any]]] = []
    app = pilot.app
    await unlocked(pilot)
    app.open("chart", client="c-1")
    await settled(pilot)
    assert "older, on the server" in shown(pilot)
    app.open = lambda name, **arguments: opened.append((name, arguments))
    laptop.before = laptop.calls.count("sync")
    await pilot.press("enter")
    for _ in range(4):
        await settled(pilot)
    return opened


async def test_an_older_record_opens_once_the_server_gave_it() -> None:
    laptop = Shelf(status=REACHED)
    app = make_app(laptop)
    async with app.run_test() as pilot:
        opened = await _open_older(pilot, laptop)
        assert opened == [("record", {"record": "r-old"})]
        assert laptop.wanted[0] == ("a" * 64,)


async def test_offline_it_says_that_it_comes_later() -> None:
    laptop = Shelf(refuse=None)
    app = make_app(laptop)
    async with app.run_test() as pilot:
        laptop.status = replace(STATUS, offline_since_ms=NOW, message="The server was not reached.")
        opened = await _open_older(pilot, laptop)
        assert opened == []
        assert "cannot be reached now" in shown(pilot)


async def test_a_server_that_does_not_give_it_is_not_asked_for_ever() -> None:
    laptop = Shelf(status=REACHED)
    laptop.gives = False
    app = make_app(laptop)
    async with app.run_test() as pilot:
        opened = await _open_older(pilot, laptop)
        assert opened == []
        assert "does not give it" in shown(pilot)
        assert laptop.calls.count("sync") - laptop.before <= 2


async def test_a_round_with_a_remark_is_no_failure_and_a_busy_server_is_left_alone() -> None:
    laptop = FakeLaptop(status=replace(REACHED, message="Some entries could not be sent."))
    app = make_app(laptop)
    async with app.run_test() as pilot:
        await unlocked(pilot)
        app.sync_now()
        await settled(pilot)
        assert app.rounds._schedule.wait_ms(NOW) == EVERY_MS
        laptop.status = replace(STATUS, message="The server is busy.", retry_after_ms=90_000)
        app.sync_now()
        await settled(pilot)
        assert app.rounds._schedule.wait_ms(NOW) >= 90_000
        assert app.rounds._schedule.failures == 1


async def test_a_round_asked_for_while_one_runs_follows_it() -> None:
    laptop = FakeLaptop(status=REACHED)
    app = make_app(laptop)
    async with app.run_test() as pilot:
        await unlocked(pilot)
        before = laptop.calls.count("sync")
        gate = threading.Event()
        app.rounds._thread.submit(gate.wait)
        app.sync_now()
        app.sync_now()
        app.sync_now()
        assert app.rounds.running
        gate.set()
        await settled(pilot)
        await settled(pilot)
        assert laptop.calls.count("sync") - before == 2


async def test_a_full_disk_stands_in_the_sync_area_until_a_round_succeeds() -> None:
    class Full(FakeLaptop):
        full_disk = True

        def sync(self, said: Any, cancelled: Any) -> SyncStatus:
            if self.full_disk:
                raise DiskFailure(told.DISK_FULL.said(" Make room."))
            return super().sync(said, cancelled)

    laptop = Full(status=REACHED)
    app = make_app(laptop)
    async with app.run_test() as pilot:
        await unlocked(pilot)
        await pilot.press("4")
        await pilot.press("s")
        await settled(pilot)
        await pilot.press("home")
        await settled(pilot)
        assert "! disk full" in shown(pilot).splitlines()[0]
        assert "There is no room on this laptop's disk." in shown(pilot)
        laptop.full_disk = False
        await pilot.press("s")
        await settled(pilot)
        assert "disk full" not in shown(pilot)
