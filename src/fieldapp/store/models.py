"""Read models: exactly what the screens show, as frozen dataclasses.

This module imports no database, so that screens may import it before anything heavy is loaded.
Times are milliseconds since 1970 (`_ms`) or days `YYYY-MM-DD`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fieldapp.clinical.billing import Billing
    from fieldapp.records.instruments.model import Instrument

    from .group_models import GroupLine, GroupSeat


@dataclass(frozen=True, slots=True)
class Me:
    """Who is working on this laptop."""

    staff: str
    name: str
    credential: str
    role: str
    roles: tuple[str, ...]
    program: str
    program_name: str
    archetype: str
    team: str
    team_name: str
    device: str
    org: str
    tz: str
    is_supervisor: bool
    settings: Mapping[str, int] = field(default_factory=dict)
    phone_24_7: str = ""
    local_crisis_line: str = ""
    teams: tuple[str, ...] = ()
    """Teams whose clients this person works with; a manager has those of the program."""
    programs: tuple[str, ...] = ()
    is_mhp: bool = False

    @property
    def reviews(self) -> bool:
        """Whether work of teams is this person's to review: a supervisor's, a manager's (clinical.md 1.3)."""
        return self.is_supervisor or "manager" in self.roles


@dataclass(frozen=True, slots=True)
class AlertLine:
    """One standing alert, as it is shown on every line that names the client."""

    record: str
    severity: str
    code: str
    label: str
    detail: str = ""
    review_by: str = ""


@dataclass(frozen=True, slots=True)
class ClientLine:
    """A client wherever a list names one."""

    client: str
    name: str
    """Family name and the name to use."""
    pronouns: str
    dob: str
    language: str
    interpreter: bool
    risk: str
    alerts: tuple[AlertLine, ...]
    status: str
    """Episode status."""
    tier: str
    team: str
    primary: str
    """Name of the primary staff member."""
    primary_id: str
    last_contact_ms: int | None
    no_contact_days: int | None
    no_contact_limit: int
    plan: str
    """Safety plan: none, active, declined, overdue, now (something happened since), two (two active versions)."""
    conflicts: int
    street: str = ""
    county: str = ""
    local_line: str = ""
    """The crisis line of where they live, else the program's."""
    local_county: str = ""
    """Whose line that is; "" where it is the program's."""
    reporting: str = ""
    """Where abuse and neglect are reported, in one line."""
    mrn: str = ""
    plan_why: str = ""
    """What happened since the plan was signed, in words."""
    goals: str = ""
    """Treatment plan: none, missing (and should be there by now), active, refused, overdue, two."""
    lai: str = ""
    """How the long-acting injection that is due first stands: later, soon, due, overdue; empty for none."""
    lai_words: str = ""
    away: str = ""
    """Where the client is and for how long: `hospital 9 d`; empty for nowhere but home."""
    step_up: bool = False
    """A red flag was raised and no supervisor has decided yet."""
    agreed_review: str = ""
    """By when the contact plan is looked at again, once that day has come."""

    @property
    def overdue(self) -> bool:
        """Whether nobody has seen the client for longer than agreed."""
        return self.no_contact_days is not None and self.no_contact_days > self.no_contact_limit


@dataclass(frozen=True, slots=True)
class VisitLine:
    """One planned visit."""

    record: str
    client: str
    name: str
    start_ms: int
    minutes: int
    where: str
    note: str
    state: str
    contact_type: str
    modality: str
    setting: str
    risk: str
    alerts: tuple[AlertLine, ...]
    pronouns: str = ""
    away: str = ""
    """Why nobody will be there: `hospital 9 d`."""
    staff: str = ""
    second: str = ""
    """Who comes along; "" for nobody."""


@dataclass(frozen=True, slots=True)
class Checkin:
    """Somebody who is on a visit and gives a sign by a time."""

    record: str
    client: str
    name: str
    risk: str
    staff: str
    staff_name: str
    place: str
    code_word: str
    until_ms: int
    late: bool


