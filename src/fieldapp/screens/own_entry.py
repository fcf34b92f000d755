"""One's own words that the server did not take and that no form holds: read, said again elsewhere, laid aside."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import work
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.widgets import Static

from ..widgets.text import join, styled
from .base import FieldScreen
from .keys import BACK, key
from .reading_words import record_text, title_of
from .reason_ask import Sure

if TYPE_CHECKING:
    from ..store.models import RecordRead


class OwnEntryScreen(FieldScreen[None]):
    """An entry that stands in no record."""

    CSS_PATH = ["form.tcss", "reading.tcss"]
    AUTO_FOCUS = "#text"
    HELP = (
        "# Not taken by the server\n\nThe words are here in full. Say them again where they belong, then l lays this "
        "away; it stays on this laptop, and in its log."
    )
    BINDINGS = [
        BACK,
        key("l", "lay_aside", "Lay aside", "Take it off your list; nothing is deleted."),
        key("o", "record", "Record", "Open the record that it was about."),
    ]

    def __init__(self, entry: str) -> None:
        super().__init__()
        self._entry = entry
        self._read: RecordRead | None = None

    @property
    def client_at_hand(self) -> str | None:
        return self._read.client or None if self._read is not None else None

    def compose_body(self) -> ComposeResult:
        yield Static("", id="form-head")
        with VerticalScroll(id="text"):
            yield Static("", id="record-text")

    def on_mount(self) -> None:
        self._show()

    @work(group="read", exclusive=True)
    async def _show(self) -> None:
        with self.saying():
            self._read = read = await self.host.ask(self.host.laptop.own_entry, self._entry)
            self.query_one("#form-head", Static).update(
                join(f"{title_of(read)} · ", styled(read.name, "bold"))
            )
            self.query_one("#record-text", Static).update(
                record_text(read, read.versions[0], self.host.me.tz)
            )
            self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Dim what waits for the words."""
        if action in ("lay_aside", "record"):
            return True if self._read is not None else None
        return super().check_action(action, parameters)

    def action_record(self) -> None:
        """Open the record, if there is one without these words."""
        if self._read is not None:
            self.host.open("record", record=self._read.record)

    @work(group="act")
    async def action_lay_aside(self) -> None:
        """Take it off the list, after asking."""
        with self.saying():
            sure = await self.app.push_screen_wait(
                Sure(
                    "Take this off your list?",
                    "The words stay on this laptop and in its log, but in no record.",
                )
            )
            if sure and self._read is not None:
                await self.host.ask(self.host.laptop.lay_aside, self._entry)
                self.host.touched(self._read.record)
                self.say_below("Laid aside.")
                self.dismiss()
