"""What a signed form brings about in other records, in the same transaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from fieldapp.records.envelope import Entry, instant
from fieldapp.records.ids import one_per, uuid7
from fieldapp.records.kinds.risk import LEVELS
from fieldapp.records.kinds.task import WHATS

from .pen import Pen

Values: TypeAlias = Mapping[str, Any]
_DETAIL_MAX = 300


def of(pen: Pen, entry: Entry, base: Values, values: Values) -> list[Entry]:
    """Return the further entries that an entry brought about, already stored."""
    effect = _EFFECTS.get(entry.envelope.kind)
    return effect(pen, entry, base, values) if effect else []


def _note(pen: Pen, entry: Entry, base: Values, values: Values) -> list[Entry]:
    """Raise the client's risk when the note says that risk is present, and says so newly."""
    said, before = values.get("risk_block") or {}, base.get("risk_block") or {}
    if said.get("answer") != "present" or said == before:
        return []
    return [raise_risk(pen, entry, said.get("level") or "", said.get("detail") or "")]


def raise_risk(pen: Pen, source: Entry, level: str, detail: str) -> Entry:
    """Write a risk signal that names the entry it comes from."""
    client = source.envelope.client or ""
    record = one_per(client, "risk")
    view = pen.work.rx.view(record)
    signal = {
        "level": level if level in LEVELS else "screen_needed",
        "source": source.hash,
        "source_kind": source.envelope.kind,
    }
    if detail.strip():
        signal["detail"] = " ".join(detail.split())[:_DETAIL_MAX]
    item = uuid7(pen.work.device_ms)
    return pen.write(
        "risk",
        record,
        client,
        "save",
        view.heads if view is not None else [],
        {"items": {"signals": {item: signal}}},
    )


def follow_up(
    pen: Pen, source: Entry, what: str, due_ms: int, title: str = "", owner: str = ""
) -> list[Entry]:
    """Write the task that an entry brings about, once for its record; nobody named means the primary worker.

    Its id comes from the record and from what is to be done, so that a correction makes no second task.
    """
    record = one_per(source.envelope.id, f"task {what}")
    if pen.work.rx.view(record) is not None:
        return []
    values = {
        "what": what, "title": title or WHATS[what], "due": instant(due_ms), "source": source.hash,
        "source_kind": source.envelope.kind, **({"owner": owner} if owner else {}),
    }  # fmt: skip
    return [pen.write("task", record, source.envelope.client, "save", [], {"set": values})]


def _contact(pen: Pen, entry: Entry, base: Values, values: Values) -> list[Entry]:
    """Mark the planned visit that the contact was as done."""
    visit = values.get("planned_visit")
    if not visit or visit == base.get("planned_visit"):
        return []
    view = pen.work.rx.view(visit)
    if view is None or view.kind != "planned_visit" or view.get("done"):
        return []
    body = {"set": {"done": True, "contact": entry.envelope.id}}
    return [pen.write("planned_visit", visit, view.client, "save", view.heads, body)]


_EFFECTS: Mapping[str, Callable[[Pen, Entry, Values, Values], list[Entry]]] = {
    "note": _note,
    "contact": _contact,
}
