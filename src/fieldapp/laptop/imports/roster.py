"""The roster (clinical.md 9.1): from the lines of a file to what each would add or change. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from fieldapp.records.changes import Values, values_of
from fieldapp.records.kinds import KINDS
from fieldapp.records.kinds import alert as alert_kind
from fieldapp.records.kinds import episode as episode_kind
from fieldapp.records.types import Choices

from . import roster_care, roster_client
from .cells import check_shape, choice, code, count, day, phone, shown, yes
from .csvfile import Row, Table
from .known import KnownClient, KnownProgram, mrn_key, person_key
from .plan import Builder, ImportPlan, RowPlan
from .roster_line import Line, Task

COLUMNS = (
    "mrn", "last", "first", "name_to_use", "dob", "sex", "phone1", "phone2", "address", "city", "county",
    "zip", "language", "program", "track", "admit_date", "step_down_from", "primary_staff", "prescriber",
    "tier", "contact_target_per_week", "payer", "member_id", "auth_no", "auth_from", "auth_to",
    "em_contact", "em_phone", "alert_codes", "part2",
)  # fmt: skip
NEEDED = ("mrn", "last", "first", "dob", "program")
SEXES: Choices = {"male": "Male", "female": "Female", "other": "Other", "unknown": "Unknown"}


def plan_roster(table: Table, task: Task) -> ImportPlan:
    """Return what each line comes to; writes nothing and asks nothing."""
    by_mrn = {mrn_key(known.mrn): known for known in task.clients if known.mrn}
    by_person = {
        person_key(known.view.get("legal_name") or "", known.view.get("dob") or ""): known
        for known in task.clients
    }
    seen: dict[str, int] = {}
    people: dict[tuple[str, str], int] = {}
    rows: list[RowPlan] = []
    for row in table.rows:
        into = Builder(row.line)
        if check_shape(row, into):
            _plan_row(row, task, by_mrn, by_person, seen, people, into)
        rows.append(into.done())
    return ImportPlan(tuple(rows), table.unused)


def _plan_row(
    row: Row,
    task: Task,
    by_mrn: Mapping[str, KnownClient],
    by_person: Mapping[tuple[str, str], KnownClient],
    seen: dict[str, int],
    people: dict[tuple[str, str], int],
    into: Builder,
) -> None:
    line = _read(row, task, into)
    into.title = f"{line.legal_name} ({line.mrn})"
    key = mrn_key(line.mrn)
    if key:
        earlier = seen.setdefault(key, row.line)
        if earlier != row.line:
            into.wrong("mrn", f"{shown(line.mrn)} is already on line {earlier}.")
    person = person_key(line.legal_name, line.dob or "")
    if into.errors or line.program is None:
        return
    known = by_mrn.get(key)
    if known is None:
        into.adds = True
        twin = by_person.get(person)
        if twin is not None and not task.add_lookalikes:
            other = f"under MRN {twin.mrn}" if twin.mrn else "without an MRN"
            into.wrong("", f"a client of this name and birth date is already here {other}; {_LOOK}")
        twin_line = people.setdefault(person, row.line)
        if twin_line != row.line and not task.add_lookalikes:
            into.wrong("", f"name and birth date are those of line {twin_line}; {_LOOK}")
        _add(line, line.program, task, into)
        return
    _check_same_person(known, line, into)
    _change(line, known, task, into)


def _add(line: Line, program: KnownProgram, task: Task, into: Builder) -> None:
    home = roster_client.home_of(line, program, task, into)
    if not home or not roster_client.may_write(home, task, into):
        return
    client = task.new_id()
    roster_client.add(line, client, program, home, into)
    roster_care.episode(line, client, None, task, into)
    roster_care.assignment(line, client, None, task, into)
    roster_care.contact_plan(line, client, None, task, into)
    roster_care.emergency_contact(line, client, (), task, into)
    roster_care.alerts(line, client, (), task, into)


def _change(line: Line, known: KnownClient, task: Task, into: Builder) -> None:
    """Plan a known client; nothing is dropped and no conflict is settled by a list."""
    if not roster_client.may_write(known.view.get("home_team") or "", task, into):
        return
    client = known.view.id
    episodes = [
        view
        for view in known.records.get("episode", ())
        if line.program is not None and view.get("program") == line.program.id
    ]
    roster_client.change(line, known.view, into)
    roster_care.episode(line, client, episode_kind.open_episode(episodes), task, into)
    roster_care.assignment(line, client, known.one("assignment"), task, into)
    roster_care.contact_plan(line, client, known.one("contact_plan"), task, into)
    roster_care.emergency_contact(line, client, known.records.get("related_person", ()), task, into)
    roster_care.alerts(line, client, known.records.get("alert", ()), task, into)


_LOOK = "check that it is not the same person, then use --add-lookalikes."


def _check_same_person(known: KnownClient, line: Line, into: Builder) -> None:
    """Stop where name and birth date both differ: the MRN was probably given to somebody else."""
    old = values_of(KINDS["client"], known.view)
    same_name = person_key(old.get("legal_name") or "", "") == person_key(line.legal_name, "")
    if not same_name and old.get("dob") and old["dob"] != line.dob:
        into.wrong("mrn", "belongs to a client with another name and birth date; check the number.")


def _read(row: Row, task: Task, into: Builder) -> Line:
    """Return the line's cells as values; what is wrong with them goes into the plan."""
    for name in NEEDED:
        if not row.cells[name]:
            into.wrong(name, "is empty.")
    program = _program(row, task, into)
    alerts = []
    for part in row.cells["alert_codes"].split(";"):
        if part.strip():
            cell = Row(row.line, {"alert_codes": part.strip()})
            found = choice(cell, "alert_codes", alert_kind.CODES, into)
            if found:
                alerts.append(found)
    auth_from, auth_to = day(row, "auth_from", into), day(row, "auth_to", into)
    if auth_from and auth_to and auth_to < auth_from:
        into.wrong("auth_to", f"{auth_to} is before auth_from, {auth_from}.")
    coverage: Values = {
        name: value
        for name, value in (
            ("payer", row.cells["payer"] or None),
            ("member_id", row.cells["member_id"] or None),
            ("auth_no", row.cells["auth_no"] or None),
            ("auth_from", auth_from),
            ("auth_to", auth_to),
        )
        if value
    }
    return Line(
        number=row.line,
        mrn=row.cells["mrn"],
        legal_name=f"{row.cells['last']}, {row.cells['first']}",
        name_to_use=row.cells["name_to_use"],
        dob=day(row, "dob", into, latest=task.today),
        sex=choice(row, "sex", SEXES, into),
        phones=tuple(n for n in (phone(row, "phone1", into), phone(row, "phone2", into)) if n),
        street=row.cells["address"],
        city=row.cells["city"],
        county=row.cells["county"],
        zip=row.cells["zip"],
        language=code(row, "language", into),
        program=program,
        track=choice(row, "track", episode_kind.TRACKS, into),
        admit_date=day(row, "admit_date", into),
        step_down_from=choice(row, "step_down_from", episode_kind.STEP_DOWN_FROM, into),
        primary=_staff(row, "primary_staff", task, into),
        prescriber=_staff(row, "prescriber", task, into),
        tier=choice(row, "tier", episode_kind.TIERS, into),
        target=count(row, "contact_target_per_week", 50, into),
        coverage=coverage,
        em_contact=row.cells["em_contact"],
        em_phone=phone(row, "em_phone", into),
        alerts=tuple(dict.fromkeys(alerts)),
        part2=yes(row, "part2", into),
    )


def _program(row: Row, task: Task, into: Builder) -> KnownProgram | None:
    name = row.cells["program"]
    if not name:
        return None
    found = task.org.programs.get(name)
    if found is None:
        known = ", ".join(sorted(task.org.programs)) or "none yet"
        into.wrong("program", f'"{shown(name)}" is not a program here (known: {known}).')
    elif found.id not in task.readable:
        into.wrong("program", f'this laptop does not hold the clients of "{shown(name)}".')
        return None
    return found


def _staff(row: Row, name: str, task: Task, into: Builder) -> str | None:
    text = row.cells[name]
    if not text:
        return None
    found = task.org.staff.get(text)
    if found is None:
        into.wrong(
            name, f'"{shown(text)}" is not the short name of anybody here; import the staff list first.'
        )
        return None
    return text
