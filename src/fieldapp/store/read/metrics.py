"""What the metrics are counted from, read for a team, a program or one person; the counting itself is `clinical.metrics`.

Few statements, and no document is opened for each contact: the facts that storing leaves behind say enough.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import orjson

from fieldapp.clinical import aftercare
from fieldapp.clinical.alerts import unreviewed
from fieldapp.clinical.due import start_of_day_ms
from fieldapp.clinical.memberships import is_clinical, memberships_on
from fieldapp.clinical.metrics.model import Metric, Period, Scope
from fieldapp.clinical.metrics.rows import (
    Authorisation,
    Client,
    Contact,
    Counted,
    Crisis,
    Laptop,
    Measured,
    Note,
    SafetyPlan,
    Span,
    Unread,
    Waiting,
    Worker,
)
from fieldapp.clinical.metrics.table import METRICS, NEEDS, PARTS, count
from fieldapp.clinical.metrics.weeks import add, first_day, last_day, local_day, trend_since_ms
from fieldapp.clinical.retention import FLOORS
from fieldapp.clinical.roles import REVIEWERS
from fieldapp.clinical.seen import is_seen, of_fact
from fieldapp.clinical.times import local
from fieldapp.records.fold import View
from fieldapp.records.kinds import contact, crisis, discharge, note
from fieldapp.records.kinds.contact_plan import in_order

from ..entries import names
from ..metric_models import BehindLine, MetricRead
from . import checkins, goals, lenient, status
from .known import ClientFacts
from .lines import Asking, first_plan_due
from .titles import title_of

DAY_MS = 86_400_000
FOLLOW_MS = 31 * DAY_MS
"""How far before a period a stay may have ended of which the time to be seen ends in it."""
_BEFORE_ADMISSION = frozenset({"requested", "referred", "assessed", "waitlist", "declined", "redirected"})


def scopes(asking: Asking) -> tuple[Scope, ...]:
    """Return whose numbers this person may look at: supervisors their teams, managers the program, everybody their own.

    Clinical.md 5: a supervisor sees the own team, a manager the program. Who reads all teams of a program has its numbers.
    """
    me, known = asking.me, asking.known
    found: list[Scope] = []
    if REVIEWERS & set(me.roles):
        read = _read_whole(asking)
        teams = sorted(
            (known.team_name(team), team) for team in me.teams if team in read and _has_clients(asking, team)
        )
        found += [Scope("team", team, name) for name, team in teams]
        for program in sorted(
            me.programs, key=lambda one: known.programs[one].name if one in known.programs else ""
        ):
            of_it = {
                team.id
                for team in known.teams.values()
                if team.program == program and _has_clients(asking, team.id)
            }
            if program in known.programs and len(of_it) > 1 and of_it <= read & set(me.teams):
                found.append(Scope("program", program, known.programs[program].name))
    return (*found, Scope("staff", me.staff, f"{me.name}, own work"))


def _read_whole(asking: Asking) -> set[str]:
    """Return the teams of which this laptop receives contacts and notes: of others it could only count too little."""
    feeds = {feed.name for feed in asking.rx.feeds() if not feed.ended}
    return {team for team in asking.known.teams if {f"team:{team}", f"notes:{team}"} <= feeds}


def _has_clients(asking: Asking, team: str) -> bool:
    return any(facts.team == team for facts in asking.known.clients.values())


def allowed(asking: Asking, scope: Scope) -> bool:
    """Tell whether this person may look at the numbers of a scope."""
    return any((one.kind, one.id) == (scope.kind, scope.id) for one in scopes(asking))


def metrics(asking: Asking, scope: Scope, period: Period) -> tuple[Metric, ...]:
    """Return every metric of a scope and period, without what is behind each; none of a scope that is not theirs."""
    if not allowed(asking, scope):
        return ()
    return tuple(replace(one, behind=()) for one in count(counted(asking, scope, period)))


def metric(asking: Asking, key: str, scope: Scope, period: Period) -> MetricRead | None:
    """Return one metric with what is behind it, names put in; None for an unknown one or a scope that is not theirs."""
    make = METRICS.get(key)
    if make is None or not allowed(asking, scope):
        return None
    found = make(counted(asking, scope, period, NEEDS[key]))
    kinds = _kinds(asking, [row.record for row in found.behind if row.record])
    known = asking.known
    return MetricRead(
        found,
        tuple(
            BehindLine(
                row, known.name_of(row.client or None), known.risk_of(row.client) or "none", known.staff_name(row.staff),
                kinds.get(row.record, "") if row.record else "",
            )
            for row in found.behind
        ),
    )  # fmt: skip


def _kinds(asking: Asking, records: Collection[str]) -> dict[str, str]:
    rows = asking.rx.all(
        "SELECT record, kind FROM view WHERE record IN (SELECT value FROM json_each(?))",
        names(sorted(set(records))),
    )
    return {record: title_of(kind, "") for record, kind in rows}


def counted(asking: Asking, scope: Scope, period: Period, parts: Collection[str] = PARTS) -> Counted:
    """Return what the metrics of a scope and period are counted from.

    Args:
        parts: which rows are wanted, of `PARTS`; the others are left out.
    """
    day = last_day(period)
    facts = {one.client: one for one in asking.known.clients.values() if _in_scope(one, scope, day)}
    mine = names(sorted(facts))
    program = _program(asking, scope)
    since = min(trend_since_ms(period), period.since_ms - FOLLOW_MS, asking.now_ms - FLOORS["notes"])
    notes_since = asking.now_ms - FLOORS["notes"]
    reviewer = bool(REVIEWERS & set(asking.me.roles))
    own = scope.id if scope.kind == "staff" else ""
    # Only what counts by client and episode counts days from before the trend.
    spans = _spans(asking, mine) if "clients" in parts else {}
    return Counted(
        scope=scope,
        period=period,
        as_of_ms=asking.now_ms,
        since_ms=since,
        notes_since_ms=notes_since,
        contacts=tuple(_all_contacts(asking, mine, since, period, spans, own)) if "contacts" in parts else (),
        notes=tuple(_notes(asking, mine, notes_since, own)) if "notes" in parts else (),
        clients=tuple(_clients(asking, facts, spans, parts)) if "clients" in parts else (),
        workers=tuple(_workers(asking, scope, day)) if "workers" in parts else (),
        crises=tuple(_crises(asking, mine, since - FOLLOW_MS)) if "crises" in parts else (),
        measures=tuple(_measures(asking, mine)) if "measures" in parts else (),
        waiting=tuple(_waiting(asking, mine, own)) if "waiting" in parts else (),
        laptops=tuple(_laptops(asking, scope)) if reviewer and not own and "laptops" in parts else (),
        unread=tuple(_unread(asking, facts)) if "unread" in parts else (),
        held_back=len(status.desk(asking.rx, "quarantine")) if reviewer and not own else 0,
        knows_laptops=reviewer,
        archetype=program.archetype if program else asking.me.archetype,
        settings=program.settings if program else asking.me.settings,
        source=_source(asking, since, notes_since, period.tz),
    )


def _all_contacts(
    asking: Asking, clients: str, since: int, period: Period, spans: Mapping[str, tuple[Span, ...]], own: str
) -> Iterator[Contact]:
    """Yield the contacts of a trend, and of whose episode ended all since admission."""
    ended = {
        client: min(start_of_day_ms(one.admitted, period.tz) for one in of_client if _ended_in(one, period))
        for client, of_client in spans.items()
        if any(_ended_in(one, period) for one in of_client)
    }
    yield from _contacts(asking, clients, since, period.until_ms, own)
    yield from _earlier(asking, ended, since)


def _clients(
    asking: Asking,
    facts: Mapping[str, ClientFacts],
    spans: Mapping[str, tuple[Span, ...]],
    parts: Collection[str],
) -> Iterator[Client]:
    quiet = _quiet_goals(asking, facts) if "quiet_goals" in parts else {}
    for one in facts.values():
        allowed_by = tuple(_authorisations(asking, one)) if "authorisations" in parts else ()
        yield _client(asking, one, spans.get(one.client, ()), quiet.get(one.client, ()), allowed_by)


def _in_scope(facts: ClientFacts, scope: Scope, day: str) -> bool:
    if scope.kind == "team":
        return facts.team == scope.id
    if scope.kind == "program":
        return facts.program == scope.id
    return facts.client == scope.id if scope.kind == "client" else scope.id in facts.staff_on(day)


def _program(asking: Asking, scope: Scope) -> Any:
    known = asking.known
    program = scope.id if scope.kind == "program" else asking.me.program
    if scope.kind == "team" and scope.id in known.teams:
        program = known.teams[scope.id].program
    return known.programs.get(program)


def _source(asking: Asking, since: int, notes_since: int, tz: str) -> str:
    reached = lenient.moment(asking.rx.meta_text("last_reached"))
    received = f"last received {_said(reached, tz)}" if reached is not None else "nothing received yet"
    return f"From the records on this laptop: contacts since {_said(since, tz)}, notes since {_said(notes_since, tz)}; {received}."


def _said(at_ms: int, tz: str) -> str:
    then = local(at_ms, tz)
    return f"{then.day} {then:%b} {then.year}"


def _ended_in(span: Span, period: Period) -> bool:
    return bool(span.ended) and first_day(period) <= span.ended <= last_day(period)


# Contacts and notes

_CONTACTS = "SELECT record, client, staff, at_ms, minutes, value, extra FROM fact WHERE name = 'contact'"


def _contacts(asking: Asking, clients: str, since: int, until: int, own: str) -> Iterator[Contact]:
    rows = asking.rx.each(
        f"{_CONTACTS} AND client IN (SELECT value FROM json_each(?)) AND at_ms >= ? AND at_ms < ?",  # noqa: S608
        clients, since, until,
    )  # fmt: skip
    yield from _read_contacts(rows)
    if own:
        others = asking.rx.each(
            f"{_CONTACTS} AND staff = ? AND client NOT IN (SELECT value FROM json_each(?)) AND at_ms >= ? AND at_ms < ?",  # noqa: S608
            own, clients, since, until,
        )  # fmt: skip
        yield from _read_contacts(others)


def _earlier(asking: Asking, since_of: Mapping[str, int], until: int) -> Iterator[Contact]:
    """Yield what lies before the trend of clients whose episode ended: its days count from admission on."""
    for client, since in sorted(since_of.items()):
        yield from _read_contacts(
            asking.rx.each(f"{_CONTACTS} AND client = ? AND at_ms >= ? AND at_ms < ?", client, since, until)
        )


def _read_contacts(rows: Iterable[tuple[Any, ...]]) -> Iterator[Contact]:
    # A year of contacts says the same few things over and over.
    known: dict[tuple[str, str], tuple[str, str, str, bool, bool]] = {}
    for record, client, staff, at_ms, minutes, outcome, extra in rows:
        said = known.get((outcome, extra))
        if said is None:
            one = of_fact(0, outcome, extra)
            parts = [*extra.split("|"), "", "", "", "", ""]
            said = (parts[0], parts[1], parts[2], is_seen(one), parts[4] != contact.NO_NOTE)
            known[outcome, extra] = said
        kind, modality, setting, seen, wants = said
        yield Contact(record, client, staff, at_ms, minutes, outcome, kind, modality, setting, seen, wants)


_NOTES = """SELECT record, client, staff, at_ms, '', value, extra FROM fact
    WHERE name = 'note' AND at_ms >= ? AND client IN (SELECT value FROM json_each(?))"""
_NOTES_OF_ONE = """SELECT f.record, f.client, f.staff, f.at_ms, coalesce(n.value, ''), f.value, f.extra FROM fact f
    LEFT JOIN fact n ON n.record = f.record AND n.name = 'note_of' WHERE f.name = 'note' AND f.at_ms >= ?
    AND (f.staff = ? OR n.value IN (SELECT record FROM fact WHERE name = 'contact' AND staff = ?))"""
"""A colleague may have written the note of this person's contact."""


