"""Entries are kept once and unchanged; views, facts and search are what they add up to."""

from __future__ import annotations

from pathlib import Path

import pytest

from fieldapp.records.fold import View, project
from fieldapp.records.kinds import KINDS
from fieldapp.store import audit
from fieldapp.store.search import snippet
from fieldapp.store.store import Store
from tests.store.store_world import CLIENT, START_MS, entry, everything, new_store, note, uid


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return new_store(tmp_path)


def test_the_same_entry_twice_is_kept_once(store: Store) -> None:
    one = note("hello")
    with store.writing() as tx:
        assert tx.add([one, one], own=True, state="unsent") == {one.envelope.id}
    with store.writing() as tx:
        assert tx.add([one], own=False, state="confirmed", received_ms=5) == set()
        row = tx.one("SELECT count(*), own, state, received_ms, data FROM entry")
    assert row is not None
    assert tuple(row) == (1, 1, "unsent", 5, one.data)


def test_the_order_of_arrival_changes_no_view(tmp_path: Path) -> None:
    first = entry("client", CLIENT, {"set": {"legal_name": "Rossi, Rosa", "pronouns": "she"}})
    left = entry("client", CLIENT, {"set": {"pronouns": "they"}}, prev=[first.hash], counter=2)
    right = entry("client", CLIENT, {"set": {"pronouns": "he", "mrn": "7"}}, prev=[first.hash], counter=3)
    seen = []
    for place, order in enumerate(([first, left, right], [right, first, left])):
        folder = tmp_path / str(place)
        folder.mkdir()
        store = new_store(folder)
        for one in order:
            with store.writing() as tx:
                tx.add([one], own=False, state="confirmed")
        seen.append(everything(store))
        with store.reading() as rx:
            view = rx.view(CLIENT)
        assert view is not None
        assert view.conflicts == ("pronouns",)
        assert view.to_data() == project(KINDS["client"], order).to_data()
        store.close()
    assert seen[0] == seen[1]


def test_a_full_rebuild_gives_the_same_views_facts_and_search(store: Store) -> None:
    contact = {
        "start": "2026-11-23T20:00:00.000Z",
        "stop": "2026-11-23T20:45:00.000Z",
        "outcome": "completed",
    }
    with store.writing() as tx:
        tx.add(
            [
                entry("client", CLIENT, {"set": {"legal_name": "Rossi, Rosa"}}),
                entry("contact", uid("c"), {"set": contact}, counter=2),
                *(note(f"slept {n} hours", n, doc={"contact": uid("c")}) for n in range(3, 9)),
            ],
            own=True,
            state="unsent",
        )
    with store.writing() as tx:
        tx.set_state(note("slept 4 hours", 4, doc={"contact": uid("c")}).hash, "rejected", "no")
    before = everything(store)
    assert len(before["view"]) == 7
    assert {row[2] for row in before["fact"]} == {"contact", "note", "note_of"}
    store.rebuild()
    assert everything(store) == before
    with store.reading() as rx:
        assert len(rx.search("slept")) == 5


def test_a_rejected_entry_is_kept_but_no_longer_folded(store: Store) -> None:
    first = entry("client", CLIENT, {"set": {"legal_name": "Rossi, Rosa"}})
    second = entry("client", CLIENT, {"set": {"legal_name": "Wrong, Name"}}, prev=[first.hash], counter=2)
    with store.writing() as tx:
        tx.add([first, second], own=True, state="unsent")
        tx.set_state(second.hash, "rejected", "too long")
        view = tx.view(CLIENT)
        assert tx.entry(second.hash) is not None
        assert [e.hash for e in tx.entries(CLIENT)] == [first.hash, second.hash]
    assert view is not None
    assert view.get("legal_name") == "Rossi, Rosa"
    with store.writing() as tx:
        tx.set_state(second.hash, "confirmed")
        assert (tx.view(CLIENT) or view).get("legal_name") == "Wrong, Name"


def test_a_kind_of_a_newer_version_is_kept_and_not_shown(store: Store) -> None:
    later = entry("seance", uid("later"), {"set": {"x": 1}})
    with store.writing() as tx:
        tx.add([later], own=False, state="confirmed")
        assert tx.view(uid("later")) is None
        assert tx.entry(later.hash) is not None
    store.rebuild()


