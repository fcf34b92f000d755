"""Text that people write is shown as it is and never obeyed."""

from __future__ import annotations

import re
import unicodedata

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.color import Color

from fieldapp.widgets.line_filter import ControlFilter
from fieldapp.widgets.text import REPLACEMENT, cell, clip, fit, join, lines, one_line, plain, visible

ANYTHING = st.text(
    st.one_of(
        st.characters(codec="utf-8"),
        st.sampled_from("\x1b\x07\x00\x9b\x9d\u202e\u2066\u200f\ufeff\t\n\r[]/@界e\u0301"),
    ),
    max_size=60,
)
NEVER = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]")


@given(ANYTHING)
def test_plain_text_holds_no_commands_and_is_never_parsed(text: str) -> None:
    for content in (plain(text), join(text), lines(text)):
        assert NEVER.sub("", content.plain.replace("\n", "")) == content.plain.replace("\n", "")
        assert content.spans == []


@given(ANYTHING)
def test_showing_twice_changes_nothing(text: str) -> None:
    assert visible(visible(text)) == visible(text)


@given(ANYTHING, st.integers(0, 40))
def test_columns_are_exactly_as_wide_as_asked(text: str, cells: int) -> None:
    assert cell_len(fit(text, cells)) == cells
    assert cell_len(clip(text, cells)) <= cells
    assert "\n" not in one_line(text)


def test_markup_of_any_kind_is_shown_literally() -> None:
    for text in ("[/", "[b]x", "[@click=app.quit]x", "$primary", "[link=http://x]y[/link]"):
        assert plain(text).plain == text
        assert cell(text).plain == text


def test_a_lone_surrogate_cannot_end_the_app_at_the_terminal() -> None:
    assert plain("a\ud800b").plain == f"a{REPLACEMENT}b"


@given(ANYTHING)
def test_the_last_filter_takes_out_what_is_left_and_keeps_the_width(text: str) -> None:
    before = [Segment(text, Style(link="https://example.org", bold=True)), Segment("safe")]
    after = ControlFilter().apply(before, Color(0, 0, 0))
    assert NEVER.search("".join(segment.text for segment in after)) is None
    assert cell_len(after[0].text) == cell_len(text)
    assert after[0].style is not None
    assert after[0].style.link is None
    assert after[0].style.bold
    assert after[1] is before[1]


def test_combining_marks_and_wide_characters_stay() -> None:
    text = unicodedata.normalize("NFC", "Lucía 界 e\u0301")
    assert plain(text).plain == text
