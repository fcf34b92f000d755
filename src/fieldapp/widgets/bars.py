"""A series of a metric as rows of letters: week or name, bar, number; read without colour.

Lying bars need no axis to be read off: the number stands at the end of each, and the lines that they are compared with
are lettered in the bars and named below them.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from textual.content import Content

from ..clinical.metrics.model import Line, Series, Unit
from ..clinical.metrics.scale import top_of
from ..clinical.metrics.words import said
from .text import clip, fit, join, lines, one_line, styled

FULL, EIGHTHS = "█", " ▏▎▍▌▋▊▉"
MARKS = {"": " ", "warning": "▲", "error": "✗"}
"""After the number, so that what is flagged is seen without colour."""
TONES = {"": "$text-primary", "warning": "$text-warning", "error": "bold $text-error"}
LINE = "┊"
LABEL_CELLS = 16
LEAST_BAR_CELLS = 8


def bar(share: Fraction, cells: int) -> str:
    """Return a bar of a share of so many cells, exact to an eighth; what is not nothing shows at least that."""
    eighths = int(min(Fraction(1), max(Fraction(0), share)) * cells * 8)
    if share > 0:
        eighths = max(1, eighths)
    return FULL * (eighths // 8) + (EIGHTHS[eighths % 8] if eighths % 8 else "")


def draw_bars(series: Series, compared: Sequence[Line], width: int, height: int) -> Content:
    """Return a series in so many rows; of weeks that have no room the earliest are left out, and it says so.

    Args:
        compared: lines that are drawn through the bars and named below, as far as `height` has room.
    """
    compared = compared[: max(0, min(len(compared), height - 2))]
    room = max(1, height - 1 - len(compared))
    points = list(series.points)
    left_out = max(0, len(points) - room)
    if left_out:
        # Of bars that are no weeks the first say most.
        points = points[left_out:] if series.kind == "weeks" else points[:room]
    top = top_of(series, compared)
    labels = min(LABEL_CELLS, max((len(one_line(point.label)) for point in points), default=0))
    values = [said(point.number, series.unit) for point in points]
    counts = [f"n {point.n}" if point.n else "" for point in points]
    value_cells = max((len(value) for value in values), default=0)
    count_cells = max((len(count) for count in counts), default=0)
    cells = max(LEAST_BAR_CELLS, width - labels - value_cells - count_cells - 7)
    places = [min(cells - 1, int(line.number / top * cells)) for line in compared]
    unshown = "earlier weeks" if series.kind == "weeks" else "more"
    earlier = f" · {left_out} {unshown}" if left_out else ""
    drawn = [styled(clip(series.title, width - len(earlier)) + earlier, "bold")]
    for point, value, count in zip(points, values, counts, strict=True):
        whole = fit(bar(point.number / top, cells) if point.number is not None else "", cells)
        for place in places:
            whole = whole[:place] + LINE + whole[place + 1 :]
        drawn.append(
            join(
                styled(fit(point.label, labels) + " ", "$text-muted" if point.number is None else ""),
                styled(f"▕{whole}", TONES[point.flag]),
                f" {value:>{value_cells}} ",
                styled(MARKS[point.flag], TONES[point.flag]),
                styled(f" {count:>{count_cells}}", "$text-muted"),
            )
        )
    drawn += [styled(clip(told(line, series.unit, labels), width), "$text-muted") for line in compared]
    return lines(*drawn)


def told(line: Line, unit: Unit, indent: int) -> str:
    """Return the words of a line that the bars are compared with."""
    words = f"{LINE} {said(line.number, unit)}: {one_line(line.words)}"
    source = f" ({one_line(line.source)})" if line.source else ""
    return " " * (indent + 2) + words + source
