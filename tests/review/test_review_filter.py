"""The laws of what Review shows: nothing is lost by kinds, orders or words."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from fieldapp.clinical.told.team import LINES
from fieldapp.screens.review_filter import (
    BANDS,
    GROUPS,
    ORDERS,
    Shown,
    band,
    bands,
    counts,
    shown_lines,
    step,
)
from fieldapp.store.models import ReviewLine
from fieldapp.store.read.review import ORDER

NOW, HOUR = 1_795_374_000_000, 3_600_000

lines = st.lists(
    st.builds(
        ReviewLine,
        what=st.sampled_from(sorted(LINES)), record=st.uuids().map(str), entry=st.uuids().map(str), kind=st.just("note"),
        client=st.sampled_from(["", "a", "b"]), name=st.sampled_from(["", "Okafor, Ada", "Morales, Luc\u00eda"]),
        title=st.sampled_from(["DAP note", "Alert"]), author=st.sampled_from(["Tom Berg", "Dana Reyes"]),
        at_ms=st.integers(NOW - 900 * HOUR, NOW), due_ms=st.none(), late=st.booleans(), reason=st.just(""),
    ),
    max_size=40,
)  # fmt: skip


def test_every_line_that_review_knows_has_words_and_belongs_to_exactly_one_kind() -> None:
    assert set(ORDER) == set(LINES)
    for what in LINES:
        assert sum(what in whats for _, _, whats in GROUPS) == 1, what
    assert len({word for _, word, _ in GROUPS}) == len(GROUPS)


@given(lines)
def test_the_kinds_add_up_to_everything(found: list[ReviewLine]) -> None:
    parts = [shown_lines(found, Shown(group=code)) for code, *_ in GROUPS]
    assert sorted(line.record for part in parts for line in part) == sorted(line.record for line in found)
    assert sum(count for _, _, count, _ in counts(found)) == len(found)
    assert sum(late for *_, late in counts(found)) == sum(line.late for line in found)


@given(lines, st.sampled_from(ORDERS))
def test_an_order_loses_and_invents_nothing(found: list[ReviewLine], order: str) -> None:
    assert sorted(line.record for line in shown_lines(found, Shown(order=order))) == sorted(
        line.record for line in found
    )


@given(lines, st.sampled_from(["tom", "LUCIA", "dap berg", "nobody"]))
def test_words_are_found_without_accents_and_case_or_not_at_all(found: list[ReviewLine], words: str) -> None:
    kept = {line.record for line in shown_lines(found, Shown(words=words))}
    for line in found:
        said = f"{line.name} {line.author} {line.title} {LINES[line.what].short}".casefold().replace(
            "\u00ed", "i"
        )
        assert (line.record in kept) is all(word.casefold() in said for word in words.split())


@given(lines)
def test_going_through_the_kinds_comes_back_to_everything(found: list[ReviewLine]) -> None:
    group = ""
    for _ in range(len(counts(found)) + 1):
        after = step(group, found, 1)
        assert step(after, found, -1) == group
        group = after
    assert group == ""


@given(lines)
def test_each_line_is_in_one_band_of_age(found: list[ReviewLine]) -> None:
    assert sum(count for _, count in bands(found, NOW)) == len(found)
    assert all(band(line, NOW) in BANDS for line in found)


def test_the_bands_end_where_the_hours_do() -> None:
    line = ReviewLine("cosign", "r", "e", "note", "", "", "", "", NOW, None, False)
    hours = {23: "<24 h", 24: "24-72 h", 72: "24-72 h", 73: ">72 h"}
    assert {h: band(replace(line, at_ms=NOW - h * HOUR), NOW) for h in hours} == hours
    assert band(replace(line, late=True), NOW) == "LATE"
