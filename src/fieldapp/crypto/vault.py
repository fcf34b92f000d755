"""Making, opening and changing `vault.json`, so that a crash at any step leaves a vault that opens."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from pathlib import Path

from fieldapp.crypto.attempts import AttemptLog, wrong_delay
from fieldapp.crypto.recovery import WrongRecoveryKey, add_recovery, open_recovery, rebuild
from fieldapp.crypto.secret import VaultKey
from fieldapp.crypto.slots import open_passphrase, wrap_passphrase, wrap_recovery
from fieldapp.crypto.vaultfile import (
    POLICY,
    SHIPPED,
    Header,
    KdfParams,
    PassphraseSlot,
    Policy,
    RecoverySlot,
    Slot,
    VaultDamaged,
)
from fieldapp.crypto.vaultio import (
    VaultAltered,
    VaultMissing,
    commit,
    forget_previous,
    needed,
    opens_with,
    parse_file,
    previous_of,
    read_or_previous,
    write_new,
)
from fieldapp.errors import KeyFailure

__all__ = [
    "POLICY",
    "SHIPPED",
    "AttemptLog",
    "KdfParams",
    "Policy",
    "Unlocked",
    "VaultAltered",
    "VaultDamaged",
    "VaultExists",
    "VaultKey",
    "VaultMissing",
    "WrongPassphrase",
    "WrongRecoveryKey",
    "add_recovery",
    "change_passphrase",
    "create",
    "heal",
    "open_recovery",
    "previous_of",
    "rebuild",
    "unlock",
    "upgrade",
    "wrong_delay",
]


class WrongPassphrase(KeyFailure):
    """No slot opens with this passphrase."""

    def __init__(self) -> None:
        super().__init__(
            "That passphrase does not open this vault; check Caps Lock and the keyboard layout, "
            "and type it again."
        )


class VaultExists(KeyFailure):
    """A vault is already there, and making a new one would destroy it."""

    def __init__(self) -> None:
        super().__init__("There is already a vault here; unlock it, or choose another folder.")


@dataclass(frozen=True)
class Unlocked:
    """What a good unlock found."""

    vault_key: VaultKey
    mac_ok: bool
    """False: the header was altered; warn, record it and call `heal` with the pinned recovery key."""
    gen: int
    """Generation of the file; below the one remembered inside the database means an old copy was put back."""
    kdf_below_policy: bool
    """True: call `upgrade` while the passphrase is at hand."""
    restored: bool
    """True: the key file was unreadable and its previous generation opened; call `heal`."""
    vault: str
    slot: PassphraseSlot = field(repr=False)


def create(
    path: Path,
    passphrase: str,
    *,
    kdf: KdfParams = SHIPPED,
    recovery_public: bytes | None = None,
    recovery_kid: str | None = None,
    root: bytes | None = None,
    policy: Policy = POLICY,
) -> VaultKey:
    """Write a new vault of generation 1 around a random 32-byte key (or `root`) and return that key.

    Raises VaultExists, BadKey for a weak recovery key, OSError.
    """
    if path.exists() or path.is_symlink() or previous_of(path).exists():
        raise VaultExists
    vault_key = VaultKey(bytearray(secrets.token_bytes(32) if root is None else root))
    write_new(
        path, vault_key, passphrase, secrets.token_hex(16), 1, recovery_public, recovery_kid, kdf, policy
    )
    return vault_key


def unlock(path: Path, passphrase: str, policy: Policy = POLICY) -> Unlocked:
    """Open the vault with a passphrase; costs about 0.4 s of CPU and 128 MiB with the shipped settings.

    Raises WrongPassphrase, VaultDamaged (VaultMissing). A good unlock of an unaltered file ends the
    life of the previous generation.
    """
    header, restored = read_or_previous(path, policy)
    found = _open(header, passphrase, policy, restored=restored)
    if found.mac_ok and not restored:
        forget_previous(path)
    return found


def change_passphrase(path: Path, old: str, new: str, *, policy: Policy = POLICY) -> int:
    """Re-wrap the key under a new passphrase and salt, and return the new generation.

    The KDF settings become those wanted by the policy, never weaker than before. Raises
    WrongPassphrase, VaultDamaged, VaultAltered, OSError; then the old passphrase still opens, except
    that after a failure of the very last step the new one does.
    """
    header = parse_file(path, policy)
    found = _open(header, old, policy, restored=False)
    if not found.mac_ok:
        raise VaultAltered
    vault_key = found.vault_key
    slot = wrap_passphrase(header.vault, vault_key, new, policy.raised(found.slot.kdf))
    kept = tuple(other for other in header.slots if isinstance(other, RecoverySlot))
    changed = Header(header.vault, header.gen + 1, (slot, *kept))
    try:
        commit(path, changed, vault_key, policy, prove=opens_with(new, vault_key))
    finally:
        vault_key.wipe()
    return changed.gen


def upgrade(path: Path, passphrase: str, *, policy: Policy = POLICY) -> int:
    """Re-wrap under the same passphrase with the KDF settings wanted now; returns the new generation."""
    return change_passphrase(path, passphrase, passphrase, policy=policy)


def heal(
    path: Path,
    unlocked: Unlocked,
    *,
    recovery_public: bytes | None,
    recovery_kid: str | None,
    above_gen: int = 0,
    policy: Policy = POLICY,
) -> int:
    """Rewrite an altered or unreadable file from the slot that opened and the pinned recovery key.

    `above_gen` is the generation remembered inside the database. Returns the new generation.
    """
    slots: tuple[Slot, ...] = (unlocked.slot,)
    if recovery_public is not None:
        kid = needed(recovery_kid)
        slots += (wrap_recovery(unlocked.vault, unlocked.vault_key, recovery_public, kid),)
    healed = Header(unlocked.vault, max(unlocked.gen, above_gen) + 1, slots)
    commit(path, healed, unlocked.vault_key, policy)
    return healed.gen


def _open(header: Header, passphrase: str, policy: Policy, *, restored: bool) -> Unlocked:
    candidates = [slot for slot in header.slots if isinstance(slot, PassphraseSlot)]
    if not candidates:
        raise VaultDamaged("no passphrase slot")
    for slot in candidates:
        vault_key = open_passphrase(header.vault, slot, passphrase)
        if vault_key is not None:
            return Unlocked(
                vault_key=vault_key,
                mac_ok=header.mac_ok(vault_key),
                gen=header.gen,
                kdf_below_policy=policy.is_below(slot.kdf),
                restored=restored,
                vault=header.vault,
                slot=slot,
            )
    raise WrongPassphrase
