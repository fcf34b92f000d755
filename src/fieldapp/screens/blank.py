"""The cover: a blank screen that the passphrase or the session PIN takes away; drafts stay where they are."""

from __future__ import annotations

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import Screen
from textual.widgets import Input, Static

from ..errors import FieldappError
from ..widgets.check_in_line import CheckInLine
from ..widgets.form_secret import SecretInput
from ..widgets.key_line import KeyLine
from ..widgets.message_line import MessageLine
from ..widgets.text import plain
from .base import ScreenParts
from .keys import key


class BlankScreen(ScreenParts, Screen[None], inherit_bindings=False):
    """Hides everything until the person proves to be there."""

    CSS_PATH = "lock.tcss"
    ALLOW_SELECT = False
    AUTO_FOCUS = "#secret"
    HELP = """# Covered

Your work is saved and still open behind this screen. Type your passphrase, or the session PIN if you set
one, and press Enter. The third wrong PIN locks for good: drafts are kept.
"""
    BINDINGS = [
        key("enter", "uncover", "Show", "Show your work again."),
        key("ctrl+l", "lock_now", "Lock", "Close the vault; drafts are kept.", priority=True),
    ]

    def compose(self) -> ComposeResult:
        with Vertical(id="cover"):
            yield Static("fieldapp · covered", classes="title", markup=False)
            yield Static("", id="whose", markup=False)
            yield SecretInput(id="secret")
            yield CheckInLine()
            yield MessageLine()
            yield Static("F2 or ctrl+g: crisis help, without unlocking.", classes="muted", markup=False)
        yield KeyLine()

    def on_mount(self) -> None:
        self._show()
        self._tell_out()
        self.set_interval(1, self._tell_out)

    def _tell_out(self) -> None:
        self.query_one(CheckInLine).tell(self.host.out_ms, self.host.now_ms(), self.host.zone)

    def on_screen_resume(self) -> None:
        self._show()

    def _show(self) -> None:
        secret = self.query_one_optional(SecretInput)
        whose = self.query_one_optional("#whose", Static)
        if secret is None or whose is None:
            # The app is leaving: the cover was resumed before it was filled, or after it was emptied.
            return
        secret.take()
        secret.focus()
        way = "PIN or passphrase" if self.host.laptop.has_pin else "passphrase"
        whose.update(plain(f"{self.host.me.name}: {way}, then Enter."))

    @on(Input.Submitted, "#secret")
    def _submitted(self) -> None:
        self.action_uncover()

    def action_uncover(self) -> None:
        """Check what was typed."""
        if self.query_one(SecretInput).value:
            self._check(self.query_one(SecretInput).take())

    @work(group="uncover", exclusive=False)
    async def _check(self, typed: str) -> None:
        self.say("")
        laptop = self.host.laptop
        try:
            if laptop.has_pin and typed.isdigit() and len(typed) <= 8:
                left = await self.host.ask(laptop.check_pin, typed)
            else:
                await self.host.ask(laptop.reauthenticate, typed)
                left = None
        except FieldappError as failure:
            self.say(failure.sentence)
            return
        if left is None:
            self.host.enter()
        elif left <= 0:
            await self.host.leave_locked()
        else:
            self.say(f"Wrong PIN: {left} more, then the vault closes. The passphrase works too.")

    async def action_lock_now(self) -> None:
        """Close the vault and start afresh."""
        await self.host.leave_locked()
