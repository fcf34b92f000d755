"""How one line of a client's history looks."""

from __future__ import annotations

from datetime import datetime, tzinfo
from functools import partial
from typing import TYPE_CHECKING

from textual.content import Content

from .flags import STYLES
from .row_list import Row
from .text import clip, fit, join, one_line, styled

if TYPE_CHECKING:
    from ..store.models import TimelineRow

KIND_GLYPHS = {
    "contact": "○",
    "note": "✎",
    "safety_plan": "◆",
    "crisis_plan": "◇",
    "risk": "▲",
    "alert": "!",
    "episode": "▣",
    "crisis": "⚑",
    "task": "☐",
    "measure": "≡",
    "medication_list": "℞",
    "adherence": "℞",
    "vitals": "♥",
    "injection": "℞",
    "stay": "⌂",
    "discharge": "⚐",
}
STATUS = {
    "pending": ("waits for co-sign", "warning"),
    "returned": ("↩ came back", "error"),
    "error": ("✗ entered in error", "error"),
    "older": ("↓ older, on the server", "note"),
}
SENDING = {
    "not sent": ("↑ not sent", "warning"),
    "waiting": ("↑ waiting", "warning"),
    "supervisor": ("↑ with supervisor", "warning"),
    "needs you": ("! needs you", "error"),
}


def draw_timeline(row: TimelineRow, tz: tzinfo, year: int, width: int) -> Content:
    """Return one line: when, what, its words, marks, author."""
    when = datetime.fromtimestamp(row.when_ms / 1000, tz)
    day = f"{when:%b %d} {when:%H:%M}" if when.year == year else f"{when:%Y-%m-%d}  "
    marks: list[tuple[str, str]] = []
    if row.conflicts:
        marks.append((f"≠ {row.conflicts} to settle", "error"))
    if row.status in STATUS:
        marks.append(STATUS[row.status])
    if row.sending in SENDING:
        marks.append(SENDING[row.sending])
    if row.late:
        marks.append(("late", "warning"))
    author = 0 if width < 70 else 14
    said = Content("  ").join([styled(words, STYLES[tone]) for words, tone in marks])
    room = width - 16 - (author + 1 if author else 0) - (said.cell_length + 1 if marks else 0)
    title = clip(row.title, min(26, max(8, room)))
    text = clip(row.text, max(0, room - len(title) - 2)) if row.text else ""
    gone = "strike" if row.status == "error" else ""
    middle = join(
        styled(title, f"bold {gone}".strip()), *((Content("  "), styled(text, gone)) if text else ())
    )
    gap = " " * max(1, room - middle.cell_length + 1)
    parts: list[Content | str] = [
        styled(day, STYLES["note"]), f" {KIND_GLYPHS.get(row.kind, '·')} ", middle, gap,
    ]  # fmt: skip
    if marks:
        parts += [said, " "]
    if author:
        parts.append(styled(fit(one_line(row.author), author), STYLES["note"]))
    return join(*parts)


def timeline_rows(found: tuple[TimelineRow, ...], tz: tzinfo, year: int) -> list[Row]:
    """Return a row for each line of the history."""
    return [Row(row.record, partial(draw_timeline, row, tz, year)) for row in found]
