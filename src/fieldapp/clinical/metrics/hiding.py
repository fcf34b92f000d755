"""Small cells: what would point at single clients stays off paper and files (clinical.md 5, last line)."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from .model import Figure, Metric, Point, Series

HIDDEN = "hidden: fewer than {}"
PEOPLE = ("client", "discharge", "episode", "stay", "crises")
"""What is counted over when `of` begins with one of these are people, each of whom might be told from a small number."""


def for_paper(metric: Metric, least: int) -> Metric:
    """Return a metric as it may leave the laptop: counts of people below `least` are hidden, and what gives them away.

    A number is hidden where it counts 1 to `least` - 1 people, or a share of so few; and where the rest of a whole is so
    few that it would be found by taking one from the other. Nothing behind a number leaves the laptop this way at all.
    """
    return replace(
        metric,
        figures=tuple(_figure(one, least) for one in metric.figures),
        series=tuple(_series(one, least) for one in metric.series),
        behind=(),
    )


def _figure(one: Figure, least: int) -> Figure:
    if not _of_people(one.of) or not _small(one.number, one.unit, one.n, least):
        return one
    # The whole stays only where it is no small number itself.
    shown = one.n if one.n == 0 or one.n >= least else 0
    return replace(one, number=None, n=shown, flag="", words=HIDDEN.format(least), of=one.of if shown else "")


def _series(series: Series, least: int) -> Series:
    """Hide bars of so few; where only one is hidden the next smallest too, or the sum of the others would tell it."""
    if series.kind == "weeks":
        return replace(
            series, points=tuple(_point(one, least) if 0 < one.n < least else one for one in series.points)
        )
    few = [place for place, one in enumerate(series.points) if 0 < _count(one) < least]
    if len(few) == 1:
        others = [place for place, one in enumerate(series.points) if place not in few and _count(one) > 0]
        few += sorted(others, key=lambda place: (_count(series.points[place]), place))[:1]
    return replace(
        series,
        points=tuple(_point(one, least) if place in few else one for place, one in enumerate(series.points)),
    )


def _count(one: Point) -> int:
    """Return how many a bar stands for: said beside a share, or the bar itself."""
    return one.n or int(one.number or 0)


def _point(one: Point, least: int) -> Point:
    return replace(one, number=None, n=0, flag="")


def _of_people(of: str) -> bool:
    return of.startswith(PEOPLE) or of.startswith("active clients")


def _small(number: Fraction | None, unit: str, n: int, least: int) -> bool:
    if number is None:
        return False
    if 0 < n < least:
        return True
    if unit == "%":
        part = number * n
        return 0 < part < least or 0 < n - part < least
    if unit:
        return False
    return 0 < number < least or (n > 0 and 0 < n - number < least)
