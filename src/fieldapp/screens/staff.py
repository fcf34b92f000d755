"""The people of one's teams: what they are, what they may sign and until when."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from textual import on, work
from textual.app import ComposeResult
from textual.content import Content
from textual.getters import query_one
from textual.widgets import Static

from ..widgets.row_list import Row, RowList, heading
from ..widgets.text import lines, plain, styled
from .base import UNREAD, FieldScreen
from .keys import BACK, REFRESH, key
from .staff_rows import cosign_words, draw_member, head

if TYPE_CHECKING:
    from ..store.staff_models import StaffMember, StaffRead

NOBODY = "Nobody of your teams is known on this laptop yet."
ALL_GOOD = "Nobody's credential has ended or ends within 60 days. x shows everybody."


class StaffScreen(FieldScreen[None]):
    """Who works here."""

    CSS_PATH = "staff.tcss"
    AUTO_FOCUS = "#staff"
    HELP = """# Staff

Everybody of your teams by team, with the credentials that hold today: `✗` means that they may not sign any more, `◷` that this
is so within 60 days, `–` that none is on file, which stops nobody. Enter shows all that is known of somebody: number and state
of each credential, where they work from when until when, who supervises them, and what of theirs waits for a co-sign.

`x` leaves only those whose credential has ended or soon does. Supervisors and managers put the list on paper with `P`. Nothing
is changed here: your administrator enters renewals, people and places on the server, and laptops hear of it with the next sync.
"""
    BINDINGS = [
        key(
            "x", "only", "Expiring / all", "Show only whose credential has ended or soon does, or everybody."
        ),
        key("s", "section", "Next team", "Jump to the next team."),
        REFRESH,
        BACK,
    ]
    rows = query_one("#staff", RowList)

    def __init__(self) -> None:
        super().__init__()
        self._read: StaffRead | None = None
        self._only = False

    @property
    def print_at_hand(self) -> str:
        """The same as a list on paper, for those who may print it."""
        return "credentials" if self._read is not None and self._read.may_print else ""

    def compose_body(self) -> ComposeResult:
        yield Static("", id="head")
        yield RowList(NOBODY, id="staff")
        yield Static("", id="detail")

    def on_mount(self) -> None:
        self.host.changed.subscribe(self, lambda _: self.action_refresh())
        self.action_refresh()

    @work(group="read", exclusive=True)
    async def action_refresh(self) -> None:
        """Read it again from the laptop."""
        with self.saying("reading"):
            self._read = await self.host.browse(self.host.laptop.team_staff)
            self._show(self._read)
        if self._read is None:
            self.rows.fail(UNREAD)

    def _show(self, read: StaffRead) -> None:
        self.query_one("#head", Static).update(head(read, self._only))
        wanted = [one for one in read.members if one.needs_eyes or not self._only]
        shown: list[Row] = []
        for team, name in read.teams:
            group = [one for one in wanted if any(p.team == team and p.standing == "now" for p in one.places)]
            if group:
                shown.append(heading(f"{name or 'Team'} · {len(group)}"))
                shown += [Row(f"{team}:{one.staff}", partial(draw_member, one)) for one in group]
        ours = {team for team, _ in read.teams}
        others = [
            one for one in wanted if not any(p.team in ours and p.standing == "now" for p in one.places)
        ]
        if others and not self._only:
            shown.append(heading(f"Not in these teams today · {len(others)}"))
            shown += [Row(f":{one.staff}", partial(draw_member, one)) for one in others]
        empty = ALL_GOOD if self._only and read.members else NOBODY
        self.rows.show(shown or [Row("", lambda _: plain(empty), heading=True)])
        self._tell()

    def _picked(self) -> StaffMember | None:
        found = self.query("#staff")
        staff = found.first(RowList).key.partition(":")[2] if found else ""
        members = self._read.members if self._read is not None else ()
        return next((one for one in members if one.staff == staff), None)

    @on(RowList.Moved, "#staff")
    def _tell(self) -> None:
        one = self._picked()
        said = Content("")
        if one is not None:
            about = (
                f"{one.name}, {one.shown}" if one.shown else one.name,
                one.phone,
                f"supervised by {one.supervisor}" if one.supervisor else "",
            )
            said = lines(styled(" · ".join(part for part in about if part), "bold"), cosign_words(one))
        self.query_one("#detail", Static).update(said)
        self.refresh_bindings()

    @on(RowList.Chosen, "#staff")
    def _chosen(self) -> None:
        one = self._picked()
        if one is not None:
            self.host.open("staff_member", staff=one.staff)

    def action_only(self) -> None:
        """Show only what needs eyes, or everybody."""
        self._only = not self._only
        if self._read is not None:
            self._show(self._read)

    def action_section(self) -> None:
        """Jump to the next team."""
        self.rows.next_group()
