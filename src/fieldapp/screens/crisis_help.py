"""Crisis help without client data: opens at once, locked or not."""

from __future__ import annotations

from textual import work
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.screen import Screen
from textual.widgets import Static

from ..widgets.key_line import KeyLine
from ..widgets.text import plain
from .base import ScreenParts
from .keys import CRISIS_KEYS, key

ALWAYS = (
    "Life in danger now: call 911. Say where you are first.",
    "988: suicide and crisis line, call or text, day and night.",
)


class CrisisHelpScreen(ScreenParts, Screen[None], inherit_bindings=False):
    """Numbers and steps; it needs no vault, no clock and no network."""

    CSS_PATH = "lock.tcss"
    OPENS_LOCKED = True
    ALLOW_SELECT = False
    HELP = "# Crisis help\n\nNo client data is shown here, so that it opens without unlocking."
    BINDINGS = [key(f"escape,enter,{CRISIS_KEYS}", "close", "Back", "Back to the passphrase.", priority=True)]

    def compose(self) -> ComposeResult:
        yield Static("Crisis help", classes="title", markup=False)
        with VerticalScroll(id="lines"):
            for sentence in ALWAYS:
                yield Static(plain(sentence), classes="first")
        yield KeyLine()

    def on_mount(self) -> None:
        self._fill()

    @work(group="help")
    async def _fill(self) -> None:
        # Not through `ask`: the Laptop may still be loading in that thread, and help must not wait for it.
        help_lines = await self.host.aside(self.host.crisis_help)
        place = self.query_one("#lines", VerticalScroll)
        await place.mount_all(Static(plain(line)) for line in help_lines if line not in ALWAYS)

    def action_close(self) -> None:
        """Go back to where one came from."""
        self.dismiss()
