"""Visit check-ins: going in, more time, and being back (clinical.md 2.20)."""

from __future__ import annotations

from fieldapp.clinical.checkin import LONGEST_MIN, SHORTEST_MIN
from fieldapp.crypto.keys import Identity
from fieldapp.records.canonical import Json
from fieldapp.records.envelope import instant
from fieldapp.records.fold import View
from fieldapp.records.ids import uuid7
from fieldapp.records.text import clean
from fieldapp.store.read import checkins

from .failures import NotAllowed, not_ready
from .opened import Writing
from .pen import Pen

_KIND = "visit_checkin"
_MINUTE_MS = 60_000


def start(
    work: Writing,
    identity: Identity,
    client: str,
    minutes: int,
    place: str,
    code_word: str = "",
    visit: str | None = None,
) -> str:
    """Write that this person goes in and by when they are out; raises NotAllowed while they are out already."""
    if checkins.mine(work) is not None:
        raise NotAllowed("You are checked in somewhere already: say first that you are safe there.")
    _length(minutes)
    where = _line(place)
    if not where:
        raise not_ready("place", "Say where you go, so that somebody can look for you there.")
    body: dict[str, Json] = {
        "staff": work.me.staff,
        "started": instant(work.now_ms),
        "until": instant(work.now_ms + minutes * _MINUTE_MS),
        "place": where,
    }
    if _line(code_word):
        body["code_word"] = _line(code_word)
    if visit:
        body["visit"] = visit
    return Pen(work, identity).write(_KIND, uuid7(work.device_ms), client, "save", [], {"set": body}).hash


def prolong(work: Writing, identity: Identity, record: str, minutes: int) -> str:
    """Write that somebody stays longer, counted from now."""
    _length(minutes)
    view = _open(work, record)
    if view.get("staff") != work.me.staff:
        raise NotAllowed("Only who is there can ask for more time: call them.")
    until = instant(work.now_ms + minutes * _MINUTE_MS)
    return _write(work, identity, view, {"until": until, "extended": (view.get("extended") or 0) + 1})


def safe(work: Writing, identity: Identity, record: str, outcome: str = "") -> str:
    """Write that somebody is safe; who says it of a colleague says how they know."""
    view = _open(work, record)
    known = _line(outcome)
    if view.get("staff") != work.me.staff and not known:
        raise not_ready("outcome", "Say how you know that they are safe.")
    fields: dict[str, Json] = {"safe_at": instant(work.now_ms)}
    if known:
        fields["outcome"] = known
    return _write(work, identity, view, fields)


def _line(text: str) -> str:
    return clean(text).replace("\n", " ").strip()


def _length(minutes: int) -> None:
    if not SHORTEST_MIN <= minutes <= LONGEST_MIN:
        raise not_ready("minutes", f"Give {SHORTEST_MIN} minutes to {LONGEST_MIN // 60} hours.")


def _open(work: Writing, record: str) -> View:
    view = work.rx.view(record)
    if view is None or view.kind != _KIND or view.in_error:
        raise NotAllowed("This check-in is no longer here.")
    if view.get("safe_at"):
        raise NotAllowed("This check-in is closed already.")
    return view


def _write(work: Writing, identity: Identity, view: View, fields: dict[str, Json]) -> str:
    return Pen(work, identity).write(_KIND, view.id, view.client, "save", view.heads, {"set": fields}).hash
