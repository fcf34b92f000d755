"""Read models of referral, intake and the record checklist, as frozen dataclasses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from fieldapp.clinical.intake import Taken
from fieldapp.clinical.record_checklist import Row

from .models import ClientLine


@dataclass(frozen=True, slots=True)
class TeamChoice:
    """A team that a new client may come to."""

    id: str
    name: str
    program: str
    program_name: str
    archetype: str
    staff: tuple[tuple[str, str], ...]
    """(id, name) of who may be the primary worker."""


@dataclass(frozen=True, slots=True)
class IntakeDesk:
    """What the form for a new client offers."""

    teams: tuple[TeamChoice, ...]
    may_write: bool
    may_assign: bool


@dataclass(frozen=True, slots=True)
class AlikeLine:
    """One who is here and may be the person whom somebody takes in."""

    line: ClientLine
    why: str


@dataclass(frozen=True, slots=True)
class FlagLine:
    """One time that red flags were asked for."""

    item: str
    on: str
    by: str
    at: str
    """`intake` or `risk`."""
    raised: tuple[str, ...]
    """What was answered with yes, in words; empty where everything was no."""
    remark: str
    decided: tuple[str, ...] = ()
    """What was decided, by whom and why; empty while it waits."""

    @property
    def waits(self) -> bool:
        """Whether a supervisor is still to decide."""
        return bool(self.raised) and not self.decided


@dataclass(frozen=True, slots=True)
class CheckLine:
    """One line of the intake, or one element of the assessment."""

    code: str
    label: str
    done: bool
    words: str
    record: str = ""
    """Where it is found, if that is a record of ours."""
    needed: bool = True


@dataclass(frozen=True, slots=True)
class EpisodeRead:
    """A client's episode that counts now: how it came about, how it stands, and what its record lacks."""

    client: str
    record: str
    """"" where there is none yet."""
    line: ClientLine
    archetype: str
    program_name: str
    status: str
    since: str
    reason: str
    steps: tuple[Taken, ...]
    next: tuple[str, ...]
    """Codes of the steps that may follow."""
    referral: tuple[tuple[str, str], ...]
    care: tuple[tuple[str, str], ...]
    flags: tuple[FlagLine, ...]
    """Newest first."""
    checklist: tuple[Row, ...]
    elements: tuple[CheckLine, ...]
    checks: tuple[CheckLine, ...]
    waiting_days: int | None
    waitlist_contact: str
    """By which day somebody speaks with the client who waits; "" for nobody's task."""
    discharged_there_days: int | None
    step_down: str
    week: int | None
    review: tuple[int, str] | None
    planned_until: str
    """The first day after the planned length, reasons for staying longer included; "" where none is planned."""
    overdue: bool
    """Whether that day has come and nobody has said why they stay."""
    extensions: tuple[str, ...]
    """Reasons for staying longer, each in words, the last one at the end."""
    care_waits: bool
    """A change of the level of care waits for a supervisor's approval."""
    may_write: bool
    may_decide: bool
    values: Mapping[str, Any] = field(default_factory=dict)
    draft: str = ""
    earlier: int = 0
    """How many other episodes there were."""


@dataclass(frozen=True, slots=True)
class IntakeLine:
    """One who waits to be admitted."""

    line: ClientLine
    record: str
    received_on: str
    days: int | None
    source: str
    contact_by: str
    """By which day somebody speaks with who is on the waitlist."""
    contact_late: bool
    first_block_on: str = ""
