"""Unlocking, locking, PIN, several people on one laptop, the doctor and the way back from damage."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import orjson
import pytest

from fieldapp.crypto import disk
from fieldapp.crypto.vault import WrongPassphrase
from fieldapp.errors import AlreadyRunning, DataDamaged, DiskFailure, KeyFailure
from fieldapp.laptop.failures import ReauthNeeded
from fieldapp.laptop.unlocking import TooSoon
from fieldapp.records.envelope import instant
from fieldapp.store import backup
from fieldapp.store.store import StoreLocked
from tests.laptop.laptop_world import (
    ANA,
    BEN,
    HOUR_MS,
    NOON_MS,
    PASSPHRASE,
    World,
    note_values,
    opened,
    plan_values,
    uid,
)

BENS = "nine slow green kettles"


def attempt(laptop_values: dict[str, object]) -> dict[str, object]:
    return {
        "outcome": "attempt_no_answer", "contact_type": "outreach_engagement", "start": instant(NOON_MS - HOUR_MS),
        "stop": instant(NOON_MS - HOUR_MS), **laptop_values,
    }  # fmt: skip


def test_wrong_passphrases_are_slowed_counted_and_told_but_destroy_nothing(world: World) -> None:
    client = world.client("Rossi, Rosa")
    laptop = world.laptop(ANA)
    draft = laptop.start("note", client, values={"format": "DAP"})
    laptop.lock()
    tries = 0
    while tries < 8:
        world.clock.move(ms=1000 * laptop.attempts.wait_s)
        with pytest.raises(WrongPassphrase):
            laptop.unlock("wrong horse battery staple")
        tries += 1
    assert (laptop.attempts.count, laptop.attempts.wait_s) == (8, 16)
    with pytest.raises(TooSoon):
        laptop.unlock(PASSPHRASE)
    assert laptop.attempts.count == 8
    again = world.open(laptop.folder)
    assert again.attempts.wait_s == 16
    world.clock.move(ms=16_000)
    told = again.unlock(PASSPHRASE)
    assert (told.failed, told.since_ms) == (8, NOON_MS)
    assert again.attempts.count == 0
    assert again.draft(draft.id).values == {"format": "DAP"}
    with opened(again).store.reading() as rx:
        assert b"failed 8" in rx.value("SELECT data FROM audit ORDER BY seq DESC LIMIT 1")


def test_a_clock_that_is_set_back_does_not_lengthen_the_wait(world: World) -> None:
    laptop = world.laptop(ANA)
    laptop.lock()
    for _ in range(6):
        world.clock.move(ms=1000 * laptop.attempts.wait_s)
        with pytest.raises(WrongPassphrase):
            laptop.unlock("wrong horse battery staple")
    world.clock.move(days=-400)
    assert laptop.attempts.wait_s <= 4


def test_the_passphrase_finds_its_vault_and_only_its_own(world: World) -> None:
    client = world.client("Rossi, Rosa")
    folder = world.folder / "shared"
    world.enrol(ANA, folder)
    world.enrol(BEN, folder, BENS)
    laptop = world.open(folder)
    laptop.unlock(PASSPHRASE)
    assert laptop.me.name == "Ana Alvarez"
    laptop.submit(laptop.start("contact", client, values=attempt({})).id)
    laptop.unlock(BENS)
    assert laptop.me.name == "Ben Brook"
    assert [other.count for other in laptop.unsent_elsewhere] == [1]
    assert laptop.timeline(client, 0, 10, ["contact"]) == ()
    laptop.lock()
    with pytest.raises(WrongPassphrase):
        laptop.unlock("neither of them at all")
    assert laptop.unlock(PASSPHRASE).failed == 1
    assert laptop.unlock(BENS).failed == 1


def test_unsent_work_is_counted_outside_even_when_the_process_was_killed(world: World) -> None:
    client = world.client("Rossi, Rosa")
    laptop = world.laptop(ANA)
    laptop.submit(laptop.start("contact", client, values=attempt({})).id)
    place = opened(laptop).place
    assert (place.unsent().count, place.unsent().since_ms) == (1, NOON_MS)


def test_nothing_in_the_folder_names_anybody(world: World) -> None:
    world.client("Zaphodine, Quillfeather", street="Elm")
    laptop = world.laptop(ANA)
    laptop.start("note", uid("Zaphodine, Quillfeather"), values={"format": "DAP"})
    laptop.lock()
    for path in laptop.folder.rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            for word in (b"Quillfeather", b"Alvarez", PASSPHRASE.encode()):
                assert word not in data, path
        assert "ana" not in str(path.relative_to(laptop.folder)).lower()
    assert (laptop.folder / "vaults").stat().st_mode & 0o077 == 0


def test_one_vault_opens_in_one_process_only(world: World) -> None:
    laptop = world.laptop(ANA)
    other = world.open(laptop.folder)
    with pytest.raises(AlreadyRunning):
        other.unlock(PASSPHRASE)
    assert laptop.me.name == "Ana Alvarez"
    laptop.lock()
    other.unlock(PASSPHRASE)


def test_locking_forgets_the_key_and_refuses_everything(world: World) -> None:
    laptop = world.laptop(ANA)
    laptop.set_pin("2468")
    key = opened(laptop).vault_key
    place = opened(laptop).place
    laptop.lock()
    assert not laptop.unlocked
    assert not laptop.has_pin
    assert laptop.needs_reauth
    with pytest.raises(KeyFailure):
        key.derive("db")
    with pytest.raises(StoreLocked):
        laptop.today()
    assert not place.database.with_name("data.db-wal").exists()
    laptop.lock()


def test_a_session_pin_has_three_tries(world: World) -> None:
    laptop = world.laptop(ANA)
    with pytest.raises(Exception, match="digits"):
        laptop.set_pin("12")
    laptop.set_pin("2468")
    assert laptop.check_pin("1111") == 2
    assert laptop.check_pin("2468") is None
    assert [laptop.check_pin("1111") for _ in range(3)] == [2, 1, 0]
    assert not laptop.has_pin
    assert laptop.check_pin("2468") == 0


def test_the_pin_is_a_fresh_proof_for_signing(world: World) -> None:
    client = world.client("Rossi, Rosa")
    laptop = world.laptop(ANA)
    laptop.set_pin("2468")
    draft = laptop.start("safety_plan", client, values=plan_values())
    world.clock.move(hours=1)
    with pytest.raises(ReauthNeeded):
        laptop.submit(draft.id)
    assert laptop.check_pin("2468") is None
    laptop.submit(draft.id)


def test_a_changed_passphrase_opens_and_the_old_one_does_not(world: World) -> None:
    laptop = world.laptop(ANA)
    laptop.change_passphrase(PASSPHRASE, BENS)
    laptop.lock()
    with pytest.raises(WrongPassphrase):
        laptop.unlock(PASSPHRASE)
    assert laptop.unlock(BENS).warnings == ()


def test_a_disk_that_does_not_take_a_new_passphrase_is_told_of_and_the_old_one_holds(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    laptop = world.laptop(ANA)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(disk, "create", full)
    with pytest.raises(DiskFailure, match="did not take the new passphrase"):
        laptop.change_passphrase(PASSPHRASE, BENS)
    monkeypatch.undo()
    laptop.lock()
    assert laptop.unlock(PASSPHRASE).warnings == ()


def test_a_passphrase_that_holds_is_not_called_unsaved_and_is_audited_at_the_next_unlock(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once the key file is changed the new passphrase opens, whatever the database does after it."""
    laptop = world.laptop(ANA)
    laptop.lock()
    laptop.unlock(PASSPHRASE)
    store = opened(laptop).store

    def full() -> None:
        raise DiskFailure("The disk is full; the last change is not saved yet.")

    monkeypatch.setattr(store, "writing", full)
    laptop.change_passphrase(PASSPHRASE, BENS)
    monkeypatch.undo()
    laptop.lock()
    assert laptop.unlock(BENS).warnings == ()
    with opened(laptop).store.reading() as rx:
        events = [orjson.loads(data) for (data,) in rx.all("SELECT data FROM audit")]
    assert [one["outcome"] for one in events if one["action"] == "passphrase"] == ["changed before"]


