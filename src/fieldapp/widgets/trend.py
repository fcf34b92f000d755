"""Totals over time as a small chart that is read without colour: numbers at the points, bands by name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from textual.content import Content

from .text import fit, lines, styled

GAP = 5
"""Columns between two points, so that their numbers do not run into each other."""
POINT, LINE, CUT = "●", "·", "╌"
BAND_CELLS = 18


@dataclass(frozen=True, slots=True)
class Point:
    """One total and when it was."""

    at_ms: int
    total: int
    day: str
    """In a few letters: `12 Nov`."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """One band, or one end of a scale."""

    label: str
    least: int
    most: int


def places(points: Sequence[Point], width: int) -> list[int]:
    """Return the columns of points by their time, moved apart where they would touch."""
    if not points:
        return []
    start, end = points[0].at_ms, points[-1].at_ms
    room = max(1, width - 4)
    found = [(room * (p.at_ms - start)) // (end - start) if end > start else 0 for p in points]
    for at in range(1, len(found)):
        found[at] = max(found[at], found[at - 1] + GAP)
    # What was pushed out at the right end moves back to the left.
    limit = room
    for at in range(len(found) - 1, -1, -1):
        found[at] = min(found[at], limit)
        limit = found[at] - GAP
    return found


def most_points(width: int) -> int:
    """Return how many points a chart of this width shows."""
    return max(2, (_plot_width(width) - 4) // GAP + 1)


def _plot_width(width: int) -> int:
    return max(12, width - 5 - BAND_CELLS)


def draw_trend(
    points: Sequence[Point], least: int, most: int, bands: Sequence[Stretch], width: int, height: int
) -> Content:
    """Return a chart of the last points that have room: totals upward, time to the right."""
    points = points[-most_points(width) :]
    if not points or most <= least:
        return Content("")
    plot = _plot_width(width)
    rows = max(4, height - 1)
    columns = places(points, plot)

    def row_of(total: int) -> int:
        """Return the row of a total, 0 at the top."""
        inside = min(most, max(least, total))
        return (rows - 1) - ((inside - least) * (rows - 1) * 2 + (most - least)) // (2 * (most - least))

    grid = [[" "] * plot for _ in range(rows)]
    names, axis = [""] * rows, [""] * rows
    axis[row_of(most)], axis[row_of(least)] = str(most), str(least)
    for band in bands:
        top, bottom = row_of(band.most), row_of(band.least)
        middle = (top + bottom) // 2
        free = next((r for r in (middle, *range(top, bottom + 1)) if not names[r]), None)
        if free is not None:
            names[free] = band.label
        if band.least > least:
            axis[bottom] = axis[bottom] or str(band.least)
            grid[bottom] = [CUT] * plot
    for (left, before), (right, after) in zip(
        zip(columns, points, strict=True), list(zip(columns, points, strict=True))[1:], strict=False
    ):
        for column in range(left + 1, right):
            y = before.total + (after.total - before.total) * (column - left) / (right - left)
            grid[row_of(round(y))][column] = LINE
    for column, point in zip(columns, points, strict=True):
        row = row_of(point.total)
        for offset, letter in enumerate(f"{POINT}{point.total}"):
            if column + offset < plot:
                grid[row][column + offset] = letter
    shown: list[Content] = []
    for row in range(rows):
        mark = "┤" if axis[row] else "│"
        shown.append(
            styled(f"{axis[row]:>3} {mark}", "$text-muted")
            + _painted("".join(grid[row]))
            + styled(fit(f" {names[row]}", BAND_CELLS), "$text-muted")
        )
    return lines(*shown, styled(_days(points, columns, plot), "$text-muted"))


def _painted(text: str) -> Content:
    """Return one row of the plot: what was measured stands out, cuts and lines step back."""
    parts: list[Content] = []
    run, quiet = "", True
    for letter in text:
        if (letter in f" {CUT}{LINE}") != quiet:
            parts.append(styled(run, "$text-muted" if quiet else "bold $text-primary"))
            run, quiet = "", not quiet
        run += letter
    parts.append(styled(run, "$text-muted" if quiet else "bold $text-primary"))
    return Content("").join(parts)


def _days(points: Sequence[Point], columns: Sequence[int], plot: int) -> str:
    """Return the days under the points, from the last back, as far as they have room."""
    line = [" "] * (5 + plot + BAND_CELLS)
    free_to = len(line)
    # The first and the last say most; those between come where there is room.
    order = [len(points) - 1, 0, *range(len(points) - 2, 0, -1)]
    taken: list[tuple[int, int]] = []
    for at in order:
        start = 5 + columns[at]
        end = start + len(points[at].day)
        if end > free_to or any(
            start < other_end + 1 and other_start < end + 1 for other_start, other_end in taken
        ):
            continue
        taken.append((start, end))
        line[start:end] = points[at].day
    return "".join(line)
