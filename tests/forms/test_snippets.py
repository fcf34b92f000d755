"""One's own texts for notes: written, put in, taken out, and read by nobody else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from fieldapp.errors import FieldappError
from fieldapp.screens.note import NoteScreen
from fieldapp.screens.snippets import SnippetsScreen
from tests.forms.desk import (
    ADA,
    DANA,
    PASSPHRASE,
    PROGRAM,
    TOM,
    Desk,
    field_of,
    ident,
    keys,
    make_app,
    opened_at,
    shown,
    top,
    typed,
)

Make = Callable[..., Desk]
SIZES = pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])
GROUNDING = "We practised grounding: five things seen, four heard. *** was easiest."


def kept(
    desk: Desk, number: int = 1, *, author: str = DANA, name: str = "Grounding", text: str = GROUNDING
) -> str:
    """Store a text that somebody keeps ready."""
    record = ident(700 + number)
    desk.add("snippet", record, {"set": {"name": name, "text": text}}, author=author)
    return record


def agency_has(desk: Desk) -> None:
    with desk.store.writing() as tx:
        view = tx.view(PROGRAM)
        assert view is not None
        texts = [{"name": "Cancelled late", "text": "Cancelled less than a day before."}]
        desk.put(tx, "program", PROGRAM, {"set": {"note_snippets": texts}}, prev=view.heads)


async def test_f7_in_a_note_leads_to_ones_own_texts_and_puts_one_in(desk_of: Make) -> None:
    desk = desk_of(DANA)
    contact = desk.contact(ADA)
    laptop = desk.opened()
    app = make_app(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await opened_at(pilot, "note", client=ADA, contact=contact)
        await keys(pilot, "f7", "1")
        assert top(app) is SnippetsScreen
        await keys(pilot, "w")
        await typed(pilot, "Grounding")
        await keys(pilot, "tab")
        await typed(pilot, "Five things seen.")
        await keys(pilot, "ctrl+s")
        assert top(app) is SnippetsScreen
        assert "My snippets · 1" in shown(app)
        assert "Five things seen." in shown(app)
        await keys(pilot, "escape")
        assert top(app) is NoteScreen
        await keys(pilot, "f7", "1")
        assert field_of(app, "sections-data").values() == {"sections.data": "Five things seen."}


async def test_ones_own_stand_below_the_agencys_and_say_that_they_are(desk_of: Make) -> None:
    desk = desk_of(DANA)
    contact = desk.contact(ADA)
    kept(desk)
    agency_has(desk)
    app = make_app(desk.opened())
    async with app.run_test(size=(80, 24)) as pilot:
        await opened_at(pilot, "note", client=ADA, contact=contact)
        await keys(pilot, "f7")
        assert all(
            words in shown(app)
            for words in ("1 Cancelled late", "2 Grounding (mine)", "3 My snippets: write")
        )
        await keys(pilot, "2")
        assert "five things seen" in str(field_of(app, "sections-data").values())


async def test_a_text_is_changed_and_taken_out_after_asking(desk_of: Make) -> None:
    desk = desk_of(DANA)
    kept(desk)
    laptop = desk.opened()
    app = make_app(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await opened_at(pilot, "snippets")
        await keys(pilot, "e")
        await typed(pilot, " 5-4-3")
        await keys(pilot, "ctrl+s")
        assert [line.name for line in laptop.snippets()] == ["Grounding 5-4-3"]
        await keys(pilot, "x", "n")
        assert len(laptop.snippets()) == 1
        await keys(pilot, "x", "y")
        assert laptop.snippets() == ()
        assert "None yet" in shown(app)


@pytest.mark.parametrize(
    ("text", "named"),
    [("Ada practised grounding.", "Ada"), ("Met Okafor at home.", "Okafor"), ("With Lucía's sister.", ""),
     ("Lucía and her sister.", "Lucía"), ("The canada goose, an ada.", ""), (GROUNDING, "")],
)  # fmt: skip
def test_a_clients_name_in_a_text_is_asked_about(desk_of: Make, text: str, named: str) -> None:
    laptop = desk_of(DANA).opened()
    laptop.unlock(PASSPHRASE)
    draft = laptop.start("snippet", None, None, {"name": "Grounding", "text": text})
    found = [problem for problem in laptop.problems(draft.id) if problem.field == "text"]
    assert [problem.sentence.partition(" is the name")[0] for problem in found] == ([named] if named else [])
    if named:
        assert not found[0].stops
        with pytest.raises(FieldappError):
            laptop.submit(draft.id)
        laptop.submit(draft.id, overrides={"text": "A colleague has that name too."})
    else:
        laptop.submit(draft.id)
    assert len(laptop.snippets()) == 1


def test_a_text_has_a_name_and_words_and_somebody_elses_is_not_listed(desk_of: Make) -> None:
    desk = desk_of(DANA)
    kept(desk, author=TOM)
    laptop = desk.opened()
    laptop.unlock(PASSPHRASE)
    assert laptop.snippets() == ()
    draft = laptop.start("snippet", None, None, {"name": " "})
    assert {problem.field for problem in laptop.problems(draft.id) if problem.stops} == {"name", "text"}


@SIZES
def test_the_list_of_texts_looks_as_it_was_accepted(
    desk_of: Make, snap_compare: Any, size: tuple[int, int]
) -> None:
    desk = desk_of(DANA)
    kept(desk)
    kept(
        desk,
        2,
        name="Consent [/b] asked again",
        text="Asked again what may be shared with ***; unchanged. [@click=x]y",
    )
    app = make_app(desk.opened())

    async def before(pilot: Any) -> None:
        await opened_at(pilot, "snippets")
        await keys(pilot, "down")

    assert snap_compare(app, terminal_size=size, run_before=before)


@SIZES
def test_the_form_of_a_text_looks_as_it_was_accepted(
    desk_of: Make, snap_compare: Any, size: tuple[int, int]
) -> None:
    desk = desk_of(DANA)
    record = kept(desk)
    app = make_app(desk.opened())

    async def before(pilot: Any) -> None:
        await opened_at(pilot, "snippet", record=record)

    assert snap_compare(app, terminal_size=size, run_before=before)
