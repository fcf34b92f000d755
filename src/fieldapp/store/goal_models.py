"""What the screens of the treatment plan show, as frozen dataclasses; no database in here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from fieldapp.records.kinds.treatment_plan import Review

from .models import PlanRead


@dataclass(frozen=True, slots=True)
class GoalThread:
    """What was done for one goal."""

    notes: int
    contacts: int
    last_ms: int | None
    last_kind: str
    last_who: str
    last_record: str
    steps: tuple[tuple[int, int], ...]
    """(moment, progress from -2 to 2), in the order of time."""
    quiet_days: int
    """Days since a note named it; since it is in the plan where none did."""
    is_quiet: bool
    """Whether that is longer than the program allows."""


@dataclass(frozen=True, slots=True)
class LooseNote:
    """A note that names no goal of the plan."""

    record: str
    at_ms: int
    who: str
    said: str
    """The goals that it names instead, or why it names none; empty for neither."""


@dataclass(frozen=True, slots=True)
class GoalsRead:
    """A client's treatment plan with the golden thread."""

    plan: PlanRead
    threads: Mapping[str, GoalThread]
    """By goal id; also goals of earlier versions."""
    loose: tuple[LooseNote, ...]
    reviews: tuple[Review, ...]
    due: Mapping[str, str]
    """Version to the day by which it is looked at again."""
    first_due: str
    """By when there is to be a plan at all; empty where nobody expects one."""
    next_due: str
    """By when a version that is signed or reviewed today is looked at again."""
    may_write: bool
    may_review: bool
