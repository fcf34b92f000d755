"""The report on a team's or program's numbers: first all of them on one page, then each with its weeks as a chart."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from ..clinical.metrics.families import FAMILIES
from ..clinical.metrics.model import Figure, Line, Metric, Series, Unit
from ..clinical.metrics.scale import top_of
from ..clinical.metrics.words import headline, over, said
from .sheet import Bars, Block, Prose, Sheet, Table
from .staff import CONFIDENTIAL, PAGE

FLAGS = {"": "", "warning": "▲ look", "error": "✗ act"}
MARKS = {"": "", "warning": " ▲", "error": " ✗"}
WEEKS_SHOWN = 12
HOW = "▲ and ✗ mark what lies beyond its limit. A study's mean is shown to compare with and is no target. People are not ranked."


def report_sheet(metrics: Sequence[Metric], whose: str, over_what: str, as_of: str, printed: str) -> Sheet:
    """Return the report.

    Args:
        whose: the team or program; over_what: the time; as_of: until when was counted; each in words.
    """
    shown = [metric for metric in in_order(metrics) if not metric.about_staff]
    blocks: list[Block] = [
        Table(
            "All numbers", ("Metric", "Number", "Counted over", ""), tuple(_glance(shown)), (30, 15, 25, 10)
        ),
        Prose("", (HOW, *(metric.source for metric in shown[:1] if metric.source))),
    ]
    for metric in shown:
        blocks += _one(metric)
    return Sheet(
        language="en", title="Weekly report", subtitle="\n".join((f"{whose} · {over_what}", f"Counted {as_of}. {printed}")),
        blocks=tuple(blocks), warning=CONFIDENTIAL, page_words=PAGE,
    )  # fmt: skip


def in_order(metrics: Sequence[Metric]) -> list[Metric]:
    """Return metrics in the order of their families, as the screen shows them."""
    order = {number: place for place, number in enumerate(n for _, numbers in FAMILIES for n in numbers)}
    return sorted(metrics, key=lambda one: order.get(one.number, len(order) + one.number))


def _glance(metrics: Sequence[Metric]) -> Iterator[tuple[str, str, str, str]]:
    for metric in metrics:
        figure = headline(metric)
        label = f"{metric.title}\n{figure.label}" if figure.label else metric.title
        yield label, said(figure.number, figure.unit), _beside(figure), FLAGS[figure.flag]


def _beside(figure: Figure) -> str:
    return " · ".join(part for part in (over(figure), figure.words) if part)


def _one(metric: Metric) -> Iterator[Block]:
    local = " The cuts are this agency's own." if metric.local else ""
    figures = [
        f"{figure.label}: {said(figure.number, figure.unit)}{MARKS[figure.flag]}"
        + (f" ({beside})" if (beside := _beside(figure)) else "")
        for figure in metric.figures
    ]
    yield Prose(metric.title, (*figures, f"{metric.definition}{local}"))
    for series in metric.series:
        if any(point.number is not None for point in series.points):
            yield bars(series, [line for line in metric.lines if line.unit == series.unit])


def bars(series: Series, compared: Sequence[Line]) -> Bars:
    """Return a series as a chart; of weeks the newest twelve."""
    points = series.points[-WEEKS_SHOWN:] if series.kind == "weeks" else series.points
    top = top_of(series, compared)
    rows = tuple(
        (
            point.label,
            said(point.number, series.unit) + MARKS[point.flag],
            _share(point.number, top),
            f"n {point.n}" if point.n else "",
        )
        for point in points
    )
    lines = tuple((line_words(line, series.unit), _share(line.number, top)) for line in compared)
    first = "Week" if series.kind == "weeks" else ""
    return Bars(series.title, (first, "", ""), rows, lines)


def line_words(line: Line, unit: Unit) -> str:
    """Return what a line is: its number, its words, where it comes from."""
    return f"{said(line.number, unit)}: {line.words}" + (f" ({line.source})" if line.source else "")


def _share(number: Fraction | None, top: Fraction) -> float:
    return float(min(Fraction(1), max(Fraction(0), number / top))) if number is not None else 0.0