def test_an_older_key_file_put_back_is_told_and_repaired(world: World) -> None:
    laptop = world.laptop(ANA)
    path = opened(laptop).place.key_file
    old = path.read_bytes()
    laptop.change_passphrase(PASSPHRASE, BENS)
    laptop.lock()
    path.write_bytes(old)
    assert "put back" in laptop.unlock(PASSPHRASE).warnings[0]
    laptop.lock()
    assert laptop.unlock(PASSPHRASE).warnings == ()


def test_an_older_database_put_back_is_told_at_unlock(world: World) -> None:
    client = world.client("Rossi, Rosa")
    laptop = world.laptop(ANA)
    laptop.submit(laptop.start("contact", client, values=attempt({})).id)
    with opened(laptop).store.writing() as tx:
        tx.execute("DELETE FROM entry WHERE own = 1")
    laptop.lock()
    assert "older state" in laptop.unlock(PASSPHRASE).warnings[0]
    assert not laptop.doctor().ok


def test_own_work_that_was_let_go_is_no_alarm(world: World) -> None:
    client = world.client("Rossi, Rosa")
    laptop = world.laptop(ANA)
    for _ in range(3):
        laptop.submit(laptop.start("contact", client, values=attempt({})).id, overrides={"start": "again"})
    with opened(laptop).store.writing() as tx:
        tx.execute("UPDATE entry SET state = 'confirmed'")
        tx.evict(
            row[0] for row in tx.all("SELECT record FROM entry WHERE own = 1 ORDER BY seq LIMIT 2 OFFSET 1")
        )
    laptop.backup()
    assert laptop.doctor().ok
    laptop.lock()
    assert laptop.unlock(PASSPHRASE).warnings == ()


