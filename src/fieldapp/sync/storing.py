"""Storing an answer that was judged: receipts, then pages piece by piece, each with its cursor in one transaction.

A piece is small, so that somebody who types never waits for a first pull.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson

import fieldapp
from fieldapp.records.envelope import instant, instant_ms
from fieldapp.records.versions import is_below
from fieldapp.store import draft_exchange, feeds, outbox
from fieldapp.store.feeds import Place
from fieldapp.store.store import Store
from fieldapp.store.tables import FeedRow, StubRow
from fieldapp.store.transaction import Rx, Tx

from .link import Reply
from .pages import BadAnswer, NewRows, read_older
from .plan import Memory, Plan
from .taken import Taken
from .trust import Received, Trust
from .wire import head_start

PIECE = 500
"""Rows per transaction, so that whoever types meanwhile waits for a tenth of a second at most."""
OFFSET_STEP_MS = 1_000
"""A smaller change of the clock offset is the network's delay and not kept."""
_DESK = ("quarantine", "drafts", "devices", "flagged")


@dataclass(slots=True)
class Outcome:
    """What storing one answer changed."""

    confirmed: int = 0
    settled: int = 0
    pulled: int = 0
    rows: int = 0
    came: int = 0
    """Anything else that moved on: audit events, drafts, older rows, wanted entries."""
    unverified: list[str] = field(default_factory=list)
    unsettled: list[str] = field(default_factory=list)
    """Entries of the batch of which the receipts said nothing."""

    @property
    def moved(self) -> bool:
        """Whether anything came of it."""
        return bool(self.settled or self.rows or self.pulled or self.came)


def moves_clock(rx: Rx, reply: Reply) -> bool:
    """Tell whether an answer says another time than this laptop goes by, beyond the network's delay."""
    return abs(reply.offset_ms - (rx.meta_int("clock_offset_ms") or 0)) > OFFSET_STEP_MS


def store_reached(tx: Tx, reply: Reply) -> None:
    """Note that the server was reached, and what that says about this laptop's clock."""
    if moves_clock(tx, reply):
        tx.set_meta("clock_offset_ms", reply.offset_ms)
    tx.set_meta("last_reached", instant(reply.server_ms))
    tx.drop_meta("offline_since_ms")


def lowest_writer(answer: Mapping[str, Any]) -> str:
    """Return the lowest version that may write, if this one is below it; empty if this one may."""
    lowest = answer.get("lowest_app")
    return lowest if isinstance(lowest, str) and is_below(fieldapp.__version__, lowest) else ""


def store_lowest(tx: Tx, lowest: str) -> None:
    """Note from which version on one may write; empty if this one may."""
    if lowest:
        tx.set_meta("lowest_app", lowest)
    else:
        tx.drop_meta("lowest_app")


def store_receipts(tx: Tx, taken: Taken, plan: Plan, reply: Reply, memory: Memory, now_ms: int) -> Outcome:
    """Store what the server said of what was sent; raises BadAnswer."""
    answer = reply.body
    found = Outcome()
    try:
        said = outbox.apply_receipts(
            tx, plan.batch, answer["receipts"], now_ms=now_ms, server_ms=reply.server_ms
        )
        asked = outbox.apply_asked(
            tx, plan.asks, answer.get("asked") or {}, now_ms=now_ms, server_ms=reply.server_ms
        )
        stored = int(answer["receipts"]["audit"])
        drafts = [str(name) for name in answer["receipts"]["drafts"]]
    except (KeyError, TypeError, ValueError):
        raise BadAnswer from None
    # A server that forgets what it let wait is offered it once more in a run, not for ever.
    memory.set_aside |= memory.owed_again.intersection(asked.owed_again)
    memory.owed_again |= set(asked.owed_again)
    found.confirmed = said.confirmed + asked.confirmed
    found.settled = said.settled
    told = {at for first, last in answer["receipts"]["accepted"] for at in range(first, last + 1)} | {
        position for position, *_ in answer["receipts"]["exceptions"]
    }
    found.unsettled = [one.hash for at, one in enumerate(plan.batch) if at not in told]
    for seq, _, _ in plan.audit[: max(0, stored)]:
        tx.execute("UPDATE audit SET sent = 1 WHERE seq = ?", seq)
    if plan.audit:
        memory.audit_left = stored > 0
    draft_exchange.sent(tx, plan.drafts, drafts, now_ms)
    draft_exchange.receive(tx, answer.get("drafts") or [], now_ms)
    memory.drafts_offered |= {one["id"] for one in plan.drafts}
    for name, places, heads in taken.own:
        feed = tx.feed(name)
        if feed is not None:
            feed.number, feed.head = places[-1].number, heads[-1]
            feeds.store_rows(tx, feed, places, [], [])
            found.rows += len(places)
    found.came += min(stored, len(plan.audit)) + len(drafts)
    _store_epoch(tx, taken)
    _store_feed_list(tx, taken, now_ms)
    found.came += _store_older(tx, plan, answer, memory)
    _store_side(tx, taken, answer)
    return found


