"""One pushed batch inside its transaction: judge in order of dependency, place, release what waited."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from heapq import heapify, heappop, heappush

from sqlalchemy import delete, select, update

from fieldapp.clinical.placing import Home
from fieldapp.clinical.scope import ORG_KINDS
from fieldapp.records.envelope import Entry

from . import audit, certificates, counters, ownwork
from .database import RowsIn
from .facts import Facts, answers_of
from .judge import Verdict, judge, placed_by
from .offers import Offer, check
from .place import Writer
from .roster import ROSTER_KINDS
from .tables import decision, need, waiting, waiting_team

_SCOPE = frozenset({"assignment", "break_glass"})
_FINAL = frozenset({"accepted", "quarantined", "refused", "rejected"})
_NEEDING = RowsIn(select(need.c.hash).distinct(), need.c.needs)


@dataclass(slots=True)
class Push:
    """A batch being judged and written."""

    facts: Facts
    writer: Writer
    caller: str
    """The device that pushes."""
    caller_feeds: Collection[str]
    verdicts: dict[str, Verdict] = field(default_factory=dict)
    events: list[audit.Event] = field(default_factory=list)
    _own: list[tuple[str, str]] = field(default_factory=list)
    _decided: set[str] = field(default_factory=set)
    _was: dict[str, str] = field(default_factory=dict)
    """State of waiting entries before they were judged again."""

    def run(self, offers: Sequence[Offer]) -> None:
        """Judge and write offers, then whatever they release, until nothing more is released."""
        readable = [offer for offer in offers if offer.entry is not None]
        self.facts.load(offer.entry for offer in readable if offer.entry is not None)
        todo = [
            offer
            for offer in readable
            if offer.hash not in self.facts.entries
            and self._state(offer.hash) not in ("quarantined", "refused")
        ]
        for offer in todo:
            self._authenticate(offer)
        self._count(todo)
        for offer in offers:
            if offer.entry is None and offer.refusal:
                self._settle(offer, Verdict("rejected", offer.refusal, lasting=offer.lasting))
        self._judge_all(todo)
        self.release(_waited_for(todo, [offer.hash for offer in todo if self._moved(offer.hash)]))

    def release(self, names: Iterable[str] = (), asked: Collection[str] = ()) -> None:
        """Judge again what waited for these names (hashes, `client:`, `device:`), as long as it frees more.

        `asked` are waiting entries to look at even if nothing they wait for came just now: two batches at
        once may each have missed what the other brought.
        """
        todo = list(names)
        again = set(asked) | self._decided
        while todo or again:
            self._decided = set()
            rows = _NEEDING(self.facts.tx, todo)
            offers = self.rejudge(again | {row.hash for row in rows})
            todo = _waited_for(offers, [offer.hash for offer in offers if self._moved(offer.hash)])
            again = self._decided

    def rejudge(self, hashes: Collection[str]) -> list[Offer]:
        """Judge waiting entries once more; return them as offers."""
        rows = self.facts.tx.execute(
            select(waiting)
            .where(waiting.c.hash.in_(sorted(hashes)), waiting.c.state.in_(("held", "quarantined")))
            .order_by(waiting.c.received_ms, waiting.c.hash)
            .with_for_update()
        ).all()
        offers = []
        waits = {row.hash: row for row in rows}
        self._was |= {row.hash: row.state for row in rows}
        for one in self.facts.seals.sound(self.facts.tx, rows):
            row = waits[one.hash]
            self.facts.waiting[one.hash] = row
            offers.append(Offer(-1, one.hash, one.data, one.signature, one, via=row.via))
        self.facts.load(offer.entry for offer in offers if offer.entry is not None)
        for offer in offers:
            self._authenticate(offer)
        self._count(offers)
        self._judge_all(offers)
        return offers

    def _count(self, offers: Sequence[Offer]) -> None:
        theirs = [offer for offer in offers if offer.authentic and self._is_theirs(offer)]
        for forked in sorted(counters.count(self.facts, theirs)):
            self.events.append(self._event("fork", device=forked))

    def _moved(self, entry_hash: str) -> bool:
        """Tell whether an entry came to rest by this judging; one that stays in quarantine frees nobody.

        Else a client in quarantine and a change of it, which names the client that it waits for, would be judged
        again for ever.
        """
        verdict = self.verdicts.get(entry_hash)
        return (
            verdict is not None and verdict.state in _FINAL and verdict.state != self._was.get(entry_hash, "")
        )

    def _state(self, entry_hash: str) -> str:
        row = self.facts.waiting.get(entry_hash)
        return "" if row is None else str(row.state)

    def _is_theirs(self, offer: Offer) -> bool:
        known = self.facts.devices.get(offer.envelope.device)
        return known is not None and known.staff == offer.envelope.author.id

    def _authenticate(self, offer: Offer) -> None:
        """Verify what could not be before: its certificate came with this very batch, or since it was held."""
        known = self.facts.devices.get(offer.envelope.device)
        if offer.authentic is None and not offer.refusal and known is not None:
            check(offer, known.public, self.facts.roster, self.facts.now_ms)

    def _authenticate_late(self, offer: Offer, offers: Sequence[Offer]) -> None:
        """Verify and count all entries of a laptop whose certificate was accepted earlier in this batch."""
        if offer.authentic is None and not offer.refusal and offer.envelope.device in self.facts.devices:
            late = [
                one
                for one in offers
                if one.authentic is None and one.envelope.device == offer.envelope.device
            ]
            for one in late:
                self._authenticate(one)
            self._count(late)

    def _judge_all(self, offers: Sequence[Offer]) -> None:
        for offer in by_dependency(offers):
            self._authenticate_late(offer, offers)
            verdict = judge(self.facts, offer, self._feeds_for(offer))
            self._settle(offer, verdict)
        self.writer.flush()
        ownwork.give_back(self.facts, self.writer, self._own)
        self._own = []

    def _feeds_for(self, offer: Offer) -> Collection[str]:
        if offer.via == self.caller:
            return self.caller_feeds
        via = self.facts.devices.get(offer.via)
        return () if via is None else self.facts.roster.feeds_of_reader(via.staff, self.facts.now_ms)

    def _settle(self, offer: Offer, verdict: Verdict) -> None:
        """Write one verdict and what follows from it."""
        before = self.facts.waiting.get(offer.hash)
        same = before is not None and before.state == verdict.state == "quarantined"
        self.verdicts[offer.hash] = verdict
        if verdict.state == "accepted":
            self._accept(offer, verdict)
        elif verdict.state != "rejected" or verdict.lasting:
            self._keep_waiting(offer, verdict)
        elif before is not None:
            self._forget(offer.hash)
        if verdict.state in ("rejected", "quarantined", "refused") and not same:
            self.events.append(self._event(verdict.state, hash=offer.hash))

    def _accept(self, offer: Offer, verdict: Verdict) -> None:
        one = offer.entry
        if one is None:
            raise ValueError("an accepted entry was read")
        e = one.envelope
        first = e.id not in self.facts.records
        place = placed_by(self.facts, e)
        self.writer.add(offer, verdict, first=first, place=place)
        self.facts.accept(one, verdict.feeds)
        if first:
            self.facts.remember_record(one, place)
        if verdict.home is not None and e.client:
            self.facts.homes[e.client] = verdict.home
        elif e.kind == "client" and not e.prev and not e.is_annotation:
            self._compare_home(offer)
        if offer.hash in self.facts.waiting:
            self._forget(offer.hash)
        self._own_copies(one, verdict)
        self._effects(one)

    def _compare_home(self, offer: Offer) -> None:
        e = offer.envelope
        known, fields = self.facts.homes.get(e.client or ""), e.body.get("set", {})
        named = (fields.get("home_program"), fields.get("home_team"))
        if known is not None and any(named) and named != (known.program, known.team):
            self.events.append(self._event("home_disagrees", hash=offer.hash))

    def _own_copies(self, one: Entry, verdict: Verdict) -> None:
        e = one.envelope
        if e.kind in ORG_KINDS:
            return
        if e.about is None:
            author, entry_hash = e.author.id, one.hash
        else:
            author, entry_hash = self.facts.entries[e.about].author, e.about
        if ownwork.unread_by_author(self.facts, entry_hash, author, verdict.feeds):
            self._own.append((author, entry_hash))

    def _effects(self, one: Entry) -> None:
        """Let an accepted entry change how the rest of the batch is judged."""
        e = one.envelope
        if e.kind in ROSTER_KINDS and not e.is_annotation:
            before = self.facts.roster
            self.facts.roster = before.plus(one)
            if e.kind == "staff":
                self._left_feeds(e.id, before.feeds_of_reader(e.id, self.facts.now_ms))
        elif e.kind == "certificate":
            self.facts.devices[e.id] = certificates.apply(self.facts, e.id)
        elif e.kind == "move" and not e.is_annotation and e.client:
            self.writer.flush()
            fields = e.body.get("set", {})
            ownwork.move_client(
                self.facts, self.writer, e.client, Home(str(fields["to_program"]), str(fields["to_team"]))
            )
        elif e.kind == "quarantine_decision" and not e.is_annotation:
            self._decide(one)

    def _left_feeds(self, staff: str, before: Collection[str]) -> None:
        """Give a person who leaves a team what of theirs still waits for a co-sign or a correction."""
        now = self.facts.roster.feeds_of_reader(staff, self.facts.now_ms)
        if set(before) - set(now):
            self._own += [
                (author, entry_hash)
                for author, entry_hash in ownwork.unfinished(self.facts, author=staff)
                if ownwork.unread_by_author(
                    self.facts, entry_hash, author, self.facts.feeds_holding(entry_hash)
                )
            ]

    def _decide(self, one: Entry) -> None:
        e = one.envelope
        fields = e.body.get("set", {})
        target, choice = fields.get("hash"), fields.get("decision")
        if not target or choice not in ("admit", "refuse"):
            return
        tx, name = self.facts.tx, f"{target}/{one.hash}"
        reason = self.facts.seals.seal_blob(
            self.writer.dk, "decision", name, str(fields.get("reason") or "").encode()
        )
        row = {
            "hash": target, "entry": one.hash, "team": str(fields.get("team") or ""), "admit": choice == "admit",
            "dk": self.writer.dk, "reason": reason,
        }  # fmt: skip
        self.facts.database.add_new(tx, decision, [row])
        rows = tx.execute(select(decision).where(decision.c.hash == target)).all()
        self.facts.decisions[target] = list(rows)
        teams = set(tx.execute(select(waiting_team.c.team).where(waiting_team.c.hash == target)).scalars())
        if row["team"] not in teams:
            return
        if choice == "admit":
            # Refused before, admitted now: it is judged again like any other.
            tx.execute(
                update(waiting).where(waiting.c.hash == target, waiting.c.state == "refused")
                .values(state="quarantined")
            )  # fmt: skip
            self._decided.add(str(target))
        else:
            tx.execute(
                update(waiting).where(waiting.c.hash == target, waiting.c.state == "quarantined")
                .values(state="refused")
            )  # fmt: skip

    def _keep_waiting(self, offer: Offer, verdict: Verdict) -> None:
        e = offer.entry.envelope if offer.entry is not None else None
        self._forget(offer.hash)
        keep = verdict.state != "rejected" and offer.entry is not None
        row = {
            "hash": offer.hash, "state": verdict.state, "reason": verdict.reason,
            "record": e.id if e else "", "kind": e.kind if e else "", "client": e.client if e else None,
            "author": e.author.id if e else "", "device": e.device if e else "",
            "received_ms": self.facts.now_ms, "via": offer.via, "dk": self.writer.dk,
            "sealed": self.facts.seals.seal(self.writer.dk, offer.entry) if keep and offer.entry else None,
            "signature": offer.signature if keep else None,
        }  # fmt: skip
        tx = self.facts.tx
        add = self.facts.database
        add.put(tx, waiting, [row])
        add.add_new(tx, need, [{"hash": offer.hash, "needs": name} for name in sorted(set(verdict.needs))])
        add.add_new(tx, waiting_team, [{"hash": offer.hash, "team": team} for team in verdict.teams])
        self.facts.waiting[offer.hash] = tx.execute(select(waiting).where(waiting.c.hash == offer.hash)).one()

    def _forget(self, entry_hash: str) -> None:
        for table in (waiting, need, waiting_team):
            self.facts.tx.execute(delete(table).where(table.c.hash == entry_hash))
        self.facts.waiting.pop(entry_hash, None)

    def _event(self, what: str, **facts: str) -> audit.Event:
        return audit.event(audit.device_chain(self.caller), self.facts.now_ms, what, **facts)


def by_dependency(offers: Sequence[Offer]) -> list[Offer]:
    """Return offers so that whatever one depends on inside the batch comes before it; else in their order.

    Organisation entries come first, and what scope is judged by before what it is judged for.
    """
    readable = {offer.hash: offer for offer in offers if offer.entry is not None}
    makes_client: dict[str, str] = {}
    scopes: dict[str, list[str]] = {}
    for entry_hash, offer in readable.items():
        e = offer.envelope
        if e.kind == "client" and not e.prev:
            makes_client[e.id] = entry_hash
        elif e.kind in _SCOPE and e.client and not e.is_annotation:
            scopes.setdefault(e.client, []).append(entry_hash)
    place = {h: (offer.envelope.kind not in ORG_KINDS, at) for at, (h, offer) in enumerate(readable.items())}
    children: dict[str, list[str]] = {}
    waits = dict.fromkeys(readable, 0)
    for entry_hash, offer in readable.items():
        e = offer.envelope
        parents = {*e.prev, e.about, *answers_of(e)}
        if e.client in makes_client:
            parents.add(makes_client[e.client])
        if e.kind not in _SCOPE and makes_client.get(e.client or "") != entry_hash:
            parents.update(scopes.get(e.client or "", ()))
        for parent in parents:
            if parent in readable and parent != entry_hash:
                children.setdefault(str(parent), []).append(entry_hash)
                waits[entry_hash] += 1
    ready = [(place[h], h) for h, count in waits.items() if count == 0]
    heapify(ready)
    order: list[Offer] = []
    while ready:
        _, entry_hash = heappop(ready)
        order.append(readable[entry_hash])
        for child in children.get(entry_hash, ()):
            waits[child] -= 1
            if waits[child] == 0:
                heappush(ready, (place[child], child))
    # Nobody's entry is lost to a circle that somebody contrived through `answers`.
    done = {offer.hash for offer in order}
    return order + [offer for entry_hash, offer in readable.items() if entry_hash not in done]


def _waited_for(offers: Sequence[Offer], settled: Iterable[str]) -> list[str]:
    """Return the names by which others may wait for these entries."""
    final = set(settled)
    names = sorted(final)
    for offer in offers:
        if offer.hash in final and offer.entry is not None:
            e = offer.envelope
            if e.kind == "client":
                names.append(f"client:{e.id}")
            elif e.kind == "certificate":
                names.append(f"device:{e.id}")
    return names
