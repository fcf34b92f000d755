"""A client's chart: what must be known first, then the history, as long as it may be."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.getters import query_one
from textual.widgets import Static

from ..widgets.chart_head import chart_facts, chart_head
from ..widgets.due_words import due_words
from ..widgets.flags import STYLES
from ..widgets.plan_brief import plan_brief
from ..widgets.row_list import RowList
from ..widgets.text import plain, styled
from ..widgets.timeline_row import timeline_rows
from .base import UNREAD, Dialog, FieldScreen
from .keys import BACK, REFRESH, key

if TYPE_CHECKING:
    from ..store.models import Chart, SyncStatus, TaskLine


WAYS = {
    "on_call": "⚑ Open because you are on call. Each opening is recorded.",
    "break_glass": "⚑ Emergency access: four hours, recorded with your name, reviewed by a supervisor.",
}
"""Banners of charts that are not of one's own teams."""


def task_banner(tasks: Sequence[TaskLine], now_ms: int) -> Content:
    """Return what is to be done for the client, the most urgent by name."""
    if not tasks:
        return Content("")
    first = tasks[0]
    more = f" and {len(tasks) - 1} more" if len(tasks) > 1 else ""
    when = due_words(first.due_ms, first.late, now_ms)
    words = f"☐ {first.title}{f' ({when})' if when else ''}{more} · press t"
    return styled(words, STYLES["error" if first.late else "warning"])


class FactsDialog(Dialog[None]):
    """Everything else that is known of a client, where the screen has no room beside the history."""

    CSS_PATH = "chart.tcss"
    HELP = "# Details\n\nWhere to find the client, people, team, episode. Escape goes back to the chart."
    BINDINGS = [key("escape,d", "close", "Back", "Back to the chart.")]

    def __init__(self, facts: Content, plan: Content) -> None:
        super().__init__()
        self._facts, self._plan = facts, plan

    def compose_body(self) -> ComposeResult:
        with VerticalScroll(id="facts"):
            yield Static(self._facts)
            yield Static(Content("\n") + self._plan)

    def action_close(self) -> None:
        """Back to the chart."""
        self.dismiss()


