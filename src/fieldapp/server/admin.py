"""What an administrator does on the server: programs, teams, staff, codes, laptops.

Every change of the organisation is an entry, signed by the administrator's device in the server's folder
and judged like any laptop's. Only certificates are the authority's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson
from sqlalchemy import Connection, insert, select, update

from fieldapp.clinical.counties import with_number
from fieldapp.crypto.enrolment import Code
from fieldapp.errors import UsageFailure
from fieldapp.records.canonical import Json
from fieldapp.records.changes import body_of, values_of
from fieldapp.records.fold import View, project
from fieldapp.records.ids import uuid7
from fieldapp.records.kind import Signing
from fieldapp.records.kinds import KINDS
from fieldapp.records.kinds.program import ARCHETYPES
from fieldapp.records.kinds.staff import ROLES

from . import audit, counters, revoking
from .enrol import REPLACES
from .roster import Roster
from .service import Server
from .speaker import Statement, administrator, authority, say
from .tables import code, device, meta, series

CODE_HOURS, CODE_HOURS_MOST = 24, 72


@dataclass(frozen=True, slots=True)
class StaffLine:
    """One staff member in a list."""

    id: str
    code: str
    name: str
    roles: tuple[str, ...]
    teams: tuple[str, ...]
    left_on: str


@dataclass(frozen=True, slots=True)
class DeviceLine:
    """One laptop in a list."""

    id: str
    staff: str
    label: str
    state: str
    """admitted, drain, revoked or forked."""
    last_seen_ms: int | None
    pending: int
    missing: int


@dataclass(frozen=True, slots=True)
class IssuedCode:
    """A one-time code, to be read out or printed once."""

    text: str = field(repr=False)
    expires_ms: int


# ── organisation ─────────────────────────────────────────────────────────────────────────────────


def add_program(
    server: Server, name: str, *, code: str, archetype: str = "community", tz: str = "America/Los_Angeles",
    phone: str = "", local_crisis_line: str = "", settings: Mapping[str, int] | None = None,
) -> tuple[str, str]:  # fmt: skip
    """Add a program with its Intake team; return (program, intake team)."""
    if archetype not in ARCHETYPES:
        raise UsageFailure(f"Give the archetype as one of: {', '.join(ARCHETYPES)}.")
    program, intake = uuid7(server.now_ms()), uuid7(server.now_ms())
    values: dict[str, Json] = {
        "name": name, "code": code, "archetype": archetype, "tz": tz, "intake_team": intake,
        **({"phone": phone} if phone else {}),
        **({"local_crisis_line": local_crisis_line} if local_crisis_line else {}),
        **({"settings": dict(settings)} if settings else {}),
    }  # fmt: skip
    team = {"name": "Intake", "code": f"{code}-intake", "program": program, "intake": True}
    _say(server, [Statement("program", program, {"set": values}), Statement("team", intake, {"set": team})])
    return program, intake


def change_program(server: Server, program: str, values: Mapping[str, Json]) -> None:
    """Change fields of a program (id or short name), such as its numbers; None takes a value away."""
    known = find(server, "program", program)
    view = _view(server, known)
    _change(server, "program", known, view, {**values_of(KINDS["program"], view), **values})


def change_limits(server: Server, program: str, limits: Mapping[str, int | None]) -> None:
    """Change limits of a program (id or short name) by name; None puts the default back."""
    known = find(server, "program", program)
    before: Mapping[str, Json] = _view(server, known).get("settings") or {}
    after = {name: value for name, value in {**before, **limits}.items() if value is not None}
    change_program(server, known, {"settings": after})


def change_counties(server: Server, program: str, given: Sequence[tuple[str, str, str]]) -> None:
    """Change (county, field, number) of a program (id or short name); "" for the number takes it away."""
    known = find(server, "program", program)
    rows: list[dict[str, Json]] = list(_view(server, known).get("counties") or ())
    for county, name, number in given:
        rows = with_number(rows, county, name, number)
    change_program(server, known, {"counties": rows or None})


def add_team(server: Server, name: str, *, program: str, code: str) -> str:
    """Add a team to a program (id or short name); return its id."""
    team = uuid7(server.now_ms())
    values = {"name": name, "code": code, "program": find(server, "program", program)}
    _say(server, [Statement("team", team, {"set": values})])
    return team


def add_staff(
    server: Server, name: str, *, code: str, memberships: Sequence[Mapping[str, str]],
    credentials: Sequence[Mapping[str, str]] = (), is_mhp: bool = False, values: Mapping[str, Json] | None = None,
) -> str:  # fmt: skip
    """Add a staff member; return their id.

    Args:
        code: short name, as `m.lindqvist`.
        memberships: each {role, program?, team?, since?, until?}; program and team by id or short name.
        credentials: each {code, number?, state?, issued?, expires?}.
        values: further fields of the staff record, such as `supervisor` or `cosign_rule`.
    """
    staff = uuid7(server.now_ms())
    after = {
        **(values or {}), "name": name, "code": code, "is_mhp": is_mhp,
        "memberships": {f"m{at}": _membership(server, row) for at, row in enumerate(memberships, 1)},
        "credentials": {f"c{at}": dict(row) for at, row in enumerate(credentials, 1)},
    }  # fmt: skip
    if any(line.code == code for line in staff_list(server)):
        raise UsageFailure(f"There is already a staff member with the short name {code}; choose another.")
    _change(server, "staff", staff, None, after)
    return staff


def change_staff(server: Server, staff: str, values: Mapping[str, Json]) -> None:
    """Change fields of a staff record (id or short name); a list field is given whole."""
    known = find(server, "staff", staff)
    view = _view(server, known)
    before = values_of(KINDS["staff"], view)
    after = {**before, **values}
    if "memberships" in values:
        after["memberships"] = {n: _membership(server, row) for n, row in values["memberships"].items()}
    _change(server, "staff", known, view, after)


def end_membership(server: Server, staff: str, membership: str, until: str) -> None:
    """State the last day of one membership of a staff member."""
    known = find(server, "staff", staff)
    view = _view(server, known)
    before = values_of(KINDS["staff"], view)
    if membership not in before.get("memberships", {}):
        raise UsageFailure("This staff member has no such membership; list them first.")
    rows = {**before["memberships"], membership: {**before["memberships"][membership], "until": until}}
    _change(server, "staff", known, view, {**before, "memberships": rows})


def leave(server: Server, staff: str, last_day: str) -> None:
    """State that somebody left: their laptops drain, that is, send what they hold and get nothing new."""
    known = find(server, "staff", staff)
    change_staff(server, known, {"left_on": last_day})
    for line in devices(server, known):
        if line.state in ("admitted", "forked"):
            drain(server, line.id)


def staff_list(server: Server) -> tuple[StaffLine, ...]:
    """Return all staff by name."""
    roster = _roster(server)
    lines = []
    for staff, values in roster.staff.items():
        rows = list((values.get("memberships") or {}).values())
        lines.append(
            StaffLine(
                staff, str(values.get("code") or ""), str(values.get("name") or ""),
                tuple(sorted({str(r["role"]) for r in rows if r.get("role")})),
                tuple(sorted({str(r["team"]) for r in rows if r.get("team")})), str(values.get("left_on") or ""),
            )
        )  # fmt: skip
    return tuple(sorted(lines, key=lambda line: (line.name, line.id)))


def find(server: Server, kind: str, named: str) -> str:
    """Return the id of a program, team or staff member given by id, short name or full name; raises UsageFailure."""
    rows = _roster(server).values.get(kind, {})
    if named in rows:
        return named
    for key in ("code", "name"):
        found = [record for record, values in rows.items() if values.get(key) == named]
        if len(found) == 1:
            return found[0]
    raise UsageFailure(f"There is no {kind} called {named!r}; list them first.")


# ── laptops ──────────────────────────────────────────────────────────────────────────────────────


def issue_code(server: Server, staff: str, *, hours: int = CODE_HOURS, replaces: str = "") -> IssuedCode:
    """Return a new one-time enrolment code for a staff member (id or short name); earlier unused ones end.

    Args:
        replaces: a laptop of theirs that is revoked in the moment in which the code is used.
    """
    if not 1 <= hours <= CODE_HOURS_MOST:
        raise UsageFailure(f"A code is good for 1 to {CODE_HOURS_MOST} hours.")
    known = find(server, "staff", staff)
    made = Code.generate(server.authority_public)
    dk, now_ms = server.seals.current(), server.now_ms()
    expires_ms = now_ms + hours * 3_600_000
    row = {
        "code_id": made.code_id, "staff": known, "issued_ms": now_ms, "expires_ms": expires_ms, "tries": 0,
        "used_ms": None, "device": None, "transcript": None, "dk": dk,
        "sealed": server.seals.seal_blob(dk, "code", made.code_id, made.mac_key),
    }  # fmt: skip

    def write(tx: Connection) -> None:
        tx.execute(update(code).where(code.c.staff == known, code.c.used_ms.is_(None)).values(sealed=None))
        tx.execute(update(code).where(code.c.expires_ms < now_ms).values(sealed=None))
        tx.execute(insert(code), [row])
        if replaces:
            server.database.put(tx, meta, [{"name": f"{REPLACES}{made.code_id}", "value": replaces}])
        _note(server, tx, dk, "code_issued", code=made.code_id, staff=known)

    server.database.run(write)
    return IssuedCode(made.text, expires_ms)


def devices(server: Server, staff: str | None = None) -> tuple[DeviceLine, ...]:
    """Return all laptops, or those of one staff member."""
    with server.database.reading() as rx:
        rows = rx.execute(select(device).order_by(device.c.staff, device.c.enrolled_ms)).all()
        totals: dict[str, list[tuple[int, int]]] = {}
        for row in rx.execute(select(series)):
            totals.setdefault(row.device, []).append((row.top, row.seen))
    return tuple(
        DeviceLine(
            row.id, row.staff, row.label, "forked" if row.forked else row.state, row.last_seen_ms,
            int(orjson.loads(row.report).get("pending", 0)), counters.missing(totals.get(row.id, ())),
        )
        for row in rows
        if row.state != "authority" and staff in (None, row.staff)
    )  # fmt: skip


def drain(server: Server, device_id: str) -> None:
    """Close a laptop for new work: it may still send what it holds, and gets nothing."""
    _certify(server, device_id, {"drained": True})


def revoke(server: Server, device_id: str) -> None:
    """Revoke a laptop; the statement carries its last accepted counters, which alone decide what stays valid."""
    with server.database.reading() as rx:
        fields = revoking.revoked(server, rx, device_id)
    _certify(server, device_id, fields)


def clear_fork(server: Server, device_id: str) -> None:
    """Let a laptop that was found to be a clone get entries again, once it is known which copy is the person's."""
    dk = server.seals.current()

    def write(tx: Connection) -> None:
        if tx.execute(update(device).where(device.c.id == device_id).values(forked=False)).rowcount != 1:
            raise UsageFailure("There is no such laptop; list them first.")
        _note(server, tx, dk, "fork_cleared", device=device_id)

    server.database.run(write)


