"""Whether the work has arrived: laptops that were not heard of, entries on them (clinical.md 5.20)."""

from __future__ import annotations

from fractions import Fraction

from fieldapp.records.defaults import setting

from .model import Behind, Figure, Metric
from .rows import Counted, Laptop

HOUR_MS = 3_600_000


def sync_health(data: Counted) -> Metric:
    """Count laptops that the server has not heard of for a day, and what waits on them (5.20)."""
    limit = setting(data.settings, "laptop_silent_h")
    silent = [one for one in data.laptops if _silent(one, data.as_of_ms, limit)]
    pending = sum(one.pending for one in data.laptops)
    oldest = min((one.oldest_ms for one in data.laptops if one.oldest_ms is not None), default=None)
    missing = sum(one.missing for one in data.laptops)
    rows = [
        Behind(
            staff=one.staff, at_ms=one.last_seen_ms or 0, words=_words(one), flag="error" if one.missing else "warning" if one in silent else "",
            number=Fraction(one.pending),
        )
        for one in sorted(data.laptops, key=lambda one: (not one.missing, one not in silent, one.last_seen_ms or 0, one.device))
    ]  # fmt: skip
    return Metric(
        key="sync_health", number=20, title="Laptops and sending", as_of_ms=data.as_of_ms,
        definition=f"Laptops of the team that the server has not heard of for {limit} h; entries that wait on them as they last reported, "
        "the age of the oldest, numbers that are missing, and entries that the server keeps for a supervisor's decision. As the server last told.",
        figures=(
            Figure("Not heard of", Fraction(len(silent)), "", len(data.laptops), "laptops", "warning" if silent else ""),
            Figure("Entries waiting", Fraction(pending), "", len(data.laptops), "laptops", "warning" if pending else ""),
            Figure("Oldest entry", Fraction(max(0, data.as_of_ms - oldest), HOUR_MS) if oldest is not None else None, "h"),
            Figure("Missing numbers", Fraction(missing), "", len(data.laptops), "laptops", "error" if missing else ""),
            Figure("Held back for a decision", Fraction(data.held_back), "", 0, "", "error" if data.held_back else ""),
        ),
        behind=tuple(rows), source=data.source if data.knows_laptops else "Only supervisors are told of laptops.",
    )  # fmt: skip


def _silent(one: Laptop, as_of_ms: int, limit: int) -> bool:
    return one.last_seen_ms is None or as_of_ms - one.last_seen_ms > limit * HOUR_MS


def _words(one: Laptop) -> str:
    said = [
        "never heard of" if one.last_seen_ms is None else "last heard of",
        f"{one.pending} waiting" if one.pending else "",
    ]
    return ", ".join(part for part in (*said, f"{one.missing} missing" if one.missing else "") if part)
