"""The doctor: is everything written still whole, is there a backup that opens, what is not sent."""

from __future__ import annotations

from dataclasses import dataclass

import orjson

from fieldapp.errors import FieldappError
from fieldapp.store import audit, backup
from fieldapp.store.transaction import Rx
from fieldapp.sync.wire import head_start, next_head

from .opened import Opened

TAIL_WARNING = (
    "The newest entries of this laptop do not fit its own counter: an older state of the data was put back. "
    "Go online and send, and tell your administrator."
)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    what: str
    ok: bool
    sentence: str


@dataclass(frozen=True, slots=True)
class Report:
    """What the doctor found; the command prints it."""

    findings: tuple[Finding, ...]
    unsent: int
    needs_you: int
    open_drafts: int

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        return all(finding.ok for finding in self.findings)


def own_tail(rx: Rx) -> list[str]:
    """Return a warning if the last own entry is not the one that was noted (old pages were put back)."""
    tail = rx.meta_text("tail")
    if not tail:
        return []
    entry = rx.entry(tail)
    if entry is None:
        return [TAIL_WARNING]
    envelope = entry.envelope
    current = envelope.series == rx.meta_text("series") and envelope.device == rx.meta_text("device")
    behind = current and envelope.counter != (rx.meta_int("counter") or 0)
    return [TAIL_WARNING] if behind else []


def examine(opened: Opened, *, full: bool = True) -> Report:
    """Look at the file, its backups, this laptop's own entries, the feeds and the audit trail."""
    findings = [_pages(opened)] if full else []
    if full:
        findings.append(_backup(opened))
    with opened.store.reading() as rx:
        findings += [_counters(rx), _feeds(rx), _audit(rx)]
        unsent = int(rx.value("SELECT count(*) FROM entry WHERE own = 1 AND state IN ('unsent', 'sent')"))
        refused = int(
            rx.value("SELECT count(*) FROM entry WHERE own = 1 AND state = 'rejected' AND answered = 0")
        )
        drafts = len(rx.drafts())
    return Report(tuple(findings), unsent, refused, drafts)


def _pages(opened: Opened) -> Finding:
    try:
        opened.store.checkpoint()
        with opened.store.reading() as rx:
            damaged = rx.all("PRAGMA cipher_integrity_check")
            quick = [row[0] for row in rx.all("PRAGMA quick_check")]
    except FieldappError as failure:
        return Finding("pages", False, failure.sentence)
    if damaged or quick != ["ok"]:
        return Finding(
            "pages", False, "The local data is damaged; nothing was overwritten. Restore the last backup."
        )
    return Finding("pages", True, "Every page of the local data is whole.")


def _backup(opened: Opened) -> Finding:
    newest = next(iter(backup.listed(opened.place.backups)), None)
    if newest is None:
        with opened.store.reading() as rx:
            nothing = rx.value("SELECT 1 FROM entry WHERE own = 1 LIMIT 1") is None and not rx.drafts()
        if nothing:
            return Finding("backup", True, "Nothing was written here yet; each sync makes a backup.")
        return Finding("backup", False, "There is no backup yet: run `fieldapp backup`.")
    try:
        count = backup.verify(newest, opened.vault_key.derive("db"))
    except FieldappError as failure:
        return Finding("backup", False, failure.sentence)
    return Finding("backup", True, f"{newest.name} opens and holds {count} entries.")


def _counters(rx: Rx) -> Finding:
    """Check that this laptop's own entries have no gap beyond what was evicted."""
    device = rx.meta_text("device")
    seen: dict[str, set[int]] = {}
    count = 0
    for (data,) in rx.each("SELECT data FROM entry WHERE own = 1"):
        value = orjson.loads(data)
        if value["device"] == device:
            count += 1
            seen.setdefault(value["series"], set()).add(value["counter"])
    twice = count != sum(map(len, seen.values()))
    gaps = sum(max(numbers) - len(numbers) for numbers in seen.values())
    if twice or gaps > (rx.meta_int("evicted_own") or 0) or own_tail(rx):
        return Finding("counter", False, TAIL_WARNING)
    last = rx.meta_int("counter") or 0
    return Finding("counter", True, f"This laptop's own entries are complete up to number {last}.")


def _feeds(rx: Rx) -> Finding:
    """Recompute the chained head of each feed from its rows, where the laptop has them from the start."""
    org = rx.meta_text("org")
    checked = 0
    for feed in rx.feeds():
        rows = rx.places(feed.name, 1, feed.number)
        if not rows or rows[0].number != 1:
            continue  # joined at a floor row: what lies below never came here
        head = head_start(org, feed.name)
        for number, row in enumerate(rows, 1):
            if row.number != number:
                break
            head = next_head(head, row.row)
        if len(rows) != feed.number or head != feed.head:
            return Finding(
                "feeds",
                False,
                f"Rows of {feed.name} are missing or changed: go online, they are fetched again.",
            )
        checked += 1
    return Finding("feeds", True, f"{checked} feeds are complete up to the last receipt.")


def _audit(rx: Rx) -> Finding:
    broken = audit.broken_at(rx.connection)
    if broken is not None:
        return Finding("audit", False, f"The audit trail does not fit from event {broken} on.")
    return Finding("audit", True, "The audit trail is unbroken.")
