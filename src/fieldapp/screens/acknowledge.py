"""A dialog that shows what must be known before a visit and asks for one word: read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, cast

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.screen import Screen
from textual.widgets import Static

from ..widgets.flags import STYLES, alert_mark, with_risk
from ..widgets.text import join, lines, styled
from .base import Dialog, ScreenParts
from .keys import key

if TYPE_CHECKING:
    from ..store.models import AlertLine


def must_read(alerts: Sequence[AlertLine], *, starting: bool = False) -> list[AlertLine]:
    """Return the alerts that are acknowledged first: stop, and before a visit starts also never alone (clinical.md 2.5)."""
    return [
        alert
        for alert in alerts
        if alert.severity == "stop" or (starting and alert.code == "two_person_required")
    ]


async def acknowledged(
    screen: ScreenParts, client: str, name: str, risk: str, alerts: Sequence[AlertLine]
) -> bool:
    """Have alerts read before somebody goes on; who read which is in the audit trail. Returns whether they were."""
    if not alerts:
        return True
    if not await cast("Screen[Any]", screen).app.push_screen_wait(Acknowledge(name, risk, alerts)):
        return False
    host = screen.host
    await host.ask(host.laptop.acknowledge_alerts, client, [alert.record for alert in alerts])
    return True


class Acknowledge(Dialog[bool]):
    """Dismissed with True when the person says that the alerts were read."""

    CSS_PATH = "acknowledge.tcss"
    HELP = "# Before the visit\n\nSomebody wrote *stop* for this client. Read it; `y` confirms and goes on."
    BINDINGS = [
        key("y", "read", "I have read this", "Go on to the visit."),
        key("escape", "close", "Back", "Do not start the visit."),
    ]

    def __init__(self, name: str, risk: str, alerts: Sequence[AlertLine]) -> None:
        super().__init__()
        self._whom, self._risk, self._alerts = name, risk, tuple(alerts)

    def compose_body(self) -> ComposeResult:
        yield Static(join("Before you go to ", with_risk(self._whom, self._risk)), classes="title")
        with VerticalScroll(id="alerts"):
            for alert in self._alerts:
                words, tone = alert_mark(alert)
                since = f"Review by {alert.review_by}." if alert.review_by else ""
                yield Static(lines(styled(words, STYLES[tone]), alert.detail, since), classes="alert")

    def action_read(self) -> None:
        """Confirm."""
        self.dismiss(True)

    def action_close(self) -> None:
        """Leave the visit."""
        self.dismiss(False)
