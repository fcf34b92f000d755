"""Morning triage: the red list of a team, each line with its reason and one key for whatever is done about it."""

from __future__ import annotations

from datetime import datetime, time
from functools import partial
from typing import TYPE_CHECKING

from textual import on, work
from textual.app import ComposeResult
from textual.getters import query_one
from textual.widgets import Static

from ..clinical.told.team import LINES
from ..clinical.triage import GROUPS
from ..records.envelope import instant
from ..widgets.row_list import Row, RowList
from ..widgets.row_list import heading as heading_row
from ..widgets.text import plain
from .base import UNREAD, FieldScreen
from .checkin import look_after
from .keys import BACK, REFRESH, key
from .triage_rows import detail, draw, head, heading, nothing

if TYPE_CHECKING:
    from ..store.triage_models import Triage, TriageLine

TODAY_H = 17
"""A task from the red list is for today, until this hour; made in the evening until the end of the day."""


class TriageScreen(FieldScreen[None]):
    """What cannot wait."""

    CSS_PATH = "triage.tcss"
    AUTO_FOCUS = "#red"
    HELP = """# Red list

What cannot wait, the most dangerous first: colleagues who gave no sign, risk, crises since last evening and whether somebody
followed up, clients nobody saw for longer than agreed (tries stand beside), safety plans of clients at risk, people back from hospital,
ED or jail, laptops that did not sync for a day, credentials that run out.

On a line: Enter opens the chart, `w` makes a task for today that says what it is about, `a` shows who works with the client and gives it to
somebody else, F2 opens the crisis card, `R` the risk, `p` the safety plan, `c` logs a contact, `b` plans a visit. The number to call stands
below. `s` jumps to the next group.

A line goes by itself when what it says is no longer so; nothing is ticked off here.
"""
    BINDINGS = [
        key("w", "task", "Task", "Make a task for today about this line."),
        key(
            "a",
            "reassign",
            "Reassign",
            "Show who works with this client, and give the client to somebody else.",
        ),
        key(
            "o",
            "record",
            "Open record",
            "Open the crisis record, stay or check-in that this line is about.",
            show=False,
        ),
        key("s", "section", "Next group", "Jump to the next group of lines."),
        REFRESH,
        BACK,
    ]
    rows = query_one("#red", RowList)

    def __init__(self) -> None:
        super().__init__()
        self._triage: Triage | None = None

    def compose_body(self) -> ComposeResult:
        yield Static("", id="head", markup=False)
        yield RowList("", id="red")
        yield Static("", id="detail", markup=False)

    def on_mount(self) -> None:
        self.host.changed.subscribe(self, lambda _: self.action_refresh())
        self.action_refresh()

    def on_screen_resume(self) -> None:
        """Look again: time has passed."""
        super().on_screen_resume()
        if self._triage is not None:
            self.action_refresh()

    @work(group="read", exclusive=True)
    async def action_refresh(self) -> None:
        """Read the red list from the laptop."""
        with self.saying("reading"):
            self._triage = await self.host.browse(self.host.laptop.triage)
            self._show(self._triage)
        if self._triage is None:
            self.rows.fail(UNREAD)

    def _show(self, found: Triage) -> None:
        tz, now = self.host.me.tz, self.host.corrected_ms()
        self.query_one("#head", Static).update(head(found, tz))
        shown: list[Row] = []
        for group in GROUPS:
            lines = found.of(group)
            if lines:
                shown.append(heading_row(heading(group, len(lines))))
                shown += [Row(f"{group}:{line.record}", partial(draw, line, now)) for line in lines]
        self.rows.show(shown or [Row("", lambda _: plain(nothing(found, tz)), heading=True)])
        self._tell()

    # What is picked out

    def _picked(self) -> TriageLine | None:
        found = self.query("#red")
        group, _, record = found.first(RowList).key.partition(":") if found else ("", "", "")
        lines = self._triage.lines if self._triage is not None else ()
        return next((line for line in lines if (line.group, line.record) == (group, record)), None)

    @property
    def client_at_hand(self) -> str | None:
        """The client of the line that is picked out."""
        line = self._picked()
        return line.client or None if line is not None else None

    @on(RowList.Moved)
    def _moved(self) -> None:
        self._tell()

    def _tell(self) -> None:
        line = self._picked()
        said = detail(line, self.host.corrected_ms(), self.host.me.tz) if line is not None else plain("")
        self.query_one("#detail", Static).update(said)
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Dim what needs a client where the line is about none."""
        line = self._picked()
        if action in ("task", "reassign"):
            return True if line is not None and line.client else None
        if action == "record":
            return True if line is not None and line.group in ("crisis", "hospital", "checkin") else None
        return super().check_action(action, parameters)

    # Acting

    @on(RowList.Chosen, "#red")
    def _chosen(self) -> None:
        line = self._picked()
        if line is None:
            return
        if line.group == "checkin":
            self._look_after(line.record)
        elif line.client:
            self.host.open("chart", client=line.client)
        elif line.group == "laptop":
            self.say(f"{line.name}: {line.reason}. {LINES['silent'].todo}", tone="warning")
        else:
            self.host.open("staff_member", staff=line.record)

    @work(group="act")
    async def _look_after(self, record: str) -> None:
        await look_after(self, record)

    def action_record(self) -> None:
        """Open what the line is about."""
        line = self._picked()
        if line is not None:
            if line.group == "checkin":
                self._look_after(line.record)
            else:
                self.host.open("record", record=line.record)

    def action_section(self) -> None:
        """Jump to the next group."""
        self.rows.next_group()

    def action_reassign(self) -> None:
        """Show who works with the client."""
        line = self._picked()
        if line is not None and line.client:
            self.host.open("assignment", client=line.client)

    @work(group="act", exclusive=True)
    async def action_task(self) -> None:
        """Make a task for today that says what the line says."""
        line = self._picked()
        if line is None or not line.client:
            return
        with self.saying():
            values = {"what": "other", "title": line.task, "due": instant(self._today_until())}
            draft = await self.host.ask(self.host.laptop.start, "task", line.client, None, values)
            self.host.open("task", draft=draft.id)

    def _today_until(self) -> int:
        """Return until when a task of today is to be done."""
        now = datetime.fromtimestamp(self.host.corrected_ms() / 1000, self.host.zone)
        until = time(TODAY_H) if now.hour < TODAY_H else time(23, 59)
        return round(datetime.combine(now.date(), until, self.host.zone).timestamp()) * 1000
