"""Sealing on the server: a stolen database or backup opens nothing without the master key file.

Row key = HKDF(data key, "row|record|hash"); the associated data name the row, so a payload moved to
another row, or a row whose record, kind or client was relabelled, does not open.
"""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Iterable
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF, HKDFExpand

from fieldapp.crypto import disk
from fieldapp.errors import DataDamaged, KeyFailure

_NONCE_BYTES = 12
_KEY_BYTES = 32
_HASH = SHA256()
_MONTH = re.compile(r"[0-9]{4}(0[1-9]|1[0-2])")


class MasterKeyMissing(KeyFailure):
    """The master key file is absent, unreadable or not a master key."""

    def __init__(self) -> None:
        super().__init__(
            "The server's master key is missing or damaged; put its file back from the sealed copy."
        )


class MasterKeyExposed(KeyFailure):
    """Others than the owner can read or change the master key file."""

    def __init__(self) -> None:
        super().__init__(
            "Other users can read the server's master key; set its file to mode 0400 and start again."
        )


class MasterKeyExists(KeyFailure):
    """A master key is already there, and a new one would make all data unreadable."""

    def __init__(self) -> None:
        super().__init__(
            "There is already a master key here; keep it, or move it away to begin a new server."
        )


class SealBroken(DataDamaged):
    """A sealed payload does not open in its place; `name` is its hash or name, never content."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"The stored entry {name} was altered or moved; restore it from a backup or a laptop."
        )
        self.name = name


class DataKeyMissing(KeyFailure):
    """A row names a data key that was not loaded."""

    def __init__(self) -> None:
        super().__init__("A data key of this server is missing; restore the database together with its keys.")


class MasterKey:
    """The 32-byte key kept outside database and backup; it only wraps data keys."""

    __slots__ = ("_cipher",)

    def __init__(self, key: bytes) -> None:
        """Take 32 bytes; raises MasterKeyMissing for another length."""
        if len(key) != _KEY_BYTES:
            raise MasterKeyMissing
        self._cipher = AESGCM(key)

    @classmethod
    def load(cls, path: Path) -> MasterKey:
        """Read the key file; raises MasterKeyMissing, MasterKeyExposed.

        Group reading is allowed only on a file of root's, which is how systemd shows a credential.
        """
        try:
            key, status = disk.read_with_stat(path, _KEY_BYTES)
        except (OSError, ValueError):
            raise MasterKeyMissing from None
        if os.name != "nt" and status.st_mode & (0o037 if status.st_uid == 0 != os.geteuid() else 0o077):
            raise MasterKeyExposed
        return cls(key)

    @classmethod
    def create(cls, path: Path) -> MasterKey:
        """Write a new random key file of mode 0400; raises MasterKeyExists, OSError."""
        key = secrets.token_bytes(_KEY_BYTES)
        try:
            disk.create(path, key, 0o400)
        except FileExistsError:
            raise MasterKeyExists from None
        disk.sync_folder(path.parent)
        return cls(key)

    def wrap(self, dk_id: str, data_key: bytes) -> bytes:
        """Return a data key encrypted and bound to its id."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, data_key, dk_id.encode())

    def unwrap(self, dk_id: str, wrapped: bytes) -> bytes | None:
        """Return the data key, or None when another master key wrapped it or its id differs."""
        try:
            return self._cipher.decrypt(wrapped[:_NONCE_BYTES], wrapped[_NONCE_BYTES:], dk_id.encode())
        except (InvalidTag, ValueError):
            return None

    def __repr__(self) -> str:
        return "MasterKey(hidden)"


