"""Writing accepted entries: their rows, their records and homes, and their numbers in the feeds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection

from fieldapp.records.envelope import Entry

from . import audit, bulk, feeds
from .database import Database, TryAgain
from .feeds import Addition, Span
from .judge import Verdict
from .offers import Offer
from .seals import Seals
from .tables import entry, home, record


@dataclass(slots=True)
class Writer:
    """Collects what one transaction adds and writes it set-wise at `flush`."""

    tx: Connection
    database: Database
    seals: Seals
    dk: str
    org: str
    now_ms: int
    via: str
    spans: dict[str, list[Span]] = field(default_factory=dict)
    """Every span taken so far, by feed."""
    _entries: list[dict[str, object]] = field(default_factory=list)
    _records: list[dict[str, object]] = field(default_factory=list)
    _homes: list[dict[str, object]] = field(default_factory=list)
    _additions: dict[str, list[Addition]] = field(default_factory=dict)

    def add(
        self, offer: Offer, verdict: Verdict, *, first: bool, place: tuple[str | None, str | None]
    ) -> None:
        """Collect one accepted entry; `first` when its record is new, placed by (program, team)."""
        one = offer.entry
        if one is None:
            raise ValueError("an accepted entry was read")
        self._entries.append(_row(one, offer, self.seals, self.dk, self.now_ms))
        e = one.envelope
        if first:
            program, team = place
            self._records.append(
                {"id": e.id, "kind": e.kind, "client": e.client, "author": e.author.id, "program": program,
                 "team": team}
            )  # fmt: skip
        if verdict.home is not None:
            self._homes.append(
                {
                    "client": e.client,
                    "program": verdict.home.program,
                    "team": verdict.home.team,
                    "entry": one.hash,
                }
            )
        for name in verdict.feeds:
            self.row(name, Addition("add", one.hash, e.client))

    def row(self, name: str, addition: Addition) -> None:
        """Collect one feed row."""
        self._additions.setdefault(name, []).append(addition)

    def flush(self) -> None:
        """Write what was collected: entries first (sorted, no deadlocks), the feeds' counters as late as possible.

        Raises TryAgain when somebody else stored one of them in between.
        """
        if not self._entries and not self._additions:
            return
        for table, rows, key in (
            (home, self._homes, "client"), (record, self._records, "id"), (entry, self._entries, "hash"),
        ):  # fmt: skip
            rows.sort(key=lambda row: str(row[key]))
            if bulk.insert_new(self.tx, table, rows) != len(rows):
                raise TryAgain
        taken = feeds.take(
            self.database, self.tx, self.org, {name: len(rows) for name, rows in self._additions.items()}
        )
        spans = feeds.fill(self.tx, taken, self._additions)
        audit.append(self.database, self.tx, self.seals, self.dk, self.org, self.now_ms, _events(spans, self))
        for name, span in spans.items():
            self.spans.setdefault(name, []).append(span)
        self._entries, self._records, self._homes, self._additions = [], [], [], {}


def _events(spans: Mapping[str, Span], writer: Writer) -> Sequence[audit.Event]:
    return [
        audit.event(
            span.feed,
            writer.now_ms,
            "placed",
            device=writer.via,
            first=span.first,
            last=span.last,
            head=span.head,
        )
        for span in spans.values()
    ]


def _row(one: Entry, offer: Offer, seals: Seals, dk: str, now_ms: int) -> dict[str, object]:
    e = one.envelope
    return {
        "hash": one.hash, "record": e.id, "kind": e.kind, "client": e.client, "about": e.about,
        "author": e.author.id, "device": e.device, "series": e.series, "counter": e.counter,
        "at_ms": e.effective_ms, "meaning": e.meaning, "cosign": str(e.body.get("cosign_required") or ""),
        "sensitivity": e.sensitivity, "flags": " ".join(offer.flags)[:400], "received_ms": now_ms,
        "size": len(one.data), "dk": dk, "sealed": offer.sealed or seals.seal(dk, one),
        "signature": one.signature,
    }  # fmt: skip
