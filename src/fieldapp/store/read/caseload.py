"""Clients of a person's teams, and finding any client by a few letters."""

from __future__ import annotations

from rapidfuzz import fuzz

from ..models import ClientLine
from ..search import plain
from .known import ClientFacts
from .lines import Asking, client_line

_CLOSE = 78
"""How alike two words must be to count as a slip of the keys, of 100."""
_PREFIX, _INSIDE = 100.0, 85.0
_SHORTEST_GUESS = 3


def caseload(asking: Asking, query: str = "", *, mine: bool = False) -> tuple[ClientLine, ...]:
    """Return the clients of the person's teams by name; with a query any client that is kept, best first.

    Discharged clients are found but not listed.
    """
    words = plain(query).split()
    everyone = list(asking.known.clients.values())
    if mine:
        everyone = [f for f in everyone if asking.me.staff in f.staff_on(asking.day)]
    if not words:
        listed = [f for f in everyone if (mine or is_ours(asking, f)) and f.status != "discharged"]
        listed.sort(key=lambda facts: (plain(facts.name), facts.client))
        return tuple(client_line(asking, facts) for facts in listed)
    found = [(score(words, facts.keys), facts) for facts in everyone]
    found = [pair for pair in found if pair[0] > 0]
    found.sort(key=lambda pair: (-pair[0], not is_ours(asking, pair[1]), plain(pair[1].name), pair[1].client))
    return tuple(client_line(asking, facts) for _, facts in found)


def is_ours(asking: Asking, facts: ClientFacts) -> bool:
    """Tell whether the client is with one of the person's teams, or assigned to the person."""
    return facts.team in asking.teams or asking.me.staff in facts.staff_on(asking.day)


def score(words: list[str], keys: tuple[str, ...]) -> float:
    """Return how well every word of a query is found among keys; 0 when one is not."""
    total = 0.0
    for word in words:
        best = max((_one(word, key) for key in keys), default=0.0)
        if not best:
            return 0.0
        total += best
    return total / len(words)


def _one(word: str, key: str) -> float:
    if word in key:
        return _PREFIX if f" {key}".replace(",", " ").find(f" {word}") >= 0 else _INSIDE
    if len(word) < _SHORTEST_GUESS:
        return 0.0
    best = max((fuzz.ratio(word, part[: len(word) + 1]) for part in key.replace(",", " ").split()), default=0)
    return best * 0.8 if best >= _CLOSE else 0.0
