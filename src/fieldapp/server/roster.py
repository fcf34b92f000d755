"""What the `org` feed says: staff, teams and programs, as the server judges with it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from fieldapp.clinical.memberships import Membership, memberships_on
from fieldapp.clinical.placing import feeds_read
from fieldapp.clinical.policy import Actor
from fieldapp.clinical.roles import AUTHORITY, CLINICAL
from fieldapp.records.canonical import Json
from fieldapp.records.changes import values_of
from fieldapp.records.envelope import Entry
from fieldapp.records.fold import project
from fieldapp.records.kinds import KINDS

T = TypeVar("T")
_MOST_KNOWN = 20_000
_QUARTER_MS = 15 * 60_000
ROSTER_KINDS = ("organisation", "program", "team", "staff")


@dataclass(frozen=True, slots=True)
class Standing:
    """What a person was on one day."""

    actor: Actor
    teams: frozenset[str]
    programs: frozenset[str]

    @property
    def is_clinical(self) -> bool:
        """Whether any role of that day is clinical."""
        return bool(self.actor.roles & CLINICAL)


@dataclass(frozen=True, slots=True)
class Roster:
    """Staff, teams and programs by id with their present values; immutable."""

    head: str
    """Head of the `org` feed that it was read at."""
    authority: str
    """Id under which the authority signs."""
    values: Mapping[str, Mapping[str, Mapping[str, Json]]] = field(default_factory=dict)
    """Kind to record id to values."""
    entries: Mapping[str, tuple[Entry, ...]] = field(default_factory=dict)
    _known: dict[tuple[str, str, str], Any] = field(default_factory=dict, compare=False, repr=False)
    """What was worked out already: of one batch, hundreds ask about the same person and day."""

    @classmethod
    def of(cls, head: str, authority: str, entries: Iterable[Entry]) -> Roster:
        """Fold the entries of the roster kinds."""
        by_record: dict[str, list[Entry]] = {}
        for entry in entries:
            by_record.setdefault(entry.envelope.id, []).append(entry)
        values: dict[str, dict[str, Mapping[str, Json]]] = {name: {} for name in ROSTER_KINDS}
        for record, known in by_record.items():
            kind = KINDS[known[0].envelope.kind]
            values[kind.name][record] = values_of(kind, project(kind, known))
        return cls(head, authority, values, {r: tuple(known) for r, known in by_record.items()})

    def plus(self, entry: Entry) -> Roster:
        """Return the roster with one more entry, as the rest of a batch is judged with it."""
        record, kind = entry.envelope.id, KINDS[entry.envelope.kind]
        known = (*self.entries.get(record, ()), entry)
        values = {name: dict(rows) for name, rows in self.values.items()}
        values[kind.name][record] = values_of(kind, project(kind, known))
        return Roster(self.head, self.authority, values, {**self.entries, record: known})

    def _once(self, what: str, staff: str, day: str, work: Callable[[], T]) -> T:
        key = (what, staff, day)
        found: T | None = self._known.get(key)
        if found is None:
            if len(self._known) > _MOST_KNOWN:
                self._known.clear()
            found = self._known[key] = work()
        return found

    @property
    def staff(self) -> Mapping[str, Mapping[str, Json]]:
        """Staff records by id."""
        return self.values.get("staff", {})

    @property
    def programs(self) -> Mapping[str, Mapping[str, Json]]:
        """Programs by id."""
        return self.values.get("program", {})

    @property
    def teams(self) -> Mapping[str, str]:
        """Team to its program."""
        return self._once("teams", "", "", self._teams)

    def _teams(self) -> Mapping[str, str]:
        return {team: str(row.get("program") or "") for team, row in self.values.get("team", {}).items()}

    @property
    def org_name(self) -> str:
        """Name of the organisation."""
        return next((str(row.get("name") or "") for row in self.values.get("organisation", {}).values()), "")

    def tz_of(self, staff: str) -> str:
        """Return the zone of a person's program, or UTC."""
        return self._once("tz", staff, "", lambda: self._tz_of(staff))

    def _tz_of(self, staff: str) -> str:
        rows = (self.staff.get(staff, {}).get("memberships") or {}).values()
        for row in rows:
            program = row.get("program") or self.teams.get(row.get("team") or "", "")
            tz = self.programs.get(program, {}).get("tz")
            if tz:
                return str(tz)
        return "UTC"

    def day(self, staff: str, at_ms: int) -> str:
        """Return the calendar day of an instant where a person works."""
        return day_at(at_ms, self.tz_of(staff))

    def memberships(self, staff: str, at_ms: int) -> tuple[Membership, ...]:
        """Return what a person was a member of at an instant, by the calendar of their program."""
        values = self.staff.get(staff)
        if values is None:
            return ()
        day = self.day(staff, at_ms)
        return self._once("memberships", staff, day, lambda: memberships_on(values, day))

    def standing(self, staff: str, at_ms: int) -> Standing:
        """Return roles, teams and programs of a person at an instant."""
        if staff == self.authority:
            return Standing(Actor(staff, frozenset({AUTHORITY})), frozenset(), frozenset())
        return self._once("standing", staff, self.day(staff, at_ms), lambda: self._standing(staff, at_ms))

    def _standing(self, staff: str, at_ms: int) -> Standing:
        held, teams = self.memberships(staff, at_ms), self.teams
        return Standing(
            Actor(staff, frozenset(m.role for m in held), bool(self.staff.get(staff, {}).get("is_mhp"))),
            frozenset(m.team for m in held if m.team),
            frozenset(p for m in held if (p := m.program or teams.get(m.team, ""))),
        )

    def feeds_of_reader(self, staff: str, at_ms: int) -> tuple[str, ...]:
        """Return the feeds that a person reads at an instant; none for one who is not staff or left."""
        if staff not in self.staff:
            return ()
        return self._once("feeds", staff, self.day(staff, at_ms), lambda: self._feeds(staff, at_ms))

    def _feeds(self, staff: str, at_ms: int) -> tuple[str, ...]:
        left = self.staff[staff].get("left_on")
        if left and self.day(staff, at_ms) > left:
            return ()
        return feeds_read(staff, self.memberships(staff, at_ms), self.teams)

    def supervises(self, staff: str, team: str, at_ms: int) -> bool:
        """Tell whether a person is supervisor or manager for a team at an instant."""
        program = self.teams.get(team, "")
        return any(
            (m.role == "supervisor" and m.team == team)
            or (m.role == "manager" and program != "" and (m.program or self.teams.get(m.team)) == program)
            for m in self.memberships(staff, at_ms)
        )

    def supervised_teams(self, staff: str, at_ms: int) -> frozenset[str]:
        """Return the teams that a person supervises or manages at an instant."""
        return frozenset(team for team in self.teams if self.supervises(staff, team, at_ms))


def day_at(at_ms: int, tz: str) -> str:
    """Return the calendar day of an instant in a zone; an unknown zone counts as UTC."""
    return _day_of_quarter(at_ms // _QUARTER_MS, tz)


@lru_cache(maxsize=8_192)
def _day_of_quarter(quarter: int, tz: str) -> str:
    """Return the day of a quarter of an hour: no zone begins a day at another minute."""
    try:
        zone: ZoneInfo | None = ZoneInfo(tz)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        zone = None
    # A day inside the range that every zone can show; a laptop's clock may say anything.
    clipped = min(max(quarter * _QUARTER_MS, -62_135_000_000_000), 253_402_000_000_000)
    moment = datetime.fromtimestamp(clipped / 1000, UTC)
    return (moment.astimezone(zone) if zone else moment).date().isoformat()
