"""Asking what came of a task, and closing it."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.widgets import Static

from ..widgets.form_line import FormLine
from ..widgets.text import clip, plain
from .base import Dialog, FieldScreen
from .keys import key


class FinishTask(Dialog[str | None]):
    """Dismissed with what came of a task, or None."""

    CSS_PATH = "form.tcss"
    AUTO_FOCUS = ""
    HELP = "# Done\n\nOne line of what came of it, then enter. Escape leaves the task open."
    BINDINGS = [
        key("ctrl+s", "go", "Done", "The task is done.", priority=True),
        key("escape", "back", "Back", "Leave the task open."),
    ]

    def __init__(self, title: str, name: str) -> None:
        super().__init__()
        self._title, self._name = title, name

    def compose_body(self) -> ComposeResult:
        yield Static(plain(clip(f"Done: {self._title}", 72)), classes="title")
        if self._name:
            yield Static(plain(self._name), classes="muted")
        yield FormLine(
            "outcome", "What came of it", placeholder="in one line, then enter", classes="-stacked"
        )

    def on_mount(self) -> None:
        self.query_one(FormLine).land()

    @on(FormLine.Done)
    def action_go(self) -> None:
        """The task is done."""
        line = self.query_one(FormLine)
        if line.text.strip():
            self.dismiss(line.text.strip())
        else:
            line.complain("Say in a few words what came of it.")

    def action_back(self) -> None:
        """Leave the task open."""
        self.dismiss(None)


async def finish_task(screen: FieldScreen[None], record: str, title: str, name: str) -> bool:
    """Ask what came of a task and close it; returns whether it was done."""
    host = screen.host
    outcome = await screen.app.push_screen_wait(FinishTask(title, name))
    if outcome is None:
        return False
    await host.ask(host.laptop.finish_task, record, outcome)
    host.touched(record)
    screen.say(f"Done: {title}.", tone="done")
    return True
