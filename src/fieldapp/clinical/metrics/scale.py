"""How far a chart reaches."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from .model import Line, Series


def top_of(series: Series, compared: Sequence[Line]) -> Fraction:
    """Return what the whole width stands for: the next round number that covers everything that is drawn."""
    numbers = [point.number for point in series.points if point.number is not None]
    numbers += [line.number for line in compared]
    most = max(numbers, default=Fraction(0))
    if series.unit == "%":
        return max(Fraction(1), most)
    if most <= 0:
        return Fraction(1)
    step = Fraction(1)
    while step * 10 < most:
        step *= 10
    while step >= most:
        step /= 10
    return next(step * times for times in (2, 3, 4, 5, 6, 8, 10) if step * times >= most)
