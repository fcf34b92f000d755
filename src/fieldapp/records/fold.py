"""The fold: what the history of one record adds up to (design.md 2).

`project` is pure: no clock, no staff record, no arrival order. Whoever holds the same entries gets
the same view, byte for byte.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from . import graph as history
from .canonical import Json, dumps
from .envelope import Entry
from .kind import DOC, Kind


@dataclass(frozen=True, slots=True)
class Write:
    """One maximal write of a field."""

    value: Json
    hash: str
    author: str
    name: str
    at_ms: int


@dataclass(frozen=True, slots=True)
class FieldView:
    """The values that stand for one field; more than one distinct value is a listed conflict."""

    writes: tuple[Write, ...]
    """At least one; the one shown first comes first."""

    @property
    def value(self) -> Json:
        """The value shown first."""
        return self.writes[0].value

    @property
    def contested(self) -> bool:
        """Whether people wrote different values without seeing each other's."""
        return len(self.writes) > 1 and len({dumps(write.value) for write in self.writes}) > 1


@dataclass(frozen=True, slots=True)
class ItemView:
    """One item of a list."""

    fields: Mapping[str, FieldView]
    contested: bool
    """Somebody dropped it while somebody else added or edited it."""

    def __getitem__(self, name: str) -> Json:
        return self.fields[name].value

    def get(self, name: str, default: Json = None) -> Json:
        """Return a field's value as shown."""
        known = self.fields.get(name)
        return default if known is None else known.value

    def to_data(self) -> dict[str, Json]:
        """Return the item's values as shown."""
        return {name: known.value for name, known in self.fields.items()}


@dataclass(frozen=True, slots=True)
class Step:
    """One writing entry of the history, with the status that its annotations give it."""

    hash: str
    meaning: str
    status: str
    """saved, final, pending, returned or error."""
    leaf: bool
    author: str
    name: str
    credential: str
    role: str
    at_ms: int
    prev: tuple[str, ...]
    reason: str = ""
    cosign_required: str = ""
    answers: tuple[str, ...] = ()
    considered: tuple[str, ...] = ()
    overrides: tuple[tuple[str, str], ...] = ()
    standing: bool = True
    """Not in error, and followed by nothing that is not: what the record rests on now."""


@dataclass(frozen=True, slots=True)
class Note:
    """One annotation: an addendum, co-sign, return or error."""

    hash: str
    about: str
    meaning: str
    author: str
    name: str
    credential: str
    role: str
    at_ms: int
    reason: str
    text: str
    lifted: bool
    """Somebody took it back: an error or return that no longer counts (nor does a lifted co-sign)."""
    category: str = ""
    """What an addendum is for, beside its words."""


