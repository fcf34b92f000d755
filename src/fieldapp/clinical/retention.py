"""How long a laptop keeps what (design.md 3): pure rules, the same for server and laptop.

Nothing is lost by them: the server keeps everything, and a laptop shows what it let go as a line that fetches
the words again.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

DAY_MS = 86_400_000
FLOORS = {"notes": 90 * DAY_MS, "oncall-contacts": 30 * DAY_MS}
"""Of these feeds a laptop holds what is younger; older rows are stubs."""
LAST_CONTACTS = 3
"""Of each client in `oncall-contacts`, whatever their age."""
OF_EPISODE = frozenset({"contact", "measure", "adherence", "vitals", "injection"})
"""Kinds that a team keeps for the episode and some time after it."""
AFTER_EPISODE_MS = 396 * DAY_MS
"""Thirteen months after discharge."""


@dataclass(frozen=True, slots=True)
class Held:
    """One record on a laptop, as far as its age matters.

    Args:
        feeds: that it stands in and that are read.
        last_ms: when what it tells of happened, or when it was last written to, whichever is later.
        rank: how many newer contacts of the client stand in `oncall-contacts`.
        discharged_ms: end of the client's last episode; None while one is open or none is known.
    """

    kind: str
    feeds: Collection[str]
    last_ms: int
    rank: int = 0
    discharged_ms: int | None = None


def floor_ms(feed: str, now_ms: int) -> int | None:
    """Return before which time rows of a feed are stubs; None for a feed that is kept whole."""
    age = FLOORS.get(feed.partition(":")[0])
    return None if age is None else now_ms - age


def is_too_old(held: Held, now_ms: int) -> bool:
    """Return whether a record has outlived its stay in every feed that brought it."""
    return bool(held.feeds) and all(_outlived(held, feed, now_ms) for feed in held.feeds)


def _outlived(held: Held, feed: str, now_ms: int) -> bool:
    floor = floor_ms(feed, now_ms)
    if floor is not None:
        last = feed.startswith("oncall-contacts:") and held.rank < LAST_CONTACTS
        return held.last_ms < floor and not last
    if feed.startswith("team:") and held.kind in OF_EPISODE:
        ended = held.discharged_ms
        return ended is not None and max(ended, held.last_ms) < now_ms - AFTER_EPISODE_MS
    return False