def test_several_threads_write_without_a_gap(world: World) -> None:
    client = world.client("Rossi, Rosa")
    laptop = world.laptop(ANA)

    def log(number: int) -> int:
        start = instant(NOON_MS - number * HOUR_MS)
        draft = laptop.start("contact", client, values=attempt({"start": start, "stop": start}))
        laptop.submit(draft.id)
        return len(laptop.timeline(client, 0, 50, ["contact"])) + len(laptop.caseload())

    with ThreadPoolExecutor(6) as pool:
        assert all(pool.map(log, range(18)))
    assert laptop.timeline_count(client, ["contact"]) == 18
    laptop.backup()
    assert laptop.doctor().ok


def test_crisis_help_opens_locked_and_names_no_client(world: World) -> None:
    world.client("Rossi, Rosa")
    laptop = world.laptop(ANA)
    laptop.lock()
    fresh = world.open(laptop.folder)
    assert any("206-555-0100" in line for line in fresh.crisis_help.lines)
    assert any("866-555-0199" in line for line in fresh.crisis_help.lines)
    assert b"Rossi" not in (laptop.folder / "help.json").read_bytes()
    (laptop.folder / "help.json").write_bytes(b"\xff{[")
    assert any("988" in line for line in fresh.crisis_help.lines)


def test_the_doctor_finds_what_is_whole_and_what_is_not(world: World) -> None:
    client = world.client("Rossi, Rosa")
    laptop = world.laptop(ANA)
    assert laptop.doctor().ok, "right after enrolment there is nothing to back up"
    laptop.submit(laptop.start("contact", client, values=attempt({})).id)
    assert {f.what for f in laptop.doctor().findings if not f.ok} == {"backup"}
    assert laptop.backup() is not None
    assert laptop.backup(if_due=True) is None
    report = laptop.doctor()
    assert (report.ok, report.unsent, report.needs_you) == (True, 1, 0)
    with opened(laptop).store.writing() as tx:
        tx.execute("UPDATE audit SET data = replace(data, 'ok', 'no') WHERE seq = 1")
    assert {f.what for f in laptop.doctor().findings if not f.ok} == {"audit"}


def test_damaged_data_is_kept_aside_and_the_backup_put_in_its_place(world: World) -> None:
    client = world.client("Rossi, Rosa")
    contact = world.contact(client, "visit", start_ms=NOON_MS - HOUR_MS)
    laptop = world.laptop(ANA)
    draft = laptop.start("note", client, values=note_values(contact, NOON_MS - HOUR_MS))
    laptop.backup()
    place = opened(laptop).place
    laptop.lock()
    os.truncate(place.database, 9000)
    with pytest.raises(DataDamaged, match="doctor --restore"):
        laptop.unlock(PASSPHRASE)
    with pytest.raises(WrongPassphrase):
        laptop.restore_backup("not the passphrase")
    restored = laptop.restore_backup(PASSPHRASE)
    assert restored.backup == backup.listed(place.backups)[0]
    assert restored.aside is not None
    assert Path(restored.aside).stat().st_size == 9000
    assert laptop.unlock(PASSPHRASE).warnings == ()
    assert laptop.draft(draft.id).values == draft.values
    laptop.submit(draft.id)
    assert laptop.doctor().ok


def test_a_folder_without_anybody_says_what_to_do(world: World) -> None:
    laptop = world.open(world.folder / "empty")
    assert not laptop.enrolled
    assert laptop.attempts.wait_s == 0
    with pytest.raises(KeyFailure, match="fieldapp enrol"):
        laptop.unlock(PASSPHRASE)
