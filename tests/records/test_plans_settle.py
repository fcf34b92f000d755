"""Two laptops, one plan: whatever two people do side by side, nothing is lost and one version settles it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise, permutations, product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldapp.records.canonical import dumps
from fieldapp.records.envelope import Clock, Entry, Envelope, instant
from fieldapp.records.fold import View, project
from fieldapp.records.kind import DOC
from fieldapp.records.kinds import KINDS, PLANS
from tests.records.oracle import Oracle
from tests.records.support import CLIENT, ORG, RECORD, START_MS, author, uid

Doc = dict[str, Any]


def first() -> Doc:
    """Return the version that both laptops hold."""
    return {
        "signs": ["I stop answering"], "alone": ["Walk"], "team": [{"name": "Team", "phone": "988"}],
        "review_due": "2026-12-20",
    }  # fmt: skip


def edit_a_line(doc: Doc, who: int) -> Doc:
    """Change the same line that the other may change."""
    return doc | {"signs": [f"I stop answering, said {who}", *doc.get("signs", [])[1:]]}


def edit_a_step(doc: Doc, who: int) -> Doc:
    """Add a line of one's own to a step."""
    return doc | {"alone": [*doc.get("alone", []), f"Call {who}"]}


def remove(doc: Doc, who: int) -> Doc:
    """Take a line away that the other may change."""
    return doc | {"signs": doc.get("signs", [])[1:]}


def sign(doc: Doc, who: int) -> Doc:
    """Sign the plan again as it stands."""
    return dict(doc)


def decline(doc: Doc, who: int) -> Doc:
    """Record that the client wants no plan now."""
    return {"declined": True, "declined_reason": f"Not with {who}"}


ACTS: Mapping[str, Callable[[Doc, int], Doc]] = {
    "edit": edit_a_line, "edit_step": edit_a_step, "remove": remove, "sign": sign, "decline": decline,
}  # fmt: skip


@dataclass
class Laptop:
    """What one person holds, and writes on."""

    kind: str
    who: int
    entries: list[Entry] = field(default_factory=list)
    counter: int = 0

    @property
    def view(self) -> View:
        """What the screen shows."""
        return project(KINDS[self.kind], self.entries)

    def write(self, doc: Doc, at: int) -> Entry:
        """Sign a version on top of all that is shown."""
        self.counter += 1
        prev = tuple(self.view.heads) if self.entries else ()
        body = {DOC: doc}
        assert KINDS[self.kind].check_body("sign", body) is None
        entry = Entry.made(
            Envelope(
                org=ORG, id=RECORD, kind=self.kind, client=CLIENT, author=author(self.who),
                device=uid(200 + self.who), series=uid(300 + self.who), counter=self.counter,
                at=instant(START_MS + 1000 * at), tz="UTC", clock=Clock(0, None), meaning="sign", prev=prev,
                body=body,
            )
        )  # fmt: skip
        self.entries.append(entry)
        return entry

    def act(self, name: str, at: int) -> Entry:
        """Do one thing to the version that is shown first."""
        return self.write(ACTS[name](dict(self.view.doc), self.who), at)


def apart(kind: str, one: list[str], two: list[str]) -> tuple[Laptop, Laptop, Entry]:
    """Let two laptops start from one version and write without seeing each other."""
    left, right = Laptop(kind, 0), Laptop(kind, 1)
    start = left.write(first(), 0)
    right.entries.append(start)
    for at, name in enumerate(one, 1):
        left.act(name, at)
    for at, name in enumerate(two, 1):
        right.act(name, at)
    return left, right, start


def exchange(*laptops: Laptop) -> list[Entry]:
    """Let every laptop hold everything."""
    everything = {entry.hash: entry for laptop in laptops for entry in laptop.entries}
    for laptop in laptops:
        laptop.entries = list(everything.values())
    return list(everything.values())


