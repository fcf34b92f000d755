"""After a server was restored: each feed goes on from the last number on which both sides agree."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fieldapp.store import feeds
from fieldapp.store.transaction import Tx

from .pages import head_at, read_cursor
from .wire import head_start


def fall_back(tx: Tx, org: str, body: Mapping[str, Any]) -> bool:
    """Put every feed that a `409` names back to where heads agree, else to 0, and owe what stood above.

    Returns whether the restore was announced by a new epoch; raises BadAnswer.
    """
    named = body.get("feeds")
    if not isinstance(named, dict) or not named:
        named = {str(body.get("feed")): [body.get("epoch"), body.get("number"), body.get("head")]}
    announced = True
    known = {feed.name: feed for feed in tx.feeds()}
    for name, cursor in named.items():
        epoch, number, head = read_cursor(cursor)
        here = known.get(name)
        if here is None:
            continue
        announced = announced and epoch > here.epoch
        if epoch < (tx.meta_int("epoch") or 0):
            # The backup is older than the last restore, and nobody said so. Without this the laptop would
            # refuse the server for good and nobody's work would arrive; the alarm is given either way.
            tx.set_meta("epoch", epoch)
        if number > here.number or head_at(org, name, feeds.places(tx, name, number), number) != head:
            number, head = 0, head_start(org, name)
        feeds.fall_back(tx, name, number, head, epoch)
    return announced
