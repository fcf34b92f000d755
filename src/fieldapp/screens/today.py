"""Today: the visits with what to know before the door, and everything that waits for this person."""

from __future__ import annotations

from datetime import datetime, tzinfo
from functools import partial
from typing import TYPE_CHECKING

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from ..records.kinds.contact import MODALITIES, TYPES
from ..widgets.due_words import due_words
from ..widgets.flags import STYLES, alert_mark, alert_marks, marks_in, name_cells, with_risk
from ..widgets.row_list import Row, RowList
from ..widgets.text import fit, join, lines, plain, styled
from .acknowledge import Acknowledge, must_read
from .base import UNREAD, FieldScreen
from .draft_choice import choose_or_join
from .draft_routes import form_of
from .keys import REFRESH, key
from .tasks import finish_task

if TYPE_CHECKING:
    from ..store.models import AlertLine, DueLine, Today, VisitLine

DUE_GLYPHS = {
    "unsigned": "✎", "draft": "✎", "returned": "↩", "needs_you": "!", "plan_review": "◷", "goals": "◷", "no_goal": "✎", "alert_review": "◷",
    "no_contact": "◷", "conflict": "≠", "same_visit": "≠", "risk": "▲", "task": "☐", "crisis": "✎", "cosign": "✎",
    "measure": "◷",
    "lai": "◷", "missed": "℞",
}  # fmt: skip


"""Kinds whose drafts open in the form of that name."""


def draw_visit(visit: VisitLine, tz: tzinfo, width: int) -> Content:
    """Return one planned visit: time, who, what to know, where."""
    start = f"{datetime.fromtimestamp(visit.start_ms / 1000, tz):%H:%M}"
    done = {"done": "✓", "cancelled": "✗", "missed": "∅"}.get(visit.state, " ")
    marks = alert_marks(visit.alerts)
    # Whatever else must give way, what to know before the door does not.
    name = 28 if width >= 100 else max(8, min(22, width - 14 - 16))
    where = 0 if width < 60 else 16 if width < 100 else 24
    room = width - 14 - name - (where + 1 if where else 0)
    parts: list[Content | str] = [
        f"{done} {start} {visit.minutes:>3}m ",
        # Beside the name, where no alert can push it off the line.
        name_cells(visit.name, visit.risk, name),
        " ",
    ]
    if where:
        parts += [styled(fit(visit.where, where), "$text-muted"), " "]
    return join(*parts, marks_in(marks, room))


def draw_due(line: DueLine, now_ms: int, width: int) -> Content:
    """Return one thing that waits: how late, what, whom it is about."""
    words = due_words(line.due_ms, line.late, now_ms)
    glyph = DUE_GLYPHS.get(line.kind, "·")
    name = 22 if width < 100 else 28
    when = styled(fit(words, 9), STYLES["error"] if line.late else STYLES["note"])
    return join(
        f"{glyph} ", when, " ", name_cells(line.name, line.risk, name), " ", fit(line.what, width - name - 13)
    )


def draw_alert(name: str, risk: str, alert: AlertLine, width: int) -> Content:
    """Return one alert of a client seen today."""
    column = 22 if width < 100 else 28
    return join(name_cells(name, risk, column), " ", marks_in([alert_mark(alert)], width - column - 1))


def _same(content: Content, _: int) -> Content:
    return content


