"""The rules of the fold, one example each: read these to learn what several offline authors get."""

from __future__ import annotations

from typing import Any

from fieldapp.records.canonical import dumps
from fieldapp.records.envelope import MAX_ENTRY_DEPTH
from fieldapp.records.fold import View, project
from tests.records.support import BOARD, NOTE, PLAN, Maker, shown, uid, values


def contested(view: View, name: str) -> bool:
    """Tell whether a field is a listed conflict, in both places where one can ask."""
    assert view.fields[name].contested == (name in view.conflicts)
    return view.fields[name].contested


# ── fields ───────────────────────────────────────────────────────────────────────────────────────


def test_a_later_write_that_saw_the_earlier_one_replaces_it() -> None:
    make = Maker()
    first = make.write((), {"title": "old", "place": "x"})
    second = make.write([first], {"title": "new"})
    view = make.view()
    assert (view.get("title"), view.get("place")) == ("new", "x")
    assert view.heads == [second.hash]
    assert view.conflicts == ()


def test_a_later_clock_does_not_win_over_ancestry() -> None:
    make = Maker()
    first = make.write((), {"title": "by a clock far ahead"}, at=1_000_000)
    make.write([first], {"title": "seen and rewritten"}, at=1)
    assert make.view().get("title") == "seen and rewritten"
    assert not contested(make.view(), "title")


def test_two_people_on_the_same_field_are_a_listed_conflict_and_both_values_stand() -> None:
    make = Maker()
    base = make.write((), {"title": "base"})
    make.write([base], {"title": "Ana's"}, who=0, at=10)
    make.write([base], {"title": "Ben's"}, who=1, at=20)
    view = make.view()
    assert contested(view, "title")
    assert values(view, "title") == ["Ben's", "Ana's"]  # the later effective time is shown first
    assert view.get("title") == "Ben's"


def test_two_people_on_different_fields_merge_without_a_conflict() -> None:
    make = Maker()
    base = make.write((), {"title": "base", "place": "x"})
    make.write([base], {"title": "new"}, who=0)
    make.write([base], {"place": "y"}, who=1)
    view = make.view()
    assert (view.get("title"), view.get("place")) == ("new", "y")
    assert len(view.leaves) == 2
    assert view.conflicts == ()


def test_the_same_value_written_twice_is_no_conflict() -> None:
    make = Maker()
    base = make.write((), {"title": "base"})
    make.write([base], {"title": "same"}, who=0)
    make.write([base], {"title": "same"}, who=1)
    view = make.view()
    assert not contested(view, "title")
    assert {write.name for write in view.fields["title"].writes} == {"Ana", "Ben"}


def test_true_and_one_are_different_values() -> None:
    make = Maker()
    make.write((), {"extra": True}, who=0)
    make.write((), {"extra": 1}, who=1)
    assert contested(make.view(), "extra")


def test_filled_is_shown_before_empty_whatever_the_time() -> None:
    empty: Any
    for empty in (None, "", [], {}):
        make = Maker()
        make.write((), {"extra": "filled"}, who=0, at=1)
        make.write((), {"extra": empty}, who=1, at=99)
        view = make.view()
        assert values(view, "extra") == ["filled", empty]
        assert contested(view, "extra")


def test_zero_and_false_are_filled() -> None:
    for value in (0, False):
        make = Maker()
        make.write((), {"extra": value}, who=0, at=1)
        make.write((), {"extra": None}, who=1, at=99)
        assert make.view().get("extra") is value


def test_equal_times_are_decided_by_the_hash_and_not_by_arrival() -> None:
    make = Maker()
    one = make.write((), {"title": "one"}, who=0, at=5)
    two = make.write((), {"title": "two"}, who=1, at=5)
    expected = max(one, two, key=lambda entry: entry.hash)
    for order in ([one, two], [two, one]):
        assert project(BOARD, order).fields["title"].writes[0].hash == expected.hash


