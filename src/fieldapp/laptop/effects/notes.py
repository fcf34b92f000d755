"""What a signed note brings about."""

from __future__ import annotations

from fieldapp.clinical.times import HOUR_MS
from fieldapp.records.defaults import setting
from fieldapp.records.envelope import Entry

from ..pen import Pen
from . import intensity, red_flags
from .risks import raise_risk
from .tasks import follow_up
from .values import Values


def of_note(pen: Pen, entry: Entry, base: Values, values: Values) -> list[Entry]:
    """Raise the client's risk when the note says newly that risk is present, and ask for a look after a life event."""
    return [*_risk(pen, entry, base, values), *intensity.of_note(pen, entry, base, values)]


def _risk(pen: Pen, entry: Entry, base: Values, values: Values) -> list[Entry]:
    said, before = values.get("risk_block") or {}, base.get("risk_block") or {}
    if said.get("answer") != "present" or said == before:
        return []
    raised = raise_risk(pen, entry, said.get("level") or "", said.get("detail") or "")
    flags = [code for code in said.get("red_flags") or () if code not in (before.get("red_flags") or ())]
    noticed = red_flags.noticed(pen, entry.envelope.client or "", flags, said.get("detail") or "")
    return [
        raised,
        *noticed,
        *(_seen_alone(pen, entry, said.get("level") or "") if values.get("session") else ()),
    ]


def _seen_alone(pen: Pen, entry: Entry, level: str) -> list[Entry]:
    """Ask for a talk with the person alone: a group is no place to look at somebody's risk (clinical.md 2.13)."""
    high = level not in ("low", "moderate")
    hours = setting(
        pen.work.known.settings_of(entry.envelope.client), f"risk_followup_h_{'high' if high else 'moderate'}"
    )
    due_ms = pen.work.now_ms + hours * HOUR_MS
    return follow_up(pen, entry, "contact_soon", due_ms, "See them alone: risk was noted in group")
