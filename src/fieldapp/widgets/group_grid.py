"""The grid of a group: one line for a person, typed straight through by digits; their words below it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from textual import events, on
from textual.app import ComposeResult
from textual.message import Message
from textual.widgets import Static, TextArea

from ..records.canonical import Json
from ..records.group_rows import ROWS, attended
from . import group_cells as cells
from .flags import with_risk
from .form_field import FormField
from .group_box import GridBox as GridBox
from .group_box import ResponseArea as ResponseArea
from .group_cells import Person
from .text import clip, join, lines, styled


class FormGrid(FormField):
    """The people of a group as one field of its form: lines, what a key means now, and the words on one person."""

    DEFAULT_CSS = """
    FormGrid .legend { height: auto; max-height: 2; color: $text-muted; padding: 0 1; }
    FormGrid .who { height: 1; padding: 0 1; }
    FormGrid ResponseArea { margin: 0 0 0 1; }
    """

    @dataclass
    class Asked(Message):
        """The grid asks its form: add, drop, goal, code, risk."""

        grid: FormGrid
        what: str
        client: str

    @dataclass
    class Through(Message):
        """The last person is through."""

        grid: FormGrid

    def __init__(self) -> None:
        super().__init__(ROWS, "People", classes="-stacked")
        self.box = GridBox()
        self._area = ResponseArea(placeholder="What this person did and said")
        self._of = ""
        """Whose words stand in the area."""
        self.given = False
        """Whether homework was given in this session."""
        self._set = ""
        """What was set the time before."""

    def compose(self) -> ComposeResult:
        yield self.box
        yield Static("", classes="who")
        yield Static("", classes="legend")
        yield self._area
        yield Static("", classes="problem")

    def values(self) -> Mapping[str, Json]:
        return {ROWS: {client: dict(row) for client, row in self.box.rows.items()}}

    def restore(self, values: Mapping[str, Json], typed: Mapping[str, str]) -> None:
        rows = values.get(ROWS) or {}
        self.box.rows = {client: dict(row) for client, row in rows.items() if isinstance(row, Mapping)}
        self.show_person()

    def people(self, people: Sequence[Person]) -> None:
        """Show these people, in this order."""
        before = self.box.person
        self.box.people = list(people)
        if before is not None:
            clients = [person.client for person in people]
            self.box.at = clients.index(before.client) if before.client in clients else 0
        self.box.at = min(self.box.at, max(0, len(people) - 1))
        self.box.refresh(layout=True)
        self.show_person()
        if self.has_focus_within:
            self._into_sight()

    def follow(self, people: Sequence[Person], *, whole: int, homework: str, given: bool) -> None:
        """Show what follows from the form: minutes, codes, and the homework that is asked about, "" for none."""
        self.box.people = list(people)
        self.box.whole, self.box.homework, self.given = whole, bool(homework), given
        self._set = homework
        self.box.refresh()
        self._legend()

    def mark(self, clients: Sequence[str]) -> None:
        """Mark the rows that something stands against."""
        self.box.wrong = frozenset(clients)
        self.box.refresh()

    def show_person(self) -> None:
        """Show the words on whom the cursor stands on, and what a key means in the cell."""
        person = self.box.person
        client = person.client if person is not None else ""
        said = str(self.box.row.get("response") or "")
        if client != self._of or self._area.text != said:
            self._of = client
            self._area.show(said)
        self._area.disabled = not attended(self.box.row)
        self._legend()

    def _legend(self) -> None:
        person = self.box.person
        if not self.is_attached or person is None:
            return
        width = max(30, self.size.width - 3)
        in_words = self._area.has_focus
        column = cells.RESPONSE if in_words else self.box.column
        hours = f"{person.week_min / 60:.1f} h this week" if person.week_min else ""
        first = join(with_risk(person.name, person.risk), styled(f"  {hours}", "$text-muted"))
        why = styled(clip(person.why, max(10, width - first.cell_length - 2)), "$text-muted")
        self.query_one(".who", Static).update(join(first, "  ", why))
        said = cells.legend(
            column, self.box.row, person, self.box.whole, given=self.given, set_before=self._set
        )
        shown = said.split("\n") if "\n" in said else [clip(said, width * 2 - 4)]
        self.query_one(".legend", Static).update(lines(*(clip(one, width * 2 - 4) for one in shown)))

    def place(self) -> str:
        person = self.box.person
        client = person.client if person is not None else ""
        if self._area.has_focus:
            line, column = self._area.cursor_location
            return f"{client}/{cells.RESPONSE}/{line}:{column}"
        return f"{client}/{self.box.column}/"

    def land(self, place: str = "") -> None:
        client, _, rest = place.partition("/")
        column, _, cursor = rest.partition("/")
        if client:
            self.box.place(client, column)
        self.show_person()
        if column == cells.RESPONSE and not self._area.disabled:
            self._area.focus()
            line, _, at = cursor.partition(":")
            if line.isdigit() and at.isdigit():
                self._area.move_cursor((int(line), int(at)))
        else:
            self.box.focus()

    def changed(self) -> None:
        self.post_message(self.Changed(self))

    @on(GridBox.Changed)
    def _said(self, event: GridBox.Changed) -> None:
        event.stop()
        self.show_person()
        self.changed()

    @on(GridBox.Moved)
    def _went(self, event: GridBox.Moved) -> None:
        event.stop()
        self.show_person()
        if self.box.column == cells.RESPONSE and self.box.has_focus and not self._area.disabled:
            self._area.focus()
        self.post_message(self.Moved(self))

    @on(GridBox.Asked)
    def _asks(self, event: GridBox.Asked) -> None:
        event.stop()
        self.post_message(self.Asked(self, event.what, event.client))

    @on(GridBox.Left)
    def _through(self, event: GridBox.Left) -> None:
        event.stop()
        self.post_message(self.Through(self))

    @on(TextArea.Changed)
    def _typed(self, event: TextArea.Changed) -> None:
        event.stop()
        person = self.box.person
        if person is None or person.client != self._of:
            return
        text = self._area.text
        if text.strip():
            self.box.row["response"] = text
        else:
            self.box.row.pop("response", None)
        self.box.refresh()
        self.changed()

    @on(ResponseArea.Through)
    def _next(self, event: ResponseArea.Through) -> None:
        event.stop()
        self.box.focus()
        self.box.next_person()

    @on(ResponseArea.Row)
    def _other(self, event: ResponseArea.Row) -> None:
        event.stop()
        self.box.action_go(event.step)
        self.box.column = cells.RESPONSE
        if attended(self.box.row):
            self.show_person()
        else:
            self.box.focus()

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """Bring the whole grid into sight, and say what the keys mean here."""
        super().on_descendant_focus(event)
        if event.widget is self._area:
            self.box.column = cells.RESPONSE
            self.box.refresh()
        elif self.box.column == cells.RESPONSE:
            self.box.column = cells.GOALS if attended(self.box.row) else cells.ATTENDANCE_AT
            self.box.refresh()
        self._legend()
        self._into_sight()

    def _into_sight(self) -> None:
        """Show the grid from its top, with the words below it; where it is too long, at least its cursor."""
        self.call_after_refresh(self.scroll_visible, animate=False, top=True)
