"""Tiny kinds, an entry maker, and random histories for the tests of the pure core."""

from __future__ import annotations

import random
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from fieldapp.records.canonical import dumps
from fieldapp.records.envelope import Author, Clock, Entry, Envelope, instant
from fieldapp.records.fold import View, project
from fieldapp.records.kind import DOC, Fields, IndexRow, Item, Kind

START_MS = 1_760_000_000_000
ORG = "0" * 64


def laws(examples: int) -> settings:
    """Return the settings of a property test: the same examples on every machine, no clock."""
    return settings(
        max_examples=examples,
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow],
    )


# ── kinds ────────────────────────────────────────────────────────────────────────────────────────


class Row(Item):
    """One thing on a list."""

    text: str = ""
    amount: int = 0
    done: bool = False


class Board(Fields):
    """A working record with plain fields, a sticky one, a ranked one, one that only rises and a list."""

    title: str = ""
    place: str = ""
    level: str = ""
    peak: str = ""
    revoked: bool = False
    rows: dict[str, Row] = {}


class Paper(Fields):
    """A document: one body."""

    text: str = ""


def _index(view: View) -> IndexRow:
    return IndexRow(view.last_ms, str(view.get("title", "")))


def _kind(name: str, cls: Any, model: type[Fields], **more: Any) -> Kind:
    return Kind(
        name=name, label=name, cls=cls, model=model, audience=("team",), labels={}, index=_index, **more
    )  # fmt: skip


LEVELS = ("low", "moderate", "high")
BOARD = _kind(
    "board", "working", Board,
    sticky=frozenset({"revoked", "rows.done"}), highest={"level": LEVELS, "peak": LEVELS},
    rising=frozenset({"peak"}),
)  # fmt: skip
PLAN = _kind("plan", "versioned", Paper)
NOTE = _kind("paper_note", "single", Paper)


# ── entries ──────────────────────────────────────────────────────────────────────────────────────


def uid(number: int) -> str:
    """Return a valid id that says which number it was."""
    return str(uuid.UUID(int=0x7 << 76 | 0x2 << 62 | number))


RECORD = uid(1)
CLIENT = uid(2)
NAMES = ("Ana", "Ben", "Cai", "Dov")


def author(number: int) -> Author:
    """Return one of the simulated authors."""
    return Author(uid(100 + number), NAMES[number], "LMHC", "supervisor" if number == 3 else "clinician")


class Maker:
    """Makes entries of one record, each a second after the one before unless told otherwise."""

    def __init__(self, kind: Kind = BOARD) -> None:
        self.kind = kind
        self.made: list[Entry] = []

    def _add(self, who: int, meaning: str, at: int | None, **more: Any) -> Entry:
        number = len(self.made) + 1
        when = START_MS + 1000 * (number if at is None else at)
        entry = Entry.made(
            Envelope(
                org=ORG,
                id=RECORD,
                kind=self.kind.name,
                client=CLIENT,
                author=author(who),
                device=uid(200 + who),
                series=uid(300 + who),
                counter=number,
                at=instant(when),
                tz="UTC",
                clock=Clock(0, None),
                meaning=meaning,
                **more,
            )  # fmt: skip
        )
        self.made.append(entry)
        return entry

    def write(
        self,
        prev: Iterable[Entry | str] = (),
        fields: Mapping[str, Any] | None = None,
        *,
        items: Mapping[str, Any] | None = None,
        drop: Sequence[str] = (),
        who: int = 0,
        meaning: str = "save",
        at: int | None = None,
        **common: Any,
    ) -> Entry:
        """Make a writing entry of a working record; `items` and `drop` speak of the list `rows`."""
        body: dict[str, Any] = dict(common)
        if fields is not None:
            body["set"] = dict(fields)
        if items is not None:
            body["items"] = {"rows": dict(items)}
        if drop:
            body["drop"] = {"rows": list(drop)}
        assert BOARD.check_body("sign", body) is None
        return self._add(who, meaning, at, prev=_hashes(prev), body=body)

    def version(
        self,
        prev: Iterable[Entry | str] = (),
        text: str = "",
        *,
        who: int = 0,
        meaning: str = "sign",
        at: int | None = None,
        **common: Any,
    ) -> Entry:
        """Make one version of a document."""
        return self._add(who, meaning, at, prev=_hashes(prev), body={DOC: {"text": text}, **common})

    def about(
        self, target: Entry, meaning: str, *, who: int = 3, at: int | None = None, text: str = "because"
    ) -> Entry:
        """Make an annotation: addendum, cosign, return or error."""
        body = {"text": text} if meaning == "addendum" else {"reason": text}
        return self._add(who, meaning, at, prev=(), about=target.hash, body=body)

    def view(self, *entries: Entry) -> View:
        """Return the fold of some entries, or of all that were made."""
        return project(self.kind, entries or self.made)