def _notes(asking: Asking, clients: str, since: int, own: str) -> Iterator[Note]:
    # Which contact a note is of is looked up here: half the time of a join over a whole program's notes.
    known: dict[str, str] = (
        {} if own else dict(asking.rx.each("SELECT record, value FROM fact WHERE name = 'note_of'"))
    )
    rows = asking.rx.each(_NOTES_OF_ONE, since, own, own) if own else asking.rx.each(_NOTES, since, clients)
    for record, client, staff, at_ms, of, standing, extra in rows:
        yield Note(record, client, staff, at_ms, of or known.get(record, ""), standing, extra != note.NO_GOAL)


# Clients


def _spans(asking: Asking, clients: str) -> dict[str, tuple[Span, ...]]:
    """Return the episodes of clients, each with the discharge that ended it."""
    ends: dict[str, list[tuple[str, View]]] = defaultdict(list)
    for view in _views(asking, "discharge", clients):
        ended = lenient.day(view.doc.get("date"))
        if ended:
            ends[view.client or ""].append((ended, view))
    found: dict[str, list[Span]] = defaultdict(list)
    for view in _views(asking, "episode", clients):
        values = {name: one.value for name, one in view.fields.items()}
        admitted = lenient.day(values.get("admit_date"))
        if not admitted or values.get("status") in _BEFORE_ADMISSION:
            continue
        span = Span(
            view.id, admitted, archetype=str(values.get("archetype") or "community"),
            ed_before=_number(values.get("ed_visits_prior_12m")), inpatient_before=_number(values.get("hospitalisations_prior_12m")),
        )  # fmt: skip
        found[view.client or ""].append(_ended(span, view.id, ends.get(view.client or "", []), asking.day))
    return {
        client: tuple(sorted(spans, key=lambda one: (one.admitted, one.record)))
        for client, spans in found.items()
    }


