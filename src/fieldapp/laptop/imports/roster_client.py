"""The client record of a roster line, and the home that it is placed in."""

from __future__ import annotations

from fieldapp.records.changes import Values, values_of
from fieldapp.records.fold import View
from fieldapp.records.kinds import KINDS

from .cells import digits
from .known import KnownProgram
from .plan import Builder
from .roster_line import Line, Task, covers, take_over, words

ITEM = "roster"
"""Item id of what the roster says in lists where people add their own."""


def add(line: Line, client: str, program: KnownProgram, home: str, into: Builder) -> None:
    """Plan the record of a client who is not here yet."""
    values: Values = {"home_program": program.id, "home_team": home, **_client_fields(line)}
    if line.phones:
        values["phones"] = {f"phone{n}": {"number": number} for n, number in enumerate(line.phones, 1)}
    address = _address(line)
    if address:
        values["addresses"] = {ITEM: {"kind": "home", **address}}
    into.put(KINDS["client"], client, client, None, {}, values)


def change(line: Line, view: View, into: Builder) -> None:
    """Plan what a line changes about a client who is here."""
    kind = KINDS["client"]
    base = values_of(kind, view)
    values: Values = {name: value for name, value in base.items() if name not in kind.lists}
    for name, value in _client_fields(line).items():
        take_over(values, view, name, value, kind.labels.get(name, name), into)
    values.update(_changed_phones(line, view, base, into))
    values.update(_changed_address(line, view, base, into))
    into.put(kind, view.id, view.id, view, base, values)


def home_of(line: Line, program: KnownProgram, task: Task, into: Builder) -> str:
    """Return the home team: that of the primary staff member, else `--team`, else Intake; said in words."""
    teams = {known.id: known for known in task.org.teams.values()}
    primary = task.org.staff[line.primary] if line.primary else None
    team = primary.teams.get(program.id, "") if primary else ""
    if team and primary:
        into.remarks.append(f"home {task.org.team_name(team)}, the team of {primary.name}")
        return team
    named = task.org.teams.get(task.team) if task.team else None
    if named is not None and named.program == program.id:
        into.remarks.append(f"home {named.name}, as --team says")
        return named.id
    if program.intake_team in teams or program.intake_team:
        into.remarks.append(f"home {task.org.team_name(program.intake_team)}")
        return program.intake_team
    into.wrong("program", f"{program.name} has no Intake team to place the client in.")
    return ""


def may_write(team: str, task: Task, into: Builder) -> bool:
    """Return whether the importer's entries about clients of a team would be in scope (design.md 3)."""
    if task.writable_teams is None or team in task.writable_teams:
        return True
    into.wrong(
        "",
        f"you are not on the team {task.org.team_name(team)}; its supervisor, or one who also has the "
        "records role, imports this line.",
    )
    return False


def _client_fields(line: Line) -> Values:
    fields = {
        "legal_name": line.legal_name,
        "name_to_use": line.name_to_use,
        "dob": line.dob,
        "sex": line.sex,
        "language": line.language,
        "mrn": line.mrn,
    }
    return {name: value for name, value in fields.items() if value}


def _address(line: Line) -> Values:
    cells = {"street": line.street, "city": line.city, "county": line.county, "zip": line.zip}
    return {name: value for name, value in cells.items() if value}


def _changed_phones(line: Line, view: View, base: Values, into: Builder) -> Values:
    rows: dict[str, Values] = dict(base.get("phones") or {})
    known = {digits(row.get("number") or "") for row in rows.values()}
    for number, phone in enumerate(line.phones, 1):
        if digits(phone) in known:
            continue
        item = f"phone{number}"
        if _contested(view, "phones", item, into):
            continue
        old = rows.get(item, {}).get("number")
        into.changes.append(f"Phone {words(old)} → {phone}")
        rows[item] = {**rows.get(item, {}), "number": phone}
    return {"phones": rows} if rows else {}


def _changed_address(line: Line, view: View, base: Values, into: Builder) -> Values:
    address = _address(line)
    rows: dict[str, Values] = dict(base.get("addresses") or {})
    if not address or any(covers(row, address) for row in rows.values()):
        return {"addresses": rows} if rows else {}
    if _contested(view, "addresses", ITEM, into):
        return {"addresses": rows} if rows else {}
    old = rows.get(ITEM, {})
    into.changes.append(f"Address {words(old.get('street'))} → {words(address.get('street'))}")
    rows[ITEM] = {"kind": "home", **old, **address}
    return {"addresses": rows}


def _contested(view: View, name: str, item: str, into: Builder) -> bool:
    """Tell whether two people's values wait at a list item; then the roster leaves it alone and says so."""
    path = f"{name}/{item}"
    found = any(conflict == path or conflict.startswith(f"{path}/") for conflict in view.conflicts)
    if found:
        label = KINDS["client"].labels[name]
        into.remarks.append(f"{label}: two values wait to be settled in the app, left alone")
    return found