def _hashes(entries: Iterable[Entry | str]) -> tuple[str, ...]:
    return tuple(sorted({entry if isinstance(entry, str) else entry.hash for entry in entries}))


def shown(view: View) -> bytes:
    """Return the bytes by which two laptops are compared."""
    return dumps(view.to_data())


def values(view: View, name: str) -> list[Any]:
    """Return all standing values of a field, the one shown first before the others."""
    return [write.value for write in view.fields[name].writes]


# ── random histories ─────────────────────────────────────────────────────────────────────────────


@dataclass
class History:
    """What several authors wrote about one record while they saw different parts of it."""

    maker: Maker
    seen: list[set[str]] = field(default_factory=lambda: [set() for _ in NAMES])

    @property
    def entries(self) -> list[Entry]:
        """All entries, as they were made."""
        return self.maker.made

    def upward(self, start: str) -> set[str]:
        """Return an entry with everything that it stands on."""
        by_hash = {entry.hash: entry for entry in self.entries}
        found: set[str] = set()
        todo = [start]
        while todo:
            one = todo.pop()
            if one in by_hash and one not in found:
                found.add(one)
                todo += [*by_hash[one].envelope.prev, *filter(None, [by_hash[one].envelope.about])]
        return found

    def known(self, who: int) -> list[Entry]:
        """Return what an author has seen, in the order it was made."""
        return [entry for entry in self.entries if entry.hash in self.seen[who]]

    def seen_leaves(self, who: int) -> list[str]:
        """Return the leaves that an author sees; counted by hand, without the graph module."""
        mine = [entry for entry in self.known(who) if not entry.envelope.is_annotation]
        followed = {parent for entry in mine for parent in entry.envelope.prev}
        return sorted(entry.hash for entry in mine if entry.hash not in followed)

    def act(self, dice: random.Random) -> None:
        """Let one author do one thing."""
        who = dice.randrange(len(NAMES))
        chance = dice.random()
        if chance < 0.30:
            self._look(dice, who)
        elif chance < 0.46:
            self._annotate(dice, who)
        elif self.maker.kind.is_document:
            self._version(dice, who)
        else:
            self._write(dice, who)

    def _look(self, dice: random.Random, who: int) -> None:
        """See what somebody else saw, or one entry of it with its ancestors: always closed downwards."""
        other = self.seen[dice.randrange(len(NAMES))]
        if other and dice.random() < 0.5:
            self.seen[who] |= self.upward(dice.choice(sorted(other)))
        else:
            self.seen[who] |= other

    def _remember(self, who: int, entry: Entry) -> None:
        self.seen[who].add(entry.hash)

    def _annotate(self, dice: random.Random, who: int) -> None:
        known = self.known(who)
        if not known:
            return
        meaning = dice.choice(["error", "error", "error", "return", "return", "cosign", "addendum"])
        lifts = [entry for entry in known if entry.envelope.meaning in ("error", "return")]
        if lifts and meaning in ("error", "return") and dice.random() < 0.5:
            target = dice.choice(lifts)
        else:
            target = dice.choice([entry for entry in known if not entry.envelope.is_annotation])
        self._remember(who, self.maker.about(target, meaning, who=who, at=dice.randrange(40)))

    def _prev(self, dice: random.Random, who: int) -> list[str]:
        """Return mostly every seen leaf; sometimes one of them, or none as an import would."""
        leaves = self.seen_leaves(who)
        chance = dice.random()
        if chance < 0.08:
            return []
        if chance < 0.16 and leaves:
            return [dice.choice(leaves)]
        return leaves

    def _version(self, dice: random.Random, who: int) -> None:
        common = {"cosign_required": "supervisor"} if dice.random() < 0.5 else {}
        self._remember(
            who,
            self.maker.version(
                self._prev(dice, who), dice.choice(["", "a", "b", "c"]), who=who, at=dice.randrange(40),
                meaning=dice.choice(["sign", "amend"]), **common,
            ),
        )  # fmt: skip

    def _write(self, dice: random.Random, who: int) -> None:
        fields: dict[str, Any] = {}
        items: dict[str, Any] = {}
        drop: list[str] = []
        common: dict[str, Any] = {}
        prev = self._prev(dice, who)
        mine = self.known(who)
        if mine and dice.random() < 0.2:
            # Settle: choose one of the values that stand for each contested field.
            prev = self.seen_leaves(who)
            view = project(BOARD, mine)
            for path in view.conflicts:
                parts = path.split("/")
                if len(parts) == 1:
                    fields[path] = dice.choice(values(view, path))
                elif len(parts) == 3:
                    writes = view.lists["rows"][parts[1]].fields[parts[2]].writes
                    items.setdefault(parts[1], {})[parts[2]] = dice.choice(writes).value
                elif dice.random() < 0.5:
                    items.setdefault(parts[1], {})
                else:
                    drop.append(parts[1])
            items = {item_id: inner for item_id, inner in items.items() if item_id not in drop}
        else:
            if dice.random() < 0.6:
                fields["title"] = dice.choice(["", "a", "b", None])
            if dice.random() < 0.25:
                fields["place"] = dice.choice(["x", "y"])
            if dice.random() < 0.25:
                fields["level"] = dice.choice([*LEVELS, "from a later schema", None])
            if dice.random() < 0.25:
                fields["peak"] = dice.choice([*LEVELS, "from a later schema", None])
            if dice.random() < 0.2:
                fields["revoked"] = dice.random() < 0.5
            for item_id in ("i1", "i2"):
                chance = dice.random()
                if chance < 0.25:
                    drop.append(item_id)
                elif chance < 0.6:
                    inner: dict[str, Any] = {"text": dice.choice(["p", "q", ""])}
                    if dice.random() < 0.4:
                        inner = {"amount": dice.randrange(3)}
                    if dice.random() < 0.3:
                        inner["done"] = dice.random() < 0.5
                    items[item_id] = inner if dice.random() < 0.9 else {}
        meaning = dice.choice(["save", "save", "sign"])
        if meaning == "sign" and dice.random() < 0.5:
            common["cosign_required"] = "supervisor"
        self._remember(
            who,
            self.maker.write(
                prev, fields or None, items=items or None, drop=drop, who=who, meaning=meaning,
                at=dice.randrange(40), **common,
            ),
        )  # fmt: skip


def history_of(kind: Kind, seed: int, actions: int) -> History:
    """Play a history; the same seed and length always give the same one."""
    dice = random.Random(seed)
    story = History(Maker(kind))
    while len(story.entries) < 1:
        story.act(dice)
    for _ in range(actions):
        story.act(dice)
    return story


def histories(kind: Kind = BOARD, most: int = 32) -> st.SearchStrategy[History]:
    """Return random histories; shrinking makes them shorter."""
    return st.builds(
        history_of, st.just(kind), st.integers(0, 2**32 - 1), st.integers(min_value=0, max_value=most)
    )
