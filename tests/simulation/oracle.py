"""Whether anything was lost: conservation, the eight laws of sync.md 3, and drafts.

Everything here is found out from the files of the laptops and of the server, not from what either says of
itself, and with a fold of its own where it is about merging.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import orjson
from sqlalchemy import select

from fieldapp.records.kinds import KINDS
from fieldapp.server.tables import entry as entry_table
from fieldapp.server.tables import feed as feed_table
from fieldapp.server.tables import feed_row, waiting
from tests.records.oracle import Oracle
from tests.simulation.scene import Scene
from tests.sync.sync_world import Rig


def on_server(history: Scene) -> tuple[set[str], dict[str, str]]:
    """Return the hashes of accepted entries, and of waiting ones with their state."""
    with history.agency.server.database.reading() as rx:
        accepted = set(rx.execute(select(entry_table.c.hash)).scalars())
        waits = {row.hash: row.state for row in rx.execute(select(waiting.c.hash, waiting.c.state))}
    return accepted, waits


def check_always(history: Scene) -> None:
    """Check what holds at every moment: what was shown as confirmed is on the server's disk (law 1)."""
    shown: list[list[str]] = []
    # The laptops first: what comes while this reads may be on the server only, never on a laptop only.
    for at, rig in enumerate(history.rigs):
        with rig.store.reading() as rx:
            rows = rx.all("SELECT hash FROM entry WHERE own = 1 AND state = 'confirmed'")
            twice = rx.value(
                "SELECT count(*) FROM (SELECT hash FROM entry GROUP BY hash HAVING count(*) > 1)"
            )
        shown.append([h for (h,) in rows])
        if twice:
            history.violations.add("conservation", f"laptop {at} holds an entry twice")
    accepted, _ = on_server(history)
    lost = history.accepted - accepted
    history.accepted = accepted if history.restored else history.accepted | accepted
    if history.restored:
        return
    if lost:
        history.violations.add("1 acknowledged", f"{len(lost)} accepted entries are gone from the server")
    for at, hashes in enumerate(shown):
        if any(h not in accepted for h in hashes):
            history.violations.add(
                "1 acknowledged", f"laptop {at} shows as sent what the server does not hold"
            )


def check_at_rest(history: Scene) -> None:
    """Check everything once nobody has anything to send any more."""
    accepted, waits = on_server(history)
    _conservation(history, accepted, waits)
    _drafts(history)
    _of_clones(history, accepted | waits.keys())
    for at, rig in enumerate(history.rigs):
        _no_skip(history, at, rig)
        _isolation(history, at, rig)
        _progress(history, at, rig)
        _no_silent_loser(history, at, rig)
    _convergence(history)


def _conservation(history: Scene, accepted: set[str], waits: dict[str, str]) -> None:
    bad = history.violations
    for rig, entry in history.signed:
        at = history.rigs.index(rig)
        with rig.store.reading() as rx:
            row = rx.one("SELECT state, reason FROM entry WHERE hash = ?", entry.hash)
            shown = row is not None and _is_accounted(rx, entry, row[0])
            stub = rx.value("SELECT 1 FROM stub WHERE hash = ?", entry.hash)
            back = any(draft.record == entry.envelope.id for draft in rx.drafts())
            answered = rx.value("SELECT answered FROM entry WHERE hash = ?", entry.hash)
        what = f"{entry.envelope.kind} of laptop {at}"
        if row is None:
            if entry.hash in rig.lost_disk or entry.hash in accepted:
                continue
            bad.add("conservation", f"{what} is neither on its laptop nor on the server")
            continue
        state, reason = row
        if state == "confirmed":
            if entry.hash not in accepted:
                bad.add("conservation", f"{what} is confirmed and not on the server")
        elif state in ("held", "quarantined"):
            if entry.hash not in waits and entry.hash not in accepted:
                bad.add("conservation", f"{what} is {state} and the server does not know it")
        elif state == "rejected":
            if not reason:
                bad.add("conservation", f"{what} was rejected without a reason")
            if not back and not answered and not entry.envelope.is_annotation:
                bad.add("conservation", f"{what} was rejected and its draft is not back")
        if not shown and state != "rejected" and not stub:
            bad.add("conservation", f"{what} is in no view")
    signed = {entry.hash for _, entry in history.signed} | history.unseen | history.at_first
    if accepted - signed - _spoken_by_server(history):
        bad.add("conservation", "the server holds what nobody signed")
    with history.agency.server.database.reading() as rx:
        counts: Counter[tuple[str, str]] = Counter()
        for row in rx.execute(select(feed_row.c.feed, feed_row.c.op, feed_row.c.what, feed_row.c.client)
                              .order_by(feed_row.c.feed, feed_row.c.number)):  # fmt: skip
            if row.op == "leave":
                for key in [key for key in counts if key[0] == row.feed]:
                    del counts[key]
            else:
                counts[row.feed, row.what] += 1
    if any(count > 1 for count in counts.values()):
        bad.add("conservation", "an entry stands twice in a feed")


