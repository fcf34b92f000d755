"""Which metrics belong together on screen and on paper."""

from __future__ import annotations

FAMILIES: tuple[tuple[str, tuple[int, ...]], ...] = (
    ("Contact", (1, 2, 3, 4, 5, 6, 11, 15)),
    ("Notes and review", (7, 8, 9, 16)),
    ("Safety and crisis", (10, 12, 13, 14, 21)),
    ("Outcomes", (17, 18)),
    ("Equity", (22,)),
    ("Coverage", (19,)),
    ("Laptops", (20,)),
)
"""Headings, with the numbers of clinical.md 5 under each, in the order in which they are read."""
