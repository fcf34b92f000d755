"""What an import must know of the organisation and its clients, as plain values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from fieldapp.records.fold import View
from fieldapp.records.kinds import client as client_kind
from fieldapp.records.text import plain


@dataclass(frozen=True, slots=True)
class KnownProgram:
    """A program that files name by its short name."""

    id: str
    name: str
    intake_team: str
    archetype: str = "community"


@dataclass(frozen=True, slots=True)
class KnownTeam:
    """A team that files and options name by its short name."""

    id: str
    name: str
    program: str


@dataclass(frozen=True, slots=True)
class KnownStaff:
    """A staff member that files name by their short name."""

    id: str
    name: str
    teams: Mapping[str, str] = field(default_factory=dict)
    """Program to the team that they belong to there today."""


@dataclass(frozen=True, slots=True)
class Organisation:
    """Programs, teams and staff by short name."""

    programs: Mapping[str, KnownProgram]
    teams: Mapping[str, KnownTeam]
    staff: Mapping[str, KnownStaff]

    def team_name(self, team: str) -> str:
        """Return the name of a team, or its id if it is not known."""
        return next((known.name for known in self.teams.values() if known.id == team), team)


@dataclass(frozen=True, slots=True)
class KnownClient:
    """A client who is here already, with the records that a roster line may touch."""

    view: View
    records: Mapping[str, tuple[View, ...]] = field(default_factory=dict)
    """Kind to records that are not in error."""

    @property
    def name(self) -> str:
        """The name that screens show."""
        return client_kind.shown_name(self.view)

    @property
    def mrn(self) -> str:
        """The medical record number, or empty."""
        return self.view.get("mrn") or ""

    def one(self, kind: str) -> View | None:
        """Return the only record of a one-per-client kind."""
        return next(iter(self.records.get(kind, ())), None)


def organisation(views: Iterable[View], day: str) -> Organisation:
    """Return programs, teams and staff from the views of the `org` feed, memberships as on a day."""
    programs: dict[str, KnownProgram] = {}
    teams: dict[str, KnownTeam] = {}
    staff: dict[str, KnownStaff] = {}
    for view in views:
        code = view.get("code")
        if not code or view.in_error:
            continue
        if view.kind == "program":
            programs[code] = KnownProgram(
                view.id,
                view.get("name") or code,
                view.get("intake_team") or "",
                view.get("archetype") or "community",
            )
        elif view.kind == "team" and not view.get("closed"):
            teams[code] = KnownTeam(view.id, view.get("name") or code, view.get("program") or "")
        elif view.kind == "staff" and not (view.get("left_on") and view.get("left_on") < day):
            staff[code] = KnownStaff(view.id, view.get("name") or code, _teams_on(view, day))
    return Organisation(programs, teams, staff)


def _teams_on(view: View, day: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for membership in view.items("memberships").values():
        since, until = membership.get("since") or "", membership.get("until") or "9999-12-31"
        program, team = membership.get("program"), membership.get("team")
        if program and team and since <= day <= until:
            found.setdefault(program, team)
    return found


def mrn_key(mrn: str) -> str:
    """Return how MRNs are compared: without case and spaces."""
    return "".join(mrn.split()).casefold()


def person_key(legal_name: str, dob: str) -> tuple[str, str]:
    """Return how people without a common MRN are compared: folded name and birth date."""
    return plain(" ".join(legal_name.replace(",", " , ").split())), dob
