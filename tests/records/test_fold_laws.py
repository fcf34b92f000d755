"""The laws of the fold (sync.md 3, laws 2, 3 and 8), on random histories and against a naive oracle."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldapp.records.canonical import dumps, loads
from fieldapp.records.envelope import Entry
from fieldapp.records.fold import FieldView, View, project
from fieldapp.records.graph import build
from fieldapp.records.kind import DOC, Kind
from tests.records.oracle import Oracle
from tests.records.support import (
    BOARD,
    NOTE,
    PLAN,
    RECORD,
    History,
    Maker,
    histories,
    history_of,
    laws,
    shown,
)


def rows(known: FieldView) -> list[list[Any]]:
    """Return [value, hash] of a field's writes, as the oracle writes them."""
    return [[write.value, write.hash] for write in known.writes]


def assert_as_the_oracle_says(kind: Kind, entries: list[Entry]) -> None:
    """Compare every part of a view that design.md 2 speaks about."""
    view, oracle = project(kind, entries), Oracle(kind, entries)
    assert {name: rows(known) for name, known in view.fields.items()} == oracle.fields()
    items = {
        item_id: {
            "contested": item.contested,
            "fields": {name: rows(known) for name, known in item.fields.items()},
        }
        for item_id, item in view.items("rows").items()
    }
    assert items == oracle.items()
    assert set(view.heads) == oracle.leaves()
    assert {step.hash: step.status for step in view.steps} == {h: oracle.status(h) for h in oracle.writing}
    assert {note.hash for note in view.notes if note.lifted} == oracle.gone
    assert set(view.conflicts) == oracle.conflicts()
    assert len(view.conflicts) == len(oracle.conflicts())
    if oracle.writing:
        assert view.in_error == all(oracle.status(h) == "error" for h in oracle.writing)
        assert {step.hash for step in view.standing} == oracle.frontier()


@laws(300)
@given(histories(BOARD))
def test_a_working_record_is_what_the_oracle_says(story: History) -> None:
    assert_as_the_oracle_says(BOARD, story.entries)


@pytest.mark.parametrize("kind", [PLAN, NOTE], ids=lambda kind: kind.name)
def test_a_document_is_what_the_oracle_says(kind: Kind) -> None:
    @laws(150)
    @given(histories(kind))
    def law(story: History) -> None:
        assert_as_the_oracle_says(kind, story.entries)

    law()


@laws(200)
@given(histories(BOARD), st.randoms(use_true_random=False))
def test_any_part_of_a_history_is_what_the_oracle_says(story: History, dice: random.Random) -> None:
    """Also with holes: entries whose prev, or whose target, is not at hand."""
    part = [entry for entry in story.entries if dice.random() < 0.6] or story.entries
    assert_as_the_oracle_says(BOARD, part)
    for who in range(len(story.seen)):
        if story.seen[who]:
            assert_as_the_oracle_says(BOARD, story.known(who))


@pytest.mark.parametrize("kind", [BOARD, PLAN], ids=lambda kind: kind.name)
def test_arrival_order_and_repetition_change_nothing(kind: Kind) -> None:
    @laws(150)
    @given(histories(kind), st.randoms(use_true_random=False))
    def law(story: History, dice: random.Random) -> None:
        once = project(kind, story.entries)
        mixed = story.entries + [entry for entry in story.entries if dice.random() < 0.5]
        dice.shuffle(mixed)
        again = project(kind, iter(mixed))
        assert shown(again) == shown(once)
        # Not only the bytes: also the order in which screens walk through it.
        assert again == once
        assert again.conflicts == once.conflicts
        assert list(again.fields) == list(once.fields)
        assert list(again.items("rows")) == list(once.items("rows"))

    law()


@laws(150)
@given(histories(BOARD), st.randoms(use_true_random=False))
def test_laptops_that_exchanged_everything_show_the_same_bytes(story: History, dice: random.Random) -> None:
    """Law 2: two laptops receive the same entries in batches of their own, and fold after each batch."""
    one, two = list(story.entries), list(story.entries)
    dice.shuffle(one)
    dice.shuffle(two)
    seen: list[list[Entry]] = []
    for way in (one, two):
        held: list[Entry] = []
        while len(held) < len(way):
            held += way[len(held) : len(held) + dice.randint(1, 5)]
            project(BOARD, held)
        seen.append(held)
    assert shown(project(BOARD, seen[0])) == shown(project(BOARD, seen[1]))