def test_the_highest_level_is_shown_first_even_if_it_is_older() -> None:
    make = Maker()
    make.write((), {"level": "high"}, who=0, at=1)
    make.write((), {"level": "low"}, who=1, at=50)
    make.write((), {"level": None}, who=2, at=60)
    make.write((), {"level": "from a later schema"}, who=2, at=40)
    view = make.view()
    assert values(view, "level") == ["high", "low", "from a later schema", None]
    assert contested(view, "level")


def test_highest_orders_only_what_stands_a_seen_level_can_be_lowered() -> None:
    make = Maker()
    high = make.write((), {"level": "high"})
    make.write([high], {"level": "low"})
    assert make.view().get("level") == "low"


def test_revoked_is_true_once_anybody_says_so_even_if_somebody_else_saw_it_and_wrote_false() -> None:
    make = Maker()
    base = make.write((), {"revoked": False})
    revoked = make.write([base], {"revoked": True}, who=0)
    make.write([base], {"revoked": False}, who=1)
    make.write([revoked], {"revoked": False}, who=2)
    view = make.view()
    assert view.get("revoked") is True
    assert not contested(view, "revoked")


def test_a_sticky_field_is_false_again_when_the_entry_that_said_true_was_in_error() -> None:
    make = Maker()
    base = make.write((), {"revoked": False})
    wrong = make.write([base], {"revoked": True})
    make.about(wrong, "error")
    assert make.view().get("revoked") is False


def test_a_sticky_field_that_nobody_set_true_merges_like_any_other() -> None:
    make = Maker()
    base = make.write((), {"revoked": False})
    last = make.write([base], {"revoked": False})
    assert [write.hash for write in make.view().fields["revoked"].writes] == [last.hash]


# ── settling ─────────────────────────────────────────────────────────────────────────────────────


def forked(make: Maker) -> list[str]:
    """Let two people write `title` on the same version; return the leaves."""
    base = make.write((), {"title": "base"})
    make.write([base], {"title": "a"}, who=0)
    make.write([base], {"title": "b"}, who=1)
    return make.view().heads


def test_settling_with_every_leaf_in_prev_leaves_one_leaf_and_no_conflict() -> None:
    make = Maker()
    last = make.write(forked(make), {"title": "a"}, who=2)
    view = make.view()
    assert view.heads == [last.hash]
    assert view.conflicts == ()
    assert view.get("title") == "a"


def test_an_entry_on_every_leaf_that_does_not_write_the_field_settles_nothing() -> None:
    make = Maker()
    last = make.write(forked(make), {"place": "x"}, who=2)
    view = make.view()
    assert view.heads == [last.hash]
    assert contested(view, "title")  # one leaf, and still a conflict


def test_two_settlements_that_choose_the_same_are_two_leaves_and_no_conflict() -> None:
    make = Maker()
    leaves = forked(make)
    make.write(leaves, {"title": "a"}, who=2)
    make.write(leaves, {"title": "a"}, who=3)
    view = make.view()
    assert len(view.leaves) == 2
    assert view.conflicts == ()


def test_two_settlements_that_choose_differently_are_a_new_conflict_that_settles_the_same_way() -> None:
    make = Maker()
    leaves = forked(make)
    make.write(leaves, {"title": "a"}, who=2)
    make.write(leaves, {"title": "b"}, who=3)
    between = make.view()
    assert contested(between, "title")
    assert {write.name for write in between.fields["title"].writes} == {"Cai", "Dov"}
    make.write(between.heads, {"title": "b"}, who=0)
    assert make.view().conflicts == ()
    assert make.view().get("title") == "b"


def test_criss_cross_settlements_supersede_only_what_each_saw() -> None:
    make = Maker()
    base = make.write((), {"title": "base", "place": "base"})
    ana = make.write([base], {"title": "a"}, who=0)
    ben = make.write([base], {"place": "b"}, who=1)
    one = make.write([ana, ben], {"title": "a1"}, who=0)
    two = make.write([ana, ben], {"place": "b2"}, who=1)
    view = make.view()
    assert view.heads == sorted([one.hash, two.hash])
    assert (view.get("title"), view.get("place")) == ("a1", "b2")
    assert view.conflicts == ()
    three = make.write([one, two], {"title": "a3"}, who=0)
    four = make.write([one, two], {"title": "a4"}, who=1)
    assert {write.hash for write in make.view().fields["title"].writes} == {three.hash, four.hash}


