"""Our own words on prints, in English and Spanish (clinical.md 9.4); the client's words are never touched."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from ..clinical.plan_spoken import steps_of
from ..records.kinds.safety_plan import MEANS_ACTIONS
from .sheet import Language, Numbers

_MONTHS_EN = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
_MONTHS_ES = (
    "enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre", "noviembre",
    "diciembre",
)  # fmt: skip
_DAYS_EN = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_DAYS_ES = ("lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo")

MEANS_ACTIONS_ES: Mapping[str, str] = {
    "removed": "Retirado",
    "locked": "Guardado bajo llave",
    "given_to_trusted_person": "Entregado a una persona de confianza",
    "disposed": "Desechado",
    "no_access_confirmed": "Sin acceso, confirmado",
    "declined": "No aceptado",
}


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one language."""

    steps: Mapping[str, str]
    actions: Mapping[str, str]
    plan: str
    version: str
    declined: str
    by: str
    notes: str
    page: str
    crisis: str
    team_line: str
    call_988: str
    local_line: str
    county_line: str
    danger: str
    agency: str
    date: str
    appointment: str
    when: str
    where: str
    who: str
    change: str
    next_ones: str
    at: str


ENGLISH = Words(
    steps=steps_of("safety_plan"), actions=MEANS_ACTIONS, plan="My safety plan", version="Version {} · {}", declined="No plan now",
    by="by {}", notes="Notes", page="Page {} of {}", crisis="Call, day and night",
    team_line="My care team", call_988="Call or text (Spanish: press 2)",
    local_line="Local crisis line", county_line="{} crisis line", danger="Life in danger now", agency="From {}", date="Date",
    appointment="My appointment", when="When", where="Where", who="With", next_ones="After that",
    change="Cannot come? Call", at="{} at {}",
)  # fmt: skip
SPANISH = Words(
    steps=steps_of("safety_plan", "es"), actions=MEANS_ACTIONS_ES, plan="Mi plan de seguridad", version="Versión {} · {}",
    declined="Sin plan por ahora", by="por {}", notes="Notas", page="Página {} de {}",
    crisis="Llamar, día y noche", team_line="Mi equipo", call_988="Llame o mande texto (español: oprima 2)", local_line="Línea de crisis local", county_line="Línea de crisis de {}",
    danger="Peligro de muerte ahora", agency="De {}", date="Fecha", appointment="Mi cita", when="Cuándo",
    where="Dónde", who="Con", next_ones="Después", change="¿No puede venir? Llame al", at="{} a las {}",
)  # fmt: skip
WORDS: Mapping[Language, Words] = {"en": ENGLISH, "es": SPANISH}


def day_words(day: date, language: Language, *, weekday: bool = False) -> str:
    """Return a day in full: `November 22, 2026`, `22 de noviembre de 2026`."""
    if language == "es":
        shown = f"{day.day} de {_MONTHS_ES[day.month - 1]} de {day.year}"
        return f"{_DAYS_ES[day.weekday()]} {shown}" if weekday else shown
    shown = f"{_MONTHS_EN[day.month - 1]} {day.day}, {day.year}"
    return f"{_DAYS_EN[day.weekday()]}, {shown}" if weekday else shown


def clock(moment: datetime) -> str:
    """Return a time of day as people here say it: `2:30 pm`."""
    return f"{moment.hour % 12 or 12}:{moment:%M} {'am' if moment.hour < 12 else 'pm'}"


def numbers(language: Language, team_phone: str, local_line: str, county: str = "") -> Numbers:
    """Return whom to call day and night; a number that the agency has not set is a line to write on."""
    words = WORDS[language]
    return Numbers(
        words.crisis,
        (
            (words.team_line, team_phone),
            (words.call_988, "988"),
            (words.county_line.format(county) if county else words.local_line, local_line),
            (words.danger, "911"),
        ),
    )
