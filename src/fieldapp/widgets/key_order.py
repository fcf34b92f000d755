"""Keys act in the order they were typed: none overtakes what the one before it brings about.

Textual hands each key at once to the widget that has the focus *now*. Somebody who types fast, or on a slow
laptop, gives the next key before the focus has moved, a screen has opened or a choice was taken in: it would
change the wrong answer, or sign without the last one. Here a key waits for the one before it.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from time import monotonic
from typing import Any, TypeVar

from textual import events
from textual.app import App
from textual.widget import Widget
from textual.widgets import Input, TextArea

ReturnT = TypeVar("ReturnT")

HANDLED_S = 1.0
"""How long a key waits for widgets to take in the one before it."""
OPENING_S = 5.0
"""How long keys wait for a screen that reads what it shows; longer, and they go where they can."""
STEP_S = 0.02
BESIDE = frozenset({"prepare", "pages", "search"})
"""Groups of workers that bring rows or facts beside what is typed."""
MOST = 2_000
"""Keys that may wait; a cat on the keyboard must not fill the memory."""


def is_text(event: events.Event, widget: Widget | None) -> bool:
    """Return whether a key or paste does nothing but put text into a widget."""
    if not isinstance(widget, Input | TextArea):
        return False
    return isinstance(event, events.Paste) or (isinstance(event, events.Key) and event.is_printable)


class KeyOrder(App[ReturnT]):
    """An App whose keys wait for each other."""

    def __init__(self) -> None:
        super().__init__()
        self._typed: deque[events.Key | events.Paste] = deque()
        self._typist: asyncio.Task[None] | None = None
        self._settled = True
        self._text_goes_to: Widget | None = None
        """The widget that has taken nothing but text since all was settled."""

    @property
    def opening(self) -> bool:
        """Whether the screen on top reads or writes, or another one is about to open: keys wait for that."""
        if not self._screen_stack:
            return False
        top = self.screen
        return not top.is_mounted or any(
            worker.node is top and not worker.is_finished and worker.group not in BESIDE
            for worker in self.workers
        )

    @property
    def keys_wait(self) -> bool:
        """Whether a key still waits, or the last one has not yet done all it does."""
        return bool(self._typed) or self._typist is not None

    def forget_keys(self) -> None:
        """Drop the keys that wait: whatever they were meant for is covered now."""
        self._typed.clear()

    async def on_event(self, event: events.Event) -> None:
        """Hand a key on once those before it have done what they do."""
        if not isinstance(event, events.Key | events.Paste) or event.is_forwarded:
            await super().on_event(event)
        elif not self._typed and self._typist is None and self._may_go(event):
            await self._hand_on(event)
        elif len(self._typed) < MOST:
            self._typed.append(event)
            if self._typist is None:
                self._typist = asyncio.create_task(self._type_on())

    def _may_go(self, event: events.Key | events.Paste) -> bool:
        # Text after text keeps its order in the queue of the widget.
        follows = self._text_goes_to is not None and self._text_goes_to is self.focused
        return (follows and is_text(event, self.focused)) or (self._settled and not self.opening)

    async def _hand_on(self, event: events.Key | events.Paste) -> None:
        focused = self.focused
        first = self._settled
        self._settled = False
        if is_text(event, focused) and (first or self._text_goes_to is focused):
            self._text_goes_to = focused
        else:
            self._text_goes_to = None
        await super().on_event(event)
        if self._text_goes_to is None and self._typist is None:
            # Settled by the time of the next key, which then goes at once.
            self._typist = asyncio.create_task(self._type_on())

    async def _type_on(self) -> None:
        try:
            while True:
                if not (self._typed and self._may_go(self._typed[0])):
                    await self._settle()
                if not self._typed:
                    return
                handed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
                # In the App's own loop, as if the key had arrived now.
                if not self.call_later(self._hand_over, self._typed.popleft(), handed):
                    return
                await handed
        finally:
            self._typist = None

    async def _hand_over(self, event: events.Key | events.Paste, handed: asyncio.Future[None]) -> None:
        try:
            await self._hand_on(event)
        finally:
            if not handed.done():
                handed.set_result(None)

    async def _settle(self) -> None:
        """Wait until the widgets have taken in what was typed, and the screen that opens by it is there."""
        given_up = monotonic() + OPENING_S
        before: tuple[Widget | None, ...] = ()
        while self._screen_stack and monotonic() < given_up:
            if self.opening:
                await asyncio.sleep(STEP_S)
            elif (now := (self.focused, self.screen)) != before:
                before = now
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._through(self.focused or self.screen), HANDLED_S)
            else:
                break
        self._settled, self._text_goes_to = True, None

    async def _through(self, widget: Widget) -> None:
        """Pass through the queues from a widget up to the App: messages bubble the same way."""
        for node in (*widget.ancestors_with_self,):
            passed = asyncio.Event()
            pump: Any = node
            if pump.is_running and pump.call_later(passed.set):
                await passed.wait()
