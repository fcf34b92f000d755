"""A group on one line: when, what, how far."""

from __future__ import annotations

from datetime import datetime, tzinfo
from typing import TYPE_CHECKING

from textual.content import Content

from .flags import STYLES
from .text import fit, join, styled

if TYPE_CHECKING:
    from ..store.group_models import GroupLine

_GLYPHS = {"planned": "○", "draft": "✎", "listed": "·", "signed": "✓"}
_STATUS = {
    "pending": ("◷ to co-sign", "warning"), "returned": ("↩ sent back", "error"), "error": ("✗ in error", "error"),
}  # fmt: skip


def draw_group(line: GroupLine, tz: tzinfo, width: int, *, dated: bool = False) -> Content:
    """Return one group or session; `dated` says the day too."""
    when = ""
    if line.start_ms:
        at = datetime.fromtimestamp(line.start_ms / 1000, tz)
        when = f"{at:%a} {at.day:>2} {at:%b} {at:%H:%M}" if dated else f"{at:%H:%M}"
    elif dated:
        when = line.days
    first = f"{_GLYPHS.get(line.state, ' ')} {fit(when, 17 if dated else 5)} {line.minutes or '':>3}{'m' if line.minutes else ' '} "
    words, tone = _state(line)
    end = 24 if width < 100 else 34
    room = max(12, width - len(first) - end - 1)
    title = 18 if width < 100 else 30
    named = join(
        styled(fit(line.title, min(title, room)), "bold"), " ",
        styled(fit(line.module, max(0, room - title - 1)), "$text-muted"),
    ) if room > title + 8 else styled(fit(line.title, room), "bold")  # fmt: skip
    return join(first, named, " ", styled(fit(words, end), STYLES[tone]))


def _state(line: GroupLine) -> tuple[str, str]:
    if line.state == "signed":
        status, tone = _STATUS.get(line.status, ("", "note"))
        return " ".join(filter(None, [f"{line.attended}/{line.expected} {line.who}", status])), tone
    if line.state == "draft":
        return "begun, not signed", "warning"
    return ("to be held", "note") if line.state == "planned" else ("", "note")