# ── inside ───────────────────────────────────────────────────────────────────────────────────────


def _roster(server: Server) -> Roster:
    with server.database.reading() as rx:
        return server.roster(rx)


def _membership(server: Server, row: Mapping[str, Any]) -> dict[str, Json]:
    if row.get("role") not in ROLES:
        raise UsageFailure(f"Give the role as one of: {', '.join(ROLES)}.")
    found = {name: value for name, value in row.items() if value not in (None, "")}
    for name in ("program", "team"):
        if name in found:
            found[name] = find(server, name, str(found[name]))
    if "team" in found and "program" not in found:
        found["program"] = _roster(server).teams[found["team"]]
    return found


def _view(server: Server, record: str) -> View:
    known = _roster(server).entries[record]
    return project(KINDS[known[0].envelope.kind], known)


def _change(server: Server, kind: str, record: str, view: View | None, after: Mapping[str, Json]) -> None:
    body = body_of(KINDS[kind], values_of(KINDS[kind], view), after)
    if not body:
        return
    problems = KINDS[kind].sign_checks(after, Signing(server.now_ms(), "UTC", record, "sysadmin"))
    if problems:
        raise UsageFailure(problems[0].sentence)
    _say(server, [Statement(kind, record, body, prev=tuple(view.heads) if view else ())])


def _say(server: Server, statements: Sequence[Statement]) -> None:
    for said in statements:
        problem = KINDS[said.kind].check_body("save", said.body)
        if problem:
            raise UsageFailure(f"This cannot be saved: {problem}.")
    dk = server.seals.current()
    server.database.run(lambda tx: say(server, tx, administrator(server, server.roster(tx)), statements, dk))


def _certify(server: Server, device_id: str, fields: dict[str, Json]) -> None:
    dk = server.seals.current()

    def write(tx: Connection) -> None:
        statement = revoking.changed(server, tx, device_id, fields)
        roster = server.roster(tx)
        say(server, tx, authority(server, roster.org_name or server.meta["name"]), [statement], dk)
        _note(
            server,
            tx,
            dk,
            "certificate_changed",
            device=device_id,
            **{n: True for n in fields if n in ("drained", "revoked")},
        )

    server.database.run(write)


def _note(server: Server, tx: Connection, dk: str, what: str, **facts: Json) -> None:
    now_ms = server.now_ms()
    audit.append(
        server.database, tx, server.seals, dk, server.org, now_ms,
        [audit.event(audit.SERVER_CHAIN, now_ms, what, **facts)],
    )  # fmt: skip
