"""A progress note: the narrative of a contact, signed by its author (clinical.md 2.11)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher
from typing import Any

from ..canonical import Json
from ..defaults import setting
from ..envelope import instant_ms
from ..fold import View
from ..kind import Fact, Fields, IndexRow, Kind, Problem, Signing
from ..note_tables import FORMATS as FORMATS
from ..note_tables import GROUP, Prompt, gap_in, prompts_of
from ..note_tables import MED_VISIT as MED_VISIT
from ..note_tables import SECTIONS as SECTIONS
from ..types import Choices, Code, Count, Hash, Id, Instant, Line, Prose, Step, Yes

RISK_ANSWERS: Choices = {
    "none_observed": "None observed",
    "asked_denied": "Asked and denied",
    "present": "Present",
}


LINES: Choices = {
    "function": "Function",
    "substance_use": "Substance use",
    "meds_line": "Medicines",
    "interpreter": "Interpreter",
    "telehealth_line": "Telehealth",
    "next_contact": "Next contact",
    "life_event": "Life event",
}
"""Common blocks of one line each."""


INTERVENTION = "intervention"
"""The fact that a note says something was done; one for each thing and note (programs.md 66)."""


class RiskBlock(Fields):
    """The question that every note answers."""

    answer: Code | None = None
    detail: Prose | None = None
    level: Code | None = None
    """With `present`: the author's own judgement, which raises the client's risk."""
    red_flags: list[Code] | None = None
    """With `present`: what asks for a higher level of care, as in `risk.RED_FLAGS`."""


class GoalProgress(Fields):
    """How far one of the note's goals moved."""

    goal: Line
    step: Step


NO_GOAL = "no_goal"
"""What the fact of a note says that names neither a goal nor why it has none."""


class Note(Fields):
    """One note."""

    format: Code
    prompts: list[Prompt] | None = None
    """The sections in order with the words above them, as they were when the note was begun."""
    sections: dict[str, Prose] = {}
    contact: Id | None = None
    service_start: Instant | None = None
    service_stop: Instant | None = None
    tz: Line | None = None
    risk_block: RiskBlock | None = None
    goals: list[Line] | None = None
    plan_goals: dict[Code, Line] | None = None
    """Goals of the treatment plan by id, in the words under which they were named; written when it is signed or saved."""
    no_goal_reason: Line | None = None
    progress: list[GoalProgress] | None = None
    interventions: list[Code] | None = None
    mse_quick: list[Code] | None = None
    function: Line | None = None
    substance_use: Line | None = None
    meds_line: Line | None = None
    participation: Line | None = None
    client_saw_note: Code | None = None
    interpreter: Line | None = None
    telehealth_line: Line | None = None
    next_contact: Line | None = None
    life_event: Line | None = None
    """What has happened that may call for more contact: a birth, a death, a job, school (clinical.md 2.7)."""
    pmp_checked: Yes | None = None
    """Of a medical visit: whether the state's prescription monitoring program was looked up."""
    medications: list[Line] | None = None
    """Of a medical visit: the medication list as it stood when this was signed."""
    session: Id | None = None
    """The group session that it was a part of."""
    group: Line | None = None
    module: Line | None = None
    topic: Line | None = None
    attendance: Code | None = None
    participation_score: Count | None = None
    """From 0 to 3."""
    homework: Line | None = None
    """What was given to do until the next time."""
    homework_given: Yes | None = None
    homework_done: Code | None = None
    """Of what was set the time before."""
    facilitators: list[Line] | None = None
    """Who led the group, with credentials."""
    late_reason: Prose | None = None
    template: Hash | None = None
    moved_from: Hash | None = None


def text_of(doc: Mapping[str, Any]) -> str:
    """Return a note's narrative as one text, in the order of its format."""
    sections = doc.get("sections") or {}
    order = prompts_of(doc)
    return "\n\n".join(
        sections[name] for name in (*order, *sorted(set(sections) - set(order))) if sections.get(name)
    )


def is_late(doc: Mapping[str, Any], at_ms: int, settings: Mapping[str, int]) -> bool:
    """Tell whether a note signed at a moment is a late entry (clinical.md 4.1)."""
    ended = doc.get("service_stop") or doc.get("service_start")
    return bool(ended) and at_ms - instant_ms(str(ended)) > setting(settings, "note_limit_h") * 3_600_000


