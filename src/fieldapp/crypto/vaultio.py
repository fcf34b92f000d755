"""The key file on disk: one generation replaces another in one step, and the last one stays for a while."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from pathlib import Path

from fieldapp.crypto import disk
from fieldapp.crypto.secret import VaultKey
from fieldapp.crypto.slots import open_passphrase, wrap_passphrase, wrap_recovery
from fieldapp.crypto.vaultfile import (
    MAX_BYTES,
    POLICY,
    Header,
    KdfParams,
    PassphraseSlot,
    Policy,
    Slot,
    VaultDamaged,
    parse,
)


class VaultMissing(VaultDamaged):
    """There is no key file."""

    def __init__(self) -> None:
        super().__init__("missing", "There is no vault here; enrol this laptop, or restore it from a backup.")


class VaultAltered(VaultDamaged):
    """The header was changed outside the app, so nothing may be built on it before `heal`."""

    def __init__(self) -> None:
        super().__init__(
            "mac",
            "The vault's key file was changed outside the app; lock and unlock once so that it is repaired.",
        )


def previous_of(path: Path) -> Path:
    """Return where the previous generation stays until the next good unlock."""
    return path.with_name(path.name + ".prev")


def parse_file(path: Path, policy: Policy = POLICY) -> Header:
    """Read and parse a key file without opening it; raises VaultDamaged (VaultMissing)."""
    try:
        data = disk.read_small(path, MAX_BYTES)
    except FileNotFoundError:
        raise VaultMissing from None
    except (OSError, ValueError) as problem:
        raise VaultDamaged("file") from problem
    return parse(data, policy)


def read_or_previous(path: Path, policy: Policy) -> tuple[Header, bool]:
    """Return the header, and whether it had to be taken from the previous generation."""
    try:
        return parse_file(path, policy), False
    except VaultDamaged as damage:
        try:
            return parse_file(previous_of(path), policy), True
        except VaultDamaged:
            raise damage from None


def commit(
    path: Path,
    header: Header,
    vault_key: VaultKey,
    policy: Policy,
    prove: Callable[[Header], bool] = lambda header: True,
) -> None:
    """Replace the file by `header` once the bytes read back parse, carry a good MAC and pass `prove`."""

    def check(written: bytes) -> None:
        again = parse(written, policy)
        if again.slots != header.slots or not again.mac_ok(vault_key) or not prove(again):
            raise VaultDamaged("read back")

    old = _sound_bytes(path, policy)
    if old is not None:
        disk.replace(previous_of(path), old)
    disk.replace(path, header.encode(vault_key), check)


def forget_previous(path: Path) -> None:
    """Remove the previous generation and a temporary file that a crash left; a failure can wait."""
    with contextlib.suppress(OSError):
        stale = [name for name in (previous_of(path), disk.temporary_of(path)) if name.exists()]
        for name in stale:
            name.unlink()
        if stale:
            disk.sync_folder(path.parent)


def _sound_bytes(path: Path, policy: Policy) -> bytes | None:
    """Return the file as it is, or None when it is missing or damaged and so not worth keeping."""
    try:
        data = disk.read_small(path, MAX_BYTES)
        parse(data, policy)
    except (VaultDamaged, OSError, ValueError):
        return None
    return data


def write_new(
    path: Path,
    vault_key: VaultKey,
    passphrase: str,
    vault: str,
    gen: int,
    recovery_public: bytes | None,
    recovery_kid: str | None,
    kdf: KdfParams,
    policy: Policy,
) -> None:
    """Put a header with one passphrase slot, and a recovery slot if there is a key for it, at path."""
    slots: tuple[Slot, ...] = (wrap_passphrase(vault, vault_key, passphrase, kdf),)
    if recovery_public is not None:
        slots += (wrap_recovery(vault, vault_key, recovery_public, needed(recovery_kid)),)
    commit(path, Header(vault, gen, slots), vault_key, policy, prove=opens_with(passphrase, vault_key))


def opens_with(passphrase: str, vault_key: VaultKey) -> Callable[[Header], bool]:
    """Return the check that the first slot of what was written opens with the passphrase."""

    def prove(header: Header) -> bool:
        slot = header.slots[0]
        opened = open_passphrase(header.vault, slot, passphrase) if isinstance(slot, PassphraseSlot) else None
        if opened is None:
            return False
        same = opened.same_as(vault_key)
        opened.wipe()
        return same

    return prove


def needed(kid: str | None) -> str:
    """Return the id that must come with a recovery key; raises ValueError without it."""
    if kid is None:
        raise ValueError("a recovery key comes with its id")
    return kid
