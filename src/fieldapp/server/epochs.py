"""Epochs and checkpoints: what the authority signs about the server's own history."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, func, insert, select

from fieldapp.crypto.keys import Identity
from fieldapp.records.canonical import dumps
from fieldapp.records.envelope import instant
from fieldapp.records.ids import is_hash
from fieldapp.sync.wire import Conflict409, Signed, b64, head_start

from . import feeds
from .refusals import Refusal, malformed
from .tables import epoch, epoch_head, feed, feed_row

_CURRENT = select(func.max(epoch.c.number))


def current(rx: Connection) -> int:
    """Return the present epoch."""
    return int(rx.execute(_CURRENT).scalar_one() or 0)


def begin(tx: Connection, authority: Identity, org: str, now_ms: int, reason: str) -> int:
    """Begin the next epoch with every feed where it stands now; return its number."""
    number = current(tx) + 1
    heads = [
        {"epoch": number, "feed": row.name, "number": row.last_number, "head": row.head}
        for row in tx.execute(select(feed).order_by(feed.c.name).with_for_update())
    ]
    text = dumps(
        {"org": org, "epoch": number, "at": instant(now_ms), "reason": reason,
         "heads": {row["feed"]: [row["number"], row["head"]] for row in heads}}
    )  # fmt: skip
    tx.execute(
        insert(epoch),
        [
            {
                "number": number,
                "started_ms": now_ms,
                "text": text.decode(),
                "signature": authority.sign("epoch", text),
            }
        ],
    )
    if heads:
        tx.execute(insert(epoch_head), heads)
    return number


def checkpoint(
    authority: Identity, *, org: str, device: str, epoch_number: int, now_ms: int,
    heads: Mapping[str, tuple[int, str]],
) -> Signed:  # fmt: skip
    """Return the signed heads of a laptop's feeds."""
    text = dumps(
        {"at": instant(now_ms), "device": device, "epoch": epoch_number, "org": org,
         "heads": {name: [number, head] for name, (number, head) in heads.items()}}
    )  # fmt: skip
    return [text.decode(), b64(authority.sign("checkpoint", text))]


def read_cursors(value: Any) -> dict[str, tuple[int, int, str]]:
    """Return feed to (epoch, number, head); raises Refusal for anything else."""
    if not isinstance(value, dict) or len(value) > 5_000:
        raise malformed("feeds")
    found: dict[str, tuple[int, int, str]] = {}
    for name, cursor in value.items():
        if not isinstance(cursor, list) or len(cursor) != 3:
            raise malformed("cursor")
        at_epoch, number, head = cursor
        if type(at_epoch) is not int or type(number) is not int or not is_hash(head):
            raise malformed("cursor")
        if not (0 <= at_epoch < 2**31 and 0 <= number < 2**53):
            raise malformed("cursor")
        found[name] = (at_epoch, number, head)
    return found


def check_cursors(
    rx: Connection, org: str, cursors: Mapping[str, tuple[int, int, str]], readable: Mapping[str, int]
) -> None:
    """Raise the 409 of a cursor that the server does not know, naming where each such feed may go on.

    Args:
        readable: the feeds that the caller reads, in need order (values unused), so that `org` is named first.
    """
    now = current(rx)
    off: dict[str, list[Any]] = {}
    ends = feeds.heads(rx, org, [name for name in readable if name in cursors])
    for name in readable:
        if name in cursors:
            at_epoch, number, head = cursors[name]
            last, end = ends[name]
            known = end if number == last else feeds.head_at(rx, org, name, number)
            if at_epoch == now and known == head:
                continue
            off[name] = _common(rx, org, name, cursors[name], now, known)
    if off:
        name, (at_epoch, number, head) = next(iter(off.items()))
        body: Conflict409 = {"feed": name, "epoch": at_epoch, "number": number, "head": head, "feeds": off}
        raise Refusal(409, "The server was restored; the laptop goes on from where both agree.", "cursor",
                      body=dict(body))  # fmt: skip


def _common(
    rx: Connection, org: str, name: str, cursor: tuple[int, int, str], now: int, known: str | None
) -> list[Any]:
    """Return the highest place that both may agree on: the cursor itself, or where an epoch began below it."""
    at_epoch, number, head = cursor
    if known == head:
        return [now, number, head]
    began = rx.execute(
        select(func.min(epoch_head.c.number)).where(epoch_head.c.feed == name, epoch_head.c.epoch > at_epoch)
    ).scalar_one()
    if began is None and at_epoch < now:
        began = 0
    last = rx.execute(select(feed.c.last_number).where(feed.c.name == name)).scalar_one_or_none() or 0
    place = min(number, last if began is None else began)
    at = head_start(org, name)
    if place:
        at = rx.execute(
            select(feed_row.c.head).where(feed_row.c.feed == name, feed_row.c.number == place)
        ).scalar_one()
    return [now, place, at]
