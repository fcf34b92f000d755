"""The second way in: HPKE to the organisation's recovery key (tests 21, 22, 54 as far as keys go)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from fieldapp.crypto import hpke, keys, vault, vaultfile

MakeVault = Callable[..., Path]
LOW_ORDER = [
    bytes(32),
    b"\x01" + bytes(31),
    bytes.fromhex("e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800"),
    bytes.fromhex("5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157"),
    (2**255 - 20).to_bytes(32, "little"),
]
"""X25519 points under which every shared secret is zero."""


def test_the_recovery_key_yields_the_vault_key_and_a_new_passphrase(
    make_vault: MakeVault, recovery: tuple[bytes, bytes], passphrase: str, policy: vault.Policy
) -> None:
    private, public = recovery
    path = make_vault()
    expected = vault.unlock(path, passphrase, policy).vault_key
    found = vault.open_recovery(path, private, policy)
    assert found.same_as(expected)
    gen = vault.rebuild(
        path,
        found,
        "a new passphrase",
        recovery_public=public,
        recovery_kid=hpke.key_id(public),
        above_gen=5,
        kdf=policy.wanted,
        policy=policy,
    )
    opened = vault.unlock(path, "a new passphrase", policy)
    assert (opened.mac_ok, opened.gen) == (True, 6) == (True, gen)
    assert opened.vault_key.same_as(expected)
    assert vault.open_recovery(path, private, policy).same_as(expected)
    with pytest.raises(vault.WrongPassphrase):
        vault.unlock(path, passphrase, policy)


def test_a_key_held_in_memory_rebuilds_a_ruined_file(
    make_vault: MakeVault, passphrase: str, policy: vault.Policy
) -> None:
    path = make_vault()
    held = vault.unlock(path, passphrase, policy).vault_key
    path.write_bytes(b"ruined")
    vault.rebuild(
        path, held, passphrase, recovery_public=None, recovery_kid=None, kdf=policy.wanted, policy=policy
    )
    assert vault.unlock(path, passphrase, policy).vault_key.same_as(held)


def test_another_recovery_key_opens_nothing(make_vault: MakeVault, policy: vault.Policy) -> None:
    path = make_vault()
    private, _ = hpke.recovery_keypair()
    with pytest.raises(vault.WrongRecoveryKey, match="enrolment"):
        vault.open_recovery(path, private, policy)
    with pytest.raises(keys.BadKey):
        vault.open_recovery(path, private[:31], policy)


def test_a_new_vault_has_no_recovery_slot_until_one_is_added(
    make_vault: MakeVault, recovery: tuple[bytes, bytes], passphrase: str, policy: vault.Policy
) -> None:
    private, public = recovery
    path = make_vault(with_recovery=False)
    with pytest.raises(vault.WrongRecoveryKey):
        vault.open_recovery(path, private, policy)
    key = vault.unlock(path, passphrase, policy).vault_key
    assert vault.add_recovery(path, key, public, hpke.key_id(public), policy=policy) == 2
    assert vault.unlock(path, passphrase, policy).mac_ok
    assert vault.open_recovery(path, private, policy).same_as(key)


def test_adding_replaces_the_earlier_recovery_key(
    make_vault: MakeVault, recovery: tuple[bytes, bytes], passphrase: str, policy: vault.Policy
) -> None:
    path = make_vault()
    private, public = hpke.recovery_keypair()
    key = vault.unlock(path, passphrase, policy).vault_key
    vault.add_recovery(path, key, public, hpke.key_id(public), policy=policy)
    assert vault.open_recovery(path, private, policy).same_as(key)
    with pytest.raises(vault.WrongRecoveryKey):
        vault.open_recovery(path, recovery[0], policy)
    assert len(vaultfile.parse(path.read_bytes(), policy).slots) == 2


@pytest.mark.parametrize("public", [*LOW_ORDER, b"", bytes(31), bytes(33)])
def test_a_weak_recovery_key_is_refused_before_anything_is_written(
    public: bytes, make_vault: MakeVault, tmp_path: Path, passphrase: str, policy: vault.Policy
) -> None:
    path = make_vault(with_recovery=False)
    before = path.read_bytes()
    key = vault.unlock(path, passphrase, policy).vault_key
    with pytest.raises(keys.BadKey):
        vault.add_recovery(path, key, public, "0" * 16, policy=policy)
    assert path.read_bytes() == before
    with pytest.raises(keys.BadKey):
        vault.create(
            tmp_path / "new.json",
            passphrase,
            kdf=policy.wanted,
            recovery_public=public,
            recovery_kid="0" * 16,
            policy=policy,
        )
    assert not (tmp_path / "new.json").exists()


def test_a_key_of_another_vault_cannot_add_a_slot(
    make_vault: MakeVault, recovery: tuple[bytes, bytes], passphrase: str, policy: vault.Policy
) -> None:
    first, second = make_vault("a"), make_vault("b")
    key = vault.unlock(first, passphrase, policy).vault_key
    with pytest.raises(vault.VaultAltered):
        vault.add_recovery(second, key, recovery[1], "0" * 16, policy=policy)


@pytest.mark.parametrize("kid", [None, "", "Agency of Somewhere", "0" * 7, "0" * 65])
def test_a_recovery_key_id_that_could_be_a_name_is_refused(
    kid: str | None, recovery: tuple[bytes, bytes], tmp_path: Path, passphrase: str, policy: vault.Policy
) -> None:
    with pytest.raises(ValueError, match="recovery key"):
        vault.create(
            tmp_path / "vault.json",
            passphrase,
            kdf=policy.wanted,
            recovery_public=recovery[1],
            recovery_kid=kid,
            policy=policy,
        )
    assert list(tmp_path.iterdir()) == []


def test_hpke_binds_to_key_and_info(recovery: tuple[bytes, bytes]) -> None:
    private, public = recovery
    sealed = hpke.seal_to(public, b"reply", b"request 1")
    assert len(sealed) == len(b"reply") + hpke.OVERHEAD
    assert hpke.open_from(private, sealed, b"request 1") == b"reply"
    assert hpke.open_from(private, sealed, b"request 2") is None
    assert hpke.open_from(private, sealed[:20], b"request 1") is None
    assert hpke.open_from(hpke.recovery_keypair()[0], sealed, b"request 1") is None
    assert hpke.recovery_public(private) == public
