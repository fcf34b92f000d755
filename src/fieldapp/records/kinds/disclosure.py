"""A disclosure: what was told to whom outside of the team, and on what basis (clinical.md 2.22).

The list of them is the accounting that a client may ask for (45 CFR 164.528, 42 CFR 2.25).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..canonical import Json
from ..fold import View
from ..kind import Fields, IndexRow, Kind, Problem, Signing
from ..types import Choices, Code, Id, Instant, Line, Prose, Yes

BASES: Choices = {
    "client_present_agreed": "Client present and agreed",
    "roi": "Release on file",
    "listen_only": "Listened only",
    "tpo": "Treatment, payment, operations",
    "emergency": "Emergency",
    "mandated_report": "Mandated report",
    "court_order": "Court order",
}
"""On what basis somebody outside of the team hears of a client (clinical.md 2.3)."""
METHODS: Choices = {
    "talk": "In a talk",
    "phone": "By phone",
    "paper": "On paper",
    "fax": "By fax",
    "file": "As a file",
    "other": "Other",
}


class Disclosure(Fields):
    """One disclosure."""

    to: Line | None = None
    organisation: Line | None = None
    related: Id | None = None
    what: Prose | None = None
    why: Line | None = None
    basis: Code | None = None
    consent: Id | None = None
    notice_attached: Yes | None = None
    """Notice on redisclosure and the consent or its scope went with it (42 CFR 2.32)."""
    method: Code | None = None
    at: Instant | None = None
    source: Id | None = None
    """The contact or the print that it belongs to."""
    withdrawn: Yes | None = None
    """The contact was corrected: it did not take place."""


def check(doc: Mapping[str, Json], _: Signing) -> Sequence[Problem]:
    """Return what stands against keeping a disclosure."""
    found = []
    for name, sentence in (
        ("to", "Name who heard it."),
        ("what", "Say what was told."),
        ("basis", "Choose on what basis."),
        ("at", "Give the time."),
    ):
        if not str(doc.get(name) or "").strip():
            found.append(Problem(name, sentence, stops=True))
    if doc.get("basis") == "listen_only":
        found.append(Problem("basis", "Who only listened told nothing: there is nothing to log.", stops=True))
    return found


def _index(view: View) -> IndexRow:
    return IndexRow(
        view.first_ms,
        str(view.get("to") or ""),
        state="withdrawn" if view.get("withdrawn") else str(view.get("basis") or ""),
    )


KIND = Kind(
    name="disclosure",
    label="Disclosure",
    cls="working",
    model=Disclosure,
    audience=("team",),
    labels={
        "to": "To",
        "organisation": "Organisation",
        "what": "What was told",
        "why": "What for",
        "basis": "Basis",
        "notice_attached": "Part 2 notice attached",
        "method": "How",
        "at": "When",
        "withdrawn": "Did not take place",
    },
    sign_checks=check,
    index=_index,
)