@dataclass(frozen=True, slots=True)
class LogClient:
    """A client for whom this person may log a contact, with what may be typed for the name."""

    client: str
    name: str
    names: tuple[str, ...]
    """As shown, as on paper, to use."""
    streets: tuple[str, ...]
    dob: str
    mrn: str
    risk: str
    pronouns: str = ""
    language: str = ""
    interpreter: bool = False


@dataclass(frozen=True, slots=True)
class LogDesk:
    """Whom contacts are logged for today."""

    clients: tuple[LogClient, ...]
    visits: tuple[VisitLine, ...]
    """This person's visits of today in order."""


@dataclass(frozen=True, slots=True)
class ContactStart:
    """What a new contact with one client starts from."""

    line: ClientLine
    visits: tuple[VisitLine, ...]
    """This person's visits with the client on the day."""
    last: Mapping[str, Any]
    """Values of the last contact in which somebody saw the client; empty for none."""
    last_ms: int | None
    goals: tuple[str, ...]
    """Goals of the last note."""
    agreed: Mapping[str, Any] = field(default_factory=dict)
    """The contact plan that holds on the day; empty for none."""
    called: Mapping[str, Any] = field(default_factory=dict)
    """Values of the last video or phone contact with the client; empty for none."""


@dataclass(frozen=True, slots=True)
class DueLine:
    """Something that waits for this person, with the reason in words."""

    kind: str
    """unsigned, draft, returned, needs_you, plan_review, alert_review, no_contact, conflict, same_visit, risk, task,
    crisis, cosign, measure, lai, missed, credential, contact_plan, back, stay, connection."""
    record: str
    client: str
    name: str
    what: str
    due_ms: int | None
    late: bool
    draft: str = ""
    entry: str = ""
    other: str = ""
    """The second record, where the line is about two."""
    risk: str = "none"


@dataclass(frozen=True, slots=True)
class SnippetLine:
    """One text that a person keeps ready for their notes."""

    record: str
    name: str
    text: str


@dataclass(frozen=True, slots=True)
class TaskLine:
    """One open task."""

    record: str
    client: str
    name: str
    risk: str
    title: str
    owner: str
    owner_name: str
    due_ms: int | None
    late: bool
    made_ms: int
    source: str = ""
    """The record whose signing brought it about."""
    what: str = ""
    """Its code of `kinds.task.WHATS`."""
    source_kind: str = ""
    role: str = ""
    """With nobody named: whose role in the client's program it is."""


@dataclass(frozen=True, slots=True)
class Today:
    """The day of one person."""

    day: str
    visits: tuple[VisitLine, ...]
    due: tuple[DueLine, ...]
    alerts: tuple[tuple[str, str, AlertLine], ...]
    """(client, name, alert) of the clients seen today, stop first."""
    oncall: str = ""
    """Who answers tonight, in one line."""
    later: int = 0
    """How many tasks are due after the days that are shown."""
    groups: tuple[GroupLine, ...] = ()
    """The groups of one's programs that are held on the day."""
    missed: tuple[VisitLine, ...] = ()
    """Visits of the last days that nobody logged."""


@dataclass(frozen=True, slots=True)
class Ladder:
    """What was tried since the client was last seen, and what else there is to try."""

    tries: tuple[int, ...]
    """When, newest first."""
    most: int
    """After so many the supervisor is told."""
    steps: tuple[str, ...]
    """Other phones, people who may help, places, what the agency has for the end."""

    @property
    def climbed(self) -> bool:
        """Whether so many were made that something else is to be tried."""
        return len(self.tries) >= self.most


@dataclass(frozen=True, slots=True)
class Sweep:
    """What is left of the day before somebody goes home."""

    unlogged: tuple[VisitLine, ...]
    """Visits that were planned until now and of which nothing is logged, oldest first."""
    unsigned: tuple[DueLine, ...]
    """What is not written, not signed, not finished, or came back."""
    to_send: int
    """Own entries that the server has not taken yet."""
    waiting: int
    """Own entries that it took and a supervisor decides about, or that wait for an earlier one."""
    written: int
    """Own entries of today."""
    confirmed: int
    """Those of them that the server has confirmed."""

    @property
    def left(self) -> int:
        """How many things are still to be done."""
        return len(self.unlogged) + len(self.unsigned) + bool(self.to_send)


