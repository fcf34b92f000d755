"""Unlocking, changing and upgrading a vault; what its key yields and what it never shows (test 12)."""

from __future__ import annotations

import base64
import hmac
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from fieldapp.crypto import secret, slots, vault, vaultfile
from fieldapp.records import canonical

MakeVault = Callable[..., Path]
NEW = "nine yellow otters"


def database_key(path: Path, passphrase: str, policy: vault.Policy) -> bytes:
    return vault.unlock(path, passphrase, policy).vault_key.derive("db")


def test_the_same_key_comes_back(tmp_path: Path, policy: vault.Policy) -> None:
    path = tmp_path / "vault.json"
    made = vault.create(path, NEW, kdf=policy.wanted, policy=policy)
    found = vault.unlock(path, NEW, policy)
    assert found.vault_key.same_as(made)
    assert (found.mac_ok, found.gen, found.kdf_below_policy, found.restored) == (True, 1, False, False)


def test_two_vaults_share_nothing(make_vault: MakeVault, passphrase: str, policy: vault.Policy) -> None:
    first, second = make_vault("a"), make_vault("b")
    assert database_key(first, passphrase, policy) != database_key(second, passphrase, policy)
    one, two = vaultfile.parse(first.read_bytes(), policy), vaultfile.parse(second.read_bytes(), policy)
    assert one.vault != two.vault
    slot_one, slot_two = one.slots[0], two.slots[0]
    assert isinstance(slot_one, vaultfile.PassphraseSlot)
    assert isinstance(slot_two, vaultfile.PassphraseSlot)
    assert slot_one.salt != slot_two.salt
    assert slot_one.nonce != slot_two.nonce


@pytest.mark.parametrize("wrong", ["", "seven purple heron", "Seven purple herons", "seven purple herons "])
def test_a_wrong_passphrase_is_refused_and_nothing_changes(
    wrong: str, make_vault: MakeVault, policy: vault.Policy
) -> None:
    path = make_vault()
    before = path.read_bytes()
    with pytest.raises(vault.WrongPassphrase, match="Caps Lock") as refused:
        vault.unlock(path, wrong, policy)
    assert not wrong or wrong not in str(refused.value)
    assert path.read_bytes() == before


def test_a_passphrase_typed_in_another_unicode_form_opens(tmp_path: Path, policy: vault.Policy) -> None:
    path = tmp_path / "vault.json"
    typed = "für Zoë und ﬁnn"
    vault.create(path, unicodedata.normalize("NFC", typed), kdf=policy.wanted, policy=policy)
    vault.unlock(path, unicodedata.normalize("NFD", typed), policy)
    vault.unlock(path, unicodedata.normalize("NFKD", typed), policy)


def test_a_passphrase_that_no_terminal_should_send_still_works(tmp_path: Path, policy: vault.Policy) -> None:
    path = tmp_path / "vault.json"
    vault.create(path, "half an emoji \ud83d", kdf=policy.wanted, policy=policy)
    vault.unlock(path, "half an emoji \ud83d", policy)


def test_an_existing_vault_is_never_overwritten(make_vault: MakeVault, policy: vault.Policy) -> None:
    path = make_vault()
    before = path.read_bytes()
    with pytest.raises(vault.VaultExists):
        vault.create(path, NEW, kdf=policy.wanted, policy=policy)
    assert path.read_bytes() == before
    path.rename(vault.previous_of(path))
    with pytest.raises(vault.VaultExists):
        vault.create(path, NEW, kdf=policy.wanted, policy=policy)


def test_a_vault_that_could_not_be_read_again_is_not_made(tmp_path: Path, policy: vault.Policy) -> None:
    path = tmp_path / "vault.json"
    with pytest.raises(vault.VaultDamaged):
        vault.create(path, NEW, kdf=vault.KdfParams(512, 1, 1), policy=policy)
    assert list(tmp_path.iterdir()) == []


def test_any_root_secret_can_be_kept(tmp_path: Path, policy: vault.Policy) -> None:
    path = tmp_path / "org.json"
    vault.create(path, NEW, kdf=policy.wanted, policy=policy, root=bytes(range(32)))
    assert bytes(vault.unlock(path, NEW, policy).vault_key.view()) == bytes(range(32))


def test_change_moves_the_vault_to_the_new_passphrase(
    make_vault: MakeVault, passphrase: str, policy: vault.Policy
) -> None:
    path = make_vault()
    before = vaultfile.parse(path.read_bytes(), policy)
    key = database_key(path, passphrase, policy)
    assert vault.change_passphrase(path, passphrase, NEW, policy=policy) == 2
    after = vaultfile.parse(path.read_bytes(), policy)
    slot_before, slot_after = before.slots[0], after.slots[0]
    assert isinstance(slot_before, vaultfile.PassphraseSlot)
    assert isinstance(slot_after, vaultfile.PassphraseSlot)
    assert slot_before.salt != slot_after.salt
    assert before.slots[1:] == after.slots[1:]
    assert (before.vault, before.gen, after.vault, after.gen) == (before.vault, 1, before.vault, 2)
    with pytest.raises(vault.WrongPassphrase):
        vault.unlock(path, passphrase, policy)
    assert database_key(path, NEW, policy) == key


def test_a_change_with_a_wrong_old_passphrase_changes_nothing(
    make_vault: MakeVault, policy: vault.Policy
) -> None:
    path = make_vault()
    before = path.read_bytes()
    with pytest.raises(vault.WrongPassphrase):
        vault.change_passphrase(path, "wrong", NEW, policy=policy)
    assert path.read_bytes() == before


