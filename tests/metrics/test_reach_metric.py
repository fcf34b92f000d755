"""Metric 22, who is reached, against an example worked by hand (programs.md 105)."""

from __future__ import annotations

from fractions import Fraction

import pytest

from fieldapp.clinical.metrics.model import Metric, Series
from fieldapp.clinical.metrics.reach import OTHERS, SEVERAL, UNSAID, age_band, reach
from tests.metrics.made import counted, number, person, seen, tried


def chart(metric: Metric, title: str) -> Series:
    [found] = [one for one in metric.series if one.title == title]
    return found


def shares(series: Series) -> dict[str, tuple[Fraction | None, int]]:
    return {one.label: (one.number, one.n) for one in series.points}


def test_metric_22_who_is_reached() -> None:
    """Ten clients, one of whom left before the week: six of nine were seen; groups of one and two are hidden."""
    settings = {"small_cell": 3}
    clients = (
        *(
            person(f"a{n}", born="1990-01-01", race=("white",), housing="housed", gender="Woman")
            for n in range(4)
        ),
        *(
            person(f"b{n}", born="1950-01-01", race=("black",), housing="unsheltered", gender="woman")
            for n in range(3)
        ),
        person("c0", born="", race=("asian", "white"), gender="Man"),
        person("c1", born="2004-11-23", race=("declined",), gender="Man"),
        person("gone", ended="2026-11-15", born="1990-01-01"),
    )
    contacts = (
        *(seen(f"a{n}", "2026-11-17 09:00") for n in range(4)), seen("a0", "2026-11-18 09:00"),
        seen("b0", "2026-11-22 23:30"), seen("b1", "2026-11-23 00:30"), tried("b2", "2026-11-17 09:00"),
        seen("c0", "2026-11-17 09:00"), seen("gone", "2026-11-14 09:00"),
    )  # fmt: skip
    found = reach(counted(clients=clients, contacts=contacts, settings=settings))
    assert number(found, "Seen in this time") == Fraction(6, 9)
    assert {row.client for row in found.behind} == {"b1", "b2", "c1"}
    # Two hidden groups of one person each would be found by subtraction: the next smallest is hidden with them.
    assert shares(chart(found, "Age")) == {
        "18-29": (None, 0), "30-44": (Fraction(1), 4), "65 and over": (None, 0), UNSAID: (None, 0),
    }  # fmt: skip
    assert shares(chart(found, "Gender")) == {"Man": (None, 0), "Woman": (None, 0)}
    race = shares(chart(found, "Race and ethnicity"))
    assert list(race) == ["Black or African American", "White", "Does not want to say", SEVERAL]
    assert race["White"] == (Fraction(1), 4)
    assert shares(chart(found, "Housing"))["Housed"] == (Fraction(1), 4)


def test_metric_22_large_groups_are_shown_and_rare_words_stand_together() -> None:
    words = ["Woman"] * 6 + ["Man"] * 5 + [f"Word {n}" for n in range(9)]
    clients = tuple(person(f"c{n}", gender=word) for n, word in enumerate(words))
    found = reach(counted(clients=clients, contacts=(), settings={"small_cell": 5}))
    gender = shares(chart(found, "Gender"))
    assert gender["Woman"] == (Fraction(0), 6)
    assert gender[OTHERS] == (Fraction(0), 5)
    assert [one.title for one in found.series] == ["Gender"], "what nobody said anything of is no chart"


@pytest.mark.parametrize(
    ("born", "band"),
    [("2008-11-22", "18-29"), ("1996-11-23", "18-29"), ("1996-11-22", "30-44"), ("1981-11-22", "45-64"),
     ("1961-11-23", "45-64"), ("1961-11-22", "65 and over"), ("1910-01-01", "65 and over"), ("", UNSAID)],
)  # fmt: skip
def test_a_birthday_is_the_first_day_of_the_next_year_of_age(born: str, band: str) -> None:
    assert age_band(born, "2026-11-22") == band
