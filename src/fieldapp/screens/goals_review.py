"""A treatment plan was looked at and stays: in few words how it stands, and by when it is looked at again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from textual import on
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from ..widgets.flags import titled
from ..widgets.form_field import FormField
from ..widgets.form_line import FormText
from ..widgets.form_time import FormDay
from ..widgets.identity import called
from ..widgets.text import plain
from .base import Dialog
from .keys import key
from .sign import SignDialog

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..store.models import ClientLine
    from .base import FieldScreen


@dataclass(frozen=True, slots=True)
class Stays:
    """What was answered."""

    text: str
    next_due: str


class ReviewDialog(Dialog[Stays | None]):
    """Asks how the plan stands and when it is looked at again."""

    CSS_PATH = "form.tcss"
    AUTO_FOCUS = ""
    HELP = "# Reviewed, stays\n\nNo new version: an entry of the review log with your name. Ctrl+s signs it."
    BINDINGS = [
        key("ctrl+s", "go", "Sign", "Sign that the plan stays as it is.", priority=True),
        key("escape", "back", "Back", "Do nothing."),
    ]

    def __init__(self, title: Content, next_due: str, now: Callable[[], int], tz: str) -> None:
        super().__init__()
        self._title, self._next, self._now, self._tz = title, next_due, now, tz

    def compose_body(self) -> ComposeResult:
        yield Static(self._title, classes="title")
        yield Static(plain("The version on screen stays; the review is written below it."), classes="muted")
        yield FormText("text", "How it stands", placeholder="what moved, and what the client says")
        yield FormDay("next_due", "Look again by", now=self._now, tz=self._tz, placeholder="90, +30, 12/24")

    def on_mount(self) -> None:
        self.query_one("#field-next-due", FormDay).restore({"next_due": self._next}, {})
        self.query_one(FormText).land()

    @on(FormField.Done)
    def _done(self, event: FormField.Done) -> None:
        if event.field.field == "next_due":
            self.action_go()

    def action_go(self) -> None:
        """Hand the answers back."""
        text, day = self.query_one(FormText), self.query_one("#field-next-due", FormDay)
        text.complain("" if text.text.strip() else "Say in a few words how it stands.")
        wrong = day.check() or ("" if day.values().get("next_due") else "Give the next review.")
        day.complain(wrong)
        if text.complains or wrong:
            return
        self.dismiss(Stays(text.text.strip(), str(day.values()["next_due"])))

    def action_back(self) -> None:
        """Do nothing."""
        self.dismiss(None)


async def review(screen: FieldScreen[Any], entry: str, line: ClientLine, next_due: str) -> bool:
    """Have a review answered and signed; tell whether it was."""
    host = screen.host
    title = titled("Reviewed, stays", called(line), line.risk)
    answer = await screen.app.push_screen_wait(ReviewDialog(title, next_due, host.corrected_ms, host.me.tz))
    if answer is None:
        return False
    secret = await host.ask(lambda: host.laptop.needs_reauth)
    said = plain(f"{answer.text}\n\nLook again by {answer.next_due}")
    if await screen.app.push_screen_wait(SignDialog(title, said, None, (), secret=secret)) is None:
        return False
    await host.ask(host.laptop.review_goals, entry, answer.text, answer.next_due)
    return True
