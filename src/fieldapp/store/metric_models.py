"""What the screens of numbers show: metrics with names put in, frozen."""

from __future__ import annotations

from dataclasses import dataclass

from fieldapp.clinical.metrics.model import Behind, Metric


@dataclass(frozen=True, slots=True)
class BehindLine:
    """One row behind a number, with the names that this person may see."""

    behind: Behind
    name: str = ""
    """The client, as lists call them."""
    risk: str = "none"
    who: str = ""
    """The member of staff."""
    title: str = ""
    """What kind of record it is, or the laptop."""


@dataclass(frozen=True, slots=True)
class MetricRead:
    """One metric and what is behind it, what is to be acted on first."""

    metric: Metric
    behind: tuple[BehindLine, ...] = ()
