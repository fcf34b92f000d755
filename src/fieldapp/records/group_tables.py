"""What a group can be: attendance, types, experiential kinds, and the curriculum that an agency loads (clinical.md 2.13).

A program's groups and modules are the agency's data: fields of its program record, set from one file.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from .kind import Fields
from .types import Choices, Code, Count, Line

ATTENDANCE: Choices = {
    "present": "Present",
    "late": "Came late",
    "left_early": "Left early",
    "no_show": "No show",
    "excused": "Excused",
}
ATTENDED = frozenset({"present", "late", "left_early"})
"""Who was there, and therefore has a note."""
PARTLY = frozenset({"late", "left_early"})
"""Who was there for a part of the time, of which somebody says how long."""
OUTCOME_OF: Mapping[str, str] = {
    "present": "completed",
    "late": "completed",
    "left_early": "ended_early",
    "no_show": "no_show",
    "excused": "client_cancel",
}
"""The outcome of the contact that an attendance is."""

PARTICIPATION: Choices = {"0": "0 None", "1": "1 Little", "2": "2 Some", "3": "3 Full"}
HOMEWORK: Choices = {"done": "Done", "partly": "Partly", "not_done": "Not done", "none": "None was set"}

GROUP_TYPES = ("group", "skills_training", "psychoeducation", "peer_support", "vocational", "family_session")
"""Types of contact that are held with several clients at once."""
EXPERIENTIAL: Choices = {
    "art": "Art",
    "music": "Music",
    "equine": "Equine",
    "yoga": "Yoga",
    "mindfulness": "Mindfulness",
    "nutrition": "Nutrition",
}
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class Module(Fields):
    """One module of a curriculum."""

    code: Code
    title: Line
    topic: Line | None = None
    homework: Line | None = None
    methods: list[Code] | None = None


class GroupPlan(Fields):
    """One group that a program holds again and again."""

    code: Code
    title: Line
    contact_type: Code | None = None
    experiential: Code | None = None
    days: list[Code] | None = None
    """Days of the week, `mon` to `sun`; none for a group without fixed days."""
    start: Line | None = None
    """When it begins by the program's clock, `09:00`."""
    minutes: Count | None = None
    modality: Code | None = None
    setting: Code | None = None
    modules: list[Module] | None = None
    """In the order in which they are held."""


def plans_of(raw: Any) -> tuple[GroupPlan, ...]:
    """Return a program's groups; one that another version wrote differently is left out."""
    found = []
    for row in raw if isinstance(raw, list | tuple) else ():
        try:
            found.append(GroupPlan.model_validate(row))
        except ValidationError:
            continue
    return tuple(found)


def next_module(plan: GroupPlan, last: str) -> Module | None:
    """Return the module after the one that was held last, the first one at the start and after the end."""
    modules: Sequence[Module] = plan.modules or ()
    codes = [module.code for module in modules]
    at = codes.index(last) + 1 if last in codes else 0
    return modules[at % len(modules)] if modules else None
