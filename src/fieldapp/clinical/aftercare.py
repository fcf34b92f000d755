"""After a discharge: whether clients were connected to care within 30 days, and came back within 180. Pure.

Sources: clinical.md 2.21, 5.18. Days are `YYYY-MM-DD`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from .due import days_between

READMITTED_D = 180
CONNECTED_D = 30

Connection = Literal["connected", "late", "not_connected", "unknown", "open", "not_asked"]


def connection(
    discharged: str, answer: str, answered: str, today: str, *, asked: bool = True, within: int = CONNECTED_D
) -> Connection:
    """Return how a client's connection to care stands after a discharge.

    Args:
        answer: `yes`, `no` or `unknown` as it was said last; empty for not yet.
        answered: the day that the answer is about.
        asked: False after a death or a lost contact, where nobody asks.
    """
    if not asked:
        return "not_asked"
    if answer == "yes":
        return "connected" if days_between(discharged, answered) <= within else "late"
    if answer == "no":
        return "not_connected"
    if answer == "unknown":
        return "unknown"
    return "open" if days_between(discharged, today) <= within else "unknown"


def readmitted_on(discharged: str, admissions: Iterable[str], *, within: int = READMITTED_D) -> str:
    """Return the first day on which a client was admitted again within so many days of a discharge; empty for none.

    An admission on the day of the discharge itself is a change of program and none.
    """
    later = [day for day in admissions if day and 0 < days_between(discharged, day) <= within]
    return min(later, default="")
