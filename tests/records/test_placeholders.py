"""Placeholders that were left in a note are found, and nothing is taken for one by a shortcut."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from fieldapp.records import note_tables
from fieldapp.records.note_tables import gap_in
from tests.records.support import laws

PIECES = [
    "***",
    "**",
    "[",
    "]",
    "[ ]",
    "[...]",
    "[\u2026]",
    "[?]",
    "__",
    "_",
    "TODO",
    "XXX",
    "todo",
    " ",
    "a",
    "\n",
    "X",
]


@laws(500)
@given(st.lists(st.sampled_from(PIECES), max_size=8).map("".join))
def test_the_shortcut_finds_what_the_pattern_finds(text: str) -> None:
    found = note_tables._GAP.search(text)
    assert gap_in(text) == (found.group() if found else "")


def test_each_kind_of_placeholder_is_named() -> None:
    for gap in ("***", "[ ]", "[...]", "[\u2026]", "[?]", "____", "TODO", "XXX"):
        assert gap_in(f"Saw her at {gap} today.") == gap
    assert gap_in("Took [two] and a __half__; XXXL.") == ""
