"""Small cells: what would point at single clients stays off paper and files (clinical.md 5, last line)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from .model import Figure, Metric, Point, Series

HIDDEN = "hidden: fewer than {}"
PEOPLE = ("client", "discharge", "episode", "stay", "crises")
"""What is counted over when `of` begins with one of these are people, each of whom might be told from a small number."""

MEANS = ("clients with a plan",)
"""People over whom something else is counted, as contacts: only how many they are decides, the number is no share of them."""


def for_paper(metric: Metric, least: int) -> Metric:
    """Return a metric as it may leave the laptop: counts of people below `least` are hidden, and what gives them away.

    A number is hidden where it counts 1 to `least` - 1 people, or a share of so few; where the rest of a whole is so few
    that it would be found by taking one from the other; and beside it as many others of the same whole as it takes that
    the hidden ones together are `least` people and more than one number. Nothing behind a number leaves the laptop this way at all.
    """
    return replace(
        metric,
        figures=_figures(metric.figures, least),
        series=tuple(series_for_paper(one, least) for one in metric.series),
        behind=(),
    )


def _figures(figures: Sequence[Figure], least: int) -> tuple[Figure, ...]:
    hidden = {
        place for place, one in enumerate(figures)
        if _of_people(one.of) and _small(one.number, one.unit, one.n, least, one.of.startswith(MEANS))
    }  # fmt: skip
    wholes: dict[tuple[str, int], dict[int, Fraction]] = defaultdict(dict)
    for place, one in enumerate(figures):
        if (
            _of_people(one.of)
            and not one.of.startswith(MEANS)
            and one.number is not None
            and one.unit in ("", "%")
        ):
            wholes[one.of, one.n][place] = one.number * one.n if one.unit else one.number
    for counts in wholes.values():
        if len(counts) > 1:
            hidden |= _hidden(counts, least)
    return tuple(_hide(one, least) if place in hidden else one for place, one in enumerate(figures))


def _hidden(counts: Mapping[int, Fraction], least: int) -> set[int]:
    """Return the places whose counts are hidden: the small ones, and what would tell them from the sum of the others."""
    hidden = {place for place, count in counts.items() if 0 < count < least}
    others = sorted((count, place) for place, count in counts.items() if count >= least)
    while others and hidden and (len(hidden) == 1 or sum(counts[place] for place in hidden) < least):
        hidden.add(others.pop(0)[1])
    return hidden


def _hide(one: Figure, least: int) -> Figure:
    # The whole stays only where it is no small number itself.
    shown = one.n if one.n == 0 or one.n >= least else 0
    return replace(one, number=None, n=shown, flag="", words=HIDDEN.format(least), of=one.of if shown else "")


def series_for_paper(series: Series, least: int) -> Series:
    """Return a chart with the counts of people below `least` hidden, and what would give them away."""
    points = series.points
    if series.kind == "weeks":
        return replace(
            series, points=tuple(_point(one) if _few(one, series, least) else one for one in points)
        )
    few = _hidden({place: Fraction(_count(one)) for place, one in enumerate(points)}, least)
    return replace(
        series, points=tuple(_point(one) if place in few else one for place, one in enumerate(points))
    )


def _few(one: Point, series: Series, least: int) -> bool:
    """Tell whether a week is hidden; a share over weeks is one of visits or notes, a number without a unit counts people."""
    return 0 < one.n < least or (not series.unit and _small(one.number, "", one.n, least, False))


def _count(one: Point) -> int:
    """Return how many a bar stands for: said beside a share, or the bar itself."""
    return one.n or int(one.number or 0)


def _point(one: Point) -> Point:
    return replace(one, number=None, n=0, flag="")


def _of_people(of: str) -> bool:
    return of.startswith(PEOPLE) or of.startswith("active clients")


def _small(number: Fraction | None, unit: str, n: int, least: int, is_mean: bool) -> bool:
    if number is None:
        return False
    if 0 < n < least:
        return True
    if is_mean:
        return False
    if unit == "%":
        part = number * n
        return 0 < part < least or 0 < n - part < least
    if unit:
        return False
    return 0 < number < least or (n > 0 and 0 < n - number < least)
