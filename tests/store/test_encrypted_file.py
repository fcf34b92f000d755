"""The encrypted file: its settings, a wrong key, damage, a full disk, and that nothing is readable."""

from __future__ import annotations

import errno
import os
import resource
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import pytest
import sqlcipher3.dbapi2 as sqlcipher

from fieldapp.errors import DataDamaged, DiskFailure, UsageFailure
from fieldapp.store import engine, schema
from fieldapp.store.store import Store, StoreLocked
from fieldapp.store.tables import DraftRow
from tests.store.store_world import CLIENT, KEY, RESERVE, START_MS, new_store, note, uid

SENTINEL = "Zaphodine-Quillfeather-was-here"


def draft(body: bytes, number: int = 1) -> DraftRow:
    return DraftRow(
        id=uid(f"draft {number}"), record=uid("r"), kind="note", client=CLIENT, device=uid("d"), meaning="sign",
        prev=b"[]", base=b"{}", body=body, created_ms=START_MS, updated_ms=START_MS,
    )  # fmt: skip


def test_every_connection_gets_every_setting_in_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []

    class Told(sqlcipher.Connection):  # type: ignore[misc]
        def execute(self, sql: str, *more: Any) -> Any:
            said.append(sql)
            return super().execute(sql, *more)

    new_store(tmp_path).close()
    real = sqlcipher.connect
    monkeypatch.setattr(
        "fieldapp.store.engine.sqlcipher.connect", lambda *a, **k: real(*a, factory=Told, **k)
    )
    engine.connect(tmp_path / "data.db", KEY).close()
    assert said == [
        "PRAGMA cipher_log_level=NONE", f"PRAGMA key=\"x'{KEY.hex()}'\"", "PRAGMA cipher_status",
        "SELECT count(*) FROM sqlite_master", "PRAGMA foreign_keys=ON", "PRAGMA journal_mode=WAL",
        "PRAGMA synchronous=FULL", "PRAGMA fullfsync=ON", "PRAGMA checkpoint_fullfsync=ON",
        "PRAGMA wal_autocheckpoint=250", "PRAGMA temp_store=MEMORY", "PRAGMA mmap_size=0",
        "PRAGMA cache_size=-8000", "PRAGMA secure_delete=ON", "PRAGMA trusted_schema=OFF",
        "PRAGMA cell_size_check=ON", "PRAGMA cipher_status",
    ]  # fmt: skip


def test_the_settings_hold_on_pooled_connections(tmp_path: Path) -> None:
    store = new_store(tmp_path)
    wanted = {
        "foreign_keys": 1, "journal_mode": "wal", "synchronous": 2, "fullfsync": 1, "checkpoint_fullfsync": 1,
        "wal_autocheckpoint": 250, "temp_store": 2, "cache_size": -8000, "secure_delete": 1,
        "trusted_schema": 0, "cell_size_check": 1,
    }  # fmt: skip
    with store.reading() as one, store.reading() as two:
        for rx in (one, two):
            assert {name: rx.value(f"PRAGMA {name}") for name in wanted} == wanted
    store.close()


def test_a_wrong_key_opens_nothing_and_changes_nothing(tmp_path: Path) -> None:
    new_store(tmp_path).close()
    before = (tmp_path / "data.db").read_bytes()
    for _ in range(2):
        with pytest.raises(DataDamaged, match="Nothing was overwritten"):
            Store.open(tmp_path / "data.db", bytes(32), reserve_bytes=RESERVE)
    assert (tmp_path / "data.db").read_bytes() == before
    assert [path.name for path in sorted(tmp_path.glob("*damaged*"))] == ["data.db.damaged-1"]
    Store.open(tmp_path / "data.db", KEY, reserve_bytes=RESERVE).close()


def test_a_missing_file_is_not_made_anew(tmp_path: Path) -> None:
    with pytest.raises(DataDamaged, match="missing"):
        Store.open(tmp_path / "data.db", KEY, reserve_bytes=RESERVE)
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_there_is_never_made_over(tmp_path: Path) -> None:
    (tmp_path / "data.db").write_bytes(b"somebody's")
    with pytest.raises(DataDamaged):
        new_store(tmp_path)
    assert (tmp_path / "data.db").read_bytes() == b"somebody's"


