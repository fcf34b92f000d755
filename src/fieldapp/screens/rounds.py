"""When sync rounds run: every five minutes, soon after something was saved, and when asked."""

from __future__ import annotations

import asyncio
import random
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Protocol

from ..errors import DiskFailure
from ..sync.schedule import ASKED_AT_MOST_MS, Schedule

if TYPE_CHECKING:
    from ..laptop.laptop import Laptop
    from ..store.models import SyncStatus

STOP_S = 5
"""How long locking waits for a round; afterwards the process goes anyway, and nothing is lost by it."""


class Owner(Protocol):
    """What rounds need of the App."""

    laptop: Laptop

    @property
    def open_for_work(self) -> bool:
        """Whether somebody is in."""
        ...

    def now_ms(self) -> int:
        """Return the device's clock."""
        ...

    def run_worker(self, work: Any, *, group: str) -> Any:
        """Run a coroutine as a worker of the App."""
        ...

    def sync_said(self, status: SyncStatus) -> None:
        """Take notice of where sending stands."""
        ...

    def sync_ended(self, status: SyncStatus) -> None:
        """Take notice that a round is over."""
        ...


class Rounds:
    """Runs at most one round at a time, in its own thread: a slow network never delays a draft."""

    def __init__(self, owner: Owner) -> None:
        self._owner = owner
        self._thread = ThreadPoolExecutor(1, "rounds")
        self._cancel = threading.Event()
        self._running: asyncio.Future[SyncStatus] | None = None
        self._schedule = Schedule()
        self._stopped = False
        self._again = False
        """A round was asked for while one ran, which may have read its outbox before."""

    @property
    def running(self) -> bool:
        """Whether a round runs."""
        return self._running is not None

    def soon(self) -> None:
        """Have a round start soon: something was saved."""
        self._schedule = self._schedule.saved(self._owner.now_ms())

    def tick(self, now_ms: int) -> None:
        """Start a round if one is due; called once a second."""
        if self._schedule.wait_ms(now_ms) > 2 * ASKED_AT_MOST_MS:
            # The clock was set back: without this no round would start until it has caught up.
            self._schedule = self._schedule.asked(now_ms)
        if not self.running and self._schedule.is_due(now_ms):
            self.start()

    def start(self) -> None:
        """Start a round now, or when the one that runs is over."""
        if self.running:
            self._again = True
        elif not self._stopped and self._owner.open_for_work:
            self._again = False
            self._cancel.clear()
            loop = asyncio.get_running_loop()
            self._running = loop.run_in_executor(self._thread, self._round, loop)
            self._owner.run_worker(self._wait(self._running), group="rounds")

    def _round(self, loop: asyncio.AbstractEventLoop) -> SyncStatus:
        def said(status: SyncStatus) -> None:
            loop.call_soon_threadsafe(self._owner.sync_said, status)

        laptop = self._owner.laptop
        try:
            return laptop.sync(said, self._cancel.is_set)
        except DiskFailure as failure:
            # It stays to be seen in the Sync area; a line at the bottom of whatever screen is gone with the next.
            return replace(laptop.sync_status(), message=failure.sentence)

    async def _wait(self, running: asyncio.Future[SyncStatus]) -> None:
        status: SyncStatus | None = None
        try:
            status = await asyncio.shield(running)
            self._owner.sync_ended(status)
        finally:
            self._running = None
            now = self._owner.now_ms()
            if status is not None and status.reached:
                self._schedule = self._schedule.finished(now)
            else:
                wait = status.retry_after_ms if status is not None else None
                self._schedule = self._schedule.failed(now, random.random(), wait)  # noqa: S311
        if self._again and not self._cancel.is_set():
            self.start()

    def cancel(self) -> None:
        """Ask the running round to stop after the batch in hand."""
        self._cancel.set()

    async def stop(self) -> None:
        """Cancel the round and wait for it a little; used when the vault is about to close."""
        self.cancel()
        self._stopped = True
        if self._running is not None:
            await asyncio.wait({self._running}, timeout=STOP_S)
        self._thread.shutdown(wait=False, cancel_futures=True)
