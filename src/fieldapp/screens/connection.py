"""Ask, some weeks after a discharge, whether the client is connected to care; the answer stands with the discharge."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from textual import on
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from ..clinical.times import day_of
from ..records.kinds.discharge import CONNECTIONS
from ..widgets.flags import titled
from ..widgets.form_choice import FormChoice
from ..widgets.form_field import FormField
from ..widgets.form_line import FormLine
from ..widgets.form_past_day import FormPastDay
from ..widgets.text import plain
from .base import Dialog
from .keys import key

if TYPE_CHECKING:
    from .base import FieldScreen


@dataclass(frozen=True, slots=True)
class Connected:
    """What was answered."""

    answer: str
    day: str
    words: str


class ConnectionDialog(Dialog[Connected | None]):
    """Connected or not, since when, with whom."""

    CSS_PATH = "form.tcss"
    AUTO_FOCUS = ""
    HELP = (
        "# Connected to care?\n\nThe digit answers. The day is that of the first contact with the next provider, or the day on "
        "which you asked. Ctrl+s keeps it with the discharge and finishes the task."
    )
    BINDINGS = [
        key("ctrl+s", "go", "Keep", "Keep the answer.", priority=True),
        key("escape", "back", "Back", "Answer later."),
    ]

    def __init__(self, title: Content, now: Callable[[], int], tz: str) -> None:
        super().__init__()
        self._title, self._now, self._tz = title, now, tz

    def compose_body(self) -> ComposeResult:
        yield Static(self._title, classes="title")
        yield Static(plain("Has the client begun with whoever takes over?"))
        yield FormChoice("answer", "It is so", CONNECTIONS, optional=False)
        yield FormPastDay("day", "Day", now=self._now, tz=self._tz, placeholder="today, -3, 11/13")
        yield FormLine("words", "With whom", placeholder="provider; how you know")

    def on_mount(self) -> None:
        today = day_of(self._now(), self._tz).isoformat()
        self.query_one(FormPastDay).restore({"day": today}, {})
        self.query_one(FormChoice).land()

    @on(FormField.Done)
    def _next(self, event: FormField.Done) -> None:
        fields = list(self.query(FormField))
        at = fields.index(event.field) + 1
        if at < len(fields):
            fields[at].land()
        else:
            self.action_go()

    def action_go(self) -> None:
        """Keep the answer, once it is whole."""
        choice, day, words = (
            self.query_one(FormChoice),
            self.query_one(FormPastDay),
            self.query_one("#field-words", FormLine),
        )
        if not choice.value:
            choice.complain("Say whether they are connected.")
            choice.land()
            return
        wrong = day.check()
        said = day.values().get("day")
        if wrong or not said:
            day.complain(wrong or "Give the day.")
            day.land()
            return
        self.dismiss(Connected(choice.value, str(said), words.text.strip()))

    def action_back(self) -> None:
        """Answer later."""
        self.dismiss(None)


async def ask_connection(screen: FieldScreen[Any], discharge: str, name: str, risk: str) -> None:
    """Ask whether a client is connected to care, and keep the answer."""
    host = screen.host
    title = titled("Connected to care?", name, risk)
    answer = await screen.app.push_screen_wait(ConnectionDialog(title, host.corrected_ms, host.me.tz))
    if answer is None:
        return
    await host.ask(host.laptop.say_connected, discharge, answer.answer, answer.day, answer.words)
    host.touched(discharge)
    screen.say("Kept with the discharge; the task is done.", tone="done")