def test_a_plaintext_database_is_refused(tmp_path: Path) -> None:
    plain = sqlcipher.connect(str(tmp_path / "data.db"))
    plain.execute("CREATE TABLE entry(x)")
    plain.close()
    with pytest.raises(DataDamaged, match="not encrypted"):
        Store.open(tmp_path / "data.db", KEY, reserve_bytes=RESERVE)


@pytest.mark.parametrize("keep", [0, 100, 4096, 40_000])
def test_a_truncated_file_gives_one_sentence_and_is_kept_aside(tmp_path: Path, keep: int) -> None:
    store = new_store(tmp_path)
    with store.writing() as tx:
        tx.add([note("word " * 200, n) for n in range(50)], own=True, state="unsent")
    store.close()
    os.truncate(tmp_path / "data.db", keep)
    before = (tmp_path / "data.db").read_bytes()

    def use() -> None:
        opened = Store.open(tmp_path / "data.db", KEY, reserve_bytes=RESERVE)
        with opened.reading() as rx:
            rx.all("SELECT data FROM entry")

    with pytest.raises(DataDamaged) as failure:
        use()
    assert "\n" not in failure.value.sentence
    assert (tmp_path / "data.db").read_bytes() == before
    assert (tmp_path / "data.db.damaged-1").read_bytes() == before


def test_a_flipped_bit_in_a_page_is_told_and_the_rest_still_reads(tmp_path: Path) -> None:
    store = new_store(tmp_path)
    with store.writing() as tx:
        tx.add([note("word " * 400, n) for n in range(80)], own=True, state="unsent")
        page = tx.value("SELECT rootpage FROM sqlite_master WHERE name = 'search_content' OR name = 'fact'")
    store.close()
    with (tmp_path / "data.db").open("r+b") as file:
        file.seek((page - 1) * 4096 + 1000)
        byte = file.read(1)
        file.seek(-1, os.SEEK_CUR)
        file.write(bytes([byte[0] ^ 1]))
    store = Store.open(tmp_path / "data.db", KEY, reserve_bytes=RESERVE)
    with pytest.raises(DataDamaged, match="a copy was kept"), store.reading() as rx:
        rx.all("SELECT * FROM fact")
    with store.reading() as rx:
        assert rx.value("SELECT count(*) FROM entry") == 80
    store.close()


def test_no_word_of_a_client_is_readable_in_any_file(tmp_path: Path) -> None:
    store = new_store(tmp_path)
    with store.writing() as tx:
        tx.add([note(f"{SENTINEL} slept badly")], own=True, state="unsent")
        tx.put_draft(draft(f'{{"text":"{SENTINEL}"}}'.encode()))
        tx.set_meta("secret", SENTINEL)
    held = [store.reading(), store.reading()]
    for reader in held:
        reader.__enter__()
    copy = tmp_path / "while-open"
    shutil.copytree(tmp_path, copy, ignore=shutil.ignore_patterns("while-open"))
    for reader in held:
        reader.__exit__(None, None, None)
    with store.writing() as tx:
        tx.close_draft(uid("draft 1"), "discarded")
    store.close()
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert {"data.db", "data.db-wal", "reserve"} <= {path.name for path in files}
    for path in files:
        data = path.read_bytes()
        assert SENTINEL.encode() not in data, path
        assert b"SQLite format 3" not in data, path
        assert path.stat().st_mode & 0o077 == 0 or path.parent == copy, path


def test_closing_empties_the_journal_and_refuses_further_work(tmp_path: Path) -> None:
    store = new_store(tmp_path)
    with store.writing() as tx:
        tx.add([note("hello")], own=True, state="unsent")
    store.close()
    assert not (tmp_path / "data.db-wal").exists()
    with pytest.raises(StoreLocked), store.reading():
        pass


def test_a_full_disk_keeps_what_was_saved_and_frees_the_reserve(tmp_path: Path) -> None:
    store = new_store(tmp_path)
    with store.writing() as tx:
        tx.add([note("before")], own=True, state="unsent")
        pages = tx.value("PRAGMA page_count")
    with store.reading() as rx:
        rx.execute(f"PRAGMA max_page_count={pages + 2}")
    with pytest.raises(DiskFailure, match="reserve was freed"), store.writing() as tx:
        tx.add([note("x" * 60_000, 2)], own=True, state="unsent")
    assert not store.reserve.path.exists()
    with store.reading() as rx:
        assert rx.value("SELECT count(*) FROM entry") == 1
        rx.execute("PRAGMA max_page_count=1000000")
    with store.writing() as tx:
        tx.add([note("x" * 60_000, 2)], own=True, state="unsent")
    store.close()
    reopened = Store.open(tmp_path / "data.db", KEY, reserve_bytes=RESERVE)
    assert reopened.reserve.path.stat().st_size == RESERVE
    reopened.close()


