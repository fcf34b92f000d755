"""Wrapping and unwrapping the vault key: Argon2id with AES-256-GCM, and HPKE."""

from __future__ import annotations

import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from fieldapp.crypto import hpke
from fieldapp.crypto.secret import VaultKey, passphrase_bytes, wipe
from fieldapp.crypto.vaultfile import (
    NONCE_BYTES,
    SALT_BYTES,
    KdfParams,
    PassphraseSlot,
    RecoverySlot,
    aad,
    check_kid,
)


def wrap_passphrase(vault: str, vault_key: VaultKey, passphrase: str, kdf: KdfParams) -> PassphraseSlot:
    """Return a new slot, with fresh salt and nonce, that the passphrase opens."""
    empty = PassphraseSlot(
        id=secrets.token_hex(4),
        kdf=kdf,
        salt=secrets.token_bytes(SALT_BYTES),
        nonce=secrets.token_bytes(NONCE_BYTES),
        ct=b"",
    )
    wrapping = _stretch(passphrase, empty)
    try:
        ct = AESGCM(wrapping).encrypt(empty.nonce, vault_key.view(), aad(vault, empty))
    finally:
        wipe(wrapping)
    return PassphraseSlot(id=empty.id, kdf=kdf, salt=empty.salt, nonce=empty.nonce, ct=ct)


def open_passphrase(vault: str, slot: PassphraseSlot, passphrase: str) -> VaultKey | None:
    """Return the vault key, or None when the passphrase, a parameter or the vault id differs."""
    wrapping = _stretch(passphrase, slot)
    buffer = bytearray(32)
    try:
        AESGCM(wrapping).decrypt_into(slot.nonce, slot.ct, aad(vault, slot), buffer)
    except InvalidTag:
        return None
    finally:
        wipe(wrapping)
    return VaultKey(buffer)


def wrap_recovery(vault: str, vault_key: VaultKey, public: bytes, kid: str) -> RecoverySlot:
    """Return a new slot that the private half of `public` opens; raises BadKey for a weak key."""
    check_kid(kid)
    empty = RecoverySlot(id=secrets.token_hex(4), kid=kid, ct=b"")
    sealed = hpke.seal_to(public, vault_key.view(), _info(vault, empty))
    return RecoverySlot(id=empty.id, kid=kid, ct=sealed)


def open_recovery_slot(vault: str, slot: RecoverySlot, private: bytes) -> VaultKey | None:
    """Return the vault key, or None when the private key, a parameter or the vault id differs."""
    plain = hpke.open_from(private, slot.ct, _info(vault, slot))
    return VaultKey(bytearray(plain)) if plain is not None else None


def _info(vault: str, slot: RecoverySlot) -> bytes:
    return b"fieldapp/v1/recovery" + aad(vault, slot)


def _stretch(passphrase: str, slot: PassphraseSlot) -> bytearray:
    """Return 32 bytes of Argon2id in a buffer that the caller wipes."""
    typed = passphrase_bytes(passphrase)
    wrapping = bytearray(32)
    kdf = slot.kdf
    try:
        argon = Argon2id(salt=slot.salt, length=32, iterations=kdf.t, lanes=kdf.p, memory_cost=kdf.m_kib)
        argon.derive_into(typed, wrapping)  # type: ignore[arg-type]  # the stub is narrower than the code
    finally:
        wipe(typed)
    return wrapping
