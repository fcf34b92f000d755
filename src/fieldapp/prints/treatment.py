"""The treatment plan as the client keeps it (clinical.md 2.16, 9.4).

It names no client. What an assessment says stays off the paper, and so do service codes: needs are on it only in the
client's own words.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from ..records.kinds.treatment_plan import is_open, ordered
from . import words
from .plan import Agency
from .sheet import Block, Facts, Language, Section, Sheet


@dataclass(frozen=True, slots=True)
class Headings:
    """Our own words of one language."""

    title: str
    needs: str
    strengths: str
    step: str
    by: str
    help: str
    until: str
    supports: str
    step_down: str
    partly: str
    refused: str
    next_look: str
    signed: str
    me: str
    worker: str
    approved: str
    states: Mapping[str, str]


HEADINGS: Mapping[Language, Headings] = {
    "en": Headings(
        title="My plan", needs="Why I made this plan", strengths="What I am good at", step="I will see: {}", by="{}, by {}",
        help="We do: {}", until="Until {}", supports="Who helps me, and with what", step_down="How we will see that I need less",
        partly="What I do not agree to", refused="I did not agree to this plan", next_look="We look at it again by",
        signed="Signed", me="Me", worker="My worker", approved="Approved by",
        states={"paused": "Paused for now", "met": "Reached", "stopped": "Let go"},
    ),
    "es": Headings(
        title="Mi plan", needs="Por qué hice este plan", strengths="Lo que se me da bien", step="Voy a ver: {}", by="{}, antes del {}",
        help="Hacemos: {}", until="Hasta el {}", supports="Quién me ayuda, y con qué",
        step_down="Cómo veremos que necesito menos", partly="Con lo que no estoy de acuerdo",
        refused="No estuve de acuerdo con este plan", next_look="Lo revisamos antes del", signed="Firmas", me="Yo",
        worker="Mi trabajador o trabajadora", approved="Aprobado por",
        states={"paused": "En pausa por ahora", "met": "Logrado", "stopped": "Dejado"},
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Signatures:
    """Who signed: names with credentials as they were; "" leaves a line to sign on."""

    client: str = ""
    author: str = ""
    approver: str = ""
    needs_approval: bool = False


def treatment_sheet(
    doc: Mapping[str, Any],
    version: int,
    signed: date,
    next_due: str,
    signatures: Signatures,
    agency: Agency,
    language: Language,
) -> Sheet:
    """Return a version in the client's own words, with our headings in a language."""
    said, common = HEADINGS[language], words.WORDS[language]
    mine = [
        str(row["text"])
        for row in doc.get("needs") or ()
        if row.get("source") == "client" and row.get("text")
    ]
    blocks: list[Block] = [*_section(said.needs, *mine), *_section(said.strengths, doc.get("strengths"))]
    for _, goal in ordered(doc):
        title = str(goal.get("words") or "")
        blocks.append(Section(title, tuple(_goal_lines(goal, said, language)), 0, True))
    part = doc.get("participation")
    if part in ("partly", "refused"):
        heading = said.refused if part == "refused" else said.partly
        blocks += _section(heading, doc.get("participation_reason"))
    blocks += _section(said.supports, doc.get("supports_role"))
    blocks += _section(said.step_down, doc.get("step_down"))
    rows = _signed(part, signatures, said)
    if day := _day(next_due):
        rows.append((said.next_look, words.day_words(day, language)))
    blocks.append(Facts(said.signed, tuple(rows)))
    blocks.append(words.numbers(language, agency.phone, agency.local_line, agency.county))
    subtitle = common.version.format(version, words.day_words(signed, language))
    return Sheet(
        language=language,
        title=said.title,
        subtitle=subtitle,
        blocks=tuple(blocks),
        foot=common.agency.format(agency.name) if agency.name else "",
        page_words=common.page,
    )


def _section(title: str, *texts: object) -> list[Block]:
    found = tuple(line for text in texts for line in str(text or "").splitlines() if line.strip())
    return [Section(title, found)] if found else []


def _goal_lines(goal: Mapping[str, Any], said: Headings, language: Language) -> list[str]:
    found = []
    state = str(goal.get("status") or "")
    if not is_open(goal) and state in said.states:
        found.append(said.states[state])
    if day := _day(goal.get("target_date")):
        found.append(said.until.format(words.day_words(day, language)))
    for row in goal.get("objectives") or ():
        text = " · ".join(str(row[name]) for name in ("text", "target") if row.get(name))
        due = _day(row.get("due"))
        if text:
            shown = said.by.format(text, words.day_words(due, language)) if due else text
            found.append(said.step.format(shown))
    for row in goal.get("help") or ():
        text = ", ".join(str(row[name]) for name in ("what", "frequency", "who") if row.get(name))
        if text:
            found.append(said.help.format(text))
    return found


def _signed(part: object, signatures: Signatures, said: Headings) -> list[tuple[str, str]]:
    rows = [] if part == "refused" else [(said.me, signatures.client)]
    rows.append((said.worker, signatures.author))
    if signatures.approver or signatures.needs_approval:
        rows.append((said.approved, signatures.approver))
    return rows


def _day(text: object) -> date | None:
    try:
        return date.fromisoformat(str(text or ""))
    except ValueError:
        return None
