"""What an instrument is: items, answers, who is asked what, scoring, bands and flags, all of it data. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

Better: TypeAlias = Literal["lower", "higher", "neither"]

INCOMPLETE = "incomplete"
"""Flag and band of a screen that was not answered to the end."""
POSITIVE = "positive"
"""Flag of a total at or above the instrument's own cut."""


@dataclass(frozen=True, slots=True)
class Option:
    """One answer that an item offers."""

    value: int
    words: str
    loinc: str = ""


@dataclass(frozen=True, slots=True)
class Condition:
    """Something answered earlier."""

    item: str
    least: int = 1
    or_declined: bool = False
    """Also met when the client preferred not to answer that item."""


@dataclass(frozen=True, slots=True)
class Item:
    """One question."""

    key: str
    text: str
    options: tuple[Option, ...]
    loinc: str = ""
    only_if: tuple[Condition, ...] = ()
    """Asked when one of these is met; always asked when there are none."""
    weight: int = 1
    """What an answer's value counts in the sum; 0 for an item that is not scored."""
    stem: str | None = None
    """Shown above the text instead of the instrument's stem."""


@dataclass(frozen=True, slots=True)
class Band:
    """A range of totals, or a step of a triage, with its words."""

    code: str
    label: str
    least: int = 0
    most: int = 0
    positive: bool = False
    risk: str = ""
    """The level of suicide risk that it stands for; empty where the instrument says nothing of it."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One step of a triage: the band that an answer calls for; the first rule that is met decides."""

    band: str
    when: Condition
    unanswered: str = ""
    """Only while this item has no answer."""


@dataclass(frozen=True, slots=True)
class Flag:
    """A code that an answer adds to the result."""

    code: str
    when: Condition
    words: str


@dataclass(frozen=True, slots=True)
class Change:
    """From how many points on a change between two totals says something."""

    better: Better = "lower"
    reliable: int | None = None
    meaningful: int | None = None
    response_percent: int | None = None
    """A drop of so many percent of the first total is a response."""
    remission_below: int | None = None


@dataclass(frozen=True, slots=True)
class Instrument:
    """One instrument in one version and language.

    Who changes items, scoring, bands or flags gives it a new `version`: entries of an earlier version are
    judged by what they were made with, or not at all.
    """

    code: str
    version: str
    name: str
    about: str
    """What it is about, in two or three words."""
    licence: str
    """Shown on screen while it is filled in, and stored with each result."""
    items: tuple[Item, ...] = ()
    bands: tuple[Band, ...] = ()
    triage: tuple[Rule, ...] = ()
    """Instead of a sum; the lowest band is the one that no rule names."""
    flags: tuple[Flag, ...] = ()
    stem: str = ""
    language: str = "en"
    may_miss: int = 0
    """So many scored items may lack an answer; the total is then made from the mean of the others."""
    change: Change | None = None
    suicide_screen: bool = False
    score_only: bool = False
    """Number and date of an instrument whose text may not be kept here."""
    needs_words: bool = False
    """Its questions come with a pack of the agency; without one it is not offered."""
    needs_setting: str = ""
    """The program's setting that must be on before it is offered."""
    titled: bool = False
    """Each result is about something of the client's own, named by the worker, such as a goal."""
    panel_loinc: str = ""
    total_loinc: str = ""

    def item(self, key: str) -> Item | None:
        """Return an item by its key."""
        return next((item for item in self.items if item.key == key), None)

    def band(self, code: str | None) -> Band | None:
        """Return a band by its code."""
        return next((band for band in self.bands if band.code == code), None)

    @property
    def least(self) -> int:
        """The lowest total that there is."""
        return sum(i.weight * min(o.value for o in i.options) for i in self.items if i.weight)

    @property
    def most(self) -> int:
        """The highest total that there is."""
        return sum(i.weight * max(o.value for o in i.options) for i in self.items if i.weight)


def bands(*rows: tuple[str, str, int, int] | tuple[str, str, int, int, bool]) -> tuple[Band, ...]:
    """Return bands from rows of code, label, least, most and, where it is so, that the band is positive."""
    return tuple(Band(*row) for row in rows)


def yes_no(yes: str = "Yes", no: str = "No") -> tuple[Option, ...]:
    """Return the two answers of a yes or no question."""
    return (Option(0, no), Option(1, yes))
