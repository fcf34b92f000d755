"""An older backup on a laptop whose data is whole: asked for, counted first, and nothing is thrown away."""

from __future__ import annotations

import hashlib
import os
import shutil
from pathlib import Path

import pytest
import sqlcipher3.dbapi2 as sqlcipher

from fieldapp.crypto.vault import WrongPassphrase
from fieldapp.errors import AlreadyRunning, DataDamaged, DiskFailure, UsageFailure
from fieldapp.laptop.going_back import Unconfirmed
from fieldapp.laptop.laptop import Laptop
from fieldapp.records.envelope import instant
from fieldapp.store import engine
from fieldapp.store.connection import FULL
from fieldapp.store.older import OnlyHere
from tests.laptop.laptop_world import (
    ANA,
    BEN,
    DAY_MS,
    HOUR_MS,
    NOON_MS,
    PASSPHRASE,
    World,
    note_values,
    opened,
)


def log(laptop: Laptop, client: str, hours_ago: int) -> None:
    """Log a contact that waits to be sent."""
    start = instant(NOON_MS - hours_ago * HOUR_MS)
    values = {
        "outcome": "attempt_no_answer", "contact_type": "outreach_engagement", "start": start, "stop": start,
    }  # fmt: skip
    laptop.submit(laptop.start("contact", client, values=values).id)


def files(folder: Path) -> dict[str, str]:
    """Return every file of a folder with its digest."""
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.iterdir()
        if path.is_file()
    }


def series_of(laptop: Laptop) -> str:
    with opened(laptop).store.reading() as rx:
        return rx.meta_text("series")


def test_going_back_counts_unsent_work_first_and_keeps_the_present_data(world: World) -> None:
    client = world.client("Rossi, Rosa")
    contact = world.contact(client, "visit", start_ms=NOON_MS - HOUR_MS)
    laptop = world.laptop(ANA)
    log(laptop, client, 5)
    made = laptop.backup()
    assert made is not None
    series = series_of(laptop)
    world.clock.move(ms=DAY_MS)
    for hours in (2, 3):
        log(laptop, client, hours)
    draft = laptop.start("note", client, values=note_values(contact, NOON_MS - HOUR_MS))
    place = opened(laptop).place
    laptop.lock()
    was = files(place.folder)
    with pytest.raises(
        Unconfirmed, match="2 entries and 1 draft of the present data were never sent"
    ) as asked:
        laptop.go_back(PASSPHRASE)
    assert asked.value.missing == OnlyHere(2, 1)
    assert files(place.folder) == was
    done = laptop.go_back(PASSPHRASE, confirmed=True)
    assert (done.backup, done.missing) == (made.path, OnlyHere(2, 1))
    assert done.aside is not None
    assert files(place.folder)[done.aside.name] == was["data.db"]
    assert not laptop.unlocked
    assert laptop.unlock(PASSPHRASE).warnings == ()
    # World's contact of the client and the one that was logged before the backup.
    assert laptop.timeline_count(client, ["contact"]) == 2
    assert [line.id for line in laptop.drafts()] == []
    assert series_of(laptop) != series
    log(laptop, client, 7)
    laptop.backup()
    assert laptop.doctor().ok
    laptop.lock()
    # What was kept aside opens with the same passphrase and goes back the same way.
    with pytest.raises(Unconfirmed, match="1 entry of the present"):
        laptop.go_back(PASSPHRASE, done.aside)
    world.clock.move(ms=1_000)
    laptop.go_back(PASSPHRASE, done.aside, confirmed=True)
    laptop.unlock(PASSPHRASE)
    assert laptop.timeline_count(client, ["contact"]) == 4
    assert laptop.draft(draft.id).values == draft.values
    assert done.aside.exists()


def test_without_unsent_work_nobody_has_to_confirm(world: World) -> None:
    client = world.client("Rossi, Rosa")
    laptop = world.laptop(ANA)
    laptop.backup()
    log(laptop, client, 2)
    with opened(laptop).store.writing() as tx:
        tx.execute("UPDATE entry SET state = 'confirmed'")
    done = laptop.go_back(PASSPHRASE)
    assert done.missing == OnlyHere(0, 0)
    laptop.unlock(PASSPHRASE)
    assert laptop.timeline_count(client, ["contact"]) == 0


def test_a_draft_that_went_on_after_the_backup_counts_as_unsent_work(world: World) -> None:
    client = world.client("Rossi, Rosa")
    laptop = world.laptop(ANA)
    draft = laptop.start("note", client, values={"format": "DAP"})
    laptop.backup()
    laptop.save_draft(draft.id, {"format": "DAP", "sections": {"data": "More words."}})
    laptop.lock()
    with pytest.raises(Unconfirmed, match=r"^1 draft of"):
        laptop.go_back(PASSPHRASE)


