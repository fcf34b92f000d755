"""What of the queue is shown and in what order: by kind, author, client, lateness and typed words. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ..clinical.told.team import LINES
from ..records.text import plain

if TYPE_CHECKING:
    from ..store.models import ReviewLine

GROUPS = (
    ("risk", "Risk", frozenset({"lowered", "alert"})),
    ("cosign", "Co-sign", frozenset({"cosign"})),
    ("answered", "Returned and answered", frozenset({"answered", "returned"})),
    ("corrections", "Corrections", frozenset({"error"})),
    ("quarantine", "Held back", frozenset({"quarantine"})),
    ("conflicts", "Conflicts", frozenset({"conflict", "same_visit"})),
    ("glass", "Emergency", frozenset({"glass"})),
    ("late", "Late or no goal", frozenset({"late", "no_goal"})),
    ("tasks", "Overdue tasks", frozenset({"task"})),
    ("laptops", "Laptops", frozenset({"missing", "forked", "revoked", "drain", "silent"})),
    ("other", "Other", frozenset({"flagged", "draft"})),
)
"""(code, word, what of `told.team.LINES` belongs to it), in the order in which one key goes through them."""
ORDERS = ("urgency", "age", "author", "client")
HOUR_MS, DAY_MS = 3_600_000, 86_400_000


@dataclass(frozen=True, slots=True)
class Shown:
    """What of the queue is shown."""

    group: str = ""
    """A code of `GROUPS`; "" for all."""
    late: bool = False
    author: str = ""
    client: str = ""
    words: str = ""
    order: str = "urgency"

    @property
    def narrowed(self) -> bool:
        """Whether anything is left out."""
        return bool(self.group or self.late or self.author or self.client or self.words.strip())

    def everything(self) -> Shown:
        """Return the same order with nothing left out."""
        return Shown(order=self.order)

    def next_order(self) -> Shown:
        """Return the same lines in the next order."""
        return replace(self, order=ORDERS[(ORDERS.index(self.order) + 1) % len(ORDERS)])


def age(at_ms: int, now_ms: int) -> str:
    """Return how long something waits, in few letters."""
    waited = max(0, now_ms - at_ms)
    return f"{waited // DAY_MS} d" if waited >= DAY_MS else f"{waited // HOUR_MS} h"


def band(line: ReviewLine, now_ms: int) -> str:
    """Return the band of its age as it is read without colour: `LATE` above its limit, else <24 h, 24-72 h, >72 h."""
    if line.late:
        return "LATE"
    waited = now_ms - line.at_ms
    return "<24 h" if waited < DAY_MS else "24-72 h" if waited <= 3 * DAY_MS else ">72 h"


BANDS = ("LATE", ">72 h", "24-72 h", "<24 h")


def bands(lines: Iterable[ReviewLine], now_ms: int) -> tuple[tuple[str, int], ...]:
    """Return how many lines are in each band that has any, the oldest first."""
    found = [band(line, now_ms) for line in lines]
    return tuple((name, found.count(name)) for name in BANDS if name in found)


def counts(lines: Iterable[ReviewLine]) -> tuple[tuple[str, str, int, int], ...]:
    """Return (code, word, lines, late ones) of each group that has any."""
    known = list(lines)
    found = []
    for code, word, whats in GROUPS:
        here = [line for line in known if line.what in whats]
        if here:
            found.append((code, word, len(here), sum(line.late for line in here)))
    return tuple(found)


def step(group: str, lines: Iterable[ReviewLine], by: int) -> str:
    """Return the group that comes after one, or before it; all of them ("") is between the last and the first."""
    codes = ["", *(code for code, *_ in counts(lines))]
    at = codes.index(group) if group in codes else 0
    return codes[(at + by) % len(codes)]


def shown_lines(lines: Sequence[ReviewLine], shown: Shown) -> list[ReviewLine]:
    """Return the lines that are shown; by urgency as they came, else by age, author or client."""
    whats = next((whats for code, _, whats in GROUPS if code == shown.group), None)
    found = [
        line
        for line in lines
        if (whats is None or line.what in whats)
        and (not shown.late or line.late)
        and (not shown.author or line.author == shown.author)
        and (not shown.client or line.client == shown.client)
    ]
    words = plain(shown.words).split()
    if words:
        found = [line for line in found if _holds(line, words)]
    if shown.order == "age":
        found.sort(key=lambda line: (line.at_ms, line.entry, line.record))
    elif shown.order == "author":
        found.sort(key=lambda line: line.author.casefold())
    elif shown.order == "client":
        found.sort(key=lambda line: (not line.name, line.name.casefold()))
    return found


def _holds(line: ReviewLine, words: Sequence[str]) -> bool:
    """Tell whether every word stands in client, author, title, reason or what the line is; accents and case apart."""
    said = plain(" ".join((line.name, line.author, line.title, line.reason, LINES[line.what].short)))
    return all(word in said for word in words)
