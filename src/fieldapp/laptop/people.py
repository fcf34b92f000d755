"""Who works on this laptop, from the staff record and the day."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fieldapp.clinical.credentials import credential_shown, kind_problem, signing_problem
from fieldapp.clinical.due import day_of
from fieldapp.clinical.memberships import Membership, memberships_on
from fieldapp.clinical.policy import writing_role
from fieldapp.records.kind import Problem
from fieldapp.store.models import Me
from fieldapp.store.read.known import Known
from fieldapp.store.read.roster import DEFAULT_TZ
from fieldapp.store.transaction import Rx

_RANK = (
    "supervisor", "manager", "prescriber", "clinician", "casemgr", "medasst", "peer", "tech", "records",
    "biller", "sysadmin",
)  # fmt: skip
"""Which role is named first when a person has several."""


def me_of(rx: Rx, known: Known, now_ms: int) -> Me:
    """Return who this vault belongs to, as of now; before the first sync only the ids are known."""
    staff = rx.meta_text("staff")
    facts = known.staff.get(staff)
    values: Mapping[str, Any] = facts.values if facts else {}
    # The zone of the program decides which day it is, and the day decides which membership counts.
    rough = memberships_on(values, day_of(now_ms, DEFAULT_TZ))
    tz = _zone(known, rough)
    day = day_of(now_ms, tz)
    members = sorted(memberships_on(values, day), key=_rank)
    first = members[0] if members else Membership("", "", "")
    program_id = first.program or _program_of(known, first.team)
    program = known.programs.get(program_id)
    return Me(
        staff=staff,
        name=facts.name if facts else "",
        credential=credential_shown(values, day),
        role=first.role,
        roles=tuple(dict.fromkeys(m.role for m in members)),
        program=program_id,
        program_name=program.name if program else "",
        archetype=program.archetype if program else "community",
        team=first.team,
        team_name=known.team_name(first.team),
        device=rx.meta_text("device"),
        org=rx.meta_text("org"),
        tz=tz,
        is_supervisor=any(m.role == "supervisor" for m in members),
        settings=program.settings if program else {},
        phone_24_7=program.phone if program else "",
        local_crisis_line=program.local_crisis_line if program else "",
        teams=_teams(known, members),
        programs=tuple(sorted({m.program or _program_of(known, m.team) for m in members} - {""})),
        is_mhp=bool(values.get("is_mhp")),
    )


def _rank(member: Membership) -> tuple[int, str, str]:
    place = _RANK.index(member.role) if member.role in _RANK else len(_RANK)
    return (place, member.program, member.team)


def _program_of(known: Known, team: str) -> str:
    facts = known.teams.get(team)
    return facts.program if facts else ""


def _zone(known: Known, members: tuple[Membership, ...]) -> str:
    for member in sorted(members, key=_rank):
        program = known.programs.get(member.program or _program_of(known, member.team))
        if program:
            return program.tz
    return DEFAULT_TZ


def _teams(known: Known, members: list[Membership]) -> tuple[str, ...]:
    """Return the teams a person works with: their own, a manager's those of the program, records all."""
    found: set[str] = set()
    for member in members:
        if member.team:
            found.add(member.team)
        if member.role == "manager":
            program = member.program or _program_of(known, member.team)
            found |= {team.id for team in known.teams.values() if team.program == program}
        elif member.role == "records":
            found |= set(known.teams)
    return tuple(sorted(found))


def role_for(me: Me, kind: str) -> str:
    """Return in which of their roles a person writes a kind: the first one if it may, else one that may."""
    return writing_role((me.role, *me.roles), kind)


def values_of_me(known: Known, me: Me) -> Mapping[str, Any]:
    """Return what the staff record says of this person; empty before it is here."""
    staff = known.staff.get(me.staff)
    return staff.values if staff else {}


def credential_problem(known: Known, me: Me, day: str, kind: str = "") -> Problem | None:
    """Return what stands against this person's signing on a day, with a kind also whether their licence signs it.

    A date that cannot be read stops nothing.
    """
    values = values_of_me(known, me)
    try:
        found = signing_problem(values, day)
        if kind and not (found is not None and found.stops):
            return kind_problem(values, day, kind) or found
        return found
    except ValueError:
        return None
