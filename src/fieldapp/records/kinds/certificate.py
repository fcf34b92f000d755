"""A certificate: the authority says whose key a laptop's key is; and its revocation (sync.md 2)."""

from __future__ import annotations

from ..fold import View
from ..kind import Fields, IndexRow, Kind
from ..types import Hash, Id, Instant, Line, Yes


class Certificate(Fields):
    """One person's key on one laptop; the record's id is the device id."""

    staff: Id | None = None
    public: Hash | None = None
    """Ed25519 public key, hex."""
    label: Line | None = None
    issued_at: Instant | None = None
    drained: Yes | None = None
    """The person left or the team closed: may still push, pulls nothing."""
    revoked: Yes | None = None
    revoked_at: Instant | None = None
    last_counters: dict[str, int] | None = None
    """At revocation: series to last accepted counter; this alone decides what stays valid."""


def _index(view: View) -> IndexRow:
    state = "revoked" if view.get("revoked") else "drained" if view.get("drained") else "admitted"
    return IndexRow(view.first_ms, view.get("label") or "", state=state, owner=view.get("staff") or "")


KIND = Kind(
    name="certificate",
    label="Laptop certificate",
    cls="working",
    model=Certificate,
    audience=("org",),
    about_client=False,
    sticky=frozenset({"revoked", "drained"}),
    labels={"staff": "Staff member", "public": "Key", "label": "Laptop", "revoked": "Revoked"},
    index=_index,
)
