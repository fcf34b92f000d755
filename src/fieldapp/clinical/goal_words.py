"""A treatment plan in words, as staff read it: the same on screen, for signing, for comparing and on paper. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..records.kinds.consent import METHODS
from ..records.kinds.treatment_plan import COPIES, DOMAINS, MODALITIES, SOURCES, STATES, TOOK_PART, ordered

GOAL = "Goal "
"""How the headings of goals begin."""


def word(table: Mapping[str, str], code: Any) -> str:
    """Return a code in words; one that this version does not know as it is."""
    return table.get(str(code or ""), str(code or ""))


def need_words(row: Mapping[str, Any]) -> str:
    """Return what the plan answers to, and who says so."""
    source = word(SOURCES, row.get("source"))
    return f"{row.get('text') or ''} ({source})" if source else str(row.get("text") or "")


def objective_words(row: Mapping[str, Any]) -> str:
    """Return one step that can be measured."""
    reach = " → ".join(str(row[name]) for name in ("baseline", "target") if row.get(name))
    measured = ": ".join(filter(None, (str(row.get("measure") or ""), reach)))
    due = f"by {row['due']}" if row.get("due") else ""
    return " · ".join(filter(None, (str(row.get("text") or ""), measured, due)))


def help_words(row: Mapping[str, Any]) -> str:
    """Return what is done for a goal: what, how, how often, by whom."""
    parts = (
        row.get("what"), word(MODALITIES, row.get("modality")), row.get("frequency"), row.get("who"), row.get("code"),
    )  # fmt: skip
    return " · ".join(str(part) for part in parts if part)


def goal_lines(goal: Mapping[str, Any]) -> list[str]:
    """Return what a version says of a goal below its words."""
    state = word(STATES, goal.get("status") or "active")
    target = f"until {goal['target_date']}" if goal.get("target_date") else ""
    head = " · ".join(filter(None, (word(DOMAINS, goal.get("domain")), state, target)))
    need = f"Because: {goal['need']}" if goal.get("need") else ""
    steps = [f"Step: {text}" for row in goal.get("objectives") or () if (text := objective_words(row))]
    helps = [f"Help: {text}" for row in goal.get("help") or () if (text := help_words(row))]
    return [line for line in (head, need, *steps, *helps) if line]


def changed_rows(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[tuple[str, list[str], list[str]]]:
    """Return heading, lines before and lines after; a goal is compared with itself, however it is worded."""
    before, after = dict(ordered(old)), dict(ordered(new))
    found = []
    for goal_id in dict.fromkeys([*after, *before]):
        sides = [
            [str(goal.get("words") or ""), *goal_lines(goal)] if goal else []
            for goal in (before.get(goal_id), after.get(goal_id))
        ]
        words = str((after.get(goal_id) or before[goal_id]).get("words") or "")
        found.append((f"Goal: {words}", sides[0], sides[1]))
    rest_before, rest_after = (
        {label: text.split("\n") for label, text in plan_rows(doc) if text and not label.startswith(GOAL)}
        for doc in (old, new)
    )
    labels = dict.fromkeys([*rest_after, *rest_before])
    return found + [(label, rest_before.get(label, []), rest_after.get(label, [])) for label in labels]


def plan_rows(doc: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return a version as headings with text; those without text too."""
    part = word(TOOK_PART, doc.get("participation"))
    reason = str(doc.get("participation_reason") or "")
    found = [
        ("The client", ": ".join(filter(None, (part, reason)))),
        ("Needs", "\n".join(filter(None, (need_words(row) for row in doc.get("needs") or ())))),
        ("Strengths", str(doc.get("strengths") or "")),
    ]
    for number, (_, goal) in enumerate(ordered(doc), 1):
        found.append((f"{GOAL}{number}: {goal.get('words') or ''}", "\n".join(goal_lines(goal))))
    signed = " · ".join(
        str(one)
        for one in (word(METHODS, doc.get("signature")), doc.get("signed_name"), doc.get("signed_on"))
        if one
    )
    found += [
        ("What supports do", str(doc.get("supports_role") or "")),
        ("When less is enough", str(doc.get("step_down") or "")),
        ("Made with", str(doc.get("made_with") or "")),
        ("Client signed", signed),
        ("Witness", str(doc.get("witness") or "")),
        ("Copy offered", word(COPIES, doc.get("copy_offered"))),
        ("Look at it again by", str(doc.get("review_due") or "")),
    ]
    return found