@dataclass(frozen=True, slots=True)
class TimelineRow:
    """One line of a client's history."""

    record: str
    kind: str
    when_ms: int
    title: str
    text: str
    author: str
    status: str
    """saved, final, pending, returned or error; older for what only the server holds."""
    state: str
    sending: str
    """sent, not sent, waiting, supervisor or needs you."""
    conflicts: int = 0
    late: bool = False
    entry: str = ""
    fetch: tuple[str, ...] = ()
    """Of an older record: the entries to ask the server for."""


@dataclass(frozen=True, slots=True)
class PlanVersion:
    """One version of a safety plan."""

    entry: str
    number: int
    at_ms: int
    author: str
    credential: str
    status: str
    active: bool
    doc: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class PlanRead:
    """A client's safety plan: active versions first, then the older ones."""

    record: str
    client: str
    name: str
    versions: tuple[PlanVersion, ...]
    heads: tuple[str, ...]
    people: tuple[tuple[str, str], ...] = ()
    """(record, name) of the client's related people, whom a line may mean."""

    @property
    def active(self) -> tuple[PlanVersion, ...]:
        """The versions that stand, newest signed first; two mean that people wrote side by side."""
        return tuple(version for version in self.versions if version.active)


@dataclass(frozen=True, slots=True)
class RiskSignal:
    """Something that raised the risk and that nobody has weighed yet."""

    entry: str
    level: str
    what: str
    """What kind of record it comes from, in words."""
    detail: str
    author: str
    at_ms: int


@dataclass(frozen=True, slots=True)
class RiskSigned:
    """One level that somebody signed."""

    entry: str
    level: str
    reason: str
    author: str
    credential: str
    at_ms: int
    status: str
    weighed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RiskRead:
    """A client's risk: what is in force and why."""

    record: str
    client: str
    level: str
    since_ms: int | None
    signals: tuple[RiskSignal, ...]
    """Highest first."""
    signed: tuple[RiskSigned, ...]
    """Newest first."""
    next_review: str = ""
    heads: tuple[str, ...] = ()
    conflict: bool = False
    """Two people signed side by side; the next signature settles it."""


@dataclass(frozen=True, slots=True)
class InterventionCount:
    """How often one thing was done with a client."""

    words: str
    month: int
    """Notes of the last 30 days that say so."""
    quarter: int
    """Of the last 90 days."""


@dataclass(frozen=True, slots=True)
class Chart:
    """The head of a client's chart."""

    line: ClientLine
    facts: tuple[tuple[str, str], ...]
    """(label, value) of the demographics that are filled."""
    phones: tuple[tuple[str, str], ...]
    address: str
    finding: str
    people: tuple[tuple[str, str, str], ...]
    """(name, relation, phone)."""
    episode: tuple[tuple[str, str], ...]
    contact_plan: str
    team: tuple[tuple[str, str], ...]
    """(role, name)."""
    conflicts: tuple[ConflictLine, ...]
    timeline_count: int
    plan: PlanRead | None = None
    risk_since_ms: int | None = None
    risk_reason: str = ""
    tasks: tuple[TaskLine, ...] = ()
    interventions: tuple[InterventionCount, ...] = ()


@dataclass(frozen=True, slots=True)
class Agreement:
    """One agreement of a contact plan."""

    item: str
    values: Mapping[str, Any]
    author: str
    at_ms: int


@dataclass(frozen=True, slots=True)
class PlanProgress:
    """How contacts stand against the plan."""

    done: int
    target: int
    words: str
    """`today`, `this week`."""
    band: str
    """met, behind, far_behind."""


@dataclass(frozen=True, slots=True)
class ContactPlanRead:
    """A client's contact plan: what holds now, what comes, what was agreed before (newest first)."""

    record: str
    client: str
    line: ClientLine
    now: Agreement | None
    coming: tuple[Agreement, ...]
    earlier: tuple[Agreement, ...]
    progress: PlanProgress | None
    tries: tuple[int, ...]
    """When people tried since the client was last seen, newest first."""
    draft: str = ""


