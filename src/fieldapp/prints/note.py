"""A progress note, or another signed document of the chart, on paper: every version with its three dates, who signed it, and what was added (clinical.md 9.2).

The original comes first and is never left out; corrections, addenda, co-signs and errors follow in the order in which
they were signed (clinical.md 1.2, 4.2).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from .sheet import Block, Facts, Prose, Sheet

TITLE = "Progress note"
CONFIDENTIAL = "CONFIDENTIAL health record"
IN_ERROR = "ENTERED IN ERROR"
PAGE = "Page {} of {}"


@dataclass(frozen=True, slots=True)
class Added:
    """What somebody added to a version: an addendum, co-sign, return or error."""

    words: str
    """What, who with credential, and when with the zone."""
    paragraphs: Sequence[str] = ()
    struck: bool = False
    """Whether it was taken back."""


@dataclass(frozen=True, slots=True)
class Signed:
    """One signed version."""

    heading: str
    marks: Sequence[str]
    """What must be known before reading: late entry, error, return, an earlier version."""
    dates: Sequence[tuple[str, str]]
    """(label, instant) of service, entry and signature."""
    body: Sequence[tuple[str, str]]
    """(heading, text) as its author saw it."""
    signature: Sequence[str]
    """The authentication line and whether it is co-signed."""
    added: Sequence[Added] = ()
    struck: bool = False


@dataclass(frozen=True, slots=True)
class NotePaper:
    """What a note says on paper; each text is already in words."""

    name: str
    known_by: Sequence[tuple[str, str]]
    """(label, value): born, number, agency, program, kind of contact."""
    versions: Sequence[Signed]
    """In the order of signing."""
    in_error: bool = False
    notice: str = ""
    """Of 42 CFR part 2, where the record is labelled."""
    title: str = TITLE
    given: Sequence[tuple[str, Sequence[str]]] = ()
    """(who gets it, by which right): what goes with each disclosure (clinical.md 2.3)."""


def note_sheet(paper: NotePaper, printed: str) -> Sheet:
    """Return a note as a sheet."""
    return Sheet(
        language="en",
        title=paper.title,
        subtitle=printed,
        whose=paper.name,
        blocks=(
            Facts("", tuple((label, text) for label, text in paper.known_by if text)),
            *(block for version in paper.versions for block in _version(version)),
            *(Prose(who, tuple(right), 3) for who, right in paper.given),
        ),
        foot=paper.notice,
        warning=f"{IN_ERROR} · {CONFIDENTIAL}" if paper.in_error else CONFIDENTIAL,
        page_words=PAGE,
        counts_one=True,
    )


def _version(version: Signed) -> Iterator[Block]:
    yield Prose(version.heading, tuple(version.marks), loud=True)
    yield Facts("", tuple((label, text) for label, text in version.dates if text))
    for heading, text in version.body:
        if text.strip():
            yield Prose(heading, _paragraphs(text), 3, version.struck)
    yield Prose("Signature", tuple(version.signature), 3)
    for one in version.added:
        yield Prose(
            one.words, tuple(part for text in one.paragraphs for part in _paragraphs(text)), 3, one.struck
        )


def _paragraphs(text: str) -> tuple[str, ...]:
    return tuple(line for line in text.split("\n") if line.strip())
