"""How far each goal of a note moved, by one key for each (clinical.md 2.11)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.widgets import Static

from ..records.canonical import Json
from ..records.note_tables import PROGRESS
from ..widgets.form_choice import ChoiceBox
from ..widgets.form_field import FormField
from ..widgets.text import clip, plain

MOST = 9
"""Goals that can be rated in one note: as many as are offered."""
NAME_CELLS = 26


class FormProgress(FormField):
    """One row for each goal that the note names."""

    DEFAULT_CSS = """
    FormProgress .moves { width: 1fr; height: auto; }
    FormProgress .move { height: auto; display: none; }
    FormProgress .move.-used { display: block; }
    FormProgress .goal { width: 27; height: auto; padding-right: 1; }
    """

    def __init__(self, field: str, label: str) -> None:
        super().__init__(field, label)
        self.boxes = tuple(ChoiceBox(tuple(PROGRESS.items()), none="not rated") for _ in range(MOST))
        self._names = tuple(Static("", classes="goal") for _ in range(MOST))
        self._goals: tuple[str, ...] = ()
        self._rated: dict[str, str] = {}
        """What was rated, also of goals that are not picked at the moment."""

    def compose_control(self) -> ComposeResult:
        with Vertical(classes="moves"):
            for name, box in zip(self._names, self.boxes, strict=True):
                with Horizontal(classes="move"):
                    yield name
                    yield box

    def offer(self, goals: Sequence[str]) -> None:
        """Ask about these goals; what was said of one stays with it."""
        shown = tuple(goals[:MOST])
        if shown == self._goals:
            return
        self._goals = shown
        for number, (name, box) in enumerate(zip(self._names, self.boxes, strict=True)):
            goal = shown[number] if number < len(shown) else ""
            if name.parent is not None:
                name.parent.set_class(bool(goal), "-used")
            name.update(plain(clip(goal, NAME_CELLS)))
            rated = self._rated.get(goal)
            box.show([] if rated is None else [rated])

    def values(self) -> Mapping[str, Json]:
        found = [
            {"goal": goal, "step": int(self._rated[goal])} for goal in self._goals if goal in self._rated
        ]
        return {self.field: found or None}

    def restore(self, values: Mapping[str, Json], typed: Mapping[str, str]) -> None:
        rows = values.get(self.field) or []
        self._rated = {
            str(row.get("goal")): str(row.get("step")) for row in rows if str(row.get("step")) in PROGRESS
        }
        self._goals = ()
        self.offer(list(self._rated))

    def place(self) -> str:
        return next((str(number) for number, box in enumerate(self.boxes) if box.has_focus), "")

    def land(self, place: str = "") -> None:
        number = int(place) if place.isdigit() and int(place) < len(self._goals) else 0
        self.boxes[number].focus()

    @on(ChoiceBox.Picked)
    def _picked(self, event: ChoiceBox.Picked) -> None:
        event.stop()
        number = self.boxes.index(event.box)
        if number < len(self._goals):
            goal = self._goals[number]
            if event.box.picked:
                self._rated[goal] = event.box.picked[0]
            else:
                self._rated.pop(goal, None)
            self.changed()
        if event.final:
            self._next(number)

    @on(ChoiceBox.Through)
    def _through(self, event: ChoiceBox.Through) -> None:
        event.stop()
        self._next(self.boxes.index(event.box))

    def _next(self, number: int) -> None:
        if number + 1 < len(self._goals):
            self.boxes[number + 1].focus()
        else:
            self.done()
