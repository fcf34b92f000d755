"""Sealed key files of the organisation."""

from __future__ import annotations

import pytest

from fieldapp.crypto import keyfile
from fieldapp.crypto.secret import VaultKey

PAYLOAD = {"authority": "ab" * 32, "made": 5}


def vault_key(first: int = 0) -> VaultKey:
    return VaultKey(bytearray([first, *range(1, 32)]))


def test_a_payload_comes_back_for_its_purpose_only() -> None:
    sealed = keyfile.seal_keyfile(vault_key(), PAYLOAD, purpose="organisation")
    assert keyfile.open_keyfile(vault_key(), sealed, purpose="organisation") == PAYLOAD
    with pytest.raises(keyfile.KeyfileBroken):
        keyfile.open_keyfile(vault_key(), sealed, purpose="recovery")


def test_another_vault_or_changed_bytes_open_nothing() -> None:
    sealed = keyfile.seal_keyfile(vault_key(), PAYLOAD, purpose="organisation")
    assert b"authority" not in sealed
    with pytest.raises(keyfile.KeyfileBroken):
        keyfile.open_keyfile(vault_key(1), sealed, purpose="organisation")
    for at in range(len(sealed)):
        changed = bytearray(sealed)
        changed[at] ^= 1
        with pytest.raises(keyfile.KeyfileBroken):
            keyfile.open_keyfile(vault_key(), bytes(changed), purpose="organisation")
    for cut in (0, 5, 12, 20, len(sealed) - 1):
        with pytest.raises(keyfile.KeyfileBroken, match="restore"):
            keyfile.open_keyfile(vault_key(), sealed[:cut], purpose="organisation")


def test_the_same_payload_is_sealed_differently_each_time() -> None:
    assert keyfile.seal_keyfile(vault_key(), PAYLOAD, purpose="x") != keyfile.seal_keyfile(
        vault_key(), PAYLOAD, purpose="x"
    )
