"""The team board: who sees whom on a day, whom nobody sees, who is off, and what comes up.

Everything is read set-wise: one statement for visits, contacts, tasks and episodes each; the rest is known already.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

import orjson

from fieldapp.clinical import contact_plan as plan_rules
from fieldapp.clinical import due
from fieldapp.clinical.contact_due import Contacts, due_why
from fieldapp.clinical.memberships import is_clinical, memberships_on
from fieldapp.clinical.planned_visits import TWO_PERSON, overlap, standing
from fieldapp.clinical.seen import is_seen, of_fact
from fieldapp.clinical.stays import ON_HOLD

from ..board_models import Board, BoardClient, BoardDue, BoardPerson, BoardVisit
from ..models import TaskLine, VisitLine
from ..search import plain
from ..stay_models import StayLine
from . import checkins, lenient, stays, tasks
from .absences import absences
from .contact_plan import readable
from .known import ClientFacts
from .lines import HELD, Asking, injections, lai_words, short_day
from .today import MISSED_D, oncall_line, visits_of_all

REVIEWS_D = 7
AUTHORIZATIONS_D = 14
"""How far ahead reviews and ending authorizations stand on the board."""
_DAY_MS = 86_400_000


def board(asking: Asking, day: str | None = None, *, mine: bool = False) -> Board:
    """Return a day of this person's teams; with `mine` what is theirs of it."""
    shown = day or asking.day
    ours = _ours(asking, shown, mine)
    visits = _visits(asking, shown, ours, mine)
    names = sorted(known.name for team in asking.teams if (known := asking.known.teams.get(team)))
    is_today = shown == asking.day
    return Board(
        day=shown,
        is_today=is_today,
        teams=", ".join(dict.fromkeys(names)),
        oncall=oncall_line(asking),
        nobody=tuple(_nobody(asking, shown, ours, visits)) if shown >= asking.day else (),
        missed=tuple(_missed(asking, ours, mine)) if is_today else (),
        people=_people(asking, shown, visits, mine),
        tasks=_tasks(asking, mine) if is_today else (),
        away=tuple(_known_of(ours, away(asking))),
        out=checkins.out(asking) if is_today else (),
        injections=tuple(_injections(asking, ours)) if is_today else (),
        reviews=tuple(_reviews(asking, shown, ours)),
    )


def _ours(asking: Asking, day: str, mine: bool) -> dict[str, ClientFacts]:
    """Return the clients of the teams, or those to whom this person is assigned, who are in the program."""
    found = {}
    for client, facts in asking.known.clients.items():
        if facts.status in HELD and facts.status != ON_HOLD:
            continue
        assigned = (mine or facts.team not in asking.teams) and asking.me.staff in facts.staff_on(day)
        if assigned or (not mine and facts.team in asking.teams):
            found[client] = facts
    return found


# Visits


def _visits(asking: Asking, day: str, ours: dict[str, ClientFacts], mine: bool) -> tuple[BoardVisit, ...]:
    """Return the visits of a day that concern the teams: of their clients, and of their people."""
    tz, me = asking.me.tz, asking.me.staff
    everybody = visits_of_all(asking, due.start_of_day_ms(day, tz), due.end_of_day_ms(day, tz))
    people = {me} if mine else _members(asking, day).keys()
    found = [
        visit
        for visit in everybody
        if visit.client in ours or visit.staff in people or visit.second in people
    ]
    twice = _at_once(asking, found)
    return tuple(replace(_board_visit(asking, visit), at_once=twice.get(visit.record, "")) for visit in found)


def _at_once(asking: Asking, visits: list[VisitLine]) -> dict[str, str]:
    """Return for each visit that shares time with another of the same client or person: whom that one is with."""
    found: dict[str, str] = {}
    planned = [visit for visit in visits if visit.state == "planned"]
    for number, one in enumerate(planned):
        people = {one.staff, one.second} - {""}
        for other in planned[number + 1 :]:
            if not overlap(one.start_ms, one.minutes, other.start_ms, other.minutes):
                # In the order of their beginnings, but one that is long may reach beyond the next.
                continue
            same_client = bool(one.client) and one.client == other.client
            if same_client or people & {other.staff, other.second}:
                for this, that in ((one, other), (other, one)):
                    name = asking.known.staff_name(that.staff) if same_client else that.name
                    found.setdefault(this.record, name or "somebody else")
    return found


def _board_visit(asking: Asking, visit: VisitLine) -> BoardVisit:
    stands = standing(visit.state, visit.start_ms, visit.minutes, asking.now_ms, asking.me.tz)
    wanted = not visit.second and any(alert.code == TWO_PERSON for alert in visit.alerts)
    name = asking.known.staff_name
    facts = asking.known.clients.get(visit.client)
    away = facts is not None and facts.status == "on_hold"
    return BoardVisit(visit, stands, name(visit.staff), name(visit.second), wanted, away)


