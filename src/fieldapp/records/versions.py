"""Versions of the app, compared by their numbers."""

from __future__ import annotations


def is_below(version: str, lowest: str) -> bool:
    """Tell whether a version is older than the lowest that may write; one that says nothing is, if there is a lowest.

    >>> is_below("1.9", "1.10"), is_below("2.0", "2"), is_below("", "1"), is_below("0.1", "")
    (True, False, True, False)
    """
    return _numbers(version) < _numbers(lowest)


def _numbers(text: str) -> tuple[int, ...]:
    """Return the numbers before the first part that is none, without trailing zeros."""
    found: list[int] = []
    for part in text.split("."):
        if not (part.isascii() and part.isdigit() and len(part) <= 6):
            break
        found.append(int(part))
    while found and not found[-1]:
        found.pop()
    return tuple(found)
