"""An altered header opens, says so and can be healed; a slot never opens in another vault (tests 7, 9)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from fieldapp.crypto import hpke, vault, vaultfile
from fieldapp.records import canonical

MakeVault = Callable[..., Path]


def edit(path: Path, change: Callable[[dict[str, Any]], object]) -> None:
    """Edit the file as somebody with a disk editor would."""
    value = canonical.loads(path.read_bytes())
    change(value)
    path.write_bytes(canonical.dumps(value))


def drop_recovery(value: dict[str, Any]) -> None:
    del value["slots"][1]


def swap_kid(value: dict[str, Any]) -> None:
    value["slots"][1]["kid"] = "f" * 16


def lower_gen(value: dict[str, Any]) -> None:
    value["gen"] = 1


def add_recovery_slot(value: dict[str, Any]) -> None:
    value["slots"].append({**value["slots"][1], "id": "00000000", "kid": "e" * 16})


def add_passphrase_slot_in_front(value: dict[str, Any]) -> None:
    value["slots"].insert(0, {**value["slots"][0], "id": "00000000"})


def change_mac(value: dict[str, Any]) -> None:
    value["mac"] = "A" * 43 + "="


ALTERATIONS = [
    drop_recovery,
    swap_kid,
    lower_gen,
    add_recovery_slot,
    add_passphrase_slot_in_front,
    change_mac,
]


@pytest.mark.parametrize("alter", ALTERATIONS)
def test_an_altered_header_opens_warns_and_heals(
    alter: Callable[[dict[str, Any]], None],
    make_vault: MakeVault,
    recovery: tuple[bytes, bytes],
    passphrase: str,
    policy: vault.Policy,
) -> None:
    private, public = recovery
    path = make_vault()
    vault.upgrade(path, passphrase, policy=policy)
    good = vault.unlock(path, passphrase, policy)
    assert (good.mac_ok, good.gen) == (True, 2)
    edit(path, alter)

    found = vault.unlock(path, passphrase, policy)
    assert not found.mac_ok
    assert found.vault_key.same_as(good.vault_key)

    kid = hpke.key_id(public)
    gen = vault.heal(path, found, recovery_public=public, recovery_kid=kid, above_gen=good.gen, policy=policy)
    healed = vault.unlock(path, passphrase, policy)
    assert (healed.mac_ok, healed.gen) == (True, 3) == (True, gen)
    slots = vaultfile.parse(path.read_bytes(), policy).slots
    assert [type(slot) for slot in slots] == [vaultfile.PassphraseSlot, vaultfile.RecoverySlot]
    assert isinstance(slots[1], vaultfile.RecoverySlot)
    assert slots[1].kid == kid
    assert vault.open_recovery(path, private, policy).same_as(good.vault_key)


@pytest.mark.parametrize("alter", ALTERATIONS)
def test_nothing_is_built_on_an_altered_header(
    alter: Callable[[dict[str, Any]], None],
    make_vault: MakeVault,
    recovery: tuple[bytes, bytes],
    passphrase: str,
    policy: vault.Policy,
) -> None:
    path = make_vault()
    vault.upgrade(path, passphrase, policy=policy)
    edit(path, alter)
    altered = path.read_bytes()
    key = vault.unlock(path, passphrase, policy).vault_key
    with pytest.raises(vault.VaultAltered, match="repaired"):
        vault.change_passphrase(path, passphrase, "another one entirely", policy=policy)
    with pytest.raises(vault.VaultAltered):
        vault.add_recovery(path, key, recovery[1], hpke.key_id(recovery[1]), policy=policy)
    assert path.read_bytes() == altered


def test_an_altered_file_keeps_the_previous_generation(
    make_vault: MakeVault, passphrase: str, policy: vault.Policy
) -> None:
    path = make_vault()
    vault.change_passphrase(path, passphrase, passphrase, policy=policy)
    edit(path, lower_gen)
    vault.unlock(path, passphrase, policy)
    assert vault.previous_of(path).exists()


@pytest.mark.parametrize(
    "place",
    [("kdf", "t"), ("kdf", "m"), ("kdf", "p"), ("kdf", "salt"), ("id",), ("nonce",), ("ct",)],
    ids=lambda place: "-".join(place),
)
def test_a_changed_passphrase_slot_does_not_open(
    place: tuple[str, ...], make_vault: MakeVault, passphrase: str, policy: vault.Policy
) -> None:
    path = make_vault()
    other = canonical.loads(make_vault("other").read_bytes())["slots"][0]

    def change(value: dict[str, Any]) -> None:
        target, source = value["slots"][0], other
        for step in place[:-1]:
            target, source = target[step], source[step]
        last = place[-1]
        target[last] = source[last] if type(source[last]) is str else source[last] + 1

    edit(path, change)
    with pytest.raises(vault.WrongPassphrase):
        vault.unlock(path, passphrase, policy)


def test_a_changed_vault_id_does_not_open(
    make_vault: MakeVault, recovery: tuple[bytes, bytes], passphrase: str, policy: vault.Policy
) -> None:
    path = make_vault()
    edit(path, lambda value: value.update(vault="0" * 32))
    with pytest.raises(vault.WrongPassphrase):
        vault.unlock(path, passphrase, policy)
    with pytest.raises(vault.WrongRecoveryKey):
        vault.open_recovery(path, recovery[0], policy)


def test_a_slot_moved_to_another_vault_does_not_open(
    make_vault: MakeVault, recovery: tuple[bytes, bytes], passphrase: str, policy: vault.Policy
) -> None:
    first, second = make_vault("a"), make_vault("b")
    moved = canonical.loads(first.read_bytes())["slots"]
    edit(second, lambda value: value.update(slots=moved))
    with pytest.raises(vault.WrongPassphrase):
        vault.unlock(second, passphrase, policy)
    with pytest.raises(vault.WrongRecoveryKey):
        vault.open_recovery(second, recovery[0], policy)


def test_a_vault_without_a_passphrase_slot_says_what_to_do(
    make_vault: MakeVault, passphrase: str, policy: vault.Policy
) -> None:
    path = make_vault()
    edit(path, lambda value: value["slots"].pop(0))
    with pytest.raises(vault.VaultDamaged, match="recovery"):
        vault.unlock(path, passphrase, policy)