def test_three_leaves_settle_at_once_and_a_settlement_of_two_leaves_the_third() -> None:
    make = Maker()
    base = make.write((), {"title": "base"})
    a, b, c = (make.write([base], {"title": text}, who=who) for who, text in enumerate("abc"))
    assert len(make.view().leaves) == 3
    assert len(make.view().fields["title"].writes) == 3
    two = make.write([a, b], {"title": "ab"}, who=3)
    view = make.view()
    assert view.heads == sorted([two.hash, c.hash])
    assert sorted(values(view, "title")) == ["ab", "c"]
    last = make.write(view.heads, {"title": "c"}, who=3)
    assert make.view().heads == [last.hash]
    assert make.view().conflicts == ()


def test_an_entry_with_an_empty_prev_on_an_existing_record_is_one_more_leaf() -> None:
    make = Maker()
    make.write((), {"title": "a"})
    make.write((), {"title": "b"}, who=1)
    view = make.view()
    assert len(view.leaves) == 2
    assert contested(view, "title")


def test_an_entry_whose_prev_is_not_at_hand_counts_with_what_is_held() -> None:
    make = Maker()
    first = make.write((), {"title": "a", "place": "x"})
    middle = make.write([first], {"title": "b"})
    last = make.write([middle], {"title": "c"})
    hole = make.view(first, last)
    assert hole.heads == sorted([first.hash, last.hash])
    assert contested(hole, "title")
    whole = make.view(first, last, middle)
    assert whole.heads == [last.hash]
    assert whole.conflicts == ()
    assert hole.step(last.hash) is not None
    assert make.view(last).get("title") == "c"


# ── lists ────────────────────────────────────────────────────────────────────────────────────────


def test_items_merge_field_by_field() -> None:
    make = Maker()
    base = make.write((), items={"i": {"text": "p", "amount": 1}})
    make.write([base], items={"i": {"text": "q"}}, who=0)
    make.write([base], items={"i": {"amount": 2}}, who=1)
    view = make.view()
    assert view.items("rows")["i"].to_data() == {"text": "q", "amount": 2}
    assert view.conflicts == ()


def test_two_values_of_one_item_field_are_a_conflict_that_names_list_item_and_field() -> None:
    make = Maker()
    base = make.write((), items={"i": {"text": "p"}})
    make.write([base], items={"i": {"text": "q"}}, who=0)
    make.write([base], items={"i": {"text": "r"}}, who=1)
    assert make.view().conflicts == ("rows/i/text",)


def test_a_drop_that_saw_the_item_takes_it_away_and_can_be_taken_back_by_a_new_add() -> None:
    make = Maker()
    base = make.write((), items={"i": {"text": "p"}, "j": {"text": "s"}})
    gone = make.write([base], drop=["i"])
    assert list(make.view().items("rows")) == ["j"]
    make.write([gone], items={"i": {"text": "again"}})
    view = make.view()
    assert view.items("rows")["i"].get("text") == "again"
    assert view.conflicts == ()


def test_a_drop_never_hides_a_concurrent_edit_the_item_stays_and_is_contested() -> None:
    make = Maker()
    base = make.write((), items={"i": {"text": "p", "amount": 1}})
    make.write([base], drop=["i"], who=0, at=99)
    make.write([base], items={"i": {"text": "q"}}, who=1, at=1)
    view = make.view()
    assert view.conflicts == ("rows/i",)
    assert view.items("rows")["i"].to_data() == {"text": "q", "amount": 1}


