"""Backups: made beside the work, checked before they count, rotated, and good for a restore."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

import pytest

from fieldapp.errors import DataDamaged, DiskFailure
from fieldapp.store import backup, engine, older
from fieldapp.store.store import Store
from tests.disk_limits import files_no_larger_than
from tests.store.store_world import KEY, RESERVE, START_MS, new_store, note

DAY_MS = 86_400_000


def test_copies_are_checked_rotated_and_never_plain(tmp_path: Path) -> None:
    store = new_store(tmp_path)
    folder = tmp_path / "backups"
    assert backup.is_due(folder, START_MS)
    for day in range(5):
        with store.writing() as tx:
            tx.add([note("Quillfeather slept", day)], own=True, state="unsent")
        made = backup.make(store.path, KEY, folder, START_MS + day * DAY_MS)
        assert made.entries == day + 1
    assert not backup.is_due(folder, START_MS + 4 * DAY_MS)
    names = [path.name for path in backup.listed(folder)]
    assert names == ["data-2026-11-27.db", "data-2026-11-26.db", "data-2026-11-25.db"]
    assert sorted(os.listdir(folder)) == sorted(names)
    for path in folder.iterdir():
        assert b"Quillfeather" not in path.read_bytes()
        assert not path.read_bytes().startswith(b"SQLite")
    store.close()


def test_a_damaged_copy_does_not_count(tmp_path: Path) -> None:
    store = new_store(tmp_path)
    with store.writing() as tx:
        tx.add([note("word " * 300, n) for n in range(30)], own=True, state="unsent")
    made = backup.make(store.path, KEY, tmp_path / "backups", START_MS)
    data = bytearray(made.path.read_bytes())
    data[len(data) // 2] ^= 1
    made.path.write_bytes(data)
    with pytest.raises(DataDamaged):
        backup.verify(made.path, KEY)
    with pytest.raises(DataDamaged):
        backup.restore(store.path, KEY, made.path, START_MS)
    with store.reading() as rx:
        assert rx.value("SELECT count(*) FROM entry") == 30
    store.close()


def test_a_restore_keeps_the_damaged_file_and_starts_a_new_series(tmp_path: Path) -> None:
    store = new_store(tmp_path)
    with store.writing() as tx:
        series, _ = tx.next_counters(1)
        tx.add([note("kept", 1)], own=True, state="unsent")
    made = backup.make(store.path, KEY, tmp_path / "backups", START_MS)
    with store.writing() as tx:
        tx.next_counters(1)
        tx.add([note("after the backup", 2)], own=True, state="unsent")
    store.close()
    os.truncate(store.path, 5000)
    damaged = store.path.read_bytes()
    aside = backup.restore(store.path, KEY, made.path, START_MS)
    assert aside is not None
    assert aside.read_bytes() == damaged
    again = Store.open(store.path, KEY, reserve_bytes=RESERVE)
    with again.writing() as tx:
        assert tx.value("SELECT count(*) FROM entry") == 1
        new_series, first = tx.next_counters(1)
    assert (new_series != series, first) == (True, 1)
    assert made.path.exists()
    again.close()


def test_a_restore_that_is_killed_once_the_copy_is_in_place_never_goes_on_with_used_numbers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = new_store(tmp_path)
    with store.writing() as tx:
        series, _ = tx.next_counters(1)
        tx.add([note("kept", 1)], own=True, state="unsent")
    made = backup.make(store.path, KEY, tmp_path / "backups", START_MS)
    store.close()
    os.truncate(store.path, 5000)
    real = os.replace

    class Killed(BaseException):
        pass

    def replace(source: Path, target: Path) -> None:
        real(source, target)
        if target == store.path:
            raise Killed

    monkeypatch.setattr(os, "replace", replace)
    with pytest.raises(Killed):
        backup.restore(store.path, KEY, made.path, START_MS)
    monkeypatch.undo()
    again = Store.open(store.path, KEY, reserve_bytes=RESERVE)
    with again.writing() as tx:
        assert tx.value("SELECT count(*) FROM entry") == 1
        assert tx.next_counters(1)[0] != series
    again.close()


def test_a_restore_leaves_the_reserve_of_the_data_alone(tmp_path: Path) -> None:
    store = new_store(tmp_path)
    made = backup.make(store.path, KEY, tmp_path / "backups", START_MS)
    store.close()
    backup.restore(store.path, KEY, made.path, START_MS)
    assert store.reserve.path.stat().st_size == RESERVE


def test_the_next_backup_removes_what_a_killed_one_left(tmp_path: Path) -> None:
    store = new_store(tmp_path)
    folder = tmp_path / "backups"
    first = backup.make(store.path, KEY, folder, START_MS)
    for tail in ("", "-wal", "-shm"):
        (folder / f"data-2020-01-01.db.tmp{tail}").write_bytes(b"half a copy")
    second = backup.make(store.path, KEY, folder, START_MS + DAY_MS)
    assert sorted(folder.iterdir()) == [first.path, second.path]
    store.close()


def test_a_backup_that_finds_no_room_says_so_and_keeps_the_earlier_ones(tmp_path: Path) -> None:
    """The driver's copying of a database tells of a full disk by words only."""
    store = new_store(tmp_path)
    with store.writing() as tx:
        tx.add([note("word " * 300, n) for n in range(30)], own=True, state="unsent")
    folder = tmp_path / "backups"
    first = backup.make(store.path, KEY, folder, START_MS)
    with files_no_larger_than(60_000), pytest.raises(DiskFailure, match=r"^The backup cannot be written"):
        backup.make(store.path, KEY, folder, START_MS + DAY_MS)
    assert list(folder.iterdir()) == [first.path]
    assert backup.verify(first.path, KEY) == 30
    store.close()


