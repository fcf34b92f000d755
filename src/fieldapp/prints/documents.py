"""Which documents there are, in which forms and for whom, and the way from a sheet to bytes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from ..clinical.metrics.model import Scope
from . import csv_file, pdf
from . import text as plain
from .sheet import Language, Sheet

DOCUMENTS: Mapping[str, str] = {
    "plan": "Safety plan, for the client",
    "blank_plan": "Blank safety plan",
    "appointment": "Appointment card, for the client",
    "crisis_card": "Crisis card, staff only",
    "note": "This note, with all that was added",
    "schedule": "My visits of a day, staff only",
    "roster": "Caseload for a downtime, staff only",
    "treatment_plan": "Treatment plan, for the client",
    "aftercare": "Aftercare sheet, for the client",
    "discharge": "Discharge summary, with all that was added",
    "weekly_report": "Numbers of a team or program, staff only",
    "credentials": "Credentials of the staff",
}
"""Code to the words on screen, in the order of the form."""
OF_REVIEWERS = frozenset({"credentials", "weekly_report"})
"""Offered to supervisors and managers."""
OF_A_RECORD = frozenset({"note"})
"""Offered only where one record is at hand."""
OF_A_CLIENT = (
    frozenset({"plan", "treatment_plan", "appointment", "crisis_card", "aftercare", "discharge"})
    | OF_A_RECORD
)
FOR_CLIENTS = frozenset({"plan", "treatment_plan", "blank_plan", "appointment", "aftercare"})
"""These come in every language of the prints; papers of staff are in English."""
FORMS: Mapping[str, str] = {
    "page": "Page (PDF)",
    "fold": "Wallet fold (PDF)",
    "card": "Card (PDF)",
    "text": "Plain text",
    "csv": "Table (CSV)",
}
_FORMS = {
    "plan": ("page", "fold", "text"),
    "blank_plan": ("page", "fold", "text"),
    "appointment": ("card", "text"),
    "weekly_report": ("page", "csv", "text"),
}
FILE_ONLY = frozenset({"csv"})
"""Forms that no printer takes."""
_FILES = {
    "plan": "safety-plan", "blank_plan": "blank-safety-plan", "appointment": "appointment",
    "crisis_card": "crisis-card", "schedule": "visits", "roster": "caseload", "note": "progress-note",
    "treatment_plan": "my-plan", "aftercare": "after-the-program", "discharge": "discharge-summary",
    "weekly_report": "weekly-report", "credentials": "credentials",
}  # fmt: skip


class Stopped(Exception):
    """Nobody waits for this print any more."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be printed."""

    document: str
    client: str = ""
    language: Language = "en"
    day: str = ""
    record: str = ""
    scope: Scope | None = None
    weeks: int = 1
    back: int = 1
    """Of a report on numbers: over how many weeks, and how many such stretches ago."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A sheet, and in sentences what its reader must know before it leaves the laptop."""

    sheet: Sheet
    remarks: tuple[str, ...] = ()
    table: tuple[tuple[str, ...], ...] = ()
    """The same as rows for other programs, where there are any."""


def forms_of(document: str) -> tuple[str, ...]:
    """Return in which forms a document comes, the usual one first."""
    return _FORMS.get(document, ("page", "text"))


_ENDINGS = {"text": "txt", "csv": "csv"}


def file_name(document: str, form: str) -> str:
    """Return the usual name of its file: the kind of paper and never a person."""
    return f"{_FILES.get(document, 'print')}.{_ENDINGS.get(form, 'pdf')}"


@dataclass(frozen=True, slots=True)
class Made:
    """A finished print, ready to leave the laptop."""

    data: bytes = field(repr=False)
    pages: int
    remarks: tuple[str, ...] = ()


def made(
    sheet: Sheet,
    form: str,
    stopped: Callable[[], bool] = lambda: False,
    table: tuple[tuple[str, ...], ...] = (),
) -> Made:
    """Return a sheet as bytes in one of its forms, and what is to be said of it; blocks while typst works.

    Args:
        stopped: asked between steps; once it says yes, Stopped is raised.
        table: the rows of the form `csv`.

    Raises:
        TooLongToFold, NotPrintable: as `pdf.make`.
    """
    if form == "csv":
        return Made(csv_file.text(table).encode(), 1)
    if form == "text":
        text = plain.make(sheet)
        return Made(text.encode(), text.count("\f") + 1)
    shape: pdf.Form = "fold" if form == "fold" else "card" if form == "card" else "page"
    paper = pdf.make(sheet, shape, stopped)
    if paper is None:
        raise Stopped
    remarks = []
    if paper.pages > 1 and sheet.warning:
        remarks.append(f"This prints {paper.pages} pages.")
    elif paper.pages > 1:
        remarks.append(f"Too long for one page: this prints {paper.pages} pages, with every word.")
    if paper.holes:
        shown = " ".join(paper.holes[:20]) + (" …" if len(paper.holes) > 20 else "")
        remarks.append(
            f"No font has these, they print as {pdf.HOLE}: {shown} · Write them in by hand, or take plain text."
        )
    return Made(paper.data, paper.pages, tuple(remarks))
