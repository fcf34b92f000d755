"""What screens show of stays in hospital, ED and jail, as frozen dataclasses; no database in here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from fieldapp.clinical.stays import FollowUp, Standing, Stay

if TYPE_CHECKING:
    from .models import VisitLine


@dataclass(frozen=True, slots=True)
class StayLine:
    """One client who is away, on the hospital and jail list of a team."""

    record: str
    client: str
    name: str
    risk: str
    what: str
    """As in `records.kinds.stay.WHATS`."""
    what_words: str
    place: str
    since: str
    days: int
    """Days until now, nights counted."""
    planned_discharge: str
    worker: str
    """Name of the primary staff member."""
    worker_id: str
    legal: str = ""
    contact: str = ""
    """Who can be asked there, with the phone."""
    is_away: bool = True
    """False for a visit to an emergency department, during which the contact plan goes on."""


@dataclass(frozen=True, slots=True)
class FollowRead:
    """One period after a stay in which the client is to be seen, and whether they were."""

    period: FollowUp
    standing: Standing
    seen: str
    """The day; empty for not yet."""


@dataclass(frozen=True, slots=True)
class StayRead:
    """One stay of a client."""

    stay: Stay
    days: int
    follow_ups: tuple[FollowRead, ...]
    values: Mapping[str, Any] = field(default_factory=dict)
    twice: bool = False
    """Another record says the same of the same days: perhaps one stay was written down twice."""
    author: str = ""
    draft: str = ""


@dataclass(frozen=True, slots=True)
class YearCounts:
    """What happened in twelve months (clinical.md 5.13); None for what nobody wrote down."""

    hospital_days: int | None
    hospital_stays: int | None
    ed_visits: int | None
    crises: int | None
    jail_days: int | None = None


@dataclass(frozen=True, slots=True)
class StaysRead:
    """A client's stays: where they are now, what was before, what happened in twelve months."""

    client: str
    stays: tuple[StayRead, ...]
    """Open ones first, then the newest."""
    year: YearCounts
    before: YearCounts
    """The twelve months before admission, as the intake says."""
    admitted: str
    visits: tuple[VisitLine, ...]
    """Visits of the whole team that are planned while the client is away."""
    may_write: bool
