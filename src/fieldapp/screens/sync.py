"""Sync: what is sent, what is not, why, and what to do about it."""

from __future__ import annotations

from dataclasses import replace
from datetime import tzinfo
from functools import partial
from typing import TYPE_CHECKING

from textual import on, work
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import ProgressBar, Static

from ..widgets.flags import STYLES, name_cells, titled
from ..widgets.row_list import Row, RowList
from ..widgets.status_line import ago, clock_words
from ..widgets.text import fit, join, lines, plain, styled
from .base import UNREAD, FieldScreen
from .keys import REFRESH, key

if TYPE_CHECKING:
    from ..store.models import PendingLine, SyncStatus

TONES = {"rejected": "error", "quarantined": "warning", "held": "warning"}
GLYPHS = {"rejected": "!", "quarantined": "⚑", "held": "…"}
NEXT = {
    "rejected": "Enter opens it: correct it and sign again, or discard it. Nothing was lost.",
    "quarantined": "Your supervisor decides about it. It stays on this laptop until then.",
    "held": "It goes by itself as soon as the entry before it has arrived.",
    "sent": "The server has not confirmed it yet; it is sent again until it does.",
    "unsent": "It goes with the next round: every five minutes, or now with s.",
}
WARN_DAYS = 14
DAY_MS = 24 * 60 * 60_000


def draw_pending(line: PendingLine, tz: tzinfo, now_ms: int, width: int) -> Content:
    """Return one entry that is not confirmed: state in words, what it is, whom it is about, when."""
    glyph = GLYPHS.get(line.state, "↑")
    state = styled(fit(f"{glyph} {line.words}", 30), STYLES[TONES.get(line.state, "")])
    when = clock_words(line.at_ms, now_ms, tz)
    name = 20 if width < 100 else 30
    title = max(8, width - 30 - name - len(when) - 3)
    return join(state, " ", fit(line.title, title), " ", name_cells(line.name, line.risk, name), " ", when)


