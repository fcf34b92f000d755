"""When things are due: pure functions over instants (ms since 1970), days and the program's zone."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Literal
from zoneinfo import ZoneInfo

from fieldapp.records.defaults import setting

Flag = Literal["open", "due", "late"]
_HOUR_MS = 3_600_000
_SATURDAY = 5
_TIERS = ("high", "standard", "step_down")
_AT_RISK = frozenset({"moderate", "high", "imminent"})
FAST_COSIGN = frozenset({"crisis", "safety_plan", "crisis_plan"})
_NEXT_DAY = frozenset({"alert", "risk"})
"""A new alert, and a risk that somebody lowered, are news for a supervisor."""


def day_of(at_ms: int, tz: str) -> str:
    """Return the calendar day (`YYYY-MM-DD`) of an instant in a zone."""
    return datetime.fromtimestamp(at_ms / 1000, UTC).astimezone(ZoneInfo(tz)).date().isoformat()


def start_of_day_ms(day: str, tz: str) -> int:
    """Return the instant at which a day begins in a zone."""
    return _midnight_ms(date.fromisoformat(day), tz)


def end_of_day_ms(day: str, tz: str) -> int:
    """Return the instant at which a day is over in a zone; days of 23 and 25 hours included."""
    return _midnight_ms(date.fromisoformat(day) + timedelta(days=1), tz)


def days_between(earlier: str, later: str) -> int:
    """Return the number of calendar days from one day to another."""
    return (date.fromisoformat(later) - date.fromisoformat(earlier)).days


def add_days(day: str, count: int) -> str:
    """Return the day `count` calendar days later."""
    return (date.fromisoformat(day) + timedelta(days=count)).isoformat()


def add_business_days(day: str, count: int, holidays: Collection[str] = ()) -> str:
    """Return the day that is `count` business days later, Saturdays, Sundays and holidays not counted."""
    at = date.fromisoformat(day)
    while count > 0:
        at += timedelta(days=1)
        if at.weekday() < _SATURDAY and at.isoformat() not in holidays:
            count -= 1
    return at.isoformat()


def no_contact_days(last_contact_ms: int | None, admitted: str, now_ms: int, tz: str) -> int | None:
    """Return calendar days since the client was last seen, or since admission when never; None for neither.

    Attempts are no contact: the caller counts completed contacts only.
    """
    since = admitted if last_contact_ms is None else day_of(last_contact_ms, tz)
    return max(0, days_between(since, day_of(now_ms, tz))) if since else None


def no_contact_limit(tier: str, plan_days: int | None, settings: Mapping[str, int]) -> int:
    """Return after how many days without contact the client is flagged: as agreed, else by tier."""
    if plan_days:
        return plan_days
    return setting(settings, f"no_contact_d_{tier if tier in _TIERS else 'standard'}")


def note_due_ms(service_stop_ms: int, settings: Mapping[str, int], kind: str = "note") -> int:
    """Return when the note of a service should be signed."""
    name = "crisis_note_h" if kind == "crisis" else "note_target_h"
    return service_stop_ms + setting(settings, name) * _HOUR_MS


def note_limit_ms(service_stop_ms: int, settings: Mapping[str, int], kind: str = "note") -> int:
    """Return after when a note is a late entry; still signable, with a reason."""
    name = "crisis_note_h" if kind == "crisis" else "note_limit_h"
    return service_stop_ms + setting(settings, name) * _HOUR_MS


def note_flag(service_stop_ms: int, at_ms: int, settings: Mapping[str, int], kind: str = "note") -> Flag:
    """Return how an unsigned note stands at a moment."""
    if at_ms > note_limit_ms(service_stop_ms, settings, kind):
        return "late"
    return "due" if at_ms > note_due_ms(service_stop_ms, settings, kind) else "open"


def cosign_due_ms(
    signed_ms: int, kind: str, tz: str, settings: Mapping[str, int], holidays: Collection[str] = ()
) -> int:
    """Return by when a co-sign is due: the end of the last business day allowed."""
    name = (
        "crisis_cosign_business_d"
        if kind in FAST_COSIGN
        else "alert_review_business_d"
        if kind in _NEXT_DAY
        else "cosign_business_d"
    )
    return _business_end_ms(signed_ms, setting(settings, name), tz, holidays)


def glass_review_due_ms(opened_ms: int, settings: Mapping[str, int]) -> int:
    """Return by when a supervisor looks at an emergency opening (clinical.md 1.3)."""
    return opened_ms + setting(settings, "break_glass_review_h") * _HOUR_MS


def attempts_task_due_ms(
    tried_ms: int, tz: str, settings: Mapping[str, int], holidays: Collection[str] = ()
) -> int:
    """Return by when a supervisor decides how a client is reached whom nobody found (clinical.md 2.8)."""
    return _business_end_ms(tried_ms, setting(settings, "attempts_task_business_d"), tz, holidays)


def plan_review_day(signed_day: str, risk: str, new_high: bool, settings: Mapping[str, int]) -> str:
    """Return by when a safety plan is looked at again; sooner while the client is at risk."""
    name = "new_high" if new_high else "at_risk" if risk in _AT_RISK else "other"
    return add_days(signed_day, setting(settings, f"safety_plan_review_d_{name}"))


def treatment_review_day(day: str, archetype: str, settings: Mapping[str, int]) -> str:
    """Return by when a treatment plan that is signed or reviewed on a day is looked at again (clinical.md 1.5)."""
    return add_days(day, setting(settings, f"plan_review_d_{_pace(archetype)}"))


def first_plan_day(admitted: str, archetype: str, settings: Mapping[str, int]) -> str:
    """Return by when a client who was admitted on a day has a treatment plan."""
    return add_days(admitted, setting(settings, f"treatment_plan_first_d_{_pace(archetype)}"))


def _pace(archetype: str) -> str:
    return "structured" if archetype == "structured" else "community"


def measure_day(
    last_day: str, admitted: str, archetype: str, settings: Mapping[str, int]
) -> tuple[str, bool] | None:
    """Return by when a client is next asked a measure, and whether that is the first one; None before admission.

    The first within 14 days of admission, then every 14 or 30 days by the program's archetype (clinical.md 3.1, 1.5).
    One from before this admission is no baseline of it.
    """
    if not admitted:
        return None
    if last_day < admitted:
        return add_days(admitted, setting(settings, "measure_baseline_d")), True
    return add_days(last_day, setting(settings, f"measure_every_d_{_pace(archetype)}")), False


def is_overdue(due_day: str | None, today: str) -> bool:
    """Tell whether a day has passed; the day itself is still in time."""
    return bool(due_day) and today > str(due_day)


def attempt_freeze_ms(at_ms: int, tz: str, settings: Mapping[str, int]) -> int:
    """Return when a contact that needs no note freezes: midnight after it, and the hours of the setting."""
    return end_of_day_ms(day_of(at_ms, tz), tz) + setting(settings, "freeze_attempt_h") * _HOUR_MS


def _business_end_ms(at_ms: int, count: int, tz: str, holidays: Collection[str]) -> int:
    return _end_after(day_of(at_ms, tz), count, tz, tuple(holidays))


@lru_cache(1_000)
def _end_after(day: str, count: int, tz: str, holidays: tuple[str, ...]) -> int:
    # A queue of thousands asks this of a few weeks' days.
    return end_of_day_ms(add_business_days(day, count, holidays), tz)


def _midnight_ms(day: date, tz: str) -> int:
    return round(datetime.combine(day, time(), ZoneInfo(tz)).timestamp()) * 1000
