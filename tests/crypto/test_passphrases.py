"""Generated and chosen passphrases."""

from __future__ import annotations

import importlib.util
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldapp.crypto import passphrase

needs_words = pytest.mark.skipif(
    importlib.util.find_spec("xkcdpass") is None, reason="the package with the word list is not installed"
)


@needs_words
def test_six_words_carry_77_bits() -> None:
    listed = passphrase.words()
    assert len(set(listed)) == len(listed) == 7776
    assert math.log2(len(listed)) * 6 > 77
    made = passphrase.generate()
    assert len(made.split(" ")) == 6
    assert set(made.split(" ")) <= set(listed)
    assert passphrase.check(made) == []
    assert passphrase.generate() != made


@needs_words
def test_the_choice_can_be_injected() -> None:
    assert passphrase.generate(3, choose=lambda listed: listed[0]) == "abacus abacus abacus"


@pytest.mark.parametrize(
    "chosen",
    [
        "fifteen letters",
        "correct battery horse walrus",
        "Пятнадцать букв и слова",
        "x7!kQ2#vLp9@wRt4",
        "my password is a long poem about rain",
        "ñandú y café con leche",
        "a" + "bcd efg hij klm nop qrs" * 11,
    ],
)
def test_a_long_unusual_passphrase_is_accepted_without_composition_rules(chosen: str) -> None:
    assert passphrase.check(chosen) == []


@pytest.mark.parametrize(
    ("chosen", "problem"),
    [
        ("", "at least 15"),
        ("fourteen chars", "at least 15"),
        ("ab" * 128 + "c", "at most 256"),
        ("a" * 15, "more than one character"),
        ("aA" * 8, "more than one character"),
        ("abcabcabcabcabcabc", "repeat one piece"),
        ("blue lampblue lamp", "repeat one piece"),
        ("abcdefghijklmnopq", "alphabet"),
        ("qponmlkjihgfedcba", "alphabet"),
        ("qwertyuiopasdfgh", "keyboard"),
        ("345678901234567890", "digits"),
        ("PasswordPassword1", "common passwords"),
        ("letmein welcome 12", "common passwords"),
        ("correct horse battery staple", "common passwords"),
    ],
)
def test_each_problem_is_one_sentence(chosen: str, problem: str) -> None:
    problems = passphrase.check(chosen)
    assert any(problem in sentence for sentence in problems)
    assert all(sentence.endswith(".") and sentence.count(".") == 1 for sentence in problems)
    assert all(len(chosen) < 5 or chosen not in sentence for sentence in problems)


def test_length_counts_characters_after_normalisation() -> None:
    assert passphrase.check("e\u0301" * 14) != []
    assert "at least 15" in passphrase.check("e\u0301" * 14)[0]


@given(st.text(max_size=300))
def test_any_text_gets_an_answer(chosen: str) -> None:
    assert all(isinstance(problem, str) for problem in passphrase.check(chosen))
