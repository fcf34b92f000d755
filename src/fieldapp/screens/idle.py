"""When the screen locks: idle time, sleep, length of a session (security.md §4.5). Pure; times come in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

MINUTE_MS = 60_000

Verdict = Literal["open", "soft", "hard"]


@dataclass(frozen=True, slots=True)
class Limits:
    """How long each thing may last, in milliseconds; a program may shorten these, never lengthen them."""

    soft: int = 5 * MINUTE_MS
    field: int = 2 * MINUTE_MS
    hard: int = 15 * MINUTE_MS
    gap: int = MINUTE_MS
    """Two ticks further apart than this: the laptop slept."""
    session: int = 12 * 60 * MINUTE_MS


class IdleWatch:
    """Follows the clock from tick to tick; a clock that is set back does not lengthen the time."""

    def __init__(self, now_ms: int, limits: Limits | None = None) -> None:
        self.limits = limits or Limits()
        self.field_mode = False
        self._began = self._touched = self._tick = now_ms

    def touch(self, now_ms: int) -> None:
        """Note that the person did something."""
        self._touched = max(self._touched, now_ms)

    def tick(self, now_ms: int) -> Verdict:
        """Note the time, once a second, and return what the screen must be from now on."""
        if now_ms < self._tick:
            back = self._tick - now_ms
            self._began -= back
            self._touched -= back
        slept = now_ms - self._tick > self.limits.gap
        self._tick = now_ms
        idle = now_ms - self._touched
        if slept or idle >= self.limits.hard or now_ms - self._began >= self.limits.session:
            return "hard"
        return "soft" if idle >= self._soft else "open"

    def left_ms(self, now_ms: int) -> int:
        """Return the time until the soft lock if nothing is done."""
        return max(0, self._soft - self.idle_ms(now_ms))

    def idle_ms(self, now_ms: int) -> int:
        """Return how long nothing was done."""
        return now_ms - self._touched

    @property
    def _soft(self) -> int:
        return self.limits.field if self.field_mode else self.limits.soft
