"""One row of a form's list: a number and a few cells of text or choice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.geometry import Size
from textual.widgets import Static

from ..records.canonical import Json
from ..records.text import clean
from .form_choice import KEYS, ChoiceBox
from .form_line import LineInput
from .text import clip, plain, styled


@dataclass(frozen=True, slots=True)
class Column:
    """One cell of a row."""

    name: str
    label: str
    width: int = 0
    """Cells; 0 takes what is left."""
    options: tuple[tuple[str, str], ...] = ()
    """Answers of a choice; none for text."""

    @property
    def is_yes_no(self) -> bool:
        """Whether the value is true or false instead of a code."""
        return {code for code, _ in self.options} == {"yes", "no"}


class CellChoice(ChoiceBox):
    """A choice in a row: always one line, its answers are listed below the rows."""

    def __init__(self, options: Sequence[tuple[str, str]]) -> None:
        super().__init__(options, none="-")

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Return one line."""
        return 1

    def render(self) -> Content:
        """Return the answer."""
        width = self.content_size.width or 10
        if self.picked:
            return styled(clip(self.words(), width), "bold" if self.has_focus else "")
        return styled(self.none, "$text-muted")

    def answers(self) -> Content:
        """Return all answers with their keys."""
        return Content("  ").join(
            styled(KEYS[n], "bold $text-primary") + plain(f" {words}")
            for n, (_, words) in enumerate(self.options)
        )


class Row(Horizontal):
    """One row: its number and its cells."""

    def __init__(self, columns: Sequence[Column], number: int) -> None:
        super().__init__(classes="form-row")
        self.columns = tuple(columns)
        self.number = number
        self.kept: Mapping[str, Any] = {}
        """What the row held when it was shown; fields that the form does not know stay."""
        self.cells: list[LineInput | CellChoice] = []
        for column in columns:
            cell = CellChoice(column.options) if column.options else LineInput(placeholder="")
            if column.width:
                cell.styles.width = column.width
            self.cells.append(cell)

    def compose(self) -> ComposeResult:
        yield Static(plain(f"{self.number}."), classes="number")
        yield from self.cells

    def data(self) -> dict[str, Any]:
        """Return what the row holds; empty if nothing is filled in."""
        found = dict(self.kept)
        for column, cell in zip(self.columns, self.cells, strict=True):
            if isinstance(cell, CellChoice):
                value: Json = cell.picked[0] if cell.picked else None
                if column.is_yes_no:
                    value = {"yes": True, "no": False}.get(str(value))
            else:
                value = clean(cell.value).strip() or None
            found.pop(column.name, None)
            if value is not None:
                found[column.name] = value
        return found

    @property
    def blank(self) -> bool:
        """Whether nothing is filled in by the person."""
        names = {column.name for column in self.columns}
        return not names & set(self.data())

    def fill(self, data: Mapping[str, Any]) -> None:
        """Show what a row holds."""
        self.kept = dict(data)
        for column, cell in zip(self.columns, self.cells, strict=True):
            value = data.get(column.name)
            if isinstance(cell, CellChoice):
                if isinstance(value, bool):
                    value = "yes" if value else "no"
                cell.show([] if value is None else [str(value)])
            else:
                cell.show("" if value is None else str(value))
