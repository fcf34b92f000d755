"""What metrics are counted from: plain rows, read from the store once, the same whatever order they come in.

Instants are milliseconds since 1970, days are `YYYY-MM-DD` in the zone of the program.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from ..stays import Stay
from .model import Period, Scope


class Contact(NamedTuple):
    """One contact or attempt that stands; a correction shows in its values, what was entered in error is not here."""

    record: str
    client: str
    staff: str
    at_ms: int
    minutes: int
    """That the client was there."""
    outcome: str
    kind: str
    modality: str
    setting: str
    seen: bool
    """Whether the client was seen or spoken with (`clinical.seen`)."""
    wants_note: bool = True


class Note(NamedTuple):
    """One progress note that stands."""

    record: str
    client: str
    staff: str
    signed_ms: int
    contact: str = ""
    status: str = "final"
    names_goal: bool = True
    """It names a goal of the plan, or says why it names none."""


@dataclass(frozen=True, slots=True)
class Span:
    """One episode of care, from admission to discharge."""

    record: str
    admitted: str
    ended: str = ""
    """The day of discharge; empty while it is open."""
    to: str = ""
    """The level of care that the client went on with."""
    archetype: str = "community"
    ed_before: int | None = None
    inpatient_before: int | None = None
    """In the 12 months before admission."""
    connected: str = ""
    """After discharge, as `clinical.aftercare` says."""
    discharge: str = ""
    """The record of it."""


@dataclass(frozen=True, slots=True)
class Authorisation:
    """What a payer allows."""

    record: str
    since: str
    until: str
    units: int = 0
    used: int = 0


@dataclass(frozen=True, slots=True)
class SafetyPlan:
    """How a client's safety plan stands."""

    active: bool = False
    declined: bool = False
    signed: str = ""
    review_due: str = ""
    copy_given: bool = True


@dataclass(frozen=True, slots=True)
class Client:
    """One client of the scope, with what is agreed and what happened to them."""

    id: str
    status: str = "active"
    tier: str = "standard"
    risk: str = "none"
    spans: tuple[Span, ...] = ()
    stays: tuple[Stay, ...] = ()
    agreed: tuple[Mapping[str, Any], ...] = ()
    """Agreements on how often to meet, the one that began last at the end."""
    assigned: tuple[Mapping[str, Any], ...] = ()
    """Periods of the assignment: staff, role, since, until."""
    last_seen_ms: int | None = None
    """Of all time, as far as this laptop knows."""
    plan: SafetyPlan = SafetyPlan()
    treatment_due: str = ""
    """By when the treatment plan is looked at again, or is to be there at all."""
    quiet_goals: tuple[str, ...] = ()
    """Words of goals that no note has named for too long."""
    authorisations: tuple[Authorisation, ...] = ()
    born: str = ""
    gender: str = ""
    """As the client says it."""
    race: tuple[str, ...] = ()
    housing: str = ""
    settings: Mapping[str, int] = field(default_factory=dict)

    def span_on(self, day: str) -> Span | None:
        """Return the episode that is open on a day, its last one included."""
        found = [one for one in self.spans if one.admitted <= day and (not one.ended or day <= one.ended)]
        return max(found, key=lambda one: (one.admitted, one.record), default=None)

    def agreed_on(self, day: str) -> Mapping[str, Any]:
        """Return the agreement that holds on a day; empty if none."""
        started = [one for one in self.agreed if str(one.get("start") or "") <= day]
        return started[-1] if started else {}

    def primary_on(self, day: str) -> str:
        """Return whose client it is on a day; empty for nobody's."""
        found = [
            str(row.get("staff") or "")
            for row in self.assigned
            if row.get("role") == "primary"
            and str(row.get("since") or "") <= day
            and (not row.get("until") or day <= str(row["until"]))
        ]
        return min(found, default="")


@dataclass(frozen=True, slots=True)
class Worker:
    """One member of staff of the scope."""

    id: str
    values: Mapping[str, Any] = field(default_factory=dict)
    """Of the staff record."""
    roles: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Crisis:
    """One crisis record that stands."""

    record: str
    client: str
    staff: str
    at_ms: int
    dispositions: tuple[str, ...] = ()
    face_to_face_min: int | None = None
    signed_ms: int | None = None
    """When it was written, or where its author said that nothing is missing, completed (`kinds.crisis.is_late`)."""


@dataclass(frozen=True, slots=True)
class Measured:
    """One result with a total."""

    record: str
    client: str
    at_ms: int
    instrument: str
    """Its code."""
    total: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """One entry that waits for a co-signature, or came back and is not answered."""

    record: str
    client: str
    staff: str
    since_ms: int
    returned: bool = False


@dataclass(frozen=True, slots=True)
class Laptop:
    """One laptop, as the server last told."""

    device: str
    staff: str
    last_seen_ms: int | None = None
    pending: int = 0
    oldest_ms: int | None = None
    missing: int = 0


@dataclass(frozen=True, slots=True)
class Unread:
    """An alert that no supervisor has looked at, or a visit check-in without a sign of its end."""

    record: str
    client: str
    staff: str
    since_ms: int
    what: str
    """`alert` or `checkin`."""


@dataclass(frozen=True, slots=True)
class Counted:
    """Everything that the metrics of one scope and period are counted from.

    Args:
        since_ms: from when contacts are here; trends reach back to it.
        notes_since_ms: from when notes are here: older ones leave a laptop (design.md 3).
        settings: of the program: limits and this agency's own cuts.
    """

    scope: Scope
    period: Period
    as_of_ms: int
    since_ms: int
    notes_since_ms: int = 0
    contacts: tuple[Contact, ...] = ()
    """In the order of time, as all rows are once they are here."""
    notes: tuple[Note, ...] = ()
    clients: tuple[Client, ...] = ()
    workers: tuple[Worker, ...] = ()
    crises: tuple[Crisis, ...] = ()
    measures: tuple[Measured, ...] = ()
    waiting: tuple[Waiting, ...] = ()
    laptops: tuple[Laptop, ...] = ()
    unread: tuple[Unread, ...] = ()
    held_back: int = 0
    """Entries that the server keeps for a supervisor's decision."""
    knows_laptops: bool = False
    """Only who supervises is told of laptops."""
    archetype: str = "community"
    settings: Mapping[str, int] = field(default_factory=dict)
    source: str = ""
    """From which records, since when, and what is missing here."""

    def own(self, rows: Iterable[Contact]) -> list[Contact]:
        """Return contacts that are somebody's own work where one person is counted, else all of them."""
        one = self.scope.id if self.scope.kind == "staff" else ""
        return [row for row in rows if not one or row.staff == one]

    def __post_init__(self) -> None:
        """Put everything into one order, so that nothing depends on the one in which rows came."""
        for name, order in _ORDERS.items():
            object.__setattr__(self, name, tuple(sorted(getattr(self, name), key=order)))


_ORDERS: Mapping[str, Callable[[Any], Any]] = {
    "contacts": lambda one: (one.at_ms, one.record),
    "notes": lambda one: (one.signed_ms, one.record),
    "clients": lambda one: one.id,
    "workers": lambda one: one.id,
    "crises": lambda one: (one.at_ms, one.record),
    "measures": lambda one: (one.at_ms, one.record),
    "waiting": lambda one: (one.since_ms, one.record),
    "laptops": lambda one: one.device,
    "unread": lambda one: (one.since_ms, one.record),
}
