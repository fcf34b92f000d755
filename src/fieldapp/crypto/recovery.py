"""The recovery slot: a second way in, for the holder of the organisation's recovery key."""

from __future__ import annotations

import secrets
from pathlib import Path

from fieldapp.crypto.secret import VaultKey
from fieldapp.crypto.slots import open_recovery_slot, wrap_recovery
from fieldapp.crypto.vaultfile import (
    POLICY,
    SHIPPED,
    Header,
    KdfParams,
    PassphraseSlot,
    Policy,
    RecoverySlot,
    VaultDamaged,
)
from fieldapp.crypto.vaultio import VaultAltered, commit, parse_file, read_or_previous, write_new
from fieldapp.errors import KeyFailure


class WrongRecoveryKey(KeyFailure):
    """No recovery slot opens with this private key."""

    def __init__(self) -> None:
        super().__init__(
            "This recovery key does not open this vault; fetch the key that was in force at enrolment."
        )


def add_recovery(
    path: Path, vault_key: VaultKey, recovery_public: bytes, recovery_kid: str, *, policy: Policy = POLICY
) -> int:
    """Seal the key to the organisation's recovery key, in place of any earlier one; returns the generation.

    Call it only after the organisation's statement was verified. Raises BadKey, VaultDamaged,
    VaultAltered, OSError; then the file is as it was.
    """
    header = parse_file(path, policy)
    if not header.mac_ok(vault_key):
        raise VaultAltered
    kept = tuple(slot for slot in header.slots if isinstance(slot, PassphraseSlot))
    slot = wrap_recovery(header.vault, vault_key, recovery_public, recovery_kid)
    changed = Header(header.vault, header.gen + 1, (*kept, slot))
    commit(path, changed, vault_key, policy)
    return changed.gen


def open_recovery(path: Path, recovery_private: bytes, policy: Policy = POLICY) -> VaultKey:
    """Return the key from a recovery slot; raises WrongRecoveryKey, BadKey, VaultDamaged.

    Afterwards `rebuild` gives the vault a new passphrase.
    """
    header, _ = read_or_previous(path, policy)
    for slot in header.slots:
        if isinstance(slot, RecoverySlot):
            vault_key = open_recovery_slot(header.vault, slot, recovery_private)
            if vault_key is not None:
                return vault_key
    raise WrongRecoveryKey


def rebuild(
    path: Path,
    vault_key: VaultKey,
    passphrase: str,
    *,
    recovery_public: bytes | None,
    recovery_kid: str | None,
    above_gen: int = 0,
    kdf: KdfParams = SHIPPED,
    policy: Policy = POLICY,
) -> int:
    """Make all slots anew around a key already held (after a recovery); returns the new generation."""
    try:
        old = parse_file(path, policy)
        vault, gen = old.vault, old.gen
    except VaultDamaged:
        vault, gen = secrets.token_hex(16), 0
    gen = max(gen, above_gen) + 1
    write_new(path, vault_key, passphrase, vault, gen, recovery_public, recovery_kid, kdf, policy)
    return gen
