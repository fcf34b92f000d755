"""Who works with a client: in which role, from when until when; supervisors give, end and settle it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from textual import on, work
from textual.app import ComposeResult
from textual.content import Content
from textual.getters import query_one
from textual.widgets import Static

from ..clinical.due import day_of
from ..clinical.ratio import Load
from ..laptop.failures import GateClosed
from ..records.kinds.assignment import ROLES
from ..widgets.flags import STYLES
from ..widgets.row_list import Row, RowList
from ..widgets.text import fit, join, lines, styled
from .assign_ask import AskAssigned
from .base import UNREAD, FieldScreen
from .board import cover_myself
from .board_rows import heading, short_date
from .form_head import client_head
from .keys import BACK, REFRESH, key
from .move_ask import AskMove
from .reason_ask import Sure

if TYPE_CHECKING:
    from ..store.board_models import AssignmentRead, PeriodLine, StaffLoad

MOVED = "Moved: the client is with {} now, whose people read the chart."
STANDS = {"now": "Now", "coming": "Coming", "over": "Before"}


def draw_period(line: PeriodLine, width: int) -> Content:
    """Return one person's time in one role."""
    name, role = (24, 12) if width < 100 else (32, 14)
    span = f"from {short_date(line.since)}" if line.since else "from the beginning"
    if line.until:
        span += f" until {short_date(line.until)}"
    said = f" for {line.covers}" if line.covers else ""
    mark = styled("  ≠ two primaries", STYLES["error"]) if line.settle else Content("")
    return join(
        styled(fit(ROLES.get(line.role, line.role), role), "bold"), fit(line.name, name), " ",
        fit(f"{span}{said}", max(8, width - name - role - 1 - mark.cell_length)), mark,
    )  # fmt: skip


def one_more(load: Load) -> Load:
    """Return a load with one client more."""
    return Load(load.clients + 1, load.fte_hundredths, load.most_per_fte, load.counts)


