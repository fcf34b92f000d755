"""Whom a line names: by last, first or used name, initials, street, number, or a slip of the keys."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum

from ...records.text import plain
from ..finding import likeness

_APART = re.compile(r"[\s,'’\-.]+")
SHORTEST = 2
"""Letters from which on a beginning counts."""
LONG_ENOUGH = 3
"""Letters from which on a beginning tells two apart, or names a street: shorter words belong to remarks."""


class Fit(IntEnum):
    """How surely a word names somebody."""

    NONE = 0
    TYPO = 1
    STREET = 2
    PART = 3
    """The beginning of a name, or initials."""
    EXACT = 4


@dataclass(frozen=True, slots=True)
class Whom:
    """A client for whom one may log, with every way of saying who it is."""

    client: str
    name: str
    words: frozenset[str]
    """Words of all names, without accents and case."""
    initials: frozenset[str]
    streets: frozenset[str]
    mrn: str = ""
    told: str = ""
    """What tells two clients of one name apart: year of birth, street, number."""


def whom(
    client: str, names: Sequence[str], streets: Sequence[str] = (), mrn: str = "", told: str = ""
) -> Whom:
    """Return a client by the names (`Last, First`, or a name to use alone) and streets."""
    last = plain(names[0].partition(",")[0]) if names else ""
    words: set[str] = set()
    initials: set[str] = set()
    for name in names:
        family, comma, given = plain(name).partition(",")
        if not comma:
            family, given = last, plain(name)
        first, end = _words(given), _words(family)
        words |= {*first, *end}
        if first and end:
            initials |= {first[0][0] + end[0][0], end[0][0] + first[0][0]}
            initials.add("".join(word[0] for word in (*first, *end)))
    places = {word for street in streets for word in _words(plain(street)) if not word.isdigit()}
    shown = names[0] if names else ""
    return Whom(
        client, shown, frozenset(words), frozenset(initials), frozenset(places), plain(mrn).strip(), told
    )


def _words(text: str) -> list[str]:
    return [word for word in _APART.split(text) if word]


def fit(word: str, who: Whom) -> Fit:
    """Return how surely a word, without accents and case, names a client; slips of the keys are not looked for."""
    if word in who.words or (who.mrn and word.removeprefix("#") == who.mrn):
        return Fit.EXACT
    if word.startswith("#"):
        return Fit.NONE
    if word in who.initials or (len(word) >= SHORTEST and any(name.startswith(word) for name in who.words)):
        return Fit.PART
    if len(word) >= LONG_ENOUGH and any(street.startswith(word) for street in who.streets):
        return Fit.STREET
    return Fit.NONE


def slip(word: str, who: Whom) -> float:
    """Return how much a word looks like a mistyped name of a client, of 100; 0 when it does not."""
    if word.startswith("#"):
        return 0.0
    return max((likeness(word, name) for name in who.words), default=0.0)


@dataclass(frozen=True, slots=True)
class Found:
    """Who may be meant, and how surely: several fit equally well, or nobody does."""

    fit: Fit
    who: tuple[Whom, ...]


def find(word: str, people: Iterable[Whom]) -> Found:
    """Return everybody who fits a word best; a slip of the keys only where nothing else fits."""
    everybody = tuple(people)
    best, found = Fit.NONE, list[Whom]()
    for one in everybody:
        how = fit(word, one)
        if how > best:
            best, found = how, []
        if how == best and how:
            found.append(one)
    if found:
        return Found(best, tuple(sorted(found, key=lambda one: (one.name, one.client))))
    slips = [(likely, one) for one in everybody if (likely := slip(word, one))]
    slips.sort(key=lambda pair: (-pair[0], pair[1].name, pair[1].client))
    return Found(Fit.TYPO if slips else Fit.NONE, tuple(one for _, one in slips))


def narrowed(word: str, before: Found) -> Found | None:
    """Return whom a further word leaves; None when it is no part of the name.

    Only a whole word of the name goes on with it, or a long beginning where several are meant: a short word
    after a name belongs to the remark more often than to the name.
    """
    several = len(before.who) > 1 or before.fit == Fit.TYPO
    left = []
    for one in before.who:
        how = fit(word, one)
        whole = how == Fit.EXACT
        part = several and len(word) >= LONG_ENOUGH and how == Fit.PART and word not in one.initials
        mistyped = before.fit == Fit.TYPO and not how and slip(word, one) > 0
        if whole or part or mistyped:
            left.append(one)
    return Found(before.fit, tuple(left)) if left else None
