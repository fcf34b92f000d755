"""Somebody with the disk, and without the passphrase, edits the local database."""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest
import sqlcipher3.dbapi2 as sqlcipher

from fieldapp.errors import DataDamaged
from fieldapp.store import engine
from fieldapp.store.store import Store
from tests.store.store_world import KEY, RESERVE, new_store, note

PAGE = 4096
Told = dict[str, list[tuple[object, ...]]]


def filled(folder: Path) -> Path:
    """Make a small database of notes and return its file, closed."""
    store = new_store(folder)
    with store.writing() as tx:
        tx.add([note(f"word{number} " * 60, number) for number in range(1, 31)], own=True, state="unsent")
        tx.set_meta("counter", 30)
    store.close()
    return folder / "data.db"


def told(path: Path) -> Told | None:
    """Return all that a reader of the file sees; None when it is refused."""
    try:
        store = Store.open(path, KEY, reserve_bytes=RESERVE)
    except DataDamaged:
        return None
    try:
        with store.reading() as rx:
            names = [
                row[0] for row in rx.all("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY 1")
            ]
            return {name: [tuple(row) for row in rx.all(f"SELECT * FROM {name}")] for name in names}
    except DataDamaged:
        return None
    finally:
        store.close()


def is_whole(path: Path) -> bool:
    """Tell what the doctor's look at every page says."""
    try:
        connection = engine.connect(path, KEY, still=True)
    except (DataDamaged, sqlcipher.DatabaseError):
        return False
    try:
        return not connection.execute("PRAGMA cipher_integrity_check").fetchall()
    except sqlcipher.DatabaseError:
        return False
    finally:
        connection.close()


def test_none_of_two_hundred_flipped_bytes_changes_what_is_read(tmp_path: Path) -> None:
    path = filled(tmp_path)
    good = path.read_bytes()
    expected = told(path)
    assert expected is not None
    assert is_whole(path)
    chance = random.Random(1)
    refused = 0
    for place in [0, 15, 16, 100, *(chance.randrange(len(good)) for _ in range(196))]:
        bad = bytearray(good)
        bad[place] ^= chance.randrange(1, 256)
        path.write_bytes(bad)
        found = told(path)
        assert found in (None, expected), place
        refused += found is None
        assert path.read_bytes() == bytes(bad), "the damaged file is evidence, and the way back"
        assert not is_whole(path), place
        for copy in tmp_path.glob("data.db.damaged-*"):
            copy.unlink()
    assert refused > 100, "most bytes are of pages that are read"


def test_two_pages_that_changed_places_are_refused(tmp_path: Path) -> None:
    path = filled(tmp_path)
    good = path.read_bytes()
    expected = told(path)
    pages = [good[at : at + PAGE] for at in range(0, len(good), PAGE)]
    chance = random.Random(2)
    for _ in range(40):
        one, two = sorted(chance.sample(range(1, len(pages)), 2))
        moved = [*pages]
        moved[one], moved[two] = pages[two], pages[one]
        path.write_bytes(b"".join(moved))
        assert told(path) in (None, expected), (one, two)
        assert not is_whole(path), (one, two)


def test_no_other_key_opens_and_none_makes_a_plaintext_file(tmp_path: Path) -> None:
    path = filled(tmp_path)
    good = path.read_bytes()
    (tmp_path / "other").mkdir()
    other = filled(tmp_path / "other")
    for key in (bytes(32), bytes(range(1, 33))):
        with pytest.raises(sqlcipher.DatabaseError):
            engine.connect(path, key).close()
    for key in (b"", KEY[:16], KEY + KEY):
        with pytest.raises(ValueError, match="32 bytes"):
            engine.connect(path, key).close()
        with pytest.raises(ValueError, match="32 bytes"):
            engine.make_file(tmp_path / "fresh.db", key)
    # A file under the salt of another vault does not pass either.
    path.write_bytes(other.read_bytes()[:16] + good[16:])
    assert told(path) is None
    path.write_bytes(good)
    assert path.read_bytes() == good
    assert not (tmp_path / "fresh.db").exists()
    for found in tmp_path.rglob("*.db*"):
        assert b"SQLite format 3" not in found.read_bytes(), found


@pytest.mark.parametrize("keep", [0, 1, 32, 5_000, 0.5])
def test_a_journal_that_was_cut_leaves_a_whole_beginning_of_what_was_written(
    tmp_path: Path, keep: float
) -> None:
    live = tmp_path / "live"
    live.mkdir()
    store = new_store(live)
    for number in range(1, 21):
        with store.writing() as tx:
            tx.add([note(f"note {number}", number)], own=True, state="unsent")
    stolen = tmp_path / "stolen"
    stolen.mkdir()
    for name in ("data.db", "data.db-wal"):
        (stolen / name).write_bytes((live / name).read_bytes())
    store.close()
    journal = stolen / "data.db-wal"
    size = journal.stat().st_size
    assert size > 0
    os.truncate(journal, int(size * keep) if isinstance(keep, float) else keep)
    found = Store.open(stolen / "data.db", KEY, reserve_bytes=RESERVE)
    with found.reading() as rx:
        numbers = sorted(entry.envelope.counter for (name,) in rx.all("SELECT record FROM entry")
                         for entry in rx.entries(name))  # fmt: skip
        views = rx.value("SELECT count(*) FROM view")
    found.close()
    assert numbers == list(range(1, len(numbers) + 1)), "a prefix of what was written, never a hole"
    assert views == len(numbers)
    assert is_whole(stolen / "data.db")
