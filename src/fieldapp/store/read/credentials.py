"""Credentials that run out: on the day of whom they belong to, and on that of their supervisor (clinical.md 1.3)."""

from __future__ import annotations

from collections.abc import Iterator

from fieldapp.clinical.credentials import WARN_DAYS, expiry, warned_days
from fieldapp.clinical.memberships import memberships_on

from ..models import DueLine
from . import lenient
from .known import StaffFacts
from .lines import Asking

SOON = min(WARN_DAYS)
"""From so many days before the end on it is urgent."""


def expiring(asking: Asking) -> Iterator[DueLine]:
    """Yield one's own credential and those of the people one supervises, from sixty days before the end on."""
    for staff in asking.known.staff.values():
        mine = staff.id == asking.me.staff
        if mine or _supervised(asking, staff):
            yield from _line(asking, staff, mine=mine)


def _line(asking: Asking, staff: StaffFacts, *, mine: bool) -> Iterator[DueLine]:
    try:
        found, warned = expiry(staff.values, asking.day), warned_days(staff.values, asking.day)
    except ValueError:
        return  # A date that nobody can read warns of nothing.
    if found is None or warned is None:
        return
    what = "no signing until the renewal is entered" if found.left < 0 else "renew it"
    yield DueLine(
        "credential", staff.id, "", "You" if mine else staff.name, f"Credential {found.words}: {what}",
        lenient.end_of(found.on, asking.me.tz), warned <= SOON,
    )  # fmt: skip


def _supervised(asking: Asking, staff: StaffFacts) -> bool:
    """Tell whether somebody's supervisor is this person; with none named it is the team's."""
    members = memberships_on(staff.values, asking.day)
    if not members:
        return False
    named = staff.values.get("supervisor")
    if named:
        return bool(named == asking.me.staff)
    return asking.me.is_supervisor and any(member.team in asking.teams for member in members)
