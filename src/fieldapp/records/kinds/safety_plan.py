"""A safety plan: seven steps in the client's own words; versions, old ones kept (clinical.md 2.15).

The elements are the public ones of CMS's G0560 descriptor; headings and prompts are our own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from pydantic import Field as Limit

from ..canonical import Json
from ..envelope import instant_ms
from ..fold import View
from ..kind import Fields, IndexRow, Kind, Problem, Signing
from ..types import Choices, Code, Day, Instant, Line, Prose, Yes

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

NEEDED = ("signs", "alone", "team")
"""Steps with at least one line in an active plan; the others may be "not yet" with a reason."""

LINES_MAX = 6
MEANS: Choices = {
    "firearm": "Firearm",
    "medication": "Medication",
    "sharps": "Sharps",
    "ligature": "Ligature",
    "poison": "Poison",
    "vehicle_height": "Vehicle or height",
    "other": "Other",
}
MEANS_ACTIONS: Choices = {
    "removed": "Removed",
    "locked": "Locked away",
    "given_to_trusted_person": "Given to a trusted person",
    "disposed": "Disposed of",
    "no_access_confirmed": "No access, confirmed",
    "declined": "Declined",
}
COPIES: Choices = {"paper": "On paper", "photo": "Photo", "spoken": "Read aloud", "declined": "Declined"}


class PlanContact(Fields):
    """Somebody to call."""

    name: Line
    relation: Line | None = None
    phone: Line | None = None
    knows: Yes | None = None


class Means(Fields):
    """One danger and what was agreed; staff-only unless the client wants it printed."""

    means: Code | None = None
    text: Line
    access: Code | None = None
    action: Code | None = None
    who: Line | None = None
    done_at: Day | None = None


class SafetyPlan(Fields):
    """One version of the plan."""

    signs: list[Line] = []
    alone: list[Line] = []
    distract: list[PlanContact] = []
    helpers: list[PlanContact] = []
    team: list[PlanContact] = []
    means: list[Means] = []
    matters: list[Line] = []
    not_yet: dict[str, Line] = {}
    """Step to the reason why it has no line yet."""
    language: Code | None = None
    made_with: Line | None = None
    likely_to_use: Annotated[int, Limit(ge=0, le=10)] | None = None
    barriers: Prose | None = None
    where_kept: Line | None = None
    copy_given: Code | None = None
    copy_at: Instant | None = None
    client_agreed: Yes | None = None
    print_means: Yes | None = None
    declined: Yes | None = None
    declined_reason: Prose | None = None
    review_due: Day | None = None


def check(doc: Mapping[str, Json], _: Signing) -> Sequence[Problem]:
    """Return what stands against activating a plan (clinical.md 2.15)."""
    if doc.get("declined"):
        if not (doc.get("declined_reason") or "").strip():
            return [
                Problem("declined_reason", "Say in the client's words why there is no plan now.", stops=True)
            ]
        return []
    found: list[Problem] = []
    reasons = doc.get("not_yet") or {}
    for number, (step, title) in enumerate(STEPS.items(), 1):
        lines = doc.get(step) or []
        if len(lines) > LINES_MAX:
            found.append(Problem(step, f"Step {number} has more than {LINES_MAX} lines.", stops=True))
        if not lines and step in NEEDED:
            found.append(Problem(step, f"Step {number}, {title}, needs at least one line.", stops=True))
        elif not lines and not (reasons.get(step) or "").strip():
            found.append(Problem(step, f"Step {number}, {title}: write a line, or why not yet.", stops=True))
    if not doc.get("review_due"):
        found.append(Problem("review_due", "Say when the plan is looked at again.", stops=True))
    return found


def number_of(view: View, entry_hash: str) -> int:
    """Return the version number of an entry: one more than the longest chain of versions before it."""
    by_hash = {step.hash: step for step in view.steps}
    known: dict[str, int] = {}
    for step in view.steps:
        known[step.hash] = 1 + max((known.get(p, 0) for p in step.prev if p in by_hash), default=0)
    return known.get(entry_hash, 0)


def _index(view: View) -> IndexRow:
    doc: Mapping[str, Any] = view.doc
    state = "none" if not view.versions else "declined" if doc.get("declined") else "active"
    due = doc.get("review_due")
    due_ms = instant_ms(f"{due}T00:00:00.000Z") if due else None
    return IndexRow(
        view.versions[0].at_ms if view.versions else view.last_ms, "Safety plan", state=state, due_ms=due_ms
    )


def _search(view: View) -> str:
    found: list[str] = []
    for step in STEPS:
        for line in view.doc.get(step) or []:
            found.append(
                line if isinstance(line, str) else f"{line.get('name') or ''} {line.get('text') or ''}"
            )
    return " ".join(found)


KIND = Kind(
    name="safety_plan",
    label="Safety plan",
    cls="versioned",
    model=SafetyPlan,
    audience=("oncall", "team"),
    one_per="client",
    labels={
        **STEPS,
        "likely_to_use": "Likely to use (0-10)",
        "barriers": "What might get in the way",
        "where_kept": "Where it is kept",
        "copy_given": "Copy given",
        "review_due": "Look at it again by",
        "declined_reason": "Why there is no plan now",
    },
    sign_checks=check,
    index=_index,
    search_text=_search,
)
