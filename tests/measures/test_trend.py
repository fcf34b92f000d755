"""The chart of a course: where points stand, what is said beside them, at any size."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from fieldapp.records.instruments import INSTRUMENTS
from fieldapp.records.instruments.mood import PHQ9
from fieldapp.widgets.big_answers import Answer, draw_answers, large
from fieldapp.widgets.trend import GAP, Point, Stretch, draw_trend, most_points, places

BANDS = [Stretch(band.label, band.least, band.most) for band in PHQ9.bands]
DAY = 86_400_000


def points(*totals: int) -> list[Point]:
    return [Point(n * 14 * DAY, total, f"{n + 1} May") for n, total in enumerate(totals)]


def rows(*totals: int, width: int = 76, height: int = 10) -> list[str]:
    return draw_trend(points(*totals), 0, 27, BANDS, width, height).plain.split("\n")


def test_a_higher_total_stands_higher_and_carries_its_number() -> None:
    drawn = rows(20, 10, 3)
    at = [next(n for n, row in enumerate(drawn) if f"●{total}" in row) for total in (20, 10, 3)]
    assert at == sorted(at)
    assert len(set(at)) == 3


def test_bands_are_named_and_the_ends_of_the_scale_are_there() -> None:
    drawn = "\n".join(rows(20, 10, 3))
    for band in PHQ9.bands:
        assert band.label in drawn
    assert " 27 ┤" in drawn
    assert "  0 ┤" in drawn


def test_first_and_last_day_stand_under_the_chart() -> None:
    days = rows(20, 10, 3)[-1]
    assert days.split() == ["1", "May", "2", "May", "3", "May"]
    assert "1 May" in rows(*range(20), width=60)[-1] or "20 May" in rows(*range(20), width=60)[-1]


@settings(max_examples=60)
@given(
    st.lists(st.integers(0, 27), min_size=1, max_size=40),
    st.lists(st.integers(0, 400), min_size=40, max_size=40),
    st.integers(40, 140),
    st.integers(5, 30),
)
def test_nothing_is_cut_off_and_every_point_that_has_room_shows_its_number(
    totals: list[int], gaps: list[int], width: int, height: int
) -> None:
    at, found = 0, []
    for total, gap in zip(totals, gaps, strict=False):
        at += gap * DAY
        found.append(Point(at, total, "12 Nov"))
    drawn = draw_trend(found, 0, 27, BANDS, width, height).plain
    assert all(len(row) <= width for row in drawn.split("\n"))
    shown = found[-most_points(width) :]
    assert drawn.count("●") == len(shown)
    for point in shown:
        assert f"●{point.total}" in drawn


@given(st.lists(st.integers(0, 90), min_size=1, max_size=12), st.integers(60, 120))
def test_points_keep_their_order_and_their_distance(gaps: list[int], width: int) -> None:
    at, found = 0, []
    for gap in gaps:
        at += gap
        found.append(Point(at, 1, ""))
    columns = places(found, width)
    assert columns[0] >= 0
    assert columns[-1] <= width - 4
    assert all(after - before >= GAP for before, after in pairwise(columns))


def test_every_answer_has_its_digits_and_words_at_both_sizes() -> None:
    for instrument in INSTRUMENTS.values():
        for item in instrument.items:
            answers = [Answer(str(place), option.words) for place, option in enumerate(item.options)]
            for width in (74, 112):
                drawn = draw_answers(answers, width).plain
                assert all(len(row) <= width for row in drawn.split("\n"))
                for answer in answers:
                    assert large(answer.keys)[0].strip() in drawn
                    assert all(word in drawn for word in answer.words.split())


def test_the_given_answer_is_marked_without_colour() -> None:
    drawn = draw_answers([Answer("0", "No"), Answer("1", "Yes", chosen=True)], 74).plain.split("\n")
    assert "✓" not in drawn[-1][:26]
    assert "✓ this one" in drawn[-1][26:]
