"""The lock screen: the first thing painted, while everything heavy loads behind it."""

from __future__ import annotations

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.reactive import reactive
from textual.screen import Screen
from textual.widgets import Input, Static

from ..errors import FieldappError
from ..widgets.check_in_line import CheckInLine
from ..widgets.form_secret import SecretInput
from ..widgets.key_line import KeyLine
from ..widgets.message_line import MessageLine
from ..widgets.status_line import ago, clock_words
from ..widgets.text import lines, plain
from .base import ScreenParts
from .keys import key


class LockScreen(ScreenParts, Screen[None], inherit_bindings=False):
    """Passphrase, waiting after wrong ones, and the key that opens crisis help without any unlock."""

    CSS_PATH = "lock.tcss"
    ALLOW_SELECT = False
    AUTO_FOCUS = "#passphrase"
    HELP = """# Locked

Type your passphrase and press Enter. Nothing is ever deleted by wrong tries: they only make you wait, and
the number of tries is shown after the next unlock.

**Forgotten?** Nothing is lost. Leave with ctrl+q and run `fieldapp recovery request --to request.json`; call your
administrator. Two people there make a reply for this laptop, and with it you choose a new passphrase, also without network.
All that was not sent yet is there then.

**F2** (or ctrl+g) opens crisis help. It holds no client data and needs no passphrase.
"""
    BINDINGS = [
        key("enter", "go_on", "Unlock", "Unlock with the passphrase that was typed."),
        key("ctrl+q", "app.quit", "Leave", "Leave fieldapp.", priority=True),
    ]

    wait_s: reactive[int] = reactive(0)

    def __init__(self) -> None:
        super().__init__()
        self._busy = False
        self._entering = False

    def compose(self) -> ComposeResult:
        with Vertical(id="lock"):
            yield Static("fieldapp · locked", id="product", markup=False)
            yield Static("Passphrase", id="passphrase-label", markup=False)
            yield SecretInput(id="passphrase")
            yield Static("", id="state", markup=False)
            yield Static("", id="wait", markup=False)
            yield CheckInLine()
            yield MessageLine()
            yield Static("", id="report", markup=False)
            yield Static("", id="others", markup=False)
            if self.host.lock_hint:
                yield Static(self.host.lock_hint, id="hint", markup=False)
            yield Static(
                "F2 or ctrl+g: crisis help, without unlocking.\n988: suicide and crisis line, day and night.",
                id="help-hint",
                markup=False,
            )
        yield KeyLine()

    def on_mount(self) -> None:
        self.set_interval(1, self._count_down)
        self._tell_out()
        self._prepare()

    @work(group="prepare")
    async def _prepare(self) -> None:
        with self.saying():
            laptop = await self.host.loaded()
            if not await self.host.ask(lambda: laptop.enrolled):
                self.say(
                    "No account on this laptop yet: leave with ctrl+q, run `fieldapp enrol` with your code.",
                    tone="warning",
                )
            self.wait_s = (await self.host.ask(lambda: laptop.attempts)).wait_s
            elsewhere = [
                other for other in await self.host.ask(lambda: laptop.unsent_elsewhere) if other.count
            ]
            others = self.query_one("#others", Static)
            others.set_class(bool(elsewhere), "-shown")
            others.update(lines(*(self._unsent(other.count, other.since_ms) for other in elsewhere)))

    def _unsent(self, count: int, since_ms: int | None) -> str:
        since = f", the oldest from {ago(since_ms, self.host.now_ms())}" if since_ms is not None else ""
        return f"↑ {count} unsent in a colleague's account on this laptop{since}: only they can send it."

    def _count_down(self) -> None:
        if self.wait_s > 0:
            self.wait_s -= 1
        self._tell_out()

    def _tell_out(self) -> None:
        self.query_one(CheckInLine).tell(self.host.out_ms, self.host.now_ms(), self.host.zone)

    def watch_wait_s(self, seconds: int) -> None:
        """Show how long the next try waits."""
        wait = self.query_one("#wait", Static)
        wait.set_class(seconds > 0, "-shown")
        wait.update(
            plain(
                f"◷ Next try in {seconds} s. Nothing is deleted by wrong passphrases. Forgotten for good? Leave, and run: fieldapp recovery"
            )
        )

    @on(Input.Submitted, "#passphrase")
    def _submitted(self) -> None:
        self.action_go_on()

    def action_go_on(self) -> None:
        """Unlock, or go on to the day after the report was read."""
        if self._entering:
            self.host.enter()
        elif not self._busy and self.wait_s <= 0 and self.query_one("#passphrase", SecretInput).value:
            self._busy = True
            self._unlock(self.query_one("#passphrase", SecretInput).take())

    @work(group="unlock")
    async def _unlock(self, passphrase: str) -> None:
        state = self.query_one("#state", Static)
        state.update(plain("Opening…"))
        self.say("")
        try:
            unlocked = await self.host.unlock(passphrase)
        except FieldappError as failure:
            self.say(failure.sentence)
            laptop = await self.host.loaded()
            self.wait_s = (await self.host.ask(lambda: laptop.attempts)).wait_s
            return
        finally:
            self._busy = False
            state.update(plain(""))
        report = list(unlocked.warnings)
        if unlocked.failed:
            times = "1 failed unlock" if unlocked.failed == 1 else f"{unlocked.failed} failed unlocks"
            since = unlocked.since_ms
            words = (
                f" since {clock_words(since, self.host.now_ms(), self.host.zone)}"
                if since is not None
                else ""
            )
            report.insert(0, f"{times}{words}. If that was not you, tell your supervisor.")
        if not report:
            self.host.enter()
            return
        self._entering = True
        self.query_one("#passphrase", SecretInput).disabled = True
        shown = self.query_one("#report", Static)
        shown.add_class("-shown")
        shown.update(lines(*(f"! {sentence}" for sentence in report), "", "Enter: go on to Today."))
        self.set_focus(None)
