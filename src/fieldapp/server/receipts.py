"""What a laptop is told of its entries: the present state and, when it is not accepted, why."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, select

from fieldapp.clinical.told.entries import REFUSED, REFUSED_UNSAID

from .database import RowsIn
from .facts import Facts
from .judge import Verdict
from .offers import Offer
from .seals import Seals
from .tables import decision, entry, waiting

_WAITING = RowsIn(select(waiting), waiting.c.hash)
_AUTHORS = RowsIn(select(entry.c.hash, entry.c.author), entry.c.hash)


def receipts_of(
    facts: Facts, offers: Sequence[Offer], verdicts: Mapping[str, Verdict]
) -> dict[str, tuple[str, str]]:
    """Return (state, reason) of every hash of a batch, known ones included."""
    said: dict[str, tuple[str, str]] = {}
    for offer in offers:
        if offer.hash in facts.entries:
            said[offer.hash] = ("accepted", "")
            continue
        row = facts.waiting.get(offer.hash)
        if row is not None:
            said[offer.hash] = told(facts.tx, facts.seals, row)
        elif offer.hash in verdicts:
            verdict = verdicts[offer.hash]
            said[offer.hash] = (verdict.state, verdict.reason)
        else:
            # It was accepted before this batch was read: nothing of it was looked at again.
            said[offer.hash] = ("accepted", "")
    return said


def told(rx: Connection, seals: Seals, row: Row[Any]) -> tuple[str, str]:
    """Return how a waiting entry is spoken of to its author; a refusal carries the supervisor's reason."""
    if row.state != "refused":
        return row.state, row.reason
    known = rx.execute(
        select(decision)
        .where(decision.c.hash == row.hash, decision.c.admit.is_(False))
        .order_by(decision.c.entry)
    ).first()
    if known is None:
        return "rejected", REFUSED_UNSAID.sentence
    reason = seals.open_blob(rx, known.dk, "decision", f"{row.hash}/{known.entry}", known.reason).decode()
    return "rejected", REFUSED.said(reason) if reason else REFUSED_UNSAID.sentence


def states(rx: Connection, hashes: Collection[str], *, state: str) -> set[str]:
    """Return those of some hashes that wait in a state."""
    return {row.hash for row in _WAITING(rx, hashes) if row.state == state}


def asked_states(
    rx: Connection, seals: Seals, asked: Sequence[str], staff: str, device: str
) -> dict[str, list[str]]:
    """Return the state of entries of this person, or relayed by this laptop; others are not spoken of."""
    found: dict[str, list[str]] = {}
    for row in _WAITING(rx, asked):
        if row.author == staff or row.via == device:
            found[row.hash] = list(told(rx, seals, row))
    for row in _AUTHORS(rx, asked):
        # An accepted entry is no secret to whoever already holds its hash and bytes.
        found[row.hash] = ["accepted", ""]
    return found
