"""The staff list: from the lines of a file to what each would add or change. Pure.

Several lines with the same short name give one person several roles; what the file does not name is
left alone, so nobody loses a role by being forgotten in a list.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from fieldapp.records.changes import Values, values_of
from fieldapp.records.fold import View
from fieldapp.records.kinds import KINDS
from fieldapp.records.kinds import staff as staff_kind
from fieldapp.records.text import plain
from fieldapp.records.types import Choices

from .cells import check_shape, choice, code, day, shown
from .csvfile import Row, Table
from .known import Organisation
from .plan import Builder, ImportPlan

COLUMNS = (
    "id", "name", "credential", "role", "team", "program", "fte", "npi", "supervisor", "licence", "expiry",
    "education", "may_code", "may_sign",
)  # fmt: skip
NEEDED = ("id", "name", "role")
WITHOUT_PROGRAM = frozenset({"records", "biller", "sysadmin"})
"""Roles that belong to the whole organisation."""
ROLES: Choices = staff_kind.ROLES
SIGNED: Choices = {name: kind.label for name, kind in KINDS.items() if kind.about_client}
"""What `may_sign` may name."""
_DESIGNATIONS = frozenset({"MHP", "DCR"})


@dataclass(frozen=True, slots=True)
class Task:
    """What a staff list is planned against."""

    org: Organisation
    views: Mapping[str, View]
    """Staff records by id."""
    new_id: Callable[[], str]


@dataclass(slots=True)
class _Person:
    """What the lines read so far say of one person."""

    id: str
    base: Values
    values: Values
    view: View | None
    line: int


def plan_staff(table: Table, task: Task) -> ImportPlan:
    """Return what each line comes to; several lines of one person are one write, on the last good line."""
    ids = {known: person.id for known, person in task.org.staff.items()}
    for row in table.rows:
        name = row.cells.get("id", "")
        if name and name not in ids:
            ids[name] = task.new_id()
    people: dict[str, _Person] = {}
    builders: list[Builder] = []
    for row in table.rows:
        into = Builder(row.line)
        builders.append(into)
        if check_shape(row, into):
            _plan_row(row, task, ids, people, into)
    by_line = {into.line: into for into in builders}
    for person in people.values():
        into = by_line[person.line]
        into.put(KINDS["staff"], person.id, None, person.view, person.base, person.values)
    return ImportPlan(tuple(into.done() for into in builders), table.unused)


def _plan_row(
    row: Row, task: Task, ids: Mapping[str, str], people: dict[str, _Person], into: Builder
) -> None:
    short = code(row, "id", into)
    into.title = f"{row.cells['name']} ({row.cells['id']})"
    for name in NEEDED:
        if not row.cells[name]:
            into.wrong(name, "is empty.")
    fields = _fields(row, ids, into)
    memberships = _memberships(row, task, into)
    credentials = _credentials(row, into)
    if into.errors or short is None:
        return
    person = people.get(short)
    if person is None:
        view = task.views.get(ids[short])
        base = values_of(KINDS["staff"], view)
        person = _Person(ids[short], base, _copy(base), view, row.line)
        into.adds = view is None
    elif plain(person.values.get("name") or "") != plain(row.cells["name"]):
        into.wrong("name", f'is not the name that line {person.line} gives "{shown(short)}".')
        return
    else:
        into.adds = person.view is None
    people[short] = person
    person.line = row.line
    if "code" not in person.values:
        person.values["code"] = short
    _merge(person, fields, memberships, credentials, task, into)


def _copy(values: Values) -> Values:
    return {
        name: {key: dict(row) for key, row in value.items()} if name in KINDS["staff"].lists else value
        for name, value in values.items()
    }


def _fields(row: Row, ids: Mapping[str, str], into: Builder) -> Values:
    found: Values = {"name": row.cells["name"]}
    if row.cells["npi"]:
        if staff_kind.luhn_npi(row.cells["npi"]):
            found["npi"] = row.cells["npi"]
        else:
            into.wrong("npi", f'"{shown(row.cells["npi"])}" is not an NPI: check its ten digits.')
    if row.cells["fte"]:
        try:
            fte = Decimal(row.cells["fte"])
        except InvalidOperation:
            fte = Decimal(-1)
        if fte.is_finite() and 0 <= fte <= Decimal("1.5"):
            found["fte_hundredths"] = int(fte * 100)
        else:
            into.wrong("fte", f'"{shown(row.cells["fte"])}" is not a share of full time, such as 0.8.')
    if row.cells["supervisor"]:
        if row.cells["supervisor"] in ids:
            found["supervisor"] = ids[row.cells["supervisor"]]
        else:
            text = shown(row.cells["supervisor"])
            into.wrong("supervisor", f'"{text}" is neither in this file nor here already.')
    return found


def _memberships(row: Row, task: Task, into: Builder) -> list[Values]:
    program = task.org.programs.get(row.cells["program"])
    if row.cells["program"] and program is None:
        known = ", ".join(sorted(task.org.programs)) or "none yet"
        into.wrong("program", f'"{shown(row.cells["program"])}" is not a program here (known: {known}).')
    team = task.org.teams.get(row.cells["team"])
    if row.cells["team"] and team is None:
        known = ", ".join(sorted(task.org.teams)) or "none yet"
        into.wrong("team", f'"{shown(row.cells["team"])}" is not a team here (known: {known}).')
    if team is not None and program is not None and team.program != program.id:
        into.wrong("team", f"{team.name} is not a team of {program.name}.")
    program_id = program.id if program else team.program if team else None
    found: list[Values] = []
    for part in row.cells["role"].split(";"):
        if not part.strip():
            continue
        role = choice(Row(row.line, {"role": part.strip()}), "role", ROLES, into)
        if role is None:
            continue
        if role in WITHOUT_PROGRAM:
            found.append({"role": role})
        elif program_id is None:
            into.wrong("program", f"the role {role} needs a program.")
        elif team is None and role != "manager":
            into.wrong("team", f"the role {role} needs a team.")
        else:
            found.append({"role": role, "program": program_id, **({"team": team.id} if team else {})})
    return found


def _credentials(row: Row, into: Builder) -> list[Values]:
    """Return the credentials of a line; licence number and expiry belong to the first real licence."""
    expires = day(row, "expiry", into)
    found: list[Values] = []
    for part in row.cells["credential"].split(";"):
        if part.strip():
            text = code(Row(row.line, {"credential": part.strip()}), "credential", into)
            if text:
                known = next((c for c in staff_kind.CREDENTIALS if plain(c) == plain(text)), text)
                found.append({"code": known})
    licence = next((held for held in found if held["code"] not in _DESIGNATIONS), None)
    education = choice(row, "education", staff_kind.EDUCATION, into)
    may_code = _codes(row, into)
    may_sign = _kinds(row, into)
    if licence is not None:
        licence.update({"education": education} if education else {})
        licence.update({"may_code": may_code} if may_code else {})
        licence.update({"may_sign": may_sign} if may_sign else {})
        licence.update({"number": row.cells["licence"]} if row.cells["licence"] else {})
        licence.update({"expires": expires} if expires else {})
    elif row.cells["licence"] or expires or education or may_code or may_sign:
        into.wrong(
            "credential", "is empty, so licence, expiry, education, codes and kinds belong to nothing."
        )
    for held in found:
        if held["code"] not in staff_kind.CREDENTIALS:
            into.remarks.append(f"{held['code']} is not one of the credentials that the app knows")
    return found


def _codes(row: Row, into: Builder) -> list[str]:
    """Return the service codes that a credential is good for; none: those that the tables allow it."""
    parts = (part.strip().upper() for part in row.cells["may_code"].split(";"))
    found = [code(Row(row.line, {"may_code": part}), "may_code", into) for part in parts if part]
    return list(dict.fromkeys(one for one in found if one))


def _kinds(row: Row, into: Builder) -> list[str]:
    """Return the kinds of record that a credential may sign; none: those that the role may."""
    parts = (part.strip() for part in row.cells["may_sign"].split(";"))
    found = [choice(Row(row.line, {"may_sign": part}), "may_sign", SIGNED, into) for part in parts if part]
    return list(dict.fromkeys(one for one in found if one))


def _merge(
    person: _Person,
    fields: Values,
    memberships: list[Values],
    credentials: list[Values],
    task: Task,
    into: Builder,
) -> None:
    labels = KINDS["staff"].labels
    for name, value in fields.items():
        old = person.values.get(name)
        if old == value:
            continue
        known = person.view.fields.get(name) if person.view is not None else None
        if known is not None and known.contested:
            into.remarks.append(f"{labels.get(name, name)}: two values wait to be settled, left alone")
            continue
        if not into.adds:
            into.changes.append(f"{labels.get(name, name)} {'(empty)' if old is None else old} → {value}")
        person.values[name] = value
    rows = person.values.setdefault("memberships", {})
    for membership in memberships:
        if any(_same_place(row, membership) and not row.get("until") for row in rows.values()):
            continue
        if not into.adds:
            into.changes.append(f"role {ROLES[membership['role']]}")
        rows[task.new_id()] = membership
    held_rows = person.values.setdefault("credentials", {})
    for credential in credentials:
        key = next((k for k, row in held_rows.items() if row.get("code") == credential["code"]), None)
        before = held_rows.get(key, {}) if key else {}
        if key and all(before.get(name) == value for name, value in credential.items()):
            continue
        if not into.adds:
            into.changes.append("credential " + " ".join(_said(value) for value in credential.values()))
        held_rows[key or task.new_id()] = {**before, **credential}
    if any(held["code"] == "MHP" for held in credentials) and not person.values.get("is_mhp"):
        person.values["is_mhp"] = True
        if not into.adds:
            into.changes.append("mental health professional")


def _said(value: object) -> str:
    return " ".join(value) if isinstance(value, list) else str(value)


def _same_place(row: Values, membership: Values) -> bool:
    return all((row.get(name) or None) == membership.get(name) for name in ("role", "program", "team"))
