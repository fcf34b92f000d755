"""When somebody on a visit is asked for a sign, and what is said of it (clinical.md 2.20)."""

from __future__ import annotations

from .times import MINUTE_MS, BadTime, parse_minutes, parse_moment

RING_MS = MINUTE_MS
"""How long it is quiet between two rings."""
SHORTEST_MIN, LONGEST_MIN, USUAL_MIN = 5, 24 * 60, 60
_PLAIN_MIN = 300
"""A number below this is minutes; `930` is a time."""
_LENGTHS = f"Give {SHORTEST_MIN} minutes to {LONGEST_MIN // 60} hours, such as 45m, 1h30 or 14:30."
LIMITS = (
    "fieldapp writes this down and reminds you. It calls nobody, and without a network nobody else sees it. "
    "If you are in danger, call 911."
)


def parse_length(text: str, *, now_ms: int, tz: str) -> int:
    """Return in how many minutes somebody means to be out: `45`, `45m`, `1h30`, or a time such as `14:30`.

    Raises BadTime. A time that has passed today is tomorrow's.
    """
    said = text.strip()
    if not said.isascii():
        raise BadTime(_LENGTHS)
    minutes = parse_minutes(said)
    if minutes is None and said.isdigit() and int(said) < _PLAIN_MIN:
        minutes = int(said)
    if minutes is None:
        try:
            at = parse_moment(f"+0 {said}", now_ms=now_ms, tz=tz)
        except BadTime:
            at = parse_moment(f"+1 {said}", now_ms=now_ms, tz=tz)
        minutes = -(-(at - now_ms) // MINUTE_MS)
    if not SHORTEST_MIN <= minutes <= LONGEST_MIN:
        raise BadTime(
            f"Give {SHORTEST_MIN} minutes to {LONGEST_MIN // 60} hours, such as 45m, 1h30 or 14:30."
        )
    return minutes


def is_overdue(until_ms: int | None, now_ms: int) -> bool:
    """Tell whether the time that somebody named has passed."""
    return until_ms is not None and now_ms >= until_ms


def rings(until_ms: int | None, now_ms: int, rung_ms: int | None) -> bool:
    """Tell whether the laptop rings now: when the time has passed, and every minute from then on."""
    return is_overdue(until_ms, now_ms) and (rung_ms is None or now_ms - rung_ms >= RING_MS)


def words(until_ms: int, now_ms: int, at: str) -> tuple[str, str]:
    """Return (words, tone) for somebody who is out until a time, given as a clock shows it.

    They hold no name and no place: a locked screen shows them.
    """
    if is_overdue(until_ms, now_ms):
        return f"! check-in was due {at}", "error"
    return f"◷ check in by {at}", "note"