def _ended(span: Span, episode: str, ends: Iterable[tuple[str, View]], day: str) -> Span:
    own = [pair for pair in ends if pair[1].doc.get("episode") == episode]
    fitting = own or [pair for pair in ends if not pair[1].doc.get("episode") and pair[0] >= span.admitted]
    if not fitting:
        return span
    ended, view = min(fitting, key=lambda pair: (pair[0], pair[1].id))
    answer, answered = discharge.connection_of(view)
    asked = view.doc.get("reason") not in discharge.NO_CHECK
    how = aftercare.connection(ended, answer, answered, day, asked=asked)
    return replace(span, ended=ended, to=str(view.doc.get("to") or ""), connected=how, discharge=view.id)


def _number(value: object) -> int | None:
    return value if isinstance(value, int) else None


def _views(asking: Asking, kind: str, clients: str) -> Iterator[View]:
    rows = asking.rx.each(
        "SELECT data FROM view WHERE kind = ? AND in_error = 0 AND client IN (SELECT value FROM json_each(?))",
        kind,
        clients,
    )
    for (data,) in rows:
        yield View.from_data(orjson.loads(data))


def _client(
    asking: Asking, facts: ClientFacts, spans: tuple[Span, ...], quiet: tuple[str, ...], allowed_by: tuple[Authorisation, ...]
) -> Client:  # fmt: skip
    agreements: tuple[Mapping[str, Any], ...] = ()
    if facts.contact_plan is not None:
        periods = {key: item.to_data() for key, item in facts.contact_plan.items("periods").items()}
        agreements = tuple(periods[key] for key in in_order(periods))
    treatment = facts.treatment.review_due if facts.treatment.active else first_plan_due(asking, facts)
    return Client(
        id=facts.client,
        status=facts.status,
        tier=facts.tier,
        risk=facts.risk,
        spans=spans,
        stays=facts.stays,
        agreed=agreements,
        assigned=facts.periods(),
        last_seen_ms=facts.last_seen_ms,
        plan=_plan(asking, facts),
        treatment_due=treatment,
        quiet_goals=quiet,
        authorisations=allowed_by,
        born=lenient.day(facts.dob),
        gender=facts.gender,
        race=facts.race,
        housing=facts.housing,
        settings=asking.known.settings_of(facts.client),
    )


