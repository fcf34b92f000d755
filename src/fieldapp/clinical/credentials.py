"""Credentials: whether a person may sign on a day, and what is shown behind their name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

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


@dataclass(frozen=True, slots=True)
class Expiry:
    """The last day of the licence that holds longest."""

    code: str
    on: str
    left: int
    """Days until then, the day itself included; negative once it is over."""

    @property
    def words(self) -> str:
        """What is said of it: `LMHC expires in 30 days (2026-12-22)`."""
        if self.left < 0:
            return f"{self.code} expired on {self.on}"
        when = "today" if self.left == 0 else "tomorrow" if self.left == 1 else f"in {self.left} days"
        return f"{self.code} expires {when} ({self.on})"


def expiry(staff_values: Mapping[str, Json], day: str) -> Expiry | None:
    """Return when a person's signing ends; None while a licence has no end, and for those who have none on file.

    Whoever holds several licences may sign while one is good. Nobody is stopped for having none on
    file: a technician's safety plan must not wait for an office. One that is issued later counts from then on, and so puts
    off the end only where it begins at the latest on the day after.
    """
    licences = [row for row in _held(staff_values) if row["code"] not in DESIGNATIONS]
    issued = [row for row in licences if (row.get("issued") or "") <= day]
    best = max(issued, key=_last_day, default=None)
    for row in sorted(licences, key=lambda row: row.get("issued") or ""):
        if best is not None and best.get("expires") and _last_day(row) > best["expires"]:
            after = date.fromisoformat(best["expires"]) + timedelta(days=1)
            best = row if (row.get("issued") or "") <= after.isoformat() else best
    if best is None or not best.get("expires"):
        return None
    left = (date.fromisoformat(best["expires"]) - date.fromisoformat(day)).days
    return Expiry(best["code"], best["expires"], left)


def _last_day(row: Mapping[str, Json]) -> str:
    return row.get("expires") or _OPEN


def signing_problem(staff_values: Mapping[str, Json], day: str) -> Problem | None:
    """Return what stands against signing on a day: expired stops from the day after, soon only warns."""
    found = expiry(staff_values, day)
    if found is None or found.left > max(WARN_DAYS):
        return None
    if found.left < 0:
        return Problem(
            "credential",
            f"Your credential {found.words}: you can save drafts, "
            "and sign when your administrator has entered the renewal.",
            stops=True,
        )
    return Problem("credential", f"Your credential {found.words}.", stops=False)


def kind_problem(staff_values: Mapping[str, Json], day: str, kind: str) -> Problem | None:
    """Return why none of the licences that hold on a day signs a kind of record; None if one does, or none is on file."""
    held = [row for row in held_on(staff_values, day) if row["code"] not in DESIGNATIONS]
    if not held or any(kind in (row.get("may_sign") or (kind,)) for row in held):
        return None
    codes = ", ".join(dict.fromkeys(row["code"] for row in held))
    return Problem(
        "credential",
        f"Your credential ({codes}) does not sign this kind of record: leave the draft and ask your supervisor.",
        stops=True,
    )


def warned_days(staff_values: Mapping[str, Json], day: str) -> int | None:
    """Return which warning is due on a day (60, 30 or 7 days before expiry, 0 once it is over); None for none."""
    found = expiry(staff_values, day)
    if found is None or found.left > max(WARN_DAYS):
        return None
    return 0 if found.left < 0 else next(limit for limit in WARN_DAYS if found.left <= limit)


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


def standing(row: Mapping[str, Json], day: str) -> str:
    """Return how one credential stands on a day: `coming`, `expired`, `soon` (a warning is due) or `holds`.

    Raises ValueError where its last day is no date.
    """
    if (row.get("issued") or "") > day:
        return "coming"
    expires = row.get("expires")
    if not expires:
        return "holds"
    left = (date.fromisoformat(expires) - date.fromisoformat(day)).days
    return "expired" if left < 0 else "soon" if left <= max(WARN_DAYS) else "holds"


def held_on(staff_values: Mapping[str, Json], day: str) -> Sequence[Mapping[str, Json]]:
    """Return the credentials that hold on a day, licences first."""
    held = [row for row in _held(staff_values) if within(row.get("issued"), row.get("expires"), day)]
    return sorted(held, key=lambda row: (row["code"] in DESIGNATIONS, row.get("issued") or "", row["code"]))


def _held(staff_values: Mapping[str, Json]) -> Sequence[Mapping[str, Json]]:
    rows = (staff_values.get("credentials") or {}).values()
    return [row for row in rows if row.get("code")]
