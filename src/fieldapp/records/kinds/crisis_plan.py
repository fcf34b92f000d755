"""A crisis plan for what is not suicide (psychosis, relapse and others): the engine of the safety plan."""

from __future__ import annotations

from ..types import Choices, Code, Line
from .plan import Plan, PlanForm, make_kind

STEPS: Choices = {
    "signs": "Signs that I am getting unwell",
    "worse": "What makes it worse",
    "alone": "What helps me when it starts",
    "helpers": "People I want to have with me",
    "team": "My care team and crisis lines, day and night",
    "means": "Keeping myself and others safe",
    "wishes": "What I want people to do, and not to do",
}
"""In this order on every screen and print."""
ABOUT: Choices = {
    "psychosis": "Psychosis",
    "relapse": "Relapse to substance use",
    "mania": "Mania",
    "panic": "Panic or trauma",
    "other": "Other",
}


class CrisisPlan(Plan):
    """One version of the plan."""

    about: Code | None = None
    worse: list[Line] = []
    wishes: list[Line] = []


FORM = PlanForm(
    "crisis_plan", "Crisis plan", STEPS, frozenset({"helpers", "team"}), {"about": "For a crisis of"}
)
KIND = make_kind(FORM, CrisisPlan)
