"""Writing, signing and correcting a note by keys alone, on a real laptop."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from textual import events
from textual.widgets import Static

from fieldapp.laptop.laptop import Laptop
from fieldapp.records.kind import DOC
from fieldapp.screens.base import AUTOSAVE_S
from fieldapp.screens.note import NoteScreen
from fieldapp.screens.reading import ReadingScreen
from fieldapp.screens.sign import SignDialog
from fieldapp.store.models import RecordRead
from fieldapp.widgets.form_line import FormLine, FormText
from fieldapp.widgets.form_secret import SecretInput
from tests.forms.desk import (
    ADA,
    DANA,
    DAY,
    HOUR,
    NAIR,
    NOTE_TEXT,
    PASSPHRASE,
    PIN,
    TOM,
    TZ,
    Desk,
    field_of,
    form,
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


def signed_note(laptop: Laptop, contact: str) -> RecordRead:
    """Return the signed note of a contact."""
    found = laptop.note_for_contact(contact)
    assert isinstance(found, RecordRead)
    return found


async def fill(pilot: Any, text: str) -> None:
    """Put narrative into the section that has the focus; it costs no keys of the budget."""
    pilot.app.focused.insert(text)
    await settled(pilot)


async def write_dap(pilot: Any) -> int:
    """Fill in the three sections; returns the keys beside the text."""
    count = 0
    for text in NOTE_TEXT.values():
        await fill(pilot, text)
        count += await keys(pilot, "tab")
    return count


@pytest.mark.parametrize("size", [(80, 24)], ids=["80x24"])
async def test_a_brief_note_is_written_and_signed_in_twenty_keys(
    desk_of: Make, size: tuple[int, int]
) -> None:
    """Budget A6: sections, risk, goal, PIN."""
    desk = desk_of()
    contact = desk.contact(ADA, ago=20 * HOUR)
    desk.note(ADA, author=NAIR, ago=5 * DAY)
    laptop = desk.opened()
    app = make_app(laptop)
    async with app.run_test(size=size) as pilot:
        await unlocked(pilot)
        laptop.set_pin(PIN)
        desk.clock.move(minutes=11)
        app.open("note", client=ADA, contact=contact)
        await settled(pilot)
        count = 1  # the key that opens the note from the contact
        count += await write_dap(pilot)
        count += await keys(pilot, "1", "1", "enter", "ctrl+s")
        assert top(app) is SignDialog
        text = shown(app)
        assert "Signature" in text
        assert "Dana Reyes, LICSW" in text
        assert "Entry" in text
        assert laptop.needs_reauth
        count += await typed(pilot, PIN)
        count += await keys(pilot, "enter")
        assert count <= 20
        await settled(pilot)
        read = signed_note(laptop, contact)
        assert read.values["sections"] == NOTE_TEXT
        assert read.values["goals"] == ["Sleep six hours"]
        assert read.values["risk_block"] == {"answer": "none_observed"}
        assert laptop.drafts() == ()
        assert len(app.screen_stack) == 1


async def test_a_wrong_secret_signs_nothing_and_the_field_gives_nothing_away(desk_of: Make) -> None:
    """The secret cannot be copied or cut, and the text stays where it was."""
    desk = desk_of()
    contact = desk.contact(ADA)
    laptop = desk.opened()
    app = make_app(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await unlocked(pilot)
        desk.clock.move(minutes=11)
        app.open("note", client=ADA, contact=contact)
        await settled(pilot)
        await write_dap(pilot)
        await keys(pilot, "2")
        field_of(app, "goals").land()
        await settled(pilot)
        await typed(pilot, "sleep")
        await keys(pilot, "ctrl+s")
        secret = app.screen.query_one(SecretInput)
        await typed(pilot, "wrong words")
        secret.select_all()
        await keys(pilot, "ctrl+c", "ctrl+x")
        assert app.clipboard == ""
        assert secret.value == "wrong words"
        assert "wrong words" not in shown(app)
        await keys(pilot, "enter")
        assert top(app) is SignDialog
        assert secret.value == ""
        assert laptop.note_for_contact(contact) == laptop.drafts()[0]
        desk.clock.move(minutes=1)
        secret.value = PASSPHRASE
        await keys(pilot, "enter")
        await settled(pilot)
        assert laptop.drafts() == ()


async def test_the_risk_question_stops_and_short_sections_want_a_reason(desk_of: Make) -> None:
    """Hard stops are few; what may be overridden is overridden by name."""
    desk = desk_of()
    contact = desk.contact(ADA)
    laptop = desk.opened()
    app = make_app(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await opened_at(pilot, "note", client=ADA, contact=contact)
        await fill(pilot, "Short.")
        await keys(pilot, "ctrl+s")
        assert top(app) is NoteScreen
        assert "Answer the risk question." in shown(app)
        assert app.screen.query_one("#field-risk-block-answer").has_focus_within
        await keys(pilot, "3")
        assert app.screen.query_one("#field-risk-block-level").display
        await keys(pilot, "2", "ctrl+s")
        assert top(app) is SignDialog
        for _ in range(4):
            await typed(pilot, "phone only")
            await keys(pilot, "enter")
        await settled(pilot)
        read = signed_note(laptop, contact)
        assert read.values["risk_block"] == {"answer": "present", "level": "moderate"}
        assert {name for name, _ in read.versions[0].overrides} == {
            "sections.data", "sections.assessment", "sections.plan", "goals",
        }  # fmt: skip
        assert laptop.client_line(ADA).risk == "moderate"


async def test_a_late_note_asks_why_before_it_is_signed(desk_of: Make) -> None:
    """And is read as a late entry with its three times."""
    desk = desk_of()
    contact = desk.contact(ADA, ago=5 * DAY)
    laptop = desk.opened()
    app = make_app(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await opened_at(pilot, "note", client=ADA, contact=contact)
        await write_dap(pilot)
        await keys(pilot, "1")
        await typed(pilot, "sleep")
        await keys(pilot, "ctrl+s")
        assert top(app) is NoteScreen
        assert app.screen.query_one("#field-late-reason").has_focus_within
        await typed(pilot, "was ill")
        await keys(pilot, "ctrl+s")
        assert "LATE ENTRY" in shown(app)
        await keys(pilot, "enter")
        read = signed_note(laptop, contact)
        assert read.late
        app.open("record", record=read.record)
        await settled(pilot)
        text = shown(app)
        assert "LATE ENTRY" in text
        assert "Tue 17 Nov" in text
        assert "was ill" in text


async def test_a_technicians_note_says_that_it_goes_to_the_supervisor(desk_of: Make) -> None:
    """And waits there."""
    desk = desk_of(TOM)
    contact = desk.contact(ADA)
    laptop = desk.opened()
    app = make_app(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await opened_at(pilot, "note", client=ADA, contact=contact)
        await write_dap(pilot)
        await keys(pilot, "1")
        await typed(pilot, "sleep")
        await keys(pilot, "ctrl+s")
        assert "goes to your supervisor" in shown(app)
        await keys(pilot, "enter")
        read = signed_note(laptop, contact)
        assert read.status == "pending"


async def test_a_returned_note_is_corrected_under_its_reason(desk_of: Make) -> None:
    """The answer names the return and is pending again; the first version stays readable."""
    desk = desk_of(TOM)
    contact = desk.contact(ADA, ago=9 * DAY)
    # Signed in time: its correction, days after the limit, is no late entry and asks for no reason.
    note = desk.note(ADA, author=TOM, contact=contact, ago=8 * DAY, cosign="supervisor")
    returned = desk.add(
        "note", note.envelope.id, {"reason": "Say what was agreed about the landlord"}, client=ADA, author=NAIR,
        meaning="return", about=note.hash,
    )  # fmt: skip
    laptop = desk.opened()
    app = make_app(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await opened_at(pilot, "record", record=note.envelope.id)
        assert "RETURNED" in shown(app)
        await keys(pilot, "e")
        assert top(app) is NoteScreen
        assert "Say what was agreed about the landlord" in shown(app)
        assert not app.screen.query_one("#field-late-reason").display
        await fill(pilot, " He agreed to wait.")
        await keys(pilot, "ctrl+s", "enter")
        await settled(pilot)
        assert top(app) is ReadingScreen
        read = laptop.record(note.envelope.id)
        assert read.versions[-1].answers == (returned.hash,)
        assert read.status == "pending"
        assert len(read.versions) == 2


async def test_a_killed_note_opens_at_the_same_place_in_the_text(desk_of: Make) -> None:
    """Within a second of the last key the words are in the encrypted file."""
    desk = desk_of()
    contact = desk.contact(ADA)
    laptop = desk.opened()
    app = make_app(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await opened_at(pilot, "note", client=ADA, contact=contact)
        await fill(pilot, NOTE_TEXT["data"])
        await keys(pilot, "tab")
        await fill(pilot, "Line one\nLine two")
        await keys(pilot, "left", "left", "left")
        await pilot.pause(AUTOSAVE_S + 0.2)
        await settled(pilot)
        form(app)._over = True
    laptop.close()
    again = desk.laptop()
    app = make_app(again)
    async with app.run_test(size=(80, 24)) as pilot:
        await opened_at(pilot, "note", client=ADA, contact=contact)
        field = app.screen.query_one("#field-sections-assessment", FormText)
        assert field.has_focus_within
        assert (field.text, field.place()) == ("Line one\nLine two", "1:5")


async def test_another_format_keeps_every_word_on_screen(desk_of: Make) -> None:
    """Nothing is signed that is not shown."""
    desk = desk_of()
    contact = desk.contact(ADA)
    laptop = desk.opened()
    app = make_app(laptop)
    async with app.run_test(size=(80, 40)) as pilot:
        await opened_at(pilot, "note", client=ADA, contact=contact)
        await fill(pilot, "Words under data.")
        field_of(app, "format").land()
        await keys(pilot, "2")
        await settled(pilot)
        assert app.screen.query_one("#field-sections-subjective").display
        assert app.screen.query_one("#field-sections-data", FormText).text == "Words under data."
        assert laptop.drafts()[0].values["format"] == "SOAP"


async def test_with_room_the_last_note_risk_and_plan_stand_beside(desk_of: Make) -> None:
    """From 110 columns on."""
    desk = desk_of()
    contact = desk.contact(ADA)
    desk.note(ADA, author=NAIR, ago=5 * DAY)
    desk.plan(ADA)
    laptop = desk.opened()
    for size, beside in (((120, 40), True), ((80, 24), False)):
        app = make_app(laptop)
        async with app.run_test(size=size) as pilot:
            await opened_at(pilot, "note", client=ADA, contact=contact)
            said = str(app.screen.query_one("#beside-text", Static).content)
            assert ("Walk to the water" in said) is beside
            assert ("letter from the landlord" in said) is beside
            await keys(pilot, "escape")


async def test_a_correction_of_a_signed_note_says_why(desk_of: Make) -> None:
    """An amend by its author, signed again; the first version stays."""
    desk = desk_of()
    note = desk.note(ADA, author=DANA, ago=DAY)
    laptop = desk.opened()
    app = make_app(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await opened_at(pilot, "note", record=note.envelope.id)
        app.screen.query_one("#field-sections-data", FormText).land()
        await settled(pilot)
        await fill(pilot, " Corrected: five hours.")
        await keys(pilot, "ctrl+s")
        await typed(pilot, "hours were wrong")
        await keys(pilot, "enter")
        await settled(pilot)
        read = laptop.record(note.envelope.id)
        assert (read.versions[-1].meaning, read.versions[-1].reason) == ("amend", "hours were wrong")
        assert read.versions[0].body[DOC]["sections"] == NOTE_TEXT


async def test_pasted_text_enters_clean_and_whole(desk_of: Make) -> None:
    """Several lines stay lines; what could command a terminal stays outside."""
    desk = desk_of()
    contact = desk.contact(ADA)
    laptop = desk.opened()
    app = make_app(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await opened_at(pilot, "note", client=ADA, contact=contact)
        await fill(pilot, "Before  after")
        await keys(pilot, *["left"] * 6)
        focused: Any = app.focused
        focused.post_message(events.Paste("one\r\ntwo \x1b]52;c;aGk=\x07\u202eend"))
        await settled(pilot)
        text = app.screen.query_one("#field-sections-data", FormText).text
        assert text == "Before one\ntwo ]52;c;aGk=end after"


async def test_a_text_that_was_begun_goes_on_at_its_end(desk_of: Make) -> None:
    """A draft from elsewhere carries no cursor; typing must not land before the first word."""
    desk = desk_of()
    laptop = desk.opened()
    laptop.unlock(PASSPHRASE)
    begun = {"format": "DAP", "tz": TZ, "sections": {"data": "Ada was up early", "plan": "Call her"}}
    draft = laptop.start("note", ADA, values=begun)
    laptop.save_draft(draft.id, draft.values)
    app = make_app(laptop)
    async with app.run_test(size=(80, 40)) as pilot:
        await opened_at(pilot, "note", draft=draft.id)
        field = field_of(app, "sections-data")
        field.land()
        await typed(pilot, "!")
        await keys(pilot, "tab", "tab")
        await typed(pilot, "?")
        said = form(app).gather()["sections"]
        assert (said["data"], said["plan"]) == ("Ada was up early!", "Call her?")


async def test_signing_is_said_where_one_comes_back_to(desk_of: Make) -> None:
    """Else the form just vanishes, and one looks for the note to be sure."""
    desk = desk_of()
    contact = desk.contact(ADA)
    laptop = desk.opened()
    app = make_app(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await opened_at(pilot, "note", client=ADA, contact=contact)
        await write_dap(pilot)
        await keys(pilot, "2")
        await pilot.pause()
        laptop.reauthenticate(PASSPHRASE)
        app.screen.action_send()  # type: ignore[attr-defined]
        await settled(pilot)
        dialog = app.screen
        assert isinstance(dialog, SignDialog)
        for number, line in enumerate(dialog.query(FormLine)):
            line.restore({line.field: f"as agreed {number}"}, {})
        dialog.action_sign()
        await settled(pilot)
        assert "Signed: note on Okafor, Ada." in shown(app)
