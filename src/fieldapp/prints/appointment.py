"""A small card with the next appointment, for the client's pocket: no agency unless it wants to be named."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from . import words
from .plan import Agency
from .sheet import Facts, Language, Numbers, Section, Sheet


@dataclass(frozen=True, slots=True)
class Visit:
    """One appointment."""

    start: datetime
    """By the clock of the program."""
    where: str = ""
    who: str = ""


def appointment_sheet(visits: Sequence[Visit], agency: Agency, language: Language) -> Sheet:
    """Return the card; without a visit it has lines to write on."""
    said = words.WORDS[language]
    first = visits[0] if visits else None
    rows = (
        (said.when, _when(first.start, language) if first else ""),
        (said.where, first.where if first else ""),
        (said.who, first.who if first else ""),
    )
    later = tuple(_when(visit.start, language) for visit in visits[1:])
    return Sheet(
        language=language,
        title=said.appointment,
        blocks=(
            Facts("", rows),
            *((Section(said.next_ones, later),) if later else ()),
            Numbers("", ((said.change, agency.phone),)),
        ),
        foot=said.agency.format(agency.name) if agency.name else "",
    )


def _when(start: datetime, language: Language) -> str:
    day = words.day_words(start.date(), language, weekday=True)
    return words.WORDS[language].at.format(day, words.clock(start))
