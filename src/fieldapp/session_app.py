"""The App's session: one thread for the Laptop, unlocking, idle time, locking, leaving."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, tzinfo
from functools import partial
from typing import TYPE_CHECKING, Any, ParamSpec, Protocol, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from textual import events
from textual.signal import Signal
from textual.widget import Widget
from textual.worker import NoActiveWorker, get_current_worker

from .clinical.checkin import rings
from .errors import FieldappError
from .process import (
    RELAUNCH,
    end_soon,
    ignore_wake_up_of_closed_terminal,
    keep_check_in,
    kept_check_in,
    let_go_of_terminal,
    quiet_loop,
    terminal_closed,
)
from .screens import routes
from .screens.base import FormParts, ScreenParts
from .screens.idle import MINUTE_MS, IdleWatch, Limits
from .screens.keys import TABS
from .screens.pauses import Pauses
from .screens.rounds import Rounds
from .widgets.check_in_line import check_in_words
from .widgets.safe import SafeApp
from .widgets.status_line import StatusFacts

if TYPE_CHECKING:
    from .laptop.laptop import Laptop
    from .laptop.unlocking import Unlocked
    from .store.models import Me, SyncStatus

P = ParamSpec("P")
R = TypeVar("R")

LOCKED = ("lock", "blank")
RESCUE_S = 5
"""How long a failing app waits for its drafts."""


class Clock(Protocol):
    """The device's clock; tests hand over one that stands still."""

    def now_ms(self) -> int:
        """Return milliseconds since 1970."""
        ...


def short_name(name: str) -> str:
    """Return a name with the first name as a letter: `D. Reyes`."""
    first, _, last = name.strip().rpartition(" ")
    return f"{first[0]}. {last}" if first else last


