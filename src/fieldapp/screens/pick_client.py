"""A dialog that finds one client as a name is typed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import on, work
from textual.app import ComposeResult
from textual.widgets import Input, Static

from ..records.text import clean
from ..widgets.client_row import client_rows
from ..widgets.row_list import RowList
from ..widgets.text import plain
from .base import Dialog
from .keys import key

if TYPE_CHECKING:
    from ..store.models import ClientLine


class PickClient(Dialog[str]):
    """Dismissed with a client's id, or None."""

    CSS_PATH = "caseload.tcss"
    AUTO_FOCUS = "#find"
    HELP = "# Find a client\n\nType part of a name, nickname, street or number. Enter takes the first one."
    BINDINGS = [
        key("escape", "close", "Back", "Pick nobody."),
        key("down", "to_list", "List", "Go down the list.", show=False),
    ]

    def __init__(self, question: str = "Which client?", crisis: bool = False, typed: str = "") -> None:
        super().__init__()
        self._question, self._crisis, self._typed_before = question, crisis, clean(typed)

    def compose_body(self) -> ComposeResult:
        yield Static(plain(self._question), classes="title")
        yield Input(
            self._typed_before, placeholder="Name, nickname, street or number", id="find", compact=True,
            select_on_focus=False,
        )  # fmt: skip
        yield RowList("Nobody found.", id="found")

    def on_mount(self) -> None:
        self._search(self._typed_before)

    @on(Input.Changed, "#find")
    def _typed(self, event: Input.Changed) -> None:
        self._search(event.value)

    @work(group="search", exclusive=True)
    async def _search(self, query: str) -> None:
        with self.saying():
            found = await self._find(query)
            rows = self.query_one("#found", RowList)
            rows.cursor = 0
            rows.show(client_rows(found))

    async def _find(self, query: str) -> tuple[ClientLine, ...]:
        laptop = self.host.laptop
        return await self.host.ask(laptop.cards if self._crisis else laptop.caseload, query)

    @on(Input.Submitted, "#find")
    @work(group="pick", exclusive=True)
    async def _first(self, event: Input.Submitted) -> None:
        # The list may still be the answer to fewer letters: never pick a client that was not searched for.
        with self.saying():
            found = await self._find(event.value)
            if found:
                self.dismiss(found[0].client)

    @on(RowList.Chosen, "#found")
    def _chosen(self, event: RowList.Chosen) -> None:
        self.dismiss(event.key)

    def action_to_list(self) -> None:
        """Go from the field into the list."""
        self.query_one("#found", RowList).focus()

    def action_close(self) -> None:
        """Pick nobody."""
        self.dismiss(None)
