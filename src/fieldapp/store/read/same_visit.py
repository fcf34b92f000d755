"""Contacts that may be one visit logged twice, until somebody marks one as an error or says that both took place."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import orjson

from fieldapp.clinical.same_visit import LONGEST_MS, Logged, apart, may_be_one
from fieldapp.records.fold import View

from ..connection import Row
from ..transaction import Rx
from . import lenient
from .lines import Asking

SHOWN_D = 90
"""How far back it is looked; older contacts leave the laptop of most people."""
_DAY_MS = 86_400_000
_SKEW_MS = 5 * 60_000
"""Two laptops' clocks may differ by so much unnoticed."""
_ASKED = "start"
"""Where a form asks about a contact at the same time: a reason given there has answered it."""


def logged_of(view: View) -> Logged | None:
    """Return what the question needs of a contact; None while it has no times."""
    start, stop = lenient.moment(view.get("start")), lenient.moment(view.get("stop"))
    if start is None or stop is None or not view.steps:
        return None
    return Logged(view.steps[0].author, start, stop, view.get("modality") or "")


def pairs(asking: Asking, staff: str = "") -> Iterator[tuple[View, View]]:
    """Yield contacts that may be one, each pair once, the one that was entered first at the front.

    Args:
        staff: only pairs of which this person wrote one.
    """
    for data in _near_of(asking, staff) if staff else _near(asking):
        one, other = sorted((View.from_data(orjson.loads(d)) for d in data), key=lambda v: (v.first_ms, v.id))
        first, second = logged_of(one), logged_of(other)
        if first is None or second is None or (staff and staff not in (first.staff, second.staff)):
            continue
        if may_be_one(first, second) and not _is_answered(asking.rx, one, other):
            yield one, other


def _near_of(asking: Asking, staff: str) -> Sequence[Row]:
    """Return the data of two contacts of a client that began within hours of each other, one of them this person's."""
    return asking.rx.all(
        "SELECT a.data, b.data FROM view a JOIN view b ON b.client = a.client AND b.kind = 'contact'"
        " AND b.in_error = 0 AND b.when_ms BETWEEN a.when_ms - ? AND a.when_ms + ?"
        " WHERE a.kind = 'contact' AND a.in_error = 0 AND a.when_ms >= ? AND a.owner = ? AND b.record != a.record"
        " AND (b.owner != a.owner OR b.record > a.record) ORDER BY a.when_ms, a.record, b.record",
        LONGEST_MS, LONGEST_MS, asking.now_ms - SHOWN_D * _DAY_MS, staff,
    )  # fmt: skip


def _near(asking: Asking) -> Iterator[Row]:
    """Yield the same of everybody's contacts, by an index alone: of a year's contacts few are looked at."""
    since = asking.now_ms - SHOWN_D * _DAY_MS
    rows = sorted(
        asking.rx.all(
            "SELECT client, when_ms, record FROM view INDEXED BY view_contact"
            " WHERE kind = 'contact' AND in_error = 0 AND when_ms >= ? AND client IS NOT NULL",
            since - LONGEST_MS,
        )
    )
    found: list[tuple[int, str, str]] = []
    for place, (client, when_ms, record) in enumerate(rows):
        later = place + 1
        while later < len(rows) and rows[later][0] == client and rows[later][1] - when_ms <= LONGEST_MS:
            if rows[later][1] >= since:
                found.append((when_ms, record, rows[later][2]))
            later += 1
    for _, *pair in sorted(found):
        one, other = (asking.rx.value("SELECT data FROM view WHERE record = ?", record) for record in pair)
        yield one, other


def _is_answered(rx: Rx, one: View, other: View) -> bool:
    """Tell whether one author was asked when they wrote, or somebody said later that both took place."""
    if _was_asked(one, other) or _was_asked(other, one):
        return True
    lifted = {note.hash for view in (one, other) for note in view.notes if note.lifted}
    for here, there in ((one, other), (other, one)):
        for entry in rx.entries(here.id):
            if entry.envelope.body.get("category") == apart(there.id) and entry.hash not in lifted:
                return True
    return False


def _was_asked(view: View, about: View) -> bool:
    """Tell whether a form asked about a contact at the same time when there was the other one already."""
    return any(
        field == _ASKED and step.at_ms + _SKEW_MS >= about.first_ms
        for step in view.steps
        for field, _ in step.overrides
    )