def test_the_previous_generation_stays_until_the_next_good_unlock(
    make_vault: MakeVault, passphrase: str, policy: vault.Policy
) -> None:
    path = make_vault()
    before = path.read_bytes()
    vault.change_passphrase(path, passphrase, NEW, policy=policy)
    previous = vault.previous_of(path)
    assert previous.read_bytes() == before
    with pytest.raises(vault.WrongPassphrase):
        vault.unlock(path, "wrong", policy)
    assert previous.exists()
    vault.unlock(path, NEW, policy)
    assert sorted(file.name for file in path.parent.iterdir()) == ["vault.json"]


@pytest.mark.parametrize("damage", [b"", b"{}", b"\0" * 300])
def test_the_previous_generation_opens_when_the_file_is_ruined(
    damage: bytes, make_vault: MakeVault, passphrase: str, policy: vault.Policy
) -> None:
    path = make_vault()
    key = database_key(path, passphrase, policy)
    vault.change_passphrase(path, passphrase, NEW, policy=policy)
    path.write_bytes(damage)
    found = vault.unlock(path, passphrase, policy)
    assert found.restored
    assert found.vault_key.derive("db") == key
    assert vault.previous_of(path).exists(), "the only good copy must stay until it has been rewritten"
    good = vault.previous_of(path).read_bytes()
    vault.heal(path, found, recovery_public=None, recovery_kid=None, above_gen=2, policy=policy)
    assert vault.previous_of(path).read_bytes() == good, "ruined bytes are not worth keeping"
    again = vault.unlock(path, passphrase, policy)
    assert (again.restored, again.mac_ok, again.gen) == (False, True, 3)


def test_a_vault_below_policy_opens_and_is_upgraded_once(
    make_vault: MakeVault, passphrase: str, policy: vault.Policy
) -> None:
    path = make_vault()
    wanted = vault.KdfParams(m_kib=2048, t=2, p=1)
    raised = vault.Policy(min_m_kib=1024, min_t=1, wanted=wanted)
    key = database_key(path, passphrase, raised)
    assert vault.unlock(path, passphrase, raised).kdf_below_policy
    assert vault.upgrade(path, passphrase, policy=raised) == 2
    found = vault.unlock(path, passphrase, raised)
    assert (found.kdf_below_policy, found.mac_ok, found.slot.kdf) == (False, True, wanted)
    assert found.vault_key.derive("db") == key
    assert len(vaultfile.parse(path.read_bytes(), raised).slots) == 2


@pytest.mark.parametrize("kdf", [(512, 2, 1), (1024, 1, 1)])
def test_either_cost_below_policy_counts(kdf: tuple[int, int, int]) -> None:
    wanted = vault.Policy(wanted=vault.KdfParams(1024, 2, 1))
    assert wanted.is_below(vault.KdfParams(*kdf))
    assert not wanted.is_below(vault.KdfParams(1024, 2, 1))


def test_a_change_never_lowers_the_cost(make_vault: MakeVault, passphrase: str, policy: vault.Policy) -> None:
    path = make_vault()
    high = vault.Policy(min_m_kib=1024, min_t=1, wanted=vault.KdfParams(2048, 2, 1))
    vault.upgrade(path, passphrase, policy=high)
    vault.change_passphrase(path, passphrase, NEW, policy=policy)
    assert vault.unlock(path, NEW, policy).slot.kdf == vault.KdfParams(2048, 2, 1)


def test_derived_keys_are_hkdf_of_the_root_and_differ_by_label() -> None:
    root = bytes(range(32))
    key = secret.VaultKey(bytearray(root))
    expected = HKDF(SHA256(), 32, None, b"fieldapp/v1/db").derive(root)
    assert key.derive("db") == expected
    assert len({key.derive(label) for label in ("db", "header", "export", "att", "keyfile")}) == 5


def test_a_wiped_key_is_zero_and_useless() -> None:
    buffer = bytearray(range(32))
    key = secret.VaultKey(buffer)
    key.wipe()
    assert buffer == bytes(32)
    for use in (lambda: key.derive("db"), key.view, lambda: key.same_as(key)):
        with pytest.raises(secret.KeyWiped):
            use()


def test_the_typed_passphrase_and_the_wrapping_key_are_overwritten(
    make_vault: MakeVault, passphrase: str, policy: vault.Policy, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = make_vault()
    wiped: list[bytearray] = []

    def watch(buffer: bytearray) -> None:
        assert any(buffer)
        secret.wipe(buffer)
        wiped.append(buffer)

    monkeypatch.setattr(slots, "wipe", watch)
    vault.unlock(path, passphrase, policy)
    assert [len(buffer) for buffer in wiped] == [len(passphrase), 32]
    assert not any(any(buffer) for buffer in wiped)


def test_nothing_shows_a_secret(make_vault: MakeVault, passphrase: str, policy: vault.Policy) -> None:
    found = vault.unlock(make_vault(), passphrase, policy)
    shown = repr(found) + repr(found.vault_key)
    root = bytes(found.vault_key.view())
    assert root.hex() not in shown
    assert repr(root)[2:-1] not in shown
    assert found.slot.ct.hex() not in shown


def test_the_mac_is_hmac_of_all_but_itself(
    make_vault: MakeVault, passphrase: str, policy: vault.Policy
) -> None:
    path = make_vault()
    value = canonical.loads(path.read_bytes())
    mac = base64.b64decode(value.pop("mac"))
    key = vault.unlock(path, passphrase, policy).vault_key.derive("header")
    assert hmac.digest(key, canonical.dumps(value), "sha256") == mac
