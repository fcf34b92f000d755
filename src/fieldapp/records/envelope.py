"""The envelope: who said what about which record, when, having seen what (design.md 1)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from .canonical import Json, digest, dumps, loads
from .ids import is_hash, is_uuid

SCHEMA = 1
MAX_ENTRY_BYTES = 64 * 1024
MAX_ENTRY_DEPTH = 12
"""Below what canonical JSON allows, because a view nests the same values deeper than the entry did."""
MAX_PREV = 64

ANNOTATIONS = frozenset({"addendum", "cosign", "return", "error"})
MEANINGS = frozenset({"save", "sign", "amend"}) | ANNOTATIONS
ATTESTED = frozenset({"sign", "amend", "cosign"})
SENSITIVITIES = frozenset({"normal", "sud_part2", "psychotherapy", "restricted_staff"})

_REQUIRED = frozenset(
    [
        "schema",
        "org",
        "id",
        "kind",
        "author",
        "device",
        "series",
        "counter",
        "at",
        "tz",
        "clock",
        "meaning",
        "prev",
        "sensitivity",
        "body",
    ]
)
_OPTIONAL = frozenset({"client", "about"})
# Hour 24 is left out here because Python reads it from 3.13 on: a laptop and a server must agree.
_AT = re.compile(r"\d{4}-\d\d-\d\dT(?:[01]\d|2[0-3]):\d\d:\d\d\.\d{3}Z", re.ASCII)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
_FIRST_MS, _LAST_MS = -62_135_596_800_000, 253_402_300_799_999
_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")


class BadEnvelope(ValueError):
    """The envelope is not as the protocol says; the message names the field and never a value."""


@dataclass(frozen=True, slots=True)
class Author:
    """Who speaks, with name, credential and role as they were at that time."""

    id: str
    name: str
    credential: str
    role: str


@dataclass(frozen=True, slots=True)
class Clock:
    """What the laptop knew of its own clock: offset to server time in ms, and when it last reached it."""

    offset_ms: int
    last_reached: str | None


@dataclass(frozen=True, slots=True)
class Envelope:
    """One statement about one record; immutable."""

    org: str
    id: str
    kind: str
    author: Author
    device: str
    series: str
    counter: int
    at: str
    tz: str
    clock: Clock
    meaning: str
    prev: tuple[str, ...]
    body: Mapping[str, Json]
    client: str | None = None
    about: str | None = None
    sensitivity: str = "normal"
    schema: int = SCHEMA

    @property
    def is_annotation(self) -> bool:
        """Whether it speaks about another entry instead of writing fields."""
        return self.meaning in ANNOTATIONS

    @property
    def effective_ms(self) -> int:
        """Device time corrected by the known offset, in milliseconds since 1970 (sync.md 1)."""
        return instant_ms(self.at) + self.clock.offset_ms

    def to_data(self) -> dict[str, Json]:
        """Return the JSON value that is signed; absent optional fields are left out."""
        data: dict[str, Json] = {
            "schema": self.schema,
            "org": self.org,
            "id": self.id,
            "kind": self.kind,
            "author": {
                "id": self.author.id,
                "name": self.author.name,
                "credential": self.author.credential,
                "role": self.author.role,
            },
            "device": self.device,
            "series": self.series,
            "counter": self.counter,
            "at": self.at,
            "tz": self.tz,
            "clock": {"offset_ms": self.clock.offset_ms, "last_reached": self.clock.last_reached},
            "meaning": self.meaning,
            "prev": list(self.prev),
            "sensitivity": self.sensitivity,
            "body": self.body,
        }
        if self.client is not None:
            data["client"] = self.client
        if self.about is not None:
            data["about"] = self.about
        return data


@dataclass(frozen=True, slots=True)
class Entry:
    """An envelope with the exact bytes that were signed; `hash` names it everywhere."""

    hash: str
    data: bytes
    signature: bytes
    envelope: Envelope

    @classmethod
    def made(cls, envelope: Envelope, signature: bytes = b"") -> Entry:
        """Make the canonical bytes of an envelope, once."""
        data = dumps(envelope.to_data(), MAX_ENTRY_DEPTH)
        return cls(digest(data), data, signature, envelope)

    @classmethod
    def parse(cls, data: bytes, signature: bytes) -> Entry:
        """Read received bytes; raises NotCanonical or BadEnvelope. The signature is not verified here."""
        if len(data) > MAX_ENTRY_BYTES:
            raise BadEnvelope("the entry is larger than 64 KiB")
        return cls(digest(data), data, signature, read_envelope(loads(data, MAX_ENTRY_DEPTH)))


def instant(ms: int) -> str:
    """Return an instant as it is written in entries: UTC, RFC 3339, milliseconds, `Z`."""
    return (_EPOCH + ms * _MILLISECOND).isoformat(timespec="milliseconds")[:23] + "Z"


@lru_cache(maxsize=16_384)
def instant_ms(text: str) -> int:
    """Return milliseconds since 1970 of an instant written by `instant`; raises ValueError.

    Remembered, because the same few instants of an entry are asked for again by every rule that looks at it.
    """
    if not _AT.fullmatch(text):
        raise ValueError("not an instant")
    return (datetime.fromisoformat(text) - _EPOCH) // _MILLISECOND


def _need(right: bool, what: str) -> None:
    if not right:
        raise BadEnvelope(what)


def _text(value: Json, most: int, least: int = 0) -> bool:
    return isinstance(value, str) and least <= len(value) <= most


def _is_instant(value: Json) -> bool:
    try:
        instant_ms(value if isinstance(value, str) else "")
    except ValueError:
        return False
    return True


def _author(value: Json) -> Author:
    _need(
        isinstance(value, dict) and set(value) == {"id", "name", "credential", "role"}, "author is malformed"
    )
    _need(is_uuid(value["id"]), "author.id is not an id")
    _need(_text(value["name"], 200, 1) and _text(value["credential"], 80), "author.name or credential")
    _need(isinstance(value["role"], str) and _NAME.fullmatch(value["role"]) is not None, "author.role")
    return Author(value["id"], value["name"], value["credential"], value["role"])


def _clock(value: Json) -> Clock:
    _need(isinstance(value, dict) and set(value) == {"offset_ms", "last_reached"}, "clock is malformed")
    offset, last = value["offset_ms"], value["last_reached"]
    _need(type(offset) is int and abs(offset) < 10**13, "clock.offset_ms is not a number of milliseconds")
    _need(last is None or _is_instant(last), "clock.last_reached is not an instant")
    return Clock(offset, last)


def read_envelope(value: Json) -> Envelope:
    """Return the envelope in a parsed JSON value; raises BadEnvelope naming the field that is wrong.

    Only the envelope is judged here; bodies belong to the kinds.
    """
    _need(isinstance(value, dict), "an entry is an object")
    names = set(value)
    _need(names >= _REQUIRED and names <= _REQUIRED | _OPTIONAL, "envelope fields are missing or unknown")
    _need(value["schema"] == SCHEMA and type(value["schema"]) is int, "schema is not known")
    _need(is_hash(value["org"]), "org is not an organisation id")
    for name in ("id", "device", "series"):
        _need(is_uuid(value[name]), f"{name} is not an id")
    _need(isinstance(value["kind"], str) and _NAME.fullmatch(value["kind"]) is not None, "kind is not a name")
    counter = value["counter"]
    _need(type(counter) is int and 1 <= counter < 2**53, "counter is not a positive number")
    at, clock = value["at"], _clock(value["clock"])
    _need(_is_instant(at), "at is not an instant")
    _need(
        _FIRST_MS <= instant_ms(at) + clock.offset_ms <= _LAST_MS, "at with clock.offset_ms is not an instant"
    )
    _need(_text(value["tz"], 64, 1), "tz is not a zone name")
    meaning = value["meaning"]
    _need(isinstance(meaning, str) and meaning in MEANINGS, "meaning is not known")
    prev = value["prev"]
    _need(
        isinstance(prev, list) and len(prev) <= MAX_PREV and all(map(is_hash, prev)),
        "prev is not a list of hashes",
    )
    _need(sorted(set(prev)) == prev, "prev is not sorted or repeats")
    sensitivity = value["sensitivity"]
    _need(isinstance(sensitivity, str) and sensitivity in SENSITIVITIES, "sensitivity is not known")
    _need(isinstance(value["body"], dict), "body is not an object")
    client, about = value.get("client"), value.get("about")
    _need("client" not in value or is_uuid(client), "client is not an id")
    if meaning in ANNOTATIONS:
        _need(is_hash(about) and not prev, "an annotation names one hash in about and nothing in prev")
    else:
        _need("about" not in value, "only annotations have about")
    return Envelope(
        org=value["org"], id=value["id"], kind=value["kind"], author=_author(value["author"]),
        device=value["device"], series=value["series"], counter=counter, at=at, tz=value["tz"],
        clock=clock, meaning=meaning, prev=tuple(prev), body=value["body"],
        client=client, about=about, sensitivity=sensitivity,
    )  # fmt: skip