def _spoken_by_server(history: Scene) -> set[str]:
    """Return the entries of the authority and of the administrator in the server's folder."""
    devices = {rig.device for rig in history.rigs}
    with history.agency.server.database.reading() as rx:
        rows = rx.execute(select(entry_table.c.hash, entry_table.c.device))
        return {row.hash for row in rows if row.device not in devices}


def _is_accounted(rx: Any, entry: Any, state: str) -> bool:
    if state == "rejected":
        return True
    view = rx.view(entry.envelope.id)
    if view is None:
        return entry.envelope.kind not in KINDS
    if entry.envelope.is_annotation:
        return entry.hash in str(view.to_data()) or rx.entry(str(entry.envelope.about)) is None
    return any(step.hash == entry.hash for step in view.steps)


def _drafts(history: Scene) -> None:
    """The newest saved words of every draft are in an open draft of their author still."""
    for staff, live in history.drafts.items():
        kept: set[bytes] = set()
        for rig in history.rigs:
            if rig.staff == staff:
                with rig.store.reading() as rx:
                    kept |= {_canonical(row.body) for row in rx.drafts()}
        lost = {_canonical(body) for body in live} - kept
        if lost:
            history.violations.add("drafts", f"the newest words of {len(lost)} drafts are gone")

        for rig in history.rigs:
            if rig.staff == staff:
                with rig.store.reading() as rx:
                    rows = [row for row in rx.drafts() if row.body in live]
                if any(row.template != history.forms.get(row.body, row.template) for row in rows):
                    history.violations.add("drafts", "a draft is under another form than it was begun under")


def _of_clones(history: Scene, known: set[str]) -> None:
    """What a copy of a laptop saw confirmed is on the server, whatever its counters said."""
    lost = history.of_clones - known
    if lost and not history.restored:
        history.violations.add("1 acknowledged", f"{len(lost)} entries confirmed to a copied laptop are gone")


def _canonical(body: bytes) -> bytes:
    return orjson.dumps(orjson.loads(body), option=orjson.OPT_SORT_KEYS)


def _no_skip(history: Scene, at: int, rig: Rig) -> None:
    """Law 5: a row for every number below the cursor, and the head is the server's."""
    with history.agency.server.database.reading() as tx:
        heads = {(row.feed, row.number): row.head for row in tx.execute(select(feed_row))}
        names = set(tx.execute(select(feed_table.c.name)).scalars())
    with rig.store.reading() as rx:
        for feed in rx.feeds():
            if feed.ended or not feed.number:
                continue
            count = rx.value("SELECT count(*) FROM place WHERE feed = ? AND number > 0", feed.name)
            if count != feed.number:
                history.violations.add(
                    "5 no skip", f"laptop {at} has {count} of {feed.number} rows of {feed.name[:8]}"
                )
            # A laptop that was withdrawn hears of no rows: after a restore its own stay those of before.
            stands = feed.name in names and heads.get((feed.name, feed.number)) == feed.head
            if not stands and rig.device not in history.shut:
                history.violations.add("5 no skip", f"laptop {at} has another head of {feed.name[:8]}")
            missing = rx.value(
                "SELECT count(*) FROM place p WHERE p.feed = ? AND p.op = 'add'"
                " AND NOT EXISTS (SELECT 1 FROM entry e WHERE e.hash = p.hash)", feed.name,
            )  # fmt: skip
            if missing:
                history.violations.add("5 no skip", f"laptop {at} lacks {missing} entries of {feed.name[:8]}")


def _isolation(history: Scene, at: int, rig: Rig) -> None:
    """Law 6: nothing of a team that this person never belonged to."""
    teams = history.teams_of[rig.staff]
    with rig.store.reading() as rx:
        for feed in rx.feeds():
            name, _, owner = feed.name.partition(":")
            if name in ("team", "notes") and owner not in teams:
                history.violations.add("6 isolation", f"laptop {at} reads {name} of another team")
            if name == "staff" and owner != rig.staff:
                history.violations.add("6 isolation", f"laptop {at} reads somebody else's feed")
        strange = rx.value(
            "SELECT count(*) FROM entry e WHERE e.own = 0 AND e.kind = 'note'"
            " AND NOT EXISTS (SELECT 1 FROM place p WHERE p.hash = e.hash)"
            " AND NOT EXISTS (SELECT 1 FROM entry l JOIN place q ON q.hash = l.hash WHERE l.record = e.record)"
        )
    if strange:
        history.violations.add("6 isolation", f"laptop {at} holds {strange} notes of no feed that it reads")


