"""At rest: nothing readable, nothing editable, everything verifiable."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, insert, select, text, update
from sqlalchemy.exc import DatabaseError

from fieldapp.crypto.sealing import MasterKeyExposed, MasterKeyMissing
from fieldapp.errors import DataDamaged, KeyFailure, UsageFailure
from fieldapp.records.ids import uuid7
from fieldapp.server import admin, keyfiles
from fieldapp.server.logs import Line
from fieldapp.server.org import init_org
from fieldapp.server.proof import verify
from fieldapp.server.service import Server
from fieldapp.server.tables import APPEND_ONLY, audit, audit_chain, entry, feed, feed_row
from fieldapp.sync.wire import b64
from tests.server.server_world import CHEAP, POLICY, World

SENTINEL = "SENTINEL-9f3a"


def busy_world(world: World) -> str:
    """Fill a server with sentinels in every place that holds content; return its database URL or empty."""
    mira, una, sol = world.laptop("mira"), world.laptop("una"), world.laptop("sol")
    client = mira.client(f"{SENTINEL}, Jo")
    note = mira.note(client.envelope.id, f"{SENTINEL} note", cosign="supervisor")
    quarantined = una.contact(client.envelope.id, f"{SENTINEL} quarantined")
    parent = mira.contact(client.envelope.id, f"{SENTINEL} parent")
    held = mira.say(
        "contact", parent.envelope.id, {"set": {"remark": f"{SENTINEL} held"}}, client=client.envelope.id,
        prev=[parent],
    )  # fmt: skip
    bad = mira.say("contact", uuid7(1), {"set": {"outcome": {"x": SENTINEL}}}, client=client.envelope.id)
    draft = {
        "id": uuid7(2), "device": mira.device, "revision": 1, "record": uuid7(3), "client": None, "kind": "note",
        "body": {"text": f"{SENTINEL} draft"},
    }  # fmt: skip
    event = f'{{"what":"{SENTINEL}"}}'
    audited = [[event, b64(mira.identity.sign("audit", event.encode()))]]
    assert mira.push(client, note, held, bad, drafts=[draft], audit=audited) == [
        "accepted", "accepted", "held", "rejected",
    ]  # fmt: skip
    assert una.push(quarantined) == ["quarantined"]
    decision = {
        "hash": quarantined.hash, "decision": "refuse", "reason": f"{SENTINEL} reason", "team": world.team1,
    }  # fmt: skip
    assert sol.push(sol.say("quarantine_decision", uuid7(4), {"set": decision}, meaning="sign")) == [
        "accepted"
    ]
    return ""


def dump(world: World) -> bytes:
    """Return every byte that a stolen database would show."""
    if world.server.database.is_sqlite:
        return b"".join(path.read_bytes() for path in world.server.folder.glob("server.db*"))
    with world.server.database.reading() as rx:
        names = (
            rx.execute(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")).scalars().all()
        )
        found = []
        for name in names:
            for row in rx.execute(text(f"SELECT * FROM {name}")):
                found += [
                    bytes(part) if isinstance(part, bytes | memoryview) else str(part).encode()
                    for part in row
                ]
    return b"\n".join(found)


def test_a_stolen_database_shows_no_content(world: World) -> None:
    busy_world(world)
    assert SENTINEL.encode() not in dump(world)
    assert b"Mira Example" not in dump(world)


@pytest.mark.parametrize("table", [table.name for table in APPEND_ONLY])
def test_entries_rows_and_audit_cannot_be_edited_or_deleted(world: World, table: str) -> None:
    busy_world(world)
    column = {"entry": "flags", "feed_row": "op", "audit": "hash", "epoch_head": "head"}[table]
    if table == "epoch_head":
        from fieldapp.server.restore import new_epoch

        new_epoch(world.server.folder, "test", database=world.owner or _url(world), now_ms=world.clock)
    for statement in (f"UPDATE {table} SET {column} = 'x'", f"DELETE FROM {table}"):
        with pytest.raises(DatabaseError, match="append-only"), world.owning() as tx:
            tx.exec_driver_sql(statement)
    if not world.server.database.is_sqlite:
        with pytest.raises(DatabaseError, match="append-only"), world.owning() as tx:
            tx.exec_driver_sql(f"TRUNCATE {table}")


def _url(world: World) -> str | None:
    if world.server.database.is_sqlite:
        return None
    return world.server.database.engine.url.render_as_string(hide_password=False)


def test_a_sound_server_verifies(world: World) -> None:
    busy_world(world)
    found = verify(world.server.folder, database=_url(world))
    assert found.problems == []
    assert found.entries > 10
    assert found.rows > 10
    assert found.events > 5


def _without_guard(tx: Connection, table: str) -> None:
    """Do what somebody with the database's password can do."""
    if tx.dialect.name == "sqlite":
        for verb in ("update", "delete"):
            tx.exec_driver_sql(f"DROP TRIGGER {table}_no_{verb}")
    else:
        tx.exec_driver_sql(f"DROP TRIGGER {table}_append_only ON {table}")


