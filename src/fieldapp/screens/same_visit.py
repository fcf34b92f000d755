"""Two contacts that may be one visit, side by side; both stay until a person says what they are."""

from __future__ import annotations

from textual import work
from textual.app import ComposeResult
from textual.containers import Container
from textual.widgets import Static

from ..clinical.told.team import LINES
from ..store.models import ConflictSide, RecordRead
from ..widgets.text import join, lines, plain, styled
from .base import FieldScreen
from .keys import BACK, key
from .reading_text import parts, said
from .reading_words import signed_lines, status_lines
from .reason_ask import AskReason
from .settle import Side

REASONS = (("two", "Two visits, one after the other"), ("together", "Two of us together"), ("other", "Other"))


class SameVisitScreen(FieldScreen[bool]):
    """Dismissed with True when it was answered here."""

    CSS_PATH = ["form.tcss", "settle.tcss"]
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]
    HELP = (
        "# Same visit?\n\nTwo contacts with one client overlap. 1 and 2 open them: where one is too many, x marks it as "
        "an error. b says that both took place; the reason stands on the record. Nothing is joined by itself."
    )
    BINDINGS = [
        BACK,
        key("1", "look(0)", "First", "Open the first one; x there marks it as an error."),
        key("2", "look(1)", "Second", "Open the second one; x there marks it as an error."),
        key("b", "both", "Both are right", "Say that both took place, with a reason."),
    ]

    def __init__(self, record: str, other: str) -> None:
        super().__init__()
        self._records = (record, other)
        self._read: tuple[RecordRead, ...] = ()

    @property
    def client_at_hand(self) -> str | None:
        return self._read[0].client or None if self._read else None

    def compose_body(self) -> ComposeResult:
        yield Static("", id="form-head")
        yield Container(id="sides")
        yield Static(plain(f"Next  {LINES['same_visit'].todo}"), id="settle-hint", classes="muted")

    def on_mount(self) -> None:
        self.host.changed.subscribe(self, lambda _: self._show())
        self._show()

    @work(group="read", exclusive=True)
    async def _show(self) -> None:
        with self.saying():
            self._read = tuple([await self.host.ask(self.host.laptop.record, name) for name in self._records])
            head = join("Same visit? · ", styled(self._read[0].name, "bold"))
            self.query_one("#form-head", Static).update(head)
            sides = self.query_one("#sides", Container)
            await sides.remove_children()
            await sides.mount_all([self._side(number, read) for number, read in enumerate(self._read, 1)])

    def _side(self, number: int, read: RecordRead) -> Side:
        tz, first = self.host.me.tz, read.versions[0]
        text = lines(
            *status_lines(read, first, tz),
            said(parts(read.kind, read.values, tz)),
            *signed_lines(read, first, tz),
        )
        return Side(number, ConflictSide("", first.author, first.signed_ms, "", None), text, tz)

    def action_look(self, number: int) -> None:
        """Open one of them for reading."""
        self.host.open("record", record=self._records[number])

    @work(group="act")
    async def action_both(self) -> None:
        """Say that both took place."""
        with self.saying():
            reason = await self.app.push_screen_wait(
                AskReason("Both took place", "Say how, in a few words; it stands on the record.", REASONS)
            )
            if reason is not None:
                await self.host.ask(self.host.laptop.both_took_place, *self._records, reason.text)
                self.host.touched(*self._records)
                self.say_below("Both stay in the record.")
                self.dismiss(True)
