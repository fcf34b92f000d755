"""When something is due, in few letters."""

from __future__ import annotations

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS


def due_words(due_ms: int | None, late: bool, now_ms: int) -> str:
    """Return when something is due: `2 d late`, `in 5 h`, `due now`; empty without a time."""
    if due_ms is None:
        return "late" if late else ""
    away = abs(due_ms - now_ms)
    amount = f"{away // DAY_MS} d" if away >= DAY_MS else f"{away // HOUR_MS} h"
    if late or due_ms < now_ms:
        return f"{amount} late" if not amount.startswith("0 ") else "late"
    return f"in {amount}" if not amount.startswith("0 ") else "due now"
