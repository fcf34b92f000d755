"""Pasted text presses no keys and loses no words, whatever it holds."""

from __future__ import annotations

import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual import events

from fieldapp.records.text import clean
from fieldapp.widgets.terminal_input import END, START, PasteGuard, _GuardedParser

if sys.platform == "win32":
    pytest.skip("pseudo-terminals as Unix has them", allow_module_level=True)

from tests.app.pty_support import Terminal
from tests.app.test_terminal_bytes import opened

LETTERS = st.text(st.sampled_from("ab \n\x1b[201~0~\x07\x7f\x9bé界"), max_size=40)


def in_pieces(text: str, cuts: list[int]) -> list[str]:
    at = [0, *sorted(cut % (len(text) + 1) for cut in cuts), len(text)]
    return [text[a:b] for a, b in pairwise(at)]


@given(LETTERS.filter(lambda t: END not in t), st.lists(st.integers(0, 200), max_size=6))
def test_a_paste_is_one_message_with_its_words_however_the_terminal_cuts_it(
    text: str, cuts: list[int]
) -> None:
    parser = _GuardedParser()
    found = [
        event for piece in in_pieces(f"x{START}{text}{END}y", cuts) if piece for event in parser.feed(piece)
    ]
    assert [type(event) for event in found] == [events.Key, events.Paste, events.Key]
    assert clean(text_of(found)) == clean(text)


def text_of(found: list[Any]) -> str:
    return "".join(event.text for event in found if isinstance(event, events.Paste))


@given(LETTERS.filter(lambda t: START not in t), st.lists(st.integers(0, 200), max_size=6))
def test_what_is_typed_passes_as_it_is(text: str, cuts: list[int]) -> None:
    guard = PasteGuard()
    assert "".join(map(guard.clean, in_pieces(text, cuts))) == text


def test_a_second_paste_is_guarded_as_the_first() -> None:
    guard = PasteGuard()
    one = f"{START}a\x1bb{END}\x1b[A"
    assert guard.clean(one + one) == f"{START}ab{END}\x1b[A" * 2


def form(tmp_path: Path) -> Terminal:
    code = f"""
import sys, json
from pathlib import Path
from tests.app.app_support import make_app, FakeLaptop
from tests.app.test_lock_flows import Form
class Laptop(FakeLaptop):
    def save_draft(self, name, values, focus):
        Path({str(tmp_path / "kept")!r}).write_text(json.dumps(dict(values)))
        return super().save_draft(name, values, focus)
class App(type(make_app())):
    def action_keys(self):
        self.push_screen(Form())
app = make_app(Laptop())
app.__class__ = App
app.run()
sys.exit(app.return_code or 0)
"""
    terminal = opened(code, b"Visits")
    terminal.press(b"?")
    terminal.until(b"\xe2\x96\x94")
    terminal.quiet()
    return terminal


@pytest.mark.parametrize(
    ("pasted", "words"),
    [
        pytest.param(b"said \x1b[31mstop\x1b[0m twice", "said [31mstop[0m twice", id="colors"),
        pytest.param(b"one\x1bOQtwo \x1b\x1b\x11three", "oneOQtwo three", id="F2 and ctrl+q"),
        pytest.param(b"caf\xe9 \xff end", "caf\ufffd \ufffd end", id="no UTF-8"),
    ],
)
def test_escapes_and_broken_bytes_in_a_paste_press_no_key(tmp_path: Path, pasted: bytes, words: str) -> None:
    terminal = form(tmp_path)
    terminal.press(START.encode() + pasted + END.encode())
    terminal.quiet()
    terminal.press(b"!")
    terminal.until(b"!")
    terminal.press(b"\x11")
    assert terminal.end() == 0
    assert (tmp_path / "kept").read_text(encoding="utf-8").encode().decode("unicode_escape") == (
        f'{{"text": "{words}!"}}'
    )
