"""Who is here already under nearly the same name: asked before a client is made a second time (clinical.md 2.1). Pure.

The app never says that two are one person; it shows them, and whoever knows decides.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

from .finding import CLOSE

LOOKALIKE = "lookalike"
"""Where in a form the question stands whether a new client is one who is here."""
ALIKE = 88
"""How alike whole names must be, of 100, where the birth dates do not say the same."""
_MOST = 5
_SHORTEST_PHONE = 7


@dataclass(frozen=True, slots=True)
class Person:
    """What is compared of one client; names and numbers as `records.text.plain` leaves them."""

    client: str
    names: tuple[str, ...]
    dob: str = ""
    numbers: tuple[str, ...] = ()
    """MRN and Medicaid id."""
    phones: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Alike:
    """One who is here already, and why they may be the same person."""

    client: str
    why: str
    score: float


def lookalikes(new: Person, known: Iterable[Person]) -> tuple[Alike, ...]:
    """Return who may be the same person, likeliest first, five at most: same birth date and a similar name, or the same
    number, or without a birth date nearly the same name.
    """
    found = [alike for alike in (_alike(new, one) for one in known if one.client != new.client) if alike]
    return tuple(sorted(found, key=lambda one: (-one.score, one.client))[:_MOST])


def _alike(new: Person, one: Person) -> Alike | None:
    if set(_numbers(new.numbers)) & set(_numbers(one.numbers)):
        return Alike(one.client, "same number", 200.0)
    name = max((likeness(a, b) for a in new.names for b in one.names), default=0.0)
    if new.dob and new.dob == one.dob and name >= CLOSE:
        return Alike(one.client, "same birth date, similar name", 100.0 + name)
    if set(_phones(new.phones)) & set(_phones(one.phones)) and name >= CLOSE:
        return Alike(one.client, "same phone, similar name", 50.0 + name)
    if (not new.dob or not one.dob) and name >= ALIKE:
        return Alike(one.client, "similar name, no birth date", name)
    return None


def likeness(one: str, other: str) -> float:
    """Return how alike two names are, whatever the order of their parts, from 0 to 100."""
    a, b = _words(one), _words(other)
    return fuzz.token_sort_ratio(" ".join(a), " ".join(b)) if a and b else 0.0


def _words(name: str) -> list[str]:
    return name.replace(",", " ").replace("-", " ").split()


def _numbers(numbers: Sequence[str]) -> list[str]:
    return [kept for kept in ("".join(c for c in number if c.isalnum()) for number in numbers) if kept]


def _phones(phones: Sequence[str]) -> list[str]:
    kept = ("".join(c for c in phone if c.isdigit())[-10:] for phone in phones)
    return [number for number in kept if len(number) >= _SHORTEST_PHONE]
