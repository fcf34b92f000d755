"""Waiting for an app under test: until nothing is left to do, instead of for a time.

Textual's pilot sleeps 20 ms at a time and looks whether the process was idle meanwhile. That is slow, and on
a busy machine it takes a process that was not given the CPU for an idle one.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from time import monotonic
from typing import Any
from weakref import WeakKeyDictionary

import pytest
from textual._context import active_app

CALM_TURNS = 4
"""Turns of the loop in a row with nothing ready."""
THREADS_S = 0.25
"""How long calls in threads are waited for; what takes longer (a server) a test waits for by itself."""


class Quiet:
    """Knows what a loop has under way."""

    def __init__(self) -> None:
        self._calls: WeakKeyDictionary[asyncio.AbstractEventLoop, set[asyncio.Future[Any]]] = (
            WeakKeyDictionary()
        )

    def counted(self, run: Callable[..., Any]) -> Callable[..., Any]:
        """Return `run_in_executor` that remembers what it started."""

        def run_in_executor(loop: Any, executor: Any, call: Any, *args: Any) -> Any:
            future = run(loop, executor, call, *args)
            under_way = self._calls.setdefault(loop, set())
            under_way.add(future)
            future.add_done_callback(under_way.discard)
            return future

        return run_in_executor

    async def wait(self, min_sleep: float = 0, max_sleep: float = 1) -> None:
        """Return when nothing is ready to run and no call is under way in a thread."""
        loop: Any = asyncio.get_running_loop()
        given_up = monotonic() + max_sleep
        threads_until = monotonic() + THREADS_S
        calm = 0
        while calm < CALM_TURNS and monotonic() < given_up:
            app: Any = active_app.get(None)
            # A screen that comes to the top holds its first picture back for 50 ms.
            held = (
                app is not None
                and app.is_running
                and (app._batch_count > 0 or getattr(app, "keys_wait", False))
            )
            if held or (self._calls.get(loop) and monotonic() < threads_until):
                calm = 0
                await asyncio.sleep(0.0005)
            else:
                await asyncio.sleep(0)
                calm = 0 if loop._ready else calm + 1


def share_styles(patch: pytest.MonkeyPatch) -> None:
    """Let the apps of one test run read their style sources once together."""
    from fieldapp.widgets.kept_stylesheet import KeptStylesheet

    patch.setattr("fieldapp.widgets.safe.KeptStylesheet", partial(KeptStylesheet, kept={}))


def install(patch: pytest.MonkeyPatch) -> None:
    """Let pilots wait for quiet."""
    quiet = Quiet()
    base: Any = asyncio.BaseEventLoop
    patch.setattr(base, "run_in_executor", quiet.counted(base.run_in_executor))
    patch.setattr("textual.pilot.wait_for_idle", quiet.wait)
    patch.setattr("textual.app.wait_for_idle", quiet.wait)

    async def all_queues_empty(pilot: Any, timeout: float = 30) -> bool:  # noqa: ASYNC109
        # Textual sends every widget a message and waits for it; when nothing is ready, no queue holds one.
        await quiet.wait()
        return True

    patch.setattr("textual.pilot.Pilot._wait_for_screen", all_queues_empty)
