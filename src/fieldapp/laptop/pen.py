"""Making signed entries: the envelope is filled here and nowhere else on a laptop."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from fieldapp.clinical.policy import Actor, allow
from fieldapp.crypto.keys import Identity
from fieldapp.records.canonical import Json
from fieldapp.records.envelope import ATTESTED, MAX_ENTRY_BYTES, Author, Clock, Entry, Envelope, instant
from fieldapp.records.kinds import KINDS
from fieldapp.records.text import clean, clean_json
from fieldapp.store.entries import UNSENT

from .failures import NotAllowed, NotReady, not_ready
from .opened import Writing
from .people import credential_problem, role_for

_NAME_MAX, _CREDENTIAL_MAX = 200, 80


class Pen:
    """Writes entries in the name of this person, inside one transaction."""

    def __init__(self, work: Writing, identity: Identity) -> None:
        self.work = work
        self._identity = identity

    def write(
        self,
        kind: str,
        record: str,
        client: str | None,
        meaning: str,
        prev: Sequence[str],
        body: Mapping[str, Json],
        *,
        sensitivity: str = "normal",
        own_target: bool = False,
    ) -> Entry:
        """Sign and store a writing entry; raises NotAllowed, NotReady."""
        verdict = allow(self.actor, meaning, kind, own_target=own_target, sensitivity=sensitivity)
        if not verdict:
            raise NotAllowed(verdict.reason)
        if meaning in ATTESTED:
            self._need_credential(kind)
        return self._add(
            self._envelope(kind, record, client, meaning, body, sensitivity, prev=tuple(sorted(set(prev))))
        )

    def annotate(
        self,
        target: Entry,
        meaning: str,
        body: Mapping[str, Json],
        *,
        cosign_required: str = "",
    ) -> Entry:
        """Sign and store an addendum, co-sign, return or error about an entry; raises NotAllowed."""
        about = target.envelope
        verdict = allow(
            self.actor,
            meaning,
            about.kind,
            own_target=about.author.id == self.work.me.staff,
            cosign_required=cosign_required,
            sensitivity=about.sensitivity,
        )
        if not verdict:
            raise NotAllowed(verdict.reason)
        if meaning in ATTESTED:
            self._need_credential("")
        return self._add(
            self._envelope(
                about.kind, about.id, about.client, meaning, body, about.sensitivity, about=target.hash
            )
        )

    @property
    def actor(self) -> Actor:
        """This person as the role table sees them."""
        me = self.work.me
        return Actor(me.staff, frozenset(me.roles), me.is_mhp)

    def _need_credential(self, kind: str) -> None:
        """Stop whatever is attested while the credential does not hold (clinical.md 1.3); raises NotReady."""
        problem = credential_problem(self.work.known, self.work.me, self.work.day, kind)
        if problem is not None and problem.stops:
            raise NotReady([problem])

    def _envelope(
        self,
        kind: str,
        record: str,
        client: str | None,
        meaning: str,
        body: Mapping[str, Json],
        sensitivity: str,
        *,
        prev: tuple[str, ...] = (),
        about: str | None = None,
    ) -> Envelope:
        me, tx = self.work.me, self.work.tx
        role = role_for(me, kind)
        if not me.name or not role:
            raise NotAllowed(
                "This laptop does not know your role yet: send and receive once, then go on with the draft."
            )
        series, counter = tx.next_counters(1)
        return Envelope(
            org=me.org,
            id=record,
            kind=kind,
            author=Author(me.staff, clean(me.name)[:_NAME_MAX], clean(me.credential)[:_CREDENTIAL_MAX], role),
            device=me.device,
            series=series,
            counter=counter,
            at=instant(self.work.device_ms),
            tz=me.tz,
            clock=Clock(tx.meta_int("clock_offset_ms") or 0, tx.meta_text("last_reached") or None),
            meaning=meaning,
            prev=prev,
            body=clean_json(dict(body)),
            client=client,
            about=about,
            sensitivity=sensitivity,
        )

    def _add(self, envelope: Envelope) -> Entry:
        complaint = KINDS[envelope.kind].check_body(envelope.meaning, envelope.body)
        if complaint:
            raise not_ready(complaint.partition(":")[0], f"This cannot be stored as it is ({complaint}).")
        bare = Entry.made(envelope)
        if len(bare.data) > MAX_ENTRY_BYTES:
            raise not_ready("", "This is too long for one entry (64 kB): shorten it or write a second one.")
        entry = replace(bare, signature=self._identity.sign("entry", bare.data))
        self.work.tx.add([entry], own=True, state=UNSENT)
        envelope = entry.envelope
        self.work.tx.log(envelope.meaning, entry.hash, envelope.client, envelope.kind, self.work.device_ms)
        return entry
