"""A database in the place of another: one step, the old one kept whole with its journal."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from fieldapp.crypto import disk


def folder_with(tmp_path: Path, **files: bytes) -> tuple[Path, Path, Path]:
    """Return the prepared, the live and the aside path; files by name with `_` for `.` and `-`."""
    for name, data in files.items():
        (tmp_path / name.replace("_", "-")).write_bytes(data)
    return tmp_path / "prepared", tmp_path / "live", tmp_path / "aside"


@pytest.mark.parametrize("links", [True, False])
def test_the_replaced_database_is_kept_with_its_journal(
    tmp_path: Path, links: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepared, live, aside = folder_with(
        tmp_path, prepared=b"new", live=b"old", live_wal=b"journal", live_shm=b"index"
    )
    if not links:

        def refuse(*_: Any) -> None:
            raise OSError(1, "no links here")

        monkeypatch.setattr(os, "link", refuse)
    assert disk.put_in_place(prepared, live, aside)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {
        "live": b"new", "aside": b"old", "aside-wal": b"journal",
    }  # fmt: skip


def test_a_name_that_is_taken_stops_before_anything_is_touched(tmp_path: Path) -> None:
    prepared, live, aside = folder_with(
        tmp_path, prepared=b"new", live=b"old", live_wal=b"journal", aside=b"older"
    )
    with pytest.raises(FileExistsError):
        disk.put_in_place(prepared, live, aside)
    assert [path.read_bytes() for path in (prepared, live, aside)] == [b"new", b"old", b"older"]
    assert live.with_name("live-wal").exists()


def test_without_a_database_there_is_nothing_to_keep(tmp_path: Path) -> None:
    prepared, live, aside = folder_with(tmp_path, prepared=b"new", live_wal=b"of a file that is gone")
    assert not disk.put_in_place(prepared, live, aside)
    assert [path.name for path in tmp_path.iterdir()] == ["live"]


def test_no_moment_has_the_new_database_beside_the_old_journal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It would be replayed into it; its removal is durable before the new file has the name."""
    prepared, live, aside = folder_with(tmp_path, prepared=b"new", live=b"old", live_wal=b"journal")
    seen: list[str] = []
    real_replace, real_fsync = os.replace, os.fsync

    def replace(source: Path, target: Path) -> None:
        seen.append("journal" if live.with_name("live-wal").exists() else "replace")
        real_replace(source, target)

    def fsync(descriptor: int) -> None:
        seen.append("fsync")
        real_fsync(descriptor)

    monkeypatch.setattr(os, "replace", replace)
    monkeypatch.setattr(os, "fsync", fsync)
    disk.put_in_place(prepared, live, aside)
    assert seen == ["fsync", "replace", "fsync"]


def test_a_file_whose_journal_was_not_emptied_is_never_put_in_place(tmp_path: Path) -> None:
    """On a full disk the last transaction stays in the journal, and closing says nothing."""
    live, prepared = tmp_path / "data.db", tmp_path / "data.db.tmp"
    live.write_bytes(b"old")
    prepared.write_bytes(b"new, but for its last transaction")
    journal = tmp_path / "data.db.tmp-wal"
    journal.write_bytes(b"the last transaction")
    with pytest.raises(OSError, match="journal"):
        disk.put_in_place(prepared, live, None)
    assert live.read_bytes() == b"old"
    journal.write_bytes(b"")
    assert disk.put_in_place(prepared, live, None)
    assert live.read_bytes() == b"new, but for its last transaction"
