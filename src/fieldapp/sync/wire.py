"""What travels: the shapes of `POST /v1/sync`, shared by laptop and server (sync.md 1).

Everything is JSON. Entries and audit events travel as the exact text that was signed. The shapes are
typed dicts because they are parsed once and indexed straight away; `docs/wire.md` shows an exchange.

What the shapes do not say by themselves:

* A page ends at its `cursor`; its first row is number `cursor[1] - len(rows) + 1`. Rows of the entries
  that this very request carried may be left out only when they start at the request's cursor + 1 and
  stand in `receipts.own`; the entries themselves never travel back.
* A feed that the caller reads and that the request does not name starts at its floor or at 0.
* An `add` row whose entry neither comes along nor is known is asked for through `want`; an entry that
  comes without a row (an ancestor below a floor, a wanted one) is stored as well.
* Each item of `audit` is the canonical text of one event, signed in the domain `audit`;
  `receipts.audit` counts the leading ones that are stored.
* A refusal for time is `401` with `{"now": instant}`; a cursor that the server does not know is `409`
  with a `Conflict409`; `429` and `503` carry `Retry-After`.
"""

from __future__ import annotations

import base64
import hashlib
from typing import Any, Literal, NotRequired, TypeAlias, TypedDict

from ..records.canonical import dumps

PROTOCOL = 1
MAX_BODY = 8 * 1024 * 1024
"""Inflated bytes of a request or an answer; counted while streaming."""
BATCH_BYTES = 1024 * 1024
BATCH_ENTRIES = 500
PAGE_ENTRIES = 2_000
WANT_MAX = 500
SIGNED_TAG = "fieldapp-v1"

State: TypeAlias = Literal["accepted", "held", "quarantined", "rejected"]
Cursor: TypeAlias = list[Any]
"""[epoch, number, head]."""
Signed: TypeAlias = list[Any]
"""[text, signature in base64] or, from the server, [text, signature, received_ms]."""
Row: TypeAlias = list[str]
"""["add", entry hash] (the entry comes along unless the laptop has it from another of its feeds),
["leave", client], ["gone", row hash] (taken away by a later leave) or ["stub", entry hash]."""


class Report(TypedDict):
    """What the supervisor's desk shows of a laptop."""

    app: str
    pending: int
    oldest: str | None
    at: str
    offset_ms: int


class DraftWire(TypedDict):
    """A draft, or its closing: `closed_by` is an entry hash or `discarded`, `seen` revisions per device."""

    id: str
    device: str
    revision: int
    record: str
    client: str | None
    kind: str
    meaning: NotRequired[str]
    prev: NotRequired[list[str]]
    base: NotRequired[dict[str, Any]]
    body: NotRequired[dict[str, Any]]
    focus: NotRequired[str]
    template: NotRequired[str]
    updated: NotRequired[str]
    closed_by: NotRequired[str]
    seen: NotRequired[dict[str, int]]


class Request(TypedDict):
    """One round's request."""

    protocol: int
    device: str
    feeds: dict[str, Cursor]
    entries: list[Signed]
    drafts: list[DraftWire]
    asks: list[str]
    want: list[str]
    audit: list[Signed]
    report: Report
    copies: NotRequired[dict[str, dict[str, int]]]
    """Draft id to device to revision of what is open on this laptop: only newer revisions of other laptops
    come back, and closings of what is named here."""
    older: NotRequired[dict[str, int]]
    """Feed to the number from which to list the rows below a floor, newest first."""
    have: NotRequired[dict[str, str]]
    """The `tags` of an earlier answer: what still has them is not sent again."""


class OwnRange(TypedDict):
    """Where this batch's own entries went in one feed the caller reads: numbers and the head there."""

    first: int
    last: int
    head: str


class Receipts(TypedDict):
    """Built after commit; positions in the request's `entries`."""

    accepted: list[list[int]]
    """Inclusive ranges [from, to]."""
    exceptions: list[list[Any]]
    """[position, state, reason in plain words with the next step]."""
    own: dict[str, OwnRange]
    audit: int
    """How many audit events are stored."""
    drafts: list[str]
    """Ids stored or closed."""


class FeedPage(TypedDict):
    """A piece of one feed, gap-free from the request's cursor + 1 (or from `start` for a floor)."""

    rows: list[Row]
    cursor: Cursor
    more: bool
    start: NotRequired[Cursor]
    """The floor row that a new reader begins at, covered by the checkpoint."""


class Stub(TypedDict):
    """An older entry in short."""

    hash: str
    record: str
    kind: str
    client: str | None
    author: str
    at: str


class Desk(TypedDict):
    """For supervisors."""

    quarantine: list[dict[str, Any]]
    """{hash, text, signature, reason, received} of entries of their teams."""
    drafts: list[dict[str, Any]]
    """{id, author, client, kind, updated}: never a body."""
    devices: list[dict[str, Any]]
    """{device, staff, label, last_seen, pending, oldest, missing, state}."""
    flagged: list[dict[str, Any]]
    """{hash, record, client, kind, author, flags} of entries accepted in the last 14 days with a flag."""


class Answer(TypedDict):
    """One round's answer; `unchanged` alone when there is nothing."""

    now: str
    unchanged: NotRequired[bool]
    epoch: int
    receipts: Receipts
    asked: dict[str, list[str]]
    """Entry hash to [state, reason], for `asks`."""
    feeds: dict[str, FeedPage]
    entries: list[Signed]
    stubs: list[Stub]
    feed_list: list[str]
    ended: list[str]
    drafts: list[DraftWire]
    desk: NotRequired[Desk]
    checkpoint: Signed
    """Canonical text of {at, device, epoch, heads: {feed: [number, head]}, org}, signed by the authority."""
    lowest_app: NotRequired[str]
    """Lowest version that may write; it comes with `unchanged` too. The entries of a request that reports a version
    below it get no receipt: they stay on the laptop, which sends them once it is updated."""
    tags: NotRequired[dict[str, str]]
    """For `have`, of the drafts and the desk as they stand."""
    older: NotRequired[dict[str, dict[str, Any]]]
    """Feed to {rows: [[number, op, what]…] newest first, more}; ops `stub`, `gone` (row hash), `leave`."""
    suspended: NotRequired[str]
    """Why this laptop may send but gets nothing: drained, revoked, or found to be a clone."""


class Conflict409(TypedDict):
    """A cursor that the server does not know: the feed at its present state."""

    feed: str
    epoch: int
    number: int
    head: str
    feeds: NotRequired[dict[str, Cursor]]
    """Every cursor that was off, with the place to go on from if the laptop's own head agrees, else 0."""


def head_start(org: str, feed: str) -> str:
    """Return head 0 of a feed, hex."""
    return hashlib.sha256(f"{org}{feed}".encode()).hexdigest()


def row_hash(feed: str, number: int, op: str, what: str) -> str:
    """Return the hash of a row, hex; `op` is add (entry hash) or leave (client)."""
    return hashlib.sha256(dumps([feed, number, op, what])).hexdigest()


def next_head(head: str, row: str) -> str:
    """Return the head after one more row, hex."""
    return hashlib.sha256(bytes.fromhex(head) + bytes.fromhex(row)).hexdigest()


def b64(data: bytes) -> str:
    """Return base64 text of a signature."""
    return base64.b64encode(data).decode("ascii")


def unb64(text: str) -> bytes:
    """Return the bytes of base64 text; raises ValueError."""
    return base64.b64decode(text, validate=True)
