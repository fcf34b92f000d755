"""Formats and blocks of a note by keys, on a real laptop."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.widgets import Static

from fieldapp.clinical.paragraphs import taken_out
from fieldapp.records.kind import DOC
from fieldapp.screens.note_rules import carried
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
    opened_at,
    settled,
    shown,
    top,
    typed,
)

Make = Callable[..., Desk]


async def test_f5_changes_the_format_and_every_word_stays(desk_of: Make) -> None:
    """Under its own heading, until it is moved or signed; the draft keeps the new format's prompts."""
    desk = desk_of()
    contact = desk.contact(ADA)
    laptop = desk.opened()
    app = make_app(laptop)
    async with app.run_test(size=(80, 40)) as pilot:
        await opened_at(pilot, "note", client=ADA, contact=contact)
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
        await opened_at(pilot, "note", client=ADA, contact=contact)
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
        await opened_at(pilot, "note", client=ADA, contact=contact)
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


async def test_a_snippet_goes_where_the_cursor_is_and_its_gaps_are_found(desk_of: Make) -> None:
    """The agency keeps it ready; a gap that stays is asked about when signing."""
    desk = desk_of()
    texts = [
        {"name": "No answer", "text": "Knocked, waited *** minutes."},
        {"name": "Call", "text": "Called."},
    ]
    desk.add("program", PROGRAM, {"set": {"note_snippets": texts}})
    laptop = desk.opened()
    app = make_app(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await opened_at(pilot, "note", client=ADA, contact=None)
        field_of(app, "sections-assessment").land()
        await typed(pilot, "first")
        await keys(pilot, "home", "f7")
        assert "No answer" in shown(app)
        await keys(pilot, "1")
        assert form(app).gather()["sections"] == {"assessment": "Knocked, waited *** minutes.first"}
        await form(app).flush()
        found = laptop.problems(laptop.drafts()[0].id)
        assert any(one.field == "sections.assessment" and "***" in one.sentence for one in found)
        await keys(pilot, "f7", "escape")
        assert form(app).gather()["sections"] == {"assessment": "Knocked, waited *** minutes.first"}


async def test_only_plan_lines_are_carried_forward_once_and_marked(desk_of: Make) -> None:
    """Never the story: what happened last time did not happen today."""
    desk = desk_of()
    contact = desk.contact(ADA)
    desk.note(ADA, author=NAIR, ago=5 * DAY)
    laptop = desk.opened()
    app = make_app(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await opened_at(pilot, "note", client=ADA, contact=contact)
        field_of(app, "sections-plan").land()
        await typed(pilot, "today")
        await keys(pilot, "f8", "f8")
        sections = form(app).gather()["sections"]
        assert list(sections) == ["plan"]
        assert sections["plan"].splitlines() == [
            "today",
            "Carried forward from Tue 17 Nov 2026 11:00:",
            *NOTE_TEXT["plan"].splitlines(),
        ]
        await keys(pilot, "f5", "6", "f8")
        assert "no plan to carry lines into" in shown(app)


async def test_what_was_carried_twice_is_not_marked_twice() -> None:
    """A plan line that came from before keeps no chain of marks."""
    first = carried({"sections": {"plan": "Call\n\n Bring the form"}}, "Mon")
    assert first == "Carried forward from Mon:\nCall\nBring the form"
    assert carried({"sections": {"plan": first}}, "Tue") == "Carried forward from Tue:\nCall\nBring the form"
    assert carried({"sections": {"plan": " "}}, "Tue") == carried({}, "Tue") == ""


async def test_beside_stand_the_last_three_notes_and_how_far_goals_moved(desk_of: Make) -> None:
    """With room; the note at hand is not among them."""
    desk = desk_of()
    for number in range(4):
        text = {"data": f"Story number {number}", "plan": "Call"}
        moved = [{"goal": "Sleep six hours", "step": number - 1}]
        desk.note(ADA, author=NAIR, ago=(9 - number) * DAY, sections=text, progress=moved)
    contact = desk.contact(ADA)
    laptop = desk.opened()
    app = make_app(laptop)
    async with app.run_test(size=(120, 40)) as pilot:
        await opened_at(pilot, "note", client=ADA, contact=contact)
        said = str(app.screen.query_one("#beside-text", Static).content)
    assert "Sleep six hours: +2 Much better" in said
    assert [number for number in range(4) if f"Story number {number}" in said] == [1, 2, 3]
    assert said.index("Story number 3") < said.index("Story number 1")


async def test_a_paragraph_is_carried_to_another_heading_by_one_key_and_no_word_is_lost(
    desk_of: Make,
) -> None:
    desk = desk_of()
    contact = desk.contact(ADA)
    app = make_app(desk.opened())
    async with app.run_test(size=(80, 24)) as pilot:
        await opened_at(pilot, "note", client=ADA, contact=contact)
        await typed(pilot, "Slept badly.")
        await keys(pilot, "enter", "enter")
        await typed(pilot, "Call on Wednesday.")
        await keys(pilot, "alt+down")
        assert form(app).gather()["sections"] == {"data": "Slept badly.", "assessment": "Call on Wednesday."}
        # The cursor went with it, so the same key carries it on.
        await keys(pilot, "ctrl+down")
        assert form(app).gather()["sections"] == {"data": "Slept badly.", "plan": "Call on Wednesday."}
        await keys(pilot, "alt+down")
        assert "There is no heading further on." in shown(app)
        await keys(pilot, "alt+up", "alt+up")
        assert form(app).gather()["sections"] == {"data": "Slept badly.\nCall on Wednesday."}
        await keys(pilot, "ctrl+up")
        assert "There is no heading before this one." in shown(app)


async def test_text_of_another_format_is_carried_under_a_heading_of_the_new_one(desk_of: Make) -> None:
    desk = desk_of()
    contact = desk.contact(ADA)
    app = make_app(desk.opened())
    async with app.run_test(size=(80, 24)) as pilot:
        await opened_at(pilot, "note", client=ADA, contact=contact)
        await typed(pilot, "Slept badly.")
        await keys(pilot, "f5", "7")
        field_of(app, "sections-data").land()
        await keys(pilot, "alt+up")
        assert form(app).gather()["sections"] == {"brief": "Slept badly."}


@given(st.lists(st.sampled_from(["", "a b", "c", "  ", "long line"]), max_size=8), st.integers(0, 9))
def test_taking_a_paragraph_out_loses_no_word_and_doubles_none(lines: list[str], row: int) -> None:
    text = "\n".join(lines)
    said, rest = taken_out(text, row)
    assert sorted(f"{said} {rest}".split()) == sorted(text.split())
    assert "" not in [line.strip() for line in said.split("\n")] or not said
    if any(line.strip() for line in lines[: row + 1]):
        assert said