def test_a_disk_that_takes_no_more_bytes_gives_one_sentence(tmp_path: Path) -> None:
    code = textwrap.dedent(
        f"""
        import resource, sys
        from pathlib import Path
        sys.path.insert(0, {str(Path(__file__).parents[2])!r})
        from fieldapp.errors import DiskFailure
        from tests.store.store_world import new_store, note
        store = new_store(Path({str(tmp_path)!r}))
        with store.writing() as tx:
            tx.add([note("before")], own=True, state="unsent")
        size = sum(p.stat().st_size for p in Path({str(tmp_path)!r}).glob("data.db-wal"))
        resource.setrlimit(resource.RLIMIT_FSIZE, (size + 8192, resource.RLIM_INFINITY))
        try:
            with store.writing() as tx:
                tx.add([note("y" * 60_000, 2)], own=True, state="unsent")
        except DiskFailure as failure:
            print(failure.sentence)
        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        with store.writing() as tx:
            tx.add([note("y" * 60_000, 2)], own=True, state="unsent")
        with store.reading() as rx:
            print(rx.value("SELECT count(*) FROM entry"))
        store.close()
        """
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    sentence, count = done.stdout.splitlines()
    assert "not saved yet" in sentence
    assert count == "2"
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] == resource.RLIM_INFINITY


def test_killed_in_the_middle_loses_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    code = textwrap.dedent(
        f"""
        import sys
        from pathlib import Path
        sys.path.insert(0, {str(Path(__file__).parents[2])!r})
        from tests.store.store_world import new_store, note
        from tests.store.test_encrypted_file import draft
        store = new_store(Path({str(tmp_path)!r}))
        number = 0
        while True:
            number += 1
            with store.writing() as tx:
                series, counter = tx.next_counters(1)
                tx.add([note(f"note {{number}}", number)], own=True, state="unsent")
            with store.writing() as tx:
                tx.put_draft(draft(b"[%d]" % number))
            print(number, flush=True)
        """
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        seen = 0
        for line in running.stdout:
            seen = int(line)
            if seen == 40:
                running.kill()
    store = Store.open(tmp_path / "data.db", KEY, reserve_bytes=RESERVE)
    with store.reading() as rx:
        count = rx.value("SELECT count(*) FROM entry")
        body = rx.value("SELECT body FROM draft")
        assert count >= seen
        assert rx.meta_int("counter") == count == rx.value("SELECT count(*) FROM view")
        assert seen <= int(body.strip(b"[]")) <= count
        assert rx.value("PRAGMA quick_check") == "ok"
    store.close()


def test_a_migration_and_its_record_are_stored_together(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    new_store(tmp_path).close()
    asked: list[str] = []

    def add_table(connection: Any) -> None:
        connection.run("CREATE TABLE later(x)")
        asked.append("table")
        if len(asked) == 1:
            raise OSError(errno.EIO, "cut")

    steps = (*schema.MIGRATIONS, schema.Migration("0002_later", add_table))
    monkeypatch.setattr(schema, "MIGRATIONS", steps)
    monkeypatch.setattr(schema.pending, "__defaults__", (steps,))
    path = tmp_path / "data.db"
    with pytest.raises(OSError, match="cut"):
        Store.open(path, KEY, reserve_bytes=RESERVE)
    Store.open(path, KEY, reserve_bytes=RESERVE).close()
    Store.open(path, KEY, reserve_bytes=RESERVE).close()
    assert asked == ["table", "table"]
    monkeypatch.setattr(schema.pending, "__defaults__", (steps[:1],))
    with pytest.raises(UsageFailure, match="newer fieldapp"):
        Store.open(path, KEY, reserve_bytes=RESERVE)


def test_parameters_never_stand_in_an_exception(tmp_path: Path) -> None:
    store = new_store(tmp_path)
    with pytest.raises(Exception) as failure, store.writing() as tx:
        tx.execute("INSERT INTO nowhere(x) VALUES (?)", SENTINEL)
    assert SENTINEL not in str(failure.value)
    store.close()
