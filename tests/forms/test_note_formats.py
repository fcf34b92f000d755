"""Formats and blocks of a note by keys, on a real laptop."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from fieldapp.records.kind import DOC
from fieldapp.screens.reading_text import parts
from fieldapp.screens.sign import SignDialog
from fieldapp.store.models import RecordRead
from fieldapp.widgets.form_line import FormText
from tests.forms.desk import (
    ADA,
    DAY,
    NAIR,
    NOTE_TEXT,
    PASSPHRASE,
    PROGRAM,
    TZ,
    Desk,
    field_of,
    form,
    ident,
    keys,
    make_app,
    settled,
    shown,
    top,
    typed,
    unlocked,
)

Make = Callable[..., Desk]


async def test_f5_changes_the_format_and_every_word_stays(desk_of: Make) -> None:
    """Under its own heading, until it is moved or signed; the draft keeps the new format's prompts."""
    desk = desk_of()
    contact = desk.contact(ADA)
    laptop = desk.opened()
    app = make_app(laptop)
    async with app.run_test(size=(80, 40)) as pilot:
        await unlocked(pilot)
        app.open("note", client=ADA, contact=contact)
        await settled(pilot)
        await typed(pilot, "seen")
        await keys(pilot, "f5", "3")
        names = [row["name"] for row in laptop.drafts()[0].values["prompts"]]
        assert names == ["behavior", "intervention", "response", "plan"]
        assert app.screen.query_one("#field-sections-data", FormText).text == "seen"
        assert "of another format" in shown(app)
        field_of(app, "sections-intervention").land()
        await typed(pilot, "asked")
        await keys(pilot, "f5", "4")
        text = shown(app)
        assert "Situation" in text
        assert app.screen.query_one("#field-sections-intervention", FormText).text == "asked"
        await keys(pilot, "f5", "escape")
        assert form(app).gather()["sections"] == {"data": "seen", "intervention": "asked"}


async def test_the_program_says_which_format_a_contact_starts_with(desk_of: Make) -> None:
    """With the agency's own words above its sections."""
    desk = desk_of()
    program = {
        "note_formats": {"individual_counseling": "GIRP"},
        "note_prompts": {"GIRP": [{"name": "goal", "label": "Which goal, in their words"}]},
    }
    desk.add("program", PROGRAM, {"set": program})
    desk.note(ADA, author=NAIR, ago=5 * DAY)
    contact = desk.contact(ADA)
    laptop = desk.opened()
    app = make_app(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await unlocked(pilot)
        app.open("note", client=ADA, contact=contact)
        await settled(pilot)
        assert "Which goal, in their words" in shown(app)
        assert laptop.drafts()[0].values["format"] == "GIRP"


async def test_blocks_come_by_one_key_and_are_signed_in_words(desk_of: Make) -> None:
    """F6 shows them; what holds something stays in sight."""
    desk = desk_of()
    contact = desk.contact(ADA)
    desk.note(ADA, author=NAIR, ago=5 * DAY)
    laptop = desk.opened()
    app = make_app(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await unlocked(pilot)
        app.open("note", client=ADA, contact=contact)
        await settled(pilot)
        for text in NOTE_TEXT.values():
            app.focused.insert(text)  # type: ignore[union-attr]
            await keys(pilot, "tab")
        assert "words of 60-180" in shown(app)
        await keys(pilot, "1", "1", "enter")
        assert not field_of(app, "interventions").display
        field_of(app, "progress").land()
        await keys(pilot, "4", "f6")
        assert field_of(app, "interventions").has_focus_within
        await keys(pilot, "1", "3", "enter", "1", "enter")
        await typed(pilot, "cooks again")
        await keys(pilot, "f6")
        assert field_of(app, "function").display
        assert not field_of(app, "substance-use").display
        await keys(pilot, "ctrl+s")
        assert top(app) is SignDialog
        await keys(pilot, "enter")
        await settled(pilot)
    read = laptop.note_for_contact(contact)
    assert isinstance(read, RecordRead)
    doc = read.versions[0].body[DOC]
    assert doc["progress"] == [{"goal": "Sleep six hours", "step": 1}]
    assert (doc["interventions"], doc["mse_quick"]) == (["mi", "dbt"], ["as_usual"])
    words = {part.label: part.text for part in parts("note", doc, TZ)}
    assert words["Goals"] == "Sleep six hours: +1 Better"
    assert words["Interventions"] == "Motivational interviewing; DBT skills"
    assert words["Mental status seen"] == "As usual for this client"
    assert words["Function"] == "cooks again"


@pytest.mark.parametrize(
    ("basis", "asked"), [({}, True), ({"disclosure_basis": "client_present_agreed"}, False)]
)
async def test_a_note_asks_on_what_basis_others_took_part(
    desk_of: Make, basis: dict[str, str], asked: bool
) -> None:
    """A warning: it can be answered with a reason."""
    desk = desk_of()
    contact = ident(777)
    desk.add("contact", contact, {
        "set": {"start": "2026-11-22T18:00:00.000Z", "stop": "2026-11-22T18:30:00.000Z", "outcome": "completed"},
        "items": {"participants": {"p": {"who": "Her sister"} | basis}},
    }, client=ADA, author=desk.staff)  # fmt: skip
    laptop = desk.opened()
    laptop.unlock(PASSPHRASE)
    draft = laptop.start("note", ADA, None, {"contact": contact, "format": "DAP"})
    found = [problem for problem in laptop.problems(draft.id) if problem.field == "participation"]
    assert [problem.stops for problem in found] == ([False] if asked else [])
    assert all("Her sister" in problem.sentence for problem in found)
