"""The groups of the day, those of other days, and the sessions that were signed."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from textual import on, work
from textual.app import ComposeResult
from textual.content import Content
from textual.getters import query_one
from textual.widgets import Static

from ..clinical.times import local, moment_words
from ..widgets.group_line import draw_group
from ..widgets.row_list import Row, RowList, heading
from ..widgets.text import lines, plain, styled
from .base import UNREAD, FieldScreen
from .draft_choice import draft_to_open
from .keys import BACK, REFRESH, key

if TYPE_CHECKING:
    from ..store.group_models import GroupLine, GroupsRead


class GroupsScreen(FieldScreen[None]):
    """Everything that a facilitator begins from, and what others held."""

    CSS_PATH = ["form.tcss", "group.tcss"]
    AUTO_FOCUS = "#groups"
    HELP = (
        "# Groups\n\nEnter begins a group of your program, goes on with one that was begun, or reads one that was signed. The "
        "people, goals and the next module come from the last time. `b` on a signed session holds it again with the same "
        "people; `w` begins a group that is not on the list."
    )
    BINDINGS = [
        key("b", "begin", "Begin", "Begin this group; a signed session is held again with the same people."),
        key("w", "another", "Another group", "Begin a group that is not on the list."),
        REFRESH,
        BACK,
    ]
    rows = query_one("#groups", RowList)

    def __init__(self) -> None:
        super().__init__()
        self._read: GroupsRead | None = None
        self._lines: dict[str, GroupLine] = {}

    def compose_body(self) -> ComposeResult:
        yield Static("", id="count")
        yield RowList(
            "No groups yet. Press w to begin one; your administrator can list those of the program.",
            id="groups",
        )
        yield Static("", id="detail")

    def on_mount(self) -> None:
        self.host.changed.subscribe(self, lambda _: self.action_refresh())
        self.action_refresh()

    def on_screen_resume(self) -> None:
        """Read again: one may have been signed meanwhile."""
        super().on_screen_resume()
        if self._read is not None:
            self.action_refresh()

    @work(group="read", exclusive=True)
    async def action_refresh(self) -> None:
        """Read the groups from the laptop."""
        with self.saying("reading"):
            found = await self.host.ask(self.host.laptop.groups)
            self._read = found
            self._show(found)
        if self._read is None:
            self.rows.fail(UNREAD)

    def _show(self, found: GroupsRead) -> None:
        today = local(self.host.corrected_ms(), self.host.me.tz)
        waiting = sum(line.state != "signed" for line in found.today)
        said = f"Groups · {today:%a} {today.day} {today:%b} · {len(found.today)} today, {waiting} to sign"
        self.query_one("#count", Static).update(plain(said))
        tz, shown = self.host.zone, list[Row]()
        self._lines = {}
        signed_today = {line.record for line in found.today}
        for title, group in (
            ("Today", found.today),
            ("Other days", found.listed),
            ("Signed", [line for line in found.recent if line.record not in signed_today]),
        ):
            if not group:
                continue
            shown.append(heading(f"{title} · {len(group)}"))
            for line in group:
                name = f"{title}:{line.record or line.draft or line.team + '/' + line.group}"
                self._lines[name] = line
                shown.append(Row(name, partial(draw_group, line, tz, dated=title != "Today")))
        self.rows.show(shown)

    @property
    def _line(self) -> GroupLine | None:
        return self._lines.get(self.rows.key)

    @on(RowList.Moved)
    def _moved(self) -> None:
        line = self._line
        self.query_one("#detail", Static).update(self._detail(line) if line is not None else Content(""))

    def _detail(self, line: GroupLine) -> Content:
        if line.state == "signed":
            when = moment_words(line.start_ms, self.host.corrected_ms(), self.host.me.tz)
            return lines(
                styled(line.title, "bold"),
                f"{when} · {line.attended} of {line.expected} came · signed by {line.who}",
                "Enter reads it, b holds it again with the same people.",
            )
        if line.state == "draft":
            return lines(styled(line.title, "bold"), "Begun and not signed. Enter goes on with it.")
        held = f"Held {line.days}" if line.days else "Held when needed"
        module = f" · next: {line.module}" if line.module else ""
        return lines(
            styled(line.title, "bold"), f"{held}{module}", "Enter begins it with the people of the last time."
        )

    @on(RowList.Chosen)
    def _chosen(self) -> None:
        line = self._line
        if line is not None and line.state == "signed":
            self.host.open("record", record=line.record)
        else:
            self.action_begin()

    def action_begin(self) -> None:
        """Begin or go on with the group that is picked out."""
        line = self._line
        if line is None:
            return
        if line.draft:
            self._go_on(line.draft)
        elif line.state == "signed":
            self.host.open("group_session", team=line.team, group=line.group, like=line.record)
        else:
            self.host.open("group_session", team=line.team, group=line.group)

    @work(group="open")
    async def _go_on(self, name: str) -> None:
        with self.saying():
            draft = await draft_to_open(self, name)
            if draft is not None:
                self.host.open("group_session", draft=draft.id)

    def action_another(self) -> None:
        """Begin a group that is on no list."""
        self.host.open("group_session")