class SessionApp(SafeApp[None]):
    """An App that opens a Laptop, follows the clock and never leaves work behind.

    Args:
        open_laptop: makes the Laptop; called once, in a thread.
        clock: the device's clock.
        crisis_help: reads the help that contains no client data; called in a thread, before any unlock.
        limits: how long the screen stays open; shorter by an organisation's policy.
        lock_hint: a line on the lock screen; the demo shows its passphrase there.
    """

    laptop: Laptop
    me: Me

    def __init__(
        self,
        open_laptop: Callable[[], Laptop],
        *,
        clock: Clock,
        crisis_help: Callable[[], tuple[str, ...]],
        limits: Limits | None = None,
        lock_hint: str = "",
    ) -> None:
        super().__init__()
        self.lock_hint = lock_hint
        self._open_laptop = open_laptop
        self._clock = clock
        self.crisis_help = crisis_help
        self._limits = limits or Limits()
        # One thread, so that what was asked first is done first: a draft never overtakes an older one.
        self._clerk = ThreadPoolExecutor(1, "clerk")
        # Lists of everybody are read beside them: an opening card or a draft waits for none.
        self._lists = ThreadPoolExecutor(1, "lists")
        self._loaded: asyncio.Future[None] | None = None
        self._forms: list[FormParts] = []
        self.area = "today"
        """The area that is shown again after the cover."""
        self._watch: IdleWatch | None = None
        self.pauses: Pauses | None = None
        """Set where the App has the process to itself."""
        self._leaving = False
        self._hung_up = False
        self.rounds = Rounds(self)
        self.sync_status: Signal[SyncStatus] = Signal(self, "sync-status")
        self.changed: Signal[frozenset[str]] = Signal(self, "changed")
        self.status: Signal[StatusFacts] = Signal(self, "status")
        self._sync: SyncStatus | None = None
        self._waits = (0, 0)
        """How much waits in Review, and how much of it is late; of supervisors and managers."""
        self.out_ms = kept_check_in()
        """Until when this person said they would be out of a visit, by this device's clock; None while they are."""
        self._rung_ms: int | None = None

    # What screens may ask (screens.base.Host)

    async def ask(self, call: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> R:
        """Run one blocking call of the Laptop, after those asked before it, and return its value."""
        value = await asyncio.get_running_loop().run_in_executor(self._clerk, partial(call, *args, **kwargs))
        self._drop_if_closed()
        return value

    async def browse(self, call: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> R:
        """Read a list of everybody from the Laptop, beside what was asked in order, and return it."""
        value = await asyncio.get_running_loop().run_in_executor(self._lists, partial(call, *args, **kwargs))
        self._drop_if_closed()
        return value

    def _drop_if_closed(self) -> None:
        # Textual cancels the work of a screen only after its widgets are gone: what comes back in between
        # would look for them and end the app.
        with contextlib.suppress(NoActiveWorker):
            node = get_current_worker().node
            if isinstance(node, Widget) and not (node.display and node.is_running and self.is_running):
                raise asyncio.CancelledError

    async def aside(self, call: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> R:
        """Run a small blocking call that has nothing to do with the Laptop at once, in a thread of its own."""
        value = await asyncio.to_thread(call, *args, **kwargs)
        self._drop_if_closed()
        return value

    def open(self, name: str, /, **arguments: Any) -> None:
        """Show another screen by its name in `routes` on top of this one."""
        self.push_screen(routes.make(name, **arguments))

    def now_ms(self) -> int:
        """Return the device's clock in milliseconds since 1970."""
        return self._clock.now_ms()

    def corrected_ms(self) -> int:
        """Return the time by which the laptop judges: the device's clock and its known error."""
        return self.laptop.corrected_ms()

    def touched(self, *records: str) -> None:
        """Say that records were changed here: other screens refresh and a sync round is due soon."""
        self.changed.publish(frozenset(records))
        self.rounds.soon()
        self.run_worker(self._recount(), group="recount", exclusive=True)

    async def _recount(self) -> None:
        await self._look_out()
        self.count_review()
        fresh = await self.ask(self.laptop.sync_status)
        if not self.rounds.running:
            # The file knows the counts; what the last round said about itself is known here only.
            self.sync_said(replace(fresh, message=self._sync.message if self._sync else ""))

    def count_review(self) -> None:
        """Count anew what waits in Review, for those who have it."""
        if self.me.reviews:
            self.run_worker(self._count_review(), group="review-count", exclusive=True)

    async def _count_review(self) -> None:
        # Reading it for the tab says nothing new when it fails: the screen itself does.
        with contextlib.suppress(FieldappError):
            self._waits = await self.browse(self.laptop.review_counts)
        self.status.publish(self.status_facts())

    async def _look_out(self) -> None:
        """Read where this person is checked in; a colleague or their other laptop may have closed it."""
        found = await self.ask(lambda: self.laptop.checked_in)
        if found is None:
            self.out_ms = self._rung_ms = None
        else:
            until = found.until_ms - self.corrected_ms() + self.now_ms()
            if until != self.out_ms:
                self.out_ms, self._rung_ms = until, None
        keep_check_in(self.out_ms)

    def sync_now(self) -> None:
        """Start a sync round now, or after the one that runs."""
        self.rounds.start()

    def cancel_sync(self) -> None:
        """Stop the running round after the batch in hand."""
        self.rounds.cancel()

    def register(self, form: FormParts) -> None:
        """Remember a form, so that locking and closing save its draft."""
        self._forms.append(form)

    def unregister(self, form: FormParts) -> None:
        """Forget a form that was closed."""
        with contextlib.suppress(ValueError):
            self._forms.remove(form)

    # Opening

    @property
    def open_for_work(self) -> bool:
        """Whether somebody has unlocked and nothing covers the screen."""
        return self._watch is not None and self.current_mode not in LOCKED and not self._leaving

    def on_mount(self) -> None:
        loop = asyncio.get_running_loop()
        quiet_loop(loop)
        for name in ("SIGHUP", "SIGTERM"):
            number = getattr(signal, name, None)
            if number is not None:
                # Windows and tests in threads cannot; there the drafts of the last second are on disk.
                with contextlib.suppress(NotImplementedError, RuntimeError, ValueError):
                    loop.add_signal_handler(number, self._ended_from_outside)
        self.set_interval(1, self.tick)
        if not self.is_headless and sys.stdin is not None and sys.stdin.isatty():
            ignore_wake_up_of_closed_terminal()
            self.set_interval(1, self._look_at_terminal)

    async def _load(self) -> None:
        self.laptop = await self.ask(self._open_laptop)

    async def loaded(self) -> Laptop:
        """Return the Laptop once its modules are loaded."""
        if self._loaded is None:
            self._loaded = asyncio.ensure_future(self._load())
        await asyncio.shield(self._loaded)
        return self.laptop

    async def unlock(self, passphrase: str) -> Unlocked:
        """Open the vault; raises the failure that the lock screen shows."""
        laptop = await self.loaded()
        unlocked = await self.ask(laptop.unlock, passphrase)
        self.me = await self.ask(getattr, laptop, "me")
        self.sync_said(await self.ask(laptop.sync_status))
        await self._look_out()
        self._watch = IdleWatch(self.now_ms(), self._limits)
        await self.ask(routes.preload)
        if self.pauses is not None:
            self.pauses.begin()
        return unlocked

    def enter(self) -> None:
        """Show the day after unlocking, or the area where the screen was covered."""
        self.switch_mode(self.area)
        if self._watch is not None:
            self._watch.touch(self.now_ms())
        self.rounds.soon()
        self.count_review()
        self.tick()

    # Time

    async def on_event(self, event: events.Event) -> None:
        """Count keys, clicks and scrolling as work, but only of somebody who is in."""
        if self._leaving and isinstance(event, events.Key | events.Paste):
            return
        if self._watch is not None and isinstance(
            event,
            events.Key | events.Paste | events.MouseDown | events.MouseScrollDown | events.MouseScrollUp,
        ):
            # A sleep shows at the first key after it, before the key does anything.
            if self.current_mode not in LOCKED and self.tick():
                return
            if self.open_for_work:
                self._watch.touch(self.now_ms())
        await super().on_event(event)

    def tick(self) -> bool:
        """Follow the clock once a second; returns whether the screen was covered or locked by it."""
        if rings(self.out_ms, self.now_ms(), self._rung_ms):
            self._rung_ms = self.now_ms()
            self.bell()
        if self._watch is None or self._leaving:
            return False
        verdict = self._watch.tick(self.now_ms())
        if verdict == "hard":
            self.run_worker(self.leave_locked(), group="leaving")
            return True
        if verdict == "soft" and self.open_for_work:
            self._cover()
            return True
        self.rounds.tick(self.now_ms())
        self.status.publish(self.status_facts())
        if self.pauses is not None:
            self.pauses.tick(self.now_ms(), self._watch.idle_ms(self.now_ms()))
        return False

    def switch_field_mode(self) -> None:
        """Switch between the two idle times and say which one holds."""
        if self._watch is None:
            return
        self._watch.field_mode = not self._watch.field_mode
        minutes = (self._limits.field if self._watch.field_mode else self._limits.soft) // MINUTE_MS
        if isinstance(self.screen, ScreenParts):
            self.screen.say(f"The screen now locks after {minutes} minutes without a key.", tone="note")
        self.tick()

    @property
    def zone(self) -> tzinfo:
        """The time zone of this person's program; before unlock that of the computer."""
        me = getattr(self, "me", None)
        if me is not None:
            # A program may name a zone that this computer does not know.
            with contextlib.suppress(ZoneInfoNotFoundError, ValueError, OSError):
                return ZoneInfo(me.tz)
        return datetime.fromtimestamp(self.now_ms() / 1000, UTC).astimezone().tzinfo or UTC

    def status_facts(self) -> StatusFacts:
        """Return what the status line says now."""
        now = self.now_ms()
        me = getattr(self, "me", None)
        tabs = tuple(
            (key, self._counted(word) if name == "review" else word, self.current_mode == name)
            for key, name, word in TABS
            if name != "review" or (me is not None and me.reviews)
        )
        return StatusFacts(
            now,
            f"{me.name}, {me.credential} · {me.team_name}" if me else "",
            short_name(me.name) if me else "",
            self._watch.left_ms(now) if self._watch else 0,
            self._sync,
            self.zone,
            tabs,
            check_in_words(self.out_ms, now, self.zone),
        )

    def _counted(self, word: str) -> str:
        """Return the name of an area with how much waits there, and how much of it is late."""
        waits, late = self._waits
        return f"{word} ({waits}{f' ◷{late}' if late else ''})" if waits else word

    def sync_ended(self, status: SyncStatus) -> None:
        """Take notice that a round is over; any record may have changed."""
        self.sync_said(status)
        self.run_worker(self._look_out(), group="look-out", exclusive=True)
        self.count_review()
        self.changed.publish(frozenset())

    def sync_said(self, status: SyncStatus) -> None:
        """Take notice of where sending stands and tell the screens."""
        self._sync = status
        self.sync_status.publish(status)
        self.status.publish(self.status_facts())

    # Locking

    def _cover(self) -> None:
        self.forget_keys()
        self.clear_notifications()
        self.copy_to_clipboard("")
        for form in list(self._forms):
            self.run_worker(form.flush_saying(), group="autosave")
        if self.current_mode not in LOCKED:
            self.area = self.current_mode
        self.switch_mode("blank")

    async def _save_all(self) -> None:
        for form in list(self._forms):
            # One draft that cannot be saved (disk full) must not keep the others from being saved.
            with contextlib.suppress(FieldappError):
                await form.flush()

    async def leave_locked(self) -> None:
        """Save every draft, close the vault and start afresh at the lock screen."""
        await self.leave(RELAUNCH)

    async def leave(self, code: int) -> None:
        """Save every draft, close the vault and end the app with an exit code."""
        if self._leaving:
            return
        self._cover()
        self._leaving = True
        await self._save_all()
        await self.rounds.stop()
        if self._watch is not None:
            # A list that is being read has the file open.
            await asyncio.wrap_future(self._lists.submit(int))
            with contextlib.suppress(FieldappError):
                await self.ask(self.laptop.lock)
        if self._hung_up:
            end_soon()
        self.exit(return_code=code)

    def _look_at_terminal(self) -> None:
        # Under `uv run` the closing of a window reaches only the wrapper.
        if not self._leaving and terminal_closed():
            self._ended_from_outside()

    def _ended_from_outside(self) -> None:
        if not self.is_headless and terminal_closed():
            let_go_of_terminal()
            self._hung_up = True
        self.run_worker(self.leave(0), group="leaving")

    def rescue(self) -> None:
        """Save the drafts of a failing app; its own loop can no longer be waited for."""
        for form in list(self._forms):
            with contextlib.suppress(Exception):
                unsaved = form.unsaved()
                if unsaved is not None:
                    save = partial(self.laptop.save_draft, unsaved.draft, unsaved.values, unsaved.focus)
                    self._clerk.submit(save).result(RESCUE_S)

    def known_failure(self, failure: FieldappError) -> None:
        """Show a failure that no screen caught in the message line of the screen at hand."""
        if isinstance(self.screen, ScreenParts):
            self.screen.say(failure.sentence)

    def on_unmount(self) -> None:
        for thread in (self._clerk, self._lists):
            thread.shutdown(wait=False, cancel_futures=True)
