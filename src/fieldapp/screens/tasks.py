"""Open tasks of one client, or one's own: finish one, give it to somebody, make one."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from textual import on, work
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from ..records.kinds.staff import ROLES
from ..widgets.due_words import due_words
from ..widgets.flags import RISK, STYLES
from ..widgets.row_list import Row, RowList
from ..widgets.text import fit, join, lines, plain, styled
from .base import UNREAD, FieldScreen
from .connection import ask_connection
from .intensity_ask import ask_intensity
from .keys import BACK, REFRESH, key
from .reason_ask import Choose
from .task_finish import finish_task

if TYPE_CHECKING:
    from ..store.models import TaskLine


NOBODY = "-"
"""Where nobody in particular is named."""


def who_does(line: TaskLine, the: str = "") -> str:
    """Return whose a task is: a name, else a role, else the primary worker."""
    return line.owner_name or f"{the}{who_falls(line)}"


def who_falls(line: TaskLine) -> str:
    """Return whose a task is while nobody is named."""
    return ROLES.get(line.role, "").lower() or "primary worker"


def draw_task(line: TaskLine, now_ms: int, named: bool, width: int) -> Content:
    """Return one task: how late, whom it is about with their risk (where that is not said above), what, who does it."""
    name, who = (22, 0) if width < 100 else (28, 22)
    when = styled(fit(due_words(line.due_ms, line.late, now_ms), 9), STYLES["error" if line.late else "note"])
    words, tone = RISK.get(line.risk, ("", ""))
    risk = styled(f"{words}  ", STYLES[tone]) if named and words and line.risk != "low" else Content("")
    about = styled(fit(line.name, name) + " ", "bold") if named else Content("")
    room = max(8, width - about.cell_length - who - 12 - risk.cell_length)
    parts: list[Content | str] = ["☐ ", when, " ", about, risk, fit(line.title, room)]
    if who:
        parts.append(styled(" " + fit(who_does(line), who - 1), "$text-muted"))
    return join(*parts)


class TasksScreen(FieldScreen[None]):
    """A list of open tasks."""

    CSS_PATH = "tasks.tcss"
    AUTO_FOCUS = "#tasks"
    HELP = (
        "# Tasks\n\nWhat is overdue comes first. Enter or d says that one is done and what came of it. A task in "
        "nobody's name is the client's primary worker's."
    )
    BINDINGS = [
        key("d", "done", "Done", "Say what came of this task and close it."),
        key("e", "change", "Change", "Change what, who or by when."),
        key("g", "give", "Give", "Give this task to a colleague, or back to the primary worker."),
        key("w", "make", "New", "Make a task for this client or one that you pick."),
        key("o", "source", "Why", "Open the record that brought this task about."),
        REFRESH,
        BACK,
    ]

    def __init__(self, client: str | None = None) -> None:
        super().__init__()
        self._client = client
        self._lines: dict[str, TaskLine] = {}

    @property
    def client_at_hand(self) -> str | None:
        line = self._picked()
        return line.client or None if line is not None else self._client

    def compose_body(self) -> ComposeResult:
        yield Static("", classes="title", id="count")
        yield RowList("No open task. Press w to make one.", id="tasks")
        yield Static("", id="detail")

    def on_mount(self) -> None:
        self.host.changed.subscribe(self, lambda _: self.action_refresh())
        self.action_refresh()

    @work(group="read", exclusive=True)
    async def action_refresh(self) -> None:
        """Read the tasks from the laptop."""
        rows = self.query_one("#tasks", RowList)
        with self.saying("reading"):
            found = await self.host.ask(self.host.laptop.tasks, self._client)
            self._lines = {line.record: line for line in found}
            late = sum(line.late for line in found)
            count = f"{len(found)} open" + (f", {late} late" if late else "")
            head = plain(f"Tasks of mine · {count}")
            if self._client is not None:
                about = await self.host.ask(self.host.laptop.client_line, self._client)
                words, tone = RISK.get(about.risk, ("", ""))
                risk = styled(f" · {words}", STYLES[tone]) if words else Content("")
                head = join("Tasks for ", about.name, risk, f" · {count}")
            self.query_one("#count", Static).update(head)
            now, named = self.host.corrected_ms(), self._client is None
            rows.show([Row(line.record, partial(draw_task, line, now, named)) for line in found])
            self._tell()
            return
        if not self._lines:
            rows.fail(UNREAD)

    def _picked(self) -> TaskLine | None:
        found = self.query("#tasks")
        return self._lines.get(found.first(RowList).key) if found else None

    @on(RowList.Moved)
    def _moved(self) -> None:
        self._tell()

    def _tell(self) -> None:
        line = self._picked()
        said = Content("")
        if line is not None:
            said = lines(styled(line.title, "bold"), f"{line.name} · {who_does(line, the='the ')}")
        self.query_one("#detail", Static).update(said)
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Dim what has no task to work on."""
        if action in ("done", "change", "give"):
            return True if self._picked() is not None else None
        if action == "source":
            line = self._picked()
            return True if line is not None and line.source else None
        return super().check_action(action, parameters)

    @on(RowList.Chosen, "#tasks")
    def _chosen(self) -> None:
        self.action_done()

    @work(group="done", exclusive=True)
    async def action_done(self) -> None:
        """Say what came of a task."""
        line = self._picked()
        if line is not None:
            with self.saying():
                if line.what == "intensity":
                    await ask_intensity(self, line.record, line.title, line.client, line.name)
                elif line.what == "connection_check" and line.source:
                    await ask_connection(self, line.source, line.name, line.risk)
                else:
                    await finish_task(self, line.record, line.title, line.name)

    def action_change(self) -> None:
        """Change a task."""
        line = self._picked()
        if line is not None:
            self.host.open("task", record=line.record)

    @work(group="give", exclusive=True)
    async def action_give(self) -> None:
        """Ask who takes a task, and give it to them."""
        line = self._picked()
        if line is None:
            return
        with self.saying():
            found = await self.host.ask(self.host.laptop.colleagues, line.client)
            offered = [(staff, name) for staff, name in found if staff != line.owner]
            free = [(NOBODY, f"Nobody by name: the {who_falls(line)}")] if line.owner else []
            picked = await self.app.push_screen_wait(
                Choose("Give it to whom?", line.title, [*offered, *free])
            )
            if picked is None:
                return
            await self.host.ask(self.host.laptop.assign_task, line.record, "" if picked == NOBODY else picked)
            self.host.touched(line.record)
            names = dict(offered)
            self.say(
                f"Given to {names[picked]}." if picked in names else "It is in nobody's name now.",
                tone="done",
            )

    def action_make(self) -> None:
        """Make a task."""
        self.host.open("task", client=self._client or self.client_at_hand)

    def action_source(self) -> None:
        """Open what brought the task about."""
        line = self._picked()
        if line is not None and line.source:
            self.host.open("record", record=line.source)
