"""The values that a new measure starts from. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..records.envelope import instant
from ..records.instruments import INSTRUMENTS
from ..records.instruments.model import Instrument
from ..records.kinds.measure import MODES, completed


def measure_route(values: Mapping[str, Any]) -> str:
    """Return the screen on which a measure is filled in."""
    known = INSTRUMENTS.get(str(values.get("instrument")))
    return "measure_number" if known is not None and known.score_only else "measure"


def first_values(known: Instrument, staff: str, now_ms: int, **more: str) -> dict[str, Any]:
    """Return a new measure of an instrument; `more` are `title`, `pack` and `asked_for_by`, where there are any."""
    values: dict[str, Any] = {
        "instrument": known.code,
        "version": known.version,
        "administered_by": staff,
        "at": instant(now_ms),
        "licence": known.licence,
    }
    if known.items:
        values |= {"language": known.language, "mode": next(iter(MODES))}
    return completed(values | {name: value for name, value in more.items() if value})
