"""What a client takes along after a discharge: appointments, who stays, own warning signs, how to come back (clinical.md 2.21).

It names no client. The summary, measures, the reason and who gets the papers are for staff and stay off it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from ..records.kinds.discharge import HANDED, appointments
from . import words
from .plan import Agency
from .sheet import Block, Facts, Language, Section, Sheet

_RULED = 3


@dataclass(frozen=True, slots=True)
class Headings:
    """Our own words of one language."""

    title: str
    left: str
    next: str
    no_day: str
    stays: str
    signs: str
    back: str
    reached: str
    medicines: str
    ask_medicines: str
    plan: str
    plan_have: str
    plan_none: str


HEADINGS: Mapping[Language, Headings] = {
    "en": Headings(
        title="After the program", left="I left on {}", next="My next appointments", no_day="Day to be agreed",
        stays="Who stays with me", signs="Signs that it gets worse, in my words",
        back="If I want to come back", reached="What I reached", medicines="My medicines",
        ask_medicines="Ask your prescriber or pharmacy before you change anything.",
        plan="My safety plan", plan_have="I have it: version {}. It still holds.",
        plan_none="I left without one. The numbers below are always there.",
    ),
    "es": Headings(
        title="Después del programa", left="Salí el {}", next="Mis próximas citas", no_day="Fecha por acordar",
        stays="Quién sigue conmigo", signs="Señales de que empeora, en mis palabras",
        back="Si quiero volver", reached="Lo que logré", medicines="Mis medicinas",
        ask_medicines="Pregunte a quien las receta o a la farmacia antes de cambiar algo.",
        plan="Mi plan de seguridad", plan_have="Lo tengo: versión {}. Sigue valiendo.",
        plan_none="Salí sin un plan. Los números de abajo siempre están.",
    ),
}  # fmt: skip


def aftercare_sheet(doc: Mapping[str, Any], agency: Agency, language: Language) -> Sheet:
    """Return the client's sheet of a signed discharge, with our headings in a language; their words are not translated."""
    said, common = HEADINGS[language], words.WORDS[language]
    left = _day(doc.get("date"))
    blocks: list[Block] = [_appointments(doc, said, language)]
    blocks += _section(said.stays, *(_support(row) for row in doc.get("supports") or ()))
    blocks += _section(said.signs, *(doc.get("relapse_signs") or ()))
    blocks.append(Section(said.plan, (_plan(doc, said),)))
    blocks += _section(said.back, *str(doc.get("return_instructions") or "").splitlines())
    medicines = [str(row) for row in doc.get("medicines") or ()]
    if medicines:
        blocks += _section(said.medicines, *medicines, said.ask_medicines)
    reached = [row for row in doc.get("goals") or () if row.get("status") in ("met", "partly")]
    blocks += _section(said.reached, *(str(row.get("words") or "") for row in reached))
    blocks.append(words.numbers(language, agency.phone, agency.local_line, agency.county))
    return Sheet(
        language=language,
        title=said.title,
        subtitle=said.left.format(words.day_words(left, language)) if left else "",
        blocks=tuple(blocks),
        foot=common.agency.format(agency.name) if agency.name else "",
        page_words=common.page,
    )


def _appointments(doc: Mapping[str, Any], said: Headings, language: Language) -> Block:
    rows = []
    for row in appointments(doc):
        day = _day(row.get("when"))
        when = words.day_words(day, language, weekday=True) if day else said.no_day
        at = str(row.get("time") or "")
        whom = ", ".join(filter(None, [str(row.get("who") or ""), str(row.get("where") or "")]))
        rows.append((words.WORDS[language].at.format(when, at) if at else when, whom))
    return Facts(said.next, tuple(rows)) if rows else Section(said.next, (), _RULED)


def _support(row: Mapping[str, Any]) -> str:
    return ", ".join(filter(None, [str(row.get(name) or "") for name in ("name", "relation", "phone")]))


def _plan(doc: Mapping[str, Any], said: Headings) -> str:
    if doc.get("plan_disposition") in HANDED and doc.get("plan_version"):
        return said.plan_have.format(doc["plan_version"])
    return said.plan_none


def _section(title: str, *texts: object) -> list[Block]:
    found = tuple(str(text) for text in texts if str(text).strip())
    return [Section(title, found)] if found else []


def _day(text: object) -> date | None:
    try:
        return date.fromisoformat(str(text or ""))
    except ValueError:
        return None
