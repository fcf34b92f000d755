"""What a metric is once it is counted: its numbers, what they were counted from and the records behind them.

Numbers are fractions and never floats, so that two laptops with the same entries show the same digits whatever the
order in which the rows came.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

Flag = Literal["", "warning", "error"]
"""How a number stands to its line; always said in words or by a mark too, never by colour alone."""
Unit = Literal["", "%", "h", "min", "d", "weeks", "per FTE", "per 100 client-weeks"]
Where = Literal["team", "program", "staff", "client"]


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose work is counted; `name` is what a heading says of it."""

    kind: Where
    id: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Period:
    """The time that is counted: from `since_ms` on and before `until_ms`, in a time zone whose midnights begin days.

    `name` is how a heading calls it, such as "Week of 16 Nov".
    """

    since_ms: int
    until_ms: int
    tz: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A number to compare with: a standard, a study's mean or the program's own cut.

    `is_limit` tells a limit that flags (15 clients for a full-time position) from what is only shown beside (the mean
    of a study, which is never a target).
    """

    number: Fraction
    words: str
    source: str
    is_limit: bool = False
    unit: Unit = ""
    """In which unit; a chart draws the lines of its own unit only."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One number with what it was counted over.

    Args:
        label: what it is, in a few words.
        number: None where nothing could be counted (then `words` says why).
        n: how many things were counted over: the denominator of a share, the clients of a mean.
        of: what those things are called, such as "visits due".
        words: what stands instead of, or after, the number.
    """

    label: str
    number: Fraction | None
    unit: Unit = ""
    n: int = 0
    of: str = ""
    flag: Flag = ""
    words: str = ""


@dataclass(frozen=True, slots=True)
class Point:
    """One place on a trend or one bar; `at_ms` is the start of its week, 0 for a bar that is no time."""

    label: str
    number: Fraction | None
    n: int = 0
    at_ms: int = 0
    flag: Flag = ""


@dataclass(frozen=True, slots=True)
class Series:
    """What a chart draws: weeks in their order, or bars side by side."""

    title: str
    points: tuple[Point, ...]
    unit: Unit = ""
    kind: Literal["weeks", "bars"] = "weeks"


@dataclass(frozen=True, slots=True)
class Behind:
    """One record, client, person or laptop behind a number, so that the number can be opened and acted on.

    Args:
        record: "" where the row is about a client, a person or a laptop as a whole.
        client, staff: ids; names are put in where it is shown.
        at_ms: when it happened, 0 where it is no event.
        words: why it counts, such as "no contact for 9 days (plan: 7)"; without names.
        counted: False where it stands beside the number only, as attempts beside contacts.
    """

    record: str = ""
    client: str = ""
    staff: str = ""
    at_ms: int = 0
    words: str = ""
    number: Fraction | None = None
    unit: Unit = ""
    flag: Flag = ""
    counted: bool = True


@dataclass(frozen=True, slots=True)
class Metric:
    """One metric of clinical.md 5, counted.

    Args:
        key: the stable name, also in exports: `contact_vs_plan`.
        number: its row in clinical.md 5.
        definition: formula in a sentence, with what is left out.
        figures: the first is the headline.
        source: from which records and since when, and what is missing here.
        about_staff: it tells people apart by name and stays off shared screens; it is never a ranking.
        local: its cuts are this agency's own and said to be.
    """

    key: str
    number: int
    title: str
    definition: str
    as_of_ms: int
    figures: tuple[Figure, ...] = ()
    source: str = ""
    lines: tuple[Line, ...] = ()
    series: tuple[Series, ...] = ()
    behind: tuple[Behind, ...] = ()
    about_staff: bool = False
    local: bool = False

    @property
    def flag(self) -> Flag:
        """Return the strongest flag of its figures."""
        flags = {figure.flag for figure in self.figures}
        return "error" if "error" in flags else "warning" if "warning" in flags else ""
