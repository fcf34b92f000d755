"""Making a new organisation: keys, database, and the first `org` entries in the order of sync.md 2."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import Connection, insert

from fieldapp.crypto import passphrase as passphrases
from fieldapp.crypto.hpke import key_id
from fieldapp.crypto.keys import org_id
from fieldapp.crypto.vault import POLICY, SHIPPED, KdfParams, Policy
from fieldapp.errors import UsageFailure
from fieldapp.records.canonical import Json
from fieldapp.records.envelope import instant
from fieldapp.records.ids import uuid7
from fieldapp.records.kinds.program import ARCHETYPES

from . import audit, epochs, keyfiles, roles
from .database import Database
from .seals import Seals
from .service import Server, authority_staff, wall_ms
from .speaker import Statement, authority, certificate, say
from .tables import device, meta


@dataclass(frozen=True, slots=True)
class NewOrg:
    """What `init_org` made; ids of the first records."""

    org: str
    authority_public: bytes
    program: str
    team: str
    intake: str
    administrator: str
    supervisor: str
    recovery_passphrase: str = field(repr=False)
    """Shown once: it opens `keys/recovery.key`, which then goes to offline storage."""


def init_org(
    folder: Path,
    name: str,
    *,
    program: str = "Community IOP",
    program_code: str = "community-iop",
    archetype: str = "community",
    tz: str = "America/Los_Angeles",
    phone: str = "",
    local_crisis_line: str = "",
    team: str = "Team 1",
    team_code: str = "team-1",
    administrator: str = "Administrator",
    administrator_code: str = "admin",
    supervisor: str = "Supervisor",
    supervisor_code: str = "supervisor",
    supervisor_credential: str = "",
    passphrase: str | None = None,
    database: str | None = None,
    app_role: str | None = None,
    kdf: KdfParams = SHIPPED,
    policy: Policy = POLICY,
    now_ms: Callable[[], int] = wall_ms,
) -> NewOrg:
    """Make an organisation and its server in a folder; raises UsageFailure, MasterKeyExists, OSError.

    Args:
        folder: new or empty; gets `keys/` (move a sealed copy away) and, without `database`, `server.db`.
        passphrase: of the recovery key; None makes one of six words.
        database: an SQLAlchemy URL of an empty PostgreSQL database; None for SQLite in the folder.
        app_role: a PostgreSQL role that is to serve: it may add entries and audit, and never edit them.
    """
    if archetype not in ARCHETYPES:
        raise UsageFailure(f"Give the archetype as one of: {', '.join(ARCHETYPES)}.")
    if passphrase is not None and (problems := passphrases.check(passphrase)):
        raise UsageFailure(f"The recovery passphrase is too weak. {problems[0]}")
    secret = passphrases.generate() if passphrase is None else passphrase
    keyfiles.owner_only(folder)
    if app_role is not None and database is None:
        raise UsageFailure("SQLite has no roles: leave --serving-role out, or give --database.")
    if (folder / "server.db").exists():
        raise UsageFailure("There is already a server in this folder; choose another one.")
    keys = keyfiles.create(folder)
    db = Database.in_folder(folder) if database is None else Database(database)
    try:
        recovery = keyfiles.create_recovery(
            folder, secret, org_id(keys.authority.public), kdf=kdf, policy=policy
        )
        db.create()
        if app_role is not None and not db.is_sqlite:
            db.run(lambda tx: roles.give(tx, app_role))
        ids = [uuid7(now_ms()) for _ in range(8)]
        _write_meta(db, keys, recovery, name, ids[0], ids[1], ids[5], now_ms)
    except BaseException:
        db.close()
        _undo(folder)
        raise
    db.close()
    authority_device, admin_device, org_record, program_id, team_id, admin, boss, intake = ids
    names: dict[str, Json] = {
        "name": name, "authority_public": keys.authority.public.hex(), "recovery_public": recovery.hex(),
        "recovery_kid": key_id(recovery),
    }  # fmt: skip
    return _attest(
        folder, database, now_ms, keys, secret, ids=(authority_device, admin_device, org_record), names=names,
        program=(program_id, {"code": program_code, "name": program, "archetype": archetype, "tz": tz,
                              "phone": phone or None, "local_crisis_line": local_crisis_line or None,
                              "intake_team": intake}),
        team=(team_id, {"code": team_code, "name": team, "program": program_id}),
        intake=(intake, {"code": f"{program_code}-intake", "name": "Intake", "program": program_id, "intake": True}),
        administrator=(admin, administrator, administrator_code),
        supervisor=(boss, supervisor, supervisor_code, supervisor_credential),
    )  # fmt: skip


def _write_meta(
    db: Database, keys: keyfiles.ServerKeys, recovery: bytes, name: str, authority_device: str,
    admin_device: str, admin: str, now_ms: Callable[[], int],
) -> None:  # fmt: skip
    """Write what a server needs before it can take entries: who it is, and the authority as a device."""
    org = org_id(keys.authority.public)
    values = {
        "org": org, "name": name, "authority_public": keys.authority.public.hex(),
        "authority_device": authority_device, "administrator_device": admin_device, "administrator": admin,
        "recovery_public": recovery.hex(), "recovery_kid": key_id(recovery),
    }  # fmt: skip
    seals = Seals(keys.master, db, now_ms)
    dk = seals.current()

    def write(tx: Connection) -> None:
        if db.add_new(tx, meta, [{"name": n, "value": v} for n, v in values.items()]) != len(values):
            raise UsageFailure("This database already holds an organisation; give an empty one.")
        tx.execute(
            insert(device),
            [{"id": authority_device, "staff": authority_staff(org), "public": keys.authority.public.hex(),
              "label": "Authority", "state": "authority", "forked": False, "cut_ms": None, "last_counters": "{}",
              "enrolled_ms": now_ms(), "last_seen_ms": None, "report": "{}"}],
        )  # fmt: skip
        epochs.begin(tx, keys.authority, org, now_ms(), "start")
        started = audit.event(audit.SERVER_CHAIN, now_ms(), "started", org=org)
        audit.append(db, tx, seals, dk, org, now_ms(), [started])

    db.run(write)


def _attest(
    folder: Path, database: str | None, now_ms: Callable[[], int], keys: keyfiles.ServerKeys, secret: str, *,
    ids: tuple[str, str, str], names: dict[str, Json], program: tuple[str, dict[str, Json]],
    team: tuple[str, dict[str, Json]], intake: tuple[str, dict[str, Json]],
    administrator: tuple[str, str, str], supervisor: tuple[str, str, str, str],
) -> NewOrg:  # fmt: skip
    authority_device, admin_device, org_record = ids
    admin, admin_name, admin_code = administrator
    boss, boss_name, boss_code, credential = supervisor
    with Server(folder, database=database, now_ms=now_ms) as server:
        day = instant(now_ms())[:10]
        said = [
            Statement("organisation", org_record, {"set": names}),
            certificate(authority_device, server.authority_staff, keys.authority.public, "Authority", now_ms()),
            Statement("program", program[0], {"set": _given(program[1])}),
            Statement("team", team[0], {"set": team[1]}),
            Statement("team", intake[0], {"set": intake[1]}),
            Statement(
                "staff", admin,
                {"set": {"name": admin_name, "code": admin_code},
                 "items": {"memberships": {"m1": {"role": "sysadmin", "program": program[0]}}}},
            ),
            Statement("staff", boss, _first_supervisor(boss_name, boss_code, credential, team[0], program[0], day)),
            certificate(admin_device, admin, keys.administrator.public, "Server administration", now_ms()),
        ]  # fmt: skip
        dk = server.seals.current()
        speaker = authority(server, str(names["name"]))
        server.database.run(lambda tx: say(server, tx, speaker, said, dk))
        return NewOrg(server.org, keys.authority.public, program[0], team[0], intake[0], admin, boss, secret)


def _first_supervisor(
    name: str, code: str, credential: str, team: str, program: str, day: str
) -> dict[str, Json]:
    items: dict[str, Json] = {"memberships": {"m1": {"role": "supervisor", "program": program, "team": team}}}
    if credential:
        items["credentials"] = {"c1": {"code": credential, "issued": day}}
    return {"set": {"name": name, "code": code, "is_mhp": True}, "items": items}


def _given(values: dict[str, Json]) -> dict[str, Json]:
    return {name: value for name, value in values.items() if value is not None}


def _undo(folder: Path) -> None:
    """Take away the key files and database of a server that could not be made; nothing was sealed with them."""
    for name in ("master.key", "authority.key", "administrator.key", "recovery.key", "recovery.vault.json"):
        with contextlib.suppress(OSError):
            (keyfiles.keys_folder(folder) / name).unlink()
    for name in ("server.db", "server.db-wal", "server.db-shm"):
        with contextlib.suppress(OSError):
            (folder / name).unlink()
