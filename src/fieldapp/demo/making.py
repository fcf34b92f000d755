"""Making the demo in a folder: organisation, server, laptops by enrolment, then eight weeks of work."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import orjson

from fieldapp.crypto.disk import replace
from fieldapp.crypto.vault import SHIPPED, KdfParams, Policy
from fieldapp.laptop.clock import HeldClock
from fieldapp.laptop.enrolment import enrol
from fieldapp.laptop.laptop import Laptop
from fieldapp.server import admin
from fieldapp.server.org import init_org
from fieldapp.server.serve import Running
from fieldapp.server.service import Server
from fieldapp.store.backup import Backup
from fieldapp.sync.transport import HttpTransport

from . import course, groups
from .acts import local_ms
from .clients import COUNT
from .people import (
    BY_CODE,
    COMMUNITY,
    LOCAL_LINE,
    NORTH,
    ORGANISATION,
    PHONE,
    PROGRAMS,
    STAFF,
    STRUCTURED,
    SUPERVISOR,
    TEAMS,
    TZ,
    USERS,
    Person,
)
from .runner import Progress, Runner

PASSPHRASE = "seven kayaks under the bridge"  # noqa: S105 - said aloud on purpose
"""Of every laptop of the demo, printed and shown on its lock screen; nothing in the demo is worth a secret."""
MANIFEST = "demo.json"
_QUICK = KdfParams(m_kib=1024, t=1, p=1)
_WHILE_MAKING = Policy(min_m_kib=1024, min_t=1, wanted=_QUICK)
_AT_THE_END = Policy(min_m_kib=1024, min_t=1, wanted=SHIPPED)
"""While the demo is made its people sign hundreds of times; the laptops that stay get the shipped cost."""


class _DemoLaptop(Laptop):
    """A laptop that makes no daily copy while eight weeks pass in a minute (it would cost a quarter of it)."""

    def backup(self, *, if_due: bool = False) -> Backup | None:
        """Make a copy only when asked to."""
        return None if if_due else super().backup()


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a finished demo folder says of itself."""

    day: str
    port: int


def laptop_of(folder: Path, user: str) -> Path:
    """Return the data folder of a user's laptop: technician, clinician or supervisor."""
    return folder / user


