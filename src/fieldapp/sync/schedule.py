"""When to sync next: every five minutes, soon after a save, later and later after failures; pure."""

from __future__ import annotations

from dataclasses import dataclass, replace

EVERY_MS = 5 * 60_000
AFTER_SAVE_MS = 2_000
"""A save waits this long for the next one, so that a visit and its note travel together."""
AFTER_SAVE_AT_MOST_MS = 15_000
FIRST_RETRY_MS = 5_000
LONGEST_RETRY_MS = 15 * 60_000
ASKED_AT_MOST_MS = 60 * 60_000
"""A server's Retry-After is honoured up to here, so that a wrong header does not silence a laptop."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """What is known about the last rounds; each event returns the next schedule."""

    due_ms: int = 0
    """When the usual round, or the next try after a failure, starts."""
    failures: int = 0
    not_before_ms: int = 0
    """Until then only the person's own wish starts a round."""
    first_save_ms: int | None = None
    """The oldest save that waits for company."""
    save_ms: int | None = None
    """When what was saved is sent, if not earlier with the usual round."""

    def next_ms(self) -> int:
        """Return when the next round starts."""
        wanted = self.due_ms if self.save_ms is None else min(self.due_ms, self.save_ms)
        return max(wanted, self.not_before_ms)

    def is_due(self, now_ms: int) -> bool:
        """Tell whether a round should start now."""
        return now_ms >= self.next_ms()

    def wait_ms(self, now_ms: int) -> int:
        """Return how long until the next round; 0 when it is due."""
        return max(0, self.next_ms() - now_ms)

    def saved(self, now_ms: int) -> Schedule:
        """Somebody saved: soon, but together with what they save next."""
        first = now_ms if self.first_save_ms is None else self.first_save_ms
        soon = min(now_ms + AFTER_SAVE_MS, first + AFTER_SAVE_AT_MOST_MS)
        return replace(self, first_save_ms=first, save_ms=soon)

    def asked(self, now_ms: int) -> Schedule:
        """The person asked, or the network came back: now."""
        return replace(self, due_ms=now_ms, not_before_ms=0)

    def finished(self, now_ms: int) -> Schedule:
        """A round reached the server."""
        return Schedule(due_ms=now_ms + EVERY_MS)

    def failed(self, now_ms: int, jitter: float, retry_after_ms: int | None = None) -> Schedule:
        """A round did not: back off, doubling, with jitter so that a hundred laptops do not return at once.

        Args:
            jitter: a random number from 0 to 1.
            retry_after_ms: what the server asked for.
        """
        step = min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** min(self.failures, 20))
        wait = round(step * (0.5 + jitter / 2))
        asked = min(ASKED_AT_MOST_MS, retry_after_ms or 0)
        if asked:
            # Never before what was asked for, and not all at the same instant after it.
            wait = max(wait, asked + round(jitter * FIRST_RETRY_MS))
        return Schedule(due_ms=now_ms + wait, failures=self.failures + 1, not_before_ms=now_ms + asked)


def retry_after_ms(header: str) -> int | None:
    """Return a Retry-After header in milliseconds; None for none or for a date, which needs a right clock."""
    text = header.strip()
    return int(text) * 1000 if text.isascii() and text.isdigit() and len(text) < 7 else None