def test_copies_of_days_on_which_the_clock_was_ahead_neither_hide_nor_outlive_newer_ones(
    tmp_path: Path,
) -> None:
    store = new_store(tmp_path)
    folder = tmp_path / "backups"
    for day in range(3):
        backup.make(store.path, KEY, folder, START_MS + (30 + day) * DAY_MS)
    assert backup.is_due(folder, START_MS), "the newest is of another day"
    for day in range(3):
        with store.writing() as tx:
            tx.add([note("written since", day)], own=True, state="unsent")
        made = backup.make(store.path, KEY, folder, START_MS + day * DAY_MS)
        assert backup.listed(folder)[0] == made.path
        assert backup.verify(made.path, KEY) == day + 1
        assert not backup.is_due(folder, START_MS + day * DAY_MS)
    assert [path.name for path in backup.listed(folder)] == [
        "data-2026-11-25.db", "data-2026-11-24.db", "data-2026-11-23.db",
    ]  # fmt: skip
    store.close()


def test_looking_at_a_copy_changes_nothing_of_it(tmp_path: Path) -> None:
    store = new_store(tmp_path)
    made = backup.make(store.path, KEY, tmp_path / "backups", START_MS)
    was = made.path.read_bytes(), made.path.stat().st_mtime_ns
    backup.verify(made.path, KEY)
    assert (made.path.read_bytes(), made.path.stat().st_mtime_ns) == was
    assert os.listdir(made.path.parent) == [made.path.name]
    store.close()


def test_a_new_series_stands_in_the_file_itself_or_the_copy_is_not_put_in_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Closing a store on a full disk leaves its journal beside it; only the file is moved into place."""
    monkeypatch.setattr(engine, "_BUSY_S", 0.05)
    store = new_store(tmp_path)
    with store.writing() as tx:
        series, _ = tx.next_counters(1)
    store.close()
    prepared = store.path
    with contextlib.closing(engine.connect(prepared, KEY)) as reader:
        # Somebody who reads holds the journal back just as a disk does that takes nothing more.
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM entry").fetchone()
        with pytest.raises(DiskFailure):
            older.begin_series(prepared, KEY, START_MS)
    older.begin_series(prepared, KEY, START_MS)
    with contextlib.closing(engine.connect(prepared, KEY, still=True)) as file_alone:
        (found,) = file_alone.execute("SELECT value FROM meta WHERE name = 'series'").fetchone()
    assert found not in (series, series.encode())
