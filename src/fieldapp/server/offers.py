"""What can be judged of a pushed entry before the transaction: bytes, envelope, body, text, signature, form."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from fieldapp.clinical.told import entries as told
from fieldapp.crypto.keys import verify
from fieldapp.records.canonical import Json, NotCanonical, digest
from fieldapp.records.envelope import MAX_ENTRY_BYTES, BadEnvelope, Entry, Envelope
from fieldapp.records.ids import one_per
from fieldapp.records.kind import DOC, Kind, Signing
from fieldapp.records.kinds import KINDS
from fieldapp.records.text import is_clean, is_surely_clean
from fieldapp.sync.wire import unb64

from .roster import Roster

FUTURE_MS = 10 * 60_000
"""An effective time further ahead than this is flagged (security.md 5.6)."""
_PARALLEL_FROM, _PIECE = 100, 40


@dataclass(slots=True)
class Offer:
    """One entry as it was offered, with what is known of it before the transaction."""

    position: int
    """In the request; -1 for one that waited on the server."""
    hash: str
    data: bytes = b""
    signature: bytes = b""
    entry: Entry | None = None
    refusal: str = ""
    """Why it is rejected whatever the database says; empty if it is not."""
    lasting: bool = True
    """Whether the refusal follows from the bytes alone, so that the hash may be remembered as rejected."""
    authentic: bool | None = None
    """None: the certificate of its device is not known yet."""
    flags: list[str] = field(default_factory=list)
    sealed: bytes = b""
    via: str = ""
    """The device that pushed it."""

    @property
    def envelope(self) -> Envelope:
        """The envelope of an entry that could be read."""
        if self.entry is None:
            raise ValueError("an unreadable entry has no envelope")
        return self.entry.envelope


def read_offers(
    pairs: Sequence[Any],
    *,
    via: str,
    org: str,
    known: Callable[[Collection[str]], Collection[str]],
    publics: Callable[[Collection[str]], Mapping[str, str]],
    roster: Roster,
    now_ms: int,
) -> list[Offer]:
    """Return an offer for each [text, signature] of a request, in its order.

    Args:
        via: the device that pushes.
        known: which of some hashes are accepted already; they are not looked at again.
        publics: public keys, hex, of devices.
    """
    offers = [_unwrap(position, pair, via) for position, pair in enumerate(pairs)]
    accepted = known([offer.hash for offer in offers if not offer.refusal])
    fresh = [offer for offer in offers if not offer.refusal and offer.hash not in accepted]
    keys: dict[str, str] = {}

    def read(some: Sequence[Offer]) -> list[Offer]:
        for offer in some:
            _parse(offer, org)
        readable = [offer for offer in some if offer.entry is not None]
        keys.update(publics({offer.envelope.device for offer in readable} - keys.keys()))
        return readable

    def judge(readable: Sequence[Offer]) -> None:
        for offer in readable:
            check(offer, keys.get(offer.envelope.device), roster, now_ms)

    if len(fresh) < _PARALLEL_FROM:
        judge(read(fresh))
        return offers
    # The library lets go of the interpreter while it verifies: meanwhile the next entries are read, and those whose
    # signature is good are held against their schema.
    with ThreadPoolExecutor(min(4, os.cpu_count() or 1), thread_name_prefix="verify") as pool:
        running: list[tuple[list[Offer], Future[None]]] = []
        for at in range(0, len(fresh), _PIECE):
            readable = read(fresh[at : at + _PIECE])
            running.append((readable, pool.submit(_verify, readable, dict(keys))))
        for readable, verified in running:
            verified.result()
            judge(readable)
    return offers


def _verify(offers: Sequence[Offer], keys: Mapping[str, str]) -> None:
    """Verify the signatures of those whose key is known."""
    for offer in offers:
        public = keys.get(offer.envelope.device)
        if public is not None:
            offer.authentic = verify(bytes.fromhex(public), "entry", offer.data, offer.signature)


def check(offer: Offer, public: str | None, roster: Roster, now_ms: int) -> None:
    """Judge a readable entry: signature first, because nothing else of a forged one is worth a word."""
    entry = offer.entry
    if entry is None:
        raise ValueError("an unreadable entry cannot be checked")
    if public is not None:
        if offer.authentic is None:
            offer.authentic = verify(bytes.fromhex(public), "entry", entry.data, entry.signature)
        if not offer.authentic:
            offer.refusal = told.BAD_SIGNATURE.sentence
            offer.lasting = False
            return
    problem = schema_problem(entry)
    if problem:
        offer.refusal = told.UNEXPECTED.said(str(problem))
        # A newer server may know the kind; then the hash must not count as refused.
        offer.lasting = entry.envelope.kind in KINDS
        return
    offer.flags = form_flags(entry.envelope, roster, now_ms)


def schema_problem(entry: Entry) -> str | None:
    """Return why an envelope and body are not of their kind, never with a value; None if they are."""
    envelope = entry.envelope
    kind = KINDS.get(envelope.kind)
    if kind is None:
        return "this server does not know this kind of record yet"
    if kind.about_client != (envelope.client is not None):
        return "client is missing" if kind.about_client else "this kind names no client"
    if kind.one_per == "client" and envelope.id != one_per(envelope.client or "", kind.name):
        return "a client has one record of this kind, and its id is not this one"
    if envelope.kind == "client" and envelope.client != envelope.id:
        return "a client's record is its own client"
    if envelope.meaning == "amend" and not envelope.prev:
        return "a correction names what it corrects"
    if kind.cls == "single" and envelope.meaning == "sign" and envelope.prev and not _answers(envelope):
        return "a signed entry is signed again only after a return"
    problem = kind.check_body(envelope.meaning, envelope.body)
    if problem:
        return problem
    if is_surely_clean(entry.data):
        return None
    words = (envelope.author.name, envelope.author.credential, envelope.tz)
    if not is_clean(envelope.body) or not all(map(is_clean, words)):
        return "text holds characters that are not allowed"
    return None


def form_flags(envelope: Envelope, roster: Roster, now_ms: int) -> list[str]:
    """Return words for Review: what the form's own rules would have said, and a clock that is ahead."""
    found = []
    if envelope.effective_ms > now_ms + FUTURE_MS:
        found.append("future")
    kind = KINDS[envelope.kind]
    values = _values(kind, envelope)
    if values is None:
        return found
    signing = Signing(
        envelope.effective_ms,
        envelope.tz,
        envelope.author.id,
        envelope.author.role,
        _settings(envelope, roster),
        first_ms=0 if envelope.prev else None,
    )
    overrides = envelope.body.get("overrides", {})
    try:
        problems = kind.sign_checks(values, signing)
    except (ValueError, TypeError, KeyError, AttributeError, IndexError):
        # A later schema may hold values that this version's form rules cannot read: never a reason to refuse.
        return [*found, "form:unread"]
    found += [f"form:{p.field}" for p in problems if p.stops or p.field not in overrides]
    return found


