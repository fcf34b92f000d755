"""A psychotherapy note: a professional's own analysis of a session, apart from the record (clinical.md 2.12).

It goes to its author's own feed and is read by nobody else; it is not searched, counted, reviewed or handed out.
The wall is policy, not cryptography: two-person recovery or the server's master key can open it. Medicines, times,
modality, test results, diagnosis, function, plan, symptoms, prognosis and progress belong into the progress note.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..canonical import Json
from ..defaults import setting
from ..kind import Fields, IndexRow, Kind, Problem, Signing
from ..types import Day, Prose


class PsychotherapyNote(Fields):
    """One note; no times of service, on purpose."""

    on: Day | None = None
    """The day of the session."""
    text: Prose


def check(doc: Mapping[str, Json], signing: Signing) -> Sequence[Problem]:
    """Return what stands against signing it; a program decides whether they are kept here at all."""
    if not setting(signing.settings, "psychotherapy_notes"):
        return (Problem("", "Your program does not keep psychotherapy notes in the app.", stops=True),)
    if (doc.get("text") or "").strip():
        return ()
    return (Problem("text", "Nothing was written yet.", stops=True),)


KIND = Kind(
    name="psychotherapy_note",
    label="Psychotherapy note",
    cls="single",
    model=PsychotherapyNote,
    audience=(),
    sensitivity="psychotherapy",
    labels={"on": "Session", "text": "Text"},
    sign_checks=check,
    index=lambda view: IndexRow(
        view.first_ms,
        "Psychotherapy note: only you read it",
        owner=view.steps[0].author if view.steps else "",
    ),
)
