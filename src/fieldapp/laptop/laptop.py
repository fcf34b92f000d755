"""The laptop: the one object that the App is given. Every method blocks and may be called from any thread."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from fieldapp.clinical.coding import Coding
from fieldapp.clinical.disclosing import Person
from fieldapp.clinical.metrics.model import Metric, Period, Scope
from fieldapp.crypto.vault import POLICY, SHIPPED, KdfParams, Policy
from fieldapp.errors import FieldappError
from fieldapp.prints.documents import Prepared, Wanted
from fieldapp.records.kind import Problem
from fieldapp.records.note_tables import Agreed
from fieldapp.store import backup, feeds
from fieldapp.store.board_models import AssignmentRead, Board, CaseloadsRead, Clash
from fieldapp.store.discharge_models import AfterDischarge, DischargeStart
from fieldapp.store.episode_models import AlikeLine, EpisodeRead, IntakeDesk, IntakeLine
from fieldapp.store.goal_models import GoalsRead
from fieldapp.store.group_models import GroupDesk, GroupMember, GroupsRead, GroupStart
from fieldapp.store.medical_models import MedicalBrief, MedicationsRead, QueueLine
from fieldapp.store.metric_models import MetricRead
from fieldapp.store.models import (
    Chart,
    Checkin,
    ClientLine,
    Conflict,
    ConflictLine,
    ContactPlanRead,
    ContactStart,
    CrisisCard,
    Device,
    Draft,
    FindHit,
    InterventionCount,
    Ladder,
    LogDesk,
    Me,
    MeasureOffer,
    MeasuresRead,
    PendingLine,
    PlanRead,
    RecordRead,
    ReviewLine,
    RiskRead,
    SnippetLine,
    Sweep,
    SyncStatus,
    TaskLine,
    TimelineRow,
    Today,
)
from fieldapp.store.oncall_models import OncallRead, ReportRead, ReportStart
from fieldapp.store.sheet_models import FaceSheet, Hearer
from fieldapp.store.staff_models import StaffRead
from fieldapp.store.stay_models import StayLine, StaysRead
from fieldapp.store.triage_models import Triage
from fieldapp.sync.round import Syncer
from fieldapp.sync.transport import HttpTransport, Transport

from . import (
    aftercare,
    assigning,
    checkins,
    doctor,
    drafts_beside,
    face_sheet,
    forms,
    gate,
    handing_out,
    intake,
    medication,
    moving,
    oncall,
    own_texts,
    plan_reviews,
    planning,
    printing,
    review_actions,
    risk_signing,
    settling,
    submitting,
    tasks,
)
from .clock import Clock
from .crisis_help import write_help
from .opened import Opened
from .reading import Reading
from .unlocking import help_of
from .vault_side import VaultSide

Progress = Callable[[SyncStatus], None]
Cancelled = Callable[[], bool]
Connect = Callable[[str], Transport]
T = TypeVar("T")


class Laptop(VaultSide):
    """Store, sync, clock and identity behind one door."""

    def __init__(
        self,
        folder: Path,
        *,
        clock: Clock,
        vault_policy: Policy = POLICY,
        kdf: KdfParams = SHIPPED,
        connect: Connect | None = None,
    ) -> None:
        super().__init__(folder, clock=clock, vault_policy=vault_policy, kdf=kdf)
        self._connect = connect or HttpTransport
        self._round = threading.Lock()
        self._syncer: tuple[Opened, Syncer] | None = None

    # ── reading ──────────────────────────────────────────────────────────────────────────────────

    def _read(self) -> Reading:
        return Reading(self._open())

    @property
    def me(self) -> Me:
        """Who is working on this laptop."""
        return self._read().me()

    def today(self, day: str | None = None) -> Today:
        """Return a day of this person."""
        return self._read().today(day)

    def board(self, day: str | None = None, mine: bool = False) -> Board:
        """Return a day of this person's teams: who sees whom, whom nobody sees, who is off, what comes up."""
        return self._read().board(day, mine)

    def clashes(
        self, client: str, record: str, values: Mapping[str, Any], further: Sequence[str] = ()
    ) -> tuple[Clash, ...]:
        """Return what stands in the way of a visit that is being planned; nothing of it blocks."""
        return self._read().clashes(client, record, values, further)

    def assignment(self, client: str) -> AssignmentRead:
        """Open who works with a client, from when until when; audited; raises GateClosed."""
        return self._read().assignment(client)

    def caseloads(self) -> CaseloadsRead:
        """Return what everybody of one's teams carries, against what the program allows."""
        return self._read().caseloads()

    def team_staff(self) -> StaffRead:
        """Return everybody of this person's teams: roles, credentials, who supervises whom."""
        return self._read().team_staff()

    def metric_scopes(self) -> tuple[Scope, ...]:
        """Return whose numbers this person may look at: their teams', the program's, their own."""
        return self._read().metric_scopes()

    def metrics(self, scope: Scope, period: Period) -> tuple[Metric, ...]:
        """Return every metric of a scope and period, without what is behind each; none of a scope that is not theirs."""
        return self._read().metrics(scope, period)

    def metric(self, key: str, scope: Scope, period: Period) -> MetricRead:
        """Return one metric with the records, clients and people behind it; raises NotAllowed."""
        return self._read().metric(key, scope, period)

    def sweep(self) -> Sweep:
        """Return what is left before the day is over: not logged, not signed, not sent."""
        return self._read().sweep()

    def caseload(self, query: str = "", mine: bool = False) -> tuple[ClientLine, ...]:
        """Return the clients of one's teams, or with a query any that are found."""
        return self._read().caseload(query, mine)

    def client_line(self, client: str) -> ClientLine:
        """Return a client as lists show them."""
        return self._read().client_line(client)

    def log_desk(self) -> LogDesk:
        """Return the clients for whom this person may log a contact, and today's visits."""
        return self._read().log_desk()

    def contact_start(self, client: str, day: str | None = None, visit: str | None = None) -> ContactStart:
        """Return what a new contact with a client starts from: the visits of a day and the one that it is, the last
        contact, goals, the contact plan.
        """
        return self._read().contact_start(client, day, visit)

    def chart(self, client: str) -> Chart:
        """Open the head of a chart; audited; raises GateClosed for another team's client."""
        return self._read().chart(client)

    def card(self, client: str) -> CrisisCard:
        """Open a client's crisis card; audited; raises GateClosed for another team's client."""
        return self._read().card(client)

    def cards(self, query: str = "") -> tuple[ClientLine, ...]:
        """Return clients for the crisis card, those at risk first; on call those of the whole program."""
        return self._read().cards(query)

    def tasks(self, client: str | None = None) -> tuple[TaskLine, ...]:
        """Return a client's open tasks, or one's own, what is overdue first."""
        return self._read().tasks(client)

    def colleagues(self, client: str) -> tuple[tuple[str, str], ...]:
        """Return (id, name) of who may take a client's task, likeliest first."""
        return self._read().colleagues(client)

    def timeline(
        self, client: str, offset: int, limit: int, kinds: Sequence[str] | None = None
    ) -> tuple[TimelineRow, ...]:
        """Return a page of a client's history."""
        return self._read().timeline(client, offset, limit, kinds)

    def timeline_count(self, client: str, kinds: Sequence[str] | None = None) -> int:
        """Return how many lines a client's history has."""
        return self._read().timeline_count(client, kinds)

    def record(self, record: str) -> RecordRead:
        """Open any record; audited."""
        return self._read().record(record)

    def plan(self, client: str, kind: str = "safety_plan") -> PlanRead:
        """Open a client's safety plan or crisis plan; audited."""
        return self._read().plan(client, kind)

    def goals(self, client: str) -> GoalsRead:
        """Open a client's treatment plan, with what was done for each goal; audited."""
        return self._read().goals(client)

    def goals_offered(
        self, client: str, earlier: Sequence[str] = (), own: Sequence[str] = ()
    ) -> tuple[str, ...]:
        """Return the goals that digits take: those of the plan, then own and earlier words."""
        return self._read().goals_offered(client, earlier, own)

    def risk(self, client: str) -> RiskRead:
        """Open a client's risk: the level in force and what it rests on; audited."""
        return self._read().risk(client)

    def contact_plan(self, client: str) -> ContactPlanRead:
        """Open a client's contact plan: what was agreed, and how the week stands against it; audited."""
        return self._read().contact_plan(client)

    def open_episode(self, client: str) -> str:
        """Return the record of a client's episode that counts now; "" without one."""
        return self._read().open_episode(client)

    def episode(self, client: str) -> EpisodeRead:
        """Open a client's episode: its steps, referral, red flags and what its record lacks; audited."""
        return self._read().episode(client)

    def intake_list(self) -> tuple[IntakeLine, ...]:
        """Return who waits to be admitted to one's teams, who was referred first at the top."""
        return self._read().intake_list()

    def intake_desk(self) -> IntakeDesk:
        """Return what the form for a new client offers."""
        return self._read().intake_desk()

    def alike(self, record: str, values: Mapping[str, Any]) -> tuple[AlikeLine, ...]:
        """Return who is here and may be the person that a form for a new client describes."""
        return self._read().alike(record, values)

    def ladder(self, client: str) -> Ladder:
        """Return what was tried since a client was last seen, over all days and colleagues, and what else there is."""
        return self._read().ladder(client)

    def measures(self, client: str) -> MeasuresRead:
        """Open a client's measures over time; audited."""
        return self._read().measures(client)

    def medications(self, client: str) -> MedicationsRead:
        """Open a client's medication list; audited."""
        return self._read().medications(client)

    def face_sheet(self, client: str) -> FaceSheet:
        """Open who a client is, who is around them, what they agreed to and who was told what; audited."""
        return self._read().face_sheet(client)

    def stays(self, client: str) -> StaysRead:
        """Open a client's stays in hospital, ED and jail, and whether they were seen after each; audited."""
        return self._read().stays(client)

    def discharge_start(self, client: str) -> DischargeStart:
        """Return what a client's discharge starts from: goals, measures, medicines, the safety plan; audited."""
        return self._read().discharge_start(client)

    def after_discharge(self, client: str) -> tuple[AfterDischarge, ...]:
        """Return whether a client was connected to care, or came back, after each discharge."""
        return self._read().after_discharge(client)

    def say_connected(self, discharge: str, answer: str, day: str, words: str) -> str:
        """Say whether a client is connected to care after a discharge; closes the task that asks."""
        return self._write(aftercare.say_connected, discharge, answer, day, words)

    def away(self) -> tuple[StayLine, ...]:
        """Return who of one's teams is in hospital, ED, jail or missing, the longest first."""
        return self._read().away()

    def hearers(self, client: str, names: Sequence[str]) -> tuple[Hearer, ...]:
        """Return for each name whether that person may hear about the client today."""
        return self._read().hearers(client, names)

    def acknowledge_alerts(self, client: str, alerts: Sequence[str]) -> None:
        """Note in the audit trail that this person read alerts before they went on."""
        self._read().acknowledge_alerts(client, alerts)

    def people_around(self, client: str) -> tuple[Person, ...]:
        """Return the people of whom a record is kept for a client and who are still around."""
        return self._read().people_around(client)

    def medical_brief(self, client: str) -> MedicalBrief:
        """Open what is looked at before a medical visit: last note, list, measures, vitals; audited."""
        return self._read().medical_brief(client)

    def medical_queue(self) -> tuple[QueueLine, ...]:
        """Return the clients whose medicines wait for this person, what is late first."""
        return self._read().medical_queue()

    def list_part(self, client: str) -> dict[str, Any]:
        """Return the client's medication list as a part of another form, as it stands now."""
        with self._open().reading(client) as asking:
            gate.open_client(asking, client)
            return medication.part(asking, client)

    def instruments(self, client: str | None = None) -> tuple[MeasureOffer, ...]:
        """Return the instruments that can be asked here and now, in the order in which they are offered."""
        return self._read().instruments(client)

    def groups(self) -> GroupsRead:
        """Return the groups of one's programs: of today, of other days, and the sessions that were signed."""
        return self._read().groups()

    def group_start(self, team: str, group: str, like: str = "", same_as: str = "") -> GroupStart:
        """Return what a new session of a group starts from; `like` repeats a session, `same_as` keeps its people."""
        return self._read().group_start(team, group, like, same_as)

    def group_desk(self, team: str, group: str) -> GroupDesk:
        """Return what the form of a session offers: modules, and who may lead it."""
        return self._read().group_desk(team, group)

    def group_members(self, clients: Sequence[str], group: str, start_ms: int) -> tuple[GroupMember, ...]:
        """Return what a grid must know of people; nobody whose chart asks for a reason first."""
        return self._read().group_members(clients, group, start_ms)

    def coding(self, client: str, around_ms: int | None = None) -> Coding:
        """Return what a contact's code and units follow from: tables, credentials, coverage, other contacts."""
        return self._read().coding(client, around_ms)

    def notes_agreed(self, client: str) -> Agreed:
        """Return what the client's program agreed on for notes: formats by type of contact, and their prompts."""
        return self._read().notes_agreed(client)

    def snippets(self) -> tuple[SnippetLine, ...]:
        """Return the texts that this person keeps ready for their own notes, by name."""
        return self._read().snippets()

    def interventions(self, client: str) -> tuple[InterventionCount, ...]:
        """Return how often each thing was done with a client in 30 and 90 days, by its notes."""
        return self._read().interventions(client)

    def review(self) -> tuple[ReviewLine, ...]:
        """Return what waits for a second pair of eyes."""
        return self._read().review()

    def review_counts(self) -> tuple[int, int]:
        """Return how much waits for a second pair of eyes, and how much of it is late."""
        return self._read().review_counts()

    def triage(self) -> Triage:
        """Return the morning's red list of one's teams: what cannot wait, and why."""
        return self._read().triage()

    def look_at(self, entry: str) -> None:
        """Note that a version is on screen in order to be reviewed."""
        self._open().looked_at.add(entry)

    def opened_for_review(self) -> frozenset[str]:
        """Return the versions that were on screen in order to be reviewed, since the vault was opened."""
        return frozenset(self._open().looked_at)

    def check_cosign(self, entries: Sequence[str]) -> None:
        """Raise what stands against co-signing versions; before the person is asked to prove who they are."""
        self._read().check_cosign(entries)

    def quarantine(self) -> tuple[ReviewLine, ...]:
        """Return what the server holds back for a decision."""
        return self._read().quarantine()

    def quarantined(self, entry: str) -> RecordRead:
        """Open an entry that the server holds back, before it is decided; audited."""
        return self._read().quarantined(entry)

    def conflicts(self) -> tuple[ConflictLine, ...]:
        """Return the conflicts of one's teams' clients."""
        return self._read().conflicts()

    def conflict(self, record: str, path: str) -> Conflict:
        """Return the values of one conflict side by side; audited."""
        return self._read().conflict(record, path)

    def pending(self) -> tuple[PendingLine, ...]:
        """Return own entries that are not confirmed."""
        return self._read().pending()

    def own_entry(self, entry: str) -> RecordRead:
        """Open one's own entry as it was signed, wherever it got; audited."""
        return self._read().own_entry(entry)

    def drafts_side_by_side(self) -> tuple[tuple[Draft, Draft], ...]:
        """Return the forms that this person wrote on two laptops: as here, and as there."""
        return self._read().drafts_side_by_side()

    def sync_status(self) -> SyncStatus:
        """Return how sync stands."""
        return self._read().sync_status()

    def devices(self) -> tuple[Device, ...]:
        """Return the laptops of one's teams as the server last saw them."""
        return self._read().devices()

    def drafts(self) -> tuple[Draft, ...]:
        """Return the open drafts, last touched first."""
        return self._read().drafts()

    def draft(self, draft_id: str) -> Draft:
        """Return one open draft."""
        return self._read().draft(draft_id)

    def note_for_contact(self, contact: str) -> Draft | RecordRead | None:
        """Return the note of a contact, or its open draft; None if nobody began one."""
        return self._read().note_for_contact(contact)

    def search(self, text: str) -> tuple[FindHit, ...]:
        """Find words in what this person may open now."""
        return self._read().search(text)

    def staff(self) -> tuple[tuple[str, str], ...]:
        """Return (id, name) of everybody who works here, by name."""
        return self._read().staff()

    def oncall_line(self) -> str:
        """Return who answers now, in one line."""
        return self._read().oncall_line()

    def way_in(self, client: str) -> gate.Way | None:
        """Return by which right a chart opens now; None when a reason must come first."""
        return self._read().way_in(client)

    # ── paper ────────────────────────────────────────────────────────────────────────────────────

    def print_sheet(self, wanted: Wanted) -> Prepared:
        """Return what is to be printed; nothing leaves the laptop yet; raises GateClosed, NotAllowed."""
        with self._open().reading() as asking:
            return printing.prepare(asking, wanted)

    def print_out(self, wanted: Wanted, form: str, data: bytes, to: Path | None) -> str:
        """Write a print to a new file, or without one to the printer; audited; returns what was done."""
        return handing_out.hand_out(self._open(), wanted, form, data, to)

    # ── forms ────────────────────────────────────────────────────────────────────────────────────

    def start(
        self,
        kind: str,
        client: str | None = None,
        record: str | None = None,
        values: Mapping[str, Any] | None = None,
        meaning: str | None = None,
    ) -> Draft:
        """Open a form; a draft that is open for the same record is returned instead."""
        with self._open().writing() as work:
            return forms.start(work, kind, client, record, values, meaning)

    def new_client(self) -> Draft:
        """Open the form that takes a new client in: the client, the referral, who works with them."""
        with self._open().writing() as work:
            return intake.begin(work)

    def start_unnamed(self, kind: str, values: Mapping[str, Any], focus: str) -> Draft:
        """Open a form before it is known whom it is about; `name_draft` says it later."""
        with self._open().writing() as work:
            return forms.start_unnamed(work, kind, values, focus)

    def name_draft(self, draft_id: str, client: str) -> Draft:
        """Say whom a draft of a new record is about."""
        with self._open().writing() as work:
            return forms.name_draft(work, draft_id, client)

    def save_draft(self, draft_id: str, values: Mapping[str, Any], focus: str = "") -> Draft:
        """Keep what was typed so far."""
        with self._open().writing() as work:
            return forms.save(work, draft_id, values, focus)

    def discard_draft(self, draft_id: str) -> None:
        """Close a draft without signing it."""
        with self._open().writing() as work:
            forms.discard(work, draft_id)

    def choose_draft(self, mine: str, other: str, choice: str) -> tuple[str, ...]:
        """Make one draft of two that stand side by side; returns the fields that could not hold both."""
        with self._open().writing() as work:
            return drafts_beside.choose(work, mine, other, choice)

    def problems(self, draft_id: str) -> tuple[Problem, ...]:
        """Return what stands against signing a draft, what stops it first."""
        with self._open().reading() as asking:
            return forms.problems(asking, forms.open_row(asking, draft_id))

    def submit(
        self, draft_id: str, *, overrides: Mapping[str, str] | None = None, reason: str = ""
    ) -> tuple[str, ...]:
        """Sign or save a draft with all it brings about; returns the hashes, the form's own first."""
        opened = self._open()
        with opened.writing() as work:
            if forms.open_row(work, draft_id).meaning != "save":
                self._need_proof()
            made = submitting.submit(work, opened.identity(work.tx), draft_id, overrides or {}, reason)
        opened.note_unsent()
        return made

    # ── second pairs of eyes ─────────────────────────────────────────────────────────────────────

    def cosign(self, entry: str) -> str:
        """Co-sign a version, or approve an error that its author declared."""
        self._need_proof()
        return self._write(review_actions.cosign, entry)

    def cosign_opened(self, entries: Sequence[str]) -> tuple[str, ...]:
        """Co-sign versions together, all or none; only such as were opened for review."""
        self._need_proof()
        return self._write(review_actions.cosign_opened, entries, self.opened_for_review())

    def send_back(self, entry: str, reason: str) -> str:
        """Return a version to its author, or lift an error that its author declared."""
        return self._write(review_actions.send_back, entry, reason)

    def addendum(self, entry: str, text: str) -> str:
        """Add words in one's own name."""
        return self._write(review_actions.addendum, entry, text)

    def review_goals(self, entry: str, text: str, next_due: str) -> str:
        """Say that a version of the treatment plan was looked at and stays until another day."""
        return self._write(plan_reviews.stays, entry, text, next_due)

    def mark_error(self, entry: str, reason: str) -> str:
        """Say that a version was entered in error."""
        return self._write(review_actions.mark_error, entry, reason)

    def take_back(self, annotation: str, reason: str) -> str:
        """Take back a co-sign, return, error or addendum."""
        return self._write(review_actions.take_back, annotation, reason)

    def decide_quarantine(self, entry: str, decision: str, reason: str, team: str = "") -> str:
        """Admit or refuse an entry that the server holds back."""
        return self._write(review_actions.decide_quarantine, entry, decision, reason, team)

    def both_took_place(self, record: str, other: str, reason: str) -> str:
        """Say that two contacts which look like one visit are two."""
        return self._write(review_actions.both_took_place, record, other, reason)

    def settle(self, record: str, path: str, choice: Any) -> str:
        """Write the chosen side (its entry) or a value of one's own on top of all leaves."""
        opened = self._open()
        with opened.writing() as work:
            if settling.needs_signing(work, record):
                self._need_proof()
            return settling.settle(work, opened.identity(work.tx), record, path, choice)

    def sign_risk(
        self, client: str, level: str, reason: str, considered: Sequence[str], next_review: str = ""
    ) -> str:
        """Sign a client's level of risk, naming the signals that were seen."""
        self._need_proof()
        return self._write(risk_signing.sign_risk, client, level, reason, considered, next_review)

    def ask_red_flags(self, client: str, answers: Mapping[str, bool], remark: str = "") -> str:
        """Write the answers to the red flags of an intake; any yes is a supervisor's task now."""
        return self._write(intake.ask_red_flags, client, answers, remark)

    def decide_step_up(self, client: str, decision: str, why: str) -> str:
        """Write what a supervisor decided about the red flags that wait."""
        return self._write(intake.decide_step_up, client, decision, why)

    def verify_medications(self, client: str, heads: Sequence[str]) -> str:
        """Sign a medication list as verified, as it was on screen; prescribers only."""
        self._need_proof()
        return self._write(medication.verify, client, heads)

    def revoke_consent(self, record: str, how: str, remark: str = "") -> str:
        """Write that the client took a consent back today; it holds at once."""
        return self._write(face_sheet.revoke, record, how, remark)

    def confirm_alert(self, record: str) -> str:
        """Write that an alert still holds."""
        return self._write(face_sheet.confirm_alert, record)

    def clear_alert(self, record: str, reason: str) -> str:
        """Write that an alert is over, and why."""
        return self._write(face_sheet.clear_alert, record, reason)

    def lab_done(self, client: str, item: str) -> str:
        """Say that a lab of the medication list was done today; the next one is due by how often it is done."""
        return self._write(medication.lab_done, client, item)

    @property
    def checked_in(self) -> Checkin | None:
        """Where this person is checked in now."""
        return self._read().checked_in()

    def open_checkin(self, record: str) -> Checkin | None:
        """Return somebody's open check-in; None once it is closed."""
        return self._read().checked_in_by(record)

    def check_in(
        self, client: str, minutes: int, place: str, code_word: str = "", visit: str | None = None
    ) -> str:
        """Write that this person goes to a client and by when they are out."""
        return self._write(checkins.start, client, minutes, place, code_word, visit)

    def stay_longer(self, record: str, minutes: int) -> str:
        """Ask for more time on a visit, counted from now."""
        return self._write(checkins.prolong, record, minutes)

    def say_safe(self, record: str, outcome: str = "") -> str:
        """Say that somebody is safe; of a colleague with how that is known."""
        return self._write(checkins.safe, record, outcome)

    def oncall_roster(self) -> OncallRead:
        """Return the on-call roster of this person's program."""
        return self._read().oncall_roster()

    def on_call_staff(self) -> tuple[tuple[str, str], ...]:
        """Return (id, name) of who can be on call for this person's program."""
        return self._read().on_call_staff()

    def repeat_shift(self, item: str, weeks: int) -> str:
        """Put a shift into the roster for some more weeks."""
        return self._write(oncall.repeat, item, weeks)

    def drop_shift(self, item: str) -> str:
        """Take a shift out of the roster."""
        return self._write(oncall.drop, item)

    def shift_reports(self) -> tuple[ReportRead, ...]:
        """Return the shift reports of the last weeks, newest first."""
        return self._read().shift_reports()

    def shift_report(self, record: str) -> ReportRead:
        """Open one shift report; audited."""
        return self._read().shift_report(record)

    def report_start(self) -> ReportStart:
        """Return what a new shift report begins with."""
        return self._read().report_start()

    def read_report(self, record: str) -> str:
        """Say that this person has read a shift report."""
        return self._write(oncall.read_report, record)

    def finish_task(self, record: str, outcome: str) -> str:
        """Say that a task is done and what came of it."""
        return self._write(tasks.finish, record, outcome)

    def assign_task(self, record: str, owner: str) -> str:
        """Give a task to somebody; "" gives it to the client's primary worker."""
        return self._write(tasks.assign, record, owner)

    def give_visit(self, record: str, staff: str) -> str:
        """Say that somebody else goes on a planned visit."""
        return self._write(planning.give, record, staff)

    def cancel_visit(self, record: str, why: str) -> str:
        """Say that a planned visit does not take place, and why."""
        return self._write(planning.cancel, record, why)

    def assign(
        self, client: str, staff: str, role: str, since: str, until: str = "", covers: str = ""
    ) -> str:
        """Give somebody a role with a client for a time; a new primary ends the one before."""
        return self._write(assigning.give, client, staff, role, since, until, covers)

    def end_assignment(self, client: str, item: str, until: str) -> str:
        """Say on which day somebody's time with a client ends."""
        return self._write(assigning.end, client, item, until)

    def move_client(self, client: str, team: str, why: str, reason: str = "", primary: str = "") -> str:
        """Move a client to another team, with who works with them from then on; raises NotAllowed, NotReady."""
        return self._write(moving.move, client, team, why, reason, primary)

    def cover_caseload(
        self, person: str, staff: str, since: str, until: str, clients: Sequence[str] = ()
    ) -> int:
        """Have somebody cover a colleague's clients for a leave; returns how many."""
        return self._write(assigning.cover, person, staff, since, until, clients)

    def hand_over_caseload(self, person: str, staff: str, since: str, clients: Sequence[str] = ()) -> int:
        """Make somebody the primary worker of a colleague's clients from a day on; returns of how many."""
        return self._write(assigning.hand_over, person, staff, since, clients)

    def cover_myself(self, client: str) -> bool:
        """Cover for a client today; True at once, False when the supervisor was asked."""
        return self._write(assigning.cover_myself, client)

    def drop_snippet(self, record: str) -> str:
        """Take one's own snippet out."""
        return self._write(own_texts.drop, record)

    def break_glass(self, client: str, code: str, reason: str = "") -> str:
        """Give the reason for opening another team's chart, for four hours."""
        return self._write(gate.break_glass, client, code, reason)

    def lay_aside(self, entry: str) -> None:
        """Say that a rejected entry is dealt with, though nothing was signed anew."""
        with self._open().writing() as work:
            found = work.rx.entry(entry)
            if found is not None:
                work.tx.answer_rejections(found.envelope.id)
                work.tx.log("lay_aside", entry, found.envelope.client, "ok", work.device_ms)

    def _write(self, service: Callable[..., T], *arguments: Any) -> T:
        opened = self._open()
        with opened.writing() as work:
            return service(work, opened.identity(work.tx), *arguments)

    def fetch(self, hashes: Sequence[str]) -> bool:
        """Have older entries fetched with the next round; returns whether any is still to come."""
        with self._open().writing() as work:
            here = feeds.known_entries(work.rx, hashes)
            wanted = [entry for entry in hashes if entry not in here]
            if wanted:
                feeds.want(work.tx, wanted, work.now_ms)
            return bool(wanted)

    # ── sync and care ────────────────────────────────────────────────────────────────────────────

    def sync(self, on_progress: Progress | None = None, cancelled: Cancelled | None = None) -> SyncStatus:
        """Send and receive; never raises because the server was not reached: the status says it."""
        opened = self._open()
        with self._round:
            if self._syncer is None or self._syncer[0] is not opened:
                if self._syncer is not None:
                    self._syncer[1].close()
                lock = opened.place.folder / "sync.lock"
                self._syncer = (opened, Syncer(opened.store, lock, self._connect, self.clock.now_ms))
            status = self._syncer[1].run(on_progress, cancelled)
        with opened.reading() as asking:
            shown = help_of(asking)
        if shown is not None:
            write_help(self.folder, shown)
        opened.note_unsent()
        return self._with_backup(status)

    def _with_backup(self, status: SyncStatus) -> SyncStatus:
        """Make the day's copy while a worker is at it; what stands in its way shows like any sync message."""
        try:
            self.backup(if_due=True)
        except FieldappError as failure:
            return status if status.message else replace(status, message=failure.sentence)
        return status

    def backup(self, *, if_due: bool = False) -> backup.Backup | None:
        """Make and check today's encrypted copy; with `if_due` only when there is none."""
        opened = self._open()
        now_ms = self.clock.now_ms()
        if if_due and not backup.is_due(opened.place.backups, now_ms):
            return None
        opened.store.checkpoint()
        key = opened.vault_key.derive("db")
        made = backup.make(opened.place.database, key, opened.place.backups, now_ms)
        with opened.writing() as work:
            work.tx.log("backup", work.me.device, None, made.day, work.device_ms)
        return made

    def doctor(self) -> doctor.Report:
        """Look whether everything is whole."""
        return doctor.examine(self._open())
