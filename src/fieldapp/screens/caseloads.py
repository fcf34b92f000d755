"""Who carries how many clients, and covering or handing over a caseload."""

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
from ..records.kinds.assignment import ROLES as PLACES
from ..records.kinds.staff import ROLES
from ..widgets.flags import STYLES
from ..widgets.row_list import Row, RowList
from ..widgets.text import fit, join, lines, plain, styled
from .assign_ask import AskAssigned, Assigned
from .base import UNREAD, FieldScreen
from .board_rows import off_words, short_date
from .keys import BACK, REFRESH, key

if TYPE_CHECKING:
    from ..store.board_models import CaseloadsRead, StaffLoad


def draw_staff(one: StaffLoad, width: int) -> Content:
    """Return one person: name, role, load, cover."""
    name, role = (20, 16) if width < 100 else (28, 28)
    over = one.load.over
    said = list(filter(None, [off_words(one)]))
    said.append(one.load.words + (" ▲ over" if over else ""))
    if one.covering:
        said.append(f"covers {one.covering}")
    return join(
        styled(fit(one.name, name - 1) + " ", "bold"),
        styled(fit(ROLES.get(one.role, ""), role - 1) + " ", "$text-muted"),
        styled(fit(" · ".join(said), max(8, width - name - role)), STYLES["warning" if over else ""]),
    )


def draw_of(name: str, role: str, marked: bool, width: int) -> Content:
    """Return one client of the person above, and whether it is marked."""
    return join(
        "  ☑ " if marked else "  ☐ ",
        fit(name, 28),
        " ",
        styled(fit(PLACES.get(role, role), max(8, width - 33)), "$text-muted"),
    )


