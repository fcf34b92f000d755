"""The answers to one question, side by side under large digits: to be read from across a table."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

from textual.content import Content
from textual.renderables.digits import DIGITS, DIGITS3X3_BOLD
from textual.widgets import Static

from .text import fit, join, lines, styled

DIGIT_ROWS = 3
WIDEST = 26
"""Cells of a column, so that two answers stand together."""
CHOSEN = "bold reverse"


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer: the keys that give it, its words, whether it is the one that was given."""

    keys: str
    words: str
    chosen: bool = False


def large(text: str) -> tuple[str, str, str]:
    """Return a number as three rows of a large one."""
    places = [DIGITS.index(letter) * DIGIT_ROWS for letter in text]
    first, second, third = ("".join(DIGITS3X3_BOLD[at + row].ljust(3) for at in places) for row in range(3))
    return first, second, third


def draw_answers(answers: Sequence[Answer], width: int) -> Content:
    """Return answers in columns of equal width; the one that was given is marked without colour too."""
    if not answers:
        return Content("")
    column = min(WIDEST, max(6, width // len(answers)))
    room = column - 2 if column > 8 else column
    words = [textwrap.wrap(answer.words, room) for answer in answers]
    deepest = max(map(len, words), default=0)
    rows: list[Content] = []
    for row in range(DIGIT_ROWS + deepest):
        cells: list[Content | str] = []
        for answer, said in zip(answers, words, strict=True):
            if row < DIGIT_ROWS:
                text = large(answer.keys)[row]
            else:
                text = said[row - DIGIT_ROWS] if row - DIGIT_ROWS < len(said) else ""
            style = CHOSEN if answer.chosen else "bold" if row < DIGIT_ROWS else ""
            cells += [styled(fit(f" {text}" if room < column else text, room), style), " " * (column - room)]
        rows.append(join(*cells))
    marks = [
        fit(" ✓ this one" if room >= 11 else " ✓" if room < column else "✓", column)
        if a.chosen
        else " " * column
        for a in answers
    ]
    return lines(*rows, styled("".join(marks), "bold"))


class BigAnswers(Static):
    """Shows the answers of one question."""

    DEFAULT_CSS = "BigAnswers { height: auto; }"

    def __init__(self) -> None:
        super().__init__("", markup=False)
        self._answers: tuple[Answer, ...] = ()

    def show(self, answers: Sequence[Answer]) -> None:
        """Show these answers."""
        self._answers = tuple(answers)
        self._draw()

    def on_resize(self) -> None:
        """Use the new width."""
        self._draw()

    def _draw(self) -> None:
        self.update(draw_answers(self._answers, self.size.width or 76))
