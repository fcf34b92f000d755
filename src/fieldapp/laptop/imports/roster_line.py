"""One roster line as values, what it is planned against, and what every record of it needs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from fieldapp.records.changes import Values
from fieldapp.records.fold import View
from fieldapp.records.text import plain

from .known import KnownClient, KnownProgram, Organisation
from .plan import Builder


@dataclass(frozen=True, slots=True)
class Task:
    """What a roster is planned against."""

    org: Organisation
    clients: tuple[KnownClient, ...]
    today: str
    new_id: Callable[[], str]
    team: str = ""
    """Short name of the team for clients whose primary staff member has none."""
    readable: frozenset[str] = frozenset()
    """Programs whose clients this laptop holds; adding elsewhere could make doubles nobody sees."""
    writable_teams: frozenset[str] | None = None
    """Teams whose clients the importer may write; None for all (the records role)."""
    add_lookalikes: bool = False
    settings: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the roster, as values; empty cells are None or empty and never erase anything."""

    number: int
    mrn: str
    legal_name: str
    name_to_use: str
    dob: str | None
    sex: str | None
    phones: tuple[str, ...]
    street: str
    city: str
    county: str
    zip: str
    language: str | None
    program: KnownProgram | None
    track: str | None
    admit_date: str | None
    step_down_from: str | None
    primary: str | None
    prescriber: str | None
    tier: str | None
    target: int | None
    coverage: Values
    em_contact: str
    em_phone: str | None
    alerts: tuple[str, ...]
    part2: bool | None


def take_over(values: Values, view: View, name: str, value: object, label: str, into: Builder) -> None:
    """Take over one field, unless two people's values wait to be settled there."""
    known = view.fields.get(name)
    if known is not None and known.contested:
        into.remarks.append(f"{label}: two values wait to be settled in the app, left alone")
        return
    old = values.get(name)
    if old == value:
        return
    into.changes.append(f"{label} {words(old)} → {words(value)}")
    values[name] = value


def words(value: object) -> str:
    """Return a value for the dry run."""
    return "(empty)" if value in (None, "") else str(value)


def covers(row: Values, cells: Values) -> bool:
    """Tell whether a list item already says what the cells say, case and accents aside."""
    return all(plain(str(row.get(name) or "")) == plain(str(value)) for name, value in cells.items())