def test_remove_against_edit_settles_either_way() -> None:
    for keep in (True, False):
        make = Maker()
        base = make.write((), items={"i": {"text": "p"}})
        make.write([base], drop=["i"], who=0)
        make.write([base], items={"i": {"text": "q"}}, who=1)
        heads = make.view().heads
        make.write(heads, items={"i": {}} if keep else None, drop=[] if keep else ["i"], who=2)
        view = make.view()
        assert ("i" in view.items("rows")) == keep
        assert view.conflicts == ()


def test_two_people_dropping_the_same_item_is_no_conflict() -> None:
    make = Maker()
    base = make.write((), items={"i": {"text": "p"}})
    make.write([base], drop=["i"], who=0)
    make.write([base], drop=["i"], who=1)
    assert make.view().items("rows") == {}
    assert make.view().conflicts == ()


def test_a_drop_of_an_item_that_nobody_added_shows_nothing() -> None:
    make = Maker()
    make.write((), drop=["never"])
    assert make.view().items("rows") == {}


def test_done_on_an_item_is_true_once_anybody_says_so() -> None:
    make = Maker()
    base = make.write((), items={"i": {"text": "p", "done": False}})
    done = make.write([base], items={"i": {"done": True}}, who=0)
    make.write([base], items={"i": {"done": False}}, who=1)
    make.write([done], items={"i": {"done": False}}, who=2)
    view = make.view()
    assert view.items("rows")["i"].get("done") is True
    assert view.conflicts == ()


def test_a_drop_in_error_brings_the_item_back() -> None:
    make = Maker()
    base = make.write((), items={"i": {"text": "p"}})
    gone = make.write([base], drop=["i"])
    make.about(gone, "error")
    assert make.view().items("rows")["i"].get("text") == "p"
    assert make.view().conflicts == ()


# ── entered in error ─────────────────────────────────────────────────────────────────────────────


def test_an_error_takes_the_writes_away_and_what_they_had_superseded_stands_again() -> None:
    make = Maker()
    first = make.write((), {"title": "right", "place": "x"})
    wrong = make.write([first], {"title": "wrong"})
    make.about(wrong, "error")
    view = make.view()
    assert view.get("title") == "right"
    step = view.step(wrong.hash)
    assert step is not None  # it stays, struck through
    assert (step.status, step.leaf) == ("error", True)
    assert [note.meaning for note in view.notes] == ["error"]


def test_what_a_later_entry_superseded_stays_superseded_when_one_between_is_in_error() -> None:
    make = Maker()
    first = make.write((), {"title": "first"})
    wrong = make.write([first], {"title": "wrong"})
    make.write([wrong], {"title": "last"})
    make.about(wrong, "error")
    assert values(make.view(), "title") == ["last"]


def test_an_error_of_an_error_takes_it_back_and_a_third_puts_it_in_force_again() -> None:
    make = Maker()
    first = make.write((), {"title": "right"})
    second = make.write([first], {"title": "second"})
    error = make.about(second, "error")
    assert make.view().get("title") == "right"
    lift = make.about(error, "error")
    assert make.view().get("title") == "second"
    assert [note.hash for note in make.view().notes if note.lifted] == [error.hash]
    make.about(lift, "error")
    assert make.view().get("title") == "right"


def test_a_return_of_an_error_lifts_it() -> None:
    make = Maker()
    first = make.write((), {"title": "right"})
    error = make.about(first, "error", who=0)
    make.about(error, "return", who=3)
    view = make.view()
    assert view.get("title") == "right"
    assert view.steps[0].status == "saved"


def test_a_cosign_of_an_error_approves_it_and_changes_nothing() -> None:
    make = Maker()
    error = make.about(make.write((), {"title": "wrong"}), "error", who=0)
    make.about(error, "cosign", who=3)
    assert "title" not in make.view().fields
    assert make.view().in_error


def test_two_errors_on_one_entry_need_two_liftings() -> None:
    make = Maker()
    entry = make.write((), {"title": "a"})
    one, two = make.about(entry, "error"), make.about(entry, "error", who=0)
    make.about(one, "return")
    assert "title" not in make.view().fields
    make.about(two, "return")
    assert make.view().get("title") == "a"


