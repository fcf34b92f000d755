"""What the team board, a person's caseload and a client's assignment show: frozen, as screens get them."""

from __future__ import annotations

from dataclasses import dataclass

from fieldapp.clinical.planned_visits import Standing
from fieldapp.clinical.ratio import Load

from .models import Checkin, ClientLine, TaskLine, VisitLine


@dataclass(frozen=True, slots=True)
class BoardVisit:
    """One visit of the day, and how it stands now."""

    visit: VisitLine
    standing: Standing
    who: str = ""
    """Who goes, by name."""
    with_whom: str = ""
    """The second person, by name."""
    two_wanted: bool = False
    """An alert asks for two people, and nobody comes along."""
    away: bool = False
    """The client's episode is on hold."""
    at_once: str = ""
    """Who or whom else at the same time: a colleague with this client, or another client of this person; by name."""


@dataclass(frozen=True, slots=True)
class BoardPerson:
    """One person's day."""

    staff: str
    name: str
    role: str
    visits: tuple[BoardVisit, ...]
    off_until: str | None = None
    """The last day on which others cover for them; "" while that is open, None for somebody who is here."""
    covered_by: tuple[str, ...] = ()
    covers: tuple[str, ...] = ()
    """Whose place they take today, by name."""
    covered: tuple[int, int] = (0, 0)
    """With how many of their clients others cover, and how many they have."""


@dataclass(frozen=True, slots=True)
class BoardClient:
    """A client of whom something is to be known today: that nobody goes, or that they are away."""

    client: str
    name: str
    risk: str
    why: str
    late: bool = False
    primary: str = ""


@dataclass(frozen=True, slots=True)
class BoardDue:
    """A day that comes up for a client: a review, an authorization, an injection."""

    kind: str
    client: str
    name: str
    risk: str
    what: str
    day: str
    late: bool


@dataclass(frozen=True, slots=True)
class Board:
    """The day of the teams of one person."""

    day: str
    is_today: bool
    teams: str
    oncall: str
    nobody: tuple[BoardClient, ...]
    missed: tuple[BoardVisit, ...]
    people: tuple[BoardPerson, ...]
    tasks: tuple[TaskLine, ...]
    away: tuple[BoardClient, ...]
    out: tuple[Checkin, ...]
    """Who is checked in on a visit now."""
    injections: tuple[BoardDue, ...]
    reviews: tuple[BoardDue, ...]


@dataclass(frozen=True, slots=True)
class Clash:
    """Something that stands in the way of a visit, in one sentence; nothing of it blocks."""

    kind: str
    """`person` is somewhere else, `client` is seen by somebody then, `away`, `two` people are asked for."""
    sentence: str


@dataclass(frozen=True, slots=True)
class PeriodLine:
    """One person in one role for one time."""

    item: str
    staff: str
    name: str
    role: str
    since: str
    until: str
    covers: str
    """Whose place they take, by name."""
    standing: str
    """`now`, `coming` or `over`."""
    settle: bool
    """Another primary has the same time."""


@dataclass(frozen=True, slots=True)
class StaffLoad:
    """One person who may be assigned, with what they carry."""

    staff: str
    name: str
    role: str
    load: Load
    covering: int
    """Clients that they cover for others today."""
    off_until: str | None
    covered_by: tuple[str, ...]
    covered: tuple[int, int] = (0, 0)
    """With how many of their clients others cover, and how many they have."""


@dataclass(frozen=True, slots=True)
class MoveTeam:
    """A team that a client may be moved to."""

    id: str
    name: str
    program: str
    """By name."""
    other_program: bool
    staff: tuple[tuple[str, str], ...]
    """(id, name) of who may be the primary worker there."""
    going: tuple[str, ...]
    """Whose time with the client ends with the move, by name."""
    keeps: str
    """The primary worker, by name, where they work there too."""
    visits: int
    """How many visits of people who do not work there are planned."""


@dataclass(frozen=True, slots=True)
class AssignmentRead:
    """Who works with a client, from when until when."""

    record: str
    client: str
    line: ClientLine
    periods: tuple[PeriodLine, ...]
    staff: tuple[StaffLoad, ...]
    may_write: bool
    asked: tuple[str, ...]
    """Who asked to cover, by name."""
    moves: tuple[MoveTeam, ...] = ()
    """Where the client may be moved; empty for who may not."""
    moving_to: str = ""
    """The team of a move that waits to be sent, by name."""


@dataclass(frozen=True, slots=True)
class CaseloadsRead:
    """What everybody of one's teams carries."""

    day: str
    staff: tuple[StaffLoad, ...]
    clients: tuple[tuple[str, str, str, str], ...]
    """(staff, client, name, role): who is assigned to whom today."""
    may_write: bool
    team: Load
    """All who count together."""
