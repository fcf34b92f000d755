"""The device's clock, handed in so that tests and the demo can hold it."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Where the time comes from."""

    def now_ms(self) -> int:
        """Return the device's clock in milliseconds since 1970."""
        ...


class SystemClock:
    """The clock of this computer."""

    def now_ms(self) -> int:
        """Return the device's clock in milliseconds since 1970."""
        return time.time_ns() // 1_000_000


class HeldClock:
    """A clock that stands until it is moved."""

    def __init__(self, at_ms: int) -> None:
        self.at_ms = at_ms

    def now_ms(self) -> int:
        """Return the time that was set."""
        return self.at_ms

    def move(self, *, ms: int = 0, minutes: int = 0, hours: int = 0, days: int = 0) -> None:
        """Let time pass."""
        self.at_ms += ms + 60_000 * (minutes + 60 * (hours + 24 * days))


def moment(at_ms: int) -> datetime:
    """Return a time in milliseconds as an aware datetime."""
    return datetime.fromtimestamp(at_ms / 1000, UTC)
