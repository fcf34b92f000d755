"""What was done with a client, counted from the notes that stand (programs.md 66, clinical.md 2.11)."""

from __future__ import annotations

from fieldapp.records.kinds.note import INTERVENTION

from ..models import InterventionCount
from .lines import Asking
from .words import value_words

PERIODS_D = (30, 90)
"""Days that are counted; notes of the longer period are still on the laptop."""
_DAY_MS = 86_400_000


def counts(asking: Asking, client: str) -> tuple[InterventionCount, ...]:
    """Return how many notes say of each thing that it was done, in 30 and in 90 days; what was done most comes first."""
    short, long = (asking.now_ms - days * _DAY_MS for days in PERIODS_D)
    rows = asking.rx.all(
        "SELECT value, sum(at_ms >= ?), count(*) FROM fact WHERE client = ? AND name = ? AND at_ms >= ?"
        " GROUP BY value",
        short, client, INTERVENTION, long,
    )  # fmt: skip
    found = [
        InterventionCount(value_words("note", "interventions", code), int(month), int(quarter))
        for code, month, quarter in rows
    ]
    return tuple(sorted(found, key=lambda one: (-one.quarter, -one.month, one.words)))
