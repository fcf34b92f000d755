"""What a risk form starts from, offers and suggests. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ..clinical.due import add_days
from ..clinical.times import moment_words
from ..records.defaults import setting
from ..records.kinds.risk import FLAGS_SEEN, LEVELS

if TYPE_CHECKING:
    from ..store.models import RiskSignal

_DAY_H = 24


def first_values(level: str) -> dict[str, Any]:
    """Return what a new assessment starts with: nothing that somebody said before."""
    return {
        "level": level or None, "reason": None, "next_review": None, "weighed": None, "happened": None,
        "considered": None, FLAGS_SEEN: None,
    }  # fmt: skip


def review_day(today: str, level: str, settings: Mapping[str, int]) -> str:
    """Return by when a risk is looked at again: a day if high, three if moderate, as the plan if low."""
    if level in ("high", "imminent"):
        return add_days(today, setting(settings, "risk_followup_h_high") // _DAY_H)
    if level == "moderate":
        return add_days(today, setting(settings, "risk_followup_h_moderate") // _DAY_H)
    if level == "low":
        return add_days(today, setting(settings, "safety_plan_review_d_at_risk"))
    return add_days(today, 1) if level == "screen_needed" else ""


def when_short(at_ms: int, now_ms: int, tz: str) -> str:
    """Return an instant in few letters."""
    return moment_words(at_ms, now_ms, tz)


def signal_short(signal: RiskSignal, now_ms: int, tz: str) -> str:
    """Return a signal as an answer to tick."""
    return f"{LEVELS.get(signal.level, signal.level)}, {when_short(signal.at_ms, now_ms, tz)}"


def signal_words(signal: RiskSignal, now_ms: int, tz: str) -> str:
    """Return a signal as one line: level, where it comes from, when, by whom, what it says."""
    where = ", ".join(
        filter(None, (signal.what.lower(), signal.author, when_short(signal.at_ms, now_ms, tz)))
    )
    level = LEVELS.get(signal.level, signal.level)
    return f"{level} · {where}: {signal.detail}" if signal.detail else f"{level} · {where}"