def _edit_column(tx: Connection) -> None:
    tx.execute(update(entry).where(entry.c.kind == "note").values(at_ms=5))


def _relabel(tx: Connection) -> None:
    tx.execute(update(entry).where(entry.c.kind == "note").values(client=uuid7(77)))


def _swap_payloads(tx: Connection) -> None:
    one, two = tx.execute(
        select(entry.c.hash, entry.c.sealed).where(entry.c.kind.in_(("note", "client")))
    ).all()[:2]
    for target, source in ((one, two), (two, one)):
        tx.execute(update(entry).where(entry.c.hash == target.hash).values(sealed=source.sealed))


def _flip_byte(tx: Connection) -> None:
    row = tx.execute(select(entry.c.hash, entry.c.sealed).where(entry.c.kind == "note")).one()
    sealed = bytearray(row.sealed)
    sealed[40] ^= 1
    tx.execute(update(entry).where(entry.c.hash == row.hash).values(sealed=bytes(sealed)))


@pytest.mark.parametrize("tamper", [_edit_column, _relabel, _swap_payloads, _flip_byte])
def test_an_altered_entry_is_named(world: World, tamper: Any) -> None:
    busy_world(world)
    with world.owning() as tx:
        _without_guard(tx, "entry")
        tamper(tx)
    problems = verify(world.server.folder, database=_url(world)).problems
    assert problems
    assert all(problem.startswith("entry ") for problem in problems)
    assert SENTINEL not in "".join(problems)


@pytest.mark.parametrize("table", [audit, feed_row])
@pytest.mark.parametrize("how", ["edit", "delete", "cut", "insert", "reorder"])
def test_a_tampered_chain_is_named_with_its_first_bad_number(world: World, table: Any, how: str) -> None:
    busy_world(world)
    chain = table.c.chain if table is audit else table.c.feed
    name = f"team:{world.team1}" if table is feed_row else "server"
    with world.owning() as tx:
        _without_guard(tx, table.name)
        last = len(tx.execute(select(table.c.number).where(chain == name)).all())
        assert last >= 2
        middle = (chain == name) & (table.c.number == 1)
        if how == "edit":
            tx.execute(update(table).where(middle).values(**{"hash" if table is audit else "what": "0" * 64}))
        elif how == "delete":
            tx.execute(table.delete().where(middle))
        elif how == "cut":
            tx.execute(table.delete().where((chain == name) & (table.c.number == last)))
        elif how == "insert":
            row = dict(tx.execute(select(table).where(middle)).one()._mapping)
            row |= {"number": last + 1, **({"hash": "1" * 64} if table is audit else {})}
            tx.execute(insert(table), [row])
        else:
            for old, new in ((1, 10_000), (2, 1), (10_000, 2)):
                tx.execute(update(table).where((chain == name) & (table.c.number == old)).values(number=new))
    problems = verify(world.server.folder, database=_url(world)).problems
    place = {"edit": "number 1", "delete": "number 2", "cut": "end was cut", "insert": f"number {last + 1}",
             "reorder": "number 1"}[how]  # fmt: skip
    assert any(name in problem and place in problem for problem in problems), problems


def test_a_cut_tail_with_its_counter_put_right_is_found_by_laptops(world: World) -> None:
    mira = world.laptop("mira")
    client = mira.client()
    mira.push(client, mira.contact(client.envelope.id))
    mira.pull()
    name = f"team:{world.team1}"
    with world.owning() as tx:
        _without_guard(tx, "feed_row")
        row = tx.execute(select(feed_row).where(feed_row.c.feed == name, feed_row.c.number == 1)).one()
        tx.execute(feed_row.delete().where(feed_row.c.feed == name, feed_row.c.number > 1))
        tx.execute(update(feed).where(feed.c.name == name).values(last_number=1, head=row.head))
    from fieldapp.server.refusals import Refusal

    with pytest.raises(Refusal) as refused:
        mira.post(mira.request())
    assert refused.value.status == 409
    assert refused.value.body["feed"] == name


