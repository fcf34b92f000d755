"""Risk, alerts and marks of a client: always a glyph and a word, never a colour alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.cells import cell_len
from textual.content import Content

from ..clinical.identity import without_pronouns
from .text import clip, fit, join, one_line, styled

if TYPE_CHECKING:
    from ..store.models import AlertLine, ClientLine

RISK = {
    "imminent": ("▲▲ IMMINENT RISK", "stop"),
    "high": ("▲ high risk", "error"),
    "moderate": ("△ moderate risk", "warning"),
    "screen_needed": ("? screen needed", "warning"),
    "low": ("· low risk", "note"),
}
STATUS = {"requested": "asked for help", "referred": "referred", "assessed": "assessed", "intake": "accepted", "declined": "declined",
          "redirected": "redirected", "waitlist": "waitlist", "on_hold": "on hold",
          "discharged": "discharged"}  # fmt: skip
TREATMENT = {
    "two": ("≠ two treatment plans", "error"),
    "overdue": ("◷ treatment plan review", "warning"),
    "missing": ("∅ no treatment plan", "warning"),
}
STYLES = {
    "stop": "bold $stop-foreground on $stop-background",
    "error": "bold $text-error",
    "warning": "$text-warning",
    "done": "$text-success",
    "note": "$text-muted",
    "": "",
}
SEVERITY = {"stop": ("■ STOP", "stop"), "caution": ("! ", "warning"), "info": ("i ", "note")}

SHORT_RISK = {
    "imminent": "▲▲ IMMINENT", "high": "▲ high", "moderate": "△ mod", "screen_needed": "? screen",
}  # fmt: skip
"""Beside a name, where a line has no room for all marks."""
NAME_LEAST = 8

Mark = tuple[str, str]
"""(words with glyph, key of `STYLES`)."""


def with_risk(name: str, risk: str) -> Content:
    """Return a client's name and, from `screen needed` upwards, the risk: for heads and titles."""
    shown = styled(name, "bold")
    if not name or risk not in RISK or risk == "low":
        return shown
    words, tone = RISK[risk]
    return join(shown, "  ", styled(words, STYLES[tone]))


def titled(title: str, name: str, risk: str) -> Content:
    """Return a title and whom it is about, with the client's risk."""
    return join(styled(f"{title} · ", "bold"), with_risk(name, risk)) if name else styled(title, "bold")


def name_cells(name: str, risk: str, cells: int) -> Content:
    """Return a column that names a client: the name gives way to the risk, not the other way round."""
    words = SHORT_RISK.get(risk, "") if name else ""
    left = max(NAME_LEAST, cells - len(words) - 1) if words else cells
    if cell_len(one_line(name)) > left:
        name = without_pronouns(name)
    if not words:
        return styled(fit(name, cells), "bold")
    shown = clip(name, left)
    column = join(styled(shown, "bold"), " ", styled(words, STYLES[RISK[risk][1]]))
    return join(column, " " * max(0, cells - column.cell_length))


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
    if line.step_up:
        marks.append(("▲ step-up to decide", "error"))
    if line.overdue:
        marks.append((f"◷ {line.no_contact_days} days no contact", "warning"))
    if line.plan == "two":
        marks.append(("≠ two plans", "error"))
    elif line.plan == "now":
        marks.append(("◷ plan review now", "error"))
    elif line.plan == "overdue":
        marks.append(("◷ plan review", "warning"))
    elif line.plan == "declined" and line.risk in ("high", "imminent", "moderate"):
        marks.append(("∅ plan declined", "error"))
    elif line.plan == "none" and line.risk in ("high", "imminent", "moderate"):
        marks.append(("∅ no plan", "error"))
    if line.agreed_review:
        marks.append(("◷ contact plan", "warning"))
    if line.goals in TREATMENT:
        marks.append(TREATMENT[line.goals])
    if line.lai in ("due", "overdue"):
        marks.append((f"◷ {one_line(line.lai_words)}", "error" if line.lai == "overdue" else "warning"))
    if line.conflicts:
        marks.append((f"≠ {line.conflicts} to settle", "error"))
    marks += [mark for mark in alerts if mark[1] == "warning"]
    if line.interpreter:
        marks.append((f"⇄ interpreter {one_line(line.language)}".rstrip(), "note"))
    if line.away:
        marks.append((f"⌂ {line.away}", "warning"))
    elif line.status in STATUS:
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