def test_values_that_make_no_sense_do_not_stop_the_others(store: Store) -> None:
    odd = entry("contact", uid("odd"), {"set": {"start": "2026-99-99T99:99:99.999Z", "outcome": "completed"}})
    with store.writing() as tx:
        tx.add([odd, note("fine", 2)], own=False, state="confirmed")
        assert tx.view(uid("odd")) is not None
        assert tx.value("SELECT label FROM view WHERE record = ?", uid("odd")) == "Contact"
        assert tx.value("SELECT count(*) FROM view") == 2


def test_walled_and_erroneous_words_are_not_found(store: Store) -> None:
    wrong = note("about the neighbours", 3)
    error = entry(
        "note", wrong.envelope.id, {"reason": "wrong client"}, meaning="error", about=wrong.hash, counter=4
    )
    with store.writing() as tx:
        tx.add([note("about the piano", 1)], own=True, state="unsent")
        tx.add([note("about the dream", 2, sensitivity="psychotherapy")], own=True, state="unsent")
        tx.add([wrong], own=True, state="unsent")
        assert len(tx.search("about")) == 2
        tx.add([error], own=True, state="unsent")
        assert [hit.record for hit in tx.search("about")] == [uid("note 1")]
        assert tx.value("SELECT count(*) FROM fact WHERE record = ?", uid("note 2")) == 0


@pytest.mark.parametrize("query", ['"', "* OR", "NEAR(", "a AND", "-", "text:x", "müde", "MUDE"])
def test_nothing_that_is_typed_is_an_operator(store: Store, query: str) -> None:
    with store.writing() as tx:
        tx.add([note("sie war müde and tired or near")], own=True, state="unsent")
    with store.reading() as rx:
        found = rx.search(query)
    assert len(found) == (1 if query.lower() in ("müde", "mude", "near(", "* or") else 0)


def test_a_snippet_shows_the_word_without_minding_accents() -> None:
    text = "x" * 300 + " she felt müde\nall day " + "y" * 300
    assert "müde all day" in snippet(text, "mude")
    assert len(snippet(text, "mude")) <= 122


def test_newest_hits_come_first(store: Store) -> None:
    with store.writing() as tx:
        for n in (2, 1, 3):
            tx.add([note("sleep", n, at_ms=START_MS + n)], own=True, state="unsent")
    with store.reading() as rx:
        assert [hit.record for hit in rx.search("slee")] == [uid(f"note {n}") for n in (3, 2, 1)]


def test_a_failed_transaction_leaves_nothing_behind(store: Store) -> None:
    def cut() -> None:
        with store.writing() as tx:
            tx.next_counters(1)
            tx.add([note("hello")], own=True, state="unsent")
            tx.log("sign", "x", None, "ok", START_MS)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        cut()
    with store.reading() as rx:
        for table in ("entry", "view", "meta", "audit", "search_doc"):
            assert rx.value(f"SELECT count(*) FROM {table}") == 0
    with store.writing() as tx:
        assert tx.next_counters(2)[1] == 1
        assert tx.next_counters(1)[1] == 3


def test_a_reader_sees_one_moment(store: Store) -> None:
    with store.reading() as rx:
        assert rx.value("SELECT count(*) FROM entry") == 0
        with store.writing() as tx:
            tx.add([note("hello")], own=True, state="unsent")
        assert rx.value("SELECT count(*) FROM entry") == 0
    with store.reading() as rx:
        assert rx.value("SELECT count(*) FROM entry") == 1


def test_the_audit_trail_tells_where_it_was_changed(store: Store) -> None:
    with store.writing() as tx:
        for number in range(5):
            tx.log("view", uid(str(number)), CLIENT, "team", START_MS + number)
        assert audit.broken_at(tx.connection) is None
        data = tx.value("SELECT data FROM audit WHERE seq = 3")
        tx.execute("UPDATE audit SET data = ? WHERE seq = 3", data.replace(b"team", b"none"))
        assert audit.broken_at(tx.connection) == 3
        tx.execute("UPDATE audit SET data = ? WHERE seq = 3", data)
        tx.execute("DELETE FROM audit WHERE seq = 2")
        assert audit.broken_at(tx.connection) == 3


def test_unconfirmed_work_is_never_evicted(store: Store) -> None:
    mine, theirs = note("mine", 1), note("theirs", 2)
    with store.writing() as tx:
        tx.add([mine], own=True, state="unsent")
        tx.add([theirs], own=False, state="confirmed")
        with pytest.raises(ValueError, match="never evicted"):
            tx.evict([mine.envelope.id, theirs.envelope.id])
        tx.evict([theirs.envelope.id])
        assert tx.view(theirs.envelope.id) is None
        assert tx.search("theirs") == []
        assert isinstance(tx.view(mine.envelope.id), View)