def store_pages(
    store: Store,
    taken: Taken,
    trust: Trust,
    plan: Plan,
    stopped: Callable[[], bool],
    on_piece: Callable[[int], None],
) -> Outcome:
    """Verify what came and store it piece by piece, every piece with its cursor.

    Args:
        stopped: asked between pieces; what is stored by then is complete in itself.
        on_piece: told how many entries a piece brought.
    """
    found = Outcome()
    with store.reading() as rx:
        here = feeds.known_entries(rx, [one.entry.hash for one in taken.entries])
    fresh = {one.entry.hash: one for one in taken.entries if one.entry.hash not in here}
    good, found.unverified = trust.accept(list(fresh.values()), taken.under)
    left = {one.entry.hash: one for one in good}
    in_rows = {place.hash for page in taken.pages for place in page.places}
    for piece in _pieces([one for one in good if one.entry.hash not in in_rows]):
        with store.writing() as tx:
            feeds.take(tx, [one.entry for one in piece], [one.received_ms for one in piece])
        found.pulled += len(piece)
        for one in piece:
            left.pop(one.entry.hash)
        on_piece(len(piece))
    for page in taken.pages:
        for start in range(0, max(1, len(page.places)), PIECE):
            if stopped():
                return found
            count = _store_piece(store, page, start, left)
            found.pulled += count
            found.rows += len(page.places[start : start + PIECE])
            on_piece(count)
    if plan.want:
        with store.writing() as tx:
            feeds.forget_wanted(tx)
            if not feeds.missing(tx, 1):
                feeds.found_all(tx)
    return found


def store_checkpoint(tx: Tx, taken: Taken) -> None:
    """Remember up to where the authority's signature covers each feed."""
    feeds.cover(tx, taken.checkpoint.heads, taken.checkpoint.at[:10])


def _store_piece(store: Store, page: NewRows, start: int, left: dict[str, Received]) -> int:
    """Store rows of a page from a place on, with their entries and the cursor; return how many entries came."""
    places = page.places[start : start + PIECE]
    if page.skipped or not (places or page.floor):
        return 0
    came = [left.pop(place.hash) for place in places if place.op == "add" and place.hash in left]
    with store.writing() as tx:
        feed = tx.feed(page.feed) or FeedRow(name=page.feed, head="")
        feed.epoch = page.epoch
        if page.floor and start == 0:
            places = [page.floor, *places]
            feed.number, feed.head = int(page.floor.hash), page.floor.row
        if page.places:
            last = min(start + PIECE, len(page.places)) - 1
            feed.number, feed.head = page.places[last].number, page.heads[last]
        feeds.store_rows(tx, feed, places, [one.entry for one in came], [one.received_ms for one in came])
    return len(came)


def _pieces(received: Sequence[Received]) -> Iterable[Sequence[Received]]:
    return (received[at : at + PIECE] for at in range(0, len(received), PIECE))


def _store_epoch(tx: Tx, taken: Taken) -> None:
    """After a restore everything that waited there is owed again, and every own entry is looked for."""
    epoch = taken.checkpoint.epoch
    if epoch > (tx.meta_int("epoch") or 0):
        if taken.suspended:
            # It is told of no feed any more, so nothing shows what the restored server has lost.
            outbox.owe_own(tx)
        outbox.owe_waiting(tx)
        feeds.recheck_places(tx)
        feeds.set_epoch(tx, epoch)


def _store_feed_list(tx: Tx, taken: Taken, at_ms: int) -> None:
    """Follow the server's list of feeds; only what it names as ended has ended."""
    org = tx.meta_text("org")
    known = {feed.name: feed for feed in tx.feeds()}
    for name in taken.ended:
        if name in known and not known[name].ended:
            feeds.end(tx, name, at_ms)
    for name in taken.feed_list:
        if name not in known:
            tx.set_feed(
                FeedRow(name=name, epoch=taken.checkpoint.epoch, number=0, head=head_start(org, name))
            )
        elif known[name].ended:
            feeds.resume(tx, name)


def _store_older(tx: Tx, plan: Plan, answer: Mapping[str, Any], memory: Memory) -> int:
    stubs = [stub for stub in map(_stub, answer.get("stubs") or []) if stub is not None]
    feeds.add_stubs(tx, stubs)
    came = 0
    for name, value in (answer.get("older") or {}).items():
        if name in plan.older:
            places, _ = read_older(name, value, plan.older[name])
            feeds.add_places(tx, _as_kept(tx, places))
            came += len(places)
    if plan.older:
        memory.older_left = came > 0
    return came


def _as_kept(tx: Tx, places: Sequence[Place]) -> list[Place]:
    """Return older rows; those whose entry is here already are rows like any other."""
    here = feeds.known_entries(tx, [place.hash for place in places if place.op == "stub"])
    return [place._replace(op="add") if place.hash in here else place for place in places]


def _stub(value: Any) -> StubRow | None:
    try:
        return StubRow(
            hash=value["hash"],
            record=value["record"],
            kind=value["kind"],
            client=value["client"],
            author=value["author"],
            at_ms=instant_ms(value["at"]),
        )
    except (KeyError, TypeError, ValueError):
        return None


def _store_side(tx: Tx, taken: Taken, answer: Mapping[str, Any]) -> None:
    """Store the supervisor's desk."""
    tags = answer.get("tags") if isinstance(answer.get("tags"), dict) else {}
    desk = answer.get("desk")
    if isinstance(desk, dict):
        for name in _DESK:
            if isinstance(desk.get(name), list):
                tx.set_desk(name, desk[name])
    elif not taken.suspended and "desk" not in (tags or {}):
        # No supervisor any more: what was on the desk is nobody's business here.
        tx.execute("DELETE FROM desk")
    tx.set_meta("tags", orjson.dumps({k: v for k, v in (tags or {}).items() if isinstance(v, str)}))
