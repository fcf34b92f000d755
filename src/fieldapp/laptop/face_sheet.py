"""What is done on the face sheet without a form: a consent is taken back, an alert still holds or is over."""

from __future__ import annotations

from fieldapp.clinical.due import add_days
from fieldapp.crypto.keys import Identity
from fieldapp.records.canonical import Json
from fieldapp.records.defaults import setting
from fieldapp.records.envelope import instant
from fieldapp.records.fold import View
from fieldapp.records.ids import uuid7
from fieldapp.records.kinds.consent import REVOKED_HOW
from fieldapp.records.text import clean

from .failures import NotAllowed, not_ready
from .opened import Writing
from .pen import Pen


def revoke(work: Writing, identity: Identity, record: str, how: str, remark: str = "") -> str:
    """Write that the client took a consent back today; it holds at once and for good (clinical.md 2.3)."""
    view = _standing(work, "consent", record, "This consent is no longer here.")
    if view.get("revoked"):
        raise NotAllowed("This consent is revoked already.")
    if how not in REVOKED_HOW:
        raise not_ready("revoked_how", "Say how the client took it back.")
    body: dict[str, Json] = {"set": {"revoked": True, "revoked_on": work.day, "revoked_how": how}}
    if clean(remark).strip():
        body["reason"] = clean(remark).strip()
    return _write(work, identity, view, body)


def confirm_alert(work: Writing, identity: Identity, record: str) -> str:
    """Write that an alert still holds, and by when it is asked about again."""
    view = _standing(work, "alert", record, "This alert is no longer here.")
    days = setting(work.known.settings_of(view.client), "alert_expiry_d")
    seen = {uuid7(work.device_ms): {"on": instant(work.now_ms), "by": work.me.name}}
    fields: dict[str, Json] = {"review_by": add_days(work.day, days)}
    if not view.derived.get("active", True):
        fields |= {"cleared": None, "cleared_reason": None}
    return _write(work, identity, view, {"set": fields, "items": {"confirmations": seen}})


def clear_alert(work: Writing, identity: Identity, record: str, reason: str) -> str:
    """Write that an alert is over, and why."""
    view = _standing(work, "alert", record, "This alert is no longer here.")
    words = clean(reason).strip()
    if not words:
        raise not_ready("cleared_reason", "Say in a few words why it is over.")
    return _write(work, identity, view, {"set": {"cleared": True, "cleared_reason": words}})


def _standing(work: Writing, kind: str, record: str, gone: str) -> View:
    view = work.rx.view(record)
    if view is None or view.kind != kind or view.in_error:
        raise NotAllowed(gone)
    return view


def _write(work: Writing, identity: Identity, view: View, body: dict[str, Json]) -> str:
    return Pen(work, identity).write(view.kind, view.id, view.client, "save", view.heads, body).hash