@dataclass(frozen=True, slots=True)
class SupportLine:
    """Somebody in the client's life, and what they may hear."""

    name: str
    relation: str
    phone: str
    may_hear: str


@dataclass(frozen=True, slots=True)
class CrisisCard:
    """What somebody who answers a crisis needs of one client."""

    line: ClientLine
    way: str
    """By which right it was opened: team, on_call, break_glass."""
    phones: tuple[tuple[str, str], ...]
    """(number, remarks)."""
    address: str
    finding: str
    team_phone: str
    local_line: str
    risk_since_ms: int | None
    risk_reason: str
    plan: PlanRead
    other_plan: tuple[str, str]
    """(label, words) of a plan for other crises; empty when there is none."""
    supports: tuple[SupportLine, ...]
    contacts: tuple[TimelineRow, ...]
    team: tuple[tuple[str, str], ...]
    """(role, name)."""
    tasks: tuple[TaskLine, ...]
    legal: str = ""
    """The legal order that holds; empty for none."""
    directive: str = ""
    guardian: str = ""
    allergies: str = ""
    naloxone: str = ""
    """What is known of naloxone; empty where nobody needs to ask."""
    medical: str = ""
    medicines: tuple[str, ...] = ()
    """What is taken now with the days of injections, then by whom the list was last verified."""


@dataclass(frozen=True, slots=True)
class ConflictLine:
    """One field that two people wrote without seeing each other's value."""

    record: str
    kind: str
    client: str
    name: str
    path: str
    """As in `View.conflicts`; `doc` for two versions of a document."""
    label: str
    risk: str = ""


@dataclass(frozen=True, slots=True)
class ConflictSide:
    """One of the values side by side."""

    entry: str
    author: str
    at_ms: int
    text: str
    value: Any
    dropped: bool = False


@dataclass(frozen=True, slots=True)
class Conflict:
    """What is settled on screen."""

    line: ConflictLine
    sides: tuple[ConflictSide, ...]
    heads: tuple[str, ...]
    text: str = ""


@dataclass(frozen=True, slots=True)
class AnnotationRead:
    """An addendum, co-sign, return or error, as it is read."""

    entry: str
    about: str
    meaning: str
    author: str
    credential: str
    at_ms: int
    reason: str
    text: str
    lifted: bool


@dataclass(frozen=True, slots=True)
class VersionRead:
    """One writing entry of a record, as it is read."""

    entry: str
    meaning: str
    status: str
    leaf: bool
    author_id: str
    author: str
    credential: str
    role: str
    signed_ms: int
    entered: str
    """The instant of the device's own clock."""
    received_ms: int | None
    clock_offset_ms: int
    reason: str
    cosign_required: str
    answers: tuple[str, ...]
    overrides: tuple[tuple[str, str], ...]
    body: Mapping[str, Any]
    signature: str
    """In words: signed by, altered, key unknown (crypto verdict at arrival)."""
    sending: str
    sending_reason: str = ""
    state: str = "confirmed"
    """How far it got, as `told.entries.STATES` names it."""


@dataclass(frozen=True, slots=True)
class RecordRead:
    """Any record opened for reading: values as shown, history, annotations."""

    record: str
    kind: str
    client: str
    name: str
    values: Mapping[str, Any]
    versions: tuple[VersionRead, ...]
    annotations: tuple[AnnotationRead, ...]
    status: str
    in_error: bool
    heads: tuple[str, ...]
    conflicts: tuple[str, ...]
    late: bool = False
    frozen: bool = False
    risk: str = ""
    billing: Billing | None = None
    """Of a contact: whether it may be billed and what holds it."""
    sensitivity: str = "normal"
    seats: tuple[GroupSeat, ...] = ()
    """Of a group session: who was there, by their own records, of those whose charts this person opens."""
    people: Mapping[str, str] = field(default_factory=dict)
    """Names of the staff members whom any version names by id."""


