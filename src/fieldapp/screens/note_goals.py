"""Goals that a note worked on: earlier ones by their digit, a new one in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Input

from ..records.canonical import Json
from ..records.text import clean
from ..widgets.form_choice import ChoiceBox
from ..widgets.form_field import FormField
from ..widgets.form_line import LineInput


class FormGoals(FormField):
    """A list of goals; digits take earlier ones, the line below takes a new one."""

    DEFAULT_CSS = """
    FormGoals .goals { width: 1fr; height: auto; }
    """

    def __init__(self, field: str, label: str, offered: Sequence[str]) -> None:
        super().__init__(field, label)
        self.box = ChoiceBox(
            [(goal, goal) for goal in offered], several=True, none="none of the earlier ones"
        )
        self._new = LineInput(placeholder="a goal in words; several with ; between them")

    def compose_control(self) -> ComposeResult:
        with Vertical(classes="goals"):
            yield self.box
            yield self._new

    def on_mount(self) -> None:
        self.box.display = bool(self.box.options)

    @property
    def value(self) -> list[str]:
        """The goals in order, each once."""
        typed = (part.strip() for part in clean(self._new.value).split(";"))
        return list(dict.fromkeys([*self.box.picked, *(goal for goal in typed if goal)]))

    def values(self) -> Mapping[str, Json]:
        return {self.field: self.value or None}

    def restore(self, values: Mapping[str, Json], typed: Mapping[str, str]) -> None:
        goals = [str(goal) for goal in values.get(self.field) or []]
        offered = {code for code, _ in self.box.options}
        self.box.show([goal for goal in goals if goal in offered])
        self._new.show("; ".join(goal for goal in goals if goal not in offered))

    def place(self) -> str:
        return f"new:{self._new.cursor_position}" if self._new.has_focus else ""

    def land(self, place: str = "") -> None:
        name, _, cursor = place.partition(":")
        if name == "new" or not self.box.options:
            self._new.focus()
            if cursor.isdigit():
                self._new.cursor_position = min(int(cursor), len(self._new.value))
        else:
            self.box.focus()

    @on(ChoiceBox.Picked)
    def _picked(self, event: ChoiceBox.Picked) -> None:
        event.stop()
        self.changed()

    @on(ChoiceBox.Through)
    def _through(self, event: ChoiceBox.Through) -> None:
        event.stop()
        self._new.focus()

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self.changed()

    @on(Input.Submitted)
    def _entered(self, event: Input.Submitted) -> None:
        event.stop()
        self.done()