def nothing_is_lost(view: View, entries: list[Entry]) -> None:
    """Every version stands, or was followed by somebody who saw it; and each is still there to be read."""
    standing = {write.hash for write in view.versions}
    followed = {seen for entry in entries for seen in entry.envelope.prev}
    assert {step.hash for step in view.steps} == {entry.hash for entry in entries}
    for entry in entries:
        assert (entry.hash in standing) != (entry.hash in followed)
    oracle = Oracle(KINDS[view.kind], entries)
    assert [[w.value, w.hash] for w in view.versions] == oracle.fields()[DOC]
    assert set(view.conflicts) == oracle.conflicts()


def settles(kind: str, one: list[str], two: list[str]) -> None:
    """Play one pair of histories to its end."""
    left, right, _ = apart(kind, one, two)
    entries = exchange(left, right)
    view = left.view
    assert view.to_data() == right.view.to_data()
    nothing_is_lost(view, entries)
    by_author = {entry.envelope.author.id: entry for entry in entries}
    ends = [by_author[author(who).id] for who in (0, 1)]
    assert [write.hash for write in view.versions] == [
        entry.hash for entry in sorted(ends, key=lambda e: (e.envelope.effective_ms, e.hash), reverse=True)
    ]
    differ = dumps(ends[0].envelope.body[DOC]) != dumps(ends[1].envelope.body[DOC])
    assert (DOC in view.conflicts) is differ
    for side in view.versions:
        laptop = Laptop(kind, 2, list(entries))
        settled = laptop.write(dict(side.value), 50)
        after = laptop.view
        assert [write.hash for write in after.versions] == [settled.hash]
        assert after.heads == [settled.hash]
        assert after.conflicts == ()
        nothing_is_lost(after, laptop.entries)


@pytest.mark.parametrize("kind", list(PLANS))
def test_every_pair_of_acts_on_two_laptops_settles_without_loss(kind: str) -> None:
    """Edit, edit, remove, sign and decline: one or two of them on each side, in every combination."""
    chains = [list(chain) for count in (1, 2) for chain in product(ACTS, repeat=count)]
    for one, two in product(chains, chains):
        settles(kind, one, two)


acts = st.lists(st.sampled_from(list(ACTS)), min_size=1, max_size=5)


@given(kind=st.sampled_from(list(PLANS)), one=acts, two=acts)
def test_longer_histories_settle_without_loss(kind: str, one: list[str], two: list[str]) -> None:
    settles(kind, one, two)


@given(one=acts, two=acts, order=st.randoms(use_true_random=False))
def test_two_people_who_settle_at_once_agree_or_are_asked_again(
    one: list[str], two: list[str], order: Any
) -> None:
    """The same choice is no conflict, another one is listed; the arrival order changes nothing."""
    left, right, _ = apart("safety_plan", one, two)
    exchange(left, right)
    sides = [dict(write.value) for write in left.view.versions]
    picked = order.choice(sides), order.choice(sides)
    left.write(picked[0], 60)
    right.write(picked[1], 61)
    entries = exchange(left, right)
    view = left.view
    assert (DOC in view.conflicts) is (dumps(picked[0]) != dumps(picked[1]))
    nothing_is_lost(view, entries)
    shuffled = list(entries)
    order.shuffle(shuffled)
    assert project(KINDS["safety_plan"], shuffled).to_data() == view.to_data()
    last = Laptop("safety_plan", 2, entries)
    last.write(dict(view.doc), 70)
    assert last.view.conflicts == ()
    assert len(last.view.versions) == 1


def test_the_order_of_arrival_changes_nothing() -> None:
    left, right, _ = apart("crisis_plan", ["edit", "decline"], ["remove"])
    entries = exchange(left, right)
    shown = {dumps(project(KINDS["crisis_plan"], order).to_data()) for order in permutations(entries)}
    assert len(shown) == 1
    assert all(a.hash != b.hash for a, b in pairwise(entries))
