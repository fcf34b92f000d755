"""Risk, alerts and marks of a client: always a glyph and a word, never a colour alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.content import Content

from .text import clip, one_line, styled

if TYPE_CHECKING:
    from ..store.models import AlertLine, ClientLine

RISK = {
    "imminent": ("▲▲ IMMINENT RISK", "stop"),
    "high": ("▲ high risk", "error"),
    "moderate": ("△ moderate risk", "warning"),
    "screen_needed": ("? screen needed", "warning"),
    "low": ("· low risk", "note"),
}
STATUS = {"referred": "referred", "intake": "intake", "waitlist": "waitlist", "on_hold": "on hold",
          "discharged": "discharged"}  # fmt: skip
STYLES = {
    "stop": "bold $stop-foreground on $stop-background",
    "error": "bold $text-error",
    "warning": "$text-warning",
    "done": "$text-success",
    "note": "$text-muted",
    "": "",
}
SEVERITY = {"stop": ("■ STOP", "stop"), "caution": ("! ", "warning"), "info": ("i ", "note")}

Mark = tuple[str, str]
"""(words with glyph, key of `STYLES`)."""


def alert_mark(alert: AlertLine) -> Mark:
    """Return one alert in words: `■ STOP Do not enter`, `! Loose dog`, `i Bedbugs`."""
    glyph, tone = SEVERITY.get(alert.severity, SEVERITY["caution"])
    return f"{glyph.rstrip()} {one_line(alert.label or alert.code)}", tone


def alert_marks(alerts: Sequence[AlertLine]) -> list[Mark]:
    """Return all alerts, stop first."""
    order = {"stop": 0, "caution": 1, "info": 2}
    return [alert_mark(a) for a in sorted(alerts, key=lambda a: order.get(a.severity, 1))]


def client_marks(line: ClientLine) -> list[Mark]:
    """Return everything that marks a client in a list, most urgent first."""
    marks: list[Mark] = []
    alerts = alert_marks(line.alerts)
    marks += [mark for mark in alerts if mark[1] == "stop"]
    if line.risk in RISK and line.risk != "low":
        marks.append(RISK[line.risk])
    if line.overdue:
        marks.append((f"◷ {line.no_contact_days} days no contact", "warning"))
    if line.plan == "two":
        marks.append(("≠ two plans", "error"))
    elif line.plan == "overdue":
        marks.append(("◷ plan review", "warning"))
    elif line.plan == "none" and line.risk in ("high", "imminent", "moderate"):
        marks.append(("∅ no plan", "error"))
    if line.conflicts:
        marks.append((f"≠ {line.conflicts} to settle", "error"))
    marks += [mark for mark in alerts if mark[1] == "warning"]
    if line.interpreter:
        marks.append((f"⇄ interpreter {one_line(line.language)}".rstrip(), "note"))
    if line.status in STATUS:
        marks.append((f"· {STATUS[line.status]}", "note"))
    marks += [mark for mark in alerts if mark[1] == "note"]
    return marks


def marks_in(marks: Sequence[Mark], cells: int) -> Content:
    """Return as many marks as fit, and how many more there are."""
    parts: list[Content] = []
    left = cells
    for number, (words, tone) in enumerate(marks):
        more = f" +{len(marks) - number}"
        room = left - (len(more) if number < len(marks) - 1 else 0)
        if number and len(words) > room:
            parts.append(styled(more.strip(), STYLES["note"]))
            break
        words = clip(words, room)
        parts.append(styled(words, STYLES[tone]))
        left -= len(words) + 2
    return Content("  ").join(parts)
