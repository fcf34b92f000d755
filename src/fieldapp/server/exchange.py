"""One round of `POST /v1/sync`: push in one transaction, receipts after commit, pull in one snapshot."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import orjson
from sqlalchemy import Connection, Row, bindparam, delete, select, update

from fieldapp.clinical.told import laptop as told
from fieldapp.crypto.keys import verify
from fieldapp.records.envelope import instant
from fieldapp.records.ids import is_hash
from fieldapp.sync.wire import BATCH_BYTES, BATCH_ENTRIES, PROTOCOL, Receipts, unb64

from . import audit, desk, drafts, epochs, feeds, members, pull, versions
from .database import RowsIn
from .facts import Facts
from .feeds import Span
from .offers import Offer, read_offers
from .place import Writer
from .push import Push
from .receipts import asked_states, receipts_of, states
from .refusals import Refusal, malformed, other_protocol, too_large, unauthorised
from .roster import Roster
from .tables import device, entry, nonce

if TYPE_CHECKING:
    from .service import Server

NONCE_KEPT_MS = 15 * 60_000
SLACK = 2
"""A batch may be this many times the size that laptops are told: JSON escapes are not counted by them."""
MOST_AUDIT = 1_000

_ACCEPTED = RowsIn(select(entry.c.hash), entry.c.hash)
_PUBLICS = RowsIn(select(device.c.id, device.c.public), device.c.id)
_DEVICE = select(device).where(device.c.id == bindparam("device"))
_LOCKED = _DEVICE.with_for_update()
_SEEN = (
    update(device)
    .where(device.c.id == bindparam("device"))
    .values(last_seen_ms=bindparam("at_ms"), report=bindparam("told"))
)
_OLD_NONCES = delete(nonce).where(nonce.c.expires_ms < bindparam("now_ms"))


@dataclass(slots=True)
class Stored:
    """What the write transaction leaves for receipts and pull."""

    staff: str
    roster: Roster
    feeds: tuple[str, ...]
    suspended: str
    """Why the laptop gets nothing new; empty if it gets all."""
    offers: list[Offer]
    states: dict[str, tuple[str, str]]
    asked: dict[str, list[str]]
    spans: Mapping[str, Sequence[Span]]
    audit: int = 0
    drafts: list[str] = field(default_factory=list)

    @property
    def may_pull(self) -> bool:
        """Whether the laptop gets what is new."""
        return not self.suspended


def sync(server: Server, request: Any, device_id: str, nonce_text: str) -> dict[str, Any]:
    """Carry out one round for an authenticated device; raises Refusal."""
    cursors = _check_shape(request, device_id)
    versions.keep_entries(server.database, request)
    dk = server.seals.current()
    offers = _read(server, request, device_id, dk) if request["entries"] else []
    stored = server.database.run(
        lambda tx: _store(server, tx, request, cursors, _again(offers), device_id, nonce_text, dk)
    )
    if isinstance(stored, Refusal):
        raise stored
    with server.database.reading() as rx:
        return _answer(server, rx, request, cursors, stored, device_id)


def _read(server: Server, request: Any, device_id: str, dk: str) -> list[Offer]:
    """Do everything with a batch that can be done before BEGIN."""
    with server.room:
        with server.database.reading() as rx:
            roster = server.roster(rx)
            now_ms = server.now_ms()
            offers = read_offers(
                request["entries"], via=device_id, org=server.org, roster=roster, now_ms=now_ms,
                known=lambda hashes: _accepted(rx, hashes), publics=lambda ids: _publics(rx, ids),
            )  # fmt: skip
        for offer in offers:
            if offer.entry is not None and not offer.refusal:
                offer.sealed = server.seals.seal(dk, offer.entry)
    return offers


def _check_shape(request: Any, device_id: str) -> dict[str, tuple[int, int, str]]:
    if not isinstance(request, dict):
        raise malformed("shape")
    if request.get("protocol") != PROTOCOL:
        raise other_protocol()
    if request.get("device") != device_id:
        raise malformed("device")
    for name in ("entries", "drafts", "asks", "want", "audit"):
        if not isinstance(request.setdefault(name, []), list):
            raise malformed(name)
    for name in ("report", "older", "have"):
        if not isinstance(request.setdefault(name, {}), dict):
            raise malformed(name)
    if len(request["entries"]) > BATCH_ENTRIES or len(request["asks"]) > 10_000:
        raise too_large()
    size = sum(
        len(pair[0])
        for pair in request["entries"]
        if isinstance(pair, list) and pair and isinstance(pair[0], str)
    )
    if size > SLACK * BATCH_BYTES:
        raise too_large()
    return epochs.read_cursors(request.get("feeds", {}))


def _accepted(rx: Connection, hashes: Collection[str]) -> set[str]:
    return {row.hash for row in _ACCEPTED(rx, hashes)}


def _publics(rx: Connection, ids: Collection[str]) -> dict[str, str]:
    return {row.id: row.public for row in _PUBLICS(rx, ids)}


def _again(offers: Sequence[Offer]) -> list[Offer]:
    """Return the offers fresh, because a transaction that is run again adds flags and verdicts again."""
    return [
        Offer(o.position, o.hash, o.data, o.signature, o.entry, o.refusal, o.lasting, o.authentic, list(o.flags),
              o.sealed, o.via)
        for o in offers
    ]  # fmt: skip


def _store(
    server: Server, tx: Connection, request: Any, cursors: dict[str, tuple[int, int, str]],
    offers: list[Offer], device_id: str, nonce_text: str, dk: str,
) -> Stored | Refusal:  # fmt: skip
    """Do everything that writes, in one transaction."""
    now_ms = server.now_ms()
    _use_nonce(server, tx, device_id, nonce_text, now_ms)
    row = tx.execute(_LOCKED, {"device": device_id}).one()
    roster = server.roster(tx)
    facts = Facts(tx, server.database, server.seals, roster, now_ms)
    writer = Writer(tx, server.database, server.seals, dk, server.org, now_ms, device_id)
    readable = roster.feeds_of_reader(row.staff, now_ms)
    if not _suspended(row):
        try:
            epochs.check_cursors(tx, server.org, cursors, dict.fromkeys(readable, 0))
        except Refusal as refusal:
            # The nonce stays used; nothing of the batch is judged before `org` is back.
            return refusal
    members.note(facts, writer, row.staff, readable)
    push = Push(facts, writer, device_id, readable)
    push.run(offers)
    asked = [h for h in request["asks"] if is_hash(h)]
    if asked:
        push.release(asked=states(tx, asked, state="held"))
    readable = facts.roster.feeds_of_reader(row.staff, now_ms)
    audited = _take_audit(push, row, request["audit"])
    kept = drafts.store(
        tx, server.database, server.seals, dk, staff=row.staff, device=device_id, offered=request["drafts"],
        now_ms=now_ms,
    )  # fmt: skip
    audit.append(server.database, tx, server.seals, dk, server.org, now_ms, push.events)
    tx.execute(_SEEN, {"device": device_id, "at_ms": now_ms, "told": _report(request["report"])})
    suspended = _suspended(tx.execute(_DEVICE, {"device": device_id}).one())
    said = receipts_of(facts, offers, push.verdicts)
    return Stored(
        row.staff, facts.roster, readable, suspended, offers, said,
        asked_states(tx, server.seals, asked, row.staff, device_id), writer.spans, audited, kept,
    )  # fmt: skip


def _suspended(row: Row[Any]) -> str:
    """Return why a laptop may send but gets nothing new, in its person's words; empty if it gets all."""
    if row.forked:
        return told.COPIED.sentence
    if row.state == "admitted":
        return ""
    return told.CLOSING.sentence if row.state == "drain" else told.WITHDRAWN.sentence


