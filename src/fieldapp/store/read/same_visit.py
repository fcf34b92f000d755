"""Contacts that may be one visit logged twice, until somebody marks one as an error or says that both took place."""

from __future__ import annotations

from collections.abc import Iterator

import orjson

from fieldapp.clinical.same_visit import LONGEST_MS, Logged, apart, may_be_one
from fieldapp.records.fold import View

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
    near = (
        "JOIN view b ON b.client = a.client AND b.kind = 'contact' AND b.in_error = 0"
        " AND b.when_ms BETWEEN a.when_ms - ? AND a.when_ms + ?"
        " WHERE a.kind = 'contact' AND a.in_error = 0 AND a.when_ms >= ?"
    )
    since = (LONGEST_MS, LONGEST_MS, asking.now_ms - SHOWN_D * _DAY_MS)
    # One person's pairs begin at that person's contacts: a team has fifty times as many.
    rows = (
        asking.rx.all(
            f"SELECT a.data, b.data FROM view a {near} AND a.owner = ? AND b.record != a.record"  # noqa: S608
            " AND (b.owner != a.owner OR b.record > a.record) ORDER BY a.when_ms, a.record, b.record",
            *since, staff,
        ) if staff else asking.rx.all(
            f"SELECT a.data, b.data FROM view a {near} AND b.record > a.record"  # noqa: S608
            " ORDER BY a.when_ms, a.record, b.record",
            *since,
        )
    )  # fmt: skip
    for data in rows:
        one, other = sorted((View.from_data(orjson.loads(d)) for d in data), key=lambda v: (v.first_ms, v.id))
        first, second = logged_of(one), logged_of(other)
        if first is None or second is None or (staff and staff not in (first.staff, second.staff)):
            continue
        if may_be_one(first, second) and not _is_answered(asking.rx, one, other):
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
