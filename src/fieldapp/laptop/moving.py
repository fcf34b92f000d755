"""A client goes to another team: the move, who works with them from then on, their visits, tasks and episode; one step.

Source: sync.md 2 (the client's home), clinical.md 2.6 (exactly one primary worker), 1.3 (supervisors and managers).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fieldapp.clinical import due
from fieldapp.clinical.assigning import NAME_PRIMARY, PRIMARY, Changes, given, touches
from fieldapp.clinical.memberships import is_clinical, memberships_on
from fieldapp.crypto.keys import Identity
from fieldapp.records.changes import values_of
from fieldapp.records.envelope import Entry, instant
from fieldapp.records.fold import View
from fieldapp.records.ids import one_per, uuid7
from fieldapp.records.kinds import KINDS
from fieldapp.records.kinds.episode import open_episode
from fieldapp.records.kinds.move import WHY
from fieldapp.records.text import clean
from fieldapp.store.read.assignments import stays_with, visits_ahead
from fieldapp.store.read.known import ClientFacts

from . import effects
from .assigning import new_ids
from .effects.tasks import may_write, open_tasks
from .failures import NotAllowed, not_ready
from .opened import Writing
from .pen import Pen

KIND = "move"
_WORDS = 300
HAND_OFF_DAYS = 3
"""Business days for the old worker to hand over in person; as for a client who comes from a colleague."""


def move(
    work: Writing, identity: Identity, client: str, team: str, why: str, reason: str = "", primary: str = ""
) -> str:
    """Move a client to another team; returns the hash of the move.

    Whoever does not work there ends today; visits to come and tasks of theirs go to the new primary worker, and without
    one the new team's supervisor is asked to name somebody. In another program the open episode goes along.

    Args:
        why: of `kinds.move.WHY`; reason: in words, asked for where that says "other".
        primary: who works with the client from today on; "" while nobody is named yet.
    """
    facts, to = work.known.clients.get(client), work.known.teams.get(team)
    if facts is None:
        raise NotAllowed("This client is not on this laptop.")
    if facts.moving_to:
        raise NotAllowed(
            f"A move to {work.known.team_name(facts.moving_to)} waits to be sent: send first, then move again."
        )
    if to is None:
        raise not_ready("team", "Choose the team.")
    if team == facts.team:
        raise not_ready("team", f"The client is with {to.name} already: choose another team.")
    words = clean(reason).replace("\n", " ").strip()[:_WORDS]
    if why not in WHY:
        raise not_ready("why", "Choose why.")
    if why == "other" and not words:
        raise not_ready("reason", "Say in a few words why.")
    if primary and not _works_in(work, primary, team):
        raise not_ready("primary", f"Choose who works in {to.name}.")
    pen = Pen(work, identity)
    going = _Going(work, team)
    visits = [
        one for one in visits_ahead(work, client) if one.get("staff") in going or one.get("second") in going
    ]
    owed = sum(one.get("staff") in going for one in visits)
    if owed and not primary:
        planned = "1 visit is" if owed == 1 else f"{owed} visits are"
        raise not_ready("primary", f"{planned} planned: choose who takes over, or cancel first.")
    _assign(pen, facts, going, primary)
    _hand_on(pen, facts, visits, going, primary)
    if to.program != facts.program:
        _episode(pen, client, to.program)
    return _write(pen, client, to.program, team, why, words).hash


def _write(pen: Pen, client: str, program: str, team: str, why: str, words: str) -> Entry:
    # The last of all: what was written above is of the team that the client leaves, and is judged as that.
    record = one_per(client, KIND)
    view = pen.work.rx.view(record)
    fields = {"to_program": program, "to_team": team, "why": why, "reason": words or None}
    return pen.write(KIND, record, client, "save", view.heads if view is not None else [], {"set": fields})


def _works_in(work: Writing, staff: str, team: str) -> bool:
    known = work.known.staff.get(staff)
    members = memberships_on(known.values, work.day) if known is not None else ()
    return is_clinical(members) and any(member.team == team for member in members)


class _Going:
    """Who does not read the charts of the team that the client comes to: their time with the client ends."""

    def __init__(self, work: Writing, team: str) -> None:
        self._work, self._team = work, team

    def __contains__(self, staff: object) -> bool:
        return isinstance(staff, str) and bool(staff) and not stays_with(self._work, staff, self._team)


def _assign(pen: Pen, facts: ClientFacts, going: _Going, primary: str) -> None:
    work, record = pen.work, one_per(facts.client, "assignment")
    view = work.rx.view(record)
    periods: Mapping[str, Mapping[str, Any]] = dict(values_of(KINDS["assignment"], view).get("periods") or {})
    said = Changes()
    if primary and facts.primary_on(work.day) != primary:
        row: dict[str, Any] = {"staff": primary, "role": PRIMARY, "since": work.day}
        said = given(periods, row, new_ids(work))
    for item, old in periods.items():
        if item in said.items or item in said.drop or old.get("staff") not in going:
            continue
        if not touches(old, work.day):
            continue
        # The primary worker's place is empty from today on, so that it is seen as empty; others have the day to end it.
        last = due.add_days(work.day, -1) if old.get("role") == PRIMARY else work.day
        if str(old.get("since") or "") > last:
            said.drop.append(item)
        else:
            said.items[item] = {"until": last}
    if said.body():
        heads = view.heads if view is not None else []
        entry = pen.write("assignment", record, facts.client, "save", heads, said.body())
        effects.of(pen, entry, {}, {})


def _hand_on(pen: Pen, facts: ClientFacts, visits: list[View], going: _Going, primary: str) -> None:
    for one in visits:
        fields: dict[str, Any] = {}
        if one.get("staff") in going:
            fields["staff"] = primary
        second = one.get("second")
        if second and (second in going or second == fields.get("staff")):
            fields["second"] = None
        pen.write("planned_visit", one.id, one.client, "save", one.heads, {"set": fields})
    if not may_write(pen, "task"):
        return
    for task in open_tasks(pen, facts.client):
        if task.get("owner") in going:
            body = {"set": {"owner": primary or None}}
            pen.write("task", task.id, task.client, "save", task.heads, body)
    _ask(pen, facts, going, primary)


def _ask(pen: Pen, facts: ClientFacts, going: _Going, primary: str) -> None:
    """Ask the new worker to take the client over from the old one, or the new supervisor to name somebody."""
    work, before = pen.work, pen.work.known.team_name(facts.team)
    now = facts.primary_on(work.day)
    if primary and primary != now:
        by = due.add_business_days(work.day, HAND_OFF_DAYS)
        old = ", ".join(filter(None, (work.known.staff_name(now), before)))
        values: dict[str, Any] = {
            "what": "hand_off",
            "owner": primary,
            "title": f"Take the client over from {old}",
        }
    elif not primary and (not now or now in going):
        by = due.add_business_days(work.day, 1)
        values = {
            "what": NAME_PRIMARY,
            "role": "supervisor",
            "title": f"Name who works with the client, from {before}",
        }
    else:
        return
    values |= {"title": values["title"][:_WORDS], "due": instant(due.end_of_day_ms(by, work.me.tz))}
    pen.write("task", uuid7(work.device_ms), facts.client, "save", [], {"set": values})


def _episode(pen: Pen, client: str, program: str) -> None:
    """Let the open episode go along into another program."""
    known = pen.work.known.programs.get(program)
    views = [one for one in pen.work.rx.views("episode", client) if not one.in_error]
    view = open_episode(views)
    if known is None or view is None or view.get("status") == "discharged" or not may_write(pen, "episode"):
        return
    fields = {"program": program, "archetype": known.archetype}
    changed = {name: value for name, value in fields.items() if view.get(name) != value}
    if changed:
        pen.write("episode", view.id, client, "save", view.heads, {"set": changed})