def test_a_record_is_in_error_when_nothing_of_it_stands() -> None:
    make = Maker()
    base = make.write((), {"title": "base"})
    one, two = make.write([base], {"title": "a"}), make.write([base], {"title": "b"}, who=1)
    make.about(one, "error")
    assert not make.view().in_error
    make.about(two, "error")
    assert not make.view().in_error, "the entry that both followed stands again"
    assert make.view().get("title") == "base"
    assert [step.hash for step in make.view().standing] == [base.hash]
    assert make.view().status == "saved"
    make.about(base, "error")
    assert make.view().in_error
    assert make.view().status == "error"


def test_annotations_that_came_before_their_target_wait_for_it() -> None:
    make = Maker()
    entry = make.write((), {"title": "a"})
    error = make.about(entry, "error")
    alone = make.view(error)
    assert (alone.steps, alone.heads, alone.in_error) == ((), [], False)
    assert make.view(error, entry).in_error


# ── status ───────────────────────────────────────────────────────────────────────────────────────


def status(view: View) -> dict[str, str]:
    """Return the status of every step by hash."""
    return {step.hash: step.status for step in view.steps}


def note_to_cosign(make: Maker) -> Any:
    """Sign a note that needs a supervisor."""
    return make.version((), "first", cosign_required="supervisor")


def test_what_needs_no_cosign_is_final_at_once_and_a_save_is_saved() -> None:
    make = Maker(NOTE)
    assert make.view(make.version((), "text")).status == "final"
    board = Maker()
    assert board.view(board.write((), {"title": "a"})).status == "saved"
    assert board.view(board.write((), {"title": "a"}, meaning="sign")).status == "final"


def test_pending_until_somebody_else_cosigns_the_author_does_not_count() -> None:
    make = Maker(NOTE)
    note = note_to_cosign(make)
    assert make.view().status == "pending"
    make.about(note, "cosign", who=0)
    assert make.view().status == "pending"
    make.about(note, "cosign", who=3)
    assert make.view().status == "final"


def test_a_cosign_names_exactly_one_hash() -> None:
    make = Maker(NOTE)
    note = note_to_cosign(make)
    amended = make.version([note], "second", meaning="amend", cosign_required="supervisor")
    make.about(note, "cosign", who=3)
    assert status(make.view()) == {note.hash: "final", amended.hash: "pending"}
    assert make.view().status == "pending"


def test_a_cosign_that_was_taken_back_does_not_count() -> None:
    make = Maker(NOTE)
    cosign = make.about(note_to_cosign(make), "cosign", who=3)
    make.about(cosign, "error", who=3)
    view = make.view()
    assert view.status == "pending"
    assert [note.lifted for note in view.notes] == [True, False]


def test_a_concurrent_cosign_and_return_means_returned_and_both_are_shown() -> None:
    for cosign_at, return_at in ((10, 20), (20, 10)):
        make = Maker(NOTE)
        note = note_to_cosign(make)
        make.about(note, "cosign", who=3, at=cosign_at)
        make.about(note, "return", who=2, at=return_at)
        assert make.view().status == "returned"
        assert {n.meaning for n in make.view().notes} == {"cosign", "return"}


def test_an_error_is_stronger_than_a_return() -> None:
    make = Maker(NOTE)
    note = note_to_cosign(make)
    make.about(note, "return")
    make.about(note, "error")
    assert status(make.view()) == {note.hash: "error"}


def test_an_amendment_after_a_return_is_pending_again_and_names_the_return_it_answers() -> None:
    make = Maker(NOTE)
    note = note_to_cosign(make)
    sent_back = make.about(note, "return")
    assert make.view().status == "returned"
    amended = make.version(
        [note], "second", meaning="amend", cosign_required="supervisor", answers=[sent_back.hash]
    )
    view = make.view()
    assert view.status == "pending"
    assert view.doc == {"text": "second"}
    assert view.leaves[0].answers == (sent_back.hash,)
    assert status(view)[note.hash] == "returned"
    make.about(amended, "cosign")
    assert make.view().status == "final"