def _use_nonce(server: Server, tx: Connection, device_id: str, text: str, now_ms: int) -> None:
    tx.execute(_OLD_NONCES, {"now_ms": now_ms})
    row = {"device": device_id, "nonce": text, "expires_ms": now_ms + NONCE_KEPT_MS}
    if server.database.add_new(tx, nonce, [row]) != 1:
        raise unauthorised("nonce used before")


def _take_audit(push: Push, row: Row[Any], offered: Sequence[Any]) -> int:
    """Put a laptop's audit events into its chain; one that is not its own is noted by hash, never lost."""
    chain = audit.device_chain(row.id)
    taken = offered[:MOST_AUDIT]
    for pair in taken:
        try:
            text, signature = pair[0].encode(), unb64(pair[1])
        except (ValueError, TypeError, AttributeError, IndexError, KeyError):
            push.events.append(audit.event(chain, push.facts.now_ms, "audit_unreadable"))
            continue
        if len(text) <= 8_192 and verify(bytes.fromhex(row.public), "audit", text, signature):
            push.events.append(audit.Event(chain, text, signature))
        else:
            digest = hashlib.sha256(text).hexdigest()
            push.events.append(audit.event(chain, push.facts.now_ms, "audit_refused", hash=digest))
    return len(taken)


def _report(report: Mapping[str, Any]) -> str:
    """Return what the desk needs of a report, in bounds."""
    kept: dict[str, Any] = {}
    for name in ("app", "oldest", "at"):
        if isinstance(report.get(name), str):
            kept[name] = report[name][:64]
    for name in ("pending", "offset_ms"):
        if type(report.get(name)) is int and abs(report[name]) < 2**53:
            kept[name] = report[name]
    return orjson.dumps(kept).decode()


