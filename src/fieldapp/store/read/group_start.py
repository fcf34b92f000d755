"""What a new group session starts from: its people, their goals and codes, who may lead it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import orjson

from fieldapp.clinical import due, group_entry
from fieldapp.clinical.credentials import credential_shown
from fieldapp.clinical.service_time import present_min
from fieldapp.records.changes import values_of
from fieldapp.records.fold import View
from fieldapp.records.group_tables import ATTENDED, GROUP_TYPES
from fieldapp.records.kinds import KINDS, group_session

from ..group_models import GroupDesk, GroupMember, GroupStart
from . import goals, lenient
from .codes import coding
from .groups import attendance_of, clients_of, plan_of, plans, sessions
from .known import ClientFacts
from .lines import HELD, Asking, is_ours
from .today import is_on_call, planned_visits

_NOTES = 4
"""Notes of a client in which goals are looked for."""
_NEAR_MS = 30 * 60_000
_DAY_MS = 86_400_000


def desk(asking: Asking, team: str, group: str) -> GroupDesk:
    """Return what the form of a session offers."""
    plan, known, me = plan_of(asking, team, group), asking.known, asking.me
    here = [s for s in known.staff.values() if s.id == me.staff or _is_of(s.values, team, asking.day)]
    here.sort(key=lambda one: (one.id != me.staff, one.name))
    return GroupDesk(
        tuple(plan.modules or ()) if plan else (),
        tuple((one.id, one.name) for one in here),
        {
            one.id: ", ".join(filter(None, [one.name, credential_shown(one.values, asking.day)]))
            for one in here
        },
    )


def _is_of(staff: Any, team: str, day: str) -> bool:
    left = staff.get("left_on") or ""
    rows = (staff.get("memberships") or {}).values()
    return not (left and left < day) and any(row.get("team") == team for row in rows)


def start(asking: Asking, team: str, group: str, like: str = "", same_as: str = "") -> GroupStart:
    """Return what a new session starts from.

    Args:
        like: a session that is repeated; "" for the last one of the group.
        same_as: the session before it on the same day, whose people stay.
    """
    plan, me = plan_of(asking, team, group), asking.me
    before = (
        asking.rx.view(like) if like else next(iter(sessions(asking, group, team)), None) if group else None
    )
    ended = asking.rx.view(same_as) if same_as else None
    last = dict(before.doc) if before is not None else {}
    after = lenient.moment(ended.doc.get("stop")) if ended is not None else None
    span = group_entry.times(plan, group_session.minutes(last), asking.day, me.tz, asking.now_ms, after)
    values = group_entry.first_values(plan, last, span, me.tz, me.staff) | {"team": team}
    if before is not None:
        values["follows"] = before.id
    if ended is not None:
        wanted = [client for client, there in attendance_of(asking, ended.id).items() if there in ATTENDED]
    elif before is not None:
        wanted = clients_of(asking, before.id)
    else:
        wanted = _planned(asking, span[0])
    known = asking.known.clients
    can = [client for client in wanted if client in known and _may_join(asking, known[client])]
    return GroupStart(
        values,
        members(asking, can, group, span[0]),
        tuple(sorted(known[client].name for client in wanted if client in known and client not in can)),
    )


def _may_join(asking: Asking, facts: ClientFacts) -> bool:
    if facts.status in HELD:
        return False
    return is_ours(asking, facts) or is_on_call(asking.rx, asking.me, facts.program, asking.now_ms)


def _planned(asking: Asking, start_ms: int) -> list[str]:
    """Return whom this person planned to see in a group about that time."""
    visits = planned_visits(asking, due.day_of(start_ms, asking.me.tz))
    return list(
        dict.fromkeys(
            visit.client
            for visit in visits
            if visit.contact_type in GROUP_TYPES and abs(visit.start_ms - start_ms) <= _NEAR_MS
        )
    )


def members(asking: Asking, clients: Sequence[str], group: str, start_ms: int) -> tuple[GroupMember, ...]:
    """Return the people of a grid by name."""
    day = due.day_of(start_ms, asking.me.tz)
    visits = {
        visit.client: visit.record
        for visit in planned_visits(asking, day)
        if visit.state == "planned"
        and visit.contact_type in GROUP_TYPES
        and abs(visit.start_ms - start_ms) <= _NEAR_MS
    }
    found = []
    for client in clients:
        facts = asking.known.clients.get(client)
        if facts is None:
            continue
        named, last = _goals(asking, client, group)
        found.append(
            GroupMember(
                client, facts.called, facts.risk, named, last, coding(asking, client, around_ms=start_ms),
                _week_min(asking, client, day), visits.get(client, ""),
            )
        )  # fmt: skip
    return tuple(sorted(found, key=lambda one: (one.name.casefold(), one.client)))


def _goals(asking: Asking, client: str, group: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the goals of a client's plan and last notes, and those of the last note of a group."""
    rows = asking.rx.all(
        "SELECT data FROM view WHERE client = ? AND kind = 'note' AND in_error = 0"
        " ORDER BY when_ms DESC, record DESC LIMIT ?",
        client, _NOTES,
    )  # fmt: skip
    notes = [View.from_data(orjson.loads(data)).doc for (data,) in rows]
    earlier = dict.fromkeys(str(goal) for doc in notes for goal in doc.get("goals") or ())
    title = plan_title(asking, group)
    last = next((doc for doc in notes if title and doc.get("group") == title), None)
    return tuple(goals.offered(asking, client, earlier)), tuple(
        str(goal) for goal in (last or {}).get("goals") or ()
    )


def plan_title(asking: Asking, group: str) -> str:
    """Return the title of a group of this person's programs."""
    return next((plan.title for _, plan in plans(asking) if plan.code == group), "")


def _week_min(asking: Asking, client: str, day: str) -> int:
    """Return the minutes of service from Monday on, each minute once (clinical.md 5, metric 4)."""
    monday = due.add_days(day, -_weekday(day))
    since = due.start_of_day_ms(monday, asking.me.tz)
    rows = asking.rx.all(
        "SELECT data FROM view WHERE client = ? AND kind = 'contact' AND in_error = 0 AND when_ms >= ?"
        " AND when_ms < ?",
        client, since, since + 8 * _DAY_MS,
    )  # fmt: skip
    views = (View.from_data(orjson.loads(data)) for (data,) in rows)
    return present_min(values_of(KINDS["contact"], view) for view in views)


def _weekday(day: str) -> int:
    return date.fromisoformat(day).weekday()
