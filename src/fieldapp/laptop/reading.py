"""Reading: each question answered from one snapshot, each opening of a chart audited."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from fieldapp.clinical.coding import Coding
from fieldapp.clinical.disclosing import Person
from fieldapp.clinical.metrics.model import Metric, Period, Scope
from fieldapp.records.ids import uuid7
from fieldapp.records.kinds.episode import open_episode
from fieldapp.records.note_tables import Agreed
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
from fieldapp.store.projection import client_of
from fieldapp.store.read import (
    assignments,
    board,
    card,
    caseload,
    chart,
    checkins,
    clashes,
    codes,
    conflicts,
    contact_plan,
    contact_start,
    discharges,
    episode,
    find,
    goals,
    group_start,
    groups,
    interventions,
    ladder,
    lines,
    measures,
    medical,
    metrics,
    plan,
    record,
    releases,
    review,
    risk,
    sending,
    sheet,
    shifts,
    snippets,
    staff,
    status,
    stays,
    sweep,
    tasks,
    timeline,
    today,
    triage,
)
from fieldapp.store.read.freezing import note_of
from fieldapp.store.sheet_models import FaceSheet, Hearer
from fieldapp.store.staff_models import StaffRead
from fieldapp.store.stay_models import StayLine, StaysRead
from fieldapp.store.triage_models import Triage

from . import drafts_beside, forms, gate, intake, intake_checks, review_actions
from .failures import NotAllowed
from .opened import Opened

_SEARCH_READ, _SEARCH_SHOWN = 200, 50
_MINUTE_MS = 60_000


class Reading:
    """The questions that screens ask."""

    def __init__(self, opened: Opened) -> None:
        self._opened = opened

    def _seen(self, action: str, what: str, client: str | None, way: str) -> None:
        # Behind the answer: nobody at a crisis waits until a pull has stored its piece, or a disk has room.
        self._opened.late_log.add((action, what, client, way, self._opened.clock.now_ms()))

    def me(self) -> Me:
        """Return who is working."""
        with self._opened.reading() as asking:
            return asking.me

    def today(self, day: str | None) -> Today:
        """Return a day."""
        with self._opened.reading() as asking:
            return today.today(asking, day)

    def board(self, day: str | None, mine: bool) -> Board:
        """Return a day of the teams."""
        with self._opened.reading() as asking:
            return board.board(asking, day, mine=mine)

    def clashes(
        self, client: str, record: str, values: Mapping[str, Any], further: Sequence[str]
    ) -> tuple[Clash, ...]:
        """Return what stands in the way of a visit."""
        with self._opened.reading() as asking:
            return clashes.clashes(asking, client, record, values, further)

    def assignment(self, client: str) -> AssignmentRead:
        """Open who works with a client; raises GateClosed, NotHere."""
        with self._opened.reading() as asking:
            way = gate.open_client(asking, client)
            found = assignments.assignment_read(asking, client)
        self._seen("view", found.record, client, way)
        return found

    def caseloads(self) -> CaseloadsRead:
        """Return what everybody carries."""
        with self._opened.reading() as asking:
            return assignments.caseloads(asking)

    def team_staff(self) -> StaffRead:
        """Return the people of one's teams."""
        with self._opened.reading() as asking:
            return staff.staff_read(asking)

    def metric_scopes(self) -> tuple[Scope, ...]:
        """Return whose numbers this person may look at."""
        with self._opened.reading() as asking:
            return metrics.scopes(asking)

    def metrics(self, scope: Scope, period: Period) -> tuple[Metric, ...]:
        """Return every metric."""
        with self._opened.reading() as asking:
            return metrics.metrics(asking, scope, period)

    def metric(self, key: str, scope: Scope, period: Period) -> MetricRead:
        """Return one metric with what is behind it; raises NotAllowed."""
        with self._opened.reading() as asking:
            found = metrics.metric(asking, key, scope, period)
        if found is None:
            raise NotAllowed("These numbers are not yours to look at.")
        return found

    def sweep(self) -> Sweep:
        """Return what is left of the day."""
        with self._opened.reading() as asking:
            return sweep.sweep(asking)

    def caseload(self, query: str, mine: bool) -> tuple[ClientLine, ...]:
        """Return a list of clients."""
        with self._opened.reading() as asking:
            return caseload.caseload(asking, query, mine=mine)

    def client_line(self, client: str) -> ClientLine:
        """Return one client's line; raises NotHere."""
        with self._opened.reading(client) as asking:
            facts = asking.known.clients.get(client)
            if facts is None:
                raise record.NotHere
            return lines.client_line(asking, facts)

    def episode(self, client: str) -> EpisodeRead:
        """Open a client's episode; raises GateClosed, NotHere."""
        with self._opened.reading(client) as asking:
            way = gate.open_client(asking, client)
            found = episode.episode_read(asking, client)
        self._seen("view", found.record or client, client, way)
        return found

    def intake_list(self) -> tuple[IntakeLine, ...]:
        """Return who waits to be admitted."""
        with self._opened.reading() as asking:
            return episode.intake_list(asking)

    def intake_desk(self) -> IntakeDesk:
        """Return what the form for a new client offers."""
        with self._opened.reading() as asking:
            return intake.desk(asking)

    def alike(self, record: str, values: Mapping[str, Any]) -> tuple[AlikeLine, ...]:
        """Return who is here and may be the person that a form describes."""
        with self._opened.reading() as asking:
            return intake_checks.alike(asking, record, values)

    def log_desk(self) -> LogDesk:
        """Return whom contacts may be logged for."""
        with self._opened.reading() as asking:
            return contact_start.log_desk(asking)

    def contact_start(self, client: str, day: str | None, visit: str | None = None) -> ContactStart:
        """Return what a new contact starts from; raises GateClosed, NotHere."""
        with self._opened.reading(client) as asking:
            gate.open_client(asking, client)
            return contact_start.contact_start(asking, client, day, visit)

    def chart(self, client: str) -> Chart:
        """Open a chart; raises GateClosed, NotHere."""
        with self._opened.reading() as asking:
            way = gate.open_client(asking, client)
            found = chart.chart(asking, client)
        self._seen("view", client, client, way)
        return found

    def card(self, client: str) -> CrisisCard:
        """Open a crisis card; raises GateClosed, NotHere."""
        with self._opened.reading(client) as asking:
            way = gate.open_client(asking, client)
            found = card.card(asking, client, way)
        self._seen("card", client, client, way)
        return found

    def cards(self, query: str) -> tuple[ClientLine, ...]:
        """Return the clients whose crisis cards this person may want, those at risk first."""
        with self._opened.reading() as asking:
            return caseload.cards(asking, query)

    def tasks(self, client: str | None) -> tuple[TaskLine, ...]:
        """Return a client's open tasks, or one's own; raises GateClosed."""
        with self._opened.reading() as asking:
            if client is None:
                return tasks.mine(asking)
            gate.open_client(asking, client)
            return tasks.of_client(asking, client)

    def colleagues(self, client: str) -> tuple[tuple[str, str], ...]:
        """Return (id, name) of who may take a client's task."""
        with self._opened.reading() as asking:
            return tasks.colleagues(asking, client)

    def timeline(
        self, client: str, offset: int, limit: int, kinds: Sequence[str] | None
    ) -> tuple[TimelineRow, ...]:
        """Return a page of a history; raises GateClosed."""
        with self._opened.reading() as asking:
            gate.open_client(asking, client)
            return timeline.timeline(asking, client, offset, limit, kinds)

    def timeline_count(self, client: str, kinds: Sequence[str] | None) -> int:
        """Return the length of a history; raises GateClosed."""
        with self._opened.reading() as asking:
            gate.open_client(asking, client)
            return timeline.count(asking, client, kinds)

    def record(self, record_id: str) -> RecordRead:
        """Open a record; raises GateClosed, NotHere."""
        with self._opened.reading() as asking:
            view = record.need_view(asking.rx, record_id)
            way = gate.open_record(asking, view)
            found = record.record_read(asking, record_id)
            if view.kind == "group_session":
                seats = [
                    s for s in groups.seats(asking, record_id) if gate.way_in(asking, s.client) is not None
                ]
                found = replace(found, seats=tuple(seats))
        self._seen("view", record_id, client_of(view), way)
        return found

    def plan(self, client: str, kind: str) -> PlanRead:
        """Open a safety plan or crisis plan; raises GateClosed."""
        with self._opened.reading() as asking:
            way = gate.open_client(asking, client)
            found = plan.plan_read(asking, client, kind)
        self._seen("view", found.record, client, way)
        return found

    def goals(self, client: str) -> GoalsRead:
        """Open a treatment plan with the golden thread; raises GateClosed."""
        with self._opened.reading() as asking:
            way = gate.open_client(asking, client)
            found = goals.goals_read(asking, client)
        self._seen("view", found.plan.record, client, way)
        return found

    def goals_offered(self, client: str, earlier: Sequence[str], own: Sequence[str]) -> tuple[str, ...]:
        """Return the goals that digits take in work on a client; raises GateClosed."""
        with self._opened.reading(client) as asking:
            gate.open_client(asking, client)
            return tuple(goals.offered(asking, client, earlier, own))

    def risk(self, client: str) -> RiskRead:
        """Open a client's risk; raises GateClosed."""
        with self._opened.reading() as asking:
            way = gate.open_client(asking, client)
            found = risk.risk_read(asking, client)
        self._seen("view", found.record, client, way)
        return found

    def contact_plan(self, client: str) -> ContactPlanRead:
        """Open a client's contact plan; raises GateClosed, NotHere."""
        with self._opened.reading() as asking:
            way = gate.open_client(asking, client)
            found = contact_plan.contact_plan_read(asking, client)
        self._seen("view", found.record, client, way)
        return found

    def open_episode(self, client: str) -> str:
        """Return the record of the episode that counts now; raises GateClosed."""
        with self._opened.reading() as asking:
            gate.open_client(asking, client)
            view = open_episode([one for one in asking.rx.views("episode", client) if not one.in_error])
            return view.id if view is not None else ""

    def ladder(self, client: str) -> Ladder:
        """Return what was tried since a client was last seen, and what else there is; raises GateClosed."""
        with self._opened.reading() as asking:
            gate.open_client(asking, client)
            return ladder.ladder(asking, client)

    def measures(self, client: str) -> MeasuresRead:
        """Open a client's measures; raises GateClosed."""
        with self._opened.reading() as asking:
            way = gate.open_client(asking, client)
            found = measures.measures(asking, client)
        self._seen("view", client, client, way)
        return found

    def medications(self, client: str) -> MedicationsRead:
        """Open a client's medication list; raises GateClosed."""
        with self._opened.reading() as asking:
            way = gate.open_client(asking, client)
            found = medical.medications(asking, client)
        self._seen("view", found.record, client, way)
        return found

    def face_sheet(self, client: str) -> FaceSheet:
        """Open a client's face sheet; raises GateClosed, NotHere."""
        with self._opened.reading(client) as asking:
            way = gate.open_client(asking, client)
            found = sheet.face_sheet(asking, client)
        self._seen("view", client, client, way)
        return found

    def checked_in(self) -> Checkin | None:
        """Return where this person is checked in now."""
        with self._opened.reading() as asking:
            return checkins.mine(asking)

    def checked_in_by(self, record: str) -> Checkin | None:
        """Return an open check-in; None once it is closed."""
        with self._opened.reading() as asking:
            return next((one for one in checkins.out(asking) if one.record == record), None)

    def oncall_roster(self) -> OncallRead:
        """Return the on-call roster of this person's program; raises NotHere."""
        with self._opened.reading() as asking:
            return shifts.roster(asking)

    def on_call_staff(self) -> tuple[tuple[str, str], ...]:
        """Return who can be on call."""
        with self._opened.reading() as asking:
            return shifts.answering(asking)

    def shift_reports(self) -> tuple[ReportRead, ...]:
        """Return the shift reports of the last weeks."""
        with self._opened.reading() as asking:
            return shifts.reports(asking)

    def shift_report(self, record: str) -> ReportRead:
        """Open one shift report; raises NotHere."""
        with self._opened.reading() as asking:
            found = shifts.report(asking, record)
        self._seen("view", record, None, "program")
        return found

    def report_start(self) -> ReportStart:
        """Return what a new shift report begins with; raises NotHere."""
        with self._opened.reading() as asking:
            return shifts.report_start(asking, uuid7(self._opened.clock.now_ms()))

    def acknowledge_alerts(self, client: str, alerts: Sequence[str]) -> None:
        """Note that alerts were read before a visit (clinical.md 2.5); behind the answer, as every look is."""
        for alert in alerts:
            self._seen("acknowledge", alert, client, "read before the visit")

    def people_around(self, client: str) -> tuple[Person, ...]:
        """Return the people around a client who are not marked as former; raises GateClosed."""
        with self._opened.reading(client) as asking:
            gate.open_client(asking, client)
            return releases.people_of(asking, client)

    def stays(self, client: str) -> StaysRead:
        """Open a client's stays in hospital, ED and jail; raises GateClosed, NotHere."""
        with self._opened.reading(client) as asking:
            way = gate.open_client(asking, client)
            found = stays.stays_read(asking, client)
        self._seen("view", client, client, way)
        return found

    def discharge_start(self, client: str) -> DischargeStart:
        """Return what a discharge starts from; raises GateClosed, NotHere."""
        with self._opened.reading(client) as asking:
            way = gate.open_client(asking, client)
            found = discharges.start(asking, client)
        self._seen("view", client, client, way)
        return found

    def after_discharge(self, client: str) -> tuple[AfterDischarge, ...]:
        """Return how a client fared after each discharge; raises GateClosed."""
        with self._opened.reading(client) as asking:
            gate.open_client(asking, client)
            return discharges.after(asking, client)

    def away(self) -> tuple[StayLine, ...]:
        """Return who is in hospital, ED or jail."""
        with self._opened.reading() as asking:
            return stays.away(asking)

    def hearers(self, client: str, names: Sequence[str]) -> tuple[Hearer, ...]:
        """Return whether people may hear about a client today; raises GateClosed."""
        with self._opened.reading(client) as asking:
            gate.open_client(asking, client)
            return releases.hearers(asking, client, names)

    def medical_brief(self, client: str) -> MedicalBrief:
        """Open what is looked at before a medical visit; raises GateClosed, NotHere."""
        with self._opened.reading() as asking:
            way = gate.open_client(asking, client)
            found = medical.brief(asking, client)
        self._seen("view", client, client, way)
        return found

    def medical_queue(self) -> tuple[QueueLine, ...]:
        """Return the queue."""
        with self._opened.reading() as asking:
            return medical.queue(asking)

    def groups(self) -> GroupsRead:
        """Return the groups."""
        with self._opened.reading() as asking:
            return groups.groups(asking)

    def group_start(self, team: str, group: str, like: str, same_as: str) -> GroupStart:
        """Return what a session starts from."""
        with self._opened.reading() as asking:
            return group_start.start(asking, team, group, like, same_as)

    def group_desk(self, team: str, group: str) -> GroupDesk:
        """Return what its form offers."""
        with self._opened.reading() as asking:
            return group_start.desk(asking, team, group)

    def group_members(self, clients: Sequence[str], group: str, start_ms: int) -> tuple[GroupMember, ...]:
        """Return the people of a grid whose charts open now."""
        with self._opened.reading() as asking:
            open_ones = [client for client in clients if gate.way_in(asking, client) is not None]
            return group_start.members(asking, open_ones, group, start_ms)

    def instruments(self, client: str | None) -> tuple[MeasureOffer, ...]:
        """Return what can be asked."""
        with self._opened.reading() as asking:
            return measures.instruments(asking, client)

    def coding(self, client: str, around_ms: int | None) -> Coding:
        """Return what a contact's code and units follow from."""
        with self._opened.reading() as asking:
            return codes.coding(asking, client, around_ms=around_ms)

    def notes_agreed(self, client: str) -> Agreed:
        """Return what the client's program agreed on for notes."""
        with self._opened.reading() as asking:
            program = asking.known.program_of(client)
            return program.notes if program else Agreed()

    def snippets(self) -> tuple[SnippetLine, ...]:
        """Return one's own snippets."""
        with self._opened.reading() as asking:
            return snippets.own(asking)

    def interventions(self, client: str) -> tuple[InterventionCount, ...]:
        """Return what was done with a client; raises GateClosed."""
        with self._opened.reading() as asking:
            gate.open_client(asking, client)
            return interventions.counts(asking, client)

    def review(self) -> tuple[ReviewLine, ...]:
        """Return the queue; what was read of the same file within a minute is not read again."""
        opened = self._opened
        asked = (opened.store.generation, opened.corrected_ms() // _MINUTE_MS)
        if opened.queue[0] != asked:
            with opened.reading() as asking:
                opened.queue = (asked, review.review(asking))
        return opened.queue[1]

    def review_counts(self) -> tuple[int, int]:
        """Return how many lines wait in the queue and how many of them are late."""
        found = self.review()
        return len(found), sum(line.late for line in found)

    def triage(self) -> Triage:
        """Return the red list."""
        with self._opened.reading() as asking:
            return triage.red_list(asking)

    def check_cosign(self, entries: Sequence[str]) -> None:
        """Raise what stands against co-signing versions, before anything is asked of who wants to."""
        with self._opened.reading() as asking:
            for entry in entries:
                review_actions.check_cosign(asking, entry)

    def quarantine(self) -> tuple[ReviewLine, ...]:
        """Return what the server holds back."""
        with self._opened.reading() as asking:
            return review.quarantine(asking)

    def quarantined(self, entry_hash: str) -> RecordRead:
        """Open an entry that the server holds back; raises NotHere, NotAllowed."""
        with self._opened.reading() as asking:
            found = review.held_back_row(asking, entry_hash)
            if found is None:
                raise record.NotHere
            entry, reason, received_ms = found
            if entry is None:
                raise NotAllowed("Only its author reads this; decide by the reason, or ask the author.")
            read = record.held_back_read(asking, entry, reason, received_ms)
        self._seen("view", entry.envelope.id, entry.envelope.client, "quarantine")
        return read

    def conflicts(self) -> tuple[ConflictLine, ...]:
        """Return the conflicts of clients that are ours, and of records without client."""
        with self._opened.reading() as asking:
            known = asking.known.clients
            return tuple(
                line
                for line in conflicts.conflicts(asking)
                if line.client not in known or lines.is_ours(asking, known[line.client])
            )

    def conflict(self, record_id: str, path: str) -> Conflict:
        """Open one conflict; raises GateClosed, NotHere."""
        with self._opened.reading() as asking:
            view = record.need_view(asking.rx, record_id)
            way = gate.open_record(asking, view)
            found = conflicts.conflict(asking, record_id, path)
        self._seen("view", record_id, client_of(view), way)
        return found

    def pending(self) -> tuple[PendingLine, ...]:
        """Return own entries that are not confirmed."""
        with self._opened.reading() as asking:
            return sending.pending(asking.rx, asking.known)

    def own_entry(self, entry_hash: str) -> RecordRead:
        """Open one's own entry as a record of its own; raises NotHere."""
        with self._opened.reading() as asking:
            found = record.own_read(asking, entry_hash)
        self._seen("view", found.record, found.client or None, "own")
        return found

    def drafts_side_by_side(self) -> tuple[tuple[Draft, Draft], ...]:
        """Return the forms that stand here twice."""
        with self._opened.reading() as asking:
            return drafts_beside.beside(asking)

    def sync_status(self) -> SyncStatus:
        """Return how sync stands."""
        with self._opened.store.reading() as rx:
            return status.sync_status(rx)

    def devices(self) -> tuple[Device, ...]:
        """Return laptops as the server last saw them."""
        with self._opened.reading() as asking:
            return status.devices(asking.rx, asking.known)

    def drafts(self) -> tuple[Draft, ...]:
        """Return open drafts."""
        with self._opened.reading() as asking:
            return tuple(forms.draft_of(asking, row) for row in asking.rx.drafts())

    def draft(self, draft_id: str) -> Draft:
        """Return one open draft; raises NotAllowed."""
        with self._opened.reading() as asking:
            return forms.draft_of(asking, forms.open_row(asking, draft_id))

    def note_for_contact(self, contact: str) -> Draft | RecordRead | None:
        """Return the open draft of a contact's note, else the note."""
        with self._opened.reading() as asking:
            draft = forms.note_draft(asking, contact)
            found = note_of(asking.rx, contact)
        if draft is not None:
            return draft
        return self.record(found[0]) if found else None

    def search(self, text: str) -> tuple[FindHit, ...]:
        """Find words in what opens without a reason; the search itself is audited, its words are not kept."""
        shown: list[FindHit] = []
        with self._opened.reading() as asking:
            open_now: dict[str, bool] = {}
            for hit in find.find(asking, text, _SEARCH_READ):
                if hit.client not in open_now:
                    open_now[hit.client] = not hit.client or gate.way_in(asking, hit.client) is not None
                if open_now[hit.client]:
                    shown.append(hit)
        self._seen("search", "", None, f"{len(shown)} found")
        return tuple(shown[:_SEARCH_SHOWN])

    def staff(self) -> tuple[tuple[str, str], ...]:
        """Return everybody who works here."""
        with self._opened.reading() as asking:
            here = [s for s in asking.known.staff.values() if not s.values.get("left_on")]
            return tuple(sorted(((s.id, s.name) for s in here), key=lambda row: (row[1], row[0])))

    def oncall_line(self) -> str:
        """Return who answers now."""
        with self._opened.reading() as asking:
            return today.oncall_line(asking)

    def way_in(self, client: str) -> gate.Way | None:
        """Return by which right a chart opens now."""
        with self._opened.reading(client) as asking:
            return gate.way_in(asking, client)