@laws(250)
@given(histories(BOARD, most=40))
def test_no_silent_loser(story: History) -> None:
    """Law 3, word by word: in the view, in a listed conflict, superseded by who saw it, or in error.

    The stated exceptions: a `false` beside a `true` in a sticky field, and in a rising one what is less, or what
    this version cannot rank, beside more: the highest that is known stands.
    """
    view, oracle = story.maker.view(), Oracle(BOARD, story.entries)
    body = {h: entry.envelope.body for h, entry in oracle.writing.items()}

    def seen_by(h: str) -> list[str]:
        return [later for later, earlier in oracle.follows if earlier == h and later not in oracle.errors]

    def stands(known: FieldView | None, path: str, h: str, value: Any) -> bool:
        if known is None:
            return False
        if known.value == value:
            return True
        return path in view.conflicts and [value, h] in rows(known)

    def below(known: FieldView | None, name: str, value: Any) -> bool:
        order = list(BOARD.highest.get(name, ()))
        if name not in BOARD.rising or known is None or known.value not in order:
            return False
        return value not in order or order.index(value) < order.index(known.value)

    for h in oracle.standing:
        for name, value in body[h].get("set", {}).items():
            rewritten = any(name in body[later].get("set", {}) for later in seen_by(h))
            quiet = (name in BOARD.sticky and value is False) or below(view.fields.get(name), name, value)
            assert quiet or rewritten or stands(view.fields.get(name), name, h, value)
        for item_id, values in body[h].get("items", {}).get("rows", {}).items():
            dropped = any(item_id in body[later].get("drop", {}).get("rows", ()) for later in seen_by(h))
            item = view.items("rows").get(item_id)
            assert item is not None or dropped
            for name, value in values.items():
                rewritten = any(
                    name in body[later].get("items", {}).get("rows", {}).get(item_id, {})
                    for later in seen_by(h)
                )
                quiet = f"rows.{name}" in BOARD.sticky and value is False
                known = None if item is None else item.fields.get(name)
                path = f"rows/{item_id}/{name}"
                assert quiet or rewritten or stands(known, path, h, value) or (dropped and item is None)
        for item_id in body[h].get("drop", {}).get("rows", ()):
            item = view.items("rows").get(item_id)
            reopened = any(item_id in body[later].get("items", {}).get("rows", {}) for later in seen_by(h))
            redropped = any(item_id in body[later].get("drop", {}).get("rows", ()) for later in seen_by(h))
            assert item is None or item.contested or reopened or redropped


@laws(200)
@given(histories(PLAN))
def test_no_version_of_a_document_is_lost(story: History) -> None:
    view, oracle = story.maker.view(), Oracle(PLAN, story.entries)
    active = {version.hash for version in view.versions}
    for h in oracle.writing:
        followed = any(earlier == h and later not in oracle.errors for later, earlier in oracle.follows)
        assert (h in active) == (h not in oracle.errors and not followed)


def choose(view: View, dice: random.Random) -> dict[str, Any]:
    """Return what a settlement writes: for every conflict one of the values that stand."""
    fields: dict[str, Any] = {}
    items: dict[str, dict[str, Any]] = {}
    drop: set[str] = set()
    for path in view.conflicts:
        parts = path.split("/")
        if len(parts) == 1:
            fields[path] = dice.choice(view.fields[path].writes).value
        elif len(parts) == 2 and dice.random() < 0.5:
            drop.add(parts[1])
        else:
            inner = items.setdefault(parts[1], {})
            if len(parts) == 3:
                inner[parts[2]] = dice.choice(view.lists["rows"][parts[1]].fields[parts[2]].writes).value
    kept = {item_id: inner for item_id, inner in items.items() if item_id not in drop}
    return {"fields": fields, "items": kept, "drop": sorted(drop)}


@laws(200)
@given(histories(BOARD), st.randoms(use_true_random=False))
def test_settling_leaves_one_leaf_and_no_conflict(story: History, dice: random.Random) -> None:
    before = story.maker.view()
    choice = choose(before, dice)
    last = story.maker.write(before.heads, who=0, **choice)
    after = story.maker.view()
    assert after.heads == [last.hash]
    assert after.conflicts == ()
    for name, value in choice["fields"].items():
        assert after.get(name) == value
    for item_id in choice["drop"]:
        assert item_id not in after.items("rows")


@laws(150)
@given(histories(BOARD), st.randoms(use_true_random=False))
def test_two_settlements_conflict_only_where_they_chose_differently(
    story: History, dice: random.Random
) -> None:
    """Law 8: two settlements at once make two leaves, a smaller conflict, and that settles the same way."""
    before = story.maker.view()
    one, two = choose(before, dice), choose(before, dice)
    first = story.maker.write(before.heads, who=0, **one)
    second = story.maker.write(before.heads, who=1, **two)
    between = story.maker.view()
    assert between.heads == sorted({first.hash, second.hash})
    assert set(between.conflicts) <= set(before.conflicts)
    for name, value in one["fields"].items():
        assert (name in between.conflicts) == (dumps(value) != dumps(two["fields"][name]))
        assert len(between.fields[name].writes) == len({first.hash, second.hash})
    if one == two:
        assert between.conflicts == ()
    last = story.maker.write(between.heads, who=2, **choose(between, dice))
    assert story.maker.view().heads == [last.hash]
    assert story.maker.view().conflicts == ()


