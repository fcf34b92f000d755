"""Reading any record, reviewing it, and settling what was written side by side, on a real laptop."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable
from dataclasses import replace
from typing import Any, cast

import pytest

from fieldapp.records.envelope import Author, Clock, Entry, Envelope, instant
from fieldapp.screens.note import NoteScreen
from fieldapp.screens.reading import ReadingScreen
from fieldapp.screens.reading_rights import actions
from fieldapp.screens.review import ReviewScreen
from fieldapp.screens.settle import SettleScreen
from fieldapp.screens.sign import SignDialog
from tests.forms.desk import (
    ADA,
    DANA,
    DAY,
    HOUR,
    LUCIA,
    NAIR,
    NOTE_TEXT,
    ORG,
    PASSPHRASE,
    PIN,
    TOM,
    TZ,
    Desk,
    form,
    ident,
    keys,
    make_app,
    opened_at,
    settled,
    shown,
    top,
    typed,
    unlocked,
)

Make = Callable[..., Desk]
SIZES = pytest.mark.parametrize("size", [(80, 24)], ids=["80x24"])


@SIZES
async def test_one_note_is_co_signed_in_four_keys(desk_of: Make, size: tuple[int, int]) -> None:
    """Budget C2, the PIN counted as one: open, c, PIN, enter; the note is read before."""
    desk = desk_of(NAIR)
    desk.note(ADA, author=TOM, ago=5 * HOUR, cosign="supervisor")
    laptop = desk.opened()
    app = make_app(laptop)
    async with app.run_test(size=size) as pilot:
        await unlocked(pilot)
        laptop.set_pin(PIN)
        desk.clock.move(minutes=11)
        await keys(pilot, "3")
        assert top(app) is ReviewScreen
        assert "1 waiting" in shown(app)
        count = await keys(pilot, "enter")
        assert top(app) is ReadingScreen
        assert "letter from the landlord" in shown(app)
        count += await keys(pilot, "c")
        assert top(app) is SignDialog
        await typed(pilot, PIN)
        count += 1 + await keys(pilot, "enter")
        assert count <= 4
        await settled(pilot)
        assert top(app) is ReviewScreen
        assert laptop.review() == ()
        read = laptop.record(laptop.timeline(ADA, 0, 1, ("note",))[0].record)
        assert read.status == "final"


async def test_the_queue_itself_co_signs_nothing(desk_of: Make) -> None:
    """There `c` is the key of a new contact: what was not opened cannot be co-signed."""
    desk = desk_of(NAIR)
    desk.note(ADA, author=TOM, ago=5 * HOUR, cosign="supervisor")
    laptop = desk.opened()
    app = make_app(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await unlocked(pilot)
        await keys(pilot, "3", "c")
        assert top(app) is not SignDialog
        assert [line.what for line in laptop.review()] == ["cosign"]


async def test_a_note_is_returned_with_a_reason_in_eight_keys(desk_of: Make) -> None:
    """Budget C3: open, r, digit, text, send."""
    desk = desk_of(NAIR)
    note = desk.note(ADA, author=TOM, ago=5 * HOUR, cosign="supervisor")
    laptop = desk.opened()
    app = make_app(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await unlocked(pilot)
        await keys(pilot, "3")
        count = await keys(pilot, "enter", "r", "2")
        focused: Any = app.focused
        focused.insert("name the housing goal")
        count += await keys(pilot, "ctrl+s")
        assert count <= 8
        await settled(pilot)
        read = laptop.record(note.envelope.id)
        assert read.status == "returned"
        assert read.annotations[0].reason == "Goal or plan is missing: name the housing goal"
        assert top(app) is ReviewScreen


async def test_an_error_is_marked_with_its_reason_and_approved_by_a_supervisor(desk_of: Make) -> None:
    """Struck through at once, still readable; out of the queue when approved."""
    desk = desk_of(NAIR)
    note = desk.note(ADA, author=TOM, ago=5 * HOUR)
    desk.add("note", note.envelope.id, {"reason": "Wrong client"}, client=ADA, author=TOM, meaning="error", about=note.hash)  # fmt: skip
    laptop = desk.opened()
    app = make_app(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await unlocked(pilot)
        await keys(pilot, "3", "enter")
        text = shown(app)
        assert "ENTERED IN ERROR" in text
        assert "Wrong client" in text
        assert "letter from the landlord" in text
        await keys(pilot, "c")
        assert "Approve this error" in shown(app)
        await keys(pilot, "enter")
        await settled(pilot)
        assert laptop.review() == ()


async def test_the_author_marks_an_error_and_goes_on_with_the_right_client(desk_of: Make) -> None:
    """The new note carries the words and where they came from, never the other client."""
    desk = desk_of()
    note = desk.note(ADA, author=DANA, ago=5 * HOUR)
    laptop = desk.opened()
    app = make_app(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await opened_at(pilot, "record", record=note.envelope.id)
        await keys(pilot, "x", "1", "ctrl+s", "y")
        await typed(pilot, "mor")
        await keys(pilot, "enter")
        await settled(pilot)
        assert laptop.record(note.envelope.id).in_error
        assert top(app) is NoteScreen
        draft = form(app).draft
        assert draft is not None
        assert draft.client == LUCIA
        assert draft.values["moved_from"] == note.hash
        assert "contact" not in draft.values


async def test_an_addendum_is_added_and_taken_back_and_stays_readable(desk_of: Make) -> None:
    """In one's own name, below the original."""
    desk = desk_of()
    note = desk.note(ADA, author=NAIR, ago=5 * HOUR)
    laptop = desk.opened()
    app = make_app(laptop)
    async with app.run_test(size=(80, 40)) as pilot:
        await opened_at(pilot, "record", record=note.envelope.id)
        await keys(pilot, "a")
        focused: Any = app.focused
        focused.insert("The landlord called back.")
        await keys(pilot, "ctrl+s")
        await settled(pilot)
        text = shown(app)
        assert "Addendum by Dana Reyes, LICSW" in text
        assert "The landlord called back." in text
        await keys(pilot, "u")
        focused = app.focused
        focused.insert("It was about somebody else")
        await keys(pilot, "ctrl+s")
        await settled(pilot)
        assert "Taken back by Dana Reyes" in shown(app)
        assert "The landlord called back." in shown(app)


