"""What the form of a discharge starts from, as frozen dataclasses; no database in here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class DischargeStart:
    """What is on file when somebody discharges a client."""

    client: str
    values: Mapping[str, Any]
    """What a new form is filled in with."""
    facts: Mapping[str, Any]
    """Measures, medicines and safety plan as they stand now: kept in the record, and not typed by anybody."""
    draft: str = ""
    """One's own draft of it."""
    record: str = ""
    """The discharge that stands for the client's last episode."""
    people: tuple[str, ...] = ()
    """Names of those of whom a record is kept."""
    open_tasks: int = 0
    planned_visits: int = 0
    no_episode: bool = False


@dataclass(frozen=True, slots=True)
class AfterDischarge:
    """How a client fared after a discharge (clinical.md 5.18)."""

    record: str
    discharged: str
    connection: str
    """As `clinical.aftercare.connection`."""
    answered: str
    readmitted: str
    """The day; empty for not within 180 days."""
