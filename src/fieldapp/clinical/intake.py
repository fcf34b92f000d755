"""The way of an episode from the referral to admission: which step may follow which, and what each must say. Pure.

Sources: clinical.md 2.2 (referral, status), 2.23 (waitlist, red flags); programs.md 5, 17, 84, 100. Stays elsewhere and
discharge are steps of the same table; what they ask for is not judged here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from fieldapp.records.defaults import setting
from fieldapp.records.episode_tables import BEFORE, CLOSED, STATUSES
from fieldapp.records.kind import Problem

from .due import add_days, days_between

STEPS: Mapping[str, tuple[str, ...]] = {
    "": ("requested", "referred", "active"),
    "requested": ("referred", "assessed", "declined", "redirected"),
    "referred": ("assessed", "declined", "redirected"),
    "assessed": ("intake", "waitlist", "declined", "redirected"),
    "waitlist": ("intake", "declined", "redirected"),
    "intake": ("active", "waitlist", "declined", "redirected"),
    "active": ("on_hold", "discharged"),
    "on_hold": ("active", "discharged"),
    "declined": (),
    "redirected": (),
    "discharged": (),
}
"""State to the states that may follow it; "" before there is an episode. Who is with the team
already when the app is begun with is active from the first entry on."""
ELSEWHERE = frozenset(
    {("active", "on_hold"), ("on_hold", "active"), ("active", "discharged"), ("on_hold", "discharged")}
)
"""Steps that a stay elsewhere or a discharge brings about, not the intake."""
DECISION_OF: Mapping[str, str] = {
    "intake": "accept", "waitlist": "waitlist", "declined": "decline", "redirected": "redirect",
}  # fmt: skip
"""State to the decision that leads there."""
WITH_REASON = frozenset({"waitlist", "declined", "redirected"})
WAITING = frozenset(BEFORE)
"""States in which somebody waits to be admitted."""
REVIEW_WEEKS = (4, 8, 12)
"""Weeks of a structured program in which its length is looked at (programs.md 100)."""


def next_steps(status: str) -> tuple[str, ...]:
    """Return the steps of the intake that may follow a state; none for one that this version does not know."""
    return tuple(to for to in STEPS.get(status, ()) if (status, to) not in ELSEWHERE)


def refused(status: str, to: str) -> str:
    """Return why a step may not follow a state, and what may; "" if it may."""
    if to in STEPS.get(status, ()):
        return ""
    now, wanted = (
        STATUSES.get(status, status or "not begun").lower(),
        STATUSES.get(to, to or "nothing").lower(),
    )
    if to == status:
        return f"The episode is {now} already."
    after = [STATUSES[one].lower() for one in STEPS.get(status, ())]
    if not after:
        return f"The episode is {now} and goes no further: begin a new referral."
    return f"From {now} the episode does not go to {wanted}, but to {' or '.join(after)}."


def step_problems(before: Mapping[str, Any], after: Mapping[str, Any], today: str) -> list[Problem]:
    """Return what stands against the step that an episode takes between two of its states; [] where it takes none.

    Args:
        before: values of the episode as it stands; `{}` for a new one.
        after: values as they would stand.
        today: `YYYY-MM-DD` in the zone of the program.
    """
    status, to = str(before.get("status") or ""), str(after.get("status") or "")
    if status == to:
        return []
    why = refused(status, to)
    if why:
        return [Problem("status", why, stops=True)]
    found = _day_problems(before, after, today, first=not status)
    if (status, to) in ELSEWHERE:
        return found
    if to in WITH_REASON and not str(after.get("status_reason") or "").strip():
        found.append(Problem("status_reason", "Say why, in a few words.", stops=True))
    if to == "assessed" and not after.get("assessed_by"):
        found.append(Problem("assessed_by", "Say who assessed.", stops=True))
    if to == "redirected" and not after.get("redirect_to"):
        found.append(Problem("redirect_to", "Say where to.", stops=True))
    if to == "active" and not after.get("level_of_care"):
        found.append(Problem("level_of_care", "Say at which level of care.", stops=False))
    return found


def _day_problems(
    before: Mapping[str, Any], after: Mapping[str, Any], today: str, *, first: bool
) -> list[Problem]:
    on, since = str(after.get("status_since") or ""), str(before.get("status_since") or "")
    if not on:
        return [Problem("status_since", "Say on which day.", stops=True)]
    if on > today:
        return [
            Problem(
                "status_since",
                "Write the step on the day it is taken: this day is still to come.",
                stops=True,
            )
        ]
    if since and not first and on < since:
        return [
            Problem("status_since", f"The step before was on {since}: this one is not earlier.", stops=True)
        ]
    return []


def fields_of(to: str, on: str, by: str, reason: str) -> dict[str, Any]:
    """Return what a step writes beside the state: the day and the person of the decision, the day of admission."""
    found: dict[str, Any] = {}
    if to in DECISION_OF:
        found |= {
            "decision": DECISION_OF[to], "decided_on": on, "decided_by": by, "decision_reason": reason or None,
        }  # fmt: skip
    if to == "assessed":
        found["assessed_on"] = on
    if to == "active":
        found["admit_date"] = on
    if to in ("requested", "referred"):
        found["received_on"] = on
    return found


@dataclass(frozen=True, slots=True)
class Taken:
    """One step that was taken."""

    to: str
    on: str
    place: int
    """In the history of the record: what follows has seen what went before."""
    by: str
    reason: str
    entry: str = ""


def in_order(steps: Sequence[Taken]) -> tuple[Taken, ...]:
    """Return steps as they were taken: by their day, then as they follow each other."""
    return tuple(sorted(steps, key=lambda one: (one.on, one.place)))


def days_waiting(status: str, received_on: str, today: str) -> int | None:
    """Return for how many days somebody has waited since the referral came; None for who does not wait."""
    if status not in WAITING or not _is_day(received_on):
        return None
    return max(0, days_between(received_on, today))


def days_since_discharge(step_down_on: str, today: str) -> int | None:
    """Return the days since the discharge there (programs.md 6, 7); None without a day."""
    return days_between(step_down_on, today) if _is_day(step_down_on) and step_down_on <= today else None


def week_of(admitted: str, today: str) -> int | None:
    """Return the week of the program, the first one being 1; None before admission."""
    if not _is_day(admitted) or today < admitted:
        return None
    return days_between(admitted, today) // 7 + 1


def review_week(admitted: str, today: str) -> tuple[int, str] | None:
    """Return the next week in which the length is looked at, and its first day; None when all are over."""
    week = week_of(admitted, today)
    if week is None:
        return None
    for number in REVIEW_WEEKS:
        if number >= week:
            return number, add_days(admitted, (number - 1) * 7)
    return None


def planned_end(admitted: str, archetype: str, extended: str, settings: Mapping[str, int]) -> str:
    """Return the first day after the program's planned length; "" where none is planned (programs.md 100).

    Args:
        extended: the last day that somebody gave a reason for; "" for none.
        settings: a program's `program_weeks_<archetype>`, 0 for a program that goes on as long as it is needed.
    """
    weeks = setting(settings, f"program_weeks_{'structured' if archetype == 'structured' else 'community'}")
    if not weeks or not _is_day(admitted):
        return ""
    planned = add_days(admitted, weeks * 7)
    return max(planned, add_days(extended, 1)) if _is_day(extended) else planned


def last_extension(rows: Mapping[str, Mapping[str, Any]]) -> str:
    """Return the last day that any reason for staying longer reaches to; "" for none."""
    return max((until for row in rows.values() if _is_day(until := str(row.get("until") or ""))), default="")


def is_closed(status: str) -> bool:
    """Tell whether an episode is over."""
    return status in CLOSED


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