def _answer(
    server: Server, rx: Connection, request: Any, cursors: Mapping[str, tuple[int, int, str]], stored: Stored,
    device_id: str,
) -> dict[str, Any]:  # fmt: skip
    """Read, in one snapshot, what the laptop lacks."""
    now_ms = server.now_ms()
    epoch_number = epochs.current(rx)
    names = stored.feeds if stored.may_pull else ()
    heads = feeds.heads(rx, server.org, names)
    receipts, own = _receipts(stored)
    reading = pull.Reading(
        server.org, epoch_number, now_ms, names, {n: c[1] for n, c in cursors.items() if n in names},
        {offer.hash for offer in stored.offers}, own,
    )  # fmt: skip
    found = pull.pages(rx, reading, heads)
    pull.wanted(rx, reading, request["want"], found)
    asked_older = {n: b for n, b in request["older"].items() if type(b) is int and 0 <= b < 2**53}
    pull.older(rx, reading, asked_older, found)
    answer: dict[str, Any] = {
        "now": instant(now_ms),
        "epoch": epoch_number,
        "receipts": receipts,
        "asked": stored.asked,
        "feeds": found.feeds,
        "entries": pull.signed(rx, server.seals, found.hashes),
        "stubs": found.stubs,
        "feed_list": list(names),
        "ended": members.ended(rx, stored.staff, [n for n in cursors if n not in stored.feeds]),
        "drafts": [],
    }
    if found.older:
        answer["older"] = found.older
    if stored.suspended:
        answer["suspended"] = stored.suspended
    limits = versions.told(rx)
    answer |= limits
    _add_side(server, rx, request, stored, device_id, now_ms, answer)
    if _is_idle(request, answer):
        return {"now": answer["now"], "unchanged": True, **limits}
    answer["checkpoint"] = epochs.checkpoint(
        server.keys.authority, org=server.org, device=device_id, epoch_number=epoch_number, now_ms=now_ms,
        heads=heads,
    )  # fmt: skip
    return answer


def _add_side(
    server: Server, rx: Connection, request: Any, stored: Stored, device_id: str, now_ms: int,
    answer: dict[str, Any],
) -> None:  # fmt: skip
    """Add drafts of the person's other laptops and the supervisor's desk, unless the laptop has them."""
    if not stored.may_pull:
        return
    tags: dict[str, str] = {}
    others = drafts.of_others(
        rx, server.seals, staff=stored.staff, device=device_id, now_ms=now_ms, held=request.get("copies")
    )
    if others:
        tags["drafts"] = _tag(others)
        if request["have"].get("drafts") != tags["drafts"]:
            answer["drafts"] = others
    teams = stored.roster.supervised_teams(stored.staff, now_ms)
    if teams:
        seen = desk.desk(rx, server.seals, stored.roster, teams, now_ms)
        tags["desk"] = _tag(desk.lasting(seen))
        if request["have"].get("desk") != tags["desk"]:
            answer["desk"] = seen
    if tags:
        answer["tags"] = tags


def _tag(value: Any) -> str:
    return hashlib.sha256(orjson.dumps(value)).hexdigest()[:16]


def _is_idle(request: Any, answer: Mapping[str, Any]) -> bool:
    said = any(
        answer.get(name) for name in ("feeds", "entries", "stubs", "ended", "drafts", "asked", "older")
    )
    asked = any(request[name] for name in ("entries", "drafts", "asks", "want", "audit"))
    return not (said or asked or "desk" in answer or "suspended" in answer)


def _receipts(stored: Stored) -> tuple[Receipts, dict[str, tuple[int, int]]]:
    """Return positional receipts, and where this batch's own entries went in feeds the caller reads."""
    accepted: list[list[int]] = []
    exceptions: list[list[Any]] = []
    hashes = set()
    for offer in stored.offers:
        state, reason = (
            stored.states[offer.hash] if not offer.refusal or offer.entry else ("rejected", offer.refusal)
        )
        if state != "accepted":
            exceptions.append([offer.position, state, reason])
            continue
        hashes.add(offer.hash)
        if accepted and accepted[-1][1] == offer.position - 1:
            accepted[-1][1] = offer.position
        else:
            accepted.append([offer.position, offer.position])
    own: dict[str, Any] = {}
    for name in stored.feeds:
        span = next(iter(stored.spans.get(name, ())), None)
        if span is None:
            continue
        # Own entries come first in a span; what they released, or what came along, follows.
        run = [number for what, number in span.numbers.items() if what in hashes]
        length = next((i for i, number in enumerate(run) if number != span.first + i), len(run))
        if length:
            own[name] = {"first": span.first, "last": span.first + length - 1, "head": span.heads[length - 1]}
    receipts: Receipts = {
        "accepted": accepted, "exceptions": exceptions, "own": own, "audit": stored.audit, "drafts": stored.drafts,
    }  # fmt: skip
    return receipts, {name: (span["first"], span["last"]) for name, span in own.items()}
