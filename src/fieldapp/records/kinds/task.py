"""A task: one thing that somebody must do for a client by a time, made by hand or by what was signed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..canonical import Json
from ..envelope import instant_ms
from ..fold import View
from ..kind import Fields, IndexRow, Kind, Problem, Signing
from ..types import Choices, Code, Hash, Id, Instant, Line, Yes

WHATS: Choices = {
    "crisis_follow_up": "Follow up after the crisis",
    "suicide_screen": "Ask the suicide screen",
    "plan_now": "Make or look at the safety plan",
    "plan_review": "Look at the safety plan again",
    "contact_soon": "See or speak with the client",
    "risk_review": "Look at the risk again",
    "side_effect": "Look at the side effect",
    "hospital_follow_up": "See the client after the hospital",
    "connection_check": "Ask whether the client is connected to care",
    "no_answer": "Decide how to reach the client",
    "step_up": "Decide on a higher level of care",
    "waitlist_contact": "Weekly contact while waiting",
    "name_primary": "Name who works with the client",
    "bring_plan": "Bring over the last treatment plan",
    "bring_safety_plan": "Bring over the last safety plan",
    "bring_medicines": "Bring over the list of medicines",
    "intensity_review": "Look at the intensity again",
    "intensity": "Look at how often you meet",
    "hand_off": "Take the client over",
    "cover": "Say who covers",
    "call": "Call",
    "other": "Other",
}


class Task(Fields):
    """One task; who is named does it, with nobody named the client's primary worker."""

    what: Code | None = None
    title: Line | None = None
    owner: Id | None = None
    role: Code | None = None
    """With nobody named: whose role in the client's team it is, instead of the primary worker's."""
    due: Instant | None = None
    source: Hash | None = None
    """The entry that brought it about."""
    source_kind: Code | None = None
    done: Yes | None = None
    outcome: Line | None = None
    """What came of it, in words."""
    cancelled: Yes | None = None


def check(doc: Mapping[str, Json], _: Signing) -> Sequence[Problem]:
    """Return what stands against a task made by hand: somebody must know what to do and by when."""
    found: list[Problem] = []
    if not (doc.get("title") or "").strip():
        found.append(Problem("title", "Say what is to be done.", stops=True))
    if not doc.get("due"):
        found.append(Problem("due", "Say by when.", stops=True))
    return found


def _index(view: View) -> IndexRow:
    due = view.get("due")
    state = "cancelled" if view.get("cancelled") else "done" if view.get("done") else "open"
    return IndexRow(
        view.first_ms,
        view.get("title") or WHATS.get(view.get("what") or "", "Task"),
        state=state,
        owner=view.get("owner") or "",
        due_ms=instant_ms(due) if due else None,
    )


KIND = Kind(
    name="task",
    label="Task",
    cls="working",
    model=Task,
    audience=("team",),
    sticky=frozenset({"done", "cancelled"}),
    labels={
        "what": "What", "title": "Task", "owner": "Who", "role": "Whose role", "due": "By", "outcome": "What came of it",
        "done": "Done", "cancelled": "Cancelled",
    },
    sign_checks=check,
    index=_index,
)  # fmt: skip
