"""What lists need to know of clients, staff, programs and teams, without reading their records again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from fieldapp.clinical.assigning import covering
from fieldapp.clinical.counties import Lines, lines_of
from fieldapp.clinical.identity import called, on_paper
from fieldapp.clinical.stays import Stay
from fieldapp.records.fold import View
from fieldapp.records.group_tables import GroupPlan
from fieldapp.records.kinds import assignment, contact_plan
from fieldapp.records.note_tables import Agreed

from ..models import AlertLine


@dataclass(frozen=True, slots=True)
class StaffFacts:
    """One staff member."""

    id: str
    name: str
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ProgramFacts:
    """One care program."""

    id: str
    name: str
    archetype: str
    tz: str
    phone: str
    local_crisis_line: str
    settings: Mapping[str, int]
    notes: Agreed = field(default_factory=Agreed)
    groups: tuple[GroupPlan, ...] = ()
    values: Mapping[str, Any] = field(default_factory=dict)

    def lines(self, county: str) -> Lines:
        """Return whom to call for somebody who lives in a county."""
        return lines_of(self.values, county)


@dataclass(frozen=True, slots=True)
class TeamFacts:
    """One team."""

    id: str
    name: str
    program: str


@dataclass(frozen=True, slots=True)
class PlanFacts:
    """How a client's safety plan stands."""

    active: int = 0
    declined: bool = False
    review_due: str = ""
    """Of a declined plan: when it is offered again."""
    signed_ms: int = 0
    """When the newest version that stands was signed."""
    helpers: tuple[Mapping[str, Any], ...] = ()
    """Whom step 4 names."""
    copy_given: bool = True
    """Of every version that stands it is said how the client got a copy, or that they want none."""
    triggers: frozenset[str] = frozenset()
    fired: str = ""
    """What happened since, for which the plan is looked at again now: a code of `kinds.plan.TRIGGERS`."""


@dataclass(frozen=True, slots=True)
class TreatmentFacts:
    """How a client's treatment plan stands."""

    active: int = 0
    refused: bool = False
    review_due: str = ""
    """As the version says, or its last review."""


@dataclass(frozen=True, slots=True)
class LaiFacts:
    """One long-acting injection of the medication list that was not stopped for good."""

    item: str
    name: str
    next_due: str
    window_d: int
    stop: str = ""


@dataclass(frozen=True, slots=True)
class MedicineFacts:
    """How a client's medication list stands."""

    listed: bool = False
    """Whether there is a list at all."""
    verified_on: str = ""
    changed_since: bool = False
    lais: tuple[LaiFacts, ...] = ()


