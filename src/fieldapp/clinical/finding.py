"""Finding clients by what a person types: names, streets and numbers, also with a slip of the keys. Pure.

Everything is compared as `records.text.plain` leaves it: without accents and case.
"""

from __future__ import annotations

from collections.abc import Sequence

from rapidfuzz import fuzz

CLOSE = 78
"""How alike two words must be to count as a slip of the keys, of 100."""
SHORTEST_GUESS = 3
"""Letters from which on a word may be a slip of another."""
_PREFIX, _INSIDE = 100.0, 85.0


def likeness(word: str, part: str) -> float:
    """Return how much a word looks like another one, or its beginning, that was mistyped; 0 when it does not."""
    if len(word) < SHORTEST_GUESS:
        return 0.0
    found = fuzz.ratio(word, part[: len(word) + 1])
    return found if found >= CLOSE else 0.0


def score(words: Sequence[str], keys: Sequence[str]) -> float:
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
    return max((likeness(word, part) for part in key.replace(",", " ").split()), default=0.0) * 0.8
