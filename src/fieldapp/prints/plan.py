"""The safety plan as the client keeps it, and the empty one (clinical.md 2.15, 9.4).

It is a copy for a pocket or a fridge: it names no client, no diagnosis and nothing that only staff see.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from ..records.kinds.safety_plan import STEPS
from . import words
from .sheet import Language, Section, Sheet

RULED, RULED_EMPTY = 4, 2
"""Lines to write on: in a step of the empty plan, and in one that has no words yet."""


@dataclass(frozen=True, slots=True)
class Agency:
    """What a paper says of the agency; "" is a line to write on, or for the name nothing."""

    phone: str = ""
    """Answered day and night."""
    local_line: str = ""
    name: str = ""
    """Only where the program wants its name on what clients carry."""
    county: str = ""
    """Whose crisis line it is; "" where it is the program's."""


def plan_sheet(
    doc: Mapping[str, Any], version: int, signed: date, agency: Agency, language: Language
) -> Sheet:
    """Return a version of a plan in the client's own words, with our labels in a language."""
    said = words.WORDS[language]
    sections = [
        Section(
            said.steps[step], lines := tuple(_lines(doc, step, language)), 0 if lines else RULED_EMPTY, True
        )
        for step in STEPS
        if step != "means" or doc.get("print_means")
    ]
    subtitle = said.version.format(version, words.day_words(signed, language))
    return _sheet(sections, subtitle, agency, language)


def blank_sheet(agency: Agency, language: Language) -> Sheet:
    """Return a plan with empty steps, to be written by hand."""
    said = words.WORDS[language]
    sections = [Section(said.steps[step], (), RULED, True) for step in STEPS]
    return _sheet(sections, f"{said.date}: ____________________", agency, language)


def _sheet(sections: Sequence[Section], subtitle: str, agency: Agency, language: Language) -> Sheet:
    said = words.WORDS[language]
    return Sheet(
        language=language,
        title=said.plan,
        subtitle=subtitle,
        blocks=(*sections, words.numbers(language, agency.phone, agency.local_line, agency.county)),
        foot=said.agency.format(agency.name) if agency.name else "",
        page_words=said.page,
    )


def _lines(doc: Mapping[str, Any], step: str, language: Language) -> list[str]:
    found = []
    for line in doc.get(step) or ():
        if isinstance(line, str):
            found.append(line)
        elif step == "means":
            found.append(_means(line, language))
        else:
            found.append(_person(line))
    return [line for line in found if line.strip()]


def _person(row: Mapping[str, Any]) -> str:
    """Return somebody to call: who, what they are to the client, and the number; nothing else of them."""
    name = ", ".join(str(row[part]) for part in ("name", "relation") if row.get(part))
    return ": ".join(part for part in (name, str(row.get("phone") or "")) if part)


def _means(row: Mapping[str, Any], language: Language) -> str:
    """Return one danger and what was agreed; its kind and who can reach it are for staff."""
    said = words.WORDS[language]
    action = str(row.get("action") or "")
    who = said.by.format(row["who"]) if row.get("who") else ""
    agreed = " ".join(part for part in (said.actions.get(action, ""), who) if part)
    return ": ".join(part for part in (str(row.get("text") or ""), agreed) if part)
