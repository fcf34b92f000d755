"""How numbers of metrics are said, the same on screen, on paper and in files."""

from __future__ import annotations

from fractions import Fraction

from .model import Figure, Metric, Unit

NOTHING = "–"
"""Stands where nothing could be counted."""
_TENTHS_BELOW = 100
"""From here on a tenth says nothing."""


def rounded(number: Fraction, places: int = 0) -> Fraction:
    """Return a number with so many places; what lies in the middle goes away from zero, as people round by hand."""
    scale = 10**places
    scaled = abs(number) * scale
    whole = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    return Fraction(whole if number >= 0 else -whole, scale)


def digits(number: Fraction, unit: Unit = "") -> str:
    """Return the digits of a number: whole where it is whole or large or a share in percent, else with one place."""
    places = 0 if unit == "%" or abs(number) >= _TENTHS_BELOW else 1
    value = rounded(number * 100 if unit == "%" else number, places)
    whole, rest = divmod(abs(value), 1)
    sign = "-" if value < 0 else ""
    return f"{sign}{int(whole)}" if not rest else f"{sign}{int(whole)}.{int(rest * 10)}"


def said(number: Fraction | None, unit: Unit = "") -> str:
    """Return a number with its unit; a share is kept as a part of one and said in percent."""
    if number is None:
        return NOTHING
    return f"{digits(number, unit)} {unit}".strip()


def headline(metric: Metric) -> Figure:
    """Return the figure that one line shows of a metric: the first one, or the first that is beyond its limit."""
    flagged = [one for one in metric.figures if one.flag and one.flag == metric.flag]
    return next(iter([*flagged, *metric.figures]), Figure("", None))


def over(figure: Figure) -> str:
    """Return what a figure was counted over: `of 12 visits due`; empty where that says nothing."""
    if not figure.n and not figure.of:
        return ""
    return f"of {figure.n} {figure.of}".strip() if figure.of else f"n {figure.n}"
