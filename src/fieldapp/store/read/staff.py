"""The people of somebody's teams: what they are, what they may sign and until when (clinical.md 1.3)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fieldapp.clinical import cosign
from fieldapp.clinical import credentials as rules
from fieldapp.clinical.memberships import memberships_on
from fieldapp.clinical.roles import REVIEWERS
from fieldapp.records.kinds import KINDS
from fieldapp.records.kinds.staff import CREDENTIALS, ROLES
from fieldapp.records.languages import LANGUAGES

from ..search import plain
from ..staff_models import StaffCredential, StaffMember, StaffPlace, StaffRead
from . import lenient
from .known import StaffFacts
from .lines import Asking

_ORDER = ("now", "coming", "over")


def staff_read(asking: Asking) -> StaffRead:
    """Return everybody who is, was or will be in one of this person's teams."""
    found = [
        _member(asking, staff)
        for staff in asking.known.staff.values()
        if any(row.get("team") in asking.teams for row in (staff.values.get("memberships") or {}).values())
    ]
    teams = sorted((asking.known.team_name(team), team) for team in asking.teams)
    return StaffRead(
        day=asking.day,
        teams=tuple((team, name) for name, team in teams),
        members=tuple(sorted(found, key=lambda one: (plain(one.name), one.staff))),
        may_print=bool(REVIEWERS & set(asking.me.roles)),
    )


def credential_rows(asking: Asking) -> tuple[tuple[str, str, str, str, str], ...]:
    """Return who is a member of one's teams today, a row for each credential: (name, roles, credential with number and
    state, until when, supervisor); one without any says so.
    """
    rows = []
    for member in staff_read(asking).members:
        here = [place for place in member.places if place.standing == "now" and place.team in asking.teams]
        if not here:
            continue
        roles = ", ".join(dict.fromkeys(place.role for place in here))
        said = [
            (", ".join(filter(None, (one.code, one.number, one.state))), _until(one))
            for one in sorted(member.credentials, key=lambda one: one.code)
        ]
        rows += [(member.name, roles, *one, member.supervisor) for one in said or [("none on file", "")]]
    return tuple(sorted(rows))


def _until(one: StaffCredential) -> str:
    return f"{one.expires}: expired" if one.standing == "expired" else one.expires


def _member(asking: Asking, staff: StaffFacts) -> StaffMember:
    values, day = staff.values, asking.day
    try:
        expiry, warned = rules.expiry(values, day), rules.warned_days(values, day)
    except ValueError:
        expiry, warned = None, None  # A date that nobody can read is shown as such at its credential.
    roles = [member.role for member in memberships_on(values, day)]
    waits = {kind for role in roles or [""] for kind in cosign.waiting_kinds(values, role, day)}
    fte = values.get("fte_hundredths")
    by_date = values.get("cosign_rule") == "until_date"
    return StaffMember(
        staff=staff.id,
        name=staff.name,
        shown=rules.credential_shown(values, day),
        places=_places(asking, values),
        credentials=_credentials(values, day),
        expiry=expiry,
        warned=warned,
        waits=tuple(sorted(KINDS[kind].label for kind in waits if kind in KINDS)),
        cosign_until=lenient.day(values.get("cosign_until")) if by_date else "",
        is_mhp=bool(values.get("is_mhp")),
        supervisor=asking.known.staff_name(str(values.get("supervisor") or "")),
        supervises=tuple(
            sorted(
                one.name
                for one in asking.known.staff.values()
                if one.values.get("supervisor") == staff.id and memberships_on(one.values, day)
            )
        ),
        fte_hundredths=fte if isinstance(fte, int) else None,
        npi=str(values.get("npi") or ""),
        phone=str(values.get("field_phone") or ""),
        languages=tuple(LANGUAGES.get(str(one), str(one)) for one in values.get("languages") or ()),
        left_on=lenient.day(values.get("left_on")),
    )


def _places(asking: Asking, values: Mapping[str, Any]) -> tuple[StaffPlace, ...]:
    left = lenient.day(values.get("left_on"))
    found = []
    for row in (values.get("memberships") or {}).values():
        if not row.get("role"):
            continue
        since, until = lenient.day(row.get("since")), lenient.day(row.get("until"))
        ends = min(filter(None, (until, left)), default="")
        stands = "over" if ends and ends < asking.day else "coming" if since > asking.day else "now"
        team = str(row.get("team") or "")
        program = asking.known.programs.get(str(row.get("program") or ""))
        found.append(
            StaffPlace(
                ROLES.get(row["role"], row["role"]), team, asking.known.team_name(team),
                program.name if program is not None else "", since, ends, stands,
            )
        )  # fmt: skip
    found.sort(key=lambda one: (one.since, one.role, one.team_name), reverse=True)
    return tuple(sorted(found, key=lambda one: _ORDER.index(one.standing)))


def _credentials(values: Mapping[str, Any], day: str) -> tuple[StaffCredential, ...]:
    """Return the credentials, licences before designations, what holds longest first."""
    found = []
    for row in (values.get("credentials") or {}).values():
        code = str(row.get("code") or "")
        if not code:
            continue
        try:
            stands = rules.standing(row, day)
        except ValueError:
            stands = "unread"
        found.append(
            StaffCredential(
                code, CREDENTIALS.get(code, ""), str(row.get("number") or ""), str(row.get("state") or ""),
                str(row.get("issued") or ""), str(row.get("expires") or ""), stands,
                tuple(KINDS[kind].label if kind in KINDS else str(kind) for kind in row.get("may_sign") or ()),
                tuple(str(one) for one in row.get("may_code") or ()),
            )
        )  # fmt: skip
    found.sort(key=lambda one: one.expires or "9999-12-31", reverse=True)
    return tuple(sorted(found, key=lambda one: one.code in rules.DESIGNATIONS))
