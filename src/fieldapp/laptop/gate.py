"""Whose charts open how: one's teams freely, the program's while on call, all others after a reason."""

from __future__ import annotations

from typing import Literal

from fieldapp.crypto.keys import Identity
from fieldapp.records.envelope import instant
from fieldapp.records.fold import View
from fieldapp.records.ids import uuid7
from fieldapp.records.kinds.break_glass import REASONS
from fieldapp.records.text import clean
from fieldapp.store.projection import client_of
from fieldapp.store.read import lenient
from fieldapp.store.read.lines import Asking, is_ours
from fieldapp.store.read.today import is_on_call

from .failures import GateClosed, not_ready
from .opened import Writing
from .pen import Pen

Way = Literal["team", "on_call", "break_glass", "own_work", "cosign"]
GLASS_MS = 4 * 3_600_000


def way_in(asking: Asking, client: str) -> Way | None:
    """Return by which right a chart opens for this person now; None when a reason must come first."""
    facts = asking.known.clients.get(client)
    if facts is None or is_ours(asking, facts):
        # Of a client whose record is not here, nothing but one's own work can be here.
        return "team"
    if is_on_call(asking.rx, asking.me, facts.program, asking.now_ms):
        return "on_call"
    return "break_glass" if _glass(asking, client) else None


def _glass(asking: Asking, client: str) -> bool:
    for view in asking.rx.views("break_glass", client):
        until = lenient.moment(view.get("until"))
        mine = bool(view.steps) and view.steps[0].author == asking.me.staff and not view.in_error
        # Four hours and no more, whatever the entry itself claims.
        if mine and until and view.first_ms <= asking.now_ms < min(until, view.first_ms + GLASS_MS):
            return True
    return False


def open_client(asking: Asking, client: str) -> Way:
    """Return the way in; raises GateClosed."""
    way = way_in(asking, client)
    if way is None:
        raise GateClosed(client)
    return way


def open_record(asking: Asking, view: View) -> Way:
    """Return the way into one record: as its chart, one's own work, or a plan that one may co-sign."""
    client = client_of(view)
    if client is None:
        return "team"
    way = way_in(asking, client)
    if way is not None:
        return way
    if any(step.author == asking.me.staff for step in view.steps):
        return "own_work"
    waiting = any(step.status == "pending" and step.cosign_required == "mhp" for step in view.leaves)
    if asking.me.is_mhp and waiting:
        return "cosign"
    raise GateClosed(client)


def break_glass(work: Writing, identity: Identity, client: str, code: str, reason: str) -> str:
    """Write the reason before anything is shown; good for four hours, renewable, reviewed."""
    words = clean(reason).strip()
    if code not in REASONS:
        raise not_ready("reason_code", "Choose the reason.")
    if code == "other" and not words:
        raise not_ready("reason", "Say in a few words why you open this chart.")
    until = instant(work.now_ms + GLASS_MS)
    body = {"set": {"reason_code": code, "reason": words or REASONS[code], "until": until}}
    record = uuid7(work.device_ms)
    return Pen(work, identity).write("break_glass", record, client, "save", [], body).hash
