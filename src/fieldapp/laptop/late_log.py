"""Audit events that are written right behind what they tell of: a crisis card waits for no writer and no disk."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

from fieldapp.errors import FieldappError
from fieldapp.store.store import Store

Event = tuple[str, str, str | None, str, int]
"""What `Tx.log` takes."""


class LateLog:
    """Events wait in memory until they are on disk, a moment later in a thread of their own.

    What a full disk refuses is tried again with the next event and when the vault closes.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._waiting: list[Event] = []
        self._lock = threading.Lock()
        self._writing = threading.Lock()
        self._thread: ThreadPoolExecutor | None = None

    def add(self, event: Event) -> None:
        """Have an event written; returns at once and never fails."""
        with self._lock:
            self._waiting.append(event)
            if self._thread is None:
                self._thread = ThreadPoolExecutor(1, "late-log")
            self._thread.submit(self.write)

    def write(self) -> None:
        """Write what waits, in order and in one transaction."""
        with self._writing:
            with self._lock:
                events = list(self._waiting)
            if not events:
                return
            try:
                with self._store.writing() as tx:
                    for event in events:
                        tx.log(*event)
            except FieldappError:
                return
            with self._lock:
                del self._waiting[: len(events)]

    def close(self) -> None:
        """Write what waits and end the thread."""
        with self._lock:
            thread, self._thread = self._thread, None
        if thread is not None:
            thread.shutdown(wait=True)
        self.write()
