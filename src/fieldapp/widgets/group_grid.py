"""The grid of a group: one line for a person, typed straight through by digits; their words below it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.content import Content
from textual.geometry import Size
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Static, TextArea

from ..records.canonical import Json
from ..records.group_rows import ROWS, attended
from . import group_cells as cells
from .flags import with_risk
from .form_field import FormField
from .form_line import ProseArea
from .group_cells import Person
from .text import clip, join, lines, styled


class ResponseArea(ProseArea):
    """The words on one person; enter goes on to the next."""

    DEFAULT_CSS = """
    ResponseArea { height: 3; min-height: 3; max-height: 3; }
    """
    BINDINGS = [
        # With priority: a TextArea would make a new line of it.
        Binding("enter", "through", "Next person", show=False, priority=True, id="grid.through"),
        Binding("alt+up", "row(-1)", "Person above", show=False, id="grid.text_above"),
        Binding("alt+down", "row(1)", "Person below", show=False, id="grid.text_below"),
    ]

    @dataclass
    class Through(Message):
        """Enter: this person is done."""

    @dataclass
    class Row(Message):
        """Another person's words, please."""

        step: int

    def action_through(self) -> None:
        """Go on."""
        self.post_message(self.Through())

    def action_row(self, step: int) -> None:
        """Go to the words of the person above or below."""
        self.post_message(self.Row(step))


