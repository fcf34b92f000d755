"""What a safety plan and a crisis plan share: fields, the rule for activating one, versions (clinical.md 2.15).

The elements are the public ones of CMS's G0560 descriptor; headings and prompts are our own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any

from pydantic import Field as Limit

from ..canonical import Json
from ..envelope import instant_ms
from ..fold import View
from ..kind import Fields, IndexRow, Kind, Problem, Signing
from ..types import Choices, Code, Day, Id, Instant, Line, Prose, Yes

MEANS_STEP = "means"
"""Staff-only unless the client wants it printed, in every plan."""
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
SHARING: Choices = {
    "roi": "Release on file",
    "client_present_agreed": "Client was there and agreed",
    "tpo": "Treatment, same care team",
    "emergency": "Emergency",
}
"""By which consent a plan may be shared."""
TRIGGERS: Choices = {
    "new_risk": "New moderate or high risk",
    "crisis": "A crisis",
    "discharge": "Discharge from hospital",
    "attempt": "A suicide attempt",
    "helper_changed": "A helper's details change",
}
"""What makes a plan one to look at again now, whatever its date says."""
TRIGGERS_SHORT: Choices = {
    "new_risk": "New risk",
    "crisis": "Crisis",
    "discharge": "Hospital",
    "attempt": "Attempt",
    "helper_changed": "Helper changed",
}
"""The same in the few letters of a list."""
TRIGGER_FACT = "plan_trigger"
"""A fact row of any kind of record whose value is a code of `TRIGGERS`: a crisis, a discharge, an attempt."""
_FEWEST_DIGITS = 3


class PlanContact(Fields):
    """Somebody to call; their order is the order of the calls."""

    name: Line
    relation: Line | None = None
    phone: Line | None = None
    knows: Yes | None = None
    person: Id | None = None
    """The related person that this is."""


class Means(Fields):
    """One danger and what was agreed; staff-only unless the client wants it printed."""

    means: Code | None = None
    text: Line
    access: Code | None = None
    action: Code | None = None
    who: Line | None = None
    done_at: Day | None = None


class Shared(Fields):
    """Somebody who has the plan, and by which consent."""

    who: Line
    basis: Code | None = None


class Plan(Fields):
    """What one version of any plan holds."""

    signs: list[Line] = []
    alone: list[Line] = []
    helpers: list[PlanContact] = []
    team: list[PlanContact] = []
    means: list[Means] = []
    not_yet: dict[str, Line] = {}
    """Step to the reason why it has no line yet."""
    language: Code | None = None
    made_with: Line | None = None
    likely_to_use: Annotated[int, Limit(ge=0, le=10)] | None = None
    barriers: Prose | None = None
    where_kept: Line | None = None
    copy_given: Code | None = None
    copy_at: Instant | None = None
    shared_with: list[Shared] = []
    client_agreed: Yes | None = None
    print_means: Yes | None = None
    declined: Yes | None = None
    declined_reason: Prose | None = None
    review_due: Day | None = None
    trigger_for_review: list[Code] = []
    """A version that names none is looked at again by all of `TRIGGERS`."""


@dataclass(frozen=True)
class PlanForm:
    """One kind of plan: its steps, in this order on every screen and print."""

    kind: str
    label: str
    steps: Choices
    people: frozenset[str]
    """Steps that are somebody to call or to see."""
    extra_labels: Mapping[str, str] = field(default_factory=dict)
    needed: tuple[str, ...] = NEEDED

    def check(self, doc: Mapping[str, Json], _: Signing) -> Sequence[Problem]:
        """Return what stands against activating a version."""
        if doc.get("declined"):
            if not (doc.get("declined_reason") or "").strip():
                words = "Say in the client's words why there is no plan now."
                return [Problem("declined_reason", words, stops=True)]
            return []
        found: list[Problem] = []
        reasons = doc.get("not_yet") or {}
        for number, (step, title) in enumerate(self.steps.items(), 1):
            lines = doc.get(step) or []
            if len(lines) > LINES_MAX:
                found.append(Problem(step, f"Step {number} has more than {LINES_MAX} lines.", stops=True))
            if not lines and step in self.needed:
                found.append(Problem(step, f"Step {number}, {title}, needs at least one line.", stops=True))
            elif not lines and not (reasons.get(step) or "").strip():
                words = f"Step {number}, {title}: write a line, or why not yet."
                found.append(Problem(step, words, stops=True))
            if step in self.people:
                found += _phones(step, number, lines)
        if not doc.get("review_due"):
            found.append(Problem("review_due", "Say when the plan is looked at again.", stops=True))
        for row in doc.get("shared_with") or []:
            if not row.get("basis"):
                words = f"Say by which consent {row.get('who') or 'somebody'} has the plan."
                found.append(Problem("shared_with", words, stops=True))
                break
        return found

    def index(self, view: View) -> IndexRow:
        """Return what lists need of a plan."""
        doc: Mapping[str, Any] = view.doc
        state = "none" if not view.versions else "declined" if doc.get("declined") else "active"
        due = doc.get("review_due")
        due_ms = instant_ms(f"{due}T00:00:00.000Z") if due else None
        when = view.versions[0].at_ms if view.versions else view.last_ms
        return IndexRow(when, self.label, state=state, due_ms=due_ms)

    def search(self, view: View) -> str:
        """Return the words of the steps."""
        found: list[str] = []
        for step in self.steps:
            for line in view.doc.get(step) or []:
                found.append(
                    line if isinstance(line, str) else f"{line.get('name') or ''} {line.get('text') or ''}"
                )
        return " ".join(found)


def _phones(step: str, number: int, rows: Sequence[Mapping[str, Json]]) -> list[Problem]:
    """Return the question about phones that nobody can dial; 988, extensions and foreign numbers are fine."""
    odd = [str(row["phone"]) for row in rows if row.get("phone") and not can_be_dialled(str(row["phone"]))]
    if not odd:
        return []
    return [Problem(step, f"Step {number}: can {odd[0]!r} be dialled?", stops=False)]


def can_be_dialled(phone: str) -> bool:
    """Tell whether a text may be a phone number, however it is written."""
    return sum(letter.isdigit() for letter in phone) >= _FEWEST_DIGITS


def make_kind(form: PlanForm, model: type[Plan]) -> Kind:
    """Return the kind of record of a plan."""
    return Kind(
        name=form.kind,
        label=form.label,
        cls="versioned",
        model=model,
        audience=("oncall", "team"),
        one_per="client",
        labels={
            **form.steps,
            "made_with": "Made with",
            "likely_to_use": "Likely to use (0-10)",
            "barriers": "What might get in the way",
            "where_kept": "Where it is kept",
            "copy_given": "Copy given",
            "shared_with": "Who else has it",
            "review_due": "Look at it again by",
            "trigger_for_review": "Also look again after",
            "declined_reason": "Why there is no plan now",
            **form.extra_labels,
        },
        sign_checks=form.check,
        index=form.index,
        search_text=form.search,
    )


def number_of(view: View, entry_hash: str) -> int:
    """Return the version number of an entry: one more than the longest chain of versions before it."""
    by_hash = {step.hash: step for step in view.steps}
    known: dict[str, int] = {}
    for step in view.steps:
        known[step.hash] = 1 + max((known.get(p, 0) for p in step.prev if p in by_hash), default=0)
    return known.get(entry_hash, 0)
