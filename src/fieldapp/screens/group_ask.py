"""Small dialogs of a group's grid: how high a risk is, and one line about a person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from textual import on
from textual.app import ComposeResult
from textual.widgets import Static

from ..records.text import clean
from ..widgets.flags import titled
from ..widgets.form_choice import FormChoice
from ..widgets.form_field import FormField
from ..widgets.form_line import FormLine, FormText
from ..widgets.text import plain
from .base import Dialog
from .keys import key
from .note_rules import RISK_LEVELS


@dataclass(frozen=True, slots=True)
class RiskSaid:
    """How high, and what was seen or said."""

    level: str
    detail: str


class GroupRisk(Dialog[RiskSaid | None]):
    """The level of a risk that showed in a group; dismissed with None the answer is taken back."""

    CSS_PATH = "form.tcss"
    AUTO_FOCUS = ""
    HELP = (
        "# Risk in group\n\nThe key picks the level, then what was seen or said. It raises the client's risk when you sign, "
        "and makes a task to see them alone."
    )
    BINDINGS = [
        key("ctrl+s", "go", "Go on", "Keep this.", priority=True),
        key("escape", "back", "Back", "Take the answer back."),
    ]

    def __init__(self, name: str, risk: str, row: Mapping[str, Any]) -> None:
        super().__init__()
        self._whom, self._risk, self._row = name, risk, row

    def compose_body(self) -> ComposeResult:
        yield Static(titled("Risk is present", self._whom, self._risk), classes="title")
        yield FormChoice("level", "How high", RISK_LEVELS)
        yield FormText("detail", "What you saw or heard, of this person alone", classes="-stacked")

    def on_mount(self) -> None:
        level, detail = self.query_one(FormChoice), self.query_one(FormText)
        level.restore({"level": self._row.get("level")}, {})
        detail.restore({"detail": self._row.get("detail")}, {})
        level.land()

    @on(FormField.Done)
    def _next(self, event: FormField.Done) -> None:
        if isinstance(event.field, FormChoice):
            self.query_one(FormText).land()

    def action_go(self) -> None:
        """Keep level and words."""
        level = self.query_one(FormChoice).value
        if not level:
            self.query_one(FormChoice).complain("Choose how high it is.")
            return
        self.dismiss(RiskSaid(level, clean(self.query_one(FormText).text).strip()))

    def action_back(self) -> None:
        """Take the answer back."""
        self.dismiss(None)


class OneLine(Dialog[str | None]):
    """One line about a person: a new goal, or where they were."""

    CSS_PATH = "form.tcss"
    AUTO_FOCUS = ""
    HELP = "# One line\n\nEnter takes it, escape goes back."
    BINDINGS = [key("escape", "back", "Back", "Write nothing.")]

    def __init__(self, title: str, label: str, whom: str, risk: str, before: str = "") -> None:
        super().__init__()
        self._title, self._label, self._whom, self._risk, self._before = title, label, whom, risk, before

    def compose_body(self) -> ComposeResult:
        yield Static(titled(self._title, self._whom, self._risk), classes="title")
        yield FormLine("line", self._label)
        yield Static(plain("enter  take it      escape  back"), classes="muted")

    def on_mount(self) -> None:
        line = self.query_one(FormLine)
        line.restore({"line": self._before}, {})
        line.land()

    @on(FormField.Done)
    def _entered(self, event: FormField.Done) -> None:
        text = clean(self.query_one(FormLine).text).strip()
        self.dismiss(text or None)

    def action_back(self) -> None:
        """Write nothing."""
        self.dismiss(None)