class ChartScreen(FieldScreen[None]):
    """One client."""

    CSS_PATH = "chart.tcss"
    AUTO_FOCUS = "#history"
    HELP = """# Chart

The head says what must be known first: alerts (`■ STOP` before all others), risk, safety plan, last
contact, phones. Below is the whole history, newest first; Enter opens a line for reading. What is older
and only on the server says so, and Enter fetches it.

`m` asks a measure and shows how they went. `g` shows goals and what was done for each. `M` shows the medication list, `a` what was agreed about how often to meet, `i` the face sheet with people, consents and alerts, `E` the episode with its steps and the record checklist. `s` settles what two people wrote without seeing each other's words. `d` shows all other facts. `b` plans a visit, `W` shows who works with the client.
"""
    BINDINGS = [
        key("s", "settle", "Settle", "Look at two versions side by side and choose."),
        key("R", "open_risk", "Risk", "Look at the risk of this client, and sign its level."),
        key("m", "measures", "Measures", "Ask a measure, or see how the client's measures went."),
        key("M", "medications", "Medicines", "The medication list: what is taken, injections, labs."),
        key(
            "i",
            "face_sheet",
            "Face sheet",
            "Who the client is, people, consents, alerts; all can be changed there.",
        ),
        key("g", "goals", "Goals", "The treatment plan: goals, what was done for each, reviews."),
        key(
            "a",
            "contact_plan",
            "Contact plan",
            "How often you agreed to meet, and how that goes.",
            show=False,
        ),
        key("d", "facts", "Facts", "Address, people, team, episode."),
        REFRESH,
        BACK,
    ]
    history = query_one("#history", RowList)

    def __init__(self, client: str) -> None:
        super().__init__()
        self._client = client
        self._chart: Chart | None = None
        self._older: dict[str, tuple[str, ...]] = {}
        """Records of which only the server holds the words, with the entries to ask for."""
        self._fetching = ""
        self._asked_again = False

    def compose_body(self) -> ComposeResult:
        yield Static("Loading…", id="head", markup=False)
        yield Static("", id="right", classes="banner", markup=False)
        yield Static("", id="conflicts", classes="banner", markup=False)
        yield Static("", id="tasks", classes="banner", markup=False)
        with Horizontal(id="columns"):
            yield RowList("Nothing written yet. Press c to log the first contact.", id="history")
            with VerticalScroll(id="side", can_focus=False):
                yield Static("", id="plan", markup=False)
                yield Static("", id="facts", classes="gap", markup=False)

    def on_mount(self) -> None:
        self.host.changed.subscribe(self, self._changed)
        self.host.sync_status.subscribe(self, self._sync_said)
        self.action_refresh()

    @property
    def client_at_hand(self) -> str | None:
        """The client of this chart."""
        return self._client

    @property
    def print_at_hand(self) -> str:
        """The crisis card: all that a colleague needs of this client."""
        return "crisis_card"

    def _changed(self, _: frozenset[str]) -> None:
        self.action_refresh()

    @work(group="load", exclusive=True)
    async def action_refresh(self) -> None:
        """Read the chart from the laptop."""
        chart: Chart | None = None
        with self.saying("reading"):
            chart = await self.host.ask(self.host.laptop.chart, self._client)
            way = await self.host.ask(self.host.laptop.way_in, self._client)
        if chart is None:
            if self._chart is None:
                self.query_one("#head", Static).update(plain("This chart cannot be shown."))
                self.history.fail(UNREAD)
            return
        self._chart = chart
        self.query_one("#head", Static).update(chart_head(chart, self.host.corrected_ms(), self.host.zone))
        banner = self.query_one("#conflicts", Static)
        banner.set_class(bool(chart.conflicts), "-shown")
        right = self.query_one("#right", Static)
        right.set_class(way in WAYS, "-shown")
        right.update(styled(WAYS.get(way or "", ""), STYLES["warning"]))
        labels = ", ".join(dict.fromkeys(conflict.label for conflict in chart.conflicts))
        banner.update(styled(f"≠ {len(chart.conflicts)} to settle: {labels} · press s", STYLES["stop"]))
        tasks = self.query_one("#tasks", Static)
        tasks.set_class(bool(chart.tasks), "-shown")
        tasks.update(task_banner(chart.tasks, self.host.corrected_ms()))
        self.query_one("#plan", Static).update(plan_brief(chart.plan, chart.line.plan_why))
        self.query_one("#facts", Static).update(chart_facts(chart))
        self.history.show_paged(chart.timeline_count)
        self.refresh_bindings()

    @on(RowList.Wanted, "#history")
    def _wanted(self, event: RowList.Wanted) -> None:
        self._page(event.offset, event.limit, event.generation)

    @work(group="pages")
    async def _page(self, offset: int, limit: int, generation: int) -> None:
        with self.saying():
            found = await self.host.ask(self.host.laptop.timeline, self._client, offset, limit)
            self._older |= {row.record: row.fetch for row in found if row.fetch}
            for row in found:
                if not row.fetch:
                    self._older.pop(row.record, None)
            year = datetime.fromtimestamp(self.host.corrected_ms() / 1000, self.host.zone).year
            self.history.supply(offset, timeline_rows(found, self.host.zone, year), generation)

    @on(RowList.Chosen, "#history")
    def _chosen(self, event: RowList.Chosen) -> None:
        if event.key in self._older:
            self._fetch(event.key)
        else:
            self.host.open("record", record=event.key)

    @work(group="fetch")
    async def _fetch(self, record: str) -> None:
        """Ask the server for an older record; it opens when it is here."""
        with self.saying():
            if await self.host.ask(self.host.laptop.fetch, self._older[record]):
                self._fetching, self._asked_again = record, False
                self.say("Fetching it from the server…", tone="note")
                self.host.sync_now()
            else:
                self.host.open("record", record=record)

    def _sync_said(self, status: SyncStatus) -> None:
        if not self._fetching or status.running:
            return
        if status.reached:
            self._fetched(self._fetching)
        elif status.offline_since_ms is not None:
            self._fetching = ""
            self.say(
                "This is kept on the server, which cannot be reached now. It comes with the next sync.",
                tone="warning",
            )

    @work(group="fetch", exclusive=True)
    async def _fetched(self, record: str) -> None:
        """Open what came; a round that was under way already did not ask for it, so one more may be needed."""
        with self.saying():
            missing = await self.host.ask(self.host.laptop.fetch, self._older.get(record, ()))
            if missing and not self._asked_again:
                self._asked_again = True
                self.host.sync_now()
                return
            self._fetching = ""
            if missing:
                self.say("The server does not give it: it may be with another team now.", tone="warning")
                return
            self.say("")
            if self.is_current:
                self.host.open("record", record=record)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Dim what has nothing to work on."""
        if action == "settle":
            return bool(self._chart is not None and self._chart.conflicts)
        if action == "facts":
            return True if self._chart is not None else None
        return super().check_action(action, parameters)

    def action_settle(self) -> None:
        """Open the first conflict; the next one shows after it is settled."""
        if self._chart is not None and self._chart.conflicts:
            first = self._chart.conflicts[0]
            self.host.open("settle", record=first.record, path=first.path)

    def action_open_risk(self) -> None:
        """Look at the risk and sign its level."""
        self.host.open("risk", client=self._client)

    def action_measures(self) -> None:
        """Open the client's measures."""
        self.host.open("measures", client=self._client)

    def action_medications(self) -> None:
        """Open the medication list."""
        self.host.open("medications", client=self._client)

    def action_contact_plan(self) -> None:
        """Open the contact plan."""
        self.host.open("contact_plan", client=self._client)

    def action_goals(self) -> None:
        """Open the treatment plan."""
        self.host.open("goals", client=self._client)

    def action_facts(self) -> None:
        """Show everything else that is known."""
        if self._chart is not None:
            self.app.push_screen(
                FactsDialog(chart_facts(self._chart), plan_brief(self._chart.plan, self._chart.line.plan_why))
            )

    def action_back(self) -> None:
        """Back to the list."""
        self.dismiss()
