"""A second fold, as naive as can be, written from the prose of design.md 2 and from nothing else.

It uses a transitive closure over plain sets of pairs and knows neither masks nor topological order.
Slow on purpose; its answer is what the real fold must show.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from fieldapp.records.canonical import dumps
from fieldapp.records.envelope import Entry
from fieldapp.records.kind import DOC, Kind

Pairs = set[tuple[str, str]]


def closure(writing: dict[str, Entry]) -> Pairs:
    """Return every pair (later, earlier) of which the later has the earlier among its ancestors."""
    pairs = {(h, p) for h, entry in writing.items() for p in entry.envelope.prev if p in writing}
    while True:
        longer = {(a, d) for a, b in pairs for c, d in pairs if b == c} - pairs
        if not longer:
            return pairs
        pairs |= longer


def taken_back(notes: dict[str, Entry]) -> set[str]:
    """Return the annotations that a standing error or return names; asked again until nothing changes."""
    lifts = [entry for entry in notes.values() if entry.envelope.meaning in ("error", "return")]
    gone: set[str] = set()
    for _ in range(len(notes) + 1):
        gone = {str(e.envelope.about) for e in lifts if e.hash not in gone and e.envelope.about in notes}
    return gone


class Oracle:
    """What the entries of a record add up to, by definition."""

    def __init__(self, kind: Kind, entries: Iterable[Entry]) -> None:
        everything = {entry.hash: entry for entry in entries}
        self.kind = kind
        self.writing = {h: e for h, e in everything.items() if e.envelope.prev or not e.envelope.about}
        self.notes = {h: e for h, e in everything.items() if h not in self.writing}
        self.follows = closure(self.writing)
        self.gone = taken_back(self.notes)
        self.errors = {
            str(note.envelope.about)
            for h, note in self.notes.items()
            if note.envelope.meaning == "error" and h not in self.gone
        }
        self.standing = {h: e for h, e in self.writing.items() if h not in self.errors}

    def leaves(self) -> set[str]:
        """Return the entries that nothing follows."""
        return set(self.writing) - {earlier for _, earlier in self.follows}

    def frontier(self) -> set[str]:
        """Return what the record rests on: not in error, and followed by nothing that is not."""
        return self._maximal(dict(self.standing))

    def _maximal(self, said: dict[str, Any]) -> set[str]:
        return {h for h in said if not any((other, h) in self.follows for other in said)}

    def _field(self, path: str, said: dict[str, Any]) -> list[list[Any]]:
        """Return [value, hash] of what stands, in the order in which it is shown."""
        stands = self._maximal(said)
        if path in self.kind.sticky and True in said.values():
            stands = {h for h, value in said.items() if value is True}
        levels = list(self.kind.highest.get(path, ()))
        known = [levels.index(value) for value in said.values() if value in levels]
        if path in self.kind.rising and known:
            stands = {h for h, value in said.items() if value == levels[max(known)]}
        rows = [[said[h], h] for h in stands]
        # Stable sorts, the least important rule first: hash, effective time, filled, the kind's order.
        rows.sort(key=lambda row: str(row[1]), reverse=True)
        rows.sort(key=lambda row: -self.standing[row[1]].envelope.effective_ms)
        rows.sort(key=lambda row: row[0] is None or row[0] in ("", [], {}))
        rows.sort(key=lambda row: -levels.index(row[0]) if row[0] in levels else 1)
        return rows

    def fields(self) -> dict[str, list[list[Any]]]:
        """Return the standing writes of every field."""
        said: dict[str, dict[str, Any]] = {}
        for h, entry in self.standing.items():
            body = entry.envelope.body
            written = {DOC: body[DOC]} if self.kind.is_document else body.get("set", {})
            for name, value in written.items():
                said.setdefault(name, {})[h] = value
        return {name: self._field(name, of) for name, of in said.items()}

    def items(self) -> dict[str, dict[str, Any]]:
        """Return the present items of the list `rows`: contested or not, and their fields."""
        if self.kind.is_document:
            return {}
        bodies = {h: entry.envelope.body for h, entry in self.standing.items()}
        edits = {h: dict(body.get("items", {}).get("rows", {})) for h, body in bodies.items()}
        drops = {h: set(body.get("drop", {}).get("rows", [])) for h, body in bodies.items()}
        found: dict[str, dict[str, Any]] = {}
        for item_id in {i for rows in edits.values() for i in rows}:
            spoke = {h: True for h in bodies if item_id in edits[h] or item_id in drops[h]}
            last = self._maximal(spoke)
            if all(item_id in drops[h] for h in last):
                continue
            inner: dict[str, dict[str, Any]] = {}
            for h, rows in edits.items():
                for name, value in rows.get(item_id, {}).items():
                    inner.setdefault(name, {})[h] = value
            found[item_id] = {
                "contested": any(item_id in drops[h] for h in last),
                "fields": {name: self._field(f"rows.{name}", said) for name, said in inner.items()},
            }
        return found

    def status(self, h: str) -> str:
        """Return the status of a writing entry: error, returned, pending co-sign, final."""
        envelope = self.writing[h].envelope
        naming = [
            n.envelope for n in self.notes.values() if n.envelope.about == h and n.hash not in self.gone
        ]
        if any(note.meaning == "error" for note in naming):
            return "error"
        if any(note.meaning == "return" for note in naming):
            return "returned"
        others = [note for note in naming if note.meaning == "cosign" and note.author != envelope.author]
        if envelope.body.get("cosign_required") and not others:
            return "pending"
        return "saved" if envelope.meaning == "save" else "final"

    def conflicts(self) -> set[str]:
        """Return the paths where different values stand, and items dropped against an edit."""

        def differ(rows: list[list[Any]]) -> bool:
            return len({dumps(value) for value, _ in rows}) > 1

        found = {name for name, rows in self.fields().items() if differ(rows)}
        for item_id, item in self.items().items():
            if item["contested"]:
                found.add(f"rows/{item_id}")
            found |= {f"rows/{item_id}/{name}" for name, rows in item["fields"].items() if differ(rows)}
        return found
