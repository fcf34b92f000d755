"""What is printed, before anybody decides how: one model for PDF and plain text."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal, TypeAlias

from ..records.text import clean

Language: TypeAlias = Literal["en", "es"]
LANGUAGES: tuple[Language, ...] = ("en", "es")


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with lines below it, and empty lines to write on."""

    title: str
    lines: tuple[str, ...] = ()
    ruled: int = 0
    numbered: bool = False
    """Whether it counts among the steps that the print numbers."""


@dataclass(frozen=True, slots=True)
class Facts:
    """Labels with what they stand for; an empty value leaves a line to write on."""

    title: str
    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under a head; `widths` are shares of the page, and of 80 columns of plain text."""

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Numbers:
    """Whom to call, always boxed and always in the same place; "" leaves a line to write on."""

    title: str
    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Prose:
    """A heading with paragraphs below it."""

    title: str
    paragraphs: tuple[str, ...] = ()
    level: int = 2
    """Of the heading; 1 is the sheet's own title."""
    struck: bool = False
    """Whether it was entered in error: it stays readable, struck through."""
    loud: bool = False
    """Whether it must be seen before all else."""


@dataclass(frozen=True, slots=True)
class Bars:
    """A chart as a table that is read aloud row by row: each row its words, a bar, its number.

    Args:
        head: what the words, the number and the last column are.
        rows: (words, number in words, share of the whole width from 0 to 1, what stands last).
        lines: (words, share) of what the bars are compared with, drawn through them and named below.
    """

    title: str
    head: tuple[str, str, str]
    rows: tuple[tuple[str, str, float, str], ...]
    lines: tuple[tuple[str, float], ...] = ()
    said: str = ""
    """What was counted, below the title."""


Block: TypeAlias = Section | Facts | Table | Numbers | Prose | Bars


@dataclass(frozen=True, slots=True)
class Sheet:
    """One document."""

    language: Language
    title: str
    """Names the kind of document and never a person: it becomes the title of the PDF."""
    subtitle: str = ""
    whose: str = ""
    """Whom it is about, on papers of the staff."""
    blocks: tuple[Block, ...] = ()
    foot: str = ""
    warning: str = ""
    """Shown at the top and the foot of every page: `Confidential`."""
    page_words: str = ""
    """`Page {} of {}` in the language of the sheet; shown when there are several."""
    counts_one: bool = False
    """Whether a single page says that it is the only one, as a part of a legal record does."""
    landscape: bool = False


def tidy(text: str) -> str:
    """Return text as a print may hold it: no control characters, tabs as spaces, no spaces at the ends."""
    return clean(text).replace("\t", " ").strip()


def data_of(sheet: Sheet) -> dict[str, Any]:
    """Return a sheet as plain values, every text tidied; each block says by `is` what it is, steps their number."""
    shown: dict[str, Any] = _tidied(asdict(sheet))
    shown["blocks"] = []
    steps = 0
    for block in sheet.blocks:
        value = {"is": type(block).__name__.lower(), **_tidied(asdict(block))}
        if isinstance(block, Section):
            steps += block.numbered
            value["number"] = steps if block.numbered else 0
        shown["blocks"].append(value)
    return shown


def _tidied(value: Any) -> Any:
    if isinstance(value, str):
        return tidy(value)
    if isinstance(value, dict):
        return {name: _tidied(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_tidied(inner) for inner in value]
    return value
