"""Records of kinds that only a newer version of the app knows: kept, counted, and folded once this one knows them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import orjson

from fieldapp.records.envelope import Entry
from fieldapp.records.kinds import KINDS

if TYPE_CHECKING:
    from .transaction import Rx, Tx

_NAME = "newer"


def kinds(rx: Rx) -> dict[str, str]:
    """Return record to kind of what this version does not know."""
    found = orjson.loads(rx.get_meta(_NAME) or b"{}")
    return {record: kind for record, kind in found.items() if kind not in KINDS}


def known_now(rx: Rx) -> list[str]:
    """Return the records that came when their kind was not known yet and is now."""
    found = orjson.loads(rx.get_meta(_NAME) or b"{}")
    return [record for record, kind in found.items() if kind in KINDS]


def note(tx: Tx, histories: Mapping[str, Sequence[Entry]]) -> None:
    """Keep which of some records are of kinds that are not known; a record without entries is no more."""
    # By itself in the meta table: every count by kind would read all that is stored.
    before = orjson.loads(tx.get_meta(_NAME) or b"{}")
    after = {record: kind for record, kind in before.items() if record not in histories}
    for record, entries in histories.items():
        if entries and entries[0].envelope.kind not in KINDS:
            after[record] = entries[0].envelope.kind
    if after != before:
        tx.set_meta(_NAME, orjson.dumps(after))