class DataKeys:
    """The monthly data keys in use; seals and unseals rows (about 5 µs each for 2 kB) and small blobs."""

    def __init__(self, master: MasterKey, *, former: Iterable[MasterKey] = ()) -> None:
        """Wrap new keys under `master`; open also those of `former` masters (a rotation cut short)."""
        self._masters = (master, *former)
        self._keys: dict[str, tuple[bytes, bytes]] = {}

    def new(self, month: str) -> tuple[str, bytes]:
        """Return (id, wrapped) of a new random key for a month `yyyymm`, without using it yet.

        Store it first, then `add` what the database holds: of two workers only one stores its key.
        """
        if not _MONTH.fullmatch(month):
            raise ValueError("a month is six digits, yyyymm")
        dk_id = f"DK_{month}"
        return dk_id, self._masters[0].wrap(dk_id, secrets.token_bytes(_KEY_BYTES))

    def add(self, dk_id: str, wrapped: bytes) -> None:
        """Load a stored key; raises SealBroken naming its id when no master key opens it."""
        if "|" in dk_id:
            raise ValueError("a data key id has no bar")
        for master in self._masters:
            data_key = master.unwrap(dk_id, wrapped)
            if data_key is not None:
                self._keys[dk_id] = HKDF.extract(_HASH, None, data_key), data_key
                return
        raise SealBroken(dk_id)

    def __contains__(self, dk_id: object) -> bool:
        return dk_id in self._keys

    def rewrap(self, new_master: MasterKey) -> dict[str, bytes]:
        """Return every loaded key wrapped under a new master; storing them is all that a rotation takes."""
        return {dk_id: new_master.wrap(dk_id, data_key) for dk_id, (_, data_key) in self._keys.items()}

    def seal(
        self,
        dk_id: str,
        *,
        hash: str,  # noqa: A002
        record: str,
        kind: str,
        client: str | None,
        plaintext: bytes,
    ) -> bytes:
        """Return an entry's bytes sealed to its row; raises DataKeyMissing."""
        place = _joined(hash, record, kind, client or "", dk_id)
        return self._encrypt(dk_id, f"row|{record}|{hash}", place, plaintext)

    def unseal(
        self,
        dk_id: str,
        *,
        hash: str,  # noqa: A002
        record: str,
        kind: str,
        client: str | None,
        sealed: bytes,
    ) -> bytes:
        """Return an entry's bytes; raises SealBroken naming the hash, DataKeyMissing."""
        place = _joined(hash, record, kind, client or "", dk_id)
        return self._decrypt(dk_id, f"row|{record}|{hash}", place, sealed, hash)

    def seal_blob(self, dk_id: str, *, purpose: str, name: str, plaintext: bytes) -> bytes:
        """Return a draft, audit payload or enrolment secret sealed to its purpose and name."""
        return self._encrypt(dk_id, f"blob|{purpose}|{name}", _joined(purpose, name, dk_id), plaintext)

    def unseal_blob(self, dk_id: str, *, purpose: str, name: str, sealed: bytes) -> bytes:
        """Return the content of a sealed blob; raises SealBroken naming the blob, DataKeyMissing."""
        return self._decrypt(dk_id, f"blob|{purpose}|{name}", _joined(purpose, name, dk_id), sealed, name)

    def _cipher(self, dk_id: str, info: str) -> AESGCM:
        keys = self._keys.get(dk_id)
        if keys is None:
            raise DataKeyMissing
        return AESGCM(HKDFExpand(_HASH, _KEY_BYTES, info.encode()).derive(keys[0]))

    def _encrypt(self, dk_id: str, info: str, place: bytes, plaintext: bytes) -> bytes:
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + self._cipher(dk_id, info).encrypt(nonce, plaintext, place)

    def _decrypt(self, dk_id: str, info: str, place: bytes, sealed: bytes, name: str) -> bytes:
        cipher = self._cipher(dk_id, info)
        try:
            return cipher.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], place)
        except (InvalidTag, ValueError):
            raise SealBroken(name) from None

    def __repr__(self) -> str:
        return f"DataKeys({len(self._keys)} keys, hidden)"


def _joined(*parts: str) -> bytes:
    """Return the parts joined by bars, refusing a bar inside one, which would make two places alike."""
    place = "|".join(parts)
    if place.count("|") != len(parts) - 1:
        raise ValueError("a name in a seal has no bar")
    return place.encode()
