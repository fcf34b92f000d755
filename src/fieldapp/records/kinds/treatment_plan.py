"""A treatment plan (individual service plan): needs, goals in the client's words, what is done for them (clinical.md 2.16).

A versioned document. A goal is named by an id that every later version keeps, whatever its words become: notes,
contacts and progress hang on it. A review that changes nothing is no version: it is an addendum of category
`reviewed:<next day>` on the version that stays.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from ..canonical import Json
from ..days import day_of
from ..defaults import setting
from ..envelope import instant_ms
from ..fold import Note, View
from ..kind import DOC, Fields, IndexRow, Kind, Problem, Signing
from ..text import folded
from ..types import Choices, Code, Count, Day, Line, Prose
from .consent import signature_problems

GOALS_MAX, LINES_MAX = 6, 5
"""Goals of a plan; objectives, and kinds of help, of one goal."""
DOMAINS: Choices = {
    "safety": "Safety",
    "stability": "Stability",
    "independence": "Independence",
    "life_goals": "Life goals",
    "integration": "Being part of things",
    "substance_use": "Substance use",
}
"""programs.md 30, 62, 79: one plan for mental health and substance use."""
STATES: Choices = {"active": "Working on it", "paused": "Paused", "met": "Reached", "stopped": "Let go"}
OPEN = frozenset({"", "active"})
"""States in which a goal is worked on now; a goal without one is."""
SOURCES: Choices = {
    "client": "Client's words",
    "assessment": "Assessment",
    "measure": "Measure",
    "crisis": "Crisis",
}
TOOK_PART: Choices = {"agreed": "Agreed", "partly": "Agreed in part", "refused": "Refused"}
COPIES: Choices = {
    "paper": "On paper",
    "read": "Read aloud",
    "later": "Wants it later",
    "declined": "Declined",
}
MODALITIES: Choices = {
    "individual": "One to one",
    "group": "Group",
    "family": "Family",
    "skills": "Skills",
    "case_management": "Case management",
    "medication": "Medication",
    "peer": "Peer support",
    "other": "Other",
}
REVIEWERS = frozenset({"casemgr", "clinician", "supervisor"})
"""Who may say that a plan stays as it is: who may write one (clinical.md 1.3), and who approves it."""
_REVIEWED = "reviewed:"
_GOAL_ID = re.compile(r"[0-9A-Za-z-]{1,64}")


class Need(Fields):
    """What the plan answers to, and who says so."""

    text: Line
    source: Code | None = None


class Objective(Fields):
    """One step that can be measured."""

    text: Line
    measure: Line | None = None
    """How it is seen: an instrument, or what is counted."""
    baseline: Line | None = None
    target: Line | None = None
    due: Line | None = None
    """A day, `YYYY-MM-DD`; until a form can read what is typed, as it is typed."""


class Help(Fields):
    """One kind of help that is given: what, how, how often, by whom."""

    what: Line
    modality: Code | None = None
    frequency: Line | None = None
    who: Line | None = None
    """A role or a person."""
    code: Line | None = None
    """The service code under which it is done."""


class Goal(Fields):
    """One goal."""

    words: Line | None = None
    domain: Code | None = None
    need: Line | None = None
    status: Code | None = None
    target_date: Day | None = None
    objectives: list[Objective] = []
    help: list[Help] = []
    place: Count | None = None
    """Where it stands among the goals; the same in every version, so that its digit stays."""


class TreatmentPlan(Fields):
    """One version of the plan."""

    needs: list[Need] = []
    goals: dict[Code, Goal] = {}
    """By id."""
    strengths: Prose | None = None
    supports_role: Prose | None = None
    step_down: Prose | None = None
    """By what the client and the team will see that less is enough, and what comes after."""
    participation: Code | None = None
    participation_reason: Prose | None = None
    made_with: Line | None = None
    copy_offered: Code | None = None
    signature: Code | None = None
    signed_name: Line | None = None
    signed_on: Day | None = None
    witness: Line | None = None
    review_due: Day | None = None


def ordered(doc: Mapping[str, Any]) -> list[tuple[str, Mapping[str, Any]]]:
    """Return (id, goal) of a version in the order of its numbers; what is no goal is left out."""
    goals = doc.get("goals")
    rows = [(i, g) for i, g in goals.items() if isinstance(g, Mapping)] if isinstance(goals, Mapping) else []
    return sorted(rows, key=lambda row: (row[1].get("place") or 0, row[0]))


def is_open(goal: Mapping[str, Any]) -> bool:
    """Tell whether a goal is worked on now."""
    return bool(goal.get("words")) and str(goal.get("status") or "") in OPEN


@dataclass(frozen=True, slots=True)
class Review:
    """Somebody looked at a version, and it stays."""

    entry: str
    about: str
    at_ms: int
    name: str
    credential: str
    text: str
    next_due: str


def category_of(next_due: str) -> str:
    """Return the category of the addendum that says "reviewed, stays"."""
    return f"{_REVIEWED}{next_due}"


def reviews(notes: Iterable[Note]) -> list[Review]:
    """Return the review log, newest first: who may not review is not in it, nor what was taken back."""
    found = []
    for note in notes:
        day = note.category.removeprefix(_REVIEWED)
        if note.meaning != "addendum" or note.lifted or day == note.category or note.role not in REVIEWERS:
            continue
        if day_of(day):
            found.append(
                Review(note.hash, note.about, note.at_ms, note.name, note.credential, note.text, day)
            )
    return sorted(found, key=lambda one: (one.at_ms, one.entry), reverse=True)


def due_of(version: str, doc: Mapping[str, Any], log: Sequence[Review]) -> str:
    """Return by when a version is looked at again: as its last review says, else as it says itself."""
    last = next((one.next_due for one in log if one.about == version), "")
    return last or day_of(doc.get("review_due"))


def check(doc: Mapping[str, Json], signing: Signing) -> Sequence[Problem]:
    """Return what stands against signing a version (clinical.md 2.16)."""
    goals = ordered(doc)
    found: list[Problem] = []
    if not goals:
        found.append(Problem("goals", "A plan has at least one goal, in the client's words.", stops=True))
    if len(goals) > GOALS_MAX:
        found.append(Problem("goals", f"A plan has at most {GOALS_MAX} goals.", stops=True))
    seen: set[str] = set()
    for number, (goal_id, goal) in enumerate(goals, 1):
        found += _goal_problems(number, f"goals.{goal_id}", goal)
        words = folded(goal.get("words"))
        if words and words in seen:
            text = f"Goal {number} says the same as another: notes could not tell them apart."
            found.append(Problem(f"goals.{goal_id}.words", text, stops=True))
        seen.add(words)
    found += _agreement(doc)
    due = day_of(doc.get("review_due"))
    if not due:
        found.append(Problem("review_due", "Say by when the plan is looked at again.", stops=True))
    else:
        most = max(setting(signing.settings, f"plan_review_d_{name}") for name in ("community", "structured"))
        today = datetime.fromtimestamp(signing.at_ms / 1000, UTC).astimezone(ZoneInfo(signing.tz)).date()
        if (date.fromisoformat(due) - today).days > most:
            found.append(Problem("review_due", f"Plans are looked at again within {most} days.", stops=False))
    return found


def _goal_problems(number: int, path: str, goal: Mapping[str, Any]) -> list[Problem]:
    found = []
    if not str(goal.get("words") or "").strip():
        found.append(Problem(f"{path}.words", f"Goal {number}: say it in the client's words.", stops=True))
    if goal.get("domain") not in DOMAINS:
        found.append(Problem(f"{path}.domain", f"Goal {number}: choose what it is about.", stops=True))
    for row in goal.get("objectives") or ():
        if row.get("due") and not day_of(row["due"]):
            words = f"Goal {number}: {row['due']!r} is no day. Type one such as 12/24 or +30."
            found.append(Problem(f"{path}.objectives", words, stops=True))
    if not is_open(goal):
        return found
    if not any(str(row.get("text") or "").strip() for row in goal.get("objectives") or ()):
        words = f"Goal {number} has no step that can be measured."
        found.append(Problem(f"{path}.objectives", words, stops=False))
    if not any(str(row.get("what") or "").strip() for row in goal.get("help") or ()):
        found.append(Problem(f"{path}.help", f"Goal {number}: nobody says what is done for it.", stops=False))
    return found


def _agreement(doc: Mapping[str, Json]) -> list[Problem]:
    part = doc.get("participation")
    if part not in TOOK_PART:
        return [Problem("participation", "Say whether the client agrees to the plan.", stops=True)]
    if part != "agreed" and not str(doc.get("participation_reason") or "").strip():
        words = (
            "Say in the client's words why not."
            if part == "refused"
            else "Say what the client does not agree to."
        )
        return [Problem("participation_reason", words, stops=True)]
    if part == "refused":
        return []
    found = list(signature_problems(doc))
    if doc.get("copy_offered") not in COPIES:
        found.append(Problem("copy_offered", "Was a copy offered?", stops=False))
    return found


def _body_rule(_: str, body: Mapping[str, Json]) -> str | None:
    """Return why a body is not taken: the id of a goal stands in paths and names, so it has a form."""
    goals = (body.get(DOC) or {}).get("goals") or {}
    if all(_GOAL_ID.fullmatch(goal) for goal in goals):
        return None
    return "goals: an id is letters, digits and -, at most 64"


def _derive(view: View) -> dict[str, Json]:
    log = reviews(view.notes)
    # Two versions: the earlier date counts, because nobody has decided which one stands.
    days = [day for write in view.versions if (day := due_of(write.hash, write.value or {}, log))]
    return {"review_due": min(days, default="")}


def _index(view: View) -> IndexRow:
    doc = view.doc
    state = "none" if not view.versions else "refused" if doc.get("participation") == "refused" else "active"
    due = day_of(view.derived.get("review_due"))
    due_ms = instant_ms(f"{due}T00:00:00.000Z") if due else None
    when = view.versions[0].at_ms if view.versions else view.last_ms
    return IndexRow(when, "Treatment plan", state=state, due_ms=due_ms)


def _search(view: View) -> str:
    doc = view.doc
    found = [str(row.get("text") or "") for row in doc.get("needs") or ()]
    for _, goal in ordered(doc):
        found.append(str(goal.get("words") or ""))
        found += [str(row.get("text") or "") for row in goal.get("objectives") or ()]
        found += [str(row.get("what") or "") for row in goal.get("help") or ()]
    found += [str(doc.get(name) or "") for name in ("strengths", "supports_role", "step_down")]
    return " ".join(filter(None, found))


KIND = Kind(
    name="treatment_plan",
    label="Treatment plan",
    cls="versioned",
    model=TreatmentPlan,
    audience=("oncall", "team"),
    one_per="client",
    labels={
        "needs": "Needs",
        "goals": "Goals",
        "strengths": "Strengths",
        "supports_role": "What supports do",
        "step_down": "When less is enough",
        "participation": "The client",
        "participation_reason": "In the client's words",
        "made_with": "Made with",
        "copy_offered": "Copy offered",
        "signature": "Client signed",
        "signed_name": "Signed name",
        "signed_on": "Signed on",
        "witness": "Witness",
        "review_due": "Look at it again by",
    },
    body_rule=_body_rule,
    sign_checks=check,
    derive=_derive,
    index=_index,
    search_text=_search,
)
