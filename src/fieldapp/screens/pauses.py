"""Garbage is collected while nobody types: a full collection takes the time of several keys on a large laptop."""

from __future__ import annotations

import gc

PAUSE_MS = 2_000
"""Without a key for so long, the next one is not about to come."""
AGAIN_MS = 60_000
THRESHOLDS = (5_000, 10, 400)
"""Between two pauses small collections do: by Python's own rule a full one of 0.1 s came every two seconds."""


class Pauses:
    """Collects at the first pause and then at most once a minute, and leaves out what stayed."""

    def __init__(self) -> None:
        self._last: int | None = None

    def begin(self) -> None:
        """Leave out of collection what is there once the vault is open: modules, and what lists know of clients."""
        gc.set_threshold(*THRESHOLDS)
        gc.collect()
        gc.freeze()

    def tick(self, now_ms: int, idle_ms: int) -> bool:
        """Collect if this is the moment for it; returns whether it was."""
        if idle_ms < PAUSE_MS or (self._last is not None and 0 <= now_ms - self._last < AGAIN_MS):
            return False
        self._last = now_ms
        # What was left out and is garbage by now is found as well.
        gc.unfreeze()
        gc.collect()
        gc.freeze()
        return True
