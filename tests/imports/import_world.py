"""A small organisation for import tests, and a way to apply a plan in memory."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from fieldapp.laptop.imports.csvfile import read_bytes
from fieldapp.laptop.imports.known import KnownClient, KnownProgram, KnownStaff, KnownTeam, Organisation
from fieldapp.laptop.imports.plan import ImportPlan, Write
from fieldapp.laptop.imports.roster import COLUMNS, NEEDED, plan_roster
from fieldapp.laptop.imports.roster_line import Task
from fieldapp.records.envelope import Author, Clock, Entry, Envelope, instant
from fieldapp.records.fold import View, project
from fieldapp.records.ids import uuid7
from fieldapp.records.kinds import KINDS

TODAY = "2026-11-22"
NOW_MS = 1_795_000_000_000
SAMPLE = Path(__file__).parents[1] / "data" / "roster-small.csv"
PROGRAM, NORTH, SOUTH, INTAKE = (str(uuid.UUID(int=n, version=4)) for n in range(1, 5))
STAFF = {
    code: KnownStaff(str(uuid.uuid5(uuid.NAMESPACE_DNS, code)), name, {PROGRAM: team} if team else {})
    for code, name, team in (
        ("m.lindqvist", "Maja Lindqvist", NORTH),
        ("a.rivera", "Ana Rivera", NORTH),
        ("t.nguyen", "Thi Nguyen", NORTH),
        ("d.petrov", "Dana Petrov", SOUTH),
        ("s.yazzie", "Sam Yazzie", SOUTH),
        ("j.okafor", "Jo Okafor", ""),
        ("k.haddad", "Kim Haddad", NORTH),
    )
}
ORG = Organisation(
    {"community-iop": KnownProgram(PROGRAM, "Community IOP", INTAKE)},
    {
        "north": KnownTeam(NORTH, "North team", PROGRAM),
        "south": KnownTeam(SOUTH, "South team", PROGRAM),
        "intake": KnownTeam(INTAKE, "Intake", PROGRAM),
    },
    STAFF,
)


class Ids:
    """Ids in a fixed order."""

    def __init__(self, start: int = 1000) -> None:
        self.next = start

    def __call__(self) -> str:
        self.next += 1
        return uuid7(self.next, bytes(10))


def task(clients: Iterable[KnownClient] = (), **changes: Any) -> Task:
    """Return what a roster is planned against."""
    given: dict[str, Any] = {
        "org": ORG,
        "clients": tuple(clients),
        "today": TODAY,
        "new_id": Ids(),
        "readable": frozenset({PROGRAM}),
    }
    return Task(**{**given, **changes})


def roster(*rows: Mapping[str, str] | str, header: Iterable[str] = COLUMNS) -> bytes:
    """Return CSV bytes of lines given as column to text, or of raw lines."""
    names = list(header)
    lines = [",".join(names)]
    for row in rows:
        lines.append(row if isinstance(row, str) else ",".join(quoted(row.get(name, "")) for name in names))
    return ("\n".join(lines) + "\n").encode()


def quoted(text: str) -> str:
    """Return a cell as CSV writes it."""
    return '"' + text.replace('"', '""') + '"' if any(mark in text for mark in ',"\n') else text


def line(mrn: str = "A1", **cells: str) -> dict[str, str]:
    """Return one good roster line."""
    return {
        "mrn": mrn,
        "last": "Sund",
        "first": f"Person {mrn}",
        "dob": "1980-02-03",
        "program": "community-iop",
        "primary_staff": "m.lindqvist",
        **cells,
    }


def plan(data: bytes, clients: Iterable[KnownClient] = (), **changes: Any) -> ImportPlan:
    """Return the plan of CSV bytes."""
    return plan_roster(read_bytes(data, COLUMNS, NEEDED), task(clients, **changes))


def entry_of(write: Write, counter: int) -> Entry:
    """Return the entry that a planned write becomes."""
    body = write.body
    assert KINDS[write.kind.name].check_body("save", body) is None
    return Entry.made(
        Envelope(
            org="0" * 64, id=write.record, kind=write.kind.name,
            author=Author(STAFF["m.lindqvist"].id, "Maja Lindqvist", "LMHC", "supervisor"),
            device=str(uuid.UUID(int=9, version=4)), series=str(uuid.UUID(int=9, version=4)),
            counter=counter, at=instant(NOW_MS + counter), tz="America/Los_Angeles", clock=Clock(0, None),
            meaning="save", prev=tuple(sorted(write.prev)), body=body, client=write.client,
        )
    )  # fmt: skip


class Store:
    """Entries in memory, folded like a laptop folds them."""

    def __init__(self) -> None:
        self.entries: dict[str, list[Entry]] = {}
        self.counter = 0

    def apply(self, writes: Iterable[Write]) -> None:
        """Write what a plan says."""
        for write in writes:
            self.counter += 1
            self.entries.setdefault(write.record, []).append(entry_of(write, self.counter))

    def view(self, record: str) -> View:
        """Return one record."""
        entries = self.entries[record]
        return project(KINDS[entries[0].envelope.kind], entries)

    def clients(self) -> tuple[KnownClient, ...]:
        """Return all clients with their records."""
        views = [self.view(record) for record in self.entries]
        found = []
        for view in views:
            if view.kind == "client":
                of: dict[str, tuple[View, ...]] = {}
                for other in views:
                    if other.client == view.id and other.kind != "client":
                        of[other.kind] = (*of.get(other.kind, ()), other)
                found.append(KnownClient(view, of))
        return tuple(found)

    def of(self, kind: str) -> list[View]:
        """Return all records of a kind."""
        return [view for view in map(self.view, self.entries) if view.kind == kind]
