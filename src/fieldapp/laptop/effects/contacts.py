"""What a logged contact brings about."""

from __future__ import annotations

from fieldapp.records.envelope import Entry

from ..pen import Pen
from .values import Values


def of_contact(pen: Pen, entry: Entry, base: Values, values: Values) -> list[Entry]:
    """Mark the planned visit that the contact was as done."""
    visit = values.get("planned_visit")
    if not visit or visit == base.get("planned_visit"):
        return []
    view = pen.work.rx.view(visit)
    if view is None or view.kind != "planned_visit" or view.get("done"):
        return []
    body = {"set": {"done": True, "contact": entry.envelope.id}}
    return [pen.write("planned_visit", visit, view.client, "save", view.heads, body)]
