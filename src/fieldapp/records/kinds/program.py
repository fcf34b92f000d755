"""A care program; its archetype decides which defaults screens and metrics use (clinical.md D1)."""

from __future__ import annotations

from ..group_tables import GroupPlan
from ..kind import Fields, IndexRow, Kind
from ..note_tables import Prompt, Snippet
from ..types import Choices, Code, Count, Id, Line, Yes

ARCHETYPES: Choices = {"community": "Community (contact-driven)", "structured": "Structured (group-driven)"}


class CountyLines(Fields):
    """Whom to call in one county; what it does not say is the program's number."""

    county: Line
    crisis_line: Line | None = None
    aps_line: Line | None = None
    """Where the abuse or neglect of a vulnerable adult is reported (clinical.md 4.8)."""
    cps_line: Line | None = None
    """The same of a child."""


class Program(Fields):
    """A care program."""

    code: Code | None = None
    """Short name used in import files, such as `community-iop`."""
    name: Line | None = None
    archetype: Code | None = None
    tz: Line | None = None
    phone: Line | None = None
    """Answered day and night."""
    local_crisis_line: Line | None = None
    aps_line: Line | None = None
    cps_line: Line | None = None
    counties: list[CountyLines] | None = None
    """Where a county has numbers of its own (programs.md 16)."""
    intake_team: Id | None = None
    show_agency_on_prints: Yes | None = None
    settings: dict[Code, Count] | None = None
    """Values that differ from `clinical.defaults`, by name (clinical.md 1.5)."""
    note_formats: dict[Code, Code] | None = None
    """The format of a new note by type of contact; `other` for the rest (clinical.md 2.11)."""
    note_prompts: dict[Code, list[Prompt]] | None = None
    """Formats whose sections the agency words in its own way."""
    note_snippets: list[Snippet] | None = None
    """Text that everybody of the program may put into a note."""
    groups: list[GroupPlan] | None = None
    """The groups that are held again and again, with their curriculum (clinical.md 2.13)."""


KIND = Kind(
    name="program",
    label="Program",
    cls="working",
    model=Program,
    audience=("org",),
    about_client=False,
    labels={
        "code": "Short name",
        "name": "Name",
        "archetype": "Archetype",
        "phone": "Phone, day and night",
        "local_crisis_line": "Local crisis line",
        "aps_line": "Adult protective services",
        "cps_line": "Child protective services",
        "counties": "Numbers by county",
    },
    index=lambda view: IndexRow(view.first_ms, view.get("name") or "", state=view.get("archetype") or ""),
)
