"""Requests that name their sender instead of proving it: a third of a quiet round is spent on signatures.

Everything else that a signature brings about stays: a body that broke off, a clock that is off, a device that is
unknown, a nonce used twice. Signatures themselves are tested in `tests/crypto`, `tests/server` and `tests/sync`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from fieldapp.crypto.requests import MAX_AGE_S, SKEW_S, RequestRefused, Verified, content_digest

_SENDER = "x-sender"


def sign_headers(
    identity: Any, device: str, method: str, url: str, headers: Any, body: bytes, *, created: int, nonce: str
) -> dict[str, str]:
    """Say who sends, when, and with which nonce."""
    return {"Content-Digest": content_digest(body), _SENDER: f"{device} {nonce} {created}"}


def verify_request(
    method: str, authority: str, path: str, query: str, headers: Iterable[tuple[str, str]], body: bytes, *,
    public_for: Callable[[str], bytes | None], now: int,
) -> Verified:  # fmt: skip
    """Return who sent a request; refuses what the real one refuses for other reasons than its signature."""
    fields = dict(headers)
    if fields.get("content-digest") != content_digest(body):
        raise RequestRefused("digest")
    device, nonce, created = fields[_SENDER].split()
    if public_for(device) is None:
        raise RequestRefused("signature")
    if not now - MAX_AGE_S <= int(created) <= now + SKEW_S:
        raise RequestRefused("time")
    return Verified(device, nonce, int(created))
