"""Taking clients in: what the form for a new one starts from, who may be here already, red flags and what is decided."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fieldapp.clinical.memberships import is_clinical, memberships_on
from fieldapp.clinical.policy import Actor, allow
from fieldapp.crypto.keys import Identity
from fieldapp.records import together
from fieldapp.records.ids import one_per, uuid7
from fieldapp.records.kinds import risk as risks
from fieldapp.records.text import clean
from fieldapp.store.episode_models import IntakeDesk, TeamChoice
from fieldapp.store.models import Draft
from fieldapp.store.read.lines import Asking

from . import forms
from .effects import red_flags
from .failures import NotAllowed, not_ready
from .opened import Writing
from .pen import Pen


def desk(asking: Asking) -> IntakeDesk:
    """Return what the form for a new client offers: teams whose clients this person may write, and who may be primary."""
    me, known = asking.me, asking.known
    actor = Actor(me.staff, frozenset(me.roles), me.is_mhp)
    teams = []
    for team in me.teams:
        facts = known.teams.get(team)
        program = known.programs.get(facts.program) if facts is not None else None
        if facts is not None and program is not None:
            teams.append(
                TeamChoice(
                    team, facts.name, program.id, program.name, program.archetype, _staff(asking, team)
                )
            )
    teams.sort(key=lambda one: (one.id != me.team, one.name))
    return IntakeDesk(
        tuple(teams),
        may_write=bool(allow(actor, "save", "client") and allow(actor, "save", "episode")),
        may_assign=bool(allow(actor, "save", "assignment")),
    )


def _staff(asking: Asking, team: str) -> tuple[tuple[str, str], ...]:
    found = []
    for staff in asking.known.staff.values():
        members = memberships_on(staff.values, asking.day)
        if is_clinical(members) and any(member.team == team for member in members):
            found.append((staff.id, staff.name))
    return tuple(sorted(found, key=lambda row: (row[0] != asking.me.staff, row[1])))


def begin(work: Writing) -> Draft:
    """Open the form for a new client: the client, the referral and who works with them, written together."""
    offered = desk(work)
    if not offered.may_write:
        raise NotAllowed(
            "A case manager, clinician, supervisor or the records role takes new clients in: ask one."
        )
    if not offered.teams:
        raise NotAllowed("You are on no team that has clients: ask your administrator.")
    client, first = uuid7(work.device_ms), offered.teams[0]
    episode = together.part(uuid7(work.device_ms), (), {})
    episode["values"] = {
        "program": first.program, "archetype": first.archetype, "status": "referred", "status_since": work.day,
        "received_on": work.day, "part2_status": "pending",
    }  # fmt: skip
    values: dict[str, Any] = {
        "home_program": first.program, "home_team": first.id, "language": "en",
        together.TOGETHER: {"episode": episode, "assignment": together.part(one_per(client, "assignment"), (), {})},
    }  # fmt: skip
    return forms.start(work, "client", None, client, values, None)


def ask_red_flags(
    work: Writing, identity: Identity, client: str, answers: Mapping[str, bool], remark: str = ""
) -> str:
    """Write the answers to the red flags of the intake; raises NotReady where one is left out."""
    if any(code not in answers for code in risks.RED_FLAGS):
        raise not_ready("", "Answer each of the three with yes or no.")
    found = red_flags.note_flags(Pen(work, identity), client, answers, clean(remark), "intake")
    return found[0].hash


def decide_step_up(work: Writing, identity: Identity, client: str, decision: str, why: str) -> str:
    """Write what a supervisor decided about all red flags that wait; raises NotAllowed, NotReady."""
    if "supervisor" not in work.me.roles:
        raise NotAllowed("A supervisor decides about a higher level of care: the task is on their list.")
    words = " ".join(clean(why).split())
    if decision not in risks.STEP_UP or not words:
        raise not_ready("why", "Choose what is done, and say why in a few words.")
    record = one_per(client, "risk")
    view = work.rx.view(record)
    waits = risks.undecided_flags(view) if view is not None else []
    if view is None or not waits:
        raise NotAllowed("Nothing waits for a decision: somebody has decided already.")
    row = {"decision": decision, "why": words[:300], "on": work.day, "by": work.me.name[:300]}
    items = {uuid7(work.device_ms): row | {"about": item} for item in waits}
    pen = Pen(work, identity)
    entry = pen.write("risk", record, client, "save", view.heads, {"items": {"step_ups": items}})
    now = work.rx.view(record)
    if now is not None:
        red_flags.decided(pen, now, f"{risks.STEP_UP[decision]}: {words}"[:300])
    return entry.hash
