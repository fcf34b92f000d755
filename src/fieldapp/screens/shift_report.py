"""One shift report: read client by client, and acknowledged."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from textual import on, work
from textual.app import ComposeResult
from textual.content import Content
from textual.getters import query_one
from textual.widgets import Static

from ..clinical.times import moment_words
from ..records.kinds.shift_report import WHATS
from ..widgets.flags import name_cells
from ..widgets.row_list import Row, RowList, heading
from ..widgets.text import fit, join, lines, plain, styled
from .base import UNREAD, FieldScreen
from .keys import BACK, REFRESH, key
from .oncall import span_text

if TYPE_CHECKING:
    from ..store.oncall_models import ReportedLine, ReportRead


def draw_line(line: ReportedLine, width: int) -> Content:
    """Return what is said of one client."""
    name = 22 if width < 100 else 28
    return join(
        "  ", name_cells(line.name or "-", line.risk, name), " ", fit(line.words, max(8, width - name - 3))
    )


class ShiftReportScreen(FieldScreen[None]):
    """One report."""

    CSS_PATH = "shifts.tcss"
    AUTO_FOCUS = "#lines"
    HELP = (
        "# Shift report\n\nEnter opens the chart of the client that is picked out; the whole text stands below the list. `y` "
        "says that you have read it; your name and the time then stand with it."
    )
    BINDINGS = [
        key("y", "read", "I have read it", "Say that you have read this report."),
        key("e", "change", "Change", "Add to your own report, or correct it."),
        REFRESH,
        BACK,
    ]
    rows = query_one("#lines", RowList)

    def __init__(self, record: str) -> None:
        super().__init__()
        self._record = record
        self._read: ReportRead | None = None

    @property
    def client_at_hand(self) -> str | None:
        line = self._picked()
        return line.client or None if line is not None else None

    def compose_body(self) -> ComposeResult:
        yield Static("", classes="title", id="count")
        yield RowList("Nothing was to be handed over.", id="lines")
        yield Static("", id="detail")

    def on_mount(self) -> None:
        self.host.changed.subscribe(self, lambda _: self.action_refresh())
        self.action_refresh()

    @work(group="read", exclusive=True)
    async def action_refresh(self) -> None:
        """Read the report from the laptop."""
        with self.saying("reading"):
            read = await self.host.ask(self.host.laptop.shift_report, self._record)
            self._read = read
            now, tz = self.host.corrected_ms(), self.host.me.tz
            head = f"Shift report by {read.author_name} · {span_text(read.since_ms, read.until_ms, now, tz)}"
            readers = ", ".join(f"{name} {moment_words(at, now, tz)}" for name, at in read.readers)
            about = [
                f"handed to {read.to_name}" if read.to_name else "",
                f"read by {readers}" if readers else "nobody has read it yet",
            ]
            shown = [plain(head), styled(" · ".join(part for part in about if part), "$text-muted")]
            self.query_one("#count", Static).update(
                lines(*shown, *([plain(read.remark)] if read.remark else []))
            )
            rows: list[Row] = []
            for what, title in WHATS.items():
                group = [
                    one
                    for one in read.lines
                    if one.what == what or (what == "other" and one.what not in WHATS)
                ]
                if group:
                    rows.append(heading(f"{title} · {len(group)}"))
                    rows += [Row(one.item, partial(draw_line, one)) for one in group]
            self.rows.show(rows)
            self._tell()
        if self._read is None:
            self.rows.fail(UNREAD)

    def _picked(self) -> ReportedLine | None:
        found = self._read.lines if self._read is not None and self.is_mounted else ()
        return next((one for one in found if one.item == self.rows.key), None)

    @on(RowList.Moved, "#lines")
    def _tell(self) -> None:
        line = self._picked()
        said = lines(styled(line.name, "bold"), line.words) if line is not None else Content("")
        self.query_one("#detail", Static).update(said)
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Dim saying twice that it was read; only its author changes it."""
        if action == "read":
            return True if self._read is not None and self._read.unread else None
        if action == "change":
            return self._read is not None and self._read.author == self.host.me.staff
        return super().check_action(action, parameters)

    @on(RowList.Chosen, "#lines")
    def _chosen(self) -> None:
        line = self._picked()
        if line is not None and line.client:
            self.host.open("chart", client=line.client)

    @work(group="change", exclusive=True)
    async def action_read(self) -> None:
        """Say that one has read it."""
        with self.saying():
            await self.host.ask(self.host.laptop.read_report, self._record)
            self.host.touched(self._record)
            self.say("Noted: you have read it.", tone="done")

    def action_change(self) -> None:
        """Change one's own report."""
        self.host.open("shift_form", record=self._record)