def test_an_addendum_changes_no_status_and_is_never_a_leaf() -> None:
    make = Maker(NOTE)
    note = make.version((), "text")
    addendum = make.about(note, "addendum", who=1, text="also")
    view = make.view()
    assert (view.heads, view.status) == ([note.hash], "final")
    assert [(n.hash, n.text, n.name) for n in view.notes] == [(addendum.hash, "also", "Ben")]


# ── documents ────────────────────────────────────────────────────────────────────────────────────


def test_a_document_version_is_one_whole_body() -> None:
    make = Maker(PLAN)
    first = make.version((), "one")
    second = make.version([first], "two", who=1)
    view = make.view()
    assert [version.hash for version in view.versions] == [second.hash]
    assert view.doc == {"text": "two"}


def test_two_leaves_of_a_plan_are_both_active() -> None:
    make = Maker(PLAN)
    base = make.version((), "base")
    one, two = make.version([base], "a", who=0), make.version([base], "b", who=1)
    view = make.view()
    assert {version.hash for version in view.versions} == {one.hash, two.hash}
    assert view.conflicts == ("doc",)


def test_a_version_in_error_gives_way_to_its_nearest_ancestors_not_in_error() -> None:
    make = Maker(PLAN)
    base = make.version((), "base")
    one, two = make.version([base], "a", who=0), make.version([base], "b", who=1)
    joined = make.version([one, two], "joined", who=2)
    make.about(joined, "error")
    assert {version.hash for version in make.view().versions} == {one.hash, two.hash}
    make.about(one, "error")
    assert [version.hash for version in make.view().versions] == [two.hash]
    make.about(two, "error")
    assert [version.hash for version in make.view().versions] == [base.hash]
    make.about(base, "error")
    assert make.view().versions == ()
    assert make.view().doc == {}


def test_an_ancestor_that_another_branch_replaced_does_not_come_back() -> None:
    make = Maker(PLAN)
    base = make.version((), "base")
    make.about(make.version([base], "wrong", who=0), "error")
    good = make.version([base], "good", who=1)
    assert [version.hash for version in make.view().versions] == [good.hash]


def test_a_pending_or_returned_version_stays_active_and_says_so() -> None:
    make = Maker(PLAN)
    base = make.version((), "base")
    pending = make.version([base], "new", cosign_required="mhp")
    assert (make.view().status, make.view().doc) == ("pending", {"text": "new"})
    make.about(pending, "return")
    assert (make.view().status, make.view().doc) == ("returned", {"text": "new"})


# ── the view itself ──────────────────────────────────────────────────────────────────────────────


def test_the_view_names_record_client_and_the_widest_sensitivity() -> None:
    make = Maker()
    make.write((), {"title": "a"})
    view = make.view()
    assert (view.id, view.client, view.kind, view.sensitivity) == (uid(1), uid(2), "board", "normal")


def test_a_deep_value_fits_into_the_view_as_it_fitted_into_the_entry() -> None:
    make = Maker()
    for path in ("set", "items"):
        deepest: Any = "bottom"
        # Envelope, body, set; or envelope, body, items, rows, item: the rest is for the value.
        for _ in range(MAX_ENTRY_DEPTH - (3 if path == "set" else 5)):
            deepest = [deepest]
        if path == "set":
            make.write((), {"extra": deepest})
        else:
            make.write((), items={"i": {"extra": deepest}})
    assert View.from_data(make.view().to_data()) == make.view()
    assert dumps(make.view().to_data()) == shown(make.view())


def test_first_and_last_are_effective_times_and_derived_comes_from_the_kind() -> None:
    make = Maker()
    base = make.write((), {"title": "a"}, at=7)
    make.write([base], {"title": "b"}, at=3)
    view = make.view()
    assert view.last_ms - view.first_ms == 4_000
    assert view.derived == {}