@dataclass(frozen=True, slots=True)
class ReviewLine:
    """One thing in the supervisor's queue."""

    what: str
    """As in `told.team.LINES`."""
    record: str
    entry: str
    kind: str
    client: str
    name: str
    title: str
    author: str
    at_ms: int
    due_ms: int | None
    late: bool
    reason: str = ""
    other: str = ""
    """The second record, where the line is about two."""
    risk: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """A form being filled in."""

    id: str
    record: str
    kind: str
    client: str | None
    meaning: str
    """What signing it will say: save, sign or amend."""
    prev: tuple[str, ...]
    base: Mapping[str, Any]
    values: Mapping[str, Any]
    focus: str
    revision: int
    updated_ms: int
    device: str = ""
    answers: tuple[str, ...] = ()
    name: str = ""
    risk: str = ""


@dataclass(frozen=True, slots=True)
class PendingLine:
    """One own entry that is not confirmed, or why it came back."""

    entry: str
    record: str
    kind: str
    name: str
    title: str
    at_ms: int
    state: str
    words: str
    """not sent, sent, waiting for an earlier entry, with your supervisor, needs you."""
    reason: str
    draft: str = ""
    """Of what came back: the draft that holds its words."""
    risk: str = ""


@dataclass(frozen=True, slots=True)
class Device:
    """One laptop as the server last saw it (supervisors)."""

    device: str
    staff: str
    name: str
    last_seen_ms: int | None
    pending: int
    oldest_ms: int | None
    missing: int
    state: str


@dataclass(frozen=True, slots=True)
class SyncStatus:
    """What the status line and the Sync screen say."""

    pending: int
    needs_you: int
    held: int
    quarantined: int
    confirmed_total: int
    last_confirmed_ms: int | None
    offline_since_ms: int | None
    running: bool = False
    progress: tuple[int, int] | None = None
    """(confirmed, owed) of the round that runs."""
    pulled: int = 0
    message: str = ""
    """The last failure in one sentence, or empty."""
    app_too_old: str = ""
    reached: bool = False
    """Whether the round that ended reached the server and did its work; a remark of its does not count against it."""
    retry_after_ms: int | None = None
    """How long the server asked to be left alone."""
    clock_offset_ms: int = 0
    """Server time less this laptop's clock."""
    ended_teams: tuple[tuple[str, int], ...] = ()
    """(name, since when) of teams that this person left."""
    put_back_ms: int | None = None
    """When the server was last found to be put back to a backup that was announced."""
    lost_some_ms: int | None = None
    """When it was found to be put back without a word."""
    went_back_ms: int | None = None
    """When this laptop was put back to an older copy of its data."""
    side_by_side: int = 0
    """Forms that this person wrote on two laptops."""
    coming: int = 0
    """Older entries that were asked for and are on the server only."""
    newer: int = 0
    """Records here that a newer version of the app wrote and this one does not know how to show."""


@dataclass(frozen=True, slots=True)
class FindHit:
    """One hit of the full-text search."""

    record: str
    kind: str
    client: str
    name: str
    when_ms: int
    snippet: str
    risk: str = ""


@dataclass(frozen=True, slots=True)
class MeasureOffer:
    """One instrument that can be asked here and now."""

    instrument: Instrument
    pack: str = ""
    """SHA-256 of the pack that its words come from."""


@dataclass(frozen=True, slots=True)
class MeasureLine:
    """One signed measure."""

    record: str
    entry: str
    instrument: str
    title: str
    name: str
    at_ms: int
    total: int | None
    number: str
    """Of an instrument of which only the number is kept."""
    result: str
    """In words: `14 · Moderate`."""
    author: str
    done: bool


@dataclass(frozen=True, slots=True)
class MeasureDraft:
    """One measure that was begun."""

    draft: str
    instrument: str
    answered: int


@dataclass(frozen=True, slots=True)
class MeasuresRead:
    """A client's measures, oldest first, and what can be asked."""

    client: str
    name: str
    lines: tuple[MeasureLine, ...]
    drafts: tuple[MeasureDraft, ...]
    offered: tuple[MeasureOffer, ...]
