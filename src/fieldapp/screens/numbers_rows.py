"""Lines of the screens of numbers: one metric, one figure, one row behind it."""

from __future__ import annotations

from datetime import datetime
from fractions import Fraction
from typing import TYPE_CHECKING

from textual.content import Content

from ..clinical.metrics.model import Figure, Metric, Period, Series
from ..clinical.metrics.words import digits, headline, over, said
from ..clinical.times import local
from ..widgets.flags import STYLES, name_cells
from ..widgets.text import clip, fit, join, plain, styled

if TYPE_CHECKING:
    from ..store.metric_models import BehindLine

FLAGS = {"": " ", "warning": "▲", "error": "✗"}
"""Each flag has a mark of its own, so that it is seen without colour."""
SPARKS = "▁▂▃▄▅▆▇█"
SPARK_CELLS = 12
UNIT_CELLS = 3
"""A longer unit stands in the words beside the number."""


def spark(series: Series) -> str:
    """Return the last weeks as a row of blocks from nothing to the most of them; a gap where nothing was counted."""
    points = series.points[-SPARK_CELLS:]
    most = max((point.number for point in points if point.number is not None), default=Fraction(0))
    return "".join(
        " " if point.number is None
        else SPARKS[min(7, max(0, int(point.number / most * 8)))] if most > 0
        else SPARKS[0]
        for point in points
    )  # fmt: skip


def draw_metric(metric: Metric, width: int) -> Content:
    """Return one metric: flag, title, the figure that matters most, what that was counted over, the weeks before."""
    first = headline(metric)
    weeks = next((one for one in metric.series if one.kind == "weeks"), None)
    trend = spark(weeks) if weeks is not None else ""
    title = 28 if width < 100 else 36
    rest = max(8, width - 2 - title - 1 - 9 - 2 - SPARK_CELLS - 1)
    beside = " ".join(part for part in (first.label, over(first)) if part)
    shown = (
        digits(first.number, first.unit)
        if first.number is not None and len(first.unit) > UNIT_CELLS
        else said(first.number, first.unit)
    )
    return join(
        styled(FLAGS[first.flag or metric.flag] + " ", STYLES[metric.flag]),
        styled(fit(metric.title, title) + " ", "bold"),
        styled(f"{clip(shown, 9):>9}  ", STYLES[first.flag]),
        styled(fit(beside, rest) + " ", "$text-muted"),
        styled(fit(trend, SPARK_CELLS), "$text-primary"),
    )


def draw_figure(figure: Figure) -> Content:
    """Return one figure of a metric: flag, label, number, over what, words."""
    beside = " · ".join(part for part in (over(figure), figure.words) if part)
    return join(
        styled(f"{FLAGS[figure.flag]} ", STYLES[figure.flag]),
        f"{figure.label}: ",
        styled(said(figure.number, figure.unit), "bold"),
        styled(f"  {beside}" if beside else "", "$text-muted"),
    )


def when(at_ms: int, tz: str) -> str:
    """Return a day in few letters, with its year if that is another one."""
    if not at_ms:
        return ""
    then = local(at_ms, tz)
    return f"{then.day} {then:%b}"


def draw_behind(line: BehindLine, tz: str, width: int) -> Content:
    """Return one row behind a number: flag, day, whom and who, number, why it counts."""
    row = line.behind
    name, who = (20, 13) if width < 100 else (28, 20)
    number = said(row.number, row.unit) if row.number is not None else ""
    parts: list[Content | str] = [
        styled(FLAGS[row.flag] + " ", STYLES[row.flag]),
        fit(when(row.at_ms, tz), 7),
        name_cells(line.name, line.risk, name) if line.name else fit(line.title, name),
        " ",
        styled(fit(line.who, who), "$text-muted"),
        " ",
    ]
    words = " · ".join(part for part in (number, row.words, line.title if line.name else "") if part)
    beside = "" if row.counted else "not counted: "
    return join(
        *parts,
        styled(fit(beside + words, max(8, width - 11 - name - who)), "" if row.counted else "$text-muted"),
    )


def as_of_words(at_ms: int, tz: str) -> str:
    """Return as of when numbers were counted."""
    then: datetime = local(at_ms, tz)
    return f"as of {then.day} {then:%b} {then:%H:%M}"


def head_words(scope: str, period: Period, as_of_ms: int, width: int) -> Content:
    """Return whose numbers these are, over which time, as of when."""
    said_all = " · ".join(part for part in (scope, period.name, as_of_words(as_of_ms, period.tz)) if part)
    return plain(clip(said_all, width))
