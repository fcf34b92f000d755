"""What happened between results of one instrument: first, last, best, and whether a change says something. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .model import Change, Instrument


@dataclass(frozen=True, slots=True)
class Course:
    """Totals over time."""

    first: int
    last: int
    best: int
    before: int | None
    """The one before the last."""


def course(totals: Sequence[int], change: Change | None) -> Course | None:
    """Return first, last and best of totals in the order of time; None if there are none."""
    if not totals:
        return None
    best = max(totals) if change is not None and change.better == "higher" else min(totals)
    return Course(totals[0], totals[-1], best, totals[-2] if len(totals) > 1 else None)


def change_words(instrument: Instrument, totals: Sequence[int]) -> tuple[str, ...]:
    """Return sentences on the change since the first result and since the one before, as far as it says something."""
    rule, found = instrument.change, course(totals, instrument.change)
    if rule is None or found is None or len(totals) < 2 or rule.better == "neither":
        return ()
    said = [_between(rule, found.first, found.last, "the first time")]
    if len(totals) > 2 and found.before is not None:
        said.append(_between(rule, found.before, found.last, "last time"))
    said += _outcome(rule, found)
    return tuple(said)


def _between(rule: Change, earlier: int, later: int, since: str) -> str:
    points = abs(later - earlier)
    if not points:
        return f"The same as {since}."
    side = "better" if (later < earlier) == (rule.better == "lower") else "worse"
    word = "point" if points == 1 else "points"
    if rule.meaningful is not None and points >= rule.meaningful:
        weight = f"a meaningful change ({rule.meaningful} or more)"
    elif rule.reliable is not None and points >= rule.reliable:
        weight = f"more than chance ({rule.reliable} or more), less than meaningful"
    elif rule.meaningful is None and rule.reliable is None:
        return f"{points} {word} {side} than {since}."
    else:
        weight = f"too little to say something (under {rule.reliable or rule.meaningful})"
    return f"{points} {word} {side} than {since}: {weight}."


def _outcome(rule: Change, found: Course) -> list[str]:
    """Return response and remission, where the client was once above the cut that remission is measured by."""
    said = []
    if rule.response_percent and found.first and rule.better == "lower":
        drop = found.first - found.last
        if drop > 0 and drop * 100 >= rule.response_percent * found.first:
            said.append(f"Down by {rule.response_percent} % or more since the first time: a response.")
    if rule.remission_below is not None and found.first >= rule.remission_below > found.last:
        said.append(f"Now under {rule.remission_below}: remission.")
    return said
