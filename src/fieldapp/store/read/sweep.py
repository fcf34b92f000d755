"""What is left at the end of a day: not logged, not signed, not sent."""

from __future__ import annotations

from fieldapp.clinical.due import start_of_day_ms

from ..models import Sweep
from .lines import Asking
from .today import unfinished, visits_between

BACK_D = 7
"""How many days back a planned visit of which nothing was logged is looked for."""
_MINUTE_MS, _DAY_MS = 60_000, 86_400_000
_TO_SEND = frozenset({"unsent", "sent"})
_WAITING = frozenset({"held", "quarantined"})


def sweep(asking: Asking) -> Sweep:
    """Return what this person still has to do before the day is over."""
    rx, now = asking.rx, asking.now_ms
    begins = start_of_day_ms(asking.day, asking.me.tz)
    planned = visits_between(asking, begins - BACK_D * _DAY_MS, now)
    unlogged = tuple(
        visit
        for visit in planned
        if visit.state == "planned" and visit.start_ms + visit.minutes * _MINUTE_MS <= now
    )
    waits = rx.all(
        "SELECT state, count(*) FROM entry WHERE own = 1 AND answered = 0"
        " AND state IN ('unsent', 'sent', 'held', 'quarantined') GROUP BY state"
    )
    today = rx.all("SELECT state, count(*) FROM entry WHERE own = 1 AND at_ms >= ? GROUP BY state", begins)
    return Sweep(
        unlogged=unlogged,
        unsigned=unfinished(asking),
        to_send=sum(count for state, count in waits if state in _TO_SEND),
        waiting=sum(count for state, count in waits if state in _WAITING),
        written=sum(count for _, count in today),
        confirmed=sum(count for state, count in today if state == "confirmed"),
    )
