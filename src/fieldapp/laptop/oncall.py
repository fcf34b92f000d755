"""What is done to the on-call roster and to shift reports without a form."""

from __future__ import annotations

from fieldapp.clinical.oncall import WEEKS_MOST, Span, weekly
from fieldapp.clinical.policy import Actor, allow
from fieldapp.crypto.keys import Identity
from fieldapp.records.canonical import Json
from fieldapp.records.envelope import instant
from fieldapp.records.fold import View
from fieldapp.records.ids import one_per, uuid7
from fieldapp.store.read import lenient

from .failures import NotAllowed, not_ready
from .opened import Writing
from .pen import Pen

_KIND = "oncall"
_GONE = "This shift is no longer in the roster."


def repeat(work: Writing, identity: Identity, item: str, weeks: int) -> str:
    """Put a shift into the roster for some weeks after it, at the same hours and with the same people."""
    if not 1 <= weeks <= WEEKS_MOST:
        raise not_ready("weeks", f"Give 1 to {WEEKS_MOST} weeks.")
    view = _roster(work)
    known = view.items("shifts").get(item)
    since = lenient.moment(known.get("since")) if known is not None else None
    until = lenient.moment(known.get("until")) if known is not None else None
    if known is None or since is None or until is None:
        raise NotAllowed(_GONE)
    who = {name: known.get(name) for name in ("primary", "backup", "supervisor", "phone") if known.get(name)}
    rows: dict[str, Json] = {
        uuid7(work.device_ms): {"since": instant(span.since_ms), "until": instant(span.until_ms), **who}
        for span in weekly(Span(since, until), weeks, work.me.tz)
    }
    return _write(work, identity, view, {"items": {"shifts": rows}})


def drop(work: Writing, identity: Identity, item: str) -> str:
    """Take a shift out of the roster; it stays in the history."""
    view = _roster(work)
    if item not in view.items("shifts"):
        raise NotAllowed(_GONE)
    return _write(work, identity, view, {"drop": {"shifts": [item]}})


def read_report(work: Writing, identity: Identity, record: str) -> str:
    """Write that this person has read a shift report."""
    view = work.rx.view(record)
    if view is None or view.kind != "shift_report" or view.in_error:
        raise NotAllowed("This report is no longer here.")
    if work.me.staff in view.items("receipts"):
        raise NotAllowed("You have said so already.")
    said = {work.me.staff: {"at": instant(work.now_ms), "by": work.me.name}}
    body: dict[str, Json] = {"items": {"receipts": said}}
    return Pen(work, identity).write(view.kind, view.id, None, "save", view.heads, body).hash


def _roster(work: Writing) -> View:
    verdict = allow(Actor(work.me.staff, frozenset(work.me.roles), work.me.is_mhp), "save", _KIND)
    if not verdict:
        raise NotAllowed(verdict.reason)
    view = work.rx.view(one_per(work.me.program, _KIND)) if work.me.program else None
    if view is None:
        raise NotAllowed(_GONE)
    return view


def _write(work: Writing, identity: Identity, view: View, body: dict[str, Json]) -> str:
    return Pen(work, identity).write(_KIND, view.id, None, "save", view.heads, body).hash
