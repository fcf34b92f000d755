"""Where a client lives and lived, in words, and what a new place ends. Pure (clinical.md 2.1; programs.md 29)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fieldapp.records.kinds.client import ADDRESS_KINDS, ENDED_HOW

Row = Mapping[str, Any]


def place_name(row: Row) -> str:
    """Return what a place is called: street and city, else its kind; `(no address)` where nothing is known of it."""
    named = ", ".join(str(row[name]) for name in ("street", "city") if row.get(name))
    return named or ADDRESS_KINDS.get(str(row.get("kind") or ""), "") or "(no address)"


def days_words(row: Row) -> str:
    """Return from when until when: `since 2026-08-03`, `2026-01-02 to 2026-08-03`, `until 2026-08-03`."""
    since, until = str(row.get("since") or ""), str(row.get("until") or "")
    if since and until:
        return f"{since} to {until}"
    return f"since {since}" if since else f"until {until}" if until else ""


def place_words(row: Row) -> str:
    """Return the rest of what is known of a place, in one line."""
    kind = str(row.get("kind") or "")
    named = bool(row.get("street") or row.get("city"))
    county = str(row.get("county") or "")
    said = (
        days_words(row),
        ADDRESS_KINDS.get(kind, kind) if named else "",
        f"{county} County" if county else "",
        str(row.get("notes") or ""),
        str(row.get("remark") or ""),
    )
    return " · ".join(part for part in said if part)


def ended_words(row: Row) -> str:
    """Return how living there came to an end; "" for where they live now."""
    code = str(row.get("ended") or "")
    return (ENDED_HOW.get(code, code) or "no longer") if row.get("until") or code else ""


def moved(rows: Mapping[str, Row], new: str) -> dict[str, dict[str, Any]]:
    """Return all places with those that a new one ends: whoever lives somewhere else now left where they were that day.

    Args:
        rows: places by item, the new one among them; only places that nobody gave a last day are ended.
        new: item of the new place; one without a first day, or that is over itself, ends nothing.
    """
    found = {item: dict(row) for item, row in rows.items()}
    place = found.get(new) or {}
    since = place.get("since")
    if since and not place.get("until"):
        for item, row in found.items():
            if item != new and not row.get("until") and str(row.get("since") or "") <= str(since):
                row["until"] = since
    return found
