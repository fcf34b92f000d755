"""What a person was, where and in which role, on a day: read from the values of their staff record."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from fieldapp.records.canonical import Json

from .roles import CLINICAL


class Membership(NamedTuple):
    """One role in one place; `program` and `team` are empty where the record names none."""

    role: str
    program: str
    team: str


def memberships_on(staff_values: Mapping[str, Json], day: str) -> tuple[Membership, ...]:
    """Return the memberships of a day (`YYYY-MM-DD`), first and last day included, sorted.

    Nobody is a member of anything after the day they left.
    """
    left = staff_values.get("left_on")
    if left and day > left:
        return ()
    found = {
        Membership(row["role"], row.get("program") or "", row.get("team") or "")
        for row in (staff_values.get("memberships") or {}).values()
        if row.get("role") and within(row.get("since"), row.get("until"), day)
    }
    return tuple(sorted(found))


def within(since: str | None, until: str | None, day: str) -> bool:
    """Tell whether a day lies in a span whose ends are included and may be open."""
    return (not since or since <= day) and (not until or day <= until)


def is_clinical(memberships: Iterable[Membership]) -> bool:
    """Tell whether any membership is clinical."""
    return any(member.role in CLINICAL for member in memberships)
