"""The server's keys, beside its database and never in it: master, authority, administrator, recovery."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path

from fieldapp.crypto import disk, hpke, keyfile, vault
from fieldapp.crypto.keys import Identity
from fieldapp.crypto.sealing import MasterKey
from fieldapp.crypto.vault import POLICY, SHIPPED, KdfParams, Policy
from fieldapp.errors import KeyFailure

FOLDER = "keys"
_WRAPPED_BYTES = 12 + 32 + 16


class OrgKeyMissing(KeyFailure):
    """A key file of the organisation is absent or does not open with this master key."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"The key file {name} is missing or belongs to another server; put it back from the sealed copy."
        )


@dataclass(frozen=True, slots=True)
class ServerKeys:
    """What a running server holds in memory."""

    master: MasterKey
    authority: Identity
    administrator: Identity
    """Of the laptop-like device by which `fieldapp staff` on the server speaks for the first administrator."""


def keys_folder(folder: Path) -> Path:
    """Return where a server's keys are."""
    return folder / FOLDER


def create(folder: Path) -> ServerKeys:
    """Make all keys of a new server; raises MasterKeyExists when there are some already."""
    where = keys_folder(folder)
    where.mkdir(mode=0o700, parents=True, exist_ok=True)
    master = MasterKey.create(where / "master.key")
    made = {}
    for name in ("authority", "administrator"):
        made[name] = Identity.generate()
        disk.create(where / f"{name}.key", master.wrap(f"key:{name}", made[name].seed), 0o400)
    disk.sync_folder(where)
    return ServerKeys(master, made["authority"], made["administrator"])


def load(folder: Path) -> ServerKeys:
    """Read the keys of a server; raises MasterKeyMissing, MasterKeyExposed, OrgKeyMissing."""
    where = keys_folder(folder)
    master = MasterKey.load(where / "master.key")
    return ServerKeys(
        master, _identity(where, master, "authority"), _identity(where, master, "administrator")
    )


def _identity(where: Path, master: MasterKey, name: str) -> Identity:
    try:
        wrapped = disk.read_small(where / f"{name}.key", _WRAPPED_BYTES)
    except (OSError, ValueError):
        raise OrgKeyMissing(name) from None
    seed = master.unwrap(f"key:{name}", wrapped)
    if seed is None:
        raise OrgKeyMissing(name)
    return Identity.from_bytes(seed)


def create_recovery(
    folder: Path, passphrase: str, organisation: str, *, kdf: KdfParams = SHIPPED, policy: Policy = POLICY
) -> bytes:
    """Make the organisation's recovery key, sealed under a passphrase with the organisation's id; return its public half.

    The files `recovery.vault.json` and `recovery.key` are to be moved to offline storage: the server never
    needs them again.
    """
    where = keys_folder(folder)
    private, public = hpke.recovery_keypair()
    vault_key = vault.create(where / "recovery.vault.json", passphrase, kdf=kdf, policy=policy)
    try:
        sealed = keyfile.seal_keyfile(
            vault_key, {"private": private.hex(), "organisation": organisation}, purpose="recovery"
        )
    finally:
        vault_key.wipe()
    disk.create(where / "recovery.key", sealed, 0o400)
    disk.sync_folder(where)
    return public


def open_recovery_key(folder: Path, passphrase: str, *, policy: Policy = POLICY) -> bytes:
    """Return the private recovery key from a server's folder; raises WrongPassphrase, KeyfileBroken, VaultMissing."""
    return open_recovery_files(keys_folder(folder), passphrase, policy=policy).private


@dataclass(frozen=True, slots=True)
class RecoveryKey:
    """The organisation's recovery key, opened."""

    private: bytes = field(repr=False)
    organisation: str
    """Whose it is; "" in files that were made before it was kept beside the key."""


def open_recovery_files(where: Path, passphrase: str, *, policy: Policy = POLICY) -> RecoveryKey:
    """Return the recovery key from the folder that its two files were moved to; raises as the one above."""
    vault_key = vault.unlock(where / "recovery.vault.json", passphrase, policy).vault_key
    try:
        payload = keyfile.open_keyfile(
            vault_key, disk.read_small(where / "recovery.key", 4_096), purpose="recovery"
        )
    finally:
        vault_key.wipe()
    return RecoveryKey(bytes.fromhex(payload["private"]), str(payload.get("organisation") or ""))


def owner_only(folder: Path) -> None:
    """Make a server's folder if need be, readable by its owner alone."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if os.name != "nt" and folder.stat().st_mode & 0o077:
        folder.chmod(0o700)


def same_owner(path: Path, folder: Path) -> None:
    """Give a file that root made to the owner of its folder, so that the server can still open it."""
    if os.name != "nt" and os.geteuid() == 0:
        status = folder.stat()
        os.chown(path, status.st_uid, status.st_gid, follow_symlinks=False)
