"""The organisation: its name and the public keys that everything else is trusted through."""

from __future__ import annotations

from ..kind import Fields, IndexRow, Kind
from ..types import Hash, Line


class Organisation(Fields):
    """The agency."""

    name: Line | None = None
    authority_public: Hash | None = None
    """Ed25519 public key, hex; its SHA-256 is the organisation's id."""
    recovery_public: Hash | None = None
    """X25519 public key, hex, that recovery slots are written to."""
    recovery_kid: Line | None = None


KIND = Kind(
    name="organisation",
    label="Organisation",
    cls="working",
    model=Organisation,
    audience=("org",),
    about_client=False,
    labels={"name": "Name", "authority_public": "Authority key", "recovery_public": "Recovery key"},
    index=lambda view: IndexRow(view.first_ms, view.get("name") or ""),
)
