"""Caseload: every client with marks in words, found by name, nickname, street or number."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.getters import query_one
from textual.reactive import reactive
from textual.widgets import Input, Static

from ..widgets.client_row import age_on, client_rows
from ..widgets.flags import client_marks, marks_in
from ..widgets.identity import in_full
from ..widgets.row_list import RowList
from ..widgets.text import lines, plain, styled
from .base import UNREAD, FieldScreen
from .keys import REFRESH, key

if TYPE_CHECKING:
    from ..store.models import ClientLine


class CaseloadScreen(FieldScreen[None]):
    """All clients, or mine."""

    CSS_PATH = "caseload.tcss"
    AUTO_FOCUS = "#clients"
    HELP = """# Caseload

`/` puts the cursor into the field: type part of a name, a nickname, a street or a number, and press Enter
to open the first one. `county:skagit` shows those who live in that county. Escape goes back to the list.

Marks, most urgent first: `■ STOP` and `▲` risk, `◷` days without contact, `≠` two versions to settle,
`∅` no safety plan, `!` caution, `⇄` interpreter. `m` shows only clients whose primary you are. `N` takes a new
client in, `I` lists who was referred and waits.
"""
    BINDINGS = [
        key("slash", "type", "Find", "Find by name, nickname, street or number."),
        key("m", "mine", "Mine / all", "Show all clients, or those whose primary you are."),
        key("N", "new_client", "New", "Take a new client in, with the referral."),
        key("I", "intake_list", "Referrals", "Who was referred and waits, and for how long."),
        key("escape", "clear", "Back", "Back to the list, then to everybody."),
        REFRESH,
    ]
    clients = query_one("#clients", RowList)
    find = query_one("#find", Input)
    mine: reactive[bool] = reactive(False, init=False)

    def __init__(self) -> None:
        super().__init__()
        self._found: dict[str, ClientLine] = {}

    @property
    def print_at_hand(self) -> str:
        """The caseload for a day without laptops."""
        return "roster"

    def compose_body(self) -> ComposeResult:
        with Horizontal(id="top"):
            yield Input(placeholder="/ find: name, nickname, street, number", id="find", compact=True)
            yield Static("", id="count", markup=False)
        yield RowList("Nobody found. Escape shows everybody again.", id="clients")
        yield Static("", id="detail", markup=False)

    def on_mount(self) -> None:
        self.find.cursor_blink = False
        self.host.changed.subscribe(self, self._changed)
        self.action_refresh()

    def _changed(self, _: frozenset[str]) -> None:
        self.action_refresh()

    @work(group="search", exclusive=True)
    async def action_refresh(self, *, first: bool = False) -> None:
        """Ask for the clients that match what is typed."""
        with self.saying("reading"):
            found = await self.host.browse(self.host.laptop.caseload, self.find.value, self.mine)
            self._found = {line.client: line for line in found}
            if first:
                self.clients.cursor = 0
            self.clients.show(client_rows(found))
            whose = "mine" if self.mine else "all"
            self.query_one("#count", Static).update(
                plain(f"{len(found)} {'client' if len(found) == 1 else 'clients'} · {whose}")
            )
        if not self.clients.generation:
            self.clients.fail(UNREAD)

    def watch_mine(self) -> None:
        """Ask again."""
        self.action_refresh(first=True)

    @on(Input.Changed, "#find")
    def _typed(self) -> None:
        self.action_refresh(first=True)

    @on(Input.Submitted, "#find")
    @work(group="open", exclusive=True)
    async def _open_first(self) -> None:
        # The list may still be the answer to fewer letters: never open a client that was not searched for.
        with self.saying():
            found = await self.host.ask(self.host.laptop.caseload, self.find.value, self.mine)
            if found:
                self.clients.focus()
                self.host.open("chart", client=found[0].client)

    @on(RowList.Chosen, "#clients")
    def _chosen(self, event: RowList.Chosen) -> None:
        self.host.open("chart", client=event.key)

    @on(RowList.Moved, "#clients")
    def _moved(self, event: RowList.Moved) -> None:
        line = self._found.get(event.key)
        self.query_one("#detail", Static).update(self._detail(line) if line else Content(""))

    def _detail(self, line: ClientLine) -> Content:
        today = datetime.fromtimestamp(self.host.corrected_ms() / 1000, self.host.zone).date()
        age = age_on(line.dob, today)
        who = " · ".join(
            word
            for word in (
                in_full(line),
                f"{age} years" if age is not None else "",
                f"MRN {line.mrn}" if line.mrn else "",
                line.street,
                f"{line.county} County" if line.county else "",
                f"primary {line.primary}" if line.primary else "no primary",
                line.team,
            )
            if word
        )
        return lines(styled(who, "bold"), marks_in(client_marks(line), self.size.width - 2))

    @property
    def client_at_hand(self) -> str | None:
        """The client that is picked out."""
        return self.clients.key or None

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer the way back only where there is one."""
        if action == "clear":
            found = self.query_one_optional("#find", Input)
            return found is not None and (self.focused is found or bool(found.value) or self.mine)
        return super().check_action(action, parameters)

    def action_new_client(self) -> None:
        """Take a new client in."""
        self.host.open("new_client")

    def action_intake_list(self) -> None:
        """Show who was referred and waits."""
        self.host.open("intake_list")

    def action_type(self) -> None:
        """Put the cursor into the field."""
        self.find.focus()

    def action_mine(self) -> None:
        """Switch between all clients and mine."""
        self.mine = not self.mine

    def action_clear(self) -> None:
        """Leave the field; from the list, show everybody."""
        if self.focused is self.find:
            self.clients.focus()
        else:
            self.find.value = ""
            self.mine = False

    def key_down(self) -> None:
        """Go from the field into the list."""
        if self.focused is self.find:
            self.clients.focus()
