"""A dialog that sets the session PIN: in memory only, until the vault closes."""

from __future__ import annotations

from textual import on, work
from textual.app import ComposeResult
from textual.widgets import Input, Static

from ..widgets.form_secret import SecretInput
from .base import Dialog
from .keys import key


class PinDialog(Dialog[bool]):
    """Dismissed with True when a PIN was set."""

    CSS_PATH = "pin.tcss"
    AUTO_FOCUS = "#pin"
    HELP = "# Session PIN\n\nUncovers the screen until the vault closes. Three wrong tries close the vault."
    BINDINGS = [key("escape", "close", "Back", "Set no PIN.")]

    def compose_body(self) -> ComposeResult:
        yield Static("Session PIN", classes="title", markup=False)
        yield Static(
            "4 to 8 digits that uncover the screen until the vault closes. Kept in memory only; after three "
            "wrong tries the vault closes and needs the passphrase.",
            classes="muted said",
            markup=False,
        )
        yield SecretInput(placeholder="4 to 8 digits, then Enter", id="pin")

    @on(Input.Submitted)
    @work(group="pin")
    async def _set(self) -> None:
        typed = self.query_one(SecretInput).take()
        if not (typed.isascii() and typed.isdigit() and 4 <= len(typed) <= 8):
            self.say("Type 4 to 8 digits.")
            return
        with self.saying():
            await self.host.ask(self.host.laptop.set_pin, typed)
            self.dismiss(True)

    def action_close(self) -> None:
        """Set no PIN."""
        self.dismiss(False)