class TodayScreen(FieldScreen[None]):
    """The day of one person."""

    CSS_PATH = "today.tcss"
    HELP = """# Today

**Visits** are yours for today, with alerts and risk first. `v` starts one: it opens the contact form with
everything the plan says; where somebody wrote *stop*, you confirm that you read it.

**Due** is what waits for you, with the reason: unsigned notes, work that came back, tasks, plans to look at
again, people nobody has seen for longer than agreed. On a task `d` or Enter says that it is done; `t` has all
tasks, also those that are due later than in three days.

Enter opens a row. `/` finds any client.
"""
    BINDINGS = [
        key("d", "done", "Done", "Say what came of this task and close it."),
        key("v", "start_visit", "Start visit", "Log the contact of this planned visit."),
        REFRESH,
    ]

    def __init__(self) -> None:
        super().__init__()
        self._today: Today | None = None
        self._on = (False, False)
        """Whether the row that is picked out is a visit, and whether it is a task."""

    def compose_body(self) -> ComposeResult:
        yield Static("", id="head", markup=False)
        with Vertical(id="columns"):
            yield RowList(
                "Nothing planned and nothing due. Press / to find a client, c to log a contact.", id="rows"
            )
            yield Static("", id="detail", markup=False)

    def on_mount(self) -> None:
        self.host.changed.subscribe(self, self._changed)
        self.action_refresh()

    def _changed(self, _: frozenset[str]) -> None:
        self.action_refresh()

    @work(group="load", exclusive=True)
    async def action_refresh(self) -> None:
        """Read the day from the laptop."""
        rows = self.query_one(RowList)
        with self.saying("reading"):
            today = await self.host.browse(self.host.laptop.today)
            self._today = today
            self._show(today, rows)
        if self._today is None:
            rows.fail(UNREAD)

    def on_screen_resume(self) -> None:
        # Time passes while other screens are shown: what was due in an hour may be late now.
        if self._today is not None:
            self.action_refresh()

    def _show(self, today: Today, rows: RowList) -> None:
        day = datetime.fromisoformat(today.day)
        late = sum(line.late for line in today.due)
        counts = f"{len(today.visits)} visits · {len(today.due)} due" + (f", {late} late" if late else "")
        self.query_one("#head", Static).update(
            plain(f"{day:%a} {day.day} {day:%b} · {counts}" + (f" · {today.oncall}" if today.oncall else ""))
        )
        now, zone = self.host.corrected_ms(), self.host.zone
        shown: list[Row] = []
        risks = {visit.client: visit.risk for visit in today.visits}
        stops = [found for found in today.alerts if found[2].severity == "stop"]
        for title, group in (
            (
                "Read before you go",
                [Row(f"alert:{a.record}", partial(draw_alert, n, risks.get(c, ""), a)) for c, n, a in stops],
            ),
            ("Visits", [Row(f"visit:{v.record}", partial(draw_visit, v, zone)) for v in today.visits]),
            ("Due", [Row(f"due:{n}", partial(draw_due, d, now)) for n, d in enumerate(today.due)]),
        ):
            if group:
                later = f" · {today.later} tasks later: t" if title == "Due" and today.later else ""
                heading = styled(f"{title} · {len(group)}{later}", "")
                shown += [Row("", partial(_same, heading), heading=True), *group]
        rows.show(shown)

    # What is picked out

    def _visit(self, name: str) -> VisitLine | None:
        found = self._today.visits if self._today else ()
        return next((visit for visit in found if name == f"visit:{visit.record}"), None)

    def _due(self, name: str) -> DueLine | None:
        group, _, number = name.partition(":")
        return self._today.due[int(number)] if self._today and group == "due" else None

    def _todo(self, name: str) -> DueLine | None:
        line = self._due(name)
        return line if line is not None and line.kind == "task" else None

    def _alert(self, name: str) -> tuple[str, str, AlertLine] | None:
        found = self._today.alerts if self._today else ()
        return next((item for item in found if name == f"alert:{item[2].record}"), None)

    @property
    def client_at_hand(self) -> str | None:
        """The client of the row that is picked out."""
        name = self.query_one(RowList).key
        alert = self._alert(name)
        if alert is not None:
            return alert[0]
        row = self._visit(name) or self._due(name)
        return row.client or None if row else None

    @property
    def print_at_hand(self) -> str:
        """The day's visits."""
        return "schedule"

    @property
    def visit_at_hand(self) -> str | None:
        """The visit that is picked out, while it is still planned."""
        visit = self._visit(self.query_one(RowList).key)
        return visit.record if visit is not None and visit.state == "planned" else None

    @on(RowList.Moved)
    def _moved(self, event: RowList.Moved) -> None:
        self.query_one("#detail", Static).update(self._detail(event.key))
        kind = (self._visit(event.key) is not None, self._todo(event.key) is not None)
        if kind != self._on:
            # The footer is made anew by this: not at every key that moves the cursor.
            self._on = kind
            self.refresh_bindings()

    def _detail(self, name: str) -> Content:
        visit, due, alert = self._visit(name), self._due(name), self._alert(name)
        if visit is not None:
            told = [styled(f"{words}", STYLES[tone]) for words, tone in alert_marks(visit.alerts)]
            kind = TYPES.get(visit.contact_type, visit.contact_type)
            how = MODALITIES.get(visit.modality, visit.modality)
            what = " · ".join(word for word in (kind, how, visit.where) if word)
            return lines(what, *([Content("  ").join(told)] if told else []), visit.note)
        if alert is not None:
            words, tone = alert_mark(alert[2])
            return lines(join(styled(words, STYLES[tone]), f"  {alert[1]}"), alert[2].detail)
        return lines(with_risk(due.name, due.risk), due.what) if due is not None else Content("")

    # Opening

    @on(RowList.Chosen)
    def _chosen(self, event: RowList.Chosen) -> None:
        visit, due, alert = self._visit(event.key), self._due(event.key), self._alert(event.key)
        if visit is not None:
            self.host.open("chart", client=visit.client)
        elif alert is not None:
            self.host.open("record", record=alert[2].record)
        elif due is not None:
            self._open_due(due)

    def _open_due(self, due: DueLine) -> None:
        if due.draft:
            self._open_draft(due, due.draft)
        elif due.kind == "needs_you":
            self._open_own(due)
        elif due.kind == "task":
            self.action_done()
        elif due.kind == "crisis":
            self.host.open("crisis", record=due.record)
        elif due.kind == "unsigned":
            self.host.open("note", client=due.client, contact=due.record)
        elif due.kind == "same_visit":
            self.host.open("same_visit", record=due.record, other=due.other)
        elif due.kind == "plan_review":
            self.host.open("plan", client=due.client)
        elif due.kind == "goals":
            self.host.open("goals", client=due.client)
        elif due.kind == "measure":
            self.host.open("measures", client=due.client)
        elif due.kind in ("lai", "missed"):
            self.host.open("medications", client=due.client)
        elif due.kind == "risk":
            self.host.open("risk", client=due.client)
        elif due.kind in ("no_contact", "conflict") or not due.record:
            self.host.open("chart", client=due.client)
        else:
            self.host.open("record", record=due.record, entry=due.entry)

    @work(group="open")
    async def _open_draft(self, due: DueLine, name: str) -> None:
        with self.saying():
            draft = await self.host.ask(self.host.laptop.draft, name)
            beside = await self.host.ask(self.host.laptop.drafts_side_by_side)
            pair = next((pair for pair in beside if name in (pair[0].id, pair[1].id)), None)
            if pair is not None:
                if not await choose_or_join(self, *pair):
                    return
                draft = await self.host.ask(self.host.laptop.draft, pair[0].id)
            found = form_of(draft)
            if found is None:
                self._open_own(due)
            else:
                route, arguments = found
                self.host.open(route, **arguments)

    def _open_own(self, due: DueLine) -> None:
        """Open what came back and has no form of its own."""
        if due.entry:
            self.host.open("own", entry=due.entry)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Dim what needs a visit while none is picked out; a task's key is shown on a task only."""
        if action == "done":
            found = self.query(RowList)
            return bool(found) and self._todo(found.first(RowList).key) is not None
        if action == "start_visit":
            found = self.query(RowList)
            visit = self._visit(found.first(RowList).key) if found else None
            return True if visit is not None else None
        return super().check_action(action, parameters)

    @work(group="done", exclusive=True)
    async def action_done(self) -> None:
        """Say what came of the task that is picked out."""
        task = self._todo(self.query_one(RowList).key)
        if task is not None:
            with self.saying():
                await finish_task(self, task.record, task.what, task.name)

    @work(group="open")
    async def action_start_visit(self) -> None:
        """Open the contact form of a visit; a `stop` is confirmed first."""
        visit = self._visit(self.query_one(RowList).key)
        if visit is None:
            return
        if visit.state != "planned":
            self.say(f"This visit is {visit.state} already: Enter opens the chart.", tone="note")
            return
        stops = must_read(visit.alerts, starting=True)
        if stops and not await self.app.push_screen_wait(Acknowledge(visit.name, visit.risk, stops)):
            return
        self.host.open("contact", client=visit.client, visit=visit.record)