class SyncScreen(FieldScreen[None]):
    """How sending stands."""

    CSS_PATH = "sync.tcss"
    AUTO_FOCUS = "#pending"
    HELP = """# Sync

Everything is saved on this laptop first and sent when the server can be reached: every five minutes, soon
after saving, and when you press `s`. Sending twice does no harm.

* **not sent**: the server has not confirmed it yet.
* **waiting for an earlier entry**: it goes by itself.
* **with your supervisor**: the server took it, a supervisor decides.
* **needs you**: it came back with a reason; open it.

`x` stops a round after the batch in hand.
"""
    BINDINGS = [
        key("s", "sync", "Sync now", "Send and fetch now."),
        key("x", "stop", "Stop", "Stop the round after the batch in hand."),
        key("K", "pin", "PIN", "Set a PIN that uncovers the screen until the vault closes."),
        REFRESH,
    ]

    def __init__(self) -> None:
        super().__init__()
        self._status: SyncStatus | None = None
        self._lines: tuple[PendingLine, ...] = ()

    def compose_body(self) -> ComposeResult:
        yield Static("", id="head", markup=False)
        yield ProgressBar(id="bar", show_eta=False, show_percentage=False)
        yield Static("", id="facts", markup=False)
        yield RowList("Nothing waits to be sent.", id="pending")
        yield Static("", id="detail", markup=False)

    def on_mount(self) -> None:
        self.host.sync_status.subscribe(self, self._said)
        self.host.changed.subscribe(self, self._changed)
        self.action_refresh()

    def _changed(self, _: frozenset[str]) -> None:
        self.action_refresh()

    @work(group="load", exclusive=True)
    async def action_refresh(self) -> None:
        """Read the state from the laptop."""
        with self.saying("reading"):
            status = await self.host.ask(self.host.laptop.sync_status)
            self._lines = await self.host.ask(self.host.laptop.pending)
            zone = self.host.zone
            now = self.host.now_ms()
            rows = [Row(line.entry, partial(draw_pending, line, zone, now)) for line in self._lines]
            self.query_one("#pending", RowList).show(rows)
            if self._status is None or not self._status.running:
                known = self.host.status_facts().sync
                self._said(replace(status, message=known.message if known else ""))
        if self._status is None:
            self.query_one("#pending", RowList).fail(UNREAD)

    def _said(self, status: SyncStatus) -> None:
        ended = self._status is not None and self._status.running and not status.running
        self._status = status
        done, owed = self._progress(status)
        bar = self.query_one("#bar", ProgressBar)
        bar.update(total=max(1, owed), progress=done if owed else 1)
        self.query_one("#head", Static).update(self._headline(status, done, owed))
        self.query_one("#facts", Static).update(self._facts(status))
        self.refresh_bindings()
        if ended:
            self.action_refresh()

    @staticmethod
    def _progress(status: SyncStatus) -> tuple[int, int]:
        if status.running and status.progress is not None:
            return status.progress
        owed = status.pending + status.needs_you + status.held + status.quarantined
        return status.confirmed_total, status.confirmed_total + owed

    def _headline(self, status: SyncStatus, done: int, owed: int) -> Content:
        words = f"{done} of {owed} confirmed"
        if status.running:
            return join(styled("↑ sending and fetching · ", ""), styled(words, "bold"))
        if not owed:
            return styled("○ nothing to send yet", STYLES["note"])
        if done == owed:
            return styled(f"✓ {words}", STYLES["done"])
        return styled(f"↑ {words}", STYLES["warning"])

    def _facts(self, status: SyncStatus) -> Content:
        now = self.host.now_ms()
        zone = self.host.zone
        last = status.last_confirmed_ms
        facts: list[Content | str] = [
            "The server has not confirmed anything yet."
            if last is None
            else f"Last confirmed {ago(last, now)} ({clock_words(last, now, zone)})."
        ]
        if last is not None and now - last > WARN_DAYS * DAY_MS:
            facts.append(styled("! Two weeks without the server: connect soon.", STYLES["warning"]))
        if status.offline_since_ms is not None:
            facts.append(
                f"○ Offline since {clock_words(status.offline_since_ms, now, zone)}: work goes on as usual."
            )
        if status.app_too_old:
            facts.append(
                styled(
                    f"! Update the app: the server wants version {status.app_too_old} or newer.",
                    STYLES["error"],
                )
            )
        elif status.message:
            facts.append(styled(f"! {status.message}", STYLES["warning"]))
        return lines(*facts)

    @on(RowList.Moved)
    def _moved(self, event: RowList.Moved) -> None:
        line = next((line for line in self._lines if line.entry == event.key), None)
        self.query_one("#detail", Static).update(
            lines(
                titled(line.title, line.name, line.risk),
                plain(f"{line.words}: {line.reason}" if line.reason else line.words),
                NEXT.get(line.state, ""),
            )
            if line is not None
            else Content("")
        )

    @on(RowList.Chosen)
    def _chosen(self, event: RowList.Chosen) -> None:
        line = next((line for line in self._lines if line.entry == event.key), None)
        if line is not None:
            self.host.open("record", record=line.record, entry=line.entry)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Dim what makes no sense while no round runs."""
        running = self._status is not None and self._status.running
        if action == "stop":
            return running
        return super().check_action(action, parameters)

    def action_sync(self) -> None:
        """Start a round, or have one more follow the one that runs."""
        running = self._status is not None and self._status.running
        self.say("One more round follows this one." if running else "", tone="note")
        self.host.sync_now()

    def action_stop(self) -> None:
        """Stop the round after the batch in hand."""
        self.host.cancel_sync()
        self.say("Stopping after the batch in hand; the rest stays here.", tone="note")

    def action_pin(self) -> None:
        """Set a session PIN."""
        self.host.open("pin")
