"""Small dialogs that ask: are you sure, why, which one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from textual import on
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from ..widgets.form_choice import FormChoice
from ..widgets.form_field import FormField
from ..widgets.form_line import FormText
from ..widgets.text import plain
from .base import Dialog
from .keys import key


class Sure(Dialog[bool]):
    """A question with yes and no; enter says no, so that a slip does nothing."""

    HELP = "# Sure?\n\nY says yes. Enter or escape says no."
    BINDINGS = [
        key("y", "yes", "Yes", "Do it."),
        key("n,enter,escape", "no", "No", "Do not do it."),
    ]

    def __init__(self, question: str, sentence: str) -> None:
        super().__init__()
        self._question, self._sentence = question, sentence

    def compose_body(self) -> ComposeResult:
        yield Static(plain(self._question), classes="title")
        yield Static(plain(self._sentence))
        yield Static(plain("y  yes      n  no"), classes="muted")

    def action_yes(self) -> None:
        """Say yes."""
        self.dismiss(True)

    def action_no(self) -> None:
        """Say no."""
        self.dismiss(False)


@dataclass(frozen=True, slots=True)
class Reason:
    """What was answered."""

    category: str
    text: str
    """In words: the picked reason and what was added to it."""


class AskReason(Dialog[Reason | None]):
    """A reason from a short list, and words of one's own; at least one of them."""

    CSS_PATH = "form.tcss"
    AUTO_FOCUS = ""
    HELP = (
        "# Why\n\nThe digit picks a reason; add what the other needs to know. Ctrl+s, or enter on the "
        "picked reason, goes on."
    )
    BINDINGS = [
        key("ctrl+s", "go", "Go on", "Use this reason.", priority=True),
        key("escape", "back", "Back", "Do nothing."),
    ]

    def __init__(
        self,
        title: str | Content,
        sentence: str,
        options: Sequence[tuple[str, str]] = (),
        *,
        label: str = "In words",
        need_text: bool = False,
    ) -> None:
        super().__init__()
        self._title, self._sentence, self._options = title, sentence, tuple(options)
        self._label, self._need_text = label, need_text

    def compose_body(self) -> ComposeResult:
        yield Static(self._title if isinstance(self._title, Content) else plain(self._title), classes="title")
        if self._sentence:
            yield Static(plain(self._sentence), classes="muted")
        if self._options:
            yield FormChoice("category", "Reason", self._options)
        yield FormText("text", self._label)

    def on_mount(self) -> None:
        self.query(FormField).first().land()

    @on(FormField.Done)
    def _next(self, event: FormField.Done) -> None:
        if event.field.field == "category":
            self.query_one("#field-text", FormText).land()

    def action_go(self) -> None:
        """Use the reason."""
        category = self.query_one(FormChoice) if self._options else None
        text = self.query_one("#field-text", FormText).text.strip()
        code = category.value if category else ""
        picked = dict(self._options).get(code, "")
        if (self._need_text and not text) or not (picked or text):
            self.query_one("#field-text", FormText).complain("Say why, in a few words.")
            return
        self.dismiss(Reason(code, ": ".join(part for part in (picked, text) if part)))

    def action_back(self) -> None:
        """Do nothing."""
        self.dismiss(None)


class Choose(Dialog[str | None]):
    """One of several, by its key; dismissed with its code."""

    CSS_PATH = "form.tcss"
    AUTO_FOCUS = "ChoiceBox"
    HELP = "# Choose\n\nPress the key in front of an answer. Escape goes back."
    BINDINGS = [key("escape", "back", "Back", "Choose nothing.")]

    def __init__(self, title: str, sentence: str, options: Sequence[tuple[str, str]]) -> None:
        super().__init__()
        self._title, self._sentence, self._options = title, sentence, tuple(options)

    def compose_body(self) -> ComposeResult:
        yield Static(plain(self._title), classes="title")
        if self._sentence:
            yield Static(plain(self._sentence))
        yield FormChoice("choice", "", self._options, classes="-stacked")

    @on(FormField.Done)
    def _chosen(self, event: FormField.Done) -> None:
        field = event.field
        if isinstance(field, FormChoice) and field.value:
            self.dismiss(field.value)

    def action_back(self) -> None:
        """Choose nothing."""
        self.dismiss(None)