@pytest.mark.parametrize("opens", ["the copy", "the present data", "the copy once more"])
def test_a_full_disk_is_not_taken_for_damage(
    world: World, opens: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Said to be damaged, a good backup would be thrown away, and unsent work left behind uncounted."""
    client = world.client("Rossi, Rosa")
    laptop = world.laptop(ANA)
    log(laptop, client, 2)
    laptop.backup()
    place = opened(laptop).place
    laptop.lock()
    was = files(place.folder)
    real = engine.connect

    tried: list[str] = []

    def full(path: Path, key: bytes) -> sqlcipher.Connection:
        what = "the present data" if path == place.database else "the copy"
        tried.append(f"{what} once more" if what in tried else what)
        if tried[-1] == opens:
            problem = sqlcipher.OperationalError("database or disk is full")
            problem.sqlite_errorcode = FULL
            raise problem
        return real(path, key)

    monkeypatch.setattr("fieldapp.store.older.connect", full)
    with pytest.raises(DiskFailure, match="make room"):
        laptop.go_back(PASSPHRASE)
    assert files(place.folder) == was


@pytest.mark.parametrize("harm", ["truncated", "flipped", "empty", "plain", "somebody else's", "missing"])
def test_a_bad_backup_is_refused_in_one_sentence_and_nothing_is_touched(
    world: World, tmp_path: Path, harm: str
) -> None:
    client = world.client("Rossi, Rosa")
    laptop = world.laptop(ANA)
    log(laptop, client, 2)
    made = laptop.backup()
    assert made is not None
    place = opened(laptop).place
    laptop.lock()
    copy = tmp_path / "copy.db"
    data = bytearray(made.path.read_bytes())
    if harm == "truncated":
        copy.write_bytes(data[:9_000])
    elif harm == "flipped":
        data[len(data) // 2] ^= 1
        copy.write_bytes(data)
    elif harm == "somebody else's":
        other = world.laptop(BEN)
        theirs = other.backup()
        assert theirs is not None
        shutil.copyfile(theirs.path, copy)
    elif harm != "missing":
        copy.write_bytes(b"" if harm == "empty" else b"SQLite format 3\0" + bytes(5_000))
    was, beside = files(place.folder), sorted(os.listdir(tmp_path))
    with pytest.raises((DataDamaged, UsageFailure), match=r"nothing was touched|check its path"):
        laptop.go_back(PASSPHRASE, copy, confirmed=True)
    assert files(place.folder) == was
    assert sorted(os.listdir(tmp_path)) == beside
    laptop.unlock(PASSPHRASE)


def test_going_back_needs_the_passphrase_a_backup_and_the_vault_to_itself(world: World) -> None:
    laptop = world.laptop(ANA)
    other = world.open(laptop.folder)
    with pytest.raises(AlreadyRunning):
        other.go_back(PASSPHRASE)
    laptop.lock()
    with pytest.raises(WrongPassphrase):
        other.go_back("not the passphrase")
    with pytest.raises(UsageFailure, match="no backup here yet"):
        other.go_back(PASSPHRASE)


def test_data_that_does_not_open_goes_aside_only_when_confirmed(world: World) -> None:
    world.client("Rossi, Rosa")
    laptop = world.laptop(ANA)
    laptop.backup()
    place = opened(laptop).place
    laptop.lock()
    os.truncate(place.database, 9_000)
    with pytest.raises(Unconfirmed, match="does not open"):
        laptop.go_back(PASSPHRASE)
    assert place.database.stat().st_size == 9_000
    done = laptop.go_back(PASSPHRASE, confirmed=True)
    assert done.missing is None
    assert done.aside is not None
    assert done.aside.stat().st_size == 9_000
    assert laptop.unlock(PASSPHRASE).warnings == ()


def test_a_disk_that_fails_at_the_last_step_leaves_the_present_data(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = world.client("Rossi, Rosa")
    laptop = world.laptop(ANA)
    laptop.backup()
    log(laptop, client, 2)
    place = opened(laptop).place
    laptop.lock()

    def fails(old: Path, new: Path) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", fails)
        with pytest.raises(DiskFailure, match="make room"):
            laptop.go_back(PASSPHRASE, confirmed=True)
    assert not list(place.folder.glob("*.restoring*"))
    laptop.unlock(PASSPHRASE)
    assert laptop.timeline_count(client, ["contact"]) == 1
