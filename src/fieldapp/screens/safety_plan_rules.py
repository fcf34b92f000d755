"""What a safety plan's form starts from, offers and adds. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ..clinical.due import plan_review_day
from ..records.envelope import instant
from ..records.kinds.plan import NEEDED, TRIGGERS
from ..records.text import folded

NEW_HIGH = frozenset({"high", "imminent"})


def first_values(values: Mapping[str, Any], language: str) -> dict[str, Any]:
    """Return what a new version starts with: the standing one without what belongs to its own day."""
    kept = {
        name: value
        for name, value in values.items()
        if name not in ("declined", "declined_reason", "review_due", "copy_given", "copy_at", "client_agreed")
    }
    if language and "language" not in kept:
        kept["language"] = language
    kept.setdefault("trigger_for_review", list(TRIGGERS))
    return kept


def review_day(
    today: str, risk: str, risk_since_ms: int | None, plan_ms: int | None, settings: Mapping[str, int]
) -> str:
    """Return when the plan is looked at again: 7 days after a new high risk, 30 at risk, else 90."""
    new_high = risk in NEW_HIGH and (plan_ms is None or risk_since_ms is None or risk_since_ms > plan_ms)
    return plan_review_day(today, risk, new_high, settings)


def complete(values: dict[str, Any], now_ms: int, steps: Iterable[str], people: Mapping[str, str]) -> None:
    """Add what follows from the answers, and take away what they make void.

    Args:
        people: related people of the client, by `people_by_name`: a helper's line leads to the record of the same name.
    """
    reasons = values.get("not_yet") or {}
    left = {step: why for step, why in reasons.items() if not values.get(step)}
    if left:
        values["not_yet"] = left
    else:
        values.pop("not_yet", None)
    for step in steps:
        if not values.get(step):
            values.pop(step, None)
    for row in values.get("helpers") or ():
        row.pop("person", None)
        known = people.get(folded(row.get("name")))
        if known:
            row["person"] = known
    if not values.get("declined"):
        values.pop("declined", None)
        values.pop("declined_reason", None)
    given = values.get("copy_given")
    if given in (None, "declined"):
        values.pop("copy_at", None)
    elif "copy_at" not in values:
        values["copy_at"] = instant(now_ms)


def step_state(values: Mapping[str, Any], step: str) -> str:
    """Return how far a step is: done, later (not yet, with a reason) or open."""
    if values.get(step):
        return "done"
    if step not in NEEDED and ((values.get("not_yet") or {}).get(step) or "").strip():
        return "later"
    return "open"


def people_by_name(people: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return name to record of related people; a name that two of them have leads nowhere."""
    found: dict[str, str] = {}
    for record, name in people:
        found[folded(name)] = "" if folded(name) in found else record
    return found
