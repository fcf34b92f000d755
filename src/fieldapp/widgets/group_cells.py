"""The cells of a group's grid: their order, what a key means in each, and how they look. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from textual.content import Content

from ..records.group_rows import attended, has_begun
from ..records.group_tables import ATTENDANCE, HOMEWORK, PARTICIPATION, PARTLY
from ..records.kinds.note import RISK_ANSWERS
from .flags import name_cells
from .text import clip, fit, join, one_line, styled

ATTENDANCE_AT, MINUTES, PARTICIPATION_AT, RISK, DONE, GOALS, RESPONSE = (
    "attendance", "minutes", "participation", "risk", "homework_done", "goals", "response",
)  # fmt: skip
COLUMNS = (ATTENDANCE_AT, MINUTES, PARTICIPATION_AT, RISK, DONE, GOALS, RESPONSE)
HEADS = {
    ATTENDANCE_AT: "Here", MINUTES: "Min", PARTICIPATION_AT: "Part", RISK: "Risk", DONE: "Hw", GOALS: "Goals",
    RESPONSE: "Response",
}  # fmt: skip
WIDTHS = {ATTENDANCE_AT: 10, MINUTES: 4, PARTICIPATION_AT: 5, RISK: 8, DONE: 9, GOALS: 6, RESPONSE: 9}
WIDE = 100
_SHORT = {
    "present": "present", "late": "late", "left_early": "left early", "no_show": "no show", "excused": "excused",
    "none_observed": "none", "asked_denied": "denied", "done": "done", "partly": "partly", "not_done": "not done",
    "none": "none set",
}  # fmt: skip
_RISK_SHORT = {"low": "▲ low", "moderate": "▲ mod", "high": "▲ high", "imminent": "▲ NOW"}
_TABLES: Mapping[str, Sequence[str]] = {
    ATTENDANCE_AT: tuple(ATTENDANCE),
    RISK: tuple(RISK_ANSWERS),
    DONE: tuple(HOMEWORK),
}
_LEAST_NAME, _MOST_NAME = 14, 26


@dataclass(frozen=True, slots=True)
class Person:
    """What the grid knows of somebody beside their row."""

    client: str
    name: str
    risk: str
    goals: tuple[str, ...]
    week_min: int = 0
    code: str = ""
    """Service code and units, short: `H0004 ×3`."""
    why: str = ""
    """The whole code line."""


def answer(column: str, digit: int) -> str | None:
    """Return the code that a digit stands for in a column; None for none."""
    codes = _TABLES.get(column, ())
    return codes[digit - 1] if 1 <= digit <= len(codes) else None


def asked(column: str, row: Mapping[str, Any], *, homework: bool) -> bool:
    """Tell whether a cell asks for anything: who was not there has no more to say."""
    if column == ATTENDANCE_AT:
        return True
    if not attended(row):
        return False
    if column == MINUTES:
        return row.get("attendance") in PARTLY
    return homework or column != DONE


def after(column: str, row: Mapping[str, Any], *, homework: bool) -> str:
    """Return the next cell of a row that asks for something; "" when the row is through."""
    later = COLUMNS[COLUMNS.index(column) + 1 :]
    return next((name for name in later if asked(name, row, homework=homework)), "")


def cell_words(column: str, row: Mapping[str, Any], goals: Sequence[str], whole: int) -> str:
    """Return what stands in a cell; `·` where an answer is still open."""
    value = row.get(column)
    if column == ATTENDANCE_AT:
        return _SHORT.get(str(value or ""), str(value or "·"))
    if not attended(row):
        return ""
    if column == MINUTES:
        if row.get("attendance") not in PARTLY:
            return str(whole) if whole else ""
        return "·" if value is None else str(value)
    if column == RISK and value == "present":
        return _RISK_SHORT.get(str(row.get("level") or ""), "▲ level?")
    if column == GOALS:
        numbers = [str(goals.index(goal) + 1) if goal in goals else "+" for goal in value or ()]
        return ",".join(numbers) or "·"
    if column == RESPONSE:
        return f"{len(str(value).split())} words" if str(value or "").strip() else "·"
    return "·" if value is None else _SHORT.get(str(value), str(value))


def legend(
    column: str, row: Mapping[str, Any], person: Person, whole: int, *, given: bool, set_before: str
) -> str:
    """Return the keys of a cell with their meanings."""
    if column == ATTENDANCE_AT:
        return (
            " ".join(f"{n} {_SHORT[code]}" for n, code in enumerate(ATTENDANCE, 1))
            + "  ·  a add  del take off"
        )
    if column == MINUTES:
        return f"How many of the {whole} minutes: digits, enter"
    if column == PARTICIPATION_AT:
        return "Took part:  " + "  ".join(words.lower() for words in PARTICIPATION.values())
    if column == RISK:
        return "Risk:  " + "  ".join(
            f"{n} {words.lower()}" for n, words in enumerate(RISK_ANSWERS.values(), 1)
        )
    if column == DONE:
        shown = "  ".join(f"{n} {words.lower()}" for n, words in enumerate(HOMEWORK.values(), 1))
        kept = "not given today's" if row.get("homework_skipped") else "given today's"
        return (
            f"Homework:  {shown}"
            + (f"  ·  h {kept}" if given else "")
            + f"\nSet last time: {one_line(set_before)}"
        )
    if column == GOALS:
        listed = "  ".join(f"{n} {one_line(goal)}" for n, goal in enumerate(person.goals, 1))
        return f"{listed or 'No goals yet'}  ·  w write one"
    return "What this person did and said, 15 letters or more; enter: next person"


def widths(width: int, *, homework: bool) -> tuple[int, dict[str, int], int, int]:
    """Return the cells of the name, of each column, of the code and of the response's words."""
    columns = {name: cells for name, cells in WIDTHS.items() if homework or name != DONE}
    used = sum(columns.values()) + len(columns) + 2
    wide = width >= WIDE
    name = max(_LEAST_NAME, min(_MOST_NAME, width - used - (40 if wide else 0)))
    code = 12 if wide else 0
    return name, columns, code, max(0, width - used - name - code - 2) if wide else 0


