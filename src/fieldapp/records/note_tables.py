"""What a note can say: its formats with their prompts, and the tables of its common blocks (clinical.md 2.11).

The wording is ours. An agency may word the prompts of a format in its own way and choose a format by type of
contact; both stand in its program record.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .kind import Fields
from .types import Choices, Code, Line

MED_VISIT = "med_visit"
"""The prescriber's note: evaluation or follow-up, with the medication list signed beside it (clinical.md 2.17)."""
BRIEF = "contact_brief"
"""A few words about a contact that was no session."""
GROUP = "group"
"""What a group session leaves for each person who was there: what all did, and their own part in it."""
USUAL = "DAP"
OTHER = "other"
"""In a program's table: the format of every type of contact that it does not name."""

FORMATS: Choices = {
    "DAP": "DAP",
    "SOAP": "SOAP",
    "BIRP": "BIRP",
    "SIRP": "SIRP",
    "GIRP": "GIRP",
    "narrative": "Narrative",
    BRIEF: "Brief contact",
    MED_VISIT: "Medical visit",
    GROUP: "Group",
}
_ANSWER = {
    "response": "Response: what the client said and did with it",
    "plan": "Plan: next steps, who and when",
}
_DONE = {"intervention": "Intervention: what you did, and how"}
SECTIONS: Mapping[str, Choices] = {
    "DAP": {
        "data": "Data: what was seen and said",
        "assessment": "Assessment: meaning and progress",
        "plan": "Plan: next steps",
    },
    "SOAP": {
        "subjective": "Subjective: the client's words",
        "objective": "Objective: observed",
        "assessment": "Assessment: judgement",
        "plan": "Plan",
    },
    "BIRP": {"behavior": "Behavior: what the client did and showed"} | _DONE | _ANSWER,
    "SIRP": {"situation": "Situation: what brought you together"} | _DONE | _ANSWER,
    "GIRP": {"goal": "Goal: what this session worked on"} | _DONE | _ANSWER,
    "narrative": {"narrative": "Narrative"},
    BRIEF: {"brief": "What happened, and what comes next"},
    MED_VISIT: {
        "interval": "Interval history: what happened since",
        "mse": "Mental status",
        "response": "Response to treatment",
        "side_effects": "Side effects",
        "plan": "Plan",
    },
    GROUP: {
        "session": "Session: what the group did",
        "response": "Response: how this person took part",
    },
}
BY_TYPE: Mapping[str, str] = {
    "housing_landlord": BRIEF,
    "measure_only": BRIEF,
    "transport_with_service": BRIEF,
}
"""Formats by type of contact where a program says nothing."""

INTERVENTIONS: Choices = {
    "mi": "Motivational interviewing",
    "cbt": "CBT",
    "dbt": "DBT skills",
    "exposure": "Exposure",
    "behavioral_activation": "Behavioral activation",
    "trauma_informed": "Trauma-informed",
    "tf_cbt": "TF-CBT",
    "emdr_informed": "EMDR-informed",
    "relapse_prevention": "Relapse prevention",
    "skills": "Skills training",
    "psychoeducation": "Psychoeducation",
    "problem_solving": "Problem solving",
    "supportive": "Supportive counseling",
    "mindfulness": "Mindfulness, grounding",
    "safety_planning": "Safety planning",
    "med_support": "Medication support",
    "family": "Family work",
    "peer": "Peer support",
    "engagement": "Engagement",
    "coordination": "Coordination of care",
}
"""What was done. Codes are counted, words may be reworded; a code is never used again for something else."""
MSE: Choices = {
    "as_usual": "As usual for this client",
    "neat": "Neat",
    "unkempt": "Unkempt",
    "cooperative": "Cooperative",
    "guarded": "Guarded",
    "agitated": "Agitated",
    "slowed": "Slowed",
    "mood_low": "Low mood",
    "mood_anxious": "Anxious",
    "mood_irritable": "Irritable",
    "mood_elevated": "Elevated mood",
    "affect_full": "Full affect",
    "affect_flat": "Flat affect",
    "affect_labile": "Labile affect",
    "speech_pressured": "Pressured speech",
    "speech_sparse": "Sparse speech",
    "thought_linear": "Linear thought",
    "thought_disorganized": "Disorganized thought",
    "delusions": "Delusions",
    "hallucinations": "Hallucinations",
    "oriented": "Oriented",
    "disoriented": "Disoriented",
    "memory_poor": "Poor memory",
    "insight_fair": "Fair insight",
    "insight_poor": "Poor insight",
}
"""Mental status by one key each: what was observed, never a diagnosis."""
SAW_NOTE: Choices = {
    "wrote_together": "Written together",
    "read_it": "Read it",
    "read_aloud": "Read aloud to them",
    "offered_declined": "Offered, declined",
    "not_offered": "Not offered",
}
PROGRESS: Choices = {
    "-2": "−2 Much worse",
    "-1": "−1 Worse",
    "0": "0 No change",
    "1": "+1 Better",
    "2": "+2 Much better",
}
"""Progress on one goal, in words; stored as a whole number from -2 to 2."""