def read_manifest(folder: Path) -> Manifest | None:
    """Return what is in a finished demo folder; None if there is none or it was left half made."""
    try:
        value = orjson.loads((folder / MANIFEST).read_bytes())
        return Manifest(str(value["day"]), int(value["port"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def make(
    folder: Path,
    today: date,
    on_progress: Progress,
    *,
    weeks: int = course.WEEKS,
    count: Mapping[str, int] = COUNT,
) -> Manifest:
    """Make the demo; a folder left half made is replaced. Raises FieldappError.

    Args:
        weeks: how far back the work goes.
        count: clients by archetype; fewer of both for tests.
    """
    clear(folder)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    (folder / "making").touch()
    plan = course.plan(today, weeks, count)
    clock = HeldClock(local_ms(plan.start, 7 * 60) - 86_400_000)
    on_progress("Making the organisation", 0, 1)
    ids = _organisation(folder / "server", clock)
    with ExitStack() as stack:
        server = stack.enter_context(Server(folder / "server", now_ms=clock.now_ms))
        ids |= _staff(server, today)
        running = stack.enter_context(Running(server))
        wire = HttpTransport(running.url)
        stack.callback(wire.close)
        laptops: dict[str, Laptop] = {}
        field = [person for person in STAFF if person.role != "sysadmin"]
        for number, person in enumerate(field, 1):
            on_progress("Setting up laptops", number, len(field))
            laptops[person.code] = _laptop(folder, person, server, wire, clock)
            stack.callback(laptops[person.code].lock)
        clock.at_ms = max(clock.at_ms, local_ms(plan.start, 7 * 60))
        runner = Runner(laptops, ids, clock, PASSPHRASE)
        runner.run(plan.acts, on_progress)
        runner.receive(USERS.values())
        made = Manifest(today.isoformat(), running.port)
    for number, user in enumerate(USERS):
        on_progress("Locking the laptops", number, len(USERS))
        laptop = Laptop(laptop_of(folder, user), clock=clock, vault_policy=_AT_THE_END)
        laptop.unlock(PASSPHRASE)
        laptop.lock()
    shutil.rmtree(folder / "others", ignore_errors=True)
    replace(folder / MANIFEST, orjson.dumps({"day": made.day, "port": made.port}))
    (folder / "making").unlink()
    return made


def clear(folder: Path) -> None:
    """Remove a demo, and nothing that is not one."""
    if not (folder / MANIFEST).exists() and not (folder / "making").exists():
        return
    for name in ("server", "others", "manager", *USERS):
        shutil.rmtree(folder / name, ignore_errors=True)
    for name in (MANIFEST, "running.json"):
        (folder / name).unlink(missing_ok=True)


def _organisation(folder: Path, clock: HeldClock) -> dict[str, str]:
    first, team, boss = PROGRAMS[0], TEAMS[0], BY_CODE[SUPERVISOR]
    made = init_org(
        folder, ORGANISATION, program=first.name, program_code=first.code, archetype=first.archetype, tz=TZ,
        phone=PHONE, local_crisis_line=LOCAL_LINE, team=team.name, team_code=team.code,
        administrator=BY_CODE["admin"].name, supervisor=boss.name, supervisor_code=boss.code,
        supervisor_credential=boss.credentials[0],
        now_ms=clock.now_ms,
    )  # fmt: skip
    return {
        f"@program:{COMMUNITY}": made.program,
        f"@team:{NORTH}": made.team,
        f"@staff:{SUPERVISOR}": made.supervisor,
    }


def _staff(server: Server, today: date) -> dict[str, str]:
    ids: dict[str, str] = {}
    for program in PROGRAMS[1:]:
        ids[f"@program:{program.code}"], _ = admin.add_program(
            server, program.name, code=program.code, archetype=program.archetype, tz=TZ, phone=PHONE,
            local_crisis_line=LOCAL_LINE,
        )  # fmt: skip
    admin.change_program(server, STRUCTURED, groups.curriculum())
    for team in TEAMS[1:]:
        ids[f"@team:{team.code}"] = admin.add_team(server, team.name, program=team.program, code=team.code)
    programs = {team.code: team.program for team in TEAMS}
    for person in STAFF:
        expiry = (today + timedelta(days=person.licence_d)).isoformat()
        memberships = [
            {"role": role, **({"team": team, "program": programs[team]} if team else {})}
            for role, team in person.roles
        ]
        if person.code == SUPERVISOR:
            rows = {f"m{n}": row for n, row in enumerate(memberships, 1)}
            held = {
                f"c{n}": {"code": code, "expires": expiry} for n, code in enumerate(person.credentials, 1)
            }
            admin.change_staff(server, person.code, {"memberships": rows, "credentials": held})
        elif person.role != "sysadmin":
            ids[f"@staff:{person.code}"] = admin.add_staff(
                server, person.name, code=person.code, memberships=memberships,
                credentials=[{"code": code, "expires": expiry} for code in person.credentials],
                is_mhp="MHP" in person.credentials, values={"fte_hundredths": person.fte},
            )  # fmt: skip
    return ids


class SharedWire:
    """One way to the server for all laptops of the demo: none of them hangs it up for the others."""

    def __init__(self, wire: HttpTransport) -> None:
        self.post = wire.post


def _laptop(folder: Path, person: Person, server: Server, wire: HttpTransport, clock: HeldClock) -> Laptop:
    user = next((name for name, code in USERS.items() if code == person.code), "")
    where = laptop_of(folder, user) if user else folder / "others" / person.code
    code = admin.issue_code(server, person.code)
    enrol(
        where, wire.url, code.text, PASSPHRASE, clock=clock, kdf=_QUICK, vault_policy=_WHILE_MAKING,
        connect=lambda _: SharedWire(wire), label=f"Laptop of {person.name}",
    )  # fmt: skip
    laptop = _DemoLaptop(
        where, clock=clock, kdf=_QUICK, vault_policy=_WHILE_MAKING, connect=lambda _: SharedWire(wire)
    )
    laptop.unlock(PASSPHRASE)
    return laptop
