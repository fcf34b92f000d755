"""Text that people type: cleaning loses no word and lets nothing through that can move a terminal."""

from __future__ import annotations

import unicodedata
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from fieldapp.records.canonical import NotCanonical, dumps
from fieldapp.records.text import clean, clean_json, is_clean, is_surely_clean
from tests.records.support import laws

FORBIDDEN = {
    *range(0x00, 0x09), *range(0x0B, 0x20), *range(0x7F, 0xA0), 0x061C, 0x200E, 0x200F, *range(0x2028, 0x202F),
    *range(0x2066, 0x206A), 0xFEFF, *range(0xD800, 0xE000), *range(0xFFF9, 0xFFFC),
}  # fmt: skip
ANY = st.text(
    st.characters(codec=None) | st.sampled_from([chr(point) for point in sorted(FORBIDDEN)])
    | st.sampled_from("e\u0301\u0327 \n\t\r\u212b\u1100\u1161"),
    max_size=20,
)  # fmt: skip


@laws(300)
@given(ANY)
def test_cleaning_is_idempotent_and_what_comes_out_is_clean(text: str) -> None:
    once = clean(text)
    assert clean(once) == once
    assert is_clean(once)
    assert not FORBIDDEN & set(map(ord, once))
    assert unicodedata.is_normalized("NFC", once)
    assert is_clean(text) == (once == text)


def test_every_forbidden_code_point_is_found_and_nothing_else() -> None:
    for point in range(0x110000):
        alone = chr(point)
        expected = point not in FORBIDDEN and unicodedata.normalize("NFC", alone) == alone if point > 0x7F else (
            point not in FORBIDDEN
        )  # fmt: skip
        assert is_clean(alone) == expected, hex(point)


def test_newline_and_tab_survive() -> None:
    assert clean("a\n\tb") == "a\n\tb"
    assert is_clean("a\n\tb")


def test_every_line_end_becomes_a_newline_and_never_glues_two_words() -> None:
    for end in ("\r\n", "\r", "\n", "\x0b", "\x0c", "\x85", "\u2028", "\u2029"):
        assert clean(f"not{end}suicidal") == "not\nsuicidal"
    assert clean("a\r\n\r\nb") == "a\n\nb"
    assert clean("a\n\rb") == "a\n\nb"


def test_escape_sequences_lose_their_teeth() -> None:
    assert clean("\x1b[31mred\x9b0m \u202eback\u2066\ufeff") == "[31mred0m back"


def test_letters_that_are_written_in_parts_are_joined() -> None:
    assert clean("Jose\u0301") == "Jos\u00e9"
    assert not is_clean("Jose\u0301")


def test_joiners_that_scripts_and_emoji_need_survive() -> None:
    for text in ("\u0646\u200c\u0647", "\U0001f469\u200d\U0001f4bb", "\u00ad", "\u00a0"):
        assert clean(text) == text


def test_strings_inside_json_are_cleaned_and_judged() -> None:
    dirty: Any = {"a": ["x\r\ny", {"b": ("e\u0301", 1, None, True)}]}
    assert not is_clean(dirty)
    assert clean_json(dirty) == {"a": ["x\ny", {"b": ["\u00e9", 1, None, True]}]}
    assert is_clean(clean_json(dirty))
    assert is_clean(7)
    assert is_clean(None)


def test_a_key_is_judged_too_because_item_ids_are_keys() -> None:
    assert not is_clean({"items": {"rows": {"\x1b]0;title\x07": {"text": "fine"}}}})
    assert is_clean({"items": {"rows": {"i1": {"text": "fine"}}}})


@laws(500)
@given(
    st.recursive(
        ANY,
        lambda inner: (
            st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["a", "b\x7f", "c"]), inner)
        ),
    )
)
def test_what_one_look_at_the_bytes_finds_clean_is_clean(value: object) -> None:
    try:
        data = dumps(value)
    except NotCanonical:
        return
    assert is_clean(value) or not is_surely_clean(data)


def test_one_look_is_enough_for_what_people_write() -> None:
    assert is_surely_clean(dumps({"text": 'Met at the library.\n\tSaid "fine" — José agrees.'}))
    for point in sorted(FORBIDDEN - set(range(0xD800, 0xE000))):
        assert not is_surely_clean(dumps([chr(point)])), hex(point)
    assert not is_surely_clean(dumps(["Jose\u0301"]))
