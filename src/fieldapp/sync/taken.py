"""An answer, judged before anything of it is stored: rows, heads, checkpoint; pure but for what it is given."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from fieldapp.clinical.placing import need_order
from fieldapp.records.kinds import KINDS
from fieldapp.store.feeds import Place
from fieldapp.store.outbox import Outgoing
from fieldapp.store.tables import FeedRow

from .checkpoints import Checkpoint, compare, read_checkpoint
from .pages import BadAnswer, NewRows, jump, read_page
from .plan import Plan
from .trust import Certificate, Reading, Received
from .wire import Cursor, head_start

_FIRST = {"client": 1, "assignment": 2, "oncall": 2, "break_glass": 2}
_ORG = frozenset(name for name, kind in KINDS.items() if "org" in kind.audience)


@dataclass(frozen=True, slots=True)
class Pinned:
    """What this laptop knew of its organisation when it was enrolled."""

    org: str
    device: str
    authority: bytes


@dataclass(slots=True)
class Taken:
    """What an answer says, proved against what this laptop has seen."""

    pages: list[NewRows]
    own: list[tuple[str, list[Place], list[str]]]
    """Feed, places and heads of the batch's own rows that are jumped over."""
    entries: list[Received]
    under: Mapping[str, Certificate]
    """What of them was verified already, and under which certificate."""
    unreadable: int
    checkpoint: Checkpoint
    feed_list: tuple[str, ...]
    ended: tuple[str, ...]
    suspended: str
    more: bool
    """Whether some feed has more to give."""
    stands: dict[str, FeedRow] = field(default_factory=dict)
    """Where each feed stands once all is stored."""


def take(
    pinned: Pinned,
    plan: Plan,
    answer: Mapping[str, Any],
    reading: Reading,
    here: Mapping[str, FeedRow],
    epoch: int,
) -> Taken:
    """Judge an answer, whose entries were read already; raises FalseServer, Diverged, BadAnswer."""
    checkpoint = read_checkpoint(answer.get("checkpoint"), pinned.org, pinned.device, pinned.authority)
    if answer.get("epoch") != checkpoint.epoch:
        raise BadAnswer
    try:
        receipts, named = answer["receipts"], answer["feeds"]
        spans = dict(receipts["own"])
        entries = reading.entries
        if len(entries) != len(answer["entries"]):
            raise BadAnswer
        feed_list = tuple(map(str, answer["feed_list"]))
        ended = tuple(map(str, answer["ended"]))
        accepted = _accepted(plan.batch, receipts)
        order = need_order(named)
    except (KeyError, TypeError, ValueError, AttributeError):
        raise BadAnswer from None
    stands = {name: _copy(feed) for name, feed in here.items()}
    own = []
    for name, span in spans.items():
        if name in stands:
            places, heads = jump(pinned.org, name, span, stands[name], _candidates(name, accepted))
            if places:
                own.append((name, places, heads))
                _move(stands[name], checkpoint.epoch, places[-1].number, heads[-1])
    pages = []
    more = False
    for name in order:
        feed = stands.setdefault(
            name, FeedRow(name=name, epoch=checkpoint.epoch, number=0, head=head_start(pinned.org, name))
        )
        asked = plan.cursors.get(name, [0, 0, ""])[1]
        first = spans[name].get("first") if isinstance(spans.get(name), dict) else None
        page = read_page(
            pinned.org, name, named[name], asked=asked, here=(feed.number, feed.head), own_first=first
        )
        _move(feed, checkpoint.epoch, *page.stands_at((feed.number, feed.head)))
        pages.append(page)
        more = more or page.more
    compare(checkpoint, epoch, stands)
    readable = [one for one in entries if one is not None]
    return Taken(
        pages, own, readable, reading.under, len(entries) - len(readable), checkpoint, feed_list, ended,
        str(answer.get("suspended") or ""), more, stands,
    )  # fmt: skip


def expected_cursors(plan: Plan, answer: Mapping[str, Any]) -> dict[str, Cursor]:
    """Return where the feeds will probably stand once an answer is stored; nothing is believed of it yet."""
    found = dict(plan.cursors)
    epoch = answer.get("epoch")
    try:
        for name, span in answer["receipts"]["own"].items():
            if name in found and span["first"] == found[name][1] + 1:
                found[name] = [epoch, span["last"], span["head"]]
        for name, page in answer["feeds"].items():
            found[name] = page["cursor"]
        return {name: cursor for name, cursor in found.items() if name in answer["feed_list"]}
    except (KeyError, TypeError, AttributeError):
        return dict(plan.cursors)


def says_more(answer: Mapping[str, Any]) -> bool:
    """Tell whether an answer promises further pages."""
    pages = answer.get("feeds")
    return isinstance(pages, dict) and any(isinstance(p, dict) and p.get("more") for p in pages.values())


def _accepted(batch: Sequence[Outgoing], receipts: Mapping[str, Any]) -> list[Outgoing]:
    """Return the accepted entries of a batch in the order in which the server places them."""
    chosen = [
        one for first, last in receipts["accepted"] for one in batch[first : last + 1]
    ]  # order of the request
    return sorted(chosen, key=lambda one: 0 if one.kind in _ORG else _FIRST.get(one.kind, 3))


def _candidates(feed: str, accepted: Sequence[Outgoing]) -> list[str]:
    """Return those that may be in a feed, by their kind; the head decides whether that is right."""
    audience = feed.partition(":")[0]
    return [one.hash for one in accepted if one.kind in KINDS and audience in KINDS[one.kind].audience]


def _copy(feed: FeedRow) -> FeedRow:
    return replace(feed)


def _move(feed: FeedRow, epoch: int, number: int, head: str) -> None:
    feed.epoch, feed.number, feed.head = epoch, number, head
