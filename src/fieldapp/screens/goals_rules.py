"""What a new version of a treatment plan starts from, and what follows from what is typed. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from ..clinical.times import BadTime, parse_day
from ..records.kinds.treatment_plan import GOALS_MAX, ordered

OF_ITS_DAY = frozenset(
    {
        "participation", "participation_reason", "made_with", "copy_offered", "signature", "signed_name", "signed_on",
        "witness", "review_due",
    }
)  # fmt: skip
"""What a version says of the day on which it was agreed: the next one says it anew."""
ENDED = frozenset({"met", "stopped"})


def first_values(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a new version starts with: the standing one without its own day and without goals that ended."""
    kept = {name: value for name, value in values.items() if name not in OF_ITS_DAY}
    goals = {goal_id: dict(goal) for goal_id, goal in ordered(values) if goal.get("status") not in ENDED}
    return kept | {"goals": goals}


def slots(values: Mapping[str, Any], new_ids: Sequence[str]) -> list[str]:
    """Return the goal id of each page: goals in their order, then ids for goals to come."""
    here = [goal_id for goal_id, _ in ordered(values)][:GOALS_MAX]
    return [*here, *(goal_id for goal_id in new_ids if goal_id not in here)][:GOALS_MAX]


def complete(values: dict[str, Any], order: Sequence[str], today: date) -> None:
    """Number the goals by their page, take empty ones away and read days as days."""
    typed: Mapping[str, Any] = values.get("goals") or {}
    # A plan of more goals than this form has pages for keeps them.
    goals: dict[str, Any] = {
        goal_id: goal
        for goal_id, goal in typed.items()
        if goal_id not in order and goal.get("status") not in ENDED
    }
    for number, goal_id in enumerate(order, 1):
        goal = dict(typed.get(goal_id) or {})
        goal.pop("place", None)
        if any(goal.get(name) for name in ("words", "objectives", "help", "domain", "target_date", "need")):
            for row in goal.get("objectives") or ():
                if row.get("due"):
                    row["due"] = day_text(str(row["due"]), today)
            goals[goal_id] = {**{k: v for k, v in goal.items() if v not in (None, [])}, "place": number}
    values["goals"] = goals
    for name in [name for name, value in values.items() if value in (None, [])]:
        del values[name]
    if values.get("participation") == "agreed":
        values.pop("participation_reason", None)
    if values.get("participation") == "refused":
        for name in ("signature", "signed_name", "signed_on", "witness"):
            values.pop(name, None)


def day_text(text: str, today: date) -> str:
    """Return what is typed as a day, `YYYY-MM-DD`; as it is where it is none yet."""
    try:
        return parse_day(text, today, ahead=True).isoformat()
    except BadTime:
        return text


def page_state(goal: Mapping[str, Any]) -> str:
    """Return how far a goal's page is: done, begun or empty."""
    if not goal:
        return "empty"
    whole = all(goal.get(name) for name in ("words", "domain", "objectives", "help"))
    return "done" if whole else "begun"
