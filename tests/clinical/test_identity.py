"""Who a client is, said in one way: for columns, where there is room, and on paper."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from fieldapp.clinical.identity import called, in_full, on_paper, without_pronouns

WORDS = st.text(st.characters(categories=["L"]), max_size=12)


def test_what_must_be_known_before_one_speaks_stands_before_the_pronouns() -> None:
    assert called("Okafor, Ada", "she/her", "en", interpreter=False) == "Okafor, Ada (she/her)"
    assert called("Tran, Minh", "he/him", "es", interpreter=True) == "Tran, Minh ⇄es (he/him)"
    assert called("Tran, Minh", "", "es", interpreter=False) == "Tran, Minh es"
    assert called("", "she/her", "es", interpreter=True) == ""


def test_a_column_without_room_leaves_the_pronouns_out_whole() -> None:
    assert without_pronouns("Tran, Minh ⇄es (he/him)") == "Tran, Minh ⇄es"
    assert without_pronouns("Tran, Minh ⇄es") == "Tran, Minh ⇄es"
    assert without_pronouns("Tran (Minh), M") == "Tran (Minh), M"


def test_with_room_and_on_paper_it_is_said_in_words() -> None:
    assert (
        in_full("Tran, Minh", "he/him", "es", interpreter=True)
        == "Tran, Minh (he/him) · ⇄ interpreter Spanish"
    )
    assert (
        on_paper("Tran, Minh", "he/him", "es", interpreter=True)
        == "Tran, Minh (he/him), interpreter: Spanish"
    )
    assert on_paper("Okafor, Ada", "", "", interpreter=True) == "Okafor, Ada, interpreter: yes"


@given(WORDS.filter(bool), WORDS, st.sampled_from(("", "en", "es", "so")), st.booleans())
def test_the_name_always_stands_first_and_plain_english_adds_nothing(
    name: str, pronouns: str, language: str, interpreter: bool
) -> None:
    for say in (called, in_full, on_paper):
        said = say(name, pronouns, language, interpreter=interpreter)
        assert said.startswith(name)
        assert (said == name) is (not pronouns and language in ("", "en") and not interpreter)
