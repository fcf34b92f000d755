"""Numbers as a table for other programs: CSV by RFC 4180, one row for each figure and each week."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Sequence
from fractions import Fraction

from ..clinical.metrics.model import Metric, Period, Scope, Unit
from ..clinical.metrics.words import rounded
from ..clinical.times import local
from .sheet import tidy
from .weekly import in_order

HEAD = (
    "scope", "from", "to", "as_of", "metric", "number", "title", "what", "label", "value", "unit", "n", "of", "flag", "words",
)  # fmt: skip
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""A cell that begins like this is run by spreadsheets, some of which read the wide forms of East Asian keyboards as well."""
_PLACES = 4


def rows(metrics: Sequence[Metric], scope: Scope, period: Period) -> list[tuple[str, ...]]:
    """Return the head and the rows; metrics that tell people apart are left out."""
    found: list[tuple[str, ...]] = [HEAD]
    for metric in in_order(metrics):
        if metric.about_staff:
            continue
        begins = (
            scope.name,
            _day(period.since_ms, period.tz),
            _day(period.until_ms - 1, period.tz),
            _moment(metric.as_of_ms, period.tz),
        )
        about = (*begins, metric.key, str(metric.number), metric.title)
        for figure in metric.figures:
            number = _number(figure.number, figure.unit)
            found.append(
                (
                    *about,
                    "figure",
                    figure.label,
                    number,
                    figure.unit,
                    str(figure.n),
                    figure.of,
                    figure.flag,
                    figure.words,
                )
            )
        for series in metric.series:
            for point in series.points:
                label = (
                    _day(point.at_ms, period.tz) if series.kind == "weeks" and point.at_ms else point.label
                )
                number = _number(point.number, series.unit)
                found.append(
                    (*about, series.title, label, number, series.unit, str(point.n), "", point.flag, "")
                )
        for line in metric.lines:
            found.append(
                (
                    *about,
                    "line",
                    line.words,
                    _number(line.number, line.unit),
                    line.unit,
                    "",
                    "",
                    "",
                    line.source,
                )
            )
    return found


def text(table: Sequence[Sequence[str]]) -> str:
    """Return rows as CSV with the mark by which spreadsheets know UTF-8; no cell is run as a formula."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows([_safe(cell) for cell in row] for row in table)
    return "\ufeff" + out.getvalue()


def _safe(cell: str) -> str:
    shown = tidy(cell).replace("\n", " ")
    return f"'{shown}" if _first(shown).startswith(_FORMULA) and not _is_number(shown) else shown


def _first(cell: str) -> str:
    """Return the first character that is seen, a wide form as the plain one."""
    seen = (one for one in cell if unicodedata.category(one) not in ("Cf", "Zs"))
    return unicodedata.normalize("NFKC", next(seen, ""))


def _is_number(cell: str) -> bool:
    return cell.lstrip("-").replace(".", "", 1).isdigit()


def _number(number: Fraction | None, unit: Unit) -> str:
    """Return a number with a point and at most four places; a share in percent; empty for none."""
    if number is None:
        return ""
    value = rounded(number * 100 if unit == "%" else number, _PLACES)
    whole, rest = divmod(abs(value), 1)
    places = f"{int(rest * 10**_PLACES):04d}".rstrip("0")
    return ("-" if value < 0 else "") + str(int(whole)) + (f".{places}" if places else "")


def _day(at_ms: int, tz: str) -> str:
    return local(at_ms, tz).date().isoformat()


def _moment(at_ms: int, tz: str) -> str:
    return local(at_ms, tz).isoformat(timespec="minutes")
