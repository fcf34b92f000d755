"""Open tasks: one's own, a client's, and those that are overdue in a supervisor's teams."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

import orjson

from fieldapp.clinical.assigning import ASSIGNED, answered
from fieldapp.clinical.memberships import is_clinical, memberships_on
from fieldapp.records.fold import View

from ..connection import Row
from ..models import TaskLine
from . import stays
from .known import ClientFacts
from .lines import Asking, is_mine

OPEN = "SELECT record, client, owner, label, due_ms, when_ms, data FROM view WHERE kind = 'task' AND state = 'open' AND in_error = 0"


def mine(asking: Asking) -> tuple[TaskLine, ...]:
    """Return what this person is to do: tasks in their name, and of their clients those in nobody's."""
    me = asking.me.staff
    rows = asking.rx.all(f"{OPEN} AND owner IN (?, '')", me)
    # Staff are looked through once, not for each task, and not at all where no task names a role.
    free = {row[0]: _role(row[6]) for row in rows if row[2] != me}
    held = _roles_held(asking) if any(free.values()) else frozenset()
    return _lines(
        asking, (row for row in rows if row[2] == me or _falls_to(asking, row[1], free[row[0]], held))
    )


def of_kind(asking: Asking, what: str) -> tuple[TaskLine, ...]:
    """Return all open tasks that ask for one thing, whoever does them."""
    rows = asking.rx.all(OPEN)
    return _lines(asking, (row for row in rows if _shown(orjson.loads(row[6])["fields"], "what") == what))


def of_client(asking: Asking, client: str) -> tuple[TaskLine, ...]:
    """Return a client's open tasks, whoever does them."""
    return _lines(asking, asking.rx.all(f"{OPEN} AND client = ?", client))


def overdue(asking: Asking) -> tuple[TaskLine, ...]:
    """Return what nobody did in time for the clients of this person's teams."""
    rows = asking.rx.all(f"{OPEN} AND due_ms < ?", asking.now_ms)
    clients = asking.known.clients
    # A client whose own record has not arrived yet must not hide what waits.
    ours = (row for row in rows if row[1] not in clients or clients[row[1]].team in asking.teams)
    return _lines(asking, ours)


def colleagues(asking: Asking, client: str) -> tuple[tuple[str, str], ...]:
    """Return (id, name) of who may take a client's task: this person, the client's staff, then the team."""
    facts = asking.known.clients.get(client)
    team = facts.team if facts else asking.me.team
    assigned = facts.staff_on(asking.day) if facts else {}
    names: dict[str, str] = {}
    for staff in asking.known.staff.values():
        members = memberships_on(staff.values, asking.day)
        if is_clinical(members) and (staff.id in assigned or any(member.team == team for member in members)):
            names[staff.id] = staff.name

    def place(row: tuple[str, str]) -> tuple[bool, bool, bool, str]:
        staff, name = row
        return (staff != asking.me.staff, assigned.get(staff) != "primary", staff not in assigned, name)

    return tuple(sorted({**names, asking.me.staff: asking.me.name}.items(), key=place))


def _shown(fields: Mapping[str, Any], name: str) -> str:
    return str(fields[name][0][0] or "") if name in fields else ""


def _role(data: bytes) -> str:
    return _shown(orjson.loads(data)["fields"], "role")


def _falls_to(asking: Asking, client: str | None, role: str, held: Collection[tuple[str, str]]) -> bool:
    """Tell whether a task in nobody's name is this person's: by its role, else as the primary worker.

    Where nobody in the client's program has the role, it is the primary worker's again, so that somebody sees it.
    """
    facts = asking.known.clients.get(client or "")
    if facts is None:
        return False
    if role and (facts.program, role) in held:
        return role in asking.me.roles and (facts.team in asking.teams or facts.program in asking.me.programs)
    return is_mine(asking, facts)


def _roles_held(asking: Asking) -> frozenset[tuple[str, str]]:
    """Return (program, role) of everybody who works here today."""
    teams = asking.known.teams
    return frozenset(
        (program, member.role)
        for staff in asking.known.staff.values()
        for member in memberships_on(staff.values, asking.day)
        for program in (member.program, teams[member.team].program if member.team in teams else "")
    )


def _is_assigned(asking: Asking, facts: ClientFacts, what: str, task: View) -> bool:
    return answered(facts.periods(), what, task.steps[0].author if task.steps else "", asking.day)


def _lines(asking: Asking, rows: Iterable[Row]) -> tuple[TaskLine, ...]:
    """Return the lines, what is overdue or due next first."""

    def place(line: TaskLine) -> tuple[int, str, str, str]:
        return (line.due_ms or 2**63, line.name, line.title, line.record)

    return tuple(sorted(_each(asking, rows), key=place))


def _each(asking: Asking, rows: Iterable[Row]) -> Iterator[TaskLine]:
    for record, client, owner, label, due_ms, made_ms, data in rows:
        facts = asking.known.clients.get(client or "")
        view = orjson.loads(data)
        fields = view["fields"]
        what, source = _shown(fields, "what"), _shown(fields, "source")
        if what == stays.TASK and stays.is_met(asking, client or "", record):
            # Seen by a colleague whose laptop did not have the task: it is over, and nobody has said so.
            continue
        if facts is not None and what in ASSIGNED and _is_assigned(asking, facts, what, View.from_data(view)):
            # Answered by a laptop that did not have the task, or by a manager, who writes none.
            continue
        yield TaskLine(
            record=record,
            client=client or "",
            name=facts.called if facts else "",
            risk=facts.risk if facts else "none",
            title=label,
            owner=owner,
            owner_name=asking.known.staff_name(owner),
            due_ms=due_ms,
            late=due_ms is not None and due_ms < asking.now_ms,
            made_ms=made_ms,
            what=what,
            source_kind=_shown(fields, "source_kind"),
            source=asking.rx.value("SELECT record FROM entry WHERE hash = ?", source) or "" if source else "",
            role=_shown(fields, "role"),
        )
