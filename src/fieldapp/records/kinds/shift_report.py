"""A shift report: what whoever answered at night hands to the morning, and who has read it (clinical.md 2.19)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..canonical import Json
from ..envelope import instant_ms
from ..fold import View
from ..kind import Fields, IndexRow, Item, Kind, Problem, Signing
from ..types import Choices, Code, Id, Instant, Line, Prose

WHATS: Choices = {
    "crisis": "Crisis",
    "watch": "Watch list",
    "welfare": "Welfare check",
    "hospital": "Hospital or jail",
    "alert": "Alert",
    "task": "To do",
    "other": "Other",
}
"""In the order in which they are read."""


class ReportLine(Item):
    """What there is to say of one client."""

    client: Id | None = None
    what: Code | None = None
    words: Prose | None = None
    source: Id | None = None
    """The record that it is about."""


class Receipt(Item):
    """Somebody has read it; by their id."""

    at: Instant | None = None
    by: Line | None = None


class ShiftReport(Fields):
    """One hand-over."""

    program: Id | None = None
    since: Instant | None = None
    until: Instant | None = None
    shift: Code | None = None
    """The shift of the on-call roster that it ends."""
    to: Id | None = None
    """Who takes over."""
    remark: Prose | None = None
    lines: dict[str, ReportLine] = {}
    receipts: dict[str, Receipt] = {}


AHEAD_MS = 12 * 3_600_000
"""How long before its shift ends somebody may hand over."""


def check(doc: Mapping[str, Json], signing: Signing) -> Sequence[Problem]:
    """Return what stands against handing over: it covers a time, and not one to come, which would hide the next report."""
    since, until = doc.get("since"), doc.get("until")
    if not since:
        return [Problem("since", "Say from when.", stops=True)]
    if not until or until <= since:
        return [Problem("until", "Say until when; that is after its beginning.", stops=True)]
    if instant_ms(str(until)) > signing.at_ms + AHEAD_MS:
        return [Problem("until", "This ends more than 12 hours from now: check the day.", stops=True)]
    return []


def _index(view: View) -> IndexRow:
    until = view.get("until")
    author = view.steps[0].author if view.steps else ""
    return IndexRow(instant_ms(until) if until else view.first_ms, "Shift report", owner=author)


KIND = Kind(
    name="shift_report",
    label="Shift report",
    cls="working",
    model=ShiftReport,
    audience=("oncall",),
    about_client=False,
    placed_by="program",
    labels={
        "since": "From", "until": "Until", "to": "Handed to", "remark": "For everybody", "lines": "Clients",
        "receipts": "Read by",
    },
    sign_checks=check,
    index=_index,
)  # fmt: skip
