"""The safety plan beside a chart: its steps in the client's words, in order."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from textual.content import Content

from ..records.kinds.safety_plan import STEPS
from .text import lines, plain, styled

if TYPE_CHECKING:
    from ..store.models import PlanRead

STAFF_ONLY = frozenset({"means"})
"""Kept for the plan itself: the pane may be in the client's sight."""


def plan_line(line: Any) -> str:
    """Return one line of a step as it is read: the client's words, or whom to call."""
    if isinstance(line, Mapping):
        return " · ".join(str(line[name]) for name in ("name", "relation", "phone") if line.get(name))
    return str(line)


def plan_state(plan: PlanRead | None) -> tuple[str, str]:
    """Return how the plan stands, as (words, tone)."""
    if plan is None or not plan.versions:
        return "∅ no safety plan", "warning"
    active = plan.active
    if not active:
        return "∅ no active safety plan", "warning"
    if len(active) > 1:
        return f"≠ {len(active)} plans stand side by side", "error"
    if active[0].doc.get("declined"):
        return "∅ plan declined", "warning"
    pending = " · waits for co-sign" if active[0].status == "pending" else ""
    return f"◆ safety plan {active[0].number}{pending}", "done"


def plan_brief(plan: PlanRead | None, why: str = "") -> Content:
    """Return the active plan (each of two, if two people wrote side by side)."""
    if plan is None or not plan.active:
        return plain("No active safety plan. Press p to start one.")
    parts: list[Content | str] = []
    if why:
        parts.append(styled(f"◷ Look at it again now, after: {why.lower()}", "bold $text-error"))
    for version in plan.active:
        parts.append(
            styled(f"Safety plan, version {version.number} · {version.author}", "bold $text-primary")
        )
        if version.status == "pending":
            parts.append(styled("◷ co-sign pending", "$text-warning"))
        if version.doc.get("declined"):
            parts.append(f"Declined: {version.doc.get('declined_reason') or ''}")
        for number, (step, title) in enumerate(STEPS.items(), 1):
            said = version.doc.get(step) or []
            if said and step not in STAFF_ONLY:
                parts.append(styled(f"{number} {title}", "bold"))
                parts += [f"  {plan_line(line)}" for line in said]
        parts.append("")
    return lines(*parts)
