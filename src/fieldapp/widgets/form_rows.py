"""Ordered lines of a form: free lines, or rows of people and things with a few cells each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.widget import Widget
from textual.widgets import Input, Static

from ..records.canonical import Json
from .form_choice import ChoiceBox
from .form_field import FormField
from .form_line import LineInput
from .form_row import CellChoice, Column, Row
from .text import plain


class FormRows(FormField):
    """Ordered rows; an empty one waits at the end until there are as many as may be."""

    DEFAULT_CSS = """
    FormRows .form-row { height: 1; }
    FormRows .number { width: 4; color: $text-muted; text-align: right; padding-right: 1; }
    FormRows .heads { height: 1; }
    FormRows .head { height: 1; padding: 0 1; color: $text-muted; width: 1fr; }
    FormRows .answers { height: auto; padding-left: 4; display: none; }
    FormRows.-answers .answers { display: block; }
    FormRows #rows { height: auto; }
    """
    BINDINGS = [
        Binding("alt+up", "shift(-1)", "Line up", show=False, id="rows.up"),
        Binding("alt+down", "shift(1)", "Line down", show=False, id="rows.down"),
        Binding("up", "go(-1)", "Row above", show=False, id="rows.above"),
        Binding("down", "go(1)", "Row below", show=False, id="rows.below"),
    ]
    HELP = (
        "Enter goes on to the next cell, on an empty line to the next step. Alt+up and alt+down move a line."
    )

    def __init__(self, field: str, label: str, columns: Sequence[Column], *, most: int) -> None:
        super().__init__(field, label, classes="-stacked")
        self.columns = tuple(columns)
        self.most = most

    @property
    def bare(self) -> bool:
        """Whether the value is a list of lines instead of a list of objects."""
        return len(self.columns) == 1

    def compose(self) -> ComposeResult:
        if self.label_text:
            yield Static(plain(self.label_text), classes="label")
        if not self.bare:
            with Horizontal(classes="heads"):
                yield Static("", classes="number")
                for column in self.columns:
                    head = Static(plain(column.label), classes="head")
                    if column.width:
                        head.styles.width = column.width
                    yield head
        yield Vertical(Row(self.columns, 1), id="rows")
        yield Static("", classes="answers")
        yield Static("", classes="problem")

    @property
    def rows(self) -> list[Row]:
        """The rows from the top."""
        return list(self.query(Row))

    def values(self) -> Mapping[str, Json]:
        filled = [row.data() for row in self.rows if not row.blank]
        if self.bare:
            return {self.field: [row[self.columns[0].name] for row in filled]}
        return {self.field: filled}

    def restore(self, values: Mapping[str, Json], typed: Mapping[str, str]) -> None:
        stored = values.get(self.field) or []
        first = self.columns[0].name
        self._show([row if isinstance(row, Mapping) else {first: row} for row in stored])

    def _show(self, stored: Sequence[Mapping[str, Any]]) -> None:
        wanted = len(stored) + (len(stored) < self.most)
        rows = self.rows
        for row in rows[wanted:]:
            row.remove()
        new = [Row(self.columns, number) for number in range(len(rows) + 1, wanted + 1)]
        if new:
            self.query_one("#rows", Vertical).mount_all(new)
        for number, row in enumerate([*rows[:wanted], *new]):
            row.fill(stored[number] if number < len(stored) else {})

    def _at(self) -> tuple[int, int]:
        for number, row in enumerate(self.rows):
            for place, cell in enumerate(row.cells):
                if cell.has_focus:
                    return number, place
        return -1, -1

    def place(self) -> str:
        number, place = self._at()
        if number < 0:
            return ""
        cell = self.rows[number].cells[place]
        return f"{number}:{place}:{cell.cursor_position if isinstance(cell, LineInput) else 0}"

    def land(self, place: str = "") -> None:
        parts = [int(part) for part in place.split(":") if part.isdigit()]
        rows = self.rows
        number, column, cursor = parts if len(parts) == 3 else (0, 0, 0)
        if not rows:
            return
        row = rows[min(number, len(rows) - 1)]
        cell = row.cells[min(column, len(row.cells) - 1)]
        cell.focus()
        if isinstance(cell, LineInput) and len(parts) == 3:
            cell.cursor_position = min(cursor, len(cell.value))

    def _grow(self) -> None:
        rows = self.rows
        if rows and not rows[-1].blank and len(rows) < self.most:
            self.query_one("#rows", Vertical).mount(Row(self.columns, len(rows) + 1))

    def _next(self) -> None:
        number, place = self._at()
        rows = self.rows
        if number < 0:
            return
        if place == 0 and rows[number].blank:
            self.done()
        elif place + 1 < len(self.columns):
            rows[number].cells[place + 1].focus()
        elif number + 1 < len(rows):
            rows[number + 1].cells[0].focus()
        else:
            self.done()

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self._grow()
        self.changed()

    @on(ChoiceBox.Picked)
    def _picked(self, event: ChoiceBox.Picked) -> None:
        event.stop()
        self._grow()
        self.changed()
        if event.final:
            self._next()

    @on(Input.Submitted)
    @on(ChoiceBox.Through)
    def _entered(self, event: Input.Submitted | ChoiceBox.Through) -> None:
        event.stop()
        self._next()

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """List the answers of a choice while it is focused."""
        cell: Widget | None = event.widget
        shown = self.query_one(".answers", Static)
        if isinstance(cell, CellChoice):
            shown.update(cell.answers())
        self.set_class(isinstance(cell, CellChoice), "-answers")

    def on_descendant_blur(self, _: events.DescendantBlur) -> None:
        """Put the answers away."""
        self.remove_class("-answers")

    def action_shift(self, step: int) -> None:
        """Move the row with the cursor up or down."""
        number, place = self._at()
        rows = self.rows
        other = number + step
        if number < 0 or not 0 <= other < len(rows) or rows[number].blank or rows[other].blank:
            return
        here, there = rows[number].data(), rows[other].data()
        rows[number].fill(there)
        rows[other].fill(here)
        rows[other].cells[place].focus()
        self.changed()

    def action_go(self, step: int) -> None:
        """Go to the row above or below."""
        number, place = self._at()
        rows = self.rows
        if 0 <= number + step < len(rows):
            rows[number + step].cells[place].focus()


class FormLines(FormRows):
    """Ordered lines in somebody's own words."""

    def __init__(self, field: str, label: str, *, most: int = 6) -> None:
        super().__init__(field, label, (Column("line", label),), most=most)
