"""What the oracle must know of a run, whichever way its laptops reach the server."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from fieldapp.records.envelope import Entry
from tests.sync.sync_world import Agency, Rig


class Violations(list[tuple[str, str]]):
    """(law, what was found)."""

    def add(self, law: str, found: str) -> None:
        """Note one, once."""
        if (law, found) not in self:
            self.append((law, found))

    @property
    def laws(self) -> set[str]:
        """The laws that were broken."""
        return {law for law, _ in self}


@dataclass
class Scene:
    """An agency in which people write and things break, and what they wrote so far."""

    agency: Agency
    clients: list[str] = field(default_factory=list)
    signed: list[tuple[Rig, Entry]] = field(default_factory=list)
    drafts: dict[str, set[bytes]] = field(default_factory=dict)
    """Person to the bodies that they saved and have neither gone on from nor closed."""
    forms: dict[bytes, str] = field(default_factory=dict)
    """The form under which each of those bodies was begun."""
    unseen: set[str] = field(default_factory=set)
    """Entries signed on copies of laptops, or just before a laptop was killed."""
    at_first: set[str] = field(default_factory=set)
    """Entries that stood on the server when the run began."""
    of_clones: set[str] = field(default_factory=set)
    """Entries that a copy of a laptop saw confirmed before it was gone."""
    shut: set[str] = field(default_factory=set)
    """Laptops that get nothing any more."""
    restored: bool = False
    """The server was put back to an older state."""
    accepted: set[str] = field(default_factory=set)
    """Every hash that was ever seen as accepted on the server."""
    violations: Violations = field(default_factory=Violations)
    teams_of: dict[str, set[str]] = field(default_factory=dict)
    """Staff to every team that they were ever a member of."""
    moved: set[str] = field(default_factory=set)

    def note_signed(self, rig: Rig, entry: Entry) -> None:
        """Note what somebody wrote."""
        self.signed.append((rig, entry))

    @property
    def rigs(self) -> Sequence[Rig]:
        """The laptops."""
        return self.agency.rigs
