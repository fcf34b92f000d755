"""Words of the tables that were mistyped: a finger beside its key, a letter too many, too few, or two the wrong way round. Pure."""

from __future__ import annotations

from collections.abc import Collection

from rapidfuzz.distance import OSA

from .words import phrases

SHORTEST, SHORTEST_MEANT = 3, 4
"""Letters of a word that may be a slip, and of the word that it may be: shorter ones are too much like each other."""
_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")


def _beside() -> frozenset[frozenset[str]]:
    """Return the pairs of letters that lie beside each other on the keyboard."""
    at = {
        letter: (row, place + row * 0.5)
        for row, line in enumerate(_ROWS)
        for place, letter in enumerate(line)
    }
    return frozenset(
        frozenset((one, other))
        for one, (row, place) in at.items()
        for other, (below, along) in at.items()
        if one != other and abs(row - below) <= 1 and abs(place - along) <= 1
    )


_PAIRS = _beside()


def is_slip(word: str, meant: str) -> bool:
    """Tell whether a word is another one with a single slip of the keys; `calm` is none of `call`."""
    if len(word) < SHORTEST or len(meant) < SHORTEST_MEANT or word[0] != meant[0]:
        return False
    if OSA.distance(word, meant, score_cutoff=1) != 1:
        return False
    if len(word) != len(meant):
        return True
    apart = [frozenset(pair) for pair in zip(word, meant, strict=True) if pair[0] != pair[1]]
    return len(apart) == 2 or apart[0] in _PAIRS


def meant_by(word: str, said: Collection[str]) -> str:
    """Return the word of the tables that a word may be a slip of; "" if there is none, or more than one field has one.

    Args:
        said: fields that the line speaks of already; another word for them is hardly meant.
    """
    found = {
        (meaning.field, meaning.code): words[0]
        for words, meaning in phrases().items()
        if len(words) == 1
        and meaning.field not in said
        and meaning.field not in ("again", "next")
        and is_slip(word, words[0])
    }
    return next(iter(found.values())) if len(found) == 1 else ""
