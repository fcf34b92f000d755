"""Fields that two people wrote without seeing each other's value, and their values side by side."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import orjson

from fieldapp.records import graph
from fieldapp.records.canonical import dumps
from fieldapp.records.fold import View, Write
from fieldapp.records.kind import DOC
from fieldapp.records.kinds import KINDS

from ..models import Conflict, ConflictLine, ConflictSide
from ..projection import client_of
from ..transaction import Rx
from .known import Known
from .lines import Asking
from .record import NotHere, need_view
from .titles import text
from .words import document_words, label_of, value_words


def lines_of(known: Known, view: View) -> list[ConflictLine]:
    """Return the conflicts of one record."""
    kind = KINDS[view.kind]
    client = client_of(view) or ""
    return [
        ConflictLine(
            view.id,
            view.kind,
            client,
            known.name_of(client),
            path,
            label_of(kind, path) + _of_item(view, path),
            known.risk_of(client),
        )
        for path in kind.to_settle(view.conflicts)
    ]


def _of_item(view: View, path: str) -> str:
    """Return which line of a list a conflict is about, where that line has a name."""
    parts = path.split("/")
    item = view.items(parts[0]).get(parts[1]) if len(parts) > 1 else None
    name = item.get("name") if item is not None else None
    return f" ({name})" if view.kind == "medication_list" and name else ""


def contested(rx: Rx, clients: Iterable[str] | None = None) -> list[View]:
    """Return the views with conflicts, of some clients or of all records."""
    wanted = None if clients is None else set(clients)
    rows = rx.all("SELECT client, data FROM view WHERE conflicts > 0 ORDER BY last_ms DESC, record")
    return [View.from_data(orjson.loads(data)) for client, data in rows if wanted is None or client in wanted]


def conflicts(asking: Asking, clients: Iterable[str] | None = None) -> tuple[ConflictLine, ...]:
    """Return every listed conflict, latest record first."""
    return tuple(line for view in contested(asking.rx, clients) for line in lines_of(asking.known, view))


def conflict(asking: Asking, record: str, path: str) -> Conflict:
    """Return the values of one conflict side by side; raises NotHere when it is settled already."""
    view = need_view(asking.rx, record)
    line = next((line for line in lines_of(asking.known, view) if line.path == path), None)
    if line is None:
        raise NotHere
    parts = path.split("/")
    if len(parts) == 2:
        sides = _removed_or_kept(asking.rx, view, parts[0], parts[1])
    else:
        field = parts[0] if len(parts) == 1 else f"{parts[0]}.{parts[2]}"
        known = view.fields[path] if len(parts) == 1 else view.items(parts[0])[parts[1]].fields[parts[2]]
        sides = _sides(view.kind, field, known.writes)
    return Conflict(
        line, tuple(_with_names(asking.known, side) for side in sides), tuple(view.heads), text(view)
    )


def _with_names(known: Known, side: ConflictSide) -> ConflictSide:
    """Return a side whose words name staff members instead of their ids."""
    words = side.text
    for staff, name in known.people_in(side.value).items():
        words = words.replace(staff, name)
    return replace(side, text=words)


def _sides(kind: str, field: str, writes: tuple[Write, ...]) -> list[ConflictSide]:
    found: dict[bytes, ConflictSide] = {}
    for write in writes:
        words = (
            document_words(kind, write.value or {})
            if field == DOC
            else value_words(kind, field, write.value) or "(empty)"
        )
        found.setdefault(
            dumps(write.value), ConflictSide(write.hash, write.name, write.at_ms, words, write.value)
        )
    return list(found.values())


def _removed_or_kept(rx: Rx, view: View, name: str, item_id: str) -> list[ConflictSide]:
    """Return who wrote and who removed an item, by the operations that nothing follows."""
    tree = graph.build(rx.entries(view.id))
    wrote, dropped = [], []
    for at, entry in enumerate(tree.order):
        step = view.step(entry.hash)
        if step is None or step.status == "error":
            continue
        body = entry.envelope.body
        if item_id in body.get("items", {}).get(name, {}):
            wrote.append(at)
        if item_id in body.get("drop", {}).get(name, ()):
            dropped.append(at)
    sides = []
    item = view.items(name)[item_id]
    for at in graph.maximal(sorted(wrote + dropped), tree.ancestors):
        entry = tree.order[at]
        gone = at in dropped
        envelope = entry.envelope
        words = "Removed" if gone else value_words(view.kind, name, item.to_data())
        sides.append(
            ConflictSide(
                entry.hash, envelope.author.name, envelope.effective_ms, words,
                None if gone else item.to_data(), gone,
            )
        )  # fmt: skip
    return sides
