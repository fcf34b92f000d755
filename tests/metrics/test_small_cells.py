"""What leaves the laptop gives no small group of people away (clinical.md 5, last line)."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldapp.clinical.metrics.hiding import for_paper
from fieldapp.clinical.metrics.model import Behind, Figure, Metric, Point, Series

LEAST = 5
COUNTS = st.lists(st.integers(0, 30), min_size=2, max_size=6)


def _groups(counts: list[int]) -> Metric:
    """Return people in groups, as shares and as bars."""
    whole = sum(counts)
    return Metric(
        key="engagement", number=6, title="Groups", definition="Groups.", as_of_ms=0,
        figures=tuple(
            Figure(f"group {n}", Fraction(count, whole) if whole else None, "%", whole, "episodes that ended", "", f"{count} of them")
            for n, count in enumerate(counts)
        ),
        series=(
            Series("Groups", tuple(Point(f"group {n}", Fraction(count, whole) if whole else None, count) for n, count in enumerate(counts)), "%", "bars"),
        ),
        behind=(Behind("record", "client"),),
    )  # fmt: skip


@given(COUNTS)
def test_no_small_group_is_told_by_the_numbers_that_are_shown(counts: list[int]) -> None:
    paper = for_paper(_groups(counts), LEAST)
    shown = {
        place
        for place, (figure, point) in enumerate(zip(paper.figures, paper.series[0].points, strict=True))
        if figure.number is not None or point.number is not None
    }
    assert not any(0 < counts[place] < LEAST for place in shown)
    people = [count for place, count in enumerate(counts) if place not in shown and count]
    # Whoever takes the shown from the whole learns of several groups together, or of none.
    together: int = sum(people)
    if 0 < together < sum(counts):
        assert len(people) > 1
        assert together >= LEAST


@given(COUNTS)
def test_words_beside_a_hidden_number_say_no_number_of_people(counts: list[int]) -> None:
    for figure in for_paper(_groups(counts), LEAST).figures:
        if figure.number is None and any(counts):
            assert figure.words == f"hidden: fewer than {LEAST}"
            assert figure.n == 0 or figure.n >= LEAST


def test_the_only_small_group_takes_the_next_one_with_it() -> None:
    # 2, 6, 7, 10 of 25: with only the 2 hidden, 25 - 6 - 7 - 10 tells it.
    paper = for_paper(_groups([2, 6, 7, 10]), LEAST)
    assert [figure.number for figure in paper.figures] == [None, None, Fraction(7, 25), Fraction(10, 25)]
    assert [point.n for point in paper.series[0].points] == [0, 0, 7, 10]


def test_two_small_groups_of_three_people_together_take_a_third_with_them() -> None:
    paper = for_paper(_groups([1, 2, 20, 30]), LEAST)
    assert [point.n for point in paper.series[0].points] == [0, 0, 0, 30]


def _one(figure: Figure, series: Series | None = None) -> Metric:
    return Metric("k", 1, "T", "D.", 0, figures=(figure,), series=(series,) if series else ())


@pytest.mark.parametrize(
    ("count", "is_shown"), [(0, True), (4, False), (5, True), (15, True), (16, False), (20, True)]
)
def test_a_count_and_its_rest_are_five_or_none(count: int, is_shown: bool) -> None:
    [figure] = for_paper(_one(Figure("late", Fraction(count), "", 20, "active clients")), LEAST).figures
    assert (figure.number is not None) == is_shown


def test_contacts_of_many_clients_are_no_share_of_the_clients() -> None:
    # 95 % of the contacts that 40 clients agreed on were made: no two clients are told by it. Of 4 clients it is hidden.
    many = Figure("Completed", Fraction(95, 100), "%", 40, "clients with a plan", "warning")
    assert for_paper(_one(many), LEAST).figures == (many,)
    some = Figure("Completed", Fraction(95, 100), "%", 4, "clients with a plan")
    [few] = for_paper(_one(some), LEAST).figures
    assert (few.number, few.n, few.of) == (None, 0, "")


def test_visits_and_notes_are_no_people_and_stay() -> None:
    visits = Figure("No-shows", Fraction(1, 3), "%", 3, "appointments", "warning")
    assert for_paper(_one(visits), LEAST).figures == (visits,)


def test_a_week_with_few_clients_beyond_what_was_agreed_is_hidden() -> None:
    weeks = Series(
        "Beyond",
        (Point("a", Fraction(3), 40, 1), Point("b", Fraction(9), 40, 2), Point("c", Fraction(0), 40, 3)),
    )
    [found] = for_paper(_one(Figure("x", None), weeks), LEAST).series
    assert [point.number for point in found.points] == [None, 9, 0]


def test_nothing_behind_a_number_leaves_the_laptop() -> None:
    assert for_paper(_groups([9, 9]), LEAST).behind == ()
