"""The lines of a group's grid with a cursor in one cell, and the words on one person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from textual import events
from textual.binding import Binding
from textual.content import Content
from textual.geometry import Size
from textual.message import Message
from textual.widget import Widget

from ..records.group_rows import attended
from . import group_cells as cells
from .form_line import ProseArea
from .group_cells import Person
from .text import lines, styled


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
