"""Credentials: whether a person may sign on a day, and what is shown behind their name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from fieldapp.records.canonical import Json
from fieldapp.records.kind import Problem

from .memberships import within

DESIGNATIONS = frozenset({"MHP", "DCR"})
"""Shown, but they rest on a licence and never stand for one."""
ASSOCIATES = frozenset({"AAC-R", "LMHCA", "LSWAIC", "LSWAA", "LMFTA", "SUDPT", "MA-R"})
"""Trainees and associates, whose signing is supervised."""
WARN_DAYS = (7, 30, 60)
_SHOWN_CHARS = 80
_OPEN = "9999-12-31"


def signing_problem(staff_values: Mapping[str, Json], day: str) -> Problem | None:
    """Return what stands against signing on a day: expired stops from the day after, soon only warns.

    Whoever holds several licences may sign while one is good. Nobody is stopped for having none on
    file: a technician's safety plan must not wait for an office.
    """
    licences = [row for row in _held(staff_values) if row["code"] not in DESIGNATIONS]
    if not licences:
        return None
    best = max(licences, key=lambda row: row.get("expires") or _OPEN)
    expires = best.get("expires")
    if not expires:
        return None
    left = (date.fromisoformat(expires) - date.fromisoformat(day)).days
    code = best["code"]
    if left < 0:
        return Problem(
            "credential",
            f"Your credential {code} expired on {expires}: you can save drafts, "
            "and sign when your administrator has entered the renewal.",
            stops=True,
        )
    if any(left <= limit for limit in WARN_DAYS):
        when = "today" if left == 0 else "tomorrow" if left == 1 else f"in {left} days"
        return Problem("credential", f"Your credential {code} expires {when} ({expires}).", stops=False)
    return None


def warned_days(staff_values: Mapping[str, Json], day: str) -> int | None:
    """Return which warning is due on a day (60, 30 or 7 days before expiry); None for none."""
    problem = signing_problem(staff_values, day)
    if problem is None or problem.stops:
        return None
    licences = [row for row in _held(staff_values) if row["code"] not in DESIGNATIONS]
    expires = max(row.get("expires") or _OPEN for row in licences)
    left = (date.fromisoformat(expires) - date.fromisoformat(day)).days
    return next(limit for limit in WARN_DAYS if left <= limit)


def credential_shown(staff_values: Mapping[str, Json], day: str) -> str:
    """Return the credentials that hold on a day, licences first, as frozen in what is signed then."""
    codes = codes_on(staff_values, day)
    shown = ""
    for code in codes:
        longer = f"{shown}, {code}" if shown else code
        if len(longer) > _SHOWN_CHARS:
            break
        shown = longer
    return shown


def codes_on(staff_values: Mapping[str, Json], day: str) -> tuple[str, ...]:
    """Return the codes of the credentials that hold on a day, licences first."""
    return tuple(dict.fromkeys(row["code"] for row in held_on(staff_values, day)))


def held_on(staff_values: Mapping[str, Json], day: str) -> Sequence[Mapping[str, Json]]:
    """Return the credentials that hold on a day, licences first."""
    held = [row for row in _held(staff_values) if within(row.get("issued"), row.get("expires"), day)]
    return sorted(held, key=lambda row: (row["code"] in DESIGNATIONS, row.get("issued") or "", row["code"]))


def _held(staff_values: Mapping[str, Json]) -> Sequence[Mapping[str, Json]]:
    rows = (staff_values.get("credentials") or {}).values()
    return [row for row in rows if row.get("code")]