def _progress(history: Scene, at: int, rig: Rig) -> None:
    """Law 7: nothing waits without a reason that a person can read."""
    with rig.store.reading() as rx:
        rows = rx.all("SELECT state, reason, kind FROM entry WHERE own = 1 AND state != 'confirmed'")
    for state, reason, kind in rows:
        if state in ("unsent", "sent"):
            history.violations.add("7 progress", f"a {kind} of laptop {at} is still {state}")
        elif not reason and state != "held":
            history.violations.add("7 progress", f"a {kind} of laptop {at} is {state} without a reason")


def _no_silent_loser(history: Scene, at: int, rig: Rig) -> None:
    """Laws 3 and 8: what stands in each field is what an independent fold of the same entries says."""
    with rig.store.reading() as rx:
        records = [
            row[0]
            for row in rx.all("SELECT DISTINCT record FROM entry WHERE client IS NOT NULL ORDER BY record")
        ]
        rejected = {row[0] for row in rx.all("SELECT hash FROM entry WHERE state = 'rejected'")}
        for record in records:
            entries = [one for one in rx.entries(record) if one.hash not in rejected]
            view = rx.view(record)
            if not entries:
                if view is not None:
                    history.violations.add("3 no silent loser", f"laptop {at} shows a record without entries")
                continue
            kind = KINDS[entries[0].envelope.kind]
            if view is None:
                history.violations.add("3 no silent loser", f"laptop {at} shows nothing of a {kind.name}")
                continue
            if rx.value("SELECT 1 FROM stub WHERE record = ?", record):
                history.violations.add(
                    "3 no silent loser", f"laptop {at} shows half the history of a {kind.name}"
                )
            for name, rows in Oracle(kind, entries).fields().items():
                found = {write.hash for write in view.fields[name].writes} if name in view.fields else set()
                if found != {h for _, h in rows}:
                    history.violations.add(
                        "3 no silent loser", f"laptop {at} shows another {kind.name}.{name}"
                    )


def _convergence(history: Scene) -> None:
    """Law 2: laptops that hold the same entries of a record show the same bytes; readers of one feed hold the same."""
    shown: dict[str, dict[frozenset[str], set[bytes]]] = {}
    for rig in history.rigs:
        with rig.store.reading() as rx:
            held: dict[str, set[str]] = {}
            for h, record, state in rx.all("SELECT hash, record, state FROM entry WHERE client IS NOT NULL"):
                if state != "rejected":
                    held.setdefault(record, set()).add(h)
            rows = rx.all("SELECT record, data FROM view WHERE client IS NOT NULL")
            data = {record: bytes(shown_as) for record, shown_as in rows}
        for record, hashes in held.items():
            if record in data:
                shown.setdefault(record, {}).setdefault(frozenset(hashes), set()).add(data[record])
    for by_entries in shown.values():
        if any(len(views) > 1 for views in by_entries.values()):
            history.violations.add("2 convergence", "the same entries are shown differently on two laptops")
    _same_feeds(history)


def _same_feeds(history: Scene) -> None:
    with history.agency.server.database.reading() as tx:
        standing: dict[str, set[str]] = {}
        clients = {
            row.hash: row.client for row in tx.execute(select(entry_table.c.hash, entry_table.c.client))
        }
        for row in tx.execute(select(feed_row).order_by(feed_row.c.feed, feed_row.c.number)):
            here = standing.setdefault(row.feed, set())
            if row.op == "add":
                here.add(row.what)
            else:
                here -= {h for h in here if clients.get(h) == row.what}
    for at, rig in enumerate(history.rigs):
        if rig.device in history.shut:
            continue
        with rig.store.reading() as rx:
            stored = {row[0] for row in rx.all("SELECT hash FROM entry")}
            stubs = {row[0] for row in rx.all("SELECT hash FROM stub")}
            for feed in rx.feeds():
                lacks = standing.get(feed.name, set()) - stored - stubs
                if lacks and not feed.ended:
                    history.violations.add(
                        "2 convergence",
                        f"laptop {at} lacks {len(lacks)} entries that stand in {feed.name[:8]}",
                    )
