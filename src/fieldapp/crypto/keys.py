"""Ed25519 identities: one key per person and laptop signs entries and requests, split by domain."""

from __future__ import annotations

import hashlib
from functools import lru_cache

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from fieldapp.errors import KeyFailure

DOMAIN = b"fieldapp-sig-v1\0"
DOMAINS = frozenset({"entry", "checkpoint", "audit", "epoch", "possession", "statement", "recovery"})
"""What a signature can be about; a signature of one domain never verifies in another."""

_PREFIX = {domain: DOMAIN + domain.encode() + b"\0" for domain in DOMAINS}
_P = 2**255 - 19
_D = -121665 * pow(121666, -1, _P) % _P
_ROOT = pow(2, (_P - 1) // 4, _P)


class BadKey(KeyFailure):
    """A key is malformed, or so weak that signatures under it prove nothing."""

    def __init__(self) -> None:
        super().__init__("This key cannot be used; make a new one and enrol again.")


class Identity:
    """An Ed25519 private key; its repr shows only the public fingerprint."""

    __slots__ = ("private_key", "public")

    def __init__(self, private_key: Ed25519PrivateKey) -> None:
        self.private_key = private_key
        """For RFC 9421 request signatures in this package; all else goes through `sign`."""
        self.public: bytes = private_key.public_key().public_bytes_raw()
        """The 32 public bytes."""

    @classmethod
    def generate(cls) -> Identity:
        """Return a new random identity."""
        return cls(Ed25519PrivateKey.generate())

    @classmethod
    def from_bytes(cls, seed: bytes) -> Identity:
        """Return the identity of a 32-byte seed; raises BadKey for another length."""
        if len(seed) != 32:
            raise BadKey
        return cls(Ed25519PrivateKey.from_private_bytes(seed))

    @property
    def seed(self) -> bytes:
        """The 32 secret bytes, to be stored only inside the vault or a sealed key file."""
        return self.private_key.private_bytes_raw()

    def sign(self, domain: str, data: bytes) -> bytes:
        """Return the 64-byte signature of data in one of DOMAINS; raises ValueError for another domain."""
        if domain not in _PREFIX:
            raise ValueError("unknown signature domain")
        return self.private_key.sign(_PREFIX[domain] + data)

    def __repr__(self) -> str:
        return f"Identity({fingerprint(self.public)[:8]}, secret hidden)"


class VerifyingKey:
    """A checked and loaded public key, for loops that verify many signatures."""

    __slots__ = ("key", "public")

    def __init__(self, public: bytes) -> None:
        """Load 32 public bytes; raises BadKey as check_public_key does."""
        check_public_key(public)
        self.public = bytes(public)
        try:
            self.key = Ed25519PublicKey.from_public_bytes(self.public)
        except (ValueError, UnsupportedAlgorithm):
            raise BadKey from None

    def verify(self, domain: str, data: bytes, signature: bytes) -> bool:
        """Return whether signature is this key's over data in domain; never raises."""
        prefix = _PREFIX.get(domain)
        if prefix is None:
            return False
        try:
            self.key.verify(signature, prefix + data)
        except (InvalidSignature, ValueError, TypeError):
            return False
        return True


@lru_cache(maxsize=4096)
def loaded(public: bytes) -> VerifyingKey:
    """Return the verifying key of 32 public bytes from a small cache; raises BadKey."""
    return VerifyingKey(public)


def verify(public: bytes, domain: str, data: bytes, signature: bytes) -> bool:
    """Return whether signature is that of public over data in domain; never raises."""
    try:
        key = loaded(bytes(public))
    except (BadKey, TypeError):
        return False
    return key.verify(domain, data, signature)


def check_public_key(public: bytes) -> None:
    """Refuse what is not 32 canonical bytes of a curve point, and small-order points; raises BadKey.

    OpenSSL accepts small-order keys, under which one signature fits any message (security.md §1.7).
    """
    if len(public) != 32:
        raise BadKey
    number = int.from_bytes(public, "little")
    sign, y = number >> 255, number & ((1 << 255) - 1)
    if y >= _P:
        raise BadKey
    x = _recover_x(y, sign)
    if x is None:
        raise BadKey
    z = 1
    for _ in range(3):
        x, y, z = _double(x, y, z)
    if x == 0 and y == z:
        raise BadKey


def _recover_x(y: int, sign: int) -> int | None:
    """Return the x of a compressed point (RFC 8032 §5.1.3), or None where there is none.

    Its two points with x = 0 are of small order, so their sign needs no rule here.
    """
    u, v = (y * y - 1) % _P, (_D * y * y + 1) % _P
    v3 = v * v * v % _P
    x = u * v3 * pow(u * v3 * v3 * v, (_P - 5) // 8, _P) % _P
    if v * x * x % _P != u:
        x = x * _ROOT % _P
        if v * x * x % _P != u:
            return None
    return _P - x if x & 1 != sign else x


def _double(x: int, y: int, z: int) -> tuple[int, int, int]:
    """Return twice a projective point of the curve -x² + y² = 1 + dx²y²."""
    b, c, d, h = (x + y) ** 2, x * x, y * y, z * z
    f = (d - c) % _P
    j = (f - 2 * h) % _P
    return (b - c - d) * j % _P, f * (-c - d) % _P, f * j % _P


def fingerprint(public: bytes) -> str:
    """Return the SHA-256 of a public key as 64 hex characters."""
    return hashlib.sha256(public).hexdigest()


def org_id(public: bytes) -> str:
    """Return the organisation's id: the fingerprint of its public key."""
    return fingerprint(public)
