"""What a contact plan comes to on a day: how far its week is met, and whether it is to be looked at again. Pure.

Sources: clinical.md 2.7 (the plan), 5 metrics 2 and 3 (contact against plan, days since the last contact).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from .due import start_of_day_ms


@dataclass(frozen=True, slots=True)
class Window:
    """The days over which contacts are counted, as instants in ms; the end is not part of it."""

    since_ms: int
    until_ms: int
    words: str
    """`today`, `this week`."""


def window(agreed: Mapping[str, Any], day: str, tz: str) -> Window:
    """Return the day or the week (from Monday) that the target of an agreement is counted in."""
    first = date.fromisoformat(day)
    if agreed.get("per") == "day":
        last, words = first + timedelta(days=1), "today"
    else:
        first -= timedelta(days=first.weekday())
        last, words = first + timedelta(days=7), "this week"
    return Window(start_of_day_ms(first.isoformat(), tz), start_of_day_ms(last.isoformat(), tz), words)


def expected(agreed: Mapping[str, Any], day: str) -> float:
    """Return how many contacts there should have been by the end of a day: the target, pro-rated over the week.

    An agreement that began in the middle of the week asks for its share of the days that it holds.
    """
    target = int(agreed.get("target_n") or 0)
    if agreed.get("per") == "day":
        return float(target)
    today = date.fromisoformat(day)
    monday = today - timedelta(days=today.weekday())
    began = max(monday, date.fromisoformat(str(agreed.get("start") or monday.isoformat())))
    return target * max(0, (today - began).days + 1) / 7


def band(done: int, wanted: float) -> str:
    """Return how contacts stand against the plan: `met`, `behind` (50 to 99 percent) or `far_behind`."""
    if wanted <= 0 or done >= wanted:
        return "met"
    return "behind" if done >= wanted / 2 else "far_behind"


def to_review(agreed: Mapping[str, Any], day: str) -> bool:
    """Tell whether an agreement is to be looked at again on a day; one without a day of its own never is."""
    review = str(agreed.get("review_by") or "")
    return bool(review) and review <= day