def _missed(asking: Asking, ours: dict[str, ClientFacts], mine: bool) -> Iterator[BoardVisit]:
    """Yield visits of the days before that nobody logged and whose client nobody has seen since."""
    today_ms = due.start_of_day_ms(asking.day, asking.me.tz)
    for visit in visits_of_all(asking, today_ms - MISSED_D * _DAY_MS, today_ms):
        facts = ours.get(visit.client)
        if (
            facts is None
            or facts.status in HELD
            or (mine and asking.me.staff not in (visit.staff, visit.second))
        ):
            continue
        shown = _board_visit(asking, visit)
        if shown.standing == "missed" and (facts.last_seen_ms or 0) < visit.start_ms:
            yield shown


# People


def _members(asking: Asking, day: str) -> dict[str, str]:
    """Return the clinical people of the teams on a day: staff id to the role that they have there."""
    found: dict[str, str] = {}
    for staff in asking.known.staff.values():
        members = [m for m in memberships_on(staff.values, day) if m.team in asking.teams]
        if is_clinical(members):
            found[staff.id] = next(m.role for m in members if is_clinical([m]))
    return found


def _people(asking: Asking, day: str, visits: tuple[BoardVisit, ...], mine: bool) -> tuple[BoardPerson, ...]:
    known, me = asking.known, asking.me.staff
    members = {me: asking.me.role} if mine else _members(asking, day)
    off = absences(asking, day)
    by_person: dict[str, list[BoardVisit]] = {staff: [] for staff in members}
    for one in visits:
        for staff in dict.fromkeys((one.visit.staff, one.visit.second)):
            if staff in members or (staff and staff == one.visit.staff and not mine):
                by_person.setdefault(staff, []).append(one)
    found = [
        BoardPerson(
            staff,
            known.staff_name(staff) or "somebody of another team",
            members.get(staff, ""),
            tuple(rows),
            off[staff].off_until if staff in off else None,
            tuple(sorted(known.staff_name(one) for one in off[staff].by)) if staff in off else (),
            tuple(sorted(known.staff_name(one) for one, absence in off.items() if staff in absence.by)),
            (off[staff].covered, off[staff].clients) if staff in off else (0, 0),
        )
        for staff, rows in by_person.items()
    ]
    return tuple(
        sorted(found, key=lambda one: (one.staff != me, one.off_until is not None, not one.visits, one.name))
    )


# Clients


def _nobody(
    asking: Asking, day: str, ours: dict[str, ClientFacts], visits: tuple[BoardVisit, ...]
) -> Iterator[BoardClient]:
    """Yield clients whose contact is due on a day and who stand on nobody's list, the most urgent first."""
    tz = asking.me.tz
    taken = {one.visit.client for one in visits}
    week = plan_rules.window({}, day, tz)
    seen, planned = _seen(asking, week.since_ms, week.until_ms), _planned(asking, week.until_ms)
    from_ms, until_ms = due.start_of_day_ms(day, tz), due.end_of_day_ms(day, tz)
    at_ms = max(asking.now_ms, from_ms)
    found = []
    for client, facts in ours.items():
        if facts.status in HELD or client in taken:
            continue
        times = seen.get(client, [])
        if any(from_ms <= at < until_ms for at in times):
            continue
        agreed = readable(facts.agreed_on(day))
        coming = planned.get(client, [])
        # Whoever is planned before that day will have been seen by then.
        before = any(at < from_ms for at in coming)
        daily = agreed.get("per") == "day"
        limit = due.no_contact_limit(
            facts.tier, agreed.get("no_contact_alert_days"), asking.known.settings_of(client)
        )
        days = None if before else due.no_contact_days(facts.last_seen_ms, facts.admitted, at_ms, tz)
        stands = Contacts(days, limit, 0 if daily else len(times), len(coming))
        why, late = due_why(agreed, day, stands)
        if why:
            primary = asking.known.staff_name(facts.primary_on(day))
            found.append(((not late, -(days or 0), plain(facts.name), client),
                          BoardClient(client, facts.called, facts.risk, why, late, primary)))  # fmt: skip
    return (one for _, one in sorted(found, key=lambda pair: pair[0]))


def _seen(asking: Asking, since_ms: int, until_ms: int) -> dict[str, list[int]]:
    """Return when clients were seen in a time."""
    rows = asking.rx.all(
        "SELECT f.client, f.at_ms, f.value, f.extra FROM view v JOIN fact f ON f.record = v.record AND f.name = 'contact'"
        " WHERE v.kind = 'contact' AND v.when_ms >= ? AND v.when_ms < ? AND v.in_error = 0",
        since_ms, until_ms,
    )  # fmt: skip
    found: dict[str, list[int]] = {}
    for client, at_ms, outcome, extra in rows:
        if is_seen(of_fact(int(at_ms), outcome, extra)):
            found.setdefault(client, []).append(int(at_ms))
    return found


