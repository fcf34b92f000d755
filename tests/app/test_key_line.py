"""The line of keys leaves out what does not fit, but never the crisis key and help."""

from __future__ import annotations

import pytest

from fieldapp.widgets.key_line import KeyHint, KeyLine

WORDS = ("Back", "Write", "Settle", "Record", "Find", "Log", "Note", "Plan")


def line() -> KeyLine:
    made = KeyLine()
    hints = [KeyHint(word[0].lower(), word[0].lower(), word, word.lower(), True) for word in WORDS]
    made.hints = (
        *hints,
        KeyHint("f2", "F2", "Crisis", "crisis", True),
        KeyHint("?", "?", "Help", "keys", True),
    )
    return made


@pytest.mark.parametrize("width", [20, 40, 60, 80, 200])
def test_what_is_shown_fits_and_crisis_and_help_are_always_there(width: int) -> None:
    shown = line().fitting(width)
    assert sum(hint.cells for hint in shown) + len(shown) - 1 <= width
    assert [hint.action for hint in shown][-2:] == ["crisis", "keys"]


def test_with_room_every_key_is_shown_in_its_order() -> None:
    made = line()
    assert made.fitting(200) == list(made.hints)


def test_the_first_keys_are_kept_before_the_last() -> None:
    assert [hint.words for hint in line().fitting(40)] == ["Back", "Write", "Settle", "Crisis", "Help"]
