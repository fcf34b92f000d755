"""Counters per (device, series): gaps are reported, forks suspend pulls; nothing is ever held for one."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import and_, func, or_, select, update

from . import bulk
from .facts import Facts
from .offers import Offer
from .tables import counter, device, series


def count(facts: Facts, offers: Iterable[Offer]) -> set[str]:
    """Note the counters of authentic new entries; return the devices whose series was found forked.

    The same (device, series, counter) under another hash means a cloned laptop: both entries are kept and
    flagged, and the device pulls nothing until an administrator clears it.
    """
    fresh: dict[tuple[str, str, int], list[Offer]] = {}
    for offer in offers:
        e = offer.envelope
        fresh.setdefault((e.device, e.series, e.counter), []).append(offer)
    if not fresh:
        return set()
    known: dict[tuple[str, str, int], set[str]] = {}
    for device_id, series_id, low, high in _spans(fresh):
        rows = facts.tx.execute(
            select(counter).where(
                counter.c.device == device_id,
                counter.c.series == series_id,
                counter.c.counter.between(low, high),
            )
        )
        for row in rows:
            known.setdefault((row.device, row.series, row.counter), set()).add(row.hash)
    forked: set[str] = set()
    added = []
    for key, offered in fresh.items():
        hashes = known.setdefault(key, set())
        for offer in offered:
            if hashes - {offer.hash}:
                offer.flags.append("fork")
                forked.add(key[0])
            if offer.hash not in hashes:
                hashes.add(offer.hash)
                added.append({"device": key[0], "series": key[1], "counter": key[2], "hash": offer.hash})
    bulk.insert_new(facts.tx, counter, added)
    _sum_up(facts, {key[:2] for key in fresh})
    if forked:
        facts.tx.execute(update(device).where(device.c.id.in_(sorted(forked))).values(forked=True))
    return forked


def missing(rx_rows: Iterable[tuple[int, int]]) -> int:
    """Return how many entries are missing, from (top, seen) of a device's series."""
    return sum(max(0, top - seen) for top, seen in rx_rows)


def _spans(fresh: Iterable[tuple[str, str, int]]) -> list[tuple[str, str, int, int]]:
    ends: dict[tuple[str, str], tuple[int, int]] = {}
    for device_id, series_id, number in fresh:
        low, high = ends.get((device_id, series_id), (number, number))
        ends[device_id, series_id] = (min(low, number), max(high, number))
    return [(*key, *span) for key, span in sorted(ends.items())]


def _sum_up(facts: Facts, pairs: set[tuple[str, str]]) -> None:
    chosen = or_(*(and_(counter.c.device == d, counter.c.series == s) for d, s in sorted(pairs)))
    rows = facts.tx.execute(
        select(
            counter.c.device, counter.c.series, func.max(counter.c.counter).label("top"),
            func.count(func.distinct(counter.c.counter)).label("seen"),
        ).where(chosen).group_by(counter.c.device, counter.c.series)
    ).all()  # fmt: skip
    facts.database.put(
        facts.tx, series,
        [{"device": r.device, "series": r.series, "top": r.top, "seen": r.seen} for r in rows],
    )  # fmt: skip
