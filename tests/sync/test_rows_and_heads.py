"""Pages of a feed, as pure functions: every row hashed, every head recomputed, nothing skipped."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldapp.store.feeds import Place
from fieldapp.store.tables import FeedRow
from fieldapp.sync.pages import (
    FLOOR,
    FLOOR_AT,
    BadAnswer,
    Chain,
    Diverged,
    head_at,
    jump,
    read_cursor,
    read_older,
    read_page,
)
from fieldapp.sync.wire import head_start, next_head, row_hash

ORG, FEED = "0f" * 32, "team:01999999-0000-7000-8000-000000000001"
CLIENT = "01999999-0000-7000-8000-000000000002"


def entry(number: int) -> str:
    return hashlib.sha256(str(number).encode()).hexdigest()


def heads(ops: list[list[str]]) -> list[str]:
    """Return head 0 and the head after each row, from the wire's definition."""
    found = [head_start(ORG, FEED)]
    for number, (op, what) in enumerate(ops, 1):
        row = what if op == "gone" else row_hash(FEED, number, "add" if op == "stub" else op, what)
        found.append(next_head(found[-1], row))
    return found


def page(ops: list[list[str]], first: int, last: int, **more: Any) -> dict[str, Any]:
    return {"rows": ops[first - 1 : last], "cursor": [1, last, heads(ops)[last]], "more": False, **more}


OPS = [["add", entry(1)], ["leave", CLIENT], ["stub", entry(3)], ["gone", "ab" * 32], ["add", entry(5)]]


def places(ops: list[list[str]], count: int) -> list[Place]:
    return read_page(ORG, FEED, page(ops, 1, count), asked=0, here=(0, heads(ops)[0])).places


def test_every_kind_of_row_counts_in_the_head() -> None:
    read = read_page(ORG, FEED, page(OPS, 1, 5), asked=0, here=(0, heads(OPS)[0]))
    assert [place.op for place in read.places] == ["add", "leave", "stub", "gone", "add"]
    assert read.heads == heads(OPS)[1:]
    assert read.stands_at((0, "")) == (5, heads(OPS)[5])


@given(st.lists(st.integers(1, 40), min_size=1, max_size=40), st.data())
def test_pages_of_any_size_end_at_the_same_head(numbers: list[int], data: st.DataObject) -> None:
    ops = [["add", entry(at)] for at, _ in enumerate(numbers)]
    here = (0, heads(ops)[0])
    while here[0] < len(ops):
        last = data.draw(st.integers(here[0] + 1, len(ops)))
        here = read_page(ORG, FEED, page(ops, here[0] + 1, last), asked=here[0], here=here).stands_at(here)
    assert here == (len(ops), heads(ops)[-1])


def test_a_page_that_begins_too_late_or_too_early_is_no_page() -> None:
    with pytest.raises(Diverged, match="leaves a gap"):
        read_page(ORG, FEED, page(OPS, 3, 5), asked=1, here=(1, heads(OPS)[1]))
    with pytest.raises(Diverged, match="goes back"):
        read_page(ORG, FEED, page(OPS, 1, 5), asked=1, here=(1, heads(OPS)[1]))


def test_a_page_asked_for_from_elsewhere_is_left_for_the_next_request() -> None:
    read = read_page(ORG, FEED, page(OPS, 1, 5), asked=0, here=(2, heads(OPS)[2]))
    assert read.skipped
    assert read.places == []
    assert read.more


def test_a_new_reader_starts_at_the_floor() -> None:
    start = [1, 2, heads(OPS)[2]]
    read = read_page(ORG, FEED, page(OPS, 3, 5, start=start), asked=0, here=(0, heads(OPS)[0]))
    assert read.floor is not None
    assert (read.floor.number, read.floor.op, read.floor.hash) == (FLOOR_AT, FLOOR, "2")
    assert [place.number for place in read.places] == [3, 4, 5]


def test_a_floor_with_nothing_above_it_is_where_the_feed_stands() -> None:
    start = [1, 5, heads(OPS)[5]]
    bare = {"rows": [], "cursor": start, "more": False, "start": start}
    read = read_page(ORG, FEED, bare, asked=0, here=(0, heads(OPS)[0]))
    assert read.stands_at((0, "")) == (5, heads(OPS)[5])