class GridBox(Widget, can_focus=True):
    """The lines of the grid with a cursor in one cell."""

    DEFAULT_CSS = """
    GridBox { width: 1fr; height: auto; background: $surface; color: $foreground; }
    GridBox:focus { background: $panel; }
    """
    BINDINGS = [
        *(Binding(str(n), f"digit({n})", "Answer", show=False, id=f"grid.{n}") for n in range(10)),
        Binding("down", "go(1)", "Person below", show=False, id="grid.down"),
        Binding("up", "go(-1)", "Person above", show=False, id="grid.up"),
        Binding("right", "cell(1)", "Next cell", show=False, id="grid.right"),
        Binding("left", "cell(-1)", "Cell before", show=False, id="grid.left"),
        Binding("enter", "on", "Next cell", show=False, id="grid.on"),
        Binding("backspace", "clear", "Take the answer away", show=False, id="grid.clear"),
        Binding("a,plus", "ask('add')", "Add", show=False, id="grid.add"),
        Binding("delete,x", "ask('drop')", "Take off", show=False, id="grid.drop"),
        Binding("w", "ask('goal')", "Write a goal", show=False, id="grid.goal"),
        Binding("c", "ask('code')", "Code", show=False, id="grid.code"),
        Binding("l", "ask('location')", "Where they were", show=False, id="grid.location"),
        Binding("h", "given", "Homework given", show=False, id="grid.given"),
    ]
    HELP = (
        "Digits answer and go on, enter passes a cell, arrows move. `a` adds somebody by name, delete or `x` takes a person off "
        "the list, `w` writes a new goal, `h` says who was not given the homework, `l` where somebody was in a video group, `c` picks another service code."
    )

    @dataclass
    class Changed(Message):
        """A row says something else."""

    @dataclass
    class Moved(Message):
        """The cursor stands in another cell."""

    @dataclass
    class Asked(Message):
        """Somebody wants what the grid cannot do by itself: add, drop, goal, code, risk."""

        what: str
        client: str

    @dataclass
    class Left(Message):
        """The last row is through."""

    def __init__(self) -> None:
        super().__init__()
        self.people: list[Person] = []
        self.rows: dict[str, dict[str, Any]] = {}
        self.at, self.column = 0, cells.ATTENDANCE_AT
        self.whole = 0
        """Minutes of the session."""
        self.homework = False
        """Whether something was set the time before, that is asked about."""
        self.wrong: frozenset[str] = frozenset()
        self._fresh = True
        """Whether the next digit begins a number anew."""

    @property
    def person(self) -> Person | None:
        """Whom the cursor stands on."""
        return self.people[self.at] if self.at < len(self.people) else None

    @property
    def row(self) -> dict[str, Any]:
        """The row with the cursor; a dict of its own where there is none."""
        person = self.person
        return self.rows.setdefault(person.client, {}) if person is not None else {}

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Return the head, and a line for each person."""
        return 1 + max(1, len(self.people))

    def render(self) -> Content:
        """Return all lines."""
        width = self.content_size.width or 78
        shown: list[Content | str] = [cells.head(width, homework=self.homework)]
        for number, person in enumerate(self.people):
            here = self.column if number == self.at else ""
            shown.append(
                cells.line(
                    person, self.rows.get(person.client, {}), width, whole=self.whole, here=here,
                    wrong=person.client in self.wrong, homework=self.homework,
                )
            )  # fmt: skip
        if not self.people:
            shown.append(styled("  Nobody yet: press a and type a name.", "$text-muted"))
        return lines(*shown)

    def on_key(self, event: events.Key) -> None:
        """Keep letters that mean nothing here from acting as the app's own keys."""
        if event.is_printable and (event.character or " ") not in "0123456789a+wchlx?":
            event.stop()

    def place(self, client: str, column: str) -> None:
        """Put the cursor into a cell."""
        clients = [person.client for person in self.people]
        self.at = clients.index(client) if client in clients else min(self.at, max(0, len(clients) - 1))
        self.column = column if column in cells.COLUMNS else cells.ATTENDANCE_AT
        self._moved()

    def _moved(self) -> None:
        self._fresh = True
        self.refresh()
        self.post_message(self.Moved())

    def _say(self, name: str, value: Any) -> None:
        if value is None:
            self.row.pop(name, None)
        else:
            self.row[name] = value
        self.refresh()
        self.post_message(self.Changed())

    def action_digit(self, digit: int) -> None:
        """Answer the cell with the cursor."""
        person = self.person
        if person is None or not cells.asked(self.column, self.row, homework=self.homework):
            return
        if self.column == cells.MINUTES:
            before = 0 if self._fresh else int(self.row.get("minutes") or 0)
            self._say("minutes", min(before * 10 + digit, 999))
            self._fresh = False
        elif self.column == cells.PARTICIPATION_AT and digit <= 3:
            self._say("participation", digit)
            self.action_on()
        elif self.column == cells.GOALS:
            self._goal(person, digit)
        else:
            code = cells.answer(self.column, digit)
            if code is None:
                return
            self._answered(person, code)

    def _answered(self, person: Person, code: str) -> None:
        if self.column == cells.RISK and code != "present":
            for name in ("level", "detail"):
                self.row.pop(name, None)
        self._say(self.column, code)
        if self.column == cells.RISK and code == "present":
            self.post_message(self.Asked("risk", person.client))
        else:
            self.action_on()

    def _goal(self, person: Person, digit: int) -> None:
        if not 1 <= digit <= len(person.goals):
            return
        goal, picked = person.goals[digit - 1], list(self.row.get("goals") or ())
        said = [one for one in picked if one != goal] if goal in picked else [*picked, goal]
        self._say("goals", said or None)
        if len(person.goals) == 1 and said:
            self.action_on()

    def action_on(self) -> None:
        """Go to the next cell that asks for something; behind the last person out of the grid."""
        column = cells.after(self.column, self.row, homework=self.homework) if self.person else ""
        if column:
            self.column = column
            self._moved()
        else:
            self.next_person()

    def next_person(self) -> None:
        """Go to the first cell of the next person."""
        if self.at + 1 < len(self.people):
            self.at, self.column = self.at + 1, cells.ATTENDANCE_AT
            self._moved()
        else:
            self.post_message(self.Left())

    def action_go(self, step: int) -> None:
        """Go to the person above or below, in the same column."""
        if 0 <= self.at + step < len(self.people):
            self.at += step
            self._moved()

    def action_cell(self, step: int) -> None:
        """Go to the cell to the right or left that asks for something."""
        at = cells.COLUMNS.index(self.column) + step
        while 0 <= at < len(cells.COLUMNS):
            if cells.asked(cells.COLUMNS[at], self.row, homework=self.homework):
                self.column = cells.COLUMNS[at]
                self._moved()
                return
            at += step

    def action_clear(self) -> None:
        """Take an answer away, or the last digit of a number."""
        if self.column == cells.MINUTES and not self._fresh and self.row.get("minutes"):
            self._say("minutes", int(self.row["minutes"]) // 10 or None)
        elif self.row.get(self.column) not in (None, "", []):
            self._say(self.column, None)

    def action_ask(self, what: str) -> None:
        """Ask the form for something."""
        self.post_message(self.Asked(what, self.person.client if self.person else ""))

    def action_given(self) -> None:
        """Say that this person was not given what the others were, or was after all."""
        if attended(self.row):
            self._say("homework_skipped", None if self.row.get("homework_skipped") else True)


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