@dataclass(frozen=True, slots=True)
class View:
    """What the entries of one record add up to."""

    id: str
    kind: str
    client: str | None
    fields: Mapping[str, FieldView]
    lists: Mapping[str, Mapping[str, ItemView]]
    steps: tuple[Step, ...]
    notes: tuple[Note, ...]
    derived: Mapping[str, Json]
    sensitivity: str = "normal"

    def get(self, name: str, default: Json = None) -> Json:
        """Return a field's value as shown."""
        known = self.fields.get(name)
        return default if known is None else known.value

    def items(self, name: str) -> Mapping[str, ItemView]:
        """Return the present items of a list."""
        return self.lists.get(name, {})

    def seen_by(self, hashes: Iterable[str]) -> set[str]:
        """Return some of the writing entries and all that their authors had seen of this record."""
        by_hash = {step.hash: step for step in self.steps}
        seen: set[str] = set()
        left = list(hashes)
        while left:
            step = by_hash.get(left.pop())
            if step is not None and step.hash not in seen:
                seen.add(step.hash)
                left += step.prev
        return seen

    @property
    def leaves(self) -> tuple[Step, ...]:
        """Steps that nothing follows."""
        return tuple(step for step in self.steps if step.leaf)

    @property
    def heads(self) -> list[str]:
        """Hashes of the leaves, sorted: the `prev` of whoever sees this view."""
        return sorted(step.hash for step in self.steps if step.leaf)

    @property
    def standing(self) -> tuple[Step, ...]:
        """Steps that the record rests on now: the leaves, or what an error on a leaf gave way to."""
        return tuple(step for step in self.steps if step.standing)

    @property
    def in_error(self) -> bool:
        """Whether nothing stands: every writing entry was entered in error."""
        return bool(self.steps) and not self.standing

    @property
    def status(self) -> str:
        """The status that needs most attention among what stands; error only if nothing does."""
        found = {step.status for step in self.standing}
        for status in ("returned", "pending", "final", "saved"):
            if status in found:
                return status
        return "error" if self.steps else "saved"

    @property
    def conflicts(self) -> tuple[str, ...]:
        """Names of fields (`list/item/field`, `list/item` for remove against edit) to be settled."""
        found = [name for name, known in self.fields.items() if known.contested]
        for name, rows in self.lists.items():
            for item_id, item in rows.items():
                if item.contested:
                    found.append(f"{name}/{item_id}")
                found += [
                    f"{name}/{item_id}/{inner}" for inner, known in item.fields.items() if known.contested
                ]
        return tuple(found)

    @property
    def versions(self) -> tuple[Write, ...]:
        """The active versions of a document record, the one shown first before the others."""
        known = self.fields.get(DOC)
        return () if known is None else known.writes

    @property
    def doc(self) -> Mapping[str, Any]:
        """The body of the version shown first; empty if none stands."""
        return self.get(DOC) or {}

    @property
    def first_ms(self) -> int:
        """Effective time of the earliest entry, ms since 1970."""
        return min(step.at_ms for step in self.steps) if self.steps else 0

    @property
    def last_ms(self) -> int:
        """Effective time of the latest entry, ms since 1970."""
        return max(step.at_ms for step in self.steps) if self.steps else 0

    def step(self, entry_hash: str) -> Step | None:
        """Return the step of an entry, if it is a writing entry of this record."""
        return next((step for step in self.steps if step.hash == entry_hash), None)

    def to_data(self) -> dict[str, Json]:
        """Return the view as canonical JSON; byte-equal on laptops that hold the same entries."""
        return {
            "id": self.id,
            "kind": self.kind,
            "client": self.client,
            "sensitivity": self.sensitivity,
            "fields": {name: _field_data(known) for name, known in self.fields.items()},
            "lists": {
                name: {
                    item_id: {
                        "contested": item.contested,
                        "fields": {inner: _field_data(known) for inner, known in item.fields.items()},
                    }
                    for item_id, item in rows.items()
                }
                for name, rows in self.lists.items()
            },
            "steps": [
                [s.hash, s.meaning, s.status, s.leaf, s.author, s.name, s.credential, s.role, s.at_ms,
                 list(s.prev), s.reason, s.cosign_required, list(s.answers), list(s.considered),
                 [list(pair) for pair in s.overrides], s.standing]
                for s in self.steps
            ],
            "notes": [
                [n.hash, n.about, n.meaning, n.author, n.name, n.credential, n.role, n.at_ms, n.reason,
                 n.text, n.lifted, n.category]
                for n in self.notes
            ],
            "derived": dict(self.derived),
        }  # fmt: skip

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> View:
        """Read back what `to_data` made."""
        return cls(
            id=data["id"], kind=data["kind"], client=data["client"], sensitivity=data["sensitivity"],
            fields={name: _field_view(rows) for name, rows in data["fields"].items()},
            lists={
                name: {
                    item_id: ItemView(
                        {inner: _field_view(w) for inner, w in item["fields"].items()}, item["contested"]
                    )
                    for item_id, item in rows.items()
                }
                for name, rows in data["lists"].items()
            },
            steps=tuple(
                Step(s[0], s[1], s[2], s[3], s[4], s[5], s[6], s[7], s[8], tuple(s[9]), s[10], s[11],
                     tuple(s[12]), tuple(s[13]), tuple((a, b) for a, b in s[14]), s[15])
                for s in data["steps"]
            ),
            notes=tuple(Note(*n) for n in data["notes"]),
            derived=data["derived"],
        )  # fmt: skip


def _field_data(known: FieldView) -> list[Json]:
    return [[w.value, w.hash, w.author, w.name, w.at_ms] for w in known.writes]


