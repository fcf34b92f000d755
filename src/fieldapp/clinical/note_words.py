"""A progress note as headed text: the same words for reading, for signing and for paper. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ..records.group_tables import ATTENDANCE, HOMEWORK, PARTICIPATION
from ..records.kinds.note import FORMATS, LINES, RISK_ANSWERS
from ..records.kinds.risk import LEVELS, RED_FLAGS
from ..records.note_tables import INTERVENTIONS, MSE, PROGRESS, SAW_NOTE, label_of, prompts_of
from .time_words import span


def note_rows(doc: Mapping[str, Any], tz: str) -> list[tuple[str, str]]:
    """Return (heading, text) of all that a note says, in the order in which it is read; empty texts included."""
    return [
        ("Service", span(doc.get("service_start"), doc.get("service_stop"), tz)),
        *of_group(doc),
        *section_rows(doc),
        ("Risk", _risk(doc.get("risk_block") or {})),
        ("Medication list", "\n".join(str(line) for line in doc.get("medications") or [])),
        ("PMP checked", _yes(doc.get("pmp_checked"))),
        ("Goals", "\n".join(_goal(goal, doc) for goal in doc.get("goals") or [])),
        ("Why no goal", str(doc.get("no_goal_reason") or "")),
        ("Interventions", _codes(INTERVENTIONS, doc.get("interventions"))),
        ("Mental status seen", _codes(MSE, doc.get("mse_quick"))),
        *((label, str(doc.get(name) or "")) for name, label in LINES.items()),
        ("Client saw the note", _said(SAW_NOTE, doc.get("client_saw_note"))),
        ("Who took part, and how", str(doc.get("participation") or "")),
        ("Why late", str(doc.get("late_reason") or "")),
        ("Format", _said(FORMATS, doc.get("format"))),
    ]


def participation_words(value: Any) -> str:
    """Return how somebody took part in a group; "" for an open answer."""
    return PARTICIPATION.get(str(value), str(value)) if value is not None else ""


def of_group(doc: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return heading and text of what a person's note or contact says of the group that it was written in."""
    return [
        ("Group", ": ".join(filter(None, [str(doc.get("group") or ""), str(doc.get("module") or "")]))),
        ("Topic", str(doc.get("topic") or "") if doc.get("session") else ""),
        ("Attendance", _said(ATTENDANCE, doc.get("attendance"))),
        ("Participation", participation_words(doc.get("participation_score"))),
        ("Homework from last time", _said(HOMEWORK, doc.get("homework_done"))),
        ("Homework given", str(doc.get("homework") or "")),
        ("Led by", "; ".join(str(name) for name in doc.get("facilitators") or ())),
    ]


def section_rows(doc: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return the narrative under the headings that its author saw; text of another format comes last."""
    order = prompts_of(doc)
    sections = doc.get("sections") or {}
    names = (*order, *sorted(set(sections) - set(order)))
    return [(order.get(name) or label_of(name), str(sections.get(name) or "")) for name in names]


def _risk(block: Mapping[str, Any]) -> str:
    said = ": ".join(
        filter(None, [_said(RISK_ANSWERS, block.get("answer")), _said(LEVELS, block.get("level"))])
    )
    flags = "; ".join(_said(RED_FLAGS, code) for code in block.get("red_flags") or ())
    red = f"Red flag: {flags}" if flags else ""
    return "\n".join(filter(None, [said, red, str(block.get("detail") or "")]))


def _goal(goal: Any, doc: Mapping[str, Any]) -> str:
    """Return a goal and how far it moved."""
    steps = [str(row.get("step")) for row in doc.get("progress") or () if row.get("goal") == goal]
    moved = ", ".join(PROGRESS.get(step, step) for step in steps)
    return f"{goal}: {moved}" if moved else str(goal)


def _said(table: Mapping[str, str], code: Any) -> str:
    return table.get(str(code or ""), str(code or ""))


def _codes(table: Mapping[str, str], codes: Iterable[Any] | None) -> str:
    return "; ".join(filter(None, (_said(table, code) for code in codes or ())))


def _yes(value: Any) -> str:
    return {True: "Yes", False: "No"}.get(value, "")
