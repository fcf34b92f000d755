"""What follows a screen: which one is asked when item 9 calls for it, and what to do now at high risk."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.widgets import Static

from ..clinical.counties import crisis_label
from ..records.defaults import setting
from ..records.instruments import suicide
from ..widgets.text import lines, plain, styled
from .base import Dialog
from .keys import key

if TYPE_CHECKING:
    from ..store.models import ClientLine, Me, MeasureOffer


def screen_of(offers: Sequence[MeasureOffer]) -> str:
    """Return the suicide screen to ask: the agency's pack first, then the ASQ, else asking in one's own words."""
    offered = {offer.instrument.code for offer in offers}
    return next(known.code for known in suicide.ALL if known.code in offered or known is suicide.ASKED)


class HighRisk(Dialog[bool]):
    """What the agency's protocol and the numbers say, once; nothing is blocked by it.

    Answers whether the crisis record is written next.
    """

    CSS_PATH = "measure.tcss"
    HELP = (
        "# High risk\n\nWhat to do now. w writes the crisis record of it; enter or escape goes on without one. The "
        "tasks are made already."
    )
    BINDINGS = [
        key("w,f3", "record", "Crisis record", "Write the crisis record of this."),
        key("enter,escape", "close", "Go on", "Go on."),
    ]

    def __init__(self, me: Me, agency: Sequence[str], line: ClientLine | None = None) -> None:
        super().__init__()
        self._me, self._agency, self._line = me, tuple(agency), line

    def compose_body(self) -> ComposeResult:
        me = self._me
        local, county = me.local_crisis_line, ""
        if self._line is not None and self._line.local_line:
            local, county = self._line.local_line, self._line.local_county
        hours = setting(me.settings, "risk_followup_h_high")
        phones = [
            f"Team, day and night: {me.phone_24_7}" if me.phone_24_7 else "",
            f"{crisis_label(county)}: {local}" if local else "",
            "988: call or text · 911 when a life is in danger now",
        ]
        yield Static(
            styled("■ High risk: do not leave the client alone", "bold $text-error"), classes="title"
        )
        yield Static(
            lines(
                "Follow your agency's protocol. Stay, or have somebody stay, until the next step is agreed.",
                "",
                *(f"☎ {phone}" for phone in phones if phone),
                *self._more(phones, local),
                "",
                plain(
                    f"Tasks are made: safety plan now, contact within {hours} hours, your supervisor looks at the risk."
                ),
            ),
            id="prompts",
        )

    def _more(self, phones: Sequence[str], local: str) -> list[str]:
        """Return the agency's own lines that name no number which stands there already, and no other crisis line."""
        known = " ".join(phones)
        return [
            line
            for line in self._agency
            if line.strip()
            and line.rpartition(": ")[2] not in known
            # The lines of all counties are help for somebody whose county nobody knows.
            and not (local and line.rpartition(": ")[0].endswith("crisis line"))
        ]

    def action_record(self) -> None:
        """Go on with the crisis record."""
        self.dismiss(True)

    def action_close(self) -> None:
        """Go on."""
        self.dismiss(False)