def _field_view(rows: list[list[Json]]) -> FieldView:
    return FieldView(tuple(Write(*row) for row in rows))


def _empty(value: Json) -> bool:
    return value is None or (isinstance(value, str | list | tuple | dict) and not value)


def _lifted(annotations: tuple[Entry, ...]) -> set[str]:
    """Return the hashes of errors and returns that were taken back.

    An `error` or a `return` about an annotation lifts it, unless that lift was itself taken back. Each
    annotation names one entry, so they form trees; these are judged from the tips down, without
    recursion, because nobody limits how often people take back.
    """
    by_target: dict[str, list[Entry]] = {}
    for entry in annotations:
        by_target.setdefault(entry.envelope.about or "", []).append(entry)
    hashes = {entry.hash for entry in annotations}
    order = [entry for entry in annotations if entry.envelope.about not in hashes]
    for entry in order:  # grows while it is read
        order += by_target.get(entry.hash, ())
    lifted: set[str] = set()
    for entry in reversed(order):
        if entry.envelope.meaning in ("error", "return") and entry.hash not in lifted:
            lifted.add(entry.envelope.about or "")
    return lifted & hashes


def project(kind: Kind, entries: Iterable[Entry]) -> View:
    """Return the view of one record from any non-empty set of its entries.

    A field's value set is its maximal writes by ancestry, after the writes of entries in error are
    taken away; the kind only decides which is shown first (design.md 2).
    """
    tree = history.build(entries)
    if not tree.order and not tree.annotations:
        raise ValueError("a record has at least one entry")
    lifted = _lifted(tree.annotations)
    in_error = {
        entry.envelope.about
        for entry in tree.annotations
        if entry.envelope.meaning == "error" and entry.hash not in lifted
    }
    writers: dict[str, list[int]] = {}
    item_writers: dict[tuple[str, str], dict[str, list[int]]] = {}
    item_ops: dict[tuple[str, str], list[int]] = {}
    for at, entry in enumerate(tree.order):
        if entry.hash in in_error:
            continue
        body = entry.envelope.body
        if kind.is_document:
            if DOC in body:
                writers.setdefault(DOC, []).append(at)
            continue
        for name in body.get("set", ()):
            writers.setdefault(name, []).append(at)
        for name, rows in body.get("items", {}).items():
            for item_id, values in rows.items():
                item_ops.setdefault((name, item_id), []).append(at)
                of_item = item_writers.setdefault((name, item_id), {})
                for inner in values:
                    of_item.setdefault(inner, []).append(at)
        for name, gone in body.get("drop", {}).items():
            for item_id in gone:
                item_ops.setdefault((name, item_id), []).append(at)

    when = [entry.envelope.effective_ms for entry in tree.order]

    def written(at: int, value: Json) -> Write:
        entry = tree.order[at]
        author = entry.envelope.author
        return Write(value, entry.hash, author.id, author.name, when[at])

    fields: dict[str, FieldView] = {}
    for name, places in sorted(writers.items()):
        values = [(at, _value(tree.order[at], kind, name)) for at in places]
        fields[name] = _shown(
            kind, name, [written(*pair) for pair in _standing(kind, name, values, tree.ancestors)]
        )

    lists: dict[str, dict[str, ItemView]] = {name: {} for name in sorted(kind.lists)}
    for (name, item_id), places in sorted(item_ops.items()):
        kept = history.maximal(places, tree.ancestors)
        drops = [at for at in kept if item_id in tree.order[at].envelope.body.get("drop", {}).get(name, ())]
        if len(drops) == len(kept):
            continue
        inner_fields: dict[str, FieldView] = {}
        for inner, inner_places in sorted(item_writers.get((name, item_id), {}).items()):
            values = [
                (at, tree.order[at].envelope.body["items"][name][item_id][inner]) for at in inner_places
            ]
            path = f"{name}.{inner}"
            inner_fields[inner] = _shown(
                kind, path, [written(*pair) for pair in _standing(kind, path, values, tree.ancestors)]
            )
        lists.setdefault(name, {})[item_id] = ItemView(inner_fields, bool(drops))

    view = View(
        id=(tree.order or tree.annotations)[0].envelope.id,
        kind=kind.name,
        client=next((e.envelope.client for e in (*tree.order, *tree.annotations) if e.envelope.client), None),
        fields=fields,
        lists=lists,
        steps=_steps(tree, when, in_error, lifted),
        notes=tuple(_note(entry, entry.hash in lifted) for entry in tree.annotations),
        derived={},
        sensitivity=max(
            (e.envelope.sensitivity for e in (*tree.order, *tree.annotations)), key=_SENSITIVE.index
        ),
    )
    derived = kind.derive(view)
    return replace(view, derived=derived) if derived else view


