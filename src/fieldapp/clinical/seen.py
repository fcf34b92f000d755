"""Which logged contacts count as contact with the client, and how many tries came since. Pure.

Sources: clinical.md 5 metric 3 (attempts never count), 2.8 (the ladder of attempts).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from fieldapp.records.kinds.contact import ABSENT, SEEN, WITHOUT_CLIENT

from .contact_entry import ATTEMPTS

UNSEEN_MODALITIES = frozenset({"letter", "none"})


@dataclass(frozen=True, slots=True)
class Said:
    """What a contact says about whether somebody saw the client."""

    at_ms: int
    outcome: str
    contact_type: str = ""
    modality: str = ""
    absent: bool = False
    """It took place without the client, as a family session may: they were there for no minute of it."""


def of_fact(at_ms: int, outcome: str, extra: str) -> Said:
    """Return what the fact of a contact says; `extra` as `records.kinds.contact` writes it."""
    kind, modality, _, there = [*extra.split("|"), "", "", ""][:4]
    return Said(at_ms, outcome, kind, modality, there == ABSENT)


def said_by(values: Mapping[str, Any], at_ms: int) -> Said:
    """Return what a contact that began at an instant says, from the values of its form."""
    return Said(
        at_ms,
        str(values.get("outcome") or ""),
        str(values.get("contact_type") or ""),
        str(values.get("modality") or ""),
        values.get("client_present_min") == 0,
    )


def is_seen(one: Said) -> bool:
    """Tell whether the client was seen or spoken with; a talk with the landlord about them is none,
    nor is a session with the family alone.
    """
    return (
        one.outcome in SEEN
        and not one.absent
        and one.contact_type not in WITHOUT_CLIENT
        and one.modality not in UNSEEN_MODALITIES
    )


def tries_since_seen(newest_first: Iterable[Said]) -> tuple[Said, ...]:
    """Return the attempts, newest first, since the client was last seen, over as many days as it takes.

    What neither is an attempt nor reached the client (a collateral talk, a visit that the client called off) stands
    between tries and ends nothing.
    """
    found: list[Said] = []
    for one in newest_first:
        if is_seen(one):
            break
        if one.outcome in ATTEMPTS:
            found.append(one)
    return tuple(found)
