"""Who works with whom: one client's periods, what everybody carries, and who asked to cover."""

from __future__ import annotations

from collections import Counter

from fieldapp.clinical.assigning import COVER_REQUEST, answered, covering
from fieldapp.clinical.memberships import is_clinical, memberships_on
from fieldapp.clinical.ratio import COUNTED, Load, clinician_load
from fieldapp.clinical.roles import REVIEWERS
from fieldapp.records.defaults import setting
from fieldapp.records.fold import View
from fieldapp.records.ids import one_per

from ..board_models import AssignmentRead, CaseloadsRead, MoveTeam, PeriodLine, StaffLoad
from ..search import plain
from . import lenient
from .absences import Absence, absences
from .known import ClientFacts
from .lines import Asking, client_line, is_ours
from .record import NotHere

_STANDING = ("now", "coming", "over")


def assignment_read(asking: Asking, client: str) -> AssignmentRead:
    """Return who works with a client and who could, with what each carries; raises NotHere."""
    facts = asking.known.clients.get(client)
    if facts is None:
        raise NotHere
    may_write = bool(REVIEWERS & set(asking.me.roles))
    return AssignmentRead(
        record=one_per(client, "assignment"),
        client=client,
        line=client_line(asking, facts),
        periods=_periods(asking, facts.assignment),
        staff=loads(asking, asking.day, facts),
        may_write=may_write,
        asked=tuple(asking.known.staff_name(view.steps[0].author) for view in cover_requests(asking, client)),
        moves=_other_teams(asking, facts) if may_write else (),
        moving_to=asking.known.team_name(facts.moving_to),
    )


def stays_with(asking: Asking, staff: str, team: str) -> bool:
    """Tell whether somebody reads the charts of a team, so that they can go on with a client who comes there."""
    known = asking.known
    person, of = known.staff.get(staff), known.teams.get(team)
    members = memberships_on(person.values, asking.day) if person is not None else ()
    return any(
        member.team == team or (member.role == "manager" and of is not None and member.program == of.program)
        for member in members
    )


def _other_teams(asking: Asking, about: ClientFacts) -> tuple[MoveTeam, ...]:
    """Return where a client may be moved: the teams of the own program first, each with what the move brings about."""
    known, day = asking.known, asking.day
    members = {one.id: memberships_on(one.values, day) for one in known.staff.values()}
    visits = [str(view.get("staff") or "") for view in visits_ahead(asking, about.client)]
    now = about.staff_on(day)
    found = []
    for team in known.teams.values():
        program = known.programs.get(team.program)
        if program is None or team.id == about.team:
            continue
        staff = sorted(
            (one.name, one.id)
            for one in known.staff.values()
            if is_clinical(members[one.id]) and any(member.team == team.id for member in members[one.id])
        )
        going = [one for one in now if not stays_with(asking, one, team.id)]
        primary = about.primary_on(day)
        found.append(
            MoveTeam(
                team.id, team.name, program.name, program.id != about.program, tuple((i, n) for n, i in staff),
                tuple(sorted(known.staff_name(one) for one in going)),
                known.staff_name(primary) if primary and primary not in going else "",
                sum(not stays_with(asking, one, team.id) for one in visits),
            )
        )  # fmt: skip
    return tuple(sorted(found, key=lambda one: (one.other_program, one.program, one.name)))


def visits_ahead(asking: Asking, client: str) -> list[View]:
    """Return the visits that are planned with a client from now on."""
    return [
        view
        for view in asking.rx.views("planned_visit", client)
        if not (view.in_error or view.get("done") or view.get("cancelled"))
        and (lenient.moment(view.get("start")) or 0) > asking.now_ms
    ]


