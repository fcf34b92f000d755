"""Key files of the organisation: a small payload sealed under a vault key, bound to what it is for."""

from __future__ import annotations

import secrets
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from fieldapp.crypto.secret import VaultKey
from fieldapp.errors import DataDamaged
from fieldapp.records import canonical

_NONCE_BYTES = 12


class KeyfileBroken(DataDamaged):
    """A sealed key file does not open with this vault, or was made for another purpose."""

    def __init__(self) -> None:
        super().__init__("This sealed key file does not open here; restore it together with its vault.json.")


def seal_keyfile(vault_key: VaultKey, payload: dict[str, Any], *, purpose: str) -> bytes:
    """Return a JSON object sealed under the vault's `keyfile` key and bound to `purpose`."""
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return nonce + _cipher(vault_key).encrypt(nonce, canonical.dumps(payload), _aad(purpose))


def open_keyfile(vault_key: VaultKey, sealed: bytes, *, purpose: str) -> dict[str, Any]:
    """Return the payload; raises KeyfileBroken for another vault, another purpose or changed bytes."""
    try:
        plain = _cipher(vault_key).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], _aad(purpose))
        payload = canonical.loads(plain)
    except (InvalidTag, ValueError):
        raise KeyfileBroken from None
    if type(payload) is not dict:
        raise KeyfileBroken
    return payload


def _cipher(vault_key: VaultKey) -> AESGCM:
    return AESGCM(vault_key.derive("keyfile"))


def _aad(purpose: str) -> bytes:
    return canonical.dumps({"fmt": "fieldapp-keyfile", "purpose": purpose, "v": 1})
