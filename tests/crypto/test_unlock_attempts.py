"""Wrong passphrases are slowed and counted, never destructive, never final (test 10)."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldapp.crypto import slots, vault
from fieldapp.records import canonical

MakeVault = Callable[..., Path]
TUESDAY = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


def test_the_delay_grows_from_nothing_to_thirty_seconds() -> None:
    assert [vault.wrong_delay(count) for count in range(12)] == [0, 0, 0, 0, 1, 2, 4, 8, 16, 30, 30, 30]


@given(st.integers(0, 10**9))
def test_the_delay_is_bounded_and_never_shrinks(count: int) -> None:
    assert 0 <= vault.wrong_delay(count) <= vault.wrong_delay(count + 1) <= 30


def test_a_thousand_wrong_passphrases_then_the_right_one(
    make_vault: MakeVault, passphrase: str, policy: vault.Policy, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = make_vault()
    before = path.read_bytes()
    log = vault.AttemptLog(path)
    monkeypatch.setattr(os, "fsync", lambda descriptor: None)
    with monkeypatch.context() as patched:
        patched.setattr(slots, "_stretch", lambda typed, slot: bytearray(32))
        for minute in range(1000):
            assert vault.wrong_delay(log.count) <= 30
            with pytest.raises(vault.WrongPassphrase):
                vault.unlock(path, f"guess {minute}", policy)
            log.failed(TUESDAY + timedelta(minutes=minute))
    assert path.read_bytes() == before
    again = vault.AttemptLog(path)
    vault.unlock(path, passphrase, policy)
    assert again.cleared() == (1000, TUESDAY)
    assert vault.AttemptLog(path).cleared() == (0, None)
    assert sorted(file.name for file in path.parent.iterdir()) == ["vault.json"]


def test_the_count_survives_a_restart_and_names_nobody(tmp_path: Path) -> None:
    path = tmp_path / "vault.json"
    assert vault.AttemptLog(path).failed(TUESDAY) == 1
    assert vault.AttemptLog(path).failed(TUESDAY + timedelta(days=1)) == 2
    file = tmp_path / "vault.attempts"
    assert canonical.loads(file.read_bytes()) == {"count": 2, "since": int(TUESDAY.timestamp())}
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    found = vault.AttemptLog(path)
    assert (found.count, found.since) == (2, TUESDAY)


@pytest.mark.parametrize(
    "damage",
    [
        b"",
        b"x",
        b"[]",
        b"{}",
        b'{"count":3}',
        b'{"count":"3","since":0}',
        b'{"count":true,"since":0}',
        b'{"count":-3,"since":0}',
        b'{"count":3,"since":9007199254740991}',
        b'{"count":9007199254740991,"since":0}',
        b'{"count":3,"since":0}' + b" " * 300,
    ],
)
def test_a_damaged_count_is_none_and_is_written_anew(damage: bytes, tmp_path: Path) -> None:
    path = tmp_path / "vault.json"
    (tmp_path / "vault.attempts").write_bytes(damage)
    log = vault.AttemptLog(path)
    assert (log.count, log.since) == (0, None)
    assert log.failed(TUESDAY) == 1
    assert vault.AttemptLog(path).count == 1


def test_a_full_disk_or_a_planted_folder_stops_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = vault.AttemptLog(tmp_path / "vault.json")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "replace", full)
        assert [log.failed(TUESDAY), log.failed(TUESDAY)] == [1, 2]
    (tmp_path / "vault.attempts").mkdir()
    planted = vault.AttemptLog(tmp_path / "vault.json")
    assert planted.count == 0
    assert planted.failed(TUESDAY) == 1
    assert planted.cleared() == (1, TUESDAY)
    assert log.cleared() == (2, TUESDAY)
