"""Signed HTTP requests: RFC 9421, profile `fieldapp-v1` (security.md §5.5); there are no tokens to steal."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from http_message_signatures import (
    HTTPMessageSignaturesException,
    HTTPMessageSigner,
    HTTPMessageVerifier,
    HTTPSignatureKeyResolver,
)
from http_message_signatures.algorithms import ED25519

from fieldapp.crypto.keys import BadKey, Identity, loaded
from fieldapp.errors import ServerRefused

TAG = "fieldapp-v1"
MAX_AGE_S = 300
SKEW_S = 300

_ALWAYS = ("@method", "@authority", "@path", "@query")
_OF_BODY = ("content-type", "content-digest", "content-encoding")
_ONCE = frozenset({*_OF_BODY, "signature", "signature-input", "host"})
_PARAMETERS = frozenset({"created", "keyid", "alg", "nonce", "tag"})
_NONCE = re.compile(r"[0-9a-f]{32}")
_DEVICE = re.compile(r"[0-9A-Za-z-]{1,64}")
_NOBODY = Identity.from_bytes(hashlib.sha256(b"fieldapp: stands in for an unknown device").digest()).public


class RequestRefused(ServerRefused):
    """A request that is not authentic; `reason` is for the server's log, the answer never tells it.

    Only `time` may be answered differently (with the server's time): everything else was in order.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(
            "The server did not accept this laptop's signature; ask your administrator to check it."
        )
        self.reason = reason


@dataclass(frozen=True)
class Verified:
    """Who signed a request, and the nonce (32 hex characters) that a device may use only once."""

    device: str
    nonce: str
    created: int


def new_nonce() -> str:
    """Return 16 random bytes as 32 hex characters."""
    return secrets.token_hex(16)


def content_digest(body: bytes) -> str:
    """Return the Content-Digest field (RFC 9530, sha-256) of a body as it travels."""
    return f"sha-256=:{base64.b64encode(hashlib.sha256(body).digest()).decode()}:"


def sign_headers(
    identity: Identity,
    device: str,
    method: str,
    url: str,
    headers: Mapping[str, str],
    body: bytes,
    *,
    created: int,
    nonce: str,
) -> dict[str, str]:
    """Return the fields to add to a request: Signature, Signature-Input and, with a body, Content-Digest.

    Args:
        url: the encoded absolute URL that will be requested.
        headers: those already set; content-type is needed with a body and content-encoding is covered.
        body: the bytes as they travel, after compression.
        created: server time in seconds since 1970, as far as known.
        nonce: from `new_nonce`, used once.
    """
    fields = {name.lower(): value for name, value in headers.items() if name.lower() in _OF_BODY}
    added = {}
    if body:
        added["Content-Digest"] = fields["content-digest"] = content_digest(body)
    message = _Message(method, url, fields)
    HTTPMessageSigner(signature_algorithm=ED25519, key_resolver=_Signing(identity)).sign(
        message,
        key_id=device,
        created=datetime.fromtimestamp(created, UTC),
        nonce=nonce,
        label="fieldapp",
        tag=TAG,
        covered_component_ids=_covered(fields, body),
        use_existing_digest="content-digest" in fields,
    )
    return {**added, **{name: message.headers[name] for name in ("Signature-Input", "Signature")}}