async def test_only_what_the_role_allows_is_offered(desk_of: Make) -> None:
    """The footer offers nothing that the laptop would refuse."""
    desk = desk_of(TOM)
    others = desk.note(ADA, author=DANA, ago=5 * HOUR)
    mine = desk.note(ADA, author=TOM, ago=9 * HOUR, cosign="supervisor")
    laptop = desk.opened()
    laptop.unlock(PASSPHRASE)
    me = laptop.me
    read = laptop.record(others.envelope.id)
    assert actions(read, read.versions[0], me) == {"addendum"}
    read = laptop.record(mine.envelope.id)
    assert actions(read, read.versions[0], me) == {"addendum", "correct", "error"}
    supervisor = replace(
        me, staff=NAIR, name="Priya Nair", roles=("supervisor",), role="supervisor", is_mhp=True
    )
    assert actions(read, read.versions[0], supervisor) == {"addendum", "error", "cosign", "return"}


async def test_two_values_are_settled_in_six_keys_and_leave_one_leaf(desk_of: Make) -> None:
    """Budget C6: every value with who wrote it and when."""
    desk = desk_of()
    base = desk.add("client", LUCIA, {"set": {"housing_status": "housed"}}, client=LUCIA, prev=())
    heads = [base.hash]
    desk.add(
        "client",
        LUCIA,
        {"set": {"best_places_to_find": "Library on Hoyt"}},
        client=LUCIA,
        author=TOM,
        prev=heads,
    )
    desk.add(
        "client",
        LUCIA,
        {"set": {"best_places_to_find": "Bus station"}},
        client=LUCIA,
        author=NAIR,
        prev=heads,
    )
    laptop = desk.opened()
    app = make_app(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await opened_at(pilot, "settle", record=LUCIA, path="best_places_to_find")
        text = shown(app)
        assert "Library on Hoyt" in text
        assert "Bus station" in text
        assert "Tom Berg" in text
        count = 1 + await keys(pilot, "2", "enter")
        assert count <= 6
        await settled(pilot)
        read = laptop.record(LUCIA)
        assert read.conflicts == ()
        assert len(read.heads) == 1
        assert read.values["best_places_to_find"] == "Library on Hoyt"


async def test_a_new_value_may_be_written_instead(desk_of: Make) -> None:
    """In one's own name, over both."""
    desk = desk_of()
    base = desk.add("client", LUCIA, {"set": {"pcp": "Clinic A"}}, client=LUCIA)
    for author, text in ((TOM, "Clinic B"), (NAIR, "Clinic C")):
        desk.add("client", LUCIA, {"set": {"pcp": text}}, client=LUCIA, author=author, prev=[base.hash])
    laptop = desk.opened()
    app = make_app(laptop)
    async with app.run_test(size=(120, 40)) as pilot:
        await opened_at(pilot, "settle", record=LUCIA, path="pcp")
        await keys(pilot, "n")
        focused: Any = app.focused
        focused.insert("Clinic D, from January")
        await keys(pilot, "ctrl+s")
        await settled(pilot)
        assert laptop.record(LUCIA).values["pcp"] == "Clinic D, from January"
        assert top(app) is not SettleScreen


def _held_back(desk: Desk, sensitivity: str = "normal") -> Entry:
    """Put a note of a colleague on the supervisor's desk, as the server sends it."""
    doc = {"format": "free", "sections": {"text": "Found Ada at the ferry, cold but calm."}}
    envelope = Envelope(
        org=ORG, id=ident(77), kind="note", author=Author(TOM, "Tom Berg", "AAC", "tech"), device=ident(901),
        series=ident(951), counter=1, at=instant(desk.clock.now_ms() - DAY), tz=TZ, clock=Clock(0, None),
        meaning="sign", prev=(), body={"doc": doc}, client=ADA, sensitivity=sensitivity,
    )  # fmt: skip
    entry = Entry.made(envelope, b"\0" * 64)
    row = {"hash": entry.hash, "text": entry.data.decode(), "signature": b64encode(entry.signature).decode(),
           "reason": "Tom Berg is in another team.", "received": envelope.at}  # fmt: skip
    with desk.store.writing() as tx:
        tx.set_desk("quarantine", [row])
    return entry


async def test_what_the_server_holds_back_is_read_before_it_is_admitted_with_a_reason(desk_of: Make) -> None:
    """The decision is an entry of its own."""
    desk = desk_of(NAIR)
    entry = _held_back(desk)
    laptop = desk.opened()
    app = make_app(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await unlocked(pilot)
        await keys(pilot, "3")
        assert "held back" in shown(app)
        await keys(pilot, "enter")
        assert "Found Ada at the ferry" in shown(app)
        assert "Tom Berg is in another team." in shown(app)
        assert "Key unknown" in shown(app), "what the signature proves"
        await keys(pilot, "a", "1", "ctrl+s")
        await settled(pilot)
        assert "Admit" in shown(app)
    laptop.unlock(PASSPHRASE)
    with laptop._open().reading() as asking:  # the decision is kept under the hash that it is about
        view = asking.rx.views("quarantine_decision")[0]
    assert (view.get("hash"), view.get("decision"), view.get("reason")) == (
        entry.hash,
        "admit",
        "Was covering that day",
    )


async def test_words_that_only_their_author_reads_are_decided_unread(desk_of: Make) -> None:
    """Even if a server sent them."""
    desk = desk_of(NAIR)
    _held_back(desk, "psychotherapy")
    laptop = desk.opened()
    app = make_app(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await unlocked(pilot)
        await keys(pilot, "3", "enter")
        assert "Only its author reads this" in shown(app)
        assert "ferry" not in shown(app)
        await keys(pilot, "escape")
        assert top(app) is ReviewScreen


async def test_a_correction_is_what_its_author_sees_after_signing_it(desk_of: Make) -> None:
    """The record that was open shows the new version, not the one that came back."""
    desk = desk_of()
    note = desk.note(ADA, author=DANA, ago=5 * HOUR)
    laptop = desk.opened()
    app = make_app(laptop)
    async with app.run_test(size=(80, 40)) as pilot:
        await opened_at(pilot, "record", record=note.envelope.id)
        draft = laptop.start("note", record=note.envelope.id)
        said = {**draft.values, "sections": {**NOTE_TEXT, "plan": "Ferry on Monday, with the housing form."}}
        laptop.save_draft(draft.id, said)
        laptop.submit(draft.id, reason="The plan was missing")
        cast("Any", app).touched(note.envelope.id)
        await settled(pilot)
        assert "Ferry on Monday" in shown(app)
        assert "This is an earlier version" not in shown(app)


async def test_hostile_words_of_others_are_only_read(desk_of: Make) -> None:
    """Markup, escapes and links in a note and in its returns stay words."""
    desk = desk_of()
    hostile = "[/ [b]x[/b] [@click=app.quit]x \x1b]0;t\x07 \u202eabc \U0001f642"
    note = desk.note(
        ADA, author=NAIR, ago=HOUR, sections={"data": hostile, "assessment": "[" * 50, "plan": hostile}
    )
    desk.add(
        "note",
        note.envelope.id,
        {"reason": hostile},
        client=ADA,
        author=TOM,
        meaning="return",
        about=note.hash,
    )
    laptop = desk.opened()
    app = make_app(laptop)
    async with app.run_test(size=(80, 40)) as pilot:
        await opened_at(pilot, "record", record=note.envelope.id)
        text = shown(app)
        assert "\x1b" not in text
        assert "[@click=app.quit]x" in text


@pytest.mark.parametrize("kind", ["psychotherapy_note", "note"])
async def test_a_psychotherapy_note_that_is_opened_says_what_it_is_and_shows_no_word(
    desk_of: Make, kind: str
) -> None:
    desk = desk_of(DANA)
    words = "The xylophone dream"
    doc = (
        {"on": "2026-11-20", "text": words}
        if kind != "note"
        else {"format": "narrative", "sections": {"narrative": words}}
    )
    record = ident(777)
    desk.add(kind, record, {"doc": doc}, client=ADA, author=DANA, meaning="sign", sensitivity="psychotherapy")
    app = make_app(desk.opened())
    async with app.run_test(size=(80, 24)) as pilot:
        await opened_at(pilot, "chart", client=ADA)
        assert "xylophone" not in shown(app)
        app.open("record", record=record)
        await settled(pilot)
        said = " ".join(shown(app).split())
        assert "xylophone" not in said
        assert "A psychotherapy note: a professional's own analysis" in said
        assert "Its author alone" in said
        await keys(pilot, "P")
        assert "progress-note" not in shown(app)


async def test_the_newest_version_tells_of_an_addendum_to_the_one_before(desk_of: Make) -> None:
    desk = desk_of(DANA)
    first = desk.note(ADA, author=DANA, ago=5 * HOUR)
    record = first.envelope.id
    desk.add("note", record, {"text": "The letter was a mistake."}, client=ADA, author=NAIR, meaning="addendum",
             about=first.hash)  # fmt: skip
    doc = dict(first.envelope.body["doc"]) | {"participation": "Well"}
    desk.add("note", record, {"doc": doc, "reason": "Forgot it"}, client=ADA, author=DANA, meaning="amend",
             prev=[first.hash])  # fmt: skip
    app = make_app(desk.opened())
    async with app.run_test(size=(120, 50)) as pilot:
        await opened_at(pilot, "record", record=record)
        assert "Why corrected: Forgot it" in shown(app)
        assert "Addendum to version 1 by Priya Nair, LMHC" in shown(app)
        assert "The letter was a mistake." in shown(app)
        await keys(pilot, "left")
        assert "Addendum to version 1" not in shown(app)
        assert shown(app).count("The letter was a mistake.") == 1
