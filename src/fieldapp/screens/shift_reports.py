"""Shift reports: what was handed over from shift to shift, and who has read it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from textual import on, work
from textual.app import ComposeResult
from textual.content import Content
from textual.getters import query_one
from textual.widgets import Static

from ..widgets.flags import STYLES
from ..widgets.row_list import Row, RowList, heading
from ..widgets.text import fit, join, lines, plain, styled
from .base import UNREAD, FieldScreen
from .keys import BACK, REFRESH, key
from .oncall import span_text

if TYPE_CHECKING:
    from ..store.oncall_models import ReportRead


def count_words(read: ReportRead) -> str:
    """Return how much a report says."""
    count = len(read.lines)
    return "nothing to hand over" if not count else "1 line" if count == 1 else f"{count} lines"


def draw_report(read: ReportRead, now_ms: int, tz: str, width: int) -> Content:
    """Return one report: whose, over what time, how much it says, how many have read it."""
    when = fit(span_text(read.since_ms, read.until_ms, now_ms, tz), 34 if width < 100 else 42)
    who = fit(read.author_name, 16 if width < 100 else 26)
    mark = styled("● ", STYLES["warning"]) if read.unread else plain("  ")
    rest = max(8, width - len(when) - len(who) - 6)
    said = fit(f"{count_words(read)} · {len(read.readers)} read it", rest)
    return join("  ", mark, styled(when, "bold" if read.unread else ""), " ", who, " ", said)


class ShiftReportsScreen(FieldScreen[None]):
    """The reports of the last weeks."""

    CSS_PATH = "shifts.tcss"
    AUTO_FOCUS = "#reports"
    HELP = (
        "# Shift reports\n\nWhoever answered at night hands over in the morning: open crises, who is to be watched, alerts, "
        "hospital. `w` writes one, which begins with what happened since the last one. `y` in a report says that you have "
        "read it. `o` shows the on-call roster."
    )
    BINDINGS = [
        key(
            "w", "make", "Hand over", "Write a shift report; it begins with what happened since the last one."
        ),
        key("o", "roster", "On call", "The on-call roster."),
        REFRESH,
        BACK,
    ]
    rows = query_one("#reports", RowList)

    def __init__(self) -> None:
        super().__init__()
        self._reads: dict[str, ReportRead] | None = None

    def compose_body(self) -> ComposeResult:
        yield Static("", classes="title", id="count")
        yield RowList("Nothing was handed over yet. Press w to write the first report.", id="reports")
        yield Static("", id="detail")

    def on_mount(self) -> None:
        self.host.changed.subscribe(self, lambda _: self.action_refresh())
        self.action_refresh()

    @work(group="read", exclusive=True)
    async def action_refresh(self) -> None:
        """Read the reports from the laptop."""
        with self.saying("reading"):
            found = await self.host.ask(self.host.laptop.shift_reports)
            who = await self.host.ask(self.host.laptop.oncall_line)
            self._reads = {one.record: one for one in found}
            now, tz = self.host.corrected_ms(), self.host.me.tz
            unread = sum(one.unread for one in found)
            head = plain(f"Shift reports · {unread} to read")
            self.query_one("#count", Static).update(
                lines(head, *([styled(who, "$text-muted")] if who else []))
            )
            rows: list[Row] = []
            for title, group in (
                ("To read", [one for one in found if one.unread]),
                ("Earlier", [one for one in found if not one.unread]),
            ):
                if group:
                    rows.append(heading(f"{title} · {len(group)}"))
                    rows += [Row(one.record, partial(draw_report, one, now, tz)) for one in group]
            self.rows.show(rows)
            self._tell()
        if self._reads is None:
            self.rows.fail(UNREAD)

    @on(RowList.Moved, "#reports")
    def _tell(self) -> None:
        one = (self._reads or {}).get(self.rows.key)
        said = lines(styled(one.author_name, "bold"), one.remark) if one is not None else Content("")
        self.query_one("#detail", Static).update(said)
        self.refresh_bindings()

    @on(RowList.Chosen, "#reports")
    def _chosen(self, event: RowList.Chosen) -> None:
        self.host.open("shift_report", record=event.key)

    def action_make(self) -> None:
        """Write a shift report."""
        self.host.open("shift_form")

    def action_roster(self) -> None:
        """Show the on-call roster."""
        self.host.open("oncall")