def test_a_missing_audit_counter_is_found(world: World) -> None:
    busy_world(world)
    with world.owning() as tx:
        tx.execute(audit_chain.delete().where(audit_chain.c.chain == "server"))
    assert any("audit server" in p for p in verify(world.server.folder, database=_url(world)).problems)


# ── keys (SQLite alone: they are files) ──────────────────────────────────────────────────────────


@pytest.fixture
def made(tmp_path: Path) -> Path:
    """The folder of a new server."""
    init_org(tmp_path / "server", "Harbor", kdf=CHEAP, policy=POLICY)
    return tmp_path / "server"


def test_keys_are_readable_by_their_owner_alone(made: Path) -> None:
    assert stat.S_IMODE(made.stat().st_mode) == 0o700
    for name in ("master.key", "authority.key", "administrator.key", "recovery.key"):
        assert stat.S_IMODE((made / "keys" / name).stat().st_mode) == 0o400


def test_without_its_master_key_the_server_serves_nothing_and_says_so(made: Path) -> None:
    (made / "keys" / "master.key").rename(made / "away")
    with pytest.raises(MasterKeyMissing, match="master key"):
        Server(made)


def test_another_master_key_opens_nothing(made: Path, tmp_path: Path) -> None:
    init_org(tmp_path / "other", "Other", kdf=CHEAP, policy=POLICY)
    (made / "keys" / "master.key").unlink()
    (tmp_path / "other" / "keys" / "master.key").rename(made / "keys" / "master.key")
    with pytest.raises(KeyFailure, match="authority"):
        Server(made)


def test_a_master_key_that_others_can_read_is_refused(made: Path) -> None:
    (made / "keys" / "master.key").chmod(0o444)
    with pytest.raises(MasterKeyExposed):
        Server(made)


def test_keys_and_database_of_different_organisations_are_refused(made: Path, tmp_path: Path) -> None:
    init_org(tmp_path / "other", "Other", kdf=CHEAP, policy=POLICY)
    for path in made.glob("server.db*"):
        path.unlink()
    (tmp_path / "other" / "server.db").rename(made / "server.db")
    with pytest.raises(DataDamaged):
        Server(made)


def test_a_second_organisation_in_the_same_folder_is_refused(made: Path) -> None:
    before = sorted((path.name, path.stat().st_size) for path in made.rglob("*") if path.is_file())
    with pytest.raises(UsageFailure):
        init_org(made, "Again", kdf=CHEAP, policy=POLICY)
    assert sorted((path.name, path.stat().st_size) for path in made.rglob("*") if path.is_file()) == before


def test_the_recovery_key_opens_with_its_passphrase_alone(tmp_path: Path) -> None:
    org = init_org(tmp_path / "server", "Harbor", kdf=CHEAP, policy=POLICY)
    from fieldapp.crypto.hpke import recovery_public

    private = keyfiles.open_recovery_key(tmp_path / "server", org.recovery_passphrase, policy=POLICY)
    with Server(tmp_path / "server") as server:
        assert recovery_public(private).hex() == server.meta["recovery_public"]
        assert org.recovery_passphrase not in repr(org)
        assert admin.staff_list(server)


def test_a_weak_recovery_passphrase_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    with pytest.raises(UsageFailure, match="weak"):
        init_org(tmp_path / "server", "Harbor", passphrase="short", kdf=CHEAP, policy=POLICY)
    assert not (tmp_path / "server").exists()


def test_one_altered_entry_stops_nobody_else_s_work(world: World, caplog: pytest.LogCaptureFixture) -> None:
    busy_world(world)
    with world.owning() as tx:
        _without_guard(tx, "entry")
        _flip_byte(tx)
    tomas, mira = world.laptop("tomas"), world.laptop("mira")
    tomas.pull()
    assert [e.envelope.kind for e in tomas.entries.values()].count("client") == 1
    assert "note" not in [e.envelope.kind for e in tomas.entries.values()]
    assert len(tomas.held("notes:T1")) == 1, "the row still says that there is one"
    client = next(e for e in tomas.entries.values() if e.envelope.kind == "client")
    assert mira.push(mira.contact(client.envelope.id)) == ["accepted"]
    said = "".join(Line("text").format(one) for one in caplog.records)
    assert f"entry={tomas.held('notes:T1')[0]}" in said
    assert SENTINEL not in caplog.text + said
