"""Identifiers: UUIDv7 for most records, UUIDv5 where a client has exactly one of a kind."""

from __future__ import annotations

import os
import re
import uuid

_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
_HASH = re.compile(r"[0-9a-f]{64}")


def uuid7(now_ms: int, random: bytes | None = None) -> str:
    """Return a UUIDv7 (RFC 9562) for a time in milliseconds; `random` is 10 bytes for tests and the demo."""
    tail = os.urandom(10) if random is None else random
    value = (now_ms & (2**48 - 1)) << 80 | int.from_bytes(tail, "big")
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return str(uuid.UUID(int=value))


def one_per(owner: str, kind: str) -> str:
    """Return the only id that a one-per-client (or one-per-program) record of a kind may have."""
    return str(uuid.uuid5(uuid.UUID(owner), kind))


def is_uuid(text: object) -> bool:
    """Tell whether a value is a lower-case UUID string."""
    return isinstance(text, str) and _UUID.fullmatch(text) is not None


def is_hash(text: object) -> bool:
    """Tell whether a value is a SHA-256 in lower-case hex."""
    return isinstance(text, str) and _HASH.fullmatch(text) is not None
