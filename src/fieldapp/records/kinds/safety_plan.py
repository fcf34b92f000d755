"""A safety plan: seven steps in the client's own words; versions, old ones kept (clinical.md 2.15)."""

from __future__ import annotations

from ..types import Choices, Line
from .plan import (
    COPIES,
    LINES_MAX,
    MEANS,
    MEANS_ACTIONS,
    NEEDED,
    Plan,
    PlanContact,
    PlanForm,
    make_kind,
    number_of,
)

__all__ = ["COPIES", "FORM", "KIND", "LINES_MAX", "MEANS", "MEANS_ACTIONS", "NEEDED", "STEPS", "SafetyPlan",
           "check", "number_of"]  # fmt: skip

STEPS: Choices = {
    "signs": "Signs a crisis may be starting",
    "alone": "What I can do by myself",
    "distract": "People and places that shift my focus",
    "helpers": "Family or friends who will help me",
    "team": "My care team and crisis lines, day and night",
    "means": "Keeping dangerous things out of reach",
    "matters": "What matters most to me",
}
"""In this order on every screen and print."""


class SafetyPlan(Plan):
    """One version of the plan."""

    distract: list[PlanContact] = []
    matters: list[Line] = []


FORM = PlanForm("safety_plan", "Safety plan", STEPS, frozenset({"distract", "helpers", "team"}))
check = FORM.check
KIND = make_kind(FORM, SafetyPlan)
