"""Pages of a feed: row hashes, chained heads, and which rows of a page are new; pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from fieldapp.clinical.told import laptop as told
from fieldapp.errors import ServerRefused
from fieldapp.records.ids import is_hash, is_uuid
from fieldapp.store.feeds import Place
from fieldapp.store.tables import FeedRow

from .wire import Row, head_start, next_head, row_hash

FLOOR, FLOOR_AT = "floor", -1
"""A place at number -1 says where a feed begins on this laptop: `hash` is the number, `row` the head there."""


class BadAnswer(ServerRefused):
    """An answer that is not as the protocol says."""

    def __init__(self) -> None:
        super().__init__(told.BAD_ANSWER.sentence)


class Diverged(ServerRefused):
    """The server's history does not fit what this laptop has seen."""

    def __init__(self, feed: str, how: str) -> None:
        super().__init__(told.DIVERGED.said(how))
        self.feed = feed


@dataclass(slots=True)
class NewRows:
    """What one page adds to one feed."""

    feed: str
    places: list[Place]
    heads: list[str]
    """After each place."""
    epoch: int
    more: bool
    floor: Place | None = None
    skipped: bool = False
    """The page begins somewhere else than where this laptop stands by now; the next request says where."""

    def stands_at(self, here: tuple[int, str]) -> tuple[int, str]:
        """Return number and head after the page."""
        if self.places:
            return self.places[-1].number, self.heads[-1]
        return (int(self.floor.hash), self.floor.row) if self.floor else here


@dataclass(slots=True)
class Chain:
    """The head of a feed while rows are added."""

    org: str
    feed: str
    number: int = 0
    head: str = ""

    def __post_init__(self) -> None:
        self.head = self.head or head_start(self.org, self.feed)

    def add(self, row: str) -> str:
        """Add one row by its hash and return the head after it."""
        self.number += 1
        self.head = next_head(self.head, row)
        return self.head


def place_of(feed: str, number: int, row: Row) -> Place:
    """Return a row as it is kept; raises BadAnswer."""
    if not (isinstance(row, list) and len(row) == 2 and all(isinstance(part, str) for part in row)):
        raise BadAnswer
    op, what = row
    if op in ("add", "stub") and is_hash(what):
        return Place(feed=feed, number=number, row=row_hash(feed, number, "add", what), op=op, hash=what)
    if op == "leave" and is_uuid(what):
        return Place(feed=feed, number=number, row=row_hash(feed, number, op, what), op=op, hash=what)
    if op == "gone" and is_hash(what):
        return Place(feed=feed, number=number, row=what, op=op, hash="")
    raise BadAnswer


def read_cursor(value: Any) -> tuple[int, int, str]:
    """Return (epoch, number, head); raises BadAnswer."""
    if not (isinstance(value, list) and len(value) == 3):
        raise BadAnswer
    epoch, number, head = value
    if type(epoch) is not int or type(number) is not int or number < 0 or not is_hash(head):
        raise BadAnswer
    return epoch, number, head


def read_page(
    org: str, feed: str, page: Any, *, asked: int, here: tuple[int, str], own_first: int | None = None
) -> NewRows:
    """Return what a page adds, every head recomputed; raises BadAnswer, Diverged.

    Args:
        asked: the number that the request said it had.
        here: number and head where the laptop stands now, its own rows of this request included.
        own_first: first number of the laptop's own rows of this request, if the receipts name them.
    """
    if not isinstance(page, dict) or not isinstance(page.get("rows"), list):
        raise BadAnswer
    epoch, last, head = read_cursor(page.get("cursor"))
    rows, more = page["rows"], bool(page.get("more"))
    number, stood = here
    floor = None
    if page.get("start") is not None:
        _, start, start_head = read_cursor(page["start"])
        if (start, start_head) == here:
            pass
        elif own_first is None and number == 0:
            floor = Place(feed=feed, number=FLOOR_AT, row=start_head, op=FLOOR, hash=str(start))
            number, stood = start, start_head
        else:
            # The server jumped over rows that could not be made out here: they come with the next request.
            return NewRows(feed, [], [], epoch, True, skipped=True)
    first = last - len(rows) + 1
    places, heads = [], []
    if first != number + 1:
        if first <= number and (number != asked or own_first is not None):
            return NewRows(feed, [], [], epoch, more or last > number, skipped=True)
        raise Diverged(feed, "leaves a gap in" if first > number + 1 else "goes back behind")
    chain = Chain(org, feed, number, stood)
    for at, row in enumerate(rows, first):
        place = place_of(feed, at, row)
        places.append(place)
        heads.append(chain.add(place.row))
    if chain.head != head:
        raise Diverged(feed, "does not agree with")
    return NewRows(feed, places, heads, epoch, more, floor)


def jump(
    org: str, feed: str, span: Any, here: FeedRow, candidates: Sequence[str]
) -> tuple[list[Place], list[str]]:
    """Return the places and heads of a batch's own rows, if they follow on and the head proves them; else none.

    Args:
        span: `{first, last, head}` from the receipts.
        candidates: hashes of the accepted entries that may be in this feed, in the order they were sent.
    """
    try:
        first, last, head = span["first"], span["last"], span["head"]
    except (TypeError, KeyError):
        raise BadAnswer from None
    if first != here.number + 1 or last - first + 1 != len(candidates):
        return [], []
    chain = Chain(org, feed, here.number, here.head)
    places, heads = [], []
    for at, entry_hash in enumerate(candidates, first):
        places.append(place_of(feed, at, ["add", entry_hash]))
        heads.append(chain.add(places[-1].row))
    return (places, heads) if chain.head == head else ([], [])


def head_at(org: str, feed: str, places: Sequence[Place], number: int) -> str | None:
    """Return the head at a number from the places that are kept, from 1 or a floor on; None if unknown."""
    chain = Chain(org, feed)
    for place in places:
        if place.op == FLOOR:
            chain = Chain(org, feed, int(place.hash), place.row)
        elif place.number == chain.number + 1 and place.number <= number:
            chain.add(place.row)
    return chain.head if chain.number == number else None


def read_older(feed: str, value: Any, below: int) -> tuple[list[Place], bool]:
    """Return rows below a floor, newest first and without a gap from `below` down; raises BadAnswer, Diverged."""
    if not isinstance(value, dict) or not isinstance(value.get("rows"), list):
        raise BadAnswer
    places = []
    for at, row in zip(range(below, -1, -1), value["rows"], strict=False):
        if not (isinstance(row, list) and len(row) == 3):
            raise BadAnswer
        if at == 0 or row[0] != at:
            raise Diverged(feed, "leaves a gap in")
        places.append(place_of(feed, at, row[1:]))
    return places, bool(value.get("more"))