def _periods(asking: Asking, view: View | None) -> tuple[PeriodLine, ...]:
    """Return the periods: those that hold first, then those to come, then the newest that are over."""
    if view is None:
        return ()
    twice = {item for pair in view.derived.get("primary_overlaps") or () for item in pair}
    found = []
    for item, row in view.items("periods").items():
        since, until = str(row.get("since") or ""), str(row.get("until") or "")
        stands = "coming" if since > asking.day else "over" if until and until < asking.day else "now"
        staff = str(row.get("staff") or "")
        found.append(
            PeriodLine(
                item, staff, asking.known.staff_name(staff), str(row.get("role") or ""), since, until,
                asking.known.staff_name(str(row.get("covers") or "")), stands, item in twice,
            )
        )  # fmt: skip
    found.sort(key=lambda one: (one.since, one.item), reverse=True)
    return tuple(sorted(found, key=lambda one: (_STANDING.index(one.standing), one.role != "primary")))


def cover_requests(asking: Asking, client: str) -> list[View]:
    """Return the open tasks in which somebody asks to cover a client, and which nothing has answered."""
    facts = asking.known.clients.get(client)
    periods = facts.periods() if facts is not None else ()
    return [
        view
        for view in asking.rx.views("task", client)
        if view.get("what") == COVER_REQUEST
        and view.steps
        and not (view.in_error or view.get("done") or view.get("cancelled"))
        and not answered(periods, COVER_REQUEST, view.steps[0].author, asking.day)
    ]


def caseloads(asking: Asking) -> CaseloadsRead:
    """Return what everybody of one's teams carries today, and whom."""
    day = asking.day
    staff = loads(asking, day)
    shown = {one.staff for one in staff}
    rows = []
    for facts in asking.known.clients.values():
        if facts.status in COUNTED or (facts.status != "discharged" and is_ours(asking, facts)):
            rows += [
                (who, facts.client, facts.called, role)
                for who, role in facts.staff_on(day).items()
                if who in shown
            ]
    rows.sort(key=lambda row: (row[0], row[3] != "primary", plain(row[2]), row[1]))
    counted = [one for one in staff if one.load.counts]
    team = Load(
        sum(one.load.clients for one in counted),
        sum(one.load.fte_hundredths for one in counted),
        setting(asking.me.settings, "clients_per_clinician_max"),
        counts=True,
    )
    return CaseloadsRead(day, staff, tuple(rows), bool(REVIEWERS & set(asking.me.roles)), team)


def loads(asking: Asking, day: str, about: ClientFacts | None = None) -> tuple[StaffLoad, ...]:
    """Return who may be assigned, by name, with what they carry on a day: the clinical people of one's teams, or of the
    client's team and those who are assigned to them already.
    """
    teams = {about.team} if about is not None else asking.teams
    with_client = about.staff_on(day) if about is not None else {}
    primaries: Counter[str] = Counter()
    covers: Counter[str] = Counter()
    for facts in asking.known.clients.values():
        if facts.status in COUNTED:
            primaries[facts.primary_on(day)] += 1
            if facts.assignment is not None:
                rows = {key: row.to_data() for key, row in facts.assignment.items("periods").items()}
                covers.update(covering(rows, day).keys())
    off = absences(asking, day)
    found = []
    for staff in asking.known.staff.values():
        members = memberships_on(staff.values, day)
        if not is_clinical(members) or not (staff.id in with_client or any(m.team in teams for m in members)):
            continue
        roles = [member.role for member in members]
        settings = asking.known.settings_of(about.client) if about is not None else asking.me.settings
        absence = off.get(staff.id, Absence(clients=1))
        found.append(
            StaffLoad(
                staff.id, staff.name, next(role for role in roles if is_clinical([m for m in members if m.role == role])),
                clinician_load(primaries[staff.id], staff.values, roles, settings), covers[staff.id], absence.off_until,
                tuple(sorted(asking.known.staff_name(one) for one in absence.by)), (absence.covered, absence.clients),
            )
        )  # fmt: skip
    return tuple(sorted(found, key=lambda one: (not one.load.counts, plain(one.name), one.staff)))