def _answers(envelope: Envelope) -> bool:
    return bool(envelope.body.get("answers"))


def _values(kind: Kind, envelope: Envelope) -> Mapping[str, Json] | None:
    """Return the values that a form rule can judge without the record's history; None if there are none."""
    if envelope.is_annotation:
        return None
    if kind.is_document:
        doc = envelope.body.get(DOC)
        return doc if isinstance(doc, dict) else None
    if envelope.prev or (kind.attested and envelope.meaning == "save"):
        # What is attested is signed in a form; what is only saved of it, such as a signal of risk, no form has seen.
        return None
    return {**envelope.body.get("set", {}), **envelope.body.get("items", {})}


def _settings(envelope: Envelope, roster: Roster) -> Mapping[str, int]:
    for member in roster.memberships(envelope.author.id, envelope.effective_ms):
        program = member.program or roster.teams.get(member.team, "")
        return roster.programs.get(program, {}).get("settings") or {}
    return {}


def _unwrap(position: int, pair: Any, via: str) -> Offer:
    if not (isinstance(pair, list) and len(pair) == 2 and all(isinstance(part, str) for part in pair)):
        return Offer(position, "", refusal=told.UNREADABLE.sentence, lasting=False, via=via)
    try:
        data = pair[0].encode()
        signature = unb64(pair[1])
    except ValueError:
        return Offer(position, "", refusal=told.UNREADABLE.sentence, lasting=False, via=via)
    offer = Offer(position, digest(data), data, signature, via=via)
    if len(data) > MAX_ENTRY_BYTES:
        offer.refusal = told.TOO_LARGE.sentence
    return offer


def _parse(offer: Offer, org: str) -> None:
    try:
        entry = Entry.parse(offer.data, offer.signature)
    except NotCanonical:
        offer.refusal = told.UNSIGNED_FORM.sentence
        return
    except BadEnvelope as problem:
        offer.refusal = told.UNEXPECTED.said(str(problem))
        return
    if entry.envelope.org != org:
        offer.refusal = told.OTHER_ORGANISATION.sentence
        return
    offer.entry = entry
