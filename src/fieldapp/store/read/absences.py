"""Who is off on a day: nobody writes a leave by itself, it is read from who covers whom."""

from __future__ import annotations

from dataclasses import dataclass, field

from fieldapp.clinical.assigning import COVER, OPEN_END, holds

from .lines import Asking


@dataclass(slots=True)
class Absence:
    """What of somebody's clients is covered on a day."""

    covered: int = 0
    clients: int = 0
    """How many they work with, covered or not."""
    by: set[str] = field(default_factory=set)
    until: str = OPEN_END
    """The last day on which all that is covered now still is."""

    @property
    def off(self) -> bool:
        """Whether they are off: others cover with everybody they work with."""
        return self.covered == self.clients

    @property
    def off_until(self) -> str | None:
        """The last day off, "" while that is open; None for somebody who is here."""
        if not self.off:
            return None
        return "" if self.until == OPEN_END else self.until


def absences(asking: Asking, day: str) -> dict[str, Absence]:
    """Return what is covered on a day, by the staff id of those whose place others take.

    Somebody who takes over one client for a day sends nobody home: only who is covered with every client is off.
    """
    found: dict[str, Absence] = {}
    clients: dict[str, int] = {}
    for facts in asking.known.clients.values():
        if facts.assignment is None or facts.status == "discharged":
            continue
        rows = [row for row in facts.periods() if row.get("staff") and holds(row, day)]
        ends: dict[str, str] = {}
        for row in rows:
            off = str(row.get("covers") or "") if row.get("role") == COVER else ""
            if off:
                found.setdefault(off, Absence()).by.add(str(row["staff"]))
                ends[off] = max(ends.get(off, ""), str(row.get("until") or OPEN_END))
        for off, end in ends.items():
            found[off].covered += 1
            found[off].until = min(found[off].until, end)
        for staff in {str(row["staff"]) for row in rows if row.get("role") != COVER} | ends.keys():
            clients[staff] = clients.get(staff, 0) + 1
    for staff, one in found.items():
        one.clients = clients[staff]
    return found
