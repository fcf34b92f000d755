"""A laptop that is always online lets go of what is too old, and loses nothing by it (design.md 3)."""

from __future__ import annotations

import orjson
import pytest

from fieldapp.records.ids import uuid7
from fieldapp.store import ageing, feeds
from fieldapp.store.tables import DraftRow
from tests.sync.sync_world import DAY_MS, Agency, Rig


def later(agency: Agency, count: int, *rigs: Rig) -> None:
    """Let days pass, with work on the last two so that checkpoints of two days cover what was before."""
    agency.clock.move(days=count - 2)
    for _ in range(2):
        agency.clock.move(days=1)
        for rig in agency.rigs:
            rig.clock.at_ms = agency.clock.at_ms
        agency.rigs[0].contact(agency.rigs[0].client("Passing, By"))
        agency.settle(*rigs)


def stubs(rig: Rig) -> set[str]:
    with rig.store.reading() as rx:
        return {row[0] for row in rx.all("SELECT hash FROM stub")}


def test_notes_become_lines_that_fetch_them_after_90_days(agency: Agency) -> None:
    ana, ben = agency.laptop("Ana Alvarez"), agency.laptop("Ben Brook")
    client = ana.client("Lee, Kim")
    old, plan, contact = (
        ana.note(client, "The nights are long."),
        ana.plan(client, "pacing"),
        ana.contact(client),
    )
    agency.settle()
    later(agency, 80)
    newer = ana.note(client, "The days are longer.")
    agency.settle()
    assert ben.has(old)
    later(agency, 20)
    assert not ben.has(old)
    assert stubs(ben) == {old.hash}
    assert all(ben.has(one) for one in (newer, plan, contact))
    with ben.store.reading() as rx:
        assert rx.search("nights") == []
        assert not rx.meta_text("missing"), "nothing is fetched back by itself"
    assert ben.sync().pulled == 0
    with ben.store.writing() as tx:
        feeds.want(tx, [old.hash], ben.clock.now_ms())
    assert ben.sync().pulled == 1
    assert ben.has(old)
    assert stubs(ben) == set()
    later(agency, 3)
    assert ben.has(old), "what somebody fetched stays to be read"
    later(agency, 10)
    assert not ben.has(old)
    assert stubs(ben) == {old.hash}
    assert ben.cursors() == {**ben.cursors(), **{k: v for k, v in ana.cursors().items() if "notes" in k}}


def test_ones_own_note_goes_90_days_after_it_was_confirmed(agency: Agency) -> None:
    ana = agency.laptop("Ana Alvarez")
    note = ana.note(ana.client("Lee, Kim"), "Mine.")
    agency.clock.move(days=60)
    ana.clock.at_ms = agency.clock.at_ms
    agency.settle()
    later(agency, 85)
    assert ana.has(note), "145 days old, but confirmed 85 days ago"
    later(agency, 10)
    assert not ana.has(note)
    assert stubs(ana) == {note.hash}


@pytest.mark.parametrize("why", ["draft", "unsent", "cosign", "returned"])
def test_what_is_somebodys_work_stays(agency: Agency, why: str) -> None:
    ana, ben = agency.laptop("Ana Alvarez"), agency.laptop("Ben Brook", role="supervisor")
    client = ana.client("Lee, Kim")
    note = ana.note(client, "The nights are long.")
    agency.settle()
    if why == "returned":
        ben.entry(
            "note", note.envelope.id, {"reason": "Say more"}, client=client, meaning="return", about=note.hash
        )
        agency.settle()
    later(agency, 85)
    if why == "draft":
        draft = DraftRow(
            id=uuid7(1), record=uuid7(2), kind="contact", client=client, device=ben.device, meaning="save",
            prev=b"[]", base=b"{}", body=orjson.dumps({}), created_ms=1, updated_ms=1,
        )  # fmt: skip
        with ben.store.writing() as tx:
            tx.put_draft(draft)
    if why == "unsent":
        ben.line.instead = lambda *_: (503, {}, b"")
        ben.contact(client)
    if why == "cosign":
        waiting = ana.entry(
            "note", uuid7(ana.clock.now_ms()),
            {"doc": dict(note.envelope.body["doc"]), "cosign_required": "supervisor"}, client=client, meaning="sign",
        )  # fmt: skip
        agency.settle()
        note = waiting
        agency.clock.move(days=80)
    agency.clock.move(days=15)
    ben.clock.at_ms = agency.clock.at_ms
    if why == "unsent":
        with ben.store.writing() as tx:
            assert note.envelope.id in ageing.too_old(tx, ben.clock.now_ms())
            assert ageing.age_out(tx, [note.envelope.id], ben.clock.now_ms()) == 0
    else:
        ben.sync()
    assert ben.has(note)


