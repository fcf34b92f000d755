"""An entry that the server holds back: read, then admitted or refused, with a reason."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.widgets import Static

from ..laptop.failures import NotAllowed
from ..records.kinds.quarantine_decision import DECISIONS
from ..widgets.flags import with_risk
from ..widgets.text import join, lines, plain
from .base import FieldScreen
from .keys import BACK, key
from .reading_text import when
from .reading_words import record_text, title_of
from .reason_ask import AskReason, Choose

if TYPE_CHECKING:
    from ..store.models import RecordRead, ReviewLine

REASONS = {
    "admit": (
        ("covered", "Was covering that day"),
        ("assigned", "Was assigned"),
        ("asked", "Was asked to help"),
        ("other", "Other"),
    ),
    "refuse": (("wrong_client", "Wrong client"), ("not_theirs", "Not theirs to write"), ("other", "Other")),
}


class HeldBackScreen(FieldScreen[str | None]):
    """The words of an entry that is held back; dismissed with `admit` or `refuse`."""

    CSS_PATH = ["form.tcss", "reading.tcss"]
    AUTO_FOCUS = "#text"
    HELP = (
        "# Held back\n\nThe server does not know by what right this was written. Read it, then a admits it into the "
        "record or r refuses it; either asks for a reason."
    )
    BINDINGS = [
        BACK,
        key("a", "decide('admit')", "Admit", "Take it into the record, with a reason."),
        key("r", "decide('refuse')", "Refuse", "Keep it out of the record, with a reason."),
    ]

    def __init__(self, read: RecordRead, reason: str) -> None:
        super().__init__()
        self._read, self._reason = read, reason

    @property
    def client_at_hand(self) -> str | None:
        return self._read.client or None

    def compose_body(self) -> ComposeResult:
        read = self._read
        name = read.name or "a client whom this laptop does not know" if read.client else ""
        yield Static(join(f"{title_of(read)} · ", with_risk(name, read.risk)), id="form-head")
        with VerticalScroll(id="text"):
            why = plain(f"Held back because: {self._reason}")
            yield Static(lines(why, record_text(read, read.versions[0], self.host.me.tz)), id="record-text")

    def action_decide(self, decision: str) -> None:
        """Go on with a decision."""
        self.dismiss(decision)


async def decide(screen: FieldScreen[Any], line: ReviewLine) -> str:
    """Have an entry read, then admitted or refused; returns what was done, "" for nothing."""
    host = screen.host
    try:
        read = await host.ask(host.laptop.quarantined, line.entry)
    except NotAllowed as walled:
        decision = await _unread(screen, line, walled.sentence)
    else:
        decision = await screen.app.push_screen_wait(HeldBackScreen(read, line.reason))
    if decision is None:
        return ""
    reason = await screen.app.push_screen_wait(AskReason(DECISIONS[decision], "", REASONS.get(decision, ())))
    if reason is None:
        return ""
    await host.ask(host.laptop.decide_quarantine, line.entry, decision, reason.text, "")
    return f"{DECISIONS[decision]}: it takes effect with the next sync."


async def _unread(screen: FieldScreen[Any], line: ReviewLine, sentence: str) -> str | None:
    said = f"{sentence} By {line.author}, {when(line.at_ms, screen.host.me.tz)}. Held back because: {line.reason}"
    return await screen.app.push_screen_wait(
        Choose("Held back by the server", said, tuple(DECISIONS.items()))
    )