_SENSITIVE = ("normal", "sud_part2", "restricted_staff", "psychotherapy")


def _value(entry: Entry, kind: Kind, name: str) -> Json:
    body = entry.envelope.body
    return body[DOC] if kind.is_document else body["set"][name]


def _standing(
    kind: Kind, path: str, values: list[tuple[int, Json]], ancestors: Sequence[int]
) -> list[tuple[int, Json]]:
    """Return the writes that stand: the maximal ones, every `true` of a sticky field, the top of a rising one."""
    if path in kind.sticky:
        said = [pair for pair in values if pair[1] is True]
        if said:
            return said
    if path in kind.rising:
        ranks = kind.highest[path]
        top = max((ranks.index(value) for _, value in values if value in ranks), default=-1)
        said = [pair for pair in values if top >= 0 and pair[1] == ranks[top]]
        if said:
            return said
    if len(values) == 1:
        return values
    kept = set(history.maximal([at for at, _ in values], ancestors))
    return [pair for pair in values if pair[0] in kept]


def _shown(kind: Kind, name: str, writes: list[Write]) -> FieldView:
    """Order the standing writes: the kind's order if it has one, filled before empty, newest, hash."""
    ranks = kind.highest.get(name)

    def first(write: Write) -> tuple[int, bool, int, str]:
        rank = ranks.index(write.value) if ranks is not None and write.value in ranks else -1
        return (rank, not _empty(write.value), write.at_ms, write.hash)

    return FieldView(tuple(sorted(writes, key=first, reverse=True)))


def _steps(
    tree: history.Graph, when: Sequence[int], in_error: set[str | None], lifted: set[str]
) -> tuple[Step, ...]:
    about: dict[str, list[Entry]] = {}
    for entry in tree.annotations:
        about.setdefault(entry.envelope.about or "", []).append(entry)
    steps = []
    covered = 0
    for at, entry in enumerate(tree.order):
        if entry.hash not in in_error:
            covered |= tree.ancestors[at]
    for at, entry in enumerate(tree.order):
        envelope = entry.envelope
        author, body = envelope.author, envelope.body
        named = [note.envelope for note in about.get(entry.hash, ()) if note.hash not in lifted]
        required = body.get("cosign_required") or ""
        if entry.hash in in_error:
            status = "error"
        elif any(note.meaning == "return" for note in named):
            status = "returned"
        elif required and not any(note.meaning == "cosign" and note.author.id != author.id for note in named):
            status = "pending"
        else:
            status = "saved" if envelope.meaning == "save" else "final"
        step = Step(
            hash=entry.hash, meaning=envelope.meaning, status=status, leaf=not tree.followed >> at & 1,
            author=author.id, name=author.name, credential=author.credential, role=author.role,
            at_ms=when[at], prev=envelope.prev, reason=body.get("reason", ""), cosign_required=required,
            answers=tuple(body.get("answers", ())), considered=tuple(body.get("considered", ())),
            overrides=tuple(sorted(body.get("overrides", {}).items())),
            standing=status != "error" and not covered >> at & 1,
        )  # fmt: skip
        steps.append(step)
    return tuple(steps)


def _note(entry: Entry, lifted: bool) -> Note:
    envelope = entry.envelope
    return Note(
        hash=entry.hash, about=envelope.about or "", meaning=envelope.meaning, author=envelope.author.id,
        name=envelope.author.name, credential=envelope.author.credential, role=envelope.author.role,
        at_ms=envelope.effective_ms, reason=envelope.body.get("reason", ""),
        text=envelope.body.get("text", ""), lifted=lifted, category=envelope.body.get("category", ""),
    )  # fmt: skip