def _plan(asking: Asking, facts: ClientFacts) -> SafetyPlan:
    plan = facts.plan
    signed = local_day(plan.signed_ms, asking.me.tz) if plan.signed_ms else ""
    return SafetyPlan(plan.active > 0, plan.declined, signed, plan.review_due, plan.copy_given)


def _authorisations(asking: Asking, facts: ClientFacts) -> Iterator[Authorisation]:
    for view in asking.rx.views("episode", facts.client):
        if view.in_error or view.get("status") == "discharged":
            continue
        for row in view.items("coverage").values():
            since, until = lenient.day(row.get("auth_from")), lenient.day(row.get("auth_to"))
            if since and until:
                units = _number(row.get("auth_units")) or 0
                used = _used(asking, facts.client, since, until) if units else 0
                yield Authorisation(view.id, since, until, units, used)


def _used(asking: Asking, client: str, since: str, until: str) -> int:
    """Return the units of a client's contacts in a time."""
    tz = asking.me.tz
    found = asking.rx.value(
        "SELECT sum(json_extract(CAST(data AS TEXT), '$.fields.units[0][0]')) FROM view WHERE client = ? AND kind = 'contact'"
        " AND in_error = 0 AND when_ms >= ? AND when_ms < ?",
        client, start_of_day_ms(since, tz), start_of_day_ms(add(until, 1), tz),
    )  # fmt: skip
    return int(found or 0)


