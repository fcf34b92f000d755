"""What the morning's red list shows: frozen, as screens get it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TriageLine:
    """One thing that cannot wait."""

    group: str
    """A key of `clinical.triage.GROUPS`."""
    record: str
    """What it is about: a check-in, crisis, stay, laptop or staff record; else the client."""
    client: str
    """"" for what is about a colleague or a laptop."""
    name: str
    risk: str
    reason: str
    since_ms: int | None
    late: bool
    primary: str = ""
    """Name of the primary worker; of a laptop or credential whose it is."""
    primary_id: str = ""
    phone: str = ""
    """The number to call: the client's, or the colleague's in the field."""
    task: str = ""
    """What a task about it would say."""


@dataclass(frozen=True, slots=True)
class Triage:
    """The red list of somebody's teams."""

    day: str
    teams: str
    lines: tuple[TriageLine, ...]
    """By group, in each the worst first."""
    as_of_ms: int
    synced_ms: int | None
    """When this laptop last reached the server; None for never."""
    clients: int
    """How many clients were looked through."""

    def of(self, group: str) -> tuple[TriageLine, ...]:
        """Return the lines of one group."""
        return tuple(line for line in self.lines if line.group == group)
