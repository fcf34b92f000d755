"""Small dialogs of a group's grid: how high a risk is, and a goal that is new."""

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


class NewGoal(Dialog[str | None]):
    """One goal in words."""

    CSS_PATH = "form.tcss"
    AUTO_FOCUS = "#field-goal *"
    HELP = "# A goal\n\nOne line; enter takes it, escape goes back."
    BINDINGS = [key("escape", "back", "Back", "No new goal.")]

    def __init__(self, name: str, risk: str) -> None:
        super().__init__()
        self._whom, self._risk = name, risk

    def compose_body(self) -> ComposeResult:
        yield Static(titled("A goal", self._whom, self._risk), classes="title")
        yield FormLine("goal", "Goal")
        yield Static(plain("enter  take it      escape  back"), classes="muted")

    @on(FormField.Done)
    def _entered(self, event: FormField.Done) -> None:
        text = clean(self.query_one(FormLine).text).strip()
        self.dismiss(text or None)

    def action_back(self) -> None:
        """No new goal."""
        self.dismiss(None)
