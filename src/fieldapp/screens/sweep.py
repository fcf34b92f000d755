"""The end of the day: what is not logged, not signed and not sent, one after the other, until nothing is left."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from textual import on, work
from textual.app import ComposeResult
from textual.content import Content
from textual.getters import query_one
from textual.widgets import Static

from ..widgets.flags import STYLES
from ..widgets.row_list import Row, RowList
from ..widgets.text import fit, lines, plain, styled
from .base import UNREAD, FieldScreen
from .due_open import open_due
from .keys import BACK, REFRESH, key
from .today import draw_due, draw_unlogged

if TYPE_CHECKING:
    from ..store.models import Sweep, SyncStatus, VisitLine

SEND = "send"


def _said(words: str, tone: str, width: int) -> Content:
    return styled(fit(words, width), STYLES[tone])


def counted(count: int, one: str, more: str) -> str:
    """Return a number with its noun."""
    return f"{count} {one if count == 1 else more}"


def ends(sweep: Sweep) -> str:
    """Return how the day stands with the server, in one sentence."""
    if not sweep.written:
        return "Nothing was written today."
    if sweep.confirmed == sweep.written:
        return f"All {counted(sweep.written, 'entry', 'entries')} of today are with the server."
    waits = f", {sweep.waiting} wait for a decision there" if sweep.waiting else ""
    return f"{sweep.confirmed} of {counted(sweep.written, 'entry', 'entries')} of today are with the server{waits}."


class SweepScreen(FieldScreen[None]):
    """What is left of one person's day."""

    CSS_PATH = ["tasks.tcss", "sweep.tcss"]
    AUTO_FOCUS = "#left"
    HELP = (
        "# End of the day\n\nEverything of yours that is not logged, not signed or not sent. Enter opens the line to do it; "
        "when it is done you are back here on the next one. A planned visit that did not come about is logged as what it "
        "was: not home, cancelled, no show. `s` sends now. When nothing is left, the screen says how many of today's "
        "entries the server has confirmed."
    )
    BINDINGS = [
        key("s", "sync", "Send now", "Send and fetch now."),
        REFRESH,
        BACK,
    ]
    rows = query_one("#left", RowList)

    def __init__(self) -> None:
        super().__init__()
        self._sweep: Sweep | None = None

    def compose_body(self) -> ComposeResult:
        yield Static("", id="head", markup=False)
        yield RowList("", id="left")
        yield Static("", id="end", markup=False)

    @property
    def client_at_hand(self) -> str | None:
        """The client of the line that is picked out."""
        visit = self._visit(self.rows.key)
        if visit is not None:
            return visit.client or None
        number = self._number(self.rows.key)
        return self._sweep.unsigned[number].client or None if self._sweep and number is not None else None

    def on_mount(self) -> None:
        self.host.changed.subscribe(self, lambda _: self.action_refresh())
        self.host.sync_status.subscribe(self, self._sync_said)
        self.action_refresh()

    def on_screen_resume(self) -> None:
        """Look again: something was done meanwhile."""
        super().on_screen_resume()
        if self._sweep is not None:
            self.action_refresh()

    def _sync_said(self, status: SyncStatus) -> None:
        if not status.running:
            self.action_refresh()

    @work(group="read", exclusive=True)
    async def action_refresh(self) -> None:
        """Read from the laptop what is left."""
        with self.saying("reading"):
            self._sweep = await self.host.ask(self.host.laptop.sweep)
            self._show(self._sweep)
        if self._sweep is None:
            self.rows.fail(UNREAD)

    def _show(self, sweep: Sweep) -> None:
        now, zone = self.host.corrected_ms(), self.host.zone
        parts = [
            f"{len(sweep.unlogged)} not logged",
            f"{len(sweep.unsigned)} not signed or finished",
            f"{sweep.to_send} not sent",
        ]
        self.query_one("#head", Static).update(plain("End of the day · " + " · ".join(parts)))
        groups = (
            ("Planned, and nothing logged",
             [Row(f"visit:{visit.record}", partial(draw_unlogged, visit, zone)) for visit in sweep.unlogged]),
            ("Not signed, not finished, or come back",
             [Row(f"due:{number}", partial(draw_due, line, now)) for number, line in enumerate(sweep.unsigned)]),
            ("Not sent",
             [Row(SEND, partial(_said, f"↑ {counted(sweep.to_send, 'entry', 'entries')} not sent: enter sends now", ""))]
             if sweep.to_send else []),
        )  # fmt: skip
        shown: list[Row] = []
        for title, rows in groups:
            if rows:
                shown += [Row("", partial(_said, f"{title} · {len(rows)}" if rows[0].key != SEND else title, ""),
                              heading=True), *rows]  # fmt: skip
        self.rows.show(shown)
        self.rows.display = bool(shown)
        end = (
            styled(f"✓ Nothing left. {ends(sweep)}", "bold $text-success")
            if not shown
            else plain(ends(sweep))
        )
        self.query_one("#end", Static).update(lines(end))

    # What is picked out

    def _visit(self, name: str) -> VisitLine | None:
        found = self._sweep.unlogged if self._sweep else ()
        return next((visit for visit in found if name == f"visit:{visit.record}"), None)

    def _number(self, name: str) -> int | None:
        group, _, number = name.partition(":")
        return int(number) if group == "due" else None

    @on(RowList.Chosen, "#left")
    def _chosen(self, event: RowList.Chosen) -> None:
        visit, number = self._visit(event.key), self._number(event.key)
        if visit is not None:
            self.host.open("contact", client=visit.client, visit=visit.record)
        elif number is not None and self._sweep is not None:
            open_due(self, self._sweep.unsigned[number])
        elif event.key == SEND:
            self.action_sync()

    def action_sync(self) -> None:
        """Send and fetch now."""
        self.host.sync_now()
        self.say("Sending…", tone="note")
