"""Which feeds an entry goes to and which a person reads (design.md 3).

The envelope names no feed. An entry is placed by its kind and its client's home; nothing else (not
assignment, episode or tier) moves it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from fieldapp.records.kind import Kind

from .memberships import Membership
from .policy import WALLED
from .roles import CLINICAL

ORG = "org"
_ORDER = ("org", "oncall", "oncall-contacts", "team", "staff", "notes")


class Unplaceable(ValueError):
    """The team or program that decides where an entry goes is not known; it may not be stored like this."""


@dataclass(frozen=True, slots=True)
class Home:
    """The one program and team of a client."""

    program: str
    team: str


def feeds_of(
    kind: Kind,
    *,
    sensitivity: str,
    home: Home | None,
    named_program: str | None = None,
    named_team: str | None = None,
    author: str,
) -> tuple[str, ...]:
    """Return the feeds of an entry in need order; raises Unplaceable.

    Args:
        home: of the client that the entry is about; None for a kind without a client.
        named_program: program that the body of a kind without a client names.
        named_team: team that it names.
    """
    if WALLED in (sensitivity, kind.sensitivity):
        return (f"staff:{author}",)
    program = home.program if home else named_program
    team = home.team if home else named_team
    found: list[str] = []
    for audience in kind.audience:
        if audience == ORG:
            found.append(ORG)
            continue
        if audience == "own":
            found.append(f"staff:{author}")
            continue
        owner = program if audience in ("oncall", "oncall-contacts") else team
        if not owner:
            raise Unplaceable(f"{kind.name} is placed by a team or program that is not known")
        found.append(f"{audience}:{owner}")
    if not found:
        raise Unplaceable(f"{kind.name} has no audience")
    return need_order(found)


def feeds_read(
    staff: str,
    memberships: Iterable[Membership],
    teams: Mapping[str, str] | None = None,
    *,
    notes_requested: Collection[str] = (),
) -> tuple[str, ...]:
    """Return the feeds that a person reads with the memberships of a day, in need order.

    Args:
        teams: every team of the organisation to its program, for managers and the records role.
        notes_requested: teams whose notes the records role was given on request.
    """
    known = teams or {}
    found = {ORG, f"staff:{staff}"}
    for member in memberships:
        program = member.program or known.get(member.team, "")
        of_program = [team for team, owner in known.items() if owner == program]
        if member.role in CLINICAL or member.role == "manager":
            if program:
                found |= {f"oncall:{program}", f"oncall-contacts:{program}"}
            read = {member.team} if member.team else set()
            if member.role == "manager":
                read |= set(of_program) if program else set()
            found |= {f"{feed}:{team}" for team in read for feed in ("team", "notes")}
        elif member.role == "records":
            found |= {f"team:{team}" for team in known}
            found |= {f"notes:{team}" for team in notes_requested if team in known}
    return need_order(found)


def needs_own_copy(feeds: Iterable[str], read_by_author: Collection[str]) -> bool:
    """Tell whether an entry also goes to its author's `staff:` feed, because they read none of its feeds."""
    return not any(feed in read_by_author for feed in feeds)


def need_order(feeds: Iterable[str]) -> tuple[str, ...]:
    """Return feeds without repetition, those first that the others cannot be judged or read without."""

    def rank(feed: str) -> tuple[int, str]:
        name = feed.partition(":")[0]
        return (_ORDER.index(name) if name in _ORDER else len(_ORDER), feed)

    return tuple(sorted(set(feeds), key=rank))