@dataclass(frozen=True, slots=True)
class ClientFacts:
    """One client; nothing in here depends on the day."""

    client: str
    name: str
    keys: tuple[str, ...]
    """Name, name to use, street and MRN without accents and case, for finding."""
    names: tuple[str, ...] = ()
    """As shown, as on paper, to use: each way of saying it once."""
    streets: tuple[str, ...] = ()
    """Street and city of the addresses that hold."""
    pronouns: str = ""
    dob: str = ""
    language: str = ""
    interpreter: bool = False
    mrn: str = ""
    street: str = ""
    team: str = ""
    program: str = ""
    moving_to: str = ""
    """The team of a move that the server has not taken in yet: until then the client is where they are."""
    conflicts: int = 0
    risk: str = "none"
    risk_review: str = ""
    step_up: bool = False
    """A red flag waits for a decision."""
    alerts: tuple[AlertLine, ...] = ()
    status: str = ""
    """Of the episode, on hold while the client is away: `clinical.stays.effective_status`."""
    tier: str = ""
    admitted: str = ""
    gender: str = ""
    race: tuple[str, ...] = ()
    housing: str = ""
    county: str = ""
    """Of where the client lives, else of the episode."""
    extended: str = ""
    """The last day that a reason was given for, where the client stays longer than the program plans."""
    last_seen_ms: int | None = None
    measured_ms: int | None = None
    """When a measure was last done; a screen for suicide answers a question of its own and is none."""
    plan: PlanFacts = PlanFacts()
    treatment: TreatmentFacts = TreatmentFacts()
    medicines: MedicineFacts = MedicineFacts()
    stays: tuple[Stay, ...] = ()
    """Stays in hospital, ED and jail: open ones first, then the newest."""
    assignment: View | None = None
    contact_plan: View | None = None

    @property
    def called(self) -> str:
        """Who the client is, as lists and titles name them."""
        return called(self.name, self.pronouns, self.language, interpreter=self.interpreter)

    @property
    def on_paper(self) -> str:
        """Who the client is, on paper of staff."""
        return on_paper(self.name, self.pronouns, self.language, interpreter=self.interpreter)

    def staff_on(self, day: str) -> dict[str, str]:
        """Return staff id to role on a day."""
        return assignment.staff_on(self.assignment, day) if self.assignment else {}

    def primary_on(self, day: str) -> str:
        """Return the id of the primary staff member on a day; empty if none."""
        return min((s for s, role in self.staff_on(day).items() if role == "primary"), default="")

    def periods(self) -> tuple[Mapping[str, Any], ...]:
        """Return the periods of the client's assignment, in no order that means anything."""
        rows = self.assignment.items("periods") if self.assignment else {}
        return tuple(row.to_data() for row in rows.values())

    def covered_by(self, day: str) -> frozenset[str]:
        """Return who takes the primary worker's place on a day: whose loose ends these are meanwhile."""
        rows = self.assignment.items("periods") if self.assignment else {}
        primary = self.primary_on(day)
        found = covering({key: row.to_data() for key, row in rows.items()}, day)
        return frozenset(staff for staff, whom in found.items() if whom in ("", primary))

    def prescriber_on(self, day: str) -> str:
        """Return the id of the prescriber on a day; empty if nobody is named."""
        return min((s for s, role in self.staff_on(day).items() if role == "prescriber"), default="")

    def agreed_on(self, day: str) -> Mapping[str, Any]:
        """Return the contact plan that holds on a day; empty if none."""
        return contact_plan.current(self.contact_plan, day) if self.contact_plan else {}


@dataclass(frozen=True, slots=True)
class Known:
    """Everything known at one moment; never changed, only replaced."""

    clients: Mapping[str, ClientFacts] = field(default_factory=dict)
    staff: Mapping[str, StaffFacts] = field(default_factory=dict)
    programs: Mapping[str, ProgramFacts] = field(default_factory=dict)
    teams: Mapping[str, TeamFacts] = field(default_factory=dict)

    def name_of(self, client: str | None) -> str:
        """Return a client as lists and titles name them, with pronouns and language; empty for none or an unknown one."""
        facts = self.clients.get(client or "")
        return facts.called if facts else ""

    def bare_name_of(self, client: str | None) -> str:
        """Return a client's name alone, for paper that leaves the agency; empty for none or an unknown one."""
        facts = self.clients.get(client or "")
        return facts.name if facts else ""

    def risk_of(self, client: str | None) -> str:
        """Return a client's level of risk, as every line shows it that names the client; empty for an unknown one."""
        facts = self.clients.get(client or "")
        return facts.risk if facts else ""

    def staff_name(self, staff: str) -> str:
        """Return a staff member's name; empty if unknown."""
        known = self.staff.get(staff)
        return known.name if known else ""

    def people_in(self, value: Any) -> dict[str, str]:
        """Return the staff members whose ids stand anywhere in a record's values, with their names."""
        if isinstance(value, str):
            return {value: self.staff[value].name} if value in self.staff else {}
        inner = (
            value.values() if isinstance(value, Mapping) else value if isinstance(value, list | tuple) else ()
        )
        return {staff: name for one in inner for staff, name in self.people_in(one).items()}

    def team_name(self, team: str) -> str:
        """Return a team's name; empty if unknown."""
        known = self.teams.get(team)
        return known.name if known else ""

    def program_of(self, client: str | None) -> ProgramFacts | None:
        """Return the client's program; None for an unknown one."""
        facts = self.clients.get(client or "")
        return self.programs.get(facts.program) if facts else None

    def lines_for(self, client: str | None) -> Lines:
        """Return whom to call for a client: the lines of their county, else those of the program."""
        facts, program = self.clients.get(client or ""), self.program_of(client)
        return program.lines(facts.county) if program is not None and facts is not None else Lines()

    def settings_of(self, client: str | None) -> Mapping[str, int]:
        """Return the limits of the client's program that differ from the defaults."""
        program = self.program_of(client)
        return program.settings if program else {}
