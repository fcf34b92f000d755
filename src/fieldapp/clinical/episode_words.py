"""Elements of the assessment, lines of the intake, red flags and what was decided about them, in words. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fieldapp.records.episode_tables import CHECKED, CHECKS, ELEMENTS
from fieldapp.records.kinds.risk import RED_FLAGS, STEP_UP

Row = Mapping[str, Any]


def _joined(*parts: Any) -> str:
    return " · ".join(str(part) for part in parts if part)


def element_words(row: Row) -> str:
    """Return when an element of the assessment was done, by whom, and where it is found; "" for nothing."""
    return _joined(row.get("on"), row.get("by"), row.get("where"))


def check_words(row: Row) -> str:
    """Return what came of a line of the intake, when, who said so and under which number; "" for nothing."""
    who, ref = row.get("who"), row.get("ref")
    return _joined(
        CHECKED.get(str(row.get("answer") or ""), ""), row.get("on"), f"said by {who}" if who else "",
        f"ref {ref}" if ref else "", row.get("remark"),
    )  # fmt: skip


def extension_words(row: Row) -> str:
    """Return until when somebody stays longer, why, and who said so on which day."""
    return _joined(
        f"until {row.get('until') or '?'}", row.get("reason"), ", ".join(filter(None, (row.get("by"), row.get("on"))))
    )  # fmt: skip


def raised(row: Row) -> tuple[str, ...]:
    """Return the red flags that were answered with yes, in words."""
    return tuple(words for code, words in RED_FLAGS.items() if row.get(code) is True)


def flag_words(row: Row) -> str:
    """Return what was answered to the red flags, when, by whom, with which remark."""
    return _joined(
        row.get("on"), "; ".join(raised(row)) or "none of the three", row.get("remark"), row.get("by")
    )


def decision_words(row: Row) -> str:
    """Return what was decided about a red flag, by whom, when, and why."""
    what = STEP_UP.get(str(row.get("decision") or ""), "")
    return f"{what} ({row.get('by') or '?'}, {row.get('on') or '?'}): {row.get('why') or ''}"


def listed(name: str, rows: Mapping[str, Row]) -> list[str]:
    """Return the rows of a list of an episode in the order of its table: `Risk of harm: 2026-11-05 · D. Reyes`."""
    if name == "extensions":
        return [
            extension_words(row) for row in sorted(rows.values(), key=lambda row: str(row.get("until") or ""))
        ]
    table, say = (ELEMENTS, element_words) if name == "assessment" else (CHECKS, check_words)
    order = [*(code for code in table if code in rows), *(code for code in rows if code not in table)]
    return [f"{table.get(code, code)}: {say(rows[code])}" for code in order if say(rows[code])]
