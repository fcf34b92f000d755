"""Secrets in memory that can be overwritten: the vault key and a typed passphrase."""

from __future__ import annotations

import hmac
import unicodedata

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from fieldapp.errors import KeyFailure


class KeyWiped(KeyFailure):
    """A vault key was used after it had been wiped."""

    def __init__(self) -> None:
        super().__init__("The vault is locked; unlock it with your passphrase.")


class VaultKey:
    """The random 32-byte root of one vault, held in a buffer that `wipe` overwrites."""

    __slots__ = ("_buffer", "_wiped")

    def __init__(self, buffer: bytearray) -> None:
        """Take over a 32-byte buffer; the caller must not keep another reference."""
        if len(buffer) != 32:
            raise ValueError("a vault key is 32 bytes")
        self._buffer = buffer
        self._wiped = False

    def derive(self, label: str) -> bytes:
        """Return the 32-byte key for one use: `db`, `header`, `export`, `att`, `keyfile`; raises KeyWiped."""
        return HKDF(SHA256(), 32, None, b"fieldapp/v1/" + label.encode("ascii")).derive(self.view())

    def view(self) -> memoryview:
        """Return the 32 bytes read-only and uncopied, for wrapping them; raises KeyWiped."""
        if self._wiped:
            raise KeyWiped
        return memoryview(self._buffer).toreadonly()

    def same_as(self, other: VaultKey) -> bool:
        """Return in constant time whether both hold the same bytes; raises KeyWiped."""
        return hmac.compare_digest(self.view(), other.view())

    def wipe(self) -> None:
        """Overwrite the bytes with zeros; later use raises KeyWiped."""
        wipe(self._buffer)
        self._wiped = True

    def __repr__(self) -> str:
        return "VaultKey(wiped)" if self._wiped else "VaultKey(hidden)"


def wipe(buffer: bytearray) -> None:
    """Overwrite a buffer with zeros in place."""
    buffer[:] = bytes(len(buffer))


def passphrase_bytes(passphrase: str) -> bytearray:
    """Return NFKC(passphrase) as UTF-8 in a buffer that the caller wipes."""
    return bytearray(unicodedata.normalize("NFKC", passphrase), "utf-8", "surrogatepass")
