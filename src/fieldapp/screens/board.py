"""The team board: the day of a team, and what nobody has on their list."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from functools import partial
from typing import TYPE_CHECKING

from textual import on, work
from textual.app import ComposeResult
from textual.getters import query_one
from textual.widgets import Static

from ..widgets.row_list import Row, RowList
from ..widgets.text import join, styled
from .base import UNREAD, FieldScreen
from .board_rows import (
    draw_client,
    draw_due,
    draw_out,
    draw_task,
    draw_visit,
    heading,
    person_words,
    visit_detail,
)
from .checkin import look_after
from .keys import BACK, REFRESH, key
from .reason_ask import Choose
from .task_finish import finish_task
from .tasks import who_does
from .visit_actions import cancel_visit, give_visit, start_visit, take_visit

if TYPE_CHECKING:
    from ..store.board_models import Board, BoardVisit
    from ..store.models import TaskLine, VisitLine

OPENS = {
    "goals": "goals",
    "plan": "plan",
    "contact_plan": "contact_plan",
    "lai": "medications",
    "coverage": "coverage",
}
"""The screen on which each kind of date is dealt with."""


class BoardScreen(FieldScreen[None]):
    """One day of one's teams."""

    CSS_PATH = "board.tcss"
    AUTO_FOCUS = "#board"
    HELP = """# Team board

Who sees whom on a day, and what falls between: **nobody goes** lists clients whose contact is due by their contact plan, or
overdue, and who stand on nobody's list; **missed** are visits of the days before that nobody logged.

`[` and `]` change the day, `m` shows what is yours only, `s` jumps to the next group of lines. On a line: Enter opens it, `b` plans a
visit, `c` logs the contact, `o` makes it your own, `h` hands it to a colleague, `w` moves a visit, `x` cancels one, `d` finishes a task,
`y` says that you cover for this client today.

Somebody is *off* while others cover for them; covering and handing over a caseload is under `L`, who works with a client
under `W`.
"""
    BINDINGS = [
        key("left_square_bracket", "day(-1)", "Day before", "Show the day before.", shown_key="["),
        key("right_square_bracket", "day(1)", "Day after", "Show the day after.", shown_key="]"),
        key("m", "mine", "Mine / all", "Show the whole team, or what is yours only."),
        key("s", "section", "Next group", "Jump to the next group of lines.", show=False),
        key(
            "o",
            "take",
            "Take",
            "Own it: give this visit or task to yourself; for a client plan a visit of yours.",
        ),
        key("h", "give", "Give", "Give this visit or task to a colleague."),
        key("w", "move", "Move", "Change when, where and by whom this visit is made."),
        key("x", "cancel", "Cancel", "Say that this visit does not take place, and why."),
        key("d", "done", "Done", "Say what came of this task and close it."),
        key("y", "cover", "I cover", "Say that you cover for this client today.", show=False),
        REFRESH,
        BACK,
    ]
    rows = query_one("#board", RowList)

    def __init__(self) -> None:
        super().__init__()
        self._board: Board | None = None
        self._day: str | None = None
        self._mine = False

    def compose_body(self) -> ComposeResult:
        yield Static("", id="head", markup=False)
        yield RowList("Nothing planned and nothing due on this day.", id="board")
        yield Static("", id="detail", markup=False)

    def on_mount(self) -> None:
        self.host.changed.subscribe(self, lambda _: self.action_refresh())
        self.action_refresh()

    def on_screen_resume(self) -> None:
        """Look again: time has passed."""
        super().on_screen_resume()
        if self._board is not None:
            self.action_refresh()

    @work(group="read", exclusive=True)
    async def action_refresh(self) -> None:
        """Read the board from the laptop."""
        with self.saying("reading"):
            self._board = await self.host.browse(self.host.laptop.board, self._day, self._mine)
            self._show(self._board)
        if self._board is None:
            self.rows.fail(UNREAD)

    def _show(self, board: Board) -> None:
        day = date.fromisoformat(board.day)
        count = len({one.visit.record for person in board.people for one in person.visits})
        nobody = f" · nobody goes to {len(board.nobody)}" if board.nobody else ""
        some = "1 visit" if count == 1 else f"{count} visits"
        whose = "mine only" if self._mine else board.teams or "no team"
        when = f"{day:%a} {day.day} {day:%b}" + (" (today)" if board.is_today else "")
        self.query_one("#head", Static).update(
            join(
                styled(f"{when} · {whose}", "bold"),
                f" · {some}{nobody}" + (f"\n{board.oncall}" if board.oncall else ""),
            )
        )
        shown: list[Row] = []
        for title, rows in self._groups(board):
            shown.append(Row("", partial(heading, title), heading=True))
            shown += rows
        self.rows.show(shown)
        self.refresh_bindings()

    def _groups(self, board: Board) -> Sequence[tuple[str, list[Row]]]:
        """Return the groups of lines in order; each line's key says what it is and of which record."""
        zone = self.host.zone
        counted = (
            ("Nobody goes", [Row(f"nobody:{c.client}", partial(draw_client, c)) for c in board.nobody]),
            ("Missed, and not seen since",
             [Row(f"missed:{v.visit.record}", partial(draw_visit, v, zone, True)) for v in board.missed]),
        )  # fmt: skip
        people = [
            (person_words(person),
             [Row(f"visit:{v.visit.record}:{person.staff}", partial(draw_visit, v, zone, False)) for v in person.visits])
            for person in board.people
        ]  # fmt: skip
        after = (
            ("Overdue tasks",
             [Row(f"task:{t.record}", partial(draw_task, t, zone, who_does(t))) for t in board.tasks]),
            ("Hospital, jail, away", [Row(f"away:{c.client}", partial(draw_client, c)) for c in board.away]),
            ("On a visit now", [Row(f"out:{c.record}", partial(draw_out, c, zone)) for c in board.out]),
            ("Injections", [Row(f"lai:{n}", partial(draw_due, d)) for n, d in enumerate(board.injections)]),
            ("Reviews and authorizations", [Row(f"due:{n}", partial(draw_due, d)) for n, d in enumerate(board.reviews)]),
        )  # fmt: skip
        return [
            *((f"{title} · {len(rows)}", rows) for title, rows in counted if rows),
            *people,
            *((f"{title} · {len(rows)}", rows) for title, rows in after if rows),
        ]

    # What is picked out

    def _picked(self) -> tuple[str, str]:
        found = self.query("#board")
        what, _, rest = found.first(RowList).key.partition(":") if found else ("", "", "")
        return what, rest

    def _board_visit(self) -> BoardVisit | None:
        what, rest = self._picked()
        if self._board is None or what not in ("visit", "missed"):
            return None
        record = rest.partition(":")[0]
        everybody = [*self._board.missed, *(one for person in self._board.people for one in person.visits)]
        return next((one for one in everybody if one.visit.record == record), None)

    def _visit(self) -> VisitLine | None:
        found = self._board_visit()
        return found.visit if found is not None else None

    def _open_visit(self) -> VisitLine | None:
        visit = self._visit()
        return visit if visit is not None and visit.state == "planned" and visit.client else None

    def _todo(self) -> TaskLine | None:
        what, rest = self._picked()
        found = self._board.tasks if self._board is not None and what == "task" else ()
        return next((line for line in found if line.record == rest), None)

    @property
    def client_at_hand(self) -> str | None:
        """The client of the line that is picked out."""
        what, rest = self._picked()
        if what in ("nobody", "away"):
            return rest
        if what == "out" and self._board is not None:
            return next((one.client or None for one in self._board.out if one.record == rest), None)
        if what in ("lai", "due") and self._board is not None:
            return (self._board.injections if what == "lai" else self._board.reviews)[int(rest)].client
        line = self._visit() or self._todo()
        return (line.client or None) if line is not None else None

    @property
    def visit_at_hand(self) -> str | None:
        """The visit that is picked out, while it is still planned."""
        visit = self._open_visit()
        return visit.record if visit is not None else None

    @property
    def day_at_hand(self) -> str:
        """The day that is shown; a visit that is planned from here starts with it."""
        return self._board.day if self._board is not None else ""

    @on(RowList.Moved)
    def _moved(self) -> None:
        shown = self._board_visit()
        self.query_one("#detail", Static).update(visit_detail(shown) if shown is not None else "")
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Show what can be done with the line that is picked out."""
        if action in ("move", "cancel"):
            return self._open_visit() is not None
        if action == "give":
            return self._open_visit() is not None or self._todo() is not None
        if action == "take":
            return True if self.client_at_hand is not None else None
        if action == "done":
            return self._todo() is not None
        if action == "cover":
            return True if self.client_at_hand is not None else None
        return super().check_action(action, parameters)

    # Days and groups

    def action_day(self, step: int) -> None:
        """Show another day."""
        if self._board is not None:
            self._day = (date.fromisoformat(self._board.day) + timedelta(days=step)).isoformat()
            self.action_refresh()

    def action_mine(self) -> None:
        """Show the whole team, or one's own lines only."""
        self._mine = not self._mine
        self.action_refresh()

    def action_section(self) -> None:
        """Jump to the next group."""
        self.rows.next_group()

    # Doing something about a line

    @on(RowList.Chosen, "#board")
    def _chosen(self) -> None:
        what, rest = self._picked()
        task = self._todo()
        if task is not None:
            self.action_done()
        elif what in ("lai", "due") and self._board is not None:
            line = (self._board.injections if what == "lai" else self._board.reviews)[int(rest)]
            self.host.open(OPENS[line.kind], client=line.client)
        elif what == "out":
            self.run_worker(look_after(self, rest), group="done", exclusive=True)
        elif self.client_at_hand:
            self.host.open("chart", client=self.client_at_hand)

    @work(group="done", exclusive=True)
    async def action_done(self) -> None:
        """Say what came of a task."""
        task = self._todo()
        if task is not None:
            with self.saying():
                await finish_task(self, task.record, task.title, task.name)

    @work(group="open")
    async def action_start_visit(self) -> None:
        """Log the contact of a visit."""
        visit = self._visit()
        if visit is not None:
            await start_visit(self, visit)

    def action_move(self) -> None:
        """Change a visit."""
        visit = self._open_visit()
        if visit is not None:
            self.host.open("visit", record=visit.record)

    @work(group="visit", exclusive=True)
    async def action_cancel(self) -> None:
        """Cancel a visit."""
        visit = self._open_visit()
        if visit is not None:
            await cancel_visit(self, visit)

    @work(group="visit", exclusive=True)
    async def action_take(self) -> None:
        """Give a line to oneself; for a client on nobody's list that is a visit of one's own."""
        visit, task, me = self._open_visit(), self._todo(), self.host.me
        if visit is not None:
            await take_visit(self, visit, me.staff, me.name)
        elif task is not None:
            await self._assign(task, me.staff, me.name)
        elif self.client_at_hand is not None:
            self.host.open("visit", client=self.client_at_hand, day=self.day_at_hand)

    @work(group="visit", exclusive=True)
    async def action_give(self) -> None:
        """Give a line to a colleague."""
        visit, task = self._open_visit(), self._todo()
        if visit is not None:
            await give_visit(self, visit)
        elif task is not None:
            with self.saying():
                found = await self.host.ask(self.host.laptop.colleagues, task.client)
                offered = [(staff, name) for staff, name in found if staff != task.owner]
                picked = await self.app.push_screen_wait(Choose("Give it to whom?", task.title, offered))
                if picked is not None:
                    await self._assign(task, picked, dict(offered)[picked])

    async def _assign(self, task: TaskLine, staff: str, name: str) -> None:
        with self.saying():
            await self.host.ask(self.host.laptop.assign_task, task.record, staff)
            self.host.touched(task.record)
            self.say("It is yours." if staff == self.host.me.staff else f"Given to {name}.", tone="done")

    @work(group="visit", exclusive=True)
    async def action_cover(self) -> None:
        """Say that one covers for a client today."""
        client = self.client_at_hand
        if client is not None:
            await cover_myself(self, client)


async def cover_myself(screen: FieldScreen[None], client: str) -> None:
    """Cover for a client today, or ask the supervisor for it."""
    host = screen.host
    with screen.saying():
        at_once = await host.ask(host.laptop.cover_myself, client)
        host.touched(client)
        screen.say(
            "You cover for this client today."
            if at_once
            else "Your supervisor is asked: it is a task of theirs now.",
            tone="done",
        )
