"""HPKE (RFC 9180) to an X25519 key: what only the holder of the organisation's recovery key can open."""

from __future__ import annotations

import hashlib

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from fieldapp.crypto.keys import BadKey

SUITE_NAME = "hpke-x25519-hkdfsha256-a256gcm"
OVERHEAD = 48
"""Bytes that sealing adds: 32 for the encapsulated key, 16 for the tag."""

_SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)


def recovery_keypair() -> tuple[bytes, bytes]:
    """Return a new X25519 (private, public) pair of 32 raw bytes each."""
    private = X25519PrivateKey.generate()
    return private.private_bytes_raw(), private.public_key().public_bytes_raw()


def recovery_public(private: bytes) -> bytes:
    """Return the 32 public bytes of a raw X25519 private key; raises BadKey for another length."""
    return _private(private).public_key().public_bytes_raw()


def key_id(public: bytes) -> str:
    """Return the id of a recovery key: the first 16 hex characters of its SHA-256."""
    return hashlib.sha256(public).hexdigest()[:16]


def seal_to(public: bytes, plaintext: bytes | memoryview, info: bytes) -> bytes:
    """Return plaintext sealed to a raw public key and bound to info; raises BadKey for a weak key."""
    try:
        return _SUITE.encrypt(plaintext, X25519PublicKey.from_public_bytes(public), info=info)
    except ValueError:
        raise BadKey from None


def open_from(private: bytes, sealed: bytes, info: bytes) -> bytes | None:
    """Return what was sealed to this private key under info, or None; raises BadKey for another length."""
    try:
        return _SUITE.decrypt(sealed, _private(private), info=info)
    except (InvalidTag, ValueError):
        return None


def _private(raw: bytes) -> X25519PrivateKey:
    if len(raw) != 32:
        raise BadKey
    return X25519PrivateKey.from_private_bytes(raw)
