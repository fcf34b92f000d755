"""How one client looks in a list: name, marks with glyph and word, last contact, primary."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import partial
from typing import TYPE_CHECKING

from textual.content import Content

from .flags import RISK, STYLES, client_marks, marks_in, name_cells
from .identity import called
from .row_list import Row
from .text import fit, join, styled

if TYPE_CHECKING:
    from ..store.models import ClientLine


def age_on(dob: str, day: date) -> int | None:
    """Return whole years from a birth date to a day; None if the date is unknown."""
    try:
        born = date.fromisoformat(dob)
    except ValueError:
        return None
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def last_contact(line: ClientLine) -> str:
    """Return how long ago the client was seen, in few letters."""
    if line.no_contact_days is not None:
        days = line.no_contact_days
        return (
            "today"
            if days == 0
            else f"{days} d ago"
            if line.last_contact_ms is not None
            else f"{days} d none"
        )
    return "–" if line.last_contact_ms is None else "on hold" if line.status == "on_hold" else "–"


def draw_client(line: ClientLine, width: int) -> Content:
    """Return one client's row."""
    wide = width >= 100
    name, seen, primary = (32, 12, 20) if wide else (22, 12, 0) if width >= 60 else (max(8, width - 20), 0, 0)
    tone = "warning" if line.overdue else ""
    marks = width - name - seen - primary - (3 if primary else 2)
    parts: list[Content | str] = [
        name_cells(called(line), line.risk, name),
        " ",
        styled(fit(f"◷ {last_contact(line)}" if line.overdue else last_contact(line), seen), STYLES[tone]),
        " ",
    ]
    if primary:
        parts += [styled(fit(line.primary or "no primary", primary), "$text-muted"), " "]
    # The days without contact have a column of their own, and the risk stands beside the name, where no alert
    # can push it off the line.
    said = RISK.get(line.risk)
    shown = [mark for mark in client_marks(line) if "no contact" not in mark[0] and mark != said]
    return join(*parts, marks_in(shown, marks))


def client_rows(found: Sequence[ClientLine]) -> list[Row]:
    """Return a row for each client."""
    return [Row(line.client, partial(draw_client, line)) for line in found]