@laws(150)
@given(histories(BOARD), st.integers(0, 3))
def test_who_saw_every_leaf_writes_the_only_leaf_there(story: History, who: int) -> None:
    """Law 8: on any laptop that holds nothing else of that record."""
    seen = story.known(who)
    prev = [step.hash for step in project(BOARD, seen).leaves] if seen else []
    entry = story.maker.write(prev, {"title": "mine"}, who=who)
    view = project(BOARD, [*seen, entry])
    assert view.heads == [entry.hash]
    assert view.get("title") == "mine"
    assert [write.hash for write in view.fields["title"].writes] == [entry.hash]


@laws(150)
@given(histories(BOARD), st.integers(0, 2**16))
def test_an_error_is_as_if_the_writes_had_never_been_made(story: History, pick: int) -> None:
    """The entry stays in the history, but no value depends on what it said."""
    writing = [entry for entry in story.entries if not entry.envelope.is_annotation]
    if not writing:
        return
    target = writing[pick % len(writing)]
    story.maker.about(target, "error")
    view = story.maker.view()
    step = view.step(target.hash)
    assert step is not None
    assert step.status == "error"
    for known in [
        *view.fields.values(),
        *(f for i in view.items("rows").values() for f in i.fields.values()),
    ]:
        assert target.hash not in {write.hash for write in known.writes}
    assert_as_the_oracle_says(BOARD, story.entries)


@laws(150)
@given(histories(BOARD), st.integers(0, 2**16))
def test_taking_an_error_back_restores_every_byte_but_the_notes(story: History, pick: int) -> None:
    before = story.maker.view()
    writing = [entry for entry in story.entries if not entry.envelope.is_annotation]
    if not writing:
        return
    error = story.maker.about(writing[pick % len(writing)], "error")
    story.maker.about(error, "return" if pick % 2 else "error")
    after = story.maker.view()
    assert (after.fields, after.lists, after.steps) == (before.fields, before.lists, before.steps)


@laws(200)
@given(histories(BOARD), st.booleans())
def test_a_view_is_read_back_byte_for_byte(story: History, through_bytes: bool) -> None:
    view = story.maker.view()
    data = loads(shown(view)) if through_bytes else view.to_data()
    again = View.from_data(data)
    assert shown(again) == shown(view)
    assert again == view
    assert again.conflicts == view.conflicts
    assert (again.heads, again.status, again.in_error) == (view.heads, view.status, view.in_error)
    assert list(again.fields) == list(view.fields)


@laws(150)
@given(histories(BOARD))
def test_the_order_of_steps_respects_ancestry(story: History) -> None:
    tree = build(story.entries)
    place = {entry.hash: at for at, entry in enumerate(tree.order)}
    oracle = Oracle(BOARD, story.entries)
    for later, earlier in oracle.follows:
        assert place[later] > place[earlier]
    for at, mask in enumerate(tree.ancestors):
        named = {(tree.order[at].hash, tree.order[bit].hash) for bit in range(len(place)) if mask >> bit & 1}
        assert named == {pair for pair in oracle.follows if pair[0] == tree.order[at].hash}
    assert {entry.hash for entry in tree.leaves} == oracle.leaves()


def test_the_histories_are_worth_folding() -> None:
    """The generator must keep reaching what the laws are about, or they prove nothing."""
    stories = [history_of(BOARD, seed, 32) for seed in range(150)]
    views = [story.maker.view() for story in stories]
    reached = {
        "several leaves": sum(len(view.heads) > 1 for view in views),
        "three leaves": sum(len(view.heads) > 2 for view in views),
        "a contested field": sum("title" in view.conflicts for view in views),
        "remove against edit": sum(any(i.contested for i in view.items("rows").values()) for view in views),
        "a settlement": sum(any(len(step.prev) > 1 for step in view.steps) for view in views),
        "an error": sum(any(step.status == "error" for step in view.steps) for view in views),
        "a lifted error": sum(any(n.lifted and n.meaning == "error" for n in view.notes) for view in views),
        "returned": sum(any(step.status == "returned" for step in view.steps) for view in views),
        "pending": sum(any(step.status == "pending" for step in view.steps) for view in views),
        "a dropped item": sum(_drops_that_hold(story) for story in stories),
    }
    assert {name: count for name, count in reached.items() if count < 15} == {}


def _drops_that_hold(story: History) -> bool:
    written = {
        item_id for entry in story.entries for item_id in entry.envelope.body.get("items", {}).get("rows", {})
    }
    return bool(written - set(story.maker.view().items("rows")))


def test_nothing_cannot_be_folded() -> None:
    with pytest.raises(ValueError, match="at least one entry"):
        project(BOARD, [])


def test_a_thousand_takings_back_are_folded_without_recursion() -> None:
    """Nobody limits how often people take back; a deep chain must not poison the record."""
    maker = Maker()
    last = maker.write((), {"title": "a"})
    for _ in range(3_000):
        last = maker.about(last, "error")
    view = maker.view()
    assert view.get("title") == "a"  # an even number: each error but the last is taken back in turn
    assert view.id == RECORD
    assert DOC not in view.fields
