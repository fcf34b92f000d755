"""Logging a contact by keys alone, on a real laptop."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from textual.widgets import Static

from fieldapp.records.envelope import instant
from fieldapp.records.ids import uuid7
from fieldapp.screens.acknowledge import Acknowledge
from fieldapp.screens.base import AUTOSAVE_S
from fieldapp.screens.contact import ContactScreen
from fieldapp.screens.note import NoteScreen
from fieldapp.widgets.form_choice import FormChoice
from fieldapp.widgets.form_line import FormLine
from fieldapp.widgets.form_span import FormSpan
from tests.forms.desk import (
    ADA,
    DANA,
    DAY,
    HOUR,
    MINUTE,
    NOW,
    PASSPHRASE,
    SAM,
    Desk,
    field_of,
    form,
    keys,
    make_app,
    settled,
    shown,
    top,
    typed,
    unlocked,
)

Make = Callable[..., Desk]
SIZES = pytest.mark.parametrize("size", [(80, 24)], ids=["80x24"])


@SIZES
async def test_an_attempt_is_logged_in_six_keys_from_the_picker(desk_of: Make, size: tuple[int, int]) -> None:
    """Budget A3: client, outcome digit, save; then the next try is offered."""
    desk = desk_of()
    laptop = desk.opened()
    app = make_app(laptop)
    async with app.run_test(size=size) as pilot:
        await unlocked(pilot)
        await keys(pilot, "4")
        count = await keys(pilot, "c")
        count += await typed(pilot, "li")
        count += await keys(pilot, "enter", "3", "ctrl+s")
        rows = laptop.timeline(SAM, 0, 5, ("contact",))
        assert [row.state for row in rows] == ["attempt_no_answer"]
        values = laptop.record(rows[0].record).values
        assert (values["start"], values["stop"]) == (instant(NOW), instant(NOW))
        assert values["note_required"] is False
        assert count <= 6
        await keys(pilot, "2")
        await settled(pilot)
        assert len(app.screen_stack) == 1
        visits = laptop.today("2026-11-23").visits
        assert [(visit.client, visit.note) for visit in visits] == [(SAM, "Next attempt")]


async def test_a_finished_visit_without_a_plan_takes_twelve_keys(desk_of: Make) -> None:
    """Budget A4 from the picker: outcome, length, and the defaults of the last contact."""
    desk = desk_of()
    desk.contact(SAM, ago=3 * DAY)
    laptop = desk.opened()
    app = make_app(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await unlocked(pilot)
        await keys(pilot, "4")
        count = await keys(pilot, "c")
        count += await typed(pilot, "li")
        count += await keys(pilot, "enter", "1")
        count += await typed(pilot, "45m")
        count += await keys(pilot, "ctrl+s")
        row = laptop.timeline(SAM, 0, 1, ("contact",))[0]
        values = laptop.record(row.record).values
        assert (values["start"], values["stop"]) == (instant(NOW - 45 * MINUTE), instant(NOW))
        assert (values["contact_type"], values["setting"], values["pos"]) == (
            "individual_counseling",
            "home",
            "12",
        )
        assert count <= 12
        await keys(pilot, "1")
        assert top(app) is NoteScreen
        draft = form(app).draft
        assert draft is not None
        assert draft.values["contact"] == row.record


async def test_a_planned_visit_gives_its_defaults_and_is_done_afterwards(desk_of: Make) -> None:
    """Type, place and way come from the plan, never the times."""
    desk = desk_of()
    visit = uuid7(NOW, b"0123456789")
    planned = {"staff": DANA, "start": instant(NOW + HOUR), "minutes": 45, "contact_type": "skills_training",
               "modality": "in_person", "setting": "office"}  # fmt: skip
    desk.add("planned_visit", visit, {"set": planned}, client=ADA)
    laptop = desk.opened()
    app = make_app(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await unlocked(pilot)
        app.open("contact", client=ADA, visit=visit)
        await settled(pilot)
        screen = app.screen
        assert isinstance(screen, ContactScreen)
        assert screen.query_one(FormSpan).empty
        await keys(pilot, "1")
        await typed(pilot, "now-30")
        await keys(pilot, "ctrl+s", "escape")
        values = laptop.record(laptop.timeline(ADA, 0, 1, ("contact",))[0].record).values
        assert (values["contact_type"], values["setting"]) == ("skills_training", "office")
        assert [line.state for line in laptop.today().visits] == ["done"]


async def test_a_stop_alert_is_read_before_the_form_opens(desk_of: Make) -> None:
    """Going back logs nothing and leaves no draft."""
    desk = desk_of()
    desk.alert(ADA)
    laptop = desk.opened()
    app = make_app(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await unlocked(pilot)
        app.open("contact", client=ADA)
        await settled(pilot)
        assert top(app) is Acknowledge
        await keys(pilot, "escape")
        assert top(app) is not ContactScreen
        assert laptop.drafts() == ()
        app.open("contact", client=ADA)
        await settled(pilot)
        await keys(pilot, "y")
        assert top(app) is ContactScreen


async def test_bad_times_are_said_at_the_field_and_stay_typed(desk_of: Make) -> None:
    """Nothing is thrown away and nothing is saved as something else."""
    desk = desk_of()
    laptop = desk.opened()
    app = make_app(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await unlocked(pilot)
        app.open("contact", client=ADA)
        await settled(pilot)
        await keys(pilot, "1")
        await typed(pilot, "2570")
        await keys(pilot, "tab")
        span = app.screen.query_one(FormSpan)
        assert "No clock shows that" in str(span.query_one(".problem", Static).content)
        await keys(pilot, "ctrl+s")
        assert top(app) is ContactScreen
        assert laptop.timeline(ADA, 0, 5, ("contact",)) == ()
        assert span.typed()["start"] == "2570"
        await form(app).flush()
        kept = laptop.drafts()[0]
    laptop.unlock(PASSPHRASE)
    app = make_app(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await unlocked(pilot)
        app.open("contact", draft=kept.id)
        await settled(pilot)
        assert app.screen.query_one(FormSpan).typed()["start"] == "2570"
        await keys(pilot, "backspace", "backspace", "backspace", "backspace")
        await typed(pilot, "45m")
        assert app.screen.query_one(FormSpan).typed() == {}


async def test_a_killed_form_opens_at_the_same_field_with_what_was_typed(desk_of: Make) -> None:
    """What is older than a second survives without any farewell."""
    desk = desk_of()
    laptop = desk.opened()
    app = make_app(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await unlocked(pilot)
        app.open("contact", client=ADA)
        await settled(pilot)
        await keys(pilot, "1")
        remark = app.screen.query_one("#field-remark", FormLine)
        remark.land()
        await typed(pilot, "brought fod")
        await keys(pilot, "left")
        await typed(pilot, "o")
        await pilot.pause(AUTOSAVE_S + 0.2)
        await settled(pilot)
        kept = laptop.drafts()[0]
        assert kept.values["remark"] == "brought food"
        # The process dies here: nothing is flushed any more.
        form(app)._over = True
    laptop.close()
    again = desk.laptop()
    app = make_app(again)
    async with app.run_test(size=(80, 24)) as pilot:
        await unlocked(pilot)
        app.open("contact", draft=kept.id)
        await settled(pilot)
        field = app.screen.query_one("#field-remark", FormLine)
        assert field.has_focus_within
        assert (field.text, field.place()) == ("brought food", "11")
        assert app.screen.query_one("#field-outcome", FormChoice).value == "completed"


async def test_a_call_asks_where_the_client_was_and_a_warning_wants_a_reason(desk_of: Make) -> None:
    """The reason is in the entry."""
    desk = desk_of()
    laptop = desk.opened()
    app = make_app(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await unlocked(pilot)
        app.open("contact", client=ADA)
        await settled(pilot)
        assert not app.screen.query_one("#field-client-location").display
        await keys(pilot, "1")
        await typed(pilot, "20m")
        await keys(pilot, "enter", "3")
        assert app.screen.query_one("#field-client-location").display
        await keys(pilot, "tab", "2")
        await keys(pilot, "ctrl+s")
        await typed(pilot, "on the bus")
        await keys(pilot, "enter")
        await typed(pilot, "hung up")
        await keys(pilot, "enter")
        read = laptop.record(laptop.timeline(ADA, 0, 1, ("contact",))[0].record)
        assert sorted(read.versions[0].overrides) == [
            ("client_location", "on the bus"),
            ("consent_on_file", "hung up"),
        ]


async def test_the_next_call_takes_over_what_the_last_one_said(desk_of: Make) -> None:
    """Consent, why no video, and in the same place whom to call there; where the client is and who listens are asked anew."""
    desk = desk_of()
    desk.contact(
        ADA, ago=3 * DAY, modality="audio_only", setting="telehealth_home", client_location="Her sister's",
        consent_on_file=True, privacy_check=True, audio_only_reason="no_device", emergency_number="425-555-0100",
    )  # fmt: skip
    laptop = desk.opened()
    app = make_app(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await unlocked(pilot)
        app.open("contact", client=ADA)
        await settled(pilot)
        await keys(pilot, "1")
        await typed(pilot, "20m")
        values = form(app).gather()
        assert (values["consent_on_file"], values["audio_only_reason"]) == (True, "no_device")
        assert not {"client_location", "privacy_check", "emergency_number", "platform"} & values.keys()
        assert not field_of(app, "platform").display
        field_of(app, "client-location").land()
        await typed(pilot, "her sister's")
        field_of(app, "privacy-check").land()
        await keys(pilot, "1", "ctrl+s", "escape")
        logged = laptop.record(laptop.timeline(ADA, 0, 1, ("contact",))[0].record).values
        assert (logged["emergency_number"], logged["privacy_check"]) == ("425-555-0100", True)
        assert len(app.screen_stack) == 1


async def test_a_visit_in_person_shows_nothing_of_telehealth(desk_of: Make) -> None:
    laptop = desk_of().opened()
    app = make_app(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await unlocked(pilot)
        app.open("contact", client=ADA)
        await settled(pilot)
        field_of(app, "modality").land()
        await keys(pilot, "1")
        names = ("consent-on-file", "platform", "audio-only-reason", "privacy-check", "emergency-number")
        assert not [name for name in names if field_of(app, name).display]
        field_of(app, "modality").land()
        await keys(pilot, "2")
        assert [name for name in names if field_of(app, name).display] == [names[0], names[1], *names[3:]]


async def test_others_present_carry_their_basis_and_keep_their_items(desk_of: Make) -> None:
    """A second look at the same contact does not make new people of them."""
    desk = desk_of()
    desk.contact(ADA, ago=4 * HOUR)
    laptop = desk.opened()
    app = make_app(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await unlocked(pilot)
        app.open("contact", client=ADA)
        await settled(pilot)
        await keys(pilot, "1")
        await typed(pilot, "30m")
        field_of(app, "participants").land()
        await typed(pilot, "Ngozi, Mr Hall")
        await keys(pilot, "enter", "1", "ctrl+s", "escape")
        record = laptop.timeline(ADA, 0, 1, ("contact",))[0].record
        first = laptop.record(record).values["participants"]
        assert sorted(row["who"] for row in first.values()) == ["Mr Hall", "Ngozi"]
        assert {row["disclosure_basis"] for row in first.values()} == {"client_present_agreed"}
        app.open("contact", record=record)
        await settled(pilot)
        app.screen.query_one("#field-remark", FormLine).land()
        await typed(pilot, "late addition")
        await keys(pilot, "ctrl+s")
        read = laptop.record(record)
        assert read.values["participants"] == first
        assert read.versions[1].body == {"set": {"remark": "late addition"}}


async def test_an_opened_and_left_form_leaves_no_draft_and_a_discarded_one_asks(desk_of: Make) -> None:
    """A draft exists once something was typed."""
    desk = desk_of()
    laptop = desk.opened()
    app = make_app(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await unlocked(pilot)
        app.open("contact", client=ADA)
        await settled(pilot)
        await keys(pilot, "escape")
        assert laptop.drafts() == ()
        app.open("contact", client=ADA)
        await settled(pilot)
        await keys(pilot, "8", "escape")
        assert [draft.values["outcome"] for draft in laptop.drafts()] == ["no_show"]
        app.open("contact", draft=laptop.drafts()[0].id)
        await settled(pilot)
        await keys(pilot, "f9", "enter")
        assert len(laptop.drafts()) == 1
        await keys(pilot, "f9", "y")
        assert laptop.drafts() == ()
        assert len(app.screen_stack) == 1


HOSTILE = ("[/", "[b]x[/b] [@click=app.quit]x", "\x1b]52;c;aGk=\x07bell", "名前 🙂 e\u0301", "a\u202eb")


@pytest.mark.parametrize("text", HOSTILE)
async def test_hostile_text_is_kept_as_words(desk_of: Make, text: str) -> None:
    """Pasted or stored, it neither styles nor ends nor commands anything."""
    from textual import events

    desk = desk_of()
    laptop = desk.opened()
    app = make_app(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await unlocked(pilot)
        app.open("contact", client=ADA)
        await settled(pilot)
        await keys(pilot, "1")
        await typed(pilot, "30m")
        await keys(pilot, "enter", "1", "1", "1")
        for name in ("participants", "remark"):
            field_of(app, name).land()
            await pilot.pause()
            focused: Any = app.focused
            focused.post_message(events.Paste(text))
            await settled(pilot)
        await keys(pilot, "ctrl+s", "escape")
        record = laptop.timeline(ADA, 0, 1, ("contact",))[0].record
        remark = laptop.record(record).values["remark"]
        assert "\x1b" not in remark
        assert "\u202e" not in remark
        app.open("record", record=record)
        await settled(pilot)
        shown = "".join(segment.text for strip in app.screen._compositor.render_strips() for segment in strip)
        assert "\x1b" not in shown
        assert remark.split()[0][:2] in shown


async def test_a_frozen_contact_is_corrected_with_a_reason_and_signed(desk_of: Make) -> None:
    """After its note was signed the facts change only by a correction that says why."""
    desk = desk_of()
    contact = desk.contact(ADA, ago=5 * HOUR)
    desk.note(ADA, author=DANA, contact=contact, ago=3 * HOUR)
    laptop = desk.opened()
    app = make_app(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await unlocked(pilot)
        app.open("contact", record=contact)
        await settled(pilot)
        app.screen.query_one("#field-travel-min", FormLine).land()
        await typed(pilot, "25")
        await keys(pilot, "ctrl+s")
        await typed(pilot, "forgot travel")
        await keys(pilot, "enter")
        read = laptop.record(contact)
        assert (read.versions[-1].meaning, read.versions[-1].reason) == ("amend", "forgot travel")
        assert read.values["travel_min"] == 25


async def test_the_agreed_next_contact_is_on_that_days_list(desk_of: Make) -> None:
    """It is planned for the same person, as long as this one was."""
    desk = desk_of()
    desk.contact(ADA, ago=3 * DAY)
    laptop = desk.opened()
    app = make_app(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await unlocked(pilot)
        app.open("contact", client=ADA)
        await settled(pilot)
        await keys(pilot, "1")
        await typed(pilot, "50m")
        field_of(app, "next-contact-at").land()
        await typed(pilot, "tue 10:00")
        await keys(pilot, "ctrl+s", "escape")
        visits = laptop.today("2026-11-24").visits
        assert [(visit.client, visit.minutes, visit.setting) for visit in visits] == [(ADA, 50, "home")]


async def test_times_filled_in_for_an_attempt_go_when_it_was_none(desk_of: Make) -> None:
    """A visit of no minutes is never left behind by a slip of the digit."""
    desk = desk_of()
    laptop = desk.opened()
    app = make_app(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await unlocked(pilot)
        app.open("contact", client=ADA)
        await settled(pilot)
        await keys(pilot, "3")
        span = app.screen.query_one(FormSpan)
        assert not span.empty
        await keys(pilot, "shift+tab", "1")
        assert span.empty


async def test_typed_times_and_those_filled_in_follow_the_corrected_clock(desk_of: Make) -> None:
    """A laptop two hours ahead writes the visit where it was, and shows the time that signing writes."""
    desk = desk_of()
    laptop = desk.opened()
    app = make_app(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await unlocked(pilot)
        with laptop._open().store.writing() as tx:  # as a round does
            tx.set_meta("clock_offset_ms", -2 * HOUR)
        desk.clock.at_ms = NOW + 2 * HOUR
        app.open("contact", client=SAM)
        await settled(pilot)
        await keys(pilot, "1")
        await typed(pilot, "now-45")
        await keys(pilot, "tab")
        assert "today 10:15-11:00 (45 min)" in shown(app)
        await keys(pilot, "escape")
        app.open("contact", client=ADA)
        await settled(pilot)
        await keys(pilot, "3")
        assert "today 11:00-11:00 (0 min)" in shown(app), "an attempt is now"
