"""One part of an agency's content pack: templates, code tables, instruments under its own licence."""

from __future__ import annotations

from typing import Annotated

from pydantic import StringConstraints

from ..kind import Fields, IndexRow, Kind
from ..types import Code, Count, Hash, Line, Yes


class PackPart(Fields):
    """A part of a pack; the pack is complete when all parts of its version are here."""

    pack: Code | None = None
    version: Code | None = None
    part: Count | None = None
    of: Count | None = None
    sha256: Hash | None = None
    """Of the whole pack, so that a mix of versions is noticed."""
    content: Annotated[str, StringConstraints(max_length=48_000)] | None = None
    licence: Line | None = None
    withdrawn: Yes | None = None


KIND = Kind(
    name="pack_part",
    label="Content pack",
    cls="working",
    model=PackPart,
    audience=("org",),
    about_client=False,
    sticky=frozenset({"withdrawn"}),
    labels={"pack": "Pack", "version": "Version", "part": "Part", "of": "Parts", "licence": "Licence"},
    index=lambda view: IndexRow(view.first_ms, view.get("pack") or ""),
)
