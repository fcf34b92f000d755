"""Power cut or disk failure at each step of a change: the old or the new passphrase opens (test 11)."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from fieldapp.crypto import disk, hpke, slots, vault

MakeVault = Callable[..., Path]
NEW = "nine yellow otters"
STEPS = ("open", "write", "fsync", "replace", "unlink", "close")


def openers(path: Path, passphrase: str, policy: vault.Policy) -> dict[str, bytes]:
    """Return which passphrases open copies of the folder, and the database key each yields."""
    found = {}
    for tried in (passphrase, NEW):
        copy = path.parent.with_name(f"{path.parent.name} for {tried}")
        shutil.copytree(path.parent, copy)
        with contextlib.suppress(vault.WrongPassphrase):
            found[tried] = vault.unlock(copy / path.name, tried, policy).vault_key.derive("db")
    return found


def failing_at(
    monkeypatch: pytest.MonkeyPatch, wanted: int, fail: Callable[[], None], *, after: bool
) -> Iterator[int]:
    """Make the wanted-th system call of a change fail, before or after its effect."""
    calls = 0

    def wrap(real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **options: Any) -> Any:
            nonlocal calls
            calls += 1
            mine = calls == wanted
            if mine and not after:
                fail()
            try:
                return real(*arguments, **options)
            finally:
                if mine and after:
                    fail()

        return call

    for name in STEPS:
        monkeypatch.setattr(os, name, wrap(getattr(os, name)))
    yield calls
    monkeypatch.undo()
    yield calls


def count_steps(path: Path, passphrase: str, policy: vault.Policy, monkeypatch: pytest.MonkeyPatch) -> int:
    steps = failing_at(monkeypatch, -1, lambda: None, after=False)
    next(steps)
    vault.change_passphrase(path, passphrase, NEW, policy=policy)
    return next(steps)


@pytest.mark.parametrize("after", [False, True], ids=["before the call", "after the call"])
def test_a_power_cut_at_each_call_leaves_a_vault_that_opens(
    after: bool, make_vault: MakeVault, passphrase: str, policy: vault.Policy, monkeypatch: pytest.MonkeyPatch
) -> None:
    total = count_steps(make_vault("counted"), passphrase, policy, monkeypatch)
    assert total >= 14
    outcomes = set()
    for wanted in range(1, total + 1):
        path = make_vault(f"cut-{wanted}")
        key = vault.unlock(path, passphrase, policy).vault_key.derive("db")
        child = os.fork()
        if child == 0:
            try:
                next(failing_at(monkeypatch, wanted, lambda: os._exit(7), after=after))
                vault.change_passphrase(path, passphrase, NEW, policy=policy)
            finally:
                os._exit(1)
        _, status = os.waitpid(child, 0)
        assert os.waitstatus_to_exitcode(status) == 7, "the cut did not happen"
        (opener,) = found = openers(path, passphrase, policy)
        assert found[opener] == key, f"cut at call {wanted}"
        outcomes.add(opener)
        vault.change_passphrase(path, opener, "after the power came back", policy=policy)
    assert outcomes == {passphrase, NEW}


@pytest.mark.parametrize("after", [False, True], ids=["before the call", "after the call"])
def test_a_disk_failure_at_each_call_leaves_a_vault_that_opens(
    after: bool, make_vault: MakeVault, passphrase: str, policy: vault.Policy, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> None:
        raise OSError(28, "No space left on device")

    total = count_steps(make_vault("counted"), passphrase, policy, monkeypatch)
    for wanted in range(1, total + 1):
        path = make_vault(f"full-{wanted}")
        key = vault.unlock(path, passphrase, policy).vault_key.derive("db")
        steps = failing_at(monkeypatch, wanted, fail, after=after)
        next(steps)
        with contextlib.suppress(OSError, vault.VaultDamaged):
            vault.change_passphrase(path, passphrase, NEW, policy=policy)
        next(steps)
        (found,) = openers(path, passphrase, policy).values()
        assert found == key, f"failure at call {wanted}"


def test_bytes_that_the_disk_changed_never_come_into_force(
    make_vault: MakeVault, passphrase: str, policy: vault.Policy, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = make_vault()
    before = path.read_bytes()
    real = os.write

    def flip(descriptor: int, data: Any) -> int:
        changed = bytearray(data)
        at = changed.index(b'"ct":"') + 10
        changed[at] = ord("B") if changed[at] == ord("A") else ord("A")
        return real(descriptor, changed)

    monkeypatch.setattr(os, "write", flip)
    with pytest.raises(vault.VaultDamaged):
        vault.change_passphrase(path, passphrase, NEW, policy=policy)
    monkeypatch.undo()
    assert path.read_bytes() == before


def test_a_slot_that_the_new_passphrase_does_not_open_never_comes_into_force(
    make_vault: MakeVault, passphrase: str, policy: vault.Policy, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As after a fault of memory or library while the key was being wrapped."""
    path = make_vault()
    before = path.read_bytes()

    def faulty(name: str, key: vault.VaultKey, typed: str, kdf: vault.KdfParams) -> object:
        return slots.wrap_passphrase(name, key, typed + "?", kdf)

    monkeypatch.setattr(vault, "wrap_passphrase", faulty)
    with pytest.raises(vault.VaultDamaged):
        vault.change_passphrase(path, passphrase, NEW, policy=policy)
    assert path.read_bytes() == before


def test_a_disk_that_gives_back_older_bytes_is_noticed(
    make_vault: MakeVault, passphrase: str, policy: vault.Policy, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = make_vault(with_recovery=False)
    before = path.read_bytes()
    key = vault.unlock(path, passphrase, policy).vault_key
    _, public = hpke.recovery_keypair()
    monkeypatch.setattr(disk, "read_small", lambda path, limit: before)
    with pytest.raises(vault.VaultDamaged):
        vault.add_recovery(path, key, public, hpke.key_id(public), policy=policy)
    assert path.read_bytes() == before


def test_a_change_is_on_the_disk_before_it_is_in_force(
    make_vault: MakeVault, passphrase: str, policy: vault.Policy, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = make_vault()
    order: list[str] = []

    def note(name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any) -> Any:
            target = arguments[-1] if name == "replace" else os.readlink(f"/proc/self/fd/{arguments[0]}")
            order.append(f"{name} {Path(target).name}")
            return real(*arguments)

        return call

    for name in ("fsync", "replace"):
        monkeypatch.setattr(os, name, note(name, getattr(os, name)))
    vault.change_passphrase(path, passphrase, NEW, policy=policy)
    folder = path.parent.name
    assert order == [
        "fsync vault.json.prev.tmp",
        "replace vault.json.prev",
        f"fsync {folder}",
        "fsync vault.json.tmp",
        "replace vault.json",
        f"fsync {folder}",
    ]
