"""An entry that the server holds back: admitted or refused, with a reason."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..records.kinds.quarantine_decision import DECISIONS
from .reading_text import when
from .reason_ask import AskReason, Choose

if TYPE_CHECKING:
    from ..store.models import ReviewLine
    from .base import FieldScreen

REASONS = {
    "admit": (
        ("covered", "Was covering that day"),
        ("assigned", "Was assigned"),
        ("asked", "Was asked to help"),
        ("other", "Other"),
    ),
    "refuse": (("wrong_client", "Wrong client"), ("not_theirs", "Not theirs to write"), ("other", "Other")),
}


async def decide(screen: FieldScreen[Any], line: ReviewLine) -> str:
    """Have an entry admitted or refused; returns what was done, "" for nothing."""
    host = screen.host
    said = (
        f"{line.title} about {line.name or 'a client whom this laptop does not know'}, by {line.author}, "
        f"{when(line.at_ms, host.me.tz)}. Held back because: {line.reason}"
    )
    decision = await screen.app.push_screen_wait(
        Choose("Held back by the server", said, tuple(DECISIONS.items()))
    )
    if decision is None:
        return ""
    reason = await screen.app.push_screen_wait(AskReason(DECISIONS[decision], "", REASONS.get(decision, ())))
    if reason is None:
        return ""
    await host.ask(host.laptop.decide_quarantine, line.entry, decision, reason.text, "")
    return f"{DECISIONS[decision]}: it takes effect with the next sync."