_GAP = re.compile(r"\*\*\*|\[\s*(?:\.\.\.|…|\?)?\s*\]|_{3,}|\bTODO\b|\bXXX\b")


class Prompt(Fields):
    """One section of a format: its name and the words above it."""

    name: Code
    label: Line


class Snippet(Fields):
    """Text that is put into a note by its name."""

    name: Line
    text: str


def gap_in(text: str) -> str:
    """Return the first placeholder that was left in a text; "" if there is none (clinical.md 2.11)."""
    # One of these is in every placeholder; looking for them is ten times as fast as the pattern, and nearly always enough.
    if (
        "[" not in text
        and "***" not in text
        and "___" not in text
        and "TODO" not in text
        and "XXX" not in text
    ):
        return ""
    found = _GAP.search(text)
    return found.group() if found else ""


def words_in(text: str) -> int:
    """Return how many words a text has."""
    return len(text.split())


def prompts_of(doc: Mapping[str, Any]) -> dict[str, str]:
    """Return a note's sections in order, with the words it was begun with; else those of its format today."""
    own = {str(row.get("name")): str(row.get("label")) for row in doc.get("prompts") or () if row.get("name")}
    return own or dict(SECTIONS.get(str(doc.get("format") or ""), {}))


def label_of(section: str) -> str:
    """Return the heading of a section whose format is not known."""
    for table in SECTIONS.values():
        if section in table:
            return table[section]
    return section.replace("_", " ").capitalize()


@dataclass(frozen=True, slots=True)
class Agreed:
    """What a program agreed on for its notes."""

    formats: Mapping[str, str] = field(default_factory=dict)
    """By type of contact; `other` for the rest."""
    prompts: Mapping[str, Sequence[Mapping[str, str]]] = field(default_factory=dict)
    """By format: its sections in the agency's own words."""
    snippets: Sequence[tuple[str, str]] = ()
    """Name and text of what everybody of the program may put into a note."""

    def prompts_for(self, used: str) -> list[dict[str, str]]:
        """Return the sections of a format as they are agreed today, to be kept in the note."""
        own = self.prompts.get(used)
        if own:
            return [{"name": str(row["name"]), "label": str(row["label"])} for row in own]
        return [{"name": name, "label": label} for name, label in SECTIONS.get(used, {}).items()]

    def format_for(self, contact_type: str, last: str = "") -> str:
        """Return the format that a note on a type of contact starts with; `last` is that of the note before."""
        for used in (
            self.formats.get(contact_type, ""),
            BY_TYPE.get(contact_type, ""),
            self.formats.get(OTHER, ""),
            "" if last in (BRIEF, MED_VISIT, GROUP) else last,
        ):
            if used in FORMATS:
                return used
        return USUAL
