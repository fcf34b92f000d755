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
from ..widgets.group_line import draw_group
from ..widgets.row_list import Row, RowList
from ..widgets.text import fit, join, lines, plain, styled
from .base import UNREAD, FieldScreen
from .due_open import open_draft, open_due
from .keys import REFRESH, key
from .visit_actions import cancel_visit, give_visit, start_visit

if TYPE_CHECKING:
    from ..store.group_models import GroupLine
    from ..store.models import AlertLine, DueLine, Today, VisitLine

DUE_GLYPHS = {
    "checkin": "!", "handoff": "☎",
    "unsigned": "✎", "draft": "✎", "returned": "↩", "needs_you": "!", "plan_review": "◷", "goals": "◷", "no_goal": "✎", "alert_review": "◷",
    "no_contact": "◷", "conflict": "≠", "same_visit": "≠", "risk": "▲", "task": "☐", "crisis": "✎", "cosign": "✎",
    "measure": "◷",
    "lai": "◷", "missed": "℞", "contact_plan": "◷",
    "back": "⌂", "stay": "⌂", "connection": "⚐", "length": "◷", "intensity": "☐",
}  # fmt: skip


def draw_visit(visit: VisitLine, tz: tzinfo, width: int) -> Content:
    """Return one planned visit: time, who, what to know, where."""
    start = f"{datetime.fromtimestamp(visit.start_ms / 1000, tz):%H:%M}"
    done = {"done": "✓", "cancelled": "✗", "missed": "∅"}.get(visit.state, " ")
    marks = [*([(f"⌂ {visit.away}", "warning")] if visit.away else []), *alert_marks(visit.alerts)]
    marks.sort(key=lambda mark: mark[1] != "stop")
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


def draw_unlogged(visit: VisitLine, tz: tzinfo, width: int) -> Content:
    """Return a visit that was planned and of which nothing is logged."""
    start = datetime.fromtimestamp(visit.start_ms / 1000, tz)
    name = 22 if width < 100 else 28
    when = styled(f"{start:%a %H:%M}", STYLES["warning"])
    what = " · ".join(part for part in (visit.where, visit.note) if part)
    return join(
        "∅ ", when, " ", name_cells(visit.name, visit.risk, name), " ", fit(what, max(8, width - name - 14))
    )


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
everything the plan says; where somebody wrote *stop*, you confirm that you read it. `w` moves one, `h` hands it to a
colleague, `x` cancels it with a reason; `b` plans another one, `B` shows the day of the whole team.

**Groups** are those of your program today: enter begins one, goes on with it, or reads it; `G` has all groups.

**Due** is what waits for you, with the reason: unsigned notes, work that came back, tasks, plans to look at
again, people nobody has seen for longer than agreed. On a task `d` or Enter says that it is done; `t` has all
tasks, also those that are due later than in three days.

Visits of the last days that nobody logged stand above as missed, until they are logged, moved or cancelled.

Enter opens a row. `/` finds any client. `e` goes through what is left before you go home. Supervisors and managers see under `U`
what cannot wait of their teams.
"""
    BINDINGS = [
        key("d", "done", "Done", "Say what came of this task and close it."),
        key("v", "start_visit", "Start visit", "Log the contact of this planned visit."),
        key("w", "move", "Move", "Change when, where and by whom this visit is made.", show=False),
        key("x", "cancel", "Cancel", "Say that this visit does not take place, and why.", show=False),
        key("h", "give", "Give", "Give this visit to a colleague.", show=False),
        key("e", "sweep", "End of day", "What is not logged, not signed and not sent, one after the other."),
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
            (
                "Missed: log, move or cancel",
                [Row(f"visit:{v.record}", partial(draw_unlogged, v, zone)) for v in today.missed],
            ),
            ("Visits", [Row(f"visit:{v.record}", partial(draw_visit, v, zone)) for v in today.visits]),
            (
                "Groups",
                [Row(f"group:{g.team}/{g.group}", partial(draw_group, g, zone)) for g in today.groups],
            ),
            ("Due", [Row(f"due:{n}", partial(draw_due, d, now)) for n, d in enumerate(today.due)]),
        ):
            if group:
                later = f" · {today.later} tasks later: t" if title == "Due" and today.later else ""
                heading = styled(f"{title} · {len(group)}{later}", "")
                shown += [Row("", partial(_same, heading), heading=True), *group]
        rows.show(shown)

    # What is picked out

    def _visit(self, name: str) -> VisitLine | None:
        found = (*self._today.missed, *self._today.visits) if self._today else ()
        return next((visit for visit in found if name == f"visit:{visit.record}"), None)

    def _due(self, name: str) -> DueLine | None:
        group, _, number = name.partition(":")
        return self._today.due[int(number)] if self._today and group == "due" else None

    def _group(self, name: str) -> GroupLine | None:
        found = self._today.groups if self._today else ()
        return next((one for one in found if name == f"group:{one.team}/{one.group}"), None)

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
        group = self._group(event.key)
        if visit is not None:
            self.host.open("chart", client=visit.client)
        elif group is not None:
            self._open_group(group)
        elif alert is not None:
            self.host.open("record", record=alert[2].record)
        elif due is not None:
            open_due(self, due)

    def _open_group(self, group: GroupLine) -> None:
        """Begin a group of today, go on with it, or read it."""
        if group.state == "signed":
            self.host.open("record", record=group.record)
        elif group.draft:
            self.run_worker(open_draft(self, group.draft), group="open")
        else:
            self.host.open("group_session", team=group.team, group=group.group)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Dim what needs a visit while none is picked out; a task's key is shown on a task only."""
        if action == "done":
            found = self.query(RowList)
            return bool(found) and self._todo(found.first(RowList).key) is not None
        if action in ("start_visit", "move", "cancel", "give"):
            found = self.query(RowList)
            visit = self._visit(found.first(RowList).key) if found else None
            if action == "start_visit":
                return True if visit is not None else None
            return visit is not None and visit.state == "planned"
        return super().check_action(action, parameters)

    def action_done(self) -> None:
        """Say what came of the task that is picked out."""
        task = self._todo(self.query_one(RowList).key)
        if task is not None:
            open_due(self, task)

    def action_sweep(self) -> None:
        """Go through what is left of the day."""
        self.host.open("sweep")

    @work(group="open")
    async def action_start_visit(self) -> None:
        """Open the contact form of a visit; a `stop` is confirmed first."""
        visit = self._visit(self.query_one(RowList).key)
        if visit is not None:
            await start_visit(self, visit)

    def action_move(self) -> None:
        """Change when, where and by whom a visit is made."""
        visit = self._visit(self.query_one(RowList).key)
        if visit is not None and visit.state == "planned":
            self.host.open("visit", record=visit.record)

    @work(group="visit", exclusive=True)
    async def action_cancel(self) -> None:
        """Cancel a visit."""
        visit = self._visit(self.query_one(RowList).key)
        if visit is not None and visit.state == "planned":
            await cancel_visit(self, visit)

    @work(group="visit", exclusive=True)
    async def action_give(self) -> None:
        """Give a visit to a colleague."""
        visit = self._visit(self.query_one(RowList).key)
        if visit is not None and visit.state == "planned":
            await give_visit(self, visit)
