"""The morning's red list: what of a team cannot wait, and why in words. Pure.

Sources: clinical.md 6 (C1), 1.5 (`no_contact_d`, `crisis_follow_up_h`, `hospital_followup_d`), 5 (metrics 3, 10, 14, 20),
3.8 (risk). Attempts stand beside the days without contact and are never counted as contact.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from types import MappingProxyType

from fieldapp.records.kinds.risk import rank

from .due import days_between, start_of_day_ms
from .times import HOUR_MS, clock_words, day_of, local

GROUPS = MappingProxyType(
    {
        "checkin": "No sign after a visit",
        "risk": "Risk",
        "crisis": "Crises since last evening, and those not followed up",
        "no_contact": "No contact beyond the plan",
        "plan": "Safety plans of clients at risk",
        "hospital": "Back from hospital, ED or jail",
        "laptop": "Laptops not synced for a day",
        "credential": "Credentials that run out",
    }
)
"""Heading of each group, the most dangerous first."""
AT_RISK = frozenset({"moderate", "high", "imminent"})
EVENING_H = 17
"""From this hour of the last working day on, nobody of the day team was there to see it."""
SILENT_MS = 24 * HOUR_MS
CRISIS_D = 14
"""How far back a crisis is listed that nobody followed up."""
_SATURDAY = 5


def overnight_ms(now_ms: int, tz: str) -> int:
    """Return since when things count as news of the night: the evening before, on a Monday that of Friday."""
    day = day_of(now_ms, tz)
    before = day - timedelta(days=1)
    while before.weekday() >= _SATURDAY:
        before -= timedelta(days=1)
    return start_of_day_ms(before.isoformat(), tz) + EVENING_H * HOUR_MS


def risk_words(level: str, step_up: bool, review: str, day: str) -> str:
    """Return why a client's risk is on the list; "" where it is not.

    Args:
        step_up: a red flag of an intake waits for a decision.
        review: by when the level is looked at again (`YYYY-MM-DD`), or "".
    """
    said = {
        "imminent": "Imminent risk",
        "high": "High risk",
        "screen_needed": "A screen for suicide is needed",
    }.get(level, "")
    flag = "a red flag of the intake waits for a decision" if step_up else ""
    late = (
        f"its review was due {short(review)}"
        if review and review < day and rank(level) >= rank("moderate")
        else ""
    )
    words = "; ".join(part for part in (said, flag, late) if part)
    return words[:1].upper() + words[1:]


def plan_words(level: str, state: str, why: str) -> str:
    """Return what is wrong with the safety plan of a client at risk; "" where nothing is (metric 10).

    Args:
        state: as `store.read.lines.plan_state` has it.
        why: what happened since the plan was signed, in words.
    """
    if level not in AT_RISK:
        return ""
    return {
        "none": "No safety plan",
        "declined": "The safety plan was declined: offer it again",
        "overdue": "The safety plan's review is overdue",
        "now": f"Look at the safety plan now: {why.lower()}" if why else "Look at the safety plan now",
        "two": "Two safety plans stand side by side",
    }.get(state, "")


def contact_words(days: int | None, limit: int, tries_ms: Collection[int], tz: str) -> str:
    """Return how long nobody saw a client who is seen too seldom, with the tries since; "" where it is as agreed."""
    if days is None or days <= limit:
        return ""
    newest = max(tries_ms, default=None)
    tried = (
        f"{len(tries_ms)} {'try' if len(tries_ms) == 1 else 'tries'}, last {short(day_of(newest, tz).isoformat())}"
        if newest is not None
        else "no try since"
    )
    return f"{days} days (agreed {limit}); {tried}"


def crisis_words(
    level: str, began_ms: int, due_ms: int | None, seen_ms: int | None, done: bool, now_ms: int, tz: str
) -> tuple[str, bool]:
    """Return what a crisis was, whether somebody followed up, and whether that is late.

    Args:
        level: of risk in the crisis record, a code or "".
        due_ms: by when somebody follows up; None where nobody has to (detained, in hospital, dead).
        seen_ms: when the client was seen or spoken with after it, by anybody; None for not yet.
        done: the task of following up was finished.
    """
    risk = {"imminent": ", imminent risk", "high": ", high risk", "moderate": ", moderate risk"}.get(
        level, ""
    )
    what = f"crisis {moment(began_ms, tz)}{risk}"
    if seen_ms is not None:
        return f"Seen again {moment(seen_ms, tz)} · {what}", False
    if done:
        return f"Followed up · {what}", False
    if due_ms is None:
        return f"No follow-up is due · {what}", False
    if now_ms > due_ms:
        return f"NOT followed up, due {moment(due_ms, tz)} · {what}", True
    return f"Follow up by {moment(due_ms, tz)} · {what}", False


def is_news(began_ms: int, waits: bool, now_ms: int, tz: str) -> bool:
    """Tell whether a crisis is on the list: of the night, or of the last two weeks and not followed up."""
    return began_ms >= overnight_ms(now_ms, tz) or (waits and now_ms - began_ms <= CRISIS_D * 24 * HOUR_MS)


def back_words(words: str, until: str, day: str) -> tuple[str, bool]:
    """Return what to say of a client who came back on a day and was not seen, and whether the first 24 hours are over."""
    late = days_between(until, day) >= 1
    return (f"{words}; not within the first day" if late else words), late


def laptop_words(last_seen_ms: int | None, pending: int, oldest_ms: int | None, now_ms: int, tz: str) -> str:
    """Return what is known of a laptop that did not sync for a day; "" for one that did (metric 20)."""
    if last_seen_ms is not None and now_ms - last_seen_ms <= SILENT_MS:
        return ""
    said = f"last contact {moment(last_seen_ms, tz)}" if last_seen_ms is not None else "never heard of"
    if not pending:
        return f"Nothing unsent then; {said}"
    oldest = f" since {moment(oldest_ms, tz)}" if oldest_ms is not None else ""
    return f"{pending} unsent{oldest}; {said}"


def moment(ms: int, tz: str) -> str:
    """Return an instant in few letters: `Sun Nov 22 22:10`."""
    shown = local(ms, tz)
    return f"{shown:%a} {shown:%b} {shown.day} {clock_words(ms, tz)}"


def short(day: str) -> str:
    """Return a day in few letters: `Nov 22`."""
    known = local(start_of_day_ms(day, "UTC"), "UTC")
    return f"{known:%b} {known.day}"
