"""When the facts of a contact freeze (clinical.md 2.8); a form rule, never a reason to refuse an entry."""

from __future__ import annotations

from collections.abc import Mapping

from fieldapp.clinical import due
from fieldapp.clinical.retention import FLOORS
from fieldapp.records.fold import View
from fieldapp.records.kinds import crisis as crisis_kind
from fieldapp.records.kinds import note as note_kind
from fieldapp.records.kinds.contact import SEEN

from ..transaction import Rx
from . import lenient


def needs_note(view: View) -> bool:
    """Tell whether a contact waits for a note: as its author said, else whenever the client was seen."""
    said = view.get("note_required")
    return view.get("outcome") in SEEN if said is None else bool(said)


def note_of(rx: Rx, contact: str) -> tuple[str, int] | None:
    """Return the earliest note of a contact and when it was first signed; notes in error do not count."""
    row = rx.one(
        "SELECT record, at_ms FROM fact WHERE name = 'note_of' AND value = ? ORDER BY at_ms, record LIMIT 1",
        contact,
    )
    return None if row is None else (row[0], row[1])


def freezes_ms(rx: Rx, view: View, tz: str, settings: Mapping[str, int]) -> int | None:
    """Return when a contact froze or will, at the latest when notes of its time leave laptops."""
    found = note_of(rx, view.id)
    if found is not None:
        return found[1]
    ended = lenient.moment(view.get("stop") or view.get("start"))
    ended_ms = view.first_ms if ended is None else ended
    if needs_note(view):
        # A note of longer ago may be on the server only: then its contact counts as noted.
        return ended_ms + FLOORS["notes"]
    return due.attempt_freeze_ms(ended_ms, tz, settings)


def is_late(rx: Rx, view: View, tz: str, settings: Mapping[str, int]) -> bool:
    """Tell whether a note is a late entry, or a contact was changed without a reason after it froze."""
    if not view.steps:
        return False
    if view.kind == "note":
        ended = view.doc.get("service_stop") or view.doc.get("service_start")
        readable = lenient.moment(ended) is not None
        return readable and note_kind.is_late(view.doc, view.steps[0].at_ms, settings)
    if view.kind == "crisis":
        times = [view.doc.get(name) for name in ("initial_contact_at", "closed_at")]
        readable = all(not at or lenient.moment(at) is not None for at in times)
        return readable and crisis_kind.is_late(view.doc, view.steps[0].at_ms, settings)
    if view.kind != "contact" or len(view.steps) == 1:
        return False
    froze = freezes_ms(rx, view, tz, settings)
    return froze is not None and any(
        step.meaning == "save" and step.prev and step.at_ms > froze for step in view.steps
    )
