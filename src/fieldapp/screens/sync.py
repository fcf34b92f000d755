"""Sync: what is sent, what is not, why, and what to do about it."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from textual import on, work
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import ProgressBar, Static

from ..widgets.flags import STYLES
from ..widgets.row_list import Row, RowList
from ..widgets.status_line import ago, clock_words
from ..widgets.text import join, plain, styled
from .base import UNREAD, FieldScreen
from .draft_choice import choose_or_join
from .draft_routes import form_of
from .keys import REFRESH, key
from .sync_rows import Standing, draw_pending, draw_standing, explain_pending, explained, standing

if TYPE_CHECKING:
    from ..store.models import PendingLine, SyncStatus


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
* **needs you**: it came back with a reason; Enter opens it.

What stands in the way of sync comes first in the list. Below it stands, for each line, what happened, whether
your work is safe, and what to do next.

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
        self._standing: dict[str, Standing] = {}

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
            self._lines = await self.host.browse(self.host.laptop.pending)
            if self._status is None or not self._status.running:
                known = self.host.status_facts().sync
                self._said(replace(status, message=known.message if known else ""))
            self._list()
        if self._status is None:
            self.query_one("#pending", RowList).fail(UNREAD)

    def _list(self) -> None:
        """List what stands in the way, then what is not confirmed."""
        zone, now = self.host.zone, self.host.now_ms()
        status = self._status
        found = standing(status, now, zone) if status is not None else []
        self._standing = {f"standing:{one.code}": one for one in found}
        rows = [Row(name, partial(draw_standing, one)) for name, one in self._standing.items()]
        rows += [Row(line.entry, partial(draw_pending, line, zone, now)) for line in self._lines]
        self.query_one("#pending", RowList).show(rows)

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
        last = status.last_confirmed_ms
        if last is None:
            return plain("The server has not confirmed anything yet.")
        return plain(f"Last confirmed {ago(last, now)} ({clock_words(last, now, self.host.zone)}).")

    @on(RowList.Moved)
    def _moved(self, event: RowList.Moved) -> None:
        line, one = self._line(event.key), self._standing.get(event.key)
        said = explain_pending(line) if line is not None else Content("")
        if one is not None:
            said = explained(one.advice.short.lstrip("!○ ").capitalize(), one.advice, one.sentence)
        self.query_one("#detail", Static).update(said)

    def _line(self, entry: str) -> PendingLine | None:
        return next((line for line in self._lines if line.entry == entry), None)

    @on(RowList.Chosen)
    def _chosen(self, event: RowList.Chosen) -> None:
        line = self._line(event.key)
        if line is None:
            if event.key == "standing:side_by_side":
                self._choose()
        elif line.state != "rejected":
            self.host.open("record", record=line.record, entry=line.entry)
        elif line.draft:
            self._open_draft(line)
        else:
            self.host.open("own", entry=line.entry)

    @work(group="open")
    async def _open_draft(self, line: PendingLine) -> None:
        with self.saying():
            found = form_of(await self.host.ask(self.host.laptop.draft, line.draft))
            if found is None:
                self.host.open("own", entry=line.entry)
            else:
                name, arguments = found
                self.host.open(name, **arguments)

    @work(group="open")
    async def _choose(self) -> None:
        with self.saying():
            for mine, other in await self.host.ask(self.host.laptop.drafts_side_by_side):
                if not await choose_or_join(self, mine, other):
                    return
            self.action_refresh()

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
