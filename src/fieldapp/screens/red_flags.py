"""The red flags of an intake, yes or no each, and what a supervisor decides about one (clinical.md 2.23)."""

from __future__ import annotations

from dataclasses import dataclass

from textual import on
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from ..records.kinds.risk import RED_FLAGS
from ..widgets.form_choice import FormYes
from ..widgets.form_field import FormField
from ..widgets.form_line import FormLine
from ..widgets.text import plain
from .base import Dialog
from .keys import key

SHORT = {"active_intent": "Active intent", "medical": "Medical", "self_care": "Self-care"}


@dataclass(frozen=True, slots=True)
class Answers:
    """What was answered."""

    flags: dict[str, bool]
    remark: str


class AskRedFlags(Dialog[Answers | None]):
    """Three questions, yes or no each."""

    CSS_PATH = "form.tcss"
    AUTO_FOCUS = ""
    HELP = (
        "# Red flags\n\n1 says yes, 2 says no. Any yes asks a supervisor at once for a higher level of care, and stands on the "
        "client's line until they decide. It is no answer to a crisis: for that there is the crisis record (F3)."
    )
    BINDINGS = [
        key("ctrl+s", "go", "Write", "Write down the answers.", priority=True),
        key("escape", "back", "Back", "Write nothing."),
    ]

    def __init__(self, title: Content) -> None:
        super().__init__()
        self._title = title

    def compose_body(self) -> ComposeResult:
        yield Static(self._title, classes="title")
        for code, words in RED_FLAGS.items():
            yield Static(plain(words), classes="muted")
            yield FormYes(code, SHORT[code])
        yield FormLine("remark", "Remark", placeholder="what was said or seen")

    def on_mount(self) -> None:
        self.query(FormField).first().land()

    @on(FormField.Done)
    def _next(self, event: FormField.Done) -> None:
        fields = list(self.query(FormField))
        at = fields.index(event.field)
        if at + 1 < len(fields):
            fields[at + 1].land()
        else:
            self.action_go()

    def action_go(self) -> None:
        """Hand the answers back once all three are there."""
        flags: dict[str, bool] = {}
        for field in self.query(FormYes):
            if not field.value:
                field.complain("Answer with yes or no.")
                field.land()
                return
            field.complain("")
            flags[field.field] = field.value == "yes"
        self.dismiss(Answers(flags, self.query_one(FormLine).text.strip()))

    def action_back(self) -> None:
        """Write nothing."""
        self.dismiss(None)
