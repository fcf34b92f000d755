"""A mistyped word of the tables is suggested, and never taken by itself."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldapp.clinical.quick_entry.reading import Desk, read
from fieldapp.clinical.quick_entry.slips import is_slip, meant_by
from fieldapp.clinical.quick_entry.words import phrases
from tests.clinical.test_quick_entry_laws import DESK

WORDS = sorted(words[0] for words in phrases() if len(words) == 1)


@pytest.mark.parametrize(
    ("word", "meant"),
    [("hme", "home"), ("hoem", "home"), ("homw", "home"), ("offce", "office"), ("sheltr", "shelter"), ("skils", "skills"),
     ("phoen", "phone"), ("vidoe", "video"), ("outreahc", "outreach"), ("moteel", "motel")],
)  # fmt: skip
def test_a_slip_of_the_keys_is_known(word: str, meant: str) -> None:
    assert meant_by(word, ()) == meant


@pytest.mark.parametrize(
    "word", ["calm", "took", "asked", "came", "the", "he", "she", "met", "brought", "ready", "talked", "gave"]
)
def test_ordinary_words_of_a_remark_are_no_slips(word: str) -> None:
    assert meant_by(word, ()) == ""


def test_of_what_the_line_says_already_no_other_word_is_meant() -> None:
    assert read("okafor 45m home offce", DESK).meant == ""
    assert read("okafor 45m offce", DESK).meant == "office"
    assert read("okafor 45m, offce", DESK).meant == ""


def test_the_line_is_read_as_it_stands_whatever_may_have_been_meant() -> None:
    found = read("okafor 45m offce forms signed", DESK)
    assert (found.remark, dict(found.said)) == ("offce forms signed", {})


@given(st.sampled_from([word for word in WORDS if len(word) >= 5]), st.data())
def test_leaving_out_or_swapping_a_letter_is_a_slip(word: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(1, len(word) - 2))
    assert is_slip(word[:at] + word[at + 1 :], word)
    swapped = word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    assert is_slip(swapped, word) or swapped == word
    assert not is_slip(word, word)


@given(st.text(max_size=60))
def test_any_line_is_read_and_the_word_taken_for_another_is_in_it(line: str) -> None:
    found = read(line, Desk(DESK.people, DESK.now_ms, DESK.tz))
    if found.slip is not None:
        typed = line[found.slip.start : found.slip.stop]
        assert typed
        assert typed.casefold() != found.meant
