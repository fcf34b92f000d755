"""Ordered lines of a form: free lines, or rows of people and things with a few cells each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.geometry import Size
from textual.widget import Widget
from textual.widgets import Input, Static

from ..records.canonical import Json
from ..records.text import clean
from .form_choice import KEYS, ChoiceBox
from .form_field import FormField
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