def _planned(asking: Asking, until_ms: int) -> dict[str, list[int]]:
    """Return when clients will be seen from now on until a time."""
    rows = asking.rx.all(
        "SELECT client, when_ms FROM view WHERE kind = 'planned_visit' AND when_ms >= ? AND when_ms < ?"
        " AND state = 'planned' AND in_error = 0",
        asking.now_ms, until_ms,
    )  # fmt: skip
    found: dict[str, list[int]] = {}
    for client, at_ms in rows:
        found.setdefault(client or "", []).append(int(at_ms))
    return found


def away(asking: Asking) -> tuple[BoardClient, ...]:
    """Return the clients who are in hospital, ED, in jail or otherwise away, and those whose episode is held by hand."""
    found = [_away(line) for line in stays.away(asking)]
    known = {one.client for one in found}
    found += [
        BoardClient(
            client,
            asking.known.name_of(client),
            asking.known.risk_of(client),
            " ".join(part for part in (_shown(data, "status_reason") or "on hold", _since(data)) if part),
        )
        for client, data in _episodes(asking, "state = 'on_hold'")
        if client not in known
    ]
    return tuple(sorted(found, key=lambda one: (plain(one.name), one.client)))


def _away(line: StayLine) -> BoardClient:
    days = "since today" if line.days < 1 else f"{line.days} d"
    where = ", ".join(part for part in (line.what_words, line.place) if part)
    planned = f"out {short_day(line.planned_discharge)}" if line.planned_discharge else ""
    why = " · ".join(part for part in (where, days, planned) if part)
    return BoardClient(line.client, line.name, line.risk, why, primary=line.worker)


def _since(data: dict[str, Any]) -> str:
    day = short_day(_shown(data, "status_since") or "")
    return f"(since {day})" if day else ""


def _known_of(ours: dict[str, ClientFacts], found: Iterable[BoardClient]) -> Iterator[BoardClient]:
    return (one for one in found if one.client in ours)


def _episodes(asking: Asking, where: str) -> Iterator[tuple[str, dict[str, Any]]]:
    rows = asking.rx.all(
        f"SELECT client, data FROM view WHERE kind = 'episode' AND in_error = 0 AND {where} ORDER BY record"  # noqa: S608
    )
    return ((client or "", orjson.loads(data)) for client, data in rows)


def _shown(data: dict[str, Any], name: str) -> str:
    writes = data["fields"].get(name)
    return str(writes[0][0] or "") if writes else ""


# What comes up


def _tasks(asking: Asking, mine: bool) -> tuple[TaskLine, ...]:
    if mine:
        return tuple(line for line in tasks.mine(asking) if line.late)
    return tasks.overdue(asking)


def _injections(asking: Asking, ours: dict[str, ClientFacts]) -> Iterator[BoardDue]:
    found = [
        BoardDue(
            "lai", client, facts.called, facts.risk, lai_words(one, state), one.next_due, state == "overdue"
        )
        for client, facts in ours.items()
        for one, state in injections(asking, facts)
        if state in ("overdue", "due", "soon")
    ]
    yield from sorted(found, key=lambda one: (not one.late, one.day, one.name, one.client))


def _reviews(asking: Asking, day: str, ours: dict[str, ClientFacts]) -> Iterator[BoardDue]:
    """Yield what is looked at again within a week of a day, and authorizations that end within two."""
    until = due.add_days(day, REVIEWS_D)
    found: list[BoardDue] = []
    for client, facts in ours.items():
        if facts.status in HELD:
            continue
        agreed = readable(facts.agreed_on(day))
        for kind, what, on in (
            ("goals", "Treatment plan", facts.treatment.review_due if facts.treatment.active == 1 else ""),
            ("plan", "Safety plan", facts.plan.review_due),
            ("contact_plan", "Contact plan", str(agreed.get("review_by") or "")),
        ):
            if on and on <= until:
                found.append(BoardDue(kind, client, facts.called, facts.risk, what, on, on < day))
    found += _authorizations(asking, day, ours)
    yield from sorted(found, key=lambda one: (one.day, one.name, one.kind, one.client))


def _authorizations(asking: Asking, day: str, ours: dict[str, ClientFacts]) -> Iterator[BoardDue]:
    """Yield the payers of open episodes whose last authorization ends within two weeks, or has ended."""
    until = due.add_days(day, AUTHORIZATIONS_D)
    for client, data in _episodes(
        asking, "state != 'discharged' AND instr(CAST(data AS TEXT), 'auth_to') > 0"
    ):
        facts = ours.get(client)
        if facts is None:
            continue
        last: dict[str, str] = {}
        for item in data["lists"].get("coverage", {}).values():
            row = {name: writes[0][0] for name, writes in item["fields"].items()}
            on, payer = lenient.day(row.get("auth_to")), str(row.get("payer") or "Payer")
            if on:
                last[payer] = max(on, last.get(payer, ""))
        for payer, on in last.items():
            if on <= until:
                what = f"Authorization by {payer}"
                yield BoardDue("coverage", client, facts.called, facts.risk, what, on, on < day)