class CaseloadsScreen(FieldScreen[None]):
    """What everybody of one's teams carries."""

    CSS_PATH = "assign.tcss"
    AUTO_FOCUS = "#staff"
    HELP = """# Caseloads

Clients who count are those whose primary worker somebody is and whose episode is active or on hold. The limit is the program's
for a full-time position (15 unless it says otherwise); technicians, prescribers and medical assistants are not counted.

Enter shows whose clients they are, and opens who works with one. Supervisors: `v` has somebody cover for a leave with everybody
whom this person works with, `h` hands the whole caseload over from a day on. `space` marks clients; then `v` and `h` are about
these only. `s` shows who works here and until when their credentials hold. Both write one entry for each client, in one step.
"""
    BINDINGS = [
        key(
            "space", "mark", "Mark", "Cover or hand over this client and the others that are marked, not all."
        ),
        key("v", "cover", "Cover a leave", "Have a colleague cover this person's clients for a time."),
        key("h", "hand_over", "Hand over", "Make a colleague the primary worker of all these clients."),
        key("s", "app.staff", "Staff", "Who works here, and until when their credentials hold."),
        REFRESH,
        BACK,
    ]
    rows = query_one("#staff", RowList)

    def __init__(self) -> None:
        super().__init__()
        self._read: CaseloadsRead | None = None
        self._open: set[str] = set()
        self._marked: set[tuple[str, str]] = set()
        """(staff, client)."""

    def compose_body(self) -> ComposeResult:
        yield Static("", id="head")
        yield RowList("Nobody of your teams is known on this laptop yet.", id="staff")

    def on_mount(self) -> None:
        self.host.changed.subscribe(self, lambda _: self.action_refresh())
        self.action_refresh()

    @work(group="read", exclusive=True)
    async def action_refresh(self) -> None:
        """Read it again from the laptop."""
        with self.saying("reading"):
            self._read = await self.host.browse(self.host.laptop.caseloads)
            self._show(self._read)
        if self._read is None:
            self.rows.fail(UNREAD)

    def _show(self, read: CaseloadsRead) -> None:
        over = sum(one.load.over for one in read.staff)
        team = f"Team: {read.team.words}" + (" ▲ over" if read.team.over else "")
        first = join(
            styled("Caseloads", "bold"), f" · {team}" + (f" · {over} over the limit" if over else "")
        )
        second = plain("Active or on hold, by primary worker.")
        self.query_one("#head", Static).update(lines(first, second))
        shown: list[Row] = []
        for one in read.staff:
            shown.append(Row(f"staff:{one.staff}", partial(draw_staff, one)))
            if one.staff in self._open:
                shown += [
                    Row(
                        f"client:{client}:{one.staff}",
                        partial(draw_of, name, role, (staff, client) in self._marked),
                    )
                    for staff, client, name, role in read.clients
                    if staff == one.staff
                ]
        self.rows.show(shown)
        self.refresh_bindings()

    def _key(self) -> tuple[str, str]:
        found = self.query("#staff")
        what, _, rest = found.first(RowList).key.partition(":") if found else ("", "", "")
        return what, rest

    @property
    def client_at_hand(self) -> str | None:
        """The client that is picked out, if it is one."""
        what, rest = self._key()
        return rest.partition(":")[0] if what == "client" else None

    def _person(self) -> StaffLoad | None:
        what, rest = self._key()
        staff = rest if what == "staff" else rest.partition(":")[2]
        return next((one for one in self._read.staff if one.staff == staff), None) if self._read else None

    @on(RowList.Moved)
    def _moved(self) -> None:
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Hide what only supervisors do."""
        if action in ("cover", "hand_over"):
            if self._read is None or not self._read.may_write:
                return False
            return True if self._person() is not None else None
        if action == "mark":
            return self._read is not None and self._read.may_write and self._key()[0] == "client"
        return super().check_action(action, parameters)

    @on(RowList.Chosen, "#staff")
    def _chosen(self) -> None:
        what, rest = self._key()
        if what == "client":
            self.host.open("assignment", client=rest.partition(":")[0])
        elif what == "staff" and self._read is not None:
            self._open ^= {rest}
            self._show(self._read)

    def action_mark(self) -> None:
        """Mark a client, or take the mark away, and go on to the next."""
        what, rest = self._key()
        if what == "client" and self._read is not None:
            client, _, staff = rest.partition(":")
            self._marked ^= {(staff, client)}
            self._show(self._read)
            self.rows.action_move(1)

    def _marked_of(self, person: StaffLoad) -> tuple[str, ...]:
        """Return the clients of somebody that are marked; none: all of them are meant."""
        return tuple(sorted(client for staff, client in self._marked if staff == person.staff))

    def _told_cover(self, person: StaffLoad, _: str) -> tuple[str, bool]:
        off = off_words(person)
        return (
            f"{person.name}: {person.load.words}{f' · {off}' if off else ''}.",
            person.off_until is not None,
        )

    def _told_more(self, more: int, person: StaffLoad, _: str) -> tuple[str, bool]:
        load = Load(
            person.load.clients + more,
            person.load.fte_hundredths,
            person.load.most_per_fte,
            person.load.counts,
        )
        flag = " That is more than the program allows." if load.over else ""
        return f"{person.name} would have {load.words}.{flag}", load.over

    @work(group="assign", exclusive=True)
    async def action_cover(self) -> None:
        """Ask who covers until when, and write it for all clients."""
        person = self._person()
        if person is None:
            return
        marked = self._marked_of(person)
        whom = f" with {len(marked)} of the clients" if marked else ""
        answer = await self._ask(f"Who covers for {person.name}{whom}?", person, "cover", "must", len(marked))
        if answer is not None:
            host = self.host
            with self.saying():
                count = await host.ask(
                    host.laptop.cover_caseload, person.staff, answer.staff, answer.since, answer.until, marked
                )
                self._written(count, answer, f"covered until {short_date(answer.until)}")

    @work(group="assign", exclusive=True)
    async def action_hand_over(self) -> None:
        """Ask who takes the caseload over, and write it for all clients."""
        person = self._person()
        if person is None:
            return
        marked = self._marked_of(person)
        which = f"{len(marked)} of the" if marked else "all"
        title = f"Who takes over {which} clients of {person.name}?"
        answer = await self._ask(title, person, "primary", "no", len(marked) or person.load.clients)
        if answer is not None:
            host = self.host
            with self.saying():
                count = await host.ask(
                    host.laptop.hand_over_caseload, person.staff, answer.staff, answer.since, marked
                )
                self._written(count, answer, f"handed over from {short_date(answer.since)} on")

    async def _ask(self, title: str, person: StaffLoad, role: str, until: str, count: int) -> Assigned | None:
        host, read = self.host, self._read
        others = [one for one in read.staff if one.staff != person.staff] if read is not None else []
        told = self._told_cover if role == "cover" else partial(self._told_more, count)
        return await self.app.push_screen_wait(
            AskAssigned(
                title, others, told, now=host.corrected_ms, tz=host.me.tz,
                today=day_of(host.corrected_ms(), host.me.tz), roles=(role,), until=until,
            )
        )  # fmt: skip

    def _written(self, count: int, answer: Assigned, what: str) -> None:
        self._marked.clear()
        self.host.touched()
        some = "1 client is" if count == 1 else f"{count} clients are"
        self.say(f"{some} {what}.", tone="done")