def _quiet_goals(asking: Asking, facts: Mapping[str, ClientFacts]) -> dict[str, tuple[str, ...]]:
    """Return the goals that no note has named for too long, of clients who have a treatment plan."""
    return {
        client: tuple(found)
        for client, one in facts.items()
        if one.treatment.active and one.status != "discharged" and (found := goals.quiet_goals(asking, one))
    }


def _workers(asking: Asking, scope: Scope, day: str) -> Iterator[Worker]:
    if scope.kind not in ("team", "program"):
        return
    known = asking.known
    teams = (
        {scope.id}
        if scope.kind == "team"
        else {team.id for team in known.teams.values() if team.program == scope.id}
    )
    for staff in known.staff.values():
        members = memberships_on(staff.values, day)
        if is_clinical(members) and any(member.team in teams for member in members):
            yield Worker(staff.id, staff.values, frozenset(member.role for member in members))


# What happened, and what waits


def _crises(asking: Asking, clients: str, since: int) -> Iterator[Crisis]:
    for view in _views(asking, "crisis", clients):
        began = lenient.moment(view.doc.get("initial_contact_at"))
        if began is not None and began >= since and view.steps:
            said = view.doc.get("dispositions")
            codes = tuple(str(code) for code in said) if isinstance(said, list) else ()
            yield Crisis(
                view.id,
                view.client or "",
                view.steps[0].author,
                began,
                codes,
                crisis.elapsed_min(view.doc),
                max(min(step.at_ms for step in view.steps), lenient.moment(view.doc.get("closed_at")) or 0),
            )


def _measures(asking: Asking, clients: str) -> Iterator[Measured]:
    rows = asking.rx.each(
        "SELECT record, client, at_ms, value, extra FROM fact WHERE name = 'measure'"
        " AND client IN (SELECT value FROM json_each(?))",
        clients,
    )
    for record, client, at_ms, instrument, extra in rows:
        total = extra.partition(":")[0]
        if total.lstrip("-").isdigit():
            yield Measured(record, client, at_ms, instrument, int(total))


def _waiting(asking: Asking, clients: str, own: str) -> Iterator[Waiting]:
    rows = asking.rx.each(
        "SELECT data FROM view WHERE status IN ('pending', 'returned') AND client IN (SELECT value FROM json_each(?))",
        clients,
    )
    for (data,) in rows:
        view = View.from_data(orjson.loads(data))
        for step in view.leaves:
            if step.status in ("pending", "returned") and (not own or step.author == own):
                yield Waiting(view.id, view.client or "", step.author, step.at_ms, step.status == "returned")


def _laptops(asking: Asking, scope: Scope) -> Iterator[Laptop]:
    known, day = asking.known, asking.day
    for one in status.devices(asking.rx, known):
        staff = known.staff.get(one.staff)
        teams = {member.team for member in memberships_on(staff.values, day)} if staff is not None else set()
        in_program = scope.kind == "program" and any(
            known.teams[team].program == scope.id for team in teams if team in known.teams
        )
        if one.state == "admitted" and (in_program or scope.id in teams):
            yield Laptop(one.device, one.staff, one.last_seen_ms, one.pending, one.oldest_ms, one.missing)


def _unread(asking: Asking, facts: Mapping[str, ClientFacts]) -> Iterator[Unread]:
    for view in _views(asking, "alert", names(sorted(facts))):
        for step in unreviewed(view):
            yield Unread(view.id, view.client or "", step.author, step.at_ms, "alert")
    for line in checkins.out(asking):
        if line.late and line.client in facts:
            yield Unread(line.record, line.client, line.staff, line.until_ms, "checkin")
