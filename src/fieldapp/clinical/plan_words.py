"""Lines of a safety plan in words, as staff read them: the same on screen and on paper. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..records.kinds.plan import MEANS, MEANS_ACTIONS

ACCESS = {"yes": "can reach it", "no": "cannot reach it", "unknown": "not known"}


def person_words(row: Mapping[str, Any]) -> str:
    """Return somebody to call as one line: name, relation, phone."""
    knows = {True: "knows about the plan", False: "does not know about the plan"}.get(row.get("knows"), "")  # type: ignore[arg-type]
    return ", ".join(
        str(part) for part in (row.get("name"), row.get("relation"), row.get("phone"), knows) if part
    )


def means_words(row: Mapping[str, Any]) -> str:
    """Return one danger and what was agreed as one line."""
    means = MEANS.get(str(row.get("means") or ""), str(row.get("means") or ""))
    action = MEANS_ACTIONS.get(str(row.get("action") or ""), str(row.get("action") or ""))
    access = ACCESS.get(str(row.get("access") or ""), str(row.get("access") or ""))
    who = f"by {row['who']}" if row.get("who") else ""
    parts = (row.get("text"), means, access, action, who, row.get("done_at"))
    return ", ".join(str(part) for part in parts if part)


def line_words(line: Any) -> str:
    """Return one line of a plan's step."""
    if isinstance(line, Mapping):
        return person_words(line) if "name" in line else means_words(line)
    return str(line)


def step_lines(doc: Mapping[str, Any], step: str) -> list[str]:
    """Return the lines of a plan's step, or why there are none yet."""
    written = [line_words(line) for line in doc.get(step) or []]
    reason = (doc.get("not_yet") or {}).get(step)
    return written or ([f"Not yet: {reason}"] if reason else [])