def test_a_floor_is_for_new_readers_only() -> None:
    """Whoever stands somewhere cannot be lifted over rows by a floor."""
    start = [1, 3, heads(OPS)[3]]
    read = read_page(ORG, FEED, page(OPS, 4, 5, start=start), asked=1, here=(1, heads(OPS)[1]))
    assert read.skipped
    assert read.floor is None


def test_heads_are_found_again_from_what_is_kept_with_and_without_a_floor() -> None:
    kept = places(OPS, 5)
    for number in range(6):
        assert head_at(ORG, FEED, kept, number) == heads(OPS)[number]
    assert head_at(ORG, FEED, kept, 6) is None
    floor = Place(feed=FEED, number=FLOOR_AT, row=heads(OPS)[2], op=FLOOR, hash="2")
    above = [floor, *kept[2:]]
    assert head_at(ORG, FEED, above, 4) == heads(OPS)[4]
    assert head_at(ORG, FEED, above, 2) == heads(OPS)[2]
    assert head_at(ORG, FEED, above, 1) is None
    assert head_at(ORG, FEED, [floor, *kept], 4) == heads(OPS)[4], "older rows listed later change nothing"
    assert head_at(ORG, FEED, [*kept[:1], *kept[2:]], 5) is None, "a gap proves nothing"


def test_own_rows_are_jumped_only_when_they_follow_and_the_head_proves_them() -> None:
    ops = [["add", entry(n)] for n in range(1, 6)]
    here = FeedRow(name=FEED, number=2, head=heads(ops)[2])
    mine = [entry(n) for n in (3, 4, 5)]
    span = {"first": 3, "last": 5, "head": heads(ops)[5]}
    jumped, found = jump(ORG, FEED, span, here, mine)
    assert [place.number for place in jumped] == [3, 4, 5]
    assert found == heads(ops)[3:]
    assert jump(ORG, FEED, span, here, mine[::-1]) == ([], []), "in another order"
    assert jump(ORG, FEED, span, here, mine[:2]) == ([], []), "another number"
    assert jump(ORG, FEED, span | {"first": 4, "last": 6}, here, mine) == ([], []), "somebody came before"
    assert jump(ORG, FEED, span | {"head": "ab" * 32}, here, mine) == ([], [])
    with pytest.raises(BadAnswer):
        jump(ORG, FEED, {"first": 3}, here, mine)


@pytest.mark.parametrize(
    "row",
    [["add"], ["add", "xyz"], ["drop", entry(1)], "add", ["leave", entry(1)], ["gone", CLIENT], [1, 2], None],
)
def test_rows_that_are_none(row: Any) -> None:
    with pytest.raises(BadAnswer):
        read_page(ORG, FEED, {"rows": [row], "cursor": [1, 1, "ab" * 32]}, asked=0, here=(0, heads([])[0]))


@pytest.mark.parametrize(
    "cursor", [None, [], [1, 2], ["1", 2, "ab" * 32], [1, -1, "ab" * 32], [1, 2, "ab"], [1, True, "ab" * 32]]
)
def test_cursors_that_are_none(cursor: Any) -> None:
    with pytest.raises(BadAnswer):
        read_cursor(cursor)


def test_older_rows_come_newest_first_without_a_gap() -> None:
    rows = [[3, "stub", entry(3)], [2, "leave", CLIENT], [1, "add", entry(1)]]
    listed, more = read_older(FEED, {"rows": rows, "more": False}, 3)
    assert [place.number for place in listed] == [3, 2, 1]
    assert not more
    chain = Chain(ORG, FEED)
    for place in reversed(listed):
        chain.add(place.row)
    assert chain.head == heads(OPS)[3]
    with pytest.raises(Diverged):
        read_older(FEED, {"rows": [rows[0], rows[2]], "more": False}, 3)
    with pytest.raises(BadAnswer):
        read_older(FEED, {"rows": [[3, "stub"]], "more": False}, 3)
    with pytest.raises(Diverged):
        read_older(FEED, {"rows": [*rows, [0, "add", entry(0)]], "more": False}, 3)