def head(width: int, *, homework: bool) -> Content:
    """Return the line above the rows."""
    name, columns, code, words = widths(width, homework=homework)
    parts = [fit("  Name", name + 2), *(fit(HEADS[column], cells) for column, cells in columns.items())]
    parts += [fit("Code", code)] if code else []
    parts += [fit("", words)] if words else []
    return styled(clip_cells(" ".join(parts), width), "$text-muted")


def clip_cells(text: str, width: int) -> str:
    """Return a line that was laid out already, no longer than there is room."""
    return text[:width]


def line(
    person: Person, row: Mapping[str, Any], width: int, *, whole: int, here: str, wrong: bool, homework: bool
) -> Content:
    """Return one row; `here` is the column with the cursor, "" in another row."""
    name, columns, code, words = widths(width, homework=homework)
    mark = "✗ " if wrong else "› " if here else "✓ " if is_done(row, homework=homework) else "  "
    tone = "bold $text-error" if wrong else "bold $text-primary" if here else "$text-success"
    parts = [styled(mark, tone) + name_cells(person.name, person.risk, name)]
    for column, cells in columns.items():
        text = fit(cell_words(column, row, person.goals, whole), cells)
        style = "bold reverse" if column == here else "$text-error" if text.startswith("▲") else ""
        parts.append(styled(text, style))
    if code:
        parts.append(styled(fit(person.code, code), "$text-muted"))
    if words:
        parts.append(styled(fit(clip(str(row.get("response") or ""), words), words), "$text-muted"))
    return join(*(part for one in parts for part in (one, " ")))


def is_done(row: Mapping[str, Any], *, homework: bool) -> bool:
    """Tell whether everything that is asked of a row was answered."""
    if not has_begun(row) or not row.get("attendance"):
        return False
    wanted = [column for column in COLUMNS if asked(column, row, homework=homework)]
    open_ones = [column for column in wanted if row.get(column) in (None, "", [])]
    return not [column for column in open_ones if column != GOALS]