def test_a_note_that_is_written_to_again_comes_back_whole(agency: Agency) -> None:
    ana, ben = agency.laptop("Ana Alvarez"), agency.laptop("Ben Brook")
    client = ana.client("Lee, Kim")
    note = ana.note(client, "The nights are long.")
    agency.settle()
    later(agency, 95)
    assert not ben.has(note)
    with ana.store.writing() as tx:
        feeds.want(tx, [note.hash], ana.clock.now_ms())
    ana.sync()
    ana.entry(
        "note", note.envelope.id, {"text": "And cold."}, client=client, meaning="addendum", about=note.hash
    )
    agency.settle()
    assert ben.has(note)
    assert ben.shown()[note.envelope.id] == ana.shown()[note.envelope.id]
    assert stubs(ben) == set()


def test_on_call_workers_keep_30_days_and_always_the_last_three_contacts(agency: Agency) -> None:
    ana = agency.laptop("Ana Alvarez")
    far = agency.laptop("Fay Far", team=agency.other_team)
    client, other = ana.client("Lee, Kim"), ana.client("Moss, Pia")
    contacts = []
    for _ in range(5):
        contacts.append(ana.contact(client))
        agency.clock.move(days=1)
        ana.clock.at_ms = agency.clock.at_ms
    only = ana.contact(other)
    agency.settle()
    assert all(far.has(one) for one in contacts)
    later(agency, 40)
    assert [far.has(one) for one in contacts] == [False, False, True, True, True]
    assert far.has(only)
    assert all(ana.has(one) for one in contacts), "the team keeps them for the episode"


def test_a_laptop_whose_clock_runs_a_year_ahead_lets_nothing_go(agency: Agency) -> None:
    ana, ben = agency.laptop("Ana Alvarez"), agency.laptop("Ben Brook")
    note = ana.note(ana.client("Lee, Kim"), "The nights are long.")
    agency.settle()
    later(agency, 10)
    ben.clock.at_ms = agency.clock.at_ms + 365 * DAY_MS
    ben.sync()
    ben.sync()
    assert ben.has(note)


def test_it_is_looked_once_a_day(agency: Agency) -> None:
    ana = agency.laptop("Ana Alvarez")
    agency.settle()
    now = ana.clock.now_ms()
    with ana.store.reading() as rx:
        assert not ageing.is_due(rx, now)
        assert ageing.is_due(rx, now + DAY_MS)
        assert ageing.is_due(rx, now - 2 * DAY_MS), "a clock that was put back"


def test_nobody_reads_half_of_an_old_note_that_two_people_added_to(agency: Agency) -> None:
    """What a simulated history found: the other's words came in short form only, and nothing said so."""
    ana, ben, cem = (agency.laptop(name) for name in ("Ana Alvarez", "Ben Brook", "Cem Cole"))
    client = ana.client("Lee, Kim")
    note = ana.note(client, "The nights are long.")
    agency.settle()
    later(agency, 100)
    for rig in (ben, cem):
        with rig.store.writing() as tx:
            feeds.want(tx, [note.hash], rig.clock.now_ms())
        rig.sync()
    # Both are off for a hundred days with their words unsent.
    said = [
        rig.entry(
            "note", note.envelope.id, {"text": text}, client=client, meaning="addendum", about=note.hash
        )
        for rig, text in ((ben, "And cold."), (cem, "And wet."))
    ]
    agency.clock.move(days=100)
    for rig in (ben, cem, cem):
        rig.sync()
    with cem.store.reading() as rx:
        here = {one.hash for one in rx.entries(note.envelope.id)}
    assert here == {note.hash, *(one.hash for one in said)}
    assert stubs(cem) == set()


def test_an_old_note_that_is_fetched_comes_with_what_was_added_to_it_since(agency: Agency) -> None:
    """What a simulated history found: the note came in the answer that first told of the addendum, in short form."""
    ana, ben, cem = (agency.laptop(name) for name in ("Ana Alvarez", "Ben Brook", "Cem Cole"))
    client = ana.client("Lee, Kim")
    note = ana.note(client, "The nights are long.")
    agency.settle()
    later(agency, 100)
    with ben.store.writing() as tx:
        feeds.want(tx, [note.hash], ben.clock.now_ms())
    ben.sync()
    about = {"client": client, "meaning": "addendum", "about": note.hash}
    added = ben.entry("note", note.envelope.id, {"text": "And cold."}, **about)
    ben.sync()
    # Cem hears of it so late that it is old by then, in the round that asks for the note.
    agency.clock.move(days=100)
    with cem.store.writing() as tx:
        feeds.want(tx, [note.hash], cem.clock.now_ms())
    cem.sync()
    with cem.store.reading() as rx:
        here = {one.hash for one in rx.entries(note.envelope.id)}
    assert here == {note.hash, added.hash}
    assert stubs(cem) == set()
