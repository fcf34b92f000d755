"""Versions are compared by their numbers, and a version that says nothing is below every other."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from fieldapp.records.versions import is_below

NUMBERS = st.lists(st.integers(0, 99_999), min_size=1, max_size=4)


def _text(numbers: list[int]) -> str:
    return ".".join(map(str, numbers))


@given(NUMBERS, NUMBERS)
def test_one_of_two_versions_is_below_the_other_unless_they_are_the_same(
    one: list[int], two: list[int]
) -> None:
    def padded(numbers: list[int]) -> list[int]:
        return numbers + [0] * (4 - len(numbers))

    assert is_below(_text(one), _text(two)) == (padded(one) < padded(two))


@given(NUMBERS)
def test_nothing_is_below_no_version_and_what_says_nothing_is_below_every_other(numbers: list[int]) -> None:
    assert not is_below(_text(numbers), "")
    assert is_below("", _text(numbers)) == any(numbers)
    assert is_below("unknown", "0.0.1")


def test_a_word_ends_a_version() -> None:
    assert not is_below("1.2.dev3", "1.2")
    assert is_below("1.2.dev3", "1.2.1")
    assert not is_below("0.10", "0.9")