def verify_request(
    method: str,
    authority: str,
    path: str,
    query: str,
    headers: Iterable[tuple[str, str]] | Mapping[str, str],
    body: bytes,
    *,
    public_for: Callable[[str], bytes | None],
    now: int,
    max_age_s: int = MAX_AGE_S,
    skew_s: int = SKEW_S,
) -> Verified:
    """Return who signed the request; raises RequestRefused. The caller still has to refuse a used nonce.

    Args:
        authority: the configured public host, with its port unless 443; never taken from a header.
        path: as it was sent, still percent-encoded.
        query: without the question mark.
        headers: all field lines (as `request.headers.items()`), so that a repeated one is seen.
        body: the bytes as they travelled, before inflating.
        public_for: the public key of an admitted device, or None; what it raises is passed on.
        now: seconds since 1970.
    """
    fields = _fields(headers)
    stated = fields.get("content-digest", "").encode()
    if (body or stated) and not hmac.compare_digest(stated, content_digest(body).encode()):
        raise RequestRefused("digest")
    verifier = _Profile(public_for, _covered(fields, body))
    url = f"https://{authority}{path}" + (f"?{query}" if query else "")
    try:
        verifier.verify(_Message(method, url, fields), max_age=None)
    except HTTPMessageSignaturesException as problem:
        if verifier.failure is not None:
            raise verifier.failure from None
        wrong = isinstance(problem.__cause__, InvalidSignature)
        raise RequestRefused(verifier.refused or ("signature" if wrong else "malformed")) from None
    if verifier.refused:
        raise RequestRefused(verifier.refused)
    if not now - max_age_s <= verifier.seen.created <= now + skew_s:
        raise RequestRefused("time")
    return verifier.seen


class _Profile(HTTPMessageVerifier, HTTPSignatureKeyResolver):
    """The library's verifier, narrowed to exactly one signature of exactly this profile."""

    def __init__(self, public_for: Callable[[str], bytes | None], covered: tuple[str, ...]) -> None:
        super().__init__(signature_algorithm=ED25519, key_resolver=self)
        self.seen = Verified("", "", 0)
        self.refused = ""
        self.failure: Exception | None = None
        """What kept `public_for` from answering; the library takes any exception for a wrong signature."""
        self._public_for = public_for
        self._covered = [f'"{name}"' for name in covered]

    def validate_created_and_expires(self, sig_input: Any, max_age: Any = None) -> None:
        """Check the profile, at the point where the library would check time: before any key is used."""
        parameters = sig_input.params
        if [str(component) for component in sig_input] != self._covered:
            raise RequestRefused("coverage")
        if parameters.keys() != _PARAMETERS:
            raise RequestRefused("parameters")
        if parameters["tag"] != TAG:
            raise RequestRefused("tag")
        if parameters["alg"] != ED25519.algorithm_id:
            raise RequestRefused("algorithm")
        device, nonce = parameters["keyid"], parameters["nonce"]
        if not _DEVICE.fullmatch(device) or not _NONCE.fullmatch(nonce):
            raise RequestRefused("parameters")
        self.seen = Verified(device, nonce, parameters["created"])

    def resolve_public_key(self, key_id: str) -> Ed25519PublicKey:
        """Return the device's key, or for an unknown device one that costs the same time and is refused."""
        try:
            public = self._public_for(key_id)
        except Exception as failure:
            self.failure = failure
            raise
        try:
            if public is not None:
                return loaded(public).key
            self.refused = "unknown device"
        except BadKey:
            self.refused = "bad key"
        return loaded(_NOBODY).key


class _Signing(HTTPSignatureKeyResolver):
    def __init__(self, identity: Identity) -> None:
        self._identity = identity

    def resolve_private_key(self, key_id: str) -> Ed25519PrivateKey:
        return self._identity.private_key


@dataclass
class _Message:
    method: str
    url: str
    headers: dict[str, str]


def _covered(fields: Mapping[str, str], body: bytes) -> tuple[str, ...]:
    """Return what must be signed: always four parts, and each field about the body that is there."""
    needed = ("content-type", "content-digest") if body else ()
    return (*_ALWAYS, *(name for name in _OF_BODY if name in needed or name in fields))


def _fields(headers: Iterable[tuple[str, str]] | Mapping[str, str]) -> dict[str, str]:
    """Return the fields that matter by lower-case name; raises RequestRefused for a repeated one."""
    lines = headers.items() if isinstance(headers, Mapping) else headers
    found: dict[str, str] = {}
    for name, value in lines:
        low = name.lower()
        if low in _ONCE:
            if low in found:
                raise RequestRefused("repeated field")
            found[low] = value
    return found
