"""One-time enrolment codes: a secret that is never sent, and the fingerprint of the organisation."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import unicodedata
from typing import Literal, TypeAlias

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from fieldapp.errors import KeyFailure

Direction: TypeAlias = Literal["laptop", "server"]

_PREFIX = "FA1"
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_VALUE = {letter: number for number, letter in enumerate(_ALPHABET)}
_SEEN_AS = str.maketrans("OIL", "011")
_NOISE = re.compile(r"[\s\-\u00ad\u200b\u2010-\u2015\u2212_.]+")
_PART_BYTES = 10
_LENGTH = 34
_CHECK = 1021
"""A prime below 2^10: the remainder finds every single wrong character and every swap of neighbours."""


class BadCode(KeyFailure):
    """An enrolment code that was not typed as it was given out."""


class Code:
    """An enrolment code: 80 secret bits and the first 80 bits of the organisation's id."""

    __slots__ = ("_org", "_secret")

    def __init__(self, secret: bytes, org: bytes) -> None:
        """Take 10 secret bytes and the first 10 bytes of the organisation's id."""
        if len(secret) != _PART_BYTES or len(org) != _PART_BYTES:
            raise ValueError("a code has two parts of 10 bytes")
        self._secret = bytes(secret)
        self._org = bytes(org)

    @classmethod
    def generate(cls, org_public: bytes) -> Code:
        """Return a new random code for the organisation with this public key."""
        return cls(secrets.token_bytes(_PART_BYTES), _org_part(org_public))

    @classmethod
    def parse(cls, typed: str) -> Code:
        """Return the code that a person typed, whatever its case, spacing, dashes, O for 0 or I for 1.

        Raises BadCode with a sentence that says what looks wrong.
        """
        letters = _NOISE.sub("", unicodedata.normalize("NFKC", typed).upper()).translate(_SEEN_AS)
        if len(letters) == len(_PREFIX) + _LENGTH and letters.startswith(_PREFIX):
            letters = letters[len(_PREFIX) :]
        for place, letter in enumerate(letters, 1):
            if letter not in _VALUE:
                raise BadCode(
                    f"Character {place} after FA1 cannot occur in an enrolment code; check it and try again."
                )
        if len(letters) != _LENGTH:
            raise BadCode(
                "An enrolment code is FA1 and 34 more characters; check that none is missing or doubled."
            )
        number = 0
        for letter in letters[:-2]:
            number = number << 5 | _VALUE[letter]
        if number % _CHECK != _VALUE[letters[-2]] << 5 | _VALUE[letters[-1]]:
            raise BadCode("One character of the enrolment code is mistyped; compare it with the original.")
        raw = number.to_bytes(2 * _PART_BYTES, "big")
        return cls(raw[:_PART_BYTES], raw[_PART_BYTES:])

    @property
    def text(self) -> str:
        """The code in groups of four, to be read out or printed once."""
        number = int.from_bytes(self._secret + self._org, "big")
        digits = number << 10 | number % _CHECK
        letters = "".join(_ALPHABET[digits >> shift & 31] for shift in range(5 * (_LENGTH - 1), -1, -5))
        return "-".join([_PREFIX, *(letters[at : at + 4] for at in range(0, _LENGTH, 4))])

    @property
    def code_id(self) -> str:
        """A name for the code, 32 hex characters, that reveals nothing of it: what travels and is stored."""
        return self._derive("id", 16).hex()

    @property
    def mac_key(self) -> bytes:
        """The 32-byte key of both transcript MACs; the server keeps it sealed until used or expired."""
        return self._derive("mac", 32)

    def names(self, org_public: bytes) -> bool:
        """Return whether the code was made for the organisation with this public key."""
        return hmac.compare_digest(self._org, _org_part(org_public))

    def _derive(self, label: str, length: int) -> bytes:
        return HKDF(SHA256(), length, None, f"fieldapp/v1/enrol/{label}".encode()).derive(self._secret)

    def __repr__(self) -> str:
        return "Code(hidden)"


def transcript_mac(mac_key: bytes, direction: Direction, transcript: bytes) -> bytes:
    """Return the 32-byte MAC by which one side proves that it knows the code."""
    if direction not in ("laptop", "server"):
        raise ValueError("unknown direction")
    return hmac.digest(mac_key, b"fieldapp-enrol-v1\0" + direction.encode() + b"\0" + transcript, "sha256")


def transcript_ok(mac_key: bytes, direction: Direction, transcript: bytes, mac: bytes) -> bool:
    """Return in constant time whether the MAC is that of the transcript in this direction."""
    return hmac.compare_digest(transcript_mac(mac_key, direction, transcript), mac)


def _org_part(org_public: bytes) -> bytes:
    return hashlib.sha256(org_public).digest()[:_PART_BYTES]
