"""Emergency access: the reason is written before another team's chart is shown."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.widgets import Input, Static

from ..records.kinds.break_glass import REASONS
from ..widgets.flags import with_risk
from ..widgets.text import join, lines
from .base import Dialog
from .keys import key


class EmergencyAccess(Dialog[tuple[str, str]]):
    """Dismissed with (reason code, words), or None."""

    CSS_PATH = "emergency.tcss"
    AUTO_FOCUS = ""
    HELP = """# Emergency access

This client is with another team. Say why you open the chart: it opens at once, for four hours, and a
supervisor looks at it within three days. Being on call or covering needs no reason here.
"""
    BINDINGS = [
        *(
            key(str(number), f"reason('{code}')", words.split()[0], words, show=False)
            for number, (code, words) in enumerate(REASONS.items(), 1)
        ),
        key("escape", "close", "Back", "Do not open the chart."),
    ]

    def __init__(self, name: str, risk: str = "") -> None:
        super().__init__()
        self._whom, self._risk = name, risk

    def compose_body(self) -> ComposeResult:
        yield Static(
            join(with_risk(self._whom, self._risk), " is with another team: why do you open the chart?"),
            classes="title",
        )
        yield Static(
            lines(*(f"{number}  {words}" for number, words in enumerate(REASONS.values(), 1))), id="reasons"
        )
        yield Input(placeholder="In a few words, then Enter", id="words", compact=True, max_length=500)
        yield Static(
            "Opens for four hours. It is recorded with your name, and a supervisor reviews it.",
            classes="muted said",
            markup=False,
        )

    def on_mount(self) -> None:
        self.query_one("#words", Input).display = False

    def action_reason(self, code: str) -> None:
        """Take a reason; `other` wants words."""
        if code != "other":
            self.dismiss((code, ""))
            return
        words = self.query_one("#words", Input)
        words.display = True
        words.focus()

    @on(Input.Submitted, "#words")
    def _words(self, event: Input.Submitted) -> None:
        if event.value.strip():
            self.dismiss(("other", event.value.strip()))
        else:
            self.say("Say in a few words why you open this chart.")

    def action_close(self) -> None:
        """Do not open the chart."""
        self.dismiss(None)
