"""What a signed note brings about."""

from __future__ import annotations

from fieldapp.records.envelope import Entry

from ..pen import Pen
from .risks import raise_risk
from .values import Values


def of_note(pen: Pen, entry: Entry, base: Values, values: Values) -> list[Entry]:
    """Raise the client's risk when the note says that risk is present, and says so newly."""
    said, before = values.get("risk_block") or {}, base.get("risk_block") or {}
    if said.get("answer") != "present" or said == before:
        return []
    return [raise_risk(pen, entry, said.get("level") or "", said.get("detail") or "")]
