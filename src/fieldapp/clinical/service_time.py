"""How long a client was served: minutes of overlapping services count once (clinical.md 5, metrics 4 and 5). Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from fieldapp.records.envelope import instant_ms
from fieldapp.records.kinds.contact import SEEN, WITHOUT_CLIENT

from .due import day_of

Span = tuple[int, int]
"""From and until in ms since 1970."""


def union_min(spans: Iterable[Span]) -> int:
    """Return the whole minutes that at least one of the spans covers."""
    total, until = 0, -(2**62)
    for start, stop in sorted(spans):
        begin = max(start, until)
        if stop > begin:
            total += stop - begin
            until = stop
    return total // 60_000


def present_span(values: Mapping[str, Any]) -> Span | None:
    """Return when a client was there in a contact; None where they were not met, or the times cannot be read.

    Whoever came late to a group was there until its end; whoever else was there for a part, from its start.
    """
    if values.get("outcome") not in SEEN or values.get("contact_type") in WITHOUT_CLIENT:
        return None
    try:
        start, stop = instant_ms(values["start"]), instant_ms(values["stop"])
    except (KeyError, ValueError, TypeError):
        return None
    said = values.get("client_present_min")
    there = stop - start if said is None else min(int(said) * 60_000, stop - start)
    if there <= 0:
        return None
    return (stop - there, stop) if values.get("attendance") == "late" else (start, start + there)


def present_min(contacts: Iterable[Mapping[str, Any]]) -> int:
    """Return the minutes in which a client was served, whoever else served them at the same time."""
    return union_min(span for values in contacts if (span := present_span(values)) is not None)


def treatment_days(contacts: Iterable[Mapping[str, Any]], tz: str) -> int:
    """Return on how many days a client was served; a service past midnight is of the day it began."""
    spans = (present_span(values) for values in contacts)
    return len({day_of(span[0], tz) for span in spans if span is not None})