def check(doc: Mapping[str, Json], signing: Signing) -> Sequence[Problem]:
    """Return what stands against signing a note (clinical.md 2.11)."""
    found: list[Problem] = []
    least = setting(signing.settings, "section_min_chars")
    sections = doc.get("sections") or {}
    for name, label in prompts_of(doc).items():
        own = doc.get("format") == GROUP and name == "response"
        # What a group's note says of its own person is never left out (clinical.md 2.13).
        needed = setting(signing.settings, "group_response_min_chars") if own else least
        if len((sections.get(name) or "").strip()) < needed:
            title = label.partition(":")[0]
            found.append(
                Problem(f"sections.{name}", f"{title} has fewer than {needed} characters.", stops=own)
            )
    if not doc.get("service_start") or not doc.get("service_stop"):
        found.append(Problem("service_start", "Give start and stop of the service.", stops=True))
    elif instant_ms(doc["service_stop"]) > signing.at_ms + 5 * 60_000:
        found.append(
            Problem("service_start", "The service ends in the future: check date and time.", stops=True)
        )
    answer = (doc.get("risk_block") or {}).get("answer")
    if answer not in RISK_ANSWERS:
        found.append(Problem("risk_block", "Answer the risk question.", stops=True))
    elif answer == "present" and not (doc["risk_block"].get("level") or ""):
        found.append(Problem("risk_block", "Risk is present: choose its level.", stops=True))
    if not doc.get("goals") and not (doc.get("no_goal_reason") or "").strip():
        found.append(Problem("goals", "Name a goal that this worked on, or say why none.", stops=False))
    if doc.get("format") == MED_VISIT and doc.get("pmp_checked") is None:
        found.append(
            Problem(
                "pmp_checked", "Say whether the prescription monitoring program was checked.", stops=False
            )
        )
    first_ms = signing.at_ms if signing.first_ms is None else signing.first_ms
    if is_late(doc, first_ms, signing.settings) and not (doc.get("late_reason") or "").strip():
        hours = setting(signing.settings, "note_limit_h")
        found.append(Problem("late_reason", f"This is a late entry (over {hours} h): say why.", stops=True))
    found += _gaps(doc)
    text = text_of(doc)
    limit = setting(signing.settings, "clone_warn_percent")
    for earlier in signing.earlier[:3]:
        if len(text) > 80 and SequenceMatcher(None, text, earlier, autojunk=False).ratio() * 100 >= limit:
            found.append(Problem("sections", "This looks copied from one of your last notes.", stops=False))
            break
    return found


def _gaps(doc: Mapping[str, Json]) -> list[Problem]:
    """Return where a placeholder was left, each at its field."""
    texts = {f"sections.{name}": text for name, text in (doc.get("sections") or {}).items()}
    texts |= {name: doc.get(name) for name in LINES}
    return [
        Problem(name, f"A placeholder is still in the text: {gap}", stops=False)
        for name, text in texts.items()
        if text and (gap := gap_in(text))
    ]


def _called(doc: Mapping[str, Json]) -> str:
    code = str(doc.get("format") or "")
    return FORMATS.get(code, code).lower() if "_" in code else code


def _index(view: View) -> IndexRow:
    doc = view.doc
    start = doc.get("service_start")
    author = view.steps[0].author if view.steps else ""
    status = "error" if view.in_error else view.status
    return IndexRow(
        instant_ms(start) if start else view.first_ms,
        f"{_called(doc)} note".strip(),
        state=status,
        owner=author,
    )


def _derive(view: View) -> dict[str, Json]:
    signed = [step for step in view.steps if step.status != "error"]
    return {"signed_at_ms": signed[0].at_ms if signed else None}


def lacks_goal(doc: Mapping[str, Any]) -> bool:
    """Tell whether a note names neither a goal nor why it has none (clinical.md 2.11, 5.16)."""
    return not doc.get("goals") and not str(doc.get("no_goal_reason") or "").strip()


def _facts(view: View) -> Sequence[Fact]:
    if view.in_error or not view.steps:
        return ()
    first = view.steps[0]
    ended = view.doc.get("service_stop")
    waited = (first.at_ms - instant_ms(ended)) // 60_000 if ended else 0
    # What was done is counted on the day on which it was done, however late the note was.
    started = view.doc.get("service_start")
    done_ms = instant_ms(started) if started else first.at_ms
    done = dict.fromkeys(view.doc.get("interventions") or ())
    return [
        Fact(
            "note",
            first.at_ms,
            staff=first.author,
            minutes=max(0, waited),
            value=view.status,
            extra=NO_GOAL if lacks_goal(view.doc) else "",
        ),  # fmt: skip
        *(Fact(INTERVENTION, done_ms, staff=first.author, value=code) for code in done),
    ]


KIND = Kind(
    name="note",
    label="Progress note",
    cls="single",
    model=Note,
    audience=("notes",),
    labels={
        "format": "Format",
        "sections": "Text",
        "risk_block": "Risk",
        "goals": "Goals",
        "progress": "Progress",
        "no_goal_reason": "Why no goal",
        "interventions": "Interventions",
        "mse_quick": "Mental status",
        **LINES,
        "participation": "Took part",
        "group": "Group",
        "module": "Module",
        "topic": "Topic",
        "attendance": "Attendance",
        "participation_score": "Participation, 0 to 3",
        "homework": "Homework given",
        "homework_done": "Homework from last time",
        "facilitators": "Facilitators",
        "client_saw_note": "Client saw the note",
        "pmp_checked": "PMP checked",
        "medications": "Medication list",
        "late_reason": "Why late",
        "service_start": "Service start",
        "service_stop": "Service stop",
    },
    sign_checks=check,
    derive=_derive,
    index=_index,
    facts=_facts,
    search_text=lambda view: text_of(view.doc),
)
