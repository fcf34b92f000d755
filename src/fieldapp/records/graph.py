"""The history of one record as a graph: order, ancestors, leaves.

Entries whose `prev` is not at hand (evicted, or not yet come) simply have fewer parents here; the
fold over what is held is still the same for everyone who holds the same entries.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from heapq import heapify, heappop, heappush

from .envelope import Entry


@dataclass(frozen=True, slots=True)
class Graph:
    """Writing entries of one record in topological order; bit i of a mask means `order[i]`."""

    order: tuple[Entry, ...]
    ancestors: tuple[int, ...]
    """For each entry the mask of all entries that it follows, itself not included."""
    followed: int
    """Mask of entries that some other entry follows."""
    annotations: tuple[Entry, ...]
    """Addenda, co-signs, returns and errors, sorted by effective time and hash."""

    @property
    def leaves(self) -> tuple[Entry, ...]:
        """Entries that nothing follows."""
        return tuple(entry for i, entry in enumerate(self.order) if not self.followed >> i & 1)


def build(entries: Iterable[Entry]) -> Graph:
    """Return the graph of the entries of one record, whatever their order or repetition.

    The order is by ancestry first, ties by hash, so that it does not depend on arrival.
    """
    unique = {entry.hash: entry for entry in entries}
    annotations = [entry for entry in unique.values() if entry.envelope.is_annotation]
    writes = {h: entry for h, entry in unique.items() if not entry.envelope.is_annotation}
    parents = {h: [p for p in entry.envelope.prev if p in writes] for h, entry in writes.items()}
    children: dict[str, list[str]] = {}
    waiting = {h: len(known) for h, known in parents.items()}
    for h, known in parents.items():
        for parent in known:
            children.setdefault(parent, []).append(h)
    ready = [h for h, count in waiting.items() if count == 0]
    heapify(ready)
    order: list[Entry] = []
    place: dict[str, int] = {}
    ancestors: list[int] = []
    followed = 0
    while ready:
        h = heappop(ready)
        mask = 0
        for parent in parents[h]:
            at = place[parent]
            mask |= ancestors[at] | 1 << at
        followed |= mask
        place[h] = len(order)
        order.append(writes[h])
        ancestors.append(mask)
        for child in children.get(h, ()):
            waiting[child] -= 1
            if waiting[child] == 0:
                heappush(ready, child)
    annotations.sort(key=lambda entry: (entry.envelope.effective_ms, entry.hash))
    return Graph(tuple(order), tuple(ancestors), followed, tuple(annotations))


def maximal(writers: Sequence[int], ancestors: Sequence[int]) -> list[int]:
    """Return those of `writers` (places in topological order) that no other of them follows."""
    covered = 0
    kept: list[int] = []
    for at in reversed(writers):
        if not covered >> at & 1:
            kept.append(at)
        covered |= ancestors[at]
    kept.reverse()
    return kept
