"""Which words of an alert a supervisor has not looked at yet (clinical.md 1.3: within one business day)."""

from __future__ import annotations

from ..records.fold import Step, View
from .roles import REVIEWERS

_SAID = ("code", "severity", "detail", "cleared")


def unreviewed(view: View) -> tuple[Step, ...]:
    """Return the newest changes of what an alert says that no supervisor wrote or looked at.

    Looking at a change means having seen what it rests on. That an alert still holds says nothing new.
    """
    looked = {note.about for note in view.notes if note.meaning == "cosign" and not note.lifted}
    seen = view.seen_by(looked | {step.hash for step in view.steps if step.role in REVIEWERS})
    said = {write.hash for name in _SAID if name in view.fields for write in view.fields[name].writes}
    waiting = [step for step in view.steps if step.hash in said - seen and step.status == "saved"]
    below = {found for step in waiting for found in view.seen_by(step.prev)}
    return tuple(step for step in waiting if step.hash not in below)