class AssignmentScreen(FieldScreen[None]):
    """The people of one client."""

    CSS_PATH = "assign.tcss"
    AUTO_FOCUS = "#periods"
    HELP = """# Who works here

Everybody who works with the client, in which role, from when until when. A client always has one primary worker: giving
another one (`a`) ends the time of the one before on the day before, in one entry. Where two people wrote side by side and two
primaries have the same time, both are marked: the supervisor gives the one who stays (`a`) from that day on.

`m` moves the client to another team, of this program or another: who reads the chart changes with it, once it is sent.
Whoever does not work there ends today; visits and tasks go to the new primary worker.

Supervisors and managers write this. Everybody else can say `y`, I cover for this client today: it is a task of the
supervisor's, who answers it here.
"""
    BINDINGS = [
        key("a", "give", "Assign", "Give somebody a role with this client, from and until when."),
        key("x", "end", "End", "End this time today."),
        key("m", "move", "Move", "Move the client to another team: its people read the chart from then on."),
        key("y", "cover", "I cover", "Say that you cover for this client today."),
        REFRESH,
        BACK,
    ]
    rows = query_one("#periods", RowList)

    def __init__(self, client: str) -> None:
        super().__init__()
        self._client = client
        self._read: AssignmentRead | None = None

    @property
    def client_at_hand(self) -> str | None:
        """The client of this screen."""
        return self._client

    def compose_body(self) -> ComposeResult:
        yield Static("", id="head")
        yield RowList("Nobody is assigned. Press a to give the client a primary worker.", id="periods")

    def on_mount(self) -> None:
        self.host.changed.subscribe(self, lambda _: self.action_refresh())
        self.action_refresh()

    @work(group="read", exclusive=True)
    async def action_refresh(self) -> None:
        """Read it again from the laptop."""
        moving_to = self._read.moving_to if self._read is not None else ""
        with self.saying("reading"):
            try:
                self._read = await self.host.ask(self.host.laptop.assignment, self._client)
            except GateClosed:
                if not moving_to:
                    raise
                self.say_below(MOVED.format(moving_to))
                self.dismiss()
                return
            self._show(self._read)
            if moving_to and self._read.line.team == moving_to:
                self.say(MOVED.format(moving_to), tone="done")
        if self._read is None:
            self.rows.fail(UNREAD)

    def _show(self, read: AssignmentRead) -> None:
        parts = [client_head("Who works with", read.line, self.app.size.width)]
        if any(line.settle for line in read.periods):
            parts.append(
                styled("≠ Two primary workers at the same time: give the one who stays.", STYLES["stop"])
            )
        if read.moving_to:
            parts.append(
                styled(f"⇒ Moves to {read.moving_to} as soon as this laptop has sent it.", STYLES["warning"])
            )
        if read.asked:
            parts.append(styled(f"{', '.join(read.asked)} asks to cover today.", STYLES["warning"]))
        self.query_one("#head", Static).update(lines(*parts))
        shown: list[Row] = []
        for standing, title in STANDS.items():
            group = [line for line in read.periods if line.standing == standing]
            if group:
                shown.append(Row("", partial(heading, title), heading=True))
                shown += [Row(line.item, partial(draw_period, line)) for line in group]
        self.rows.show(shown)
        self.refresh_bindings()

    def _picked(self) -> PeriodLine | None:
        found = self.query("#periods")
        item = found.first(RowList).key if found else ""
        return next((line for line in self._read.periods if line.item == item), None) if self._read else None

    @on(RowList.Moved)
    def _moved(self) -> None:
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Hide what only supervisors write."""
        if action in ("give", "end", "move"):
            if self._read is None or not self._read.may_write:
                return False
            if action == "move":
                return True if self._read.moves and not self._read.moving_to else None
            line = self._picked()
            return True if action == "give" or (line is not None and line.standing != "over") else None
        return super().check_action(action, parameters)

    def _told(self, person: StaffLoad, role: str) -> tuple[str, bool]:
        read = self._read
        primary = read.line.primary_id if read is not None else ""
        off = f" Off until {short_date(person.off_until)}." if person.off_until else ""
        if role != "primary" or person.staff == primary:
            return f"{person.name}: {person.load.words}.{off}", bool(off)
        load = one_more(person.load)
        flag = " That is more than the program allows." if load.over else ""
        return f"{person.name} would have {load.words}.{flag}{off}", load.over or bool(off)

    @work(group="assign", exclusive=True)
    async def action_give(self) -> None:
        """Ask who, as what, and write it."""
        read, host = self._read, self.host
        if read is None:
            return
        answer = await self.app.push_screen_wait(
            AskAssigned(
                f"Who works with {read.line.name}?", read.staff, self._told, now=host.corrected_ms,
                tz=host.me.tz, today=day_of(host.corrected_ms(), host.me.tz),
            )
        )  # fmt: skip
        if answer is None:
            return
        covers = (
            read.line.primary_id if answer.role == "cover" and answer.staff != read.line.primary_id else ""
        )
        with self.saying():
            await host.ask(
                host.laptop.assign,
                self._client,
                answer.staff,
                answer.role,
                answer.since,
                answer.until,
                covers,
            )
            host.touched(read.record)
            self.say("Written.", tone="done")

    @work(group="assign", exclusive=True)
    async def action_end(self) -> None:
        """Ask whether somebody's time ends today, and write it."""
        line, host = self._picked(), self.host
        if line is None or self._read is None:
            return
        sure = await self.app.push_screen_wait(
            Sure(
                "End this today?",
                f"{line.name}, {ROLES.get(line.role, line.role).lower()}: today is the last day.",
            )
        )
        if not sure:
            return
        with self.saying():
            today = day_of(host.corrected_ms(), host.me.tz)
            await host.ask(host.laptop.end_assignment, self._client, line.item, today)
            host.touched(self._read.record)
            self.say("Written.", tone="done")

    @work(group="assign", exclusive=True)
    async def action_move(self) -> None:
        """Ask where the client goes and who takes over, write it, and have it sent."""
        read, host = self._read, self.host
        if read is None or not read.moves:
            return
        answer = await self.app.push_screen_wait(AskMove(f"Where does {read.line.name} go?", read.moves))
        if answer is None:
            return
        with self.saying():
            await host.ask(
                host.laptop.move_client, self._client, answer.team, answer.why, answer.reason, answer.primary
            )
            host.touched(read.record)
            self.say("Written. The move holds as soon as it is sent.", tone="done")

    @work(group="assign", exclusive=True)
    async def action_cover(self) -> None:
        """Say that one covers today."""
        await cover_myself(self, self._client)
