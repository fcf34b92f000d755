"""A team of a program; every program has one called Intake for clients without a team."""

from __future__ import annotations

from ..kind import Fields, IndexRow, Kind
from ..types import Code, Id, Line, Yes


class Team(Fields):
    """A team."""

    code: Code | None = None
    name: Line | None = None
    program: Id | None = None
    intake: Yes | None = None
    closed: Yes | None = None


KIND = Kind(
    name="team",
    label="Team",
    cls="working",
    model=Team,
    audience=("org",),
    about_client=False,
    sticky=frozenset({"closed"}),
    labels={"code": "Short name", "name": "Name", "program": "Program"},
    index=lambda view: IndexRow(view.first_ms, view.get("name") or "", owner=view.get("program") or ""),
)
