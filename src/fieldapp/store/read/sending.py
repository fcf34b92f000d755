"""How far entries got, in the words of the screen."""

from __future__ import annotations

from collections.abc import Iterable

from fieldapp.clinical.told.entries import STATES

from ..entries import names
from ..models import PendingLine
from ..transaction import Rx
from .known import Known
from .titles import title_of

WORDS = {state: told.short for state, told in STATES.items()}
"""`sent` without a receipt is not sent: only the server's word counts."""
SHORT = {**WORDS, "held": "waiting", "quarantined": "supervisor"}
_WORST = ("confirmed", "sent", "unsent", "held", "quarantined", "rejected")


def sending_of(rx: Rx, records: Iterable[str]) -> dict[str, str]:
    """Return, for records with something that is not confirmed, the word for the worst of it."""
    rows = rx.all(
        "SELECT record, state FROM entry WHERE record IN (SELECT value FROM json_each(?))"
        " AND state != 'confirmed' AND answered = 0",
        names(records),
    )
    worst: dict[str, str] = {}
    for record, state in rows:
        if record not in worst or _WORST.index(state) > _WORST.index(worst[record]):
            worst[record] = state
    return {record: SHORT[state] for record, state in worst.items()}


def pending(rx: Rx, known: Known) -> tuple[PendingLine, ...]:
    """Return own entries that are not confirmed: those that need their author first, then oldest first."""
    found = []
    drafts = {row.record: row.id for row in rx.drafts()}
    for entry_hash, record, kind, client, meaning, at_ms, state, reason in rx.all(
        "SELECT hash, record, kind, client, meaning, at_ms, state, reason FROM entry WHERE own = 1"
        " AND state IN ('unsent', 'sent', 'held', 'quarantined', 'rejected') AND answered = 0 ORDER BY seq"
    ):
        found.append(
            PendingLine(
                entry_hash, record, kind, known.name_of(client), title_of(kind, meaning), at_ms, state,
                WORDS[state], reason, drafts.get(record, "") if state == "rejected" else "", known.risk_of(client),
            )
        )  # fmt: skip
    order = {"rejected": 0, "quarantined": 1, "held": 2}
    return tuple(sorted(found, key=lambda line: order.get(line.state, 3)))
