"""Read models of medicines and the medical screens: exactly what they show, as frozen dataclasses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .models import ClientLine, TaskLine


@dataclass(frozen=True, slots=True)
class MedicineLine:
    """One line of a medication list."""

    item: str
    words: str
    """Name, dose, how and when: `Sertraline 100 mg, mornings`."""
    current: bool
    values: Mapping[str, Any]
    lai: str = ""
    """How a long-acting injection stands: later, soon, due, overdue; empty for another medicine."""
    conflict: bool = False
    """Two people wrote side by side about it."""


@dataclass(frozen=True, slots=True)
class LabLine:
    """One test that is done again and again."""

    item: str
    words: str
    due: str
    late: bool
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class MedicationsRead:
    """A client's medication list: what is taken now first, then what was stopped."""

    record: str
    client: str
    name: str
    lines: tuple[MedicineLine, ...]
    labs: tuple[LabLine, ...]
    listed: bool
    verified_on: str = ""
    verified_by: str = ""
    changed_since: bool = False
    unverified: bool = True
    """A prescriber is to look at the whole list."""
    heads: tuple[str, ...] = ()
    conflicts: tuple[str, ...] = ()
    draft: str = ""
    """A change of the list that this person began."""
    allergies: str = ""
    naloxone: str = ""
    """What is known of naloxone, in words; "" where nobody needs to ask."""
    naloxone_missing: bool = False
    """Whether there is none on hand, or nobody has asked."""
    part2: bool = False
    """Whether the client's record is protected by 42 CFR Part 2, or may be."""
    may_write: bool = False
    may_verify: bool = False

    @property
    def current(self) -> tuple[MedicineLine, ...]:
        """What is taken now."""
        return tuple(line for line in self.lines if line.current)


@dataclass(frozen=True, slots=True)
class Seen:
    """One observation, measure or note in a line."""

    record: str
    at_ms: int
    words: str
    author: str


@dataclass(frozen=True, slots=True)
class MedicalBrief:
    """What somebody who prescribes looks at before a visit: last note, list, measures, vitals, taking."""

    line: ClientLine
    medications: MedicationsRead
    note: Seen | None
    note_title: str
    visit_ms: int | None
    """When the client was last seen for their medicines."""
    measures: tuple[Seen, ...]
    vitals: tuple[Seen, ...]
    taking: tuple[Seen, ...]
    tasks: tuple[TaskLine, ...]


@dataclass(frozen=True, slots=True)
class QueueLine:
    """One client who waits for somebody medical, and for what."""

    client: str
    name: str
    risk: str
    why: tuple[str, ...]
    """The reasons, most urgent first."""
    late: bool
    due_ms: int | None
