"""The crisis card of one client: opens at once, offline, with the numbers to call in the first lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import events, work
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.widgets import Static

from ..widgets.crisis_card import card_head, card_plan, card_rest
from ..widgets.flags import STYLES
from ..widgets.text import styled
from .base import FieldScreen
from .chart import WAYS
from .keys import BACK, key

if TYPE_CHECKING:
    from ..store.models import CrisisCard


class CrisisCardScreen(FieldScreen[None]):
    """Reads; everything else is one key away."""

    CSS_PATH = "crisis_card.tcss"
    AUTO_FOCUS = "#card"
    HELP = (
        "# Crisis card\n\nWhom to call, where the client is, what they and their plan say. The arrows scroll. **F3** "
        "writes the crisis record, p opens the whole safety plan. On call you may open every card of the program; each "
        "opening is recorded."
    )
    BINDINGS = [
        BACK,
        key("w", "record", "Record", "Write the crisis record of this call (F3 does the same)."),
        key("o", "chart", "Chart", "Open the whole chart."),
    ]

    def __init__(self, client: str, card: CrisisCard | None = None) -> None:
        super().__init__()
        self._client = client
        self._card = card
        """Read before the screen is there, so that the first thing painted is the card."""
        self._width = 0
        """The width that the texts on screen were made for."""

    @property
    def client_at_hand(self) -> str | None:
        return self._client

    def compose_body(self) -> ComposeResult:
        yield Static("", id="head", markup=False)
        yield Static("", id="right", markup=False)
        with VerticalScroll(id="card"):
            yield Static("", id="plan", markup=False)
            yield Static("", id="rest", markup=False)

    def on_mount(self) -> None:
        self.host.changed.subscribe(self, self._changed)
        if self._card is None:
            self.read()
        else:
            self._show()

    def _changed(self, records: frozenset[str]) -> None:
        # A round that ended may have brought a newer plan: nobody at a crisis presses a key for that.
        self.read()

    @work(group="read", exclusive=True)
    async def read(self) -> None:
        """Read the card from the laptop."""
        with self.saying("reading"):
            self._card = await self.host.ask(self.host.laptop.card, self._client)
            self._show()

    def on_resize(self, _: events.Resize) -> None:
        """Fit the first lines to the width."""
        if self._width != self.app.size.width:
            self._show()

    def _show(self) -> None:
        card = self._card
        if card is None or not self.is_attached:
            return
        # One picture of the whole card instead of one for each part of it.
        with self.app.batch_update():
            now, zone = self.host.corrected_ms(), self.host.zone
            right = self.query_one("#right", Static)
            right.set_class(card.way in WAYS, "-shown")
            right.update(styled(WAYS.get(card.way, ""), STYLES["warning"]))
            self._width = self.app.size.width
            width = max(20, self._width - 2)
            self.query_one("#head", Static).update(card_head(card, now, zone, width))
            self.query_one("#plan", Static).update(card_plan(card, zone))
            self.query_one("#rest", Static).update(card_rest(card, now, zone, width))

    def action_record(self) -> None:
        """Write the crisis record."""
        self.host.open("crisis", client=self._client)

    def action_chart(self) -> None:
        """Open the chart."""
        self.host.open("chart", client=self._client)
