"""A client's stays in hospital, ED and jail: where they are, what was before, whether somebody saw them after."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from textual import on, work
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.getters import query_one
from textual.widgets import Static

from ..clinical.times import day_of
from ..widgets.row_list import Row, RowList
from ..widgets.text import lines
from .base import UNREAD, FieldScreen
from .form_head import client_head
from .keys import BACK, REFRESH, key
from .stays_text import counts, detail, draw_stay, now_words

if TYPE_CHECKING:
    from ..store.models import ClientLine
    from ..store.stay_models import StayRead, StaysRead


class StaysScreen(FieldScreen[None]):
    """One client's stays."""

    CSS_PATH = ["form.tcss", "stays.tcss"]
    AUTO_FOCUS = "#stays"
    HELP = (
        "# Hospital, ED and jail\n\n`a` writes down where the client is: one digit and ctrl+s are enough. `x` says that they "
        "left. While they are away the episode is on hold; an ED visit changes nothing. After hospital and ED somebody is to see "
        "them within 7 and 30 days (or as your program sets it): a contact that reached them ends that by itself, an attempt "
        "does not, and the day on which they left a hospital does not count yet."
    )
    BINDINGS = [
        key("a", "add", "Away", "Write down where the client is, or was."),
        key("x", "end", "They left", "Say that the stay is over, and where they went."),
        key("e", "change", "Change", "Change what is known of the stay that is picked out."),
        REFRESH,
        BACK,
    ]
    rows = query_one("#stays", RowList)

    def __init__(self, client: str) -> None:
        super().__init__()
        self._client = client
        self._read: StaysRead | None = None
        self._line: ClientLine | None = None

    @property
    def client_at_hand(self) -> str | None:
        return self._client

    def compose_body(self) -> ComposeResult:
        yield Static("", id="form-head")
        yield Static("", id="counts")
        yield RowList("Nobody wrote down a stay. a writes down where the client is.", id="stays")
        with VerticalScroll(id="detail-box", can_focus=False):
            yield Static("", id="detail")

    def on_mount(self) -> None:
        self.host.changed.subscribe(self, lambda _: self.action_refresh())
        self.action_refresh()

    def on_screen_resume(self) -> None:
        """Read again: a change may have been begun meanwhile."""
        super().on_screen_resume()
        if self._read is not None:
            self.action_refresh()

    @work(group="read", exclusive=True)
    async def action_refresh(self) -> None:
        """Read the stays from the laptop."""
        with self.saying("reading"):
            self._line = await self.host.ask(self.host.laptop.client_line, self._client)
            self._read = await self.host.ask(self.host.laptop.stays, self._client)
            self._show()
        if self._read is None:
            self.rows.fail(UNREAD)

    def _today(self) -> str:
        return day_of(self.host.corrected_ms(), self.host.me.tz).isoformat()

    def _show(self) -> None:
        read, line = self._read, self._line
        if read is None or line is None or not self.is_attached:
            return
        head = client_head("Hospital, ED and jail:", line, self.app.size.width)
        self.query_one("#form-head", Static).update(head)
        today = self._today()
        self.query_one("#counts", Static).update(
            lines(now_words(read, today), counts(read.year, read.before))
        )
        self.rows.show([Row(one.stay.record, partial(draw_stay, one, today)) for one in read.stays])
        self._tell()

    def _picked(self) -> StayRead | None:
        found = self._read.stays if self._read is not None else ()
        return next((one for one in found if one.stay.record == self.rows.key), None)

    @on(RowList.Moved, "#stays")
    def _moved(self) -> None:
        self._tell()

    def _tell(self) -> None:
        one, said = self._picked(), Content("")
        if one is not None and self._read is not None:
            said = detail(one, self._read, self.host.corrected_ms(), self.host.me.tz)
        self.query_one("#detail", Static).update(said)
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Dim what has nothing to work on, and writing for those who only read."""
        may = self._read is not None and self._read.may_write
        if action == "add":
            return True if may else None
        if action == "end":
            return True if may and self._to_end() is not None else None
        if action == "change":
            return True if may and self._picked() is not None else None
        return super().check_action(action, parameters)

    def _to_end(self) -> StayRead | None:
        """Return the stay that x ends: the one picked out if it is open, else the one that is."""
        one = self._picked()
        if one is not None and one.stay.is_open:
            return one
        found = self._read.stays if self._read is not None else ()
        return next((other for other in found if other.stay.is_open), None)

    def action_add(self) -> None:
        """Write down a stay."""
        self.host.open("stay", client=self._client)

    def action_end(self) -> None:
        """Say that a stay is over."""
        one = self._to_end()
        if one is not None:
            self.host.open("stay", client=self._client, record=one.stay.record, ending=True)

    @on(RowList.Chosen, "#stays")
    def action_change(self) -> None:
        """Change what is known of a stay; who may not write it reads it."""
        one = self._picked()
        if one is None or self._read is None:
            return
        if self._read.may_write:
            self.host.open("stay", client=self._client, record=one.stay.record)
        else:
            self.host.open("record", record=one.stay.record)
