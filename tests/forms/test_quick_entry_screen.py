"""Quick entry by keys alone, on a real laptop: what is logged, what is asked, and what survives."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from textual import events

from fieldapp.app import FieldApp
from fieldapp.records.envelope import instant
from fieldapp.records.ids import uuid7
from fieldapp.screens.acknowledge import Acknowledge
from fieldapp.screens.base import AUTOSAVE_S
from fieldapp.screens.contact import ContactScreen
from fieldapp.screens.note import NoteScreen
from fieldapp.screens.quick import QuickScreen
from fieldapp.screens.reason_ask import Choose, Sure
from fieldapp.screens.sign import SignDialog
from fieldapp.widgets.form_line import FormLine, LineInput
from fieldapp.widgets.form_span import FormSpan
from tests.forms.desk import (
    ADA,
    DANA,
    DAY,
    HOUR,
    LUCIA,
    MINH,
    MINUTE,
    NOW,
    PASSPHRASE,
    PROGRAM,
    SAM,
    TEAM,
    Desk,
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
OTHER_MINH = ident(29)


def quick(app: FieldApp) -> QuickScreen:
    """Return quick entry, which is on top."""
    assert isinstance(app.screen, QuickScreen), type(app.screen)
    return app.screen


def line(app: FieldApp) -> str:
    """Return what stands in the line."""
    return quick(app).query_one("#line", LineInput).value


def at_line(app: FieldApp) -> str:
    """Return the sentence under the line."""
    return str(quick(app).query_one("#asking").render())


async def entered(pilot: Any, text: str) -> None:
    """Open quick entry if it is not open, and paste a line."""
    if not isinstance(pilot.app.screen, QuickScreen):
        await keys(pilot, "f4")
    pilot.app.focused.post_message(events.Paste(text))
    await settled(pilot)


def contacts(laptop: Any, client: str) -> list[dict[str, Any]]:
    """Return the values of a client's contacts, newest first."""
    return [dict(laptop.record(row.record).values) for row in laptop.timeline(client, 0, 9, ("contact",))]


def another_minh(desk: Desk) -> None:
    """Add a second client of the same name."""
    values = {
        "home_program": PROGRAM,
        "home_team": TEAM,
        "legal_name": "Tran, Minh",
        "dob": "1991-02-01",
        "mrn": "N-9",
    }
    desk.add("client", OTHER_MINH, {"set": values}, client=OTHER_MINH)


async def test_one_line_logs_the_visit_with_what_it_leaves_open_from_the_last_contact(desk_of: Make) -> None:
    desk = desk_of()
    desk.contact(SAM, ago=3 * DAY)
    desk.note(SAM, author=DANA, ago=3 * DAY)
    laptop = desk.opened()
    app = make_app(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await unlocked(pilot)
        await entered(pilot, "lindqvist 9:30 45m skills g2 calm, took meds")
        assert "as last time, Thu 19 Nov" in shown(app)
        assert "Keep the flat" in shown(app)
        await keys(pilot, "enter")
        assert line(app) == ""
        assert (
            "Logged: Lindqvist, Sam · Completed · 09:30-10:15 (45 min) · Home · Skills training"
            in " ".join(shown(app).split())
        )
        values = contacts(laptop, SAM)[0]
        assert {name: values[name] for name in ("outcome", "setting", "pos", "modality", "contact_type", "remark", "goals",
                                                "note_required", "tz")} == {
            "outcome": "completed", "setting": "home", "pos": "12", "modality": "in_person",
            "contact_type": "skills_training", "remark": "calm, took meds", "goals": ["Keep the flat"],
            "note_required": True, "tz": "America/Los_Angeles",
        }  # fmt: skip
        assert (values["start"], values["stop"]) == (instant(NOW - 90 * MINUTE), instant(NOW - 45 * MINUTE))
        assert (values["service_code"], values["units"], values["units_minutes"]) == ("H2014", 3, 45)
        assert "nearest" in values["units_why"]
        assert laptop.drafts() == ()


async def test_several_in_a_row_and_the_list_of_the_sitting_with_its_state(desk_of: Make) -> None:
    laptop = desk_of().opened()
    app = make_app(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await unlocked(pilot)
        for text in ("ada na", "sam nh", "lucia lm"):
            await entered(pilot, text)
            await keys(pilot, "enter")
        assert [one.client for one in quick(app).logged] == [ADA, SAM, LUCIA]
        assert [one.state for one in quick(app).logged] == ["not sent"] * 3
        assert "Logged in this sitting · 3" in shown(app)
        assert [contacts(laptop, client)[0]["outcome"] for client in (ADA, SAM, LUCIA)] == [
            "attempt_no_answer", "attempt_not_home", "attempt_left_message",
        ]  # fmt: skip
        assert contacts(laptop, ADA)[0]["contact_type"] == "outreach_engagement"


async def test_keys_typed_ahead_over_enter_land_in_the_next_line(desk_of: Make) -> None:
    """Somebody fast types the next client before the last one is on disk."""
    from tests.forms.test_fast_keys import at_once

    laptop = desk_of().opened()
    app = make_app(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await unlocked(pilot)
        await keys(pilot, "f4")
        await at_once(pilot, "okafor na", "enter", "lindqvist nh", "enter", "mor")
        assert [len(contacts(laptop, client)) for client in (ADA, SAM, LUCIA)] == [1, 1, 0]
        assert line(app) == "mor"


async def test_the_planned_visit_gives_place_and_type_and_is_done_afterwards(desk_of: Make) -> None:
    desk = desk_of()
    planned = {"staff": DANA, "start": instant(NOW - HOUR), "minutes": 45, "contact_type": "peer_support",
               "modality": "in_person", "setting": "shelter"}  # fmt: skip
    desk.add("planned_visit", uuid7(NOW, b"0123456789"), {"set": planned}, client=ADA)
    laptop = desk.opened()
    app = make_app(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await unlocked(pilot)
        await entered(pilot, "next 45m")
        assert "Okafor, Ada" in shown(app)
        assert "as planned 10:00" in shown(app)
        await keys(pilot, "enter")
        values = contacts(laptop, ADA)[0]
        assert (values["setting"], values["contact_type"]) == ("shelter", "peer_support")
        assert [visit.state for visit in laptop.today().visits] == ["done"]
        await entered(pilot, "next na")
        assert at_line(app) == "✗ Nobody is left on today's plan: type a name."


async def test_what_is_missing_is_asked_one_at_a_time_and_typed_before_the_remark(desk_of: Make) -> None:
    laptop = desk_of().opened()
    app = make_app(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await unlocked(pilot)
        await entered(pilot, "ada calm, slept well")
        await keys(pilot, "enter")
        assert at_line(app).startswith("→ What came of it?")
        await typed(pilot, "45m")
        await keys(pilot, "enter")
        assert at_line(app).startswith("→ What was it?")
        await typed(pilot, "skills")
        await keys(pilot, "enter")
        assert at_line(app).startswith("→ How did you meet?")
        await typed(pilot, "f2f")
        await keys(pilot, "enter")
        assert at_line(app).startswith("→ Where did you meet?")
        await typed(pilot, "home")
        assert line(app) == "ada 45m skills f2f home calm, slept well"
        await keys(pilot, "enter")
        values = contacts(laptop, ADA)[0]
        assert (values["setting"], values["remark"]) == ("home", "calm, slept well")


async def test_where_the_client_was_is_asked_once_then_a_reason_is(desk_of: Make) -> None:
    """As in the form, a call may be saved without the place, with a reason."""
    laptop = desk_of().opened()
    app = make_app(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await unlocked(pilot)
        await entered(pilot, "ada phone 20m cm")
        await keys(pilot, "enter")
        assert at_line(app).startswith("→ Where was the client during the call?")
        await keys(pilot, "enter")
        assert at_line(app).startswith("→ Is a consent to telehealth on file?")
        await keys(pilot, "enter")
        assert top(app) is SignDialog
        await typed(pilot, "on the bus")
        await keys(pilot, "enter")
        await typed(pilot, "hung up")
        await keys(pilot, "enter")
        read = laptop.record(laptop.timeline(ADA, 0, 1, ("contact",))[0].record)
        assert sorted(read.versions[0].overrides) == [
            ("client_location", "on the bus"),
            ("consent_on_file", "hung up"),
        ]


async def test_of_a_call_only_what_is_missing_is_asked_and_what_was_said_last_time_is_taken_over(
    desk_of: Make,
) -> None:
    laptop = desk_of().opened()
    app = make_app(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await unlocked(pilot)
        await entered(pilot, "ada phone 10:00 5m cm em 425-555-0100 @ her sister's, tired")
        for asked, answer in (
            ("→ Is a consent", "consent ok"), ("→ Could somebody", "private"), ("→ Why no video?", "no camera"),
        ):  # fmt: skip
            await keys(pilot, "enter")
            assert at_line(app).startswith(asked)
            await typed(pilot, answer)
        assert "consent on file · nobody listens" in shown(app)
        await keys(pilot, "enter")
        first = contacts(laptop, ADA)[0]
        assert {name: first[name] for name in ("client_location", "consent_on_file", "privacy_check",
                "audio_only_reason", "emergency_number")} == {
            "client_location": "her sister's", "consent_on_file": True, "privacy_check": True,
            "audio_only_reason": "no_device", "emergency_number": "425-555-0100",
        }  # fmt: skip
        await entered(pilot, "ada phone 9:00 5m cm private @ her sister's, better")
        assert at_line(app) == "Complete: enter saves it."
        await keys(pilot, "enter")
        assert contacts(laptop, ADA)[1]["emergency_number"] == "425-555-0100"


async def test_two_clients_of_one_name_are_told_apart_and_picked_by_hand(desk_of: Make) -> None:
    desk = desk_of()
    another_minh(desk)
    laptop = desk.opened()
    app = make_app(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await unlocked(pilot)
        await entered(pilot, "minh na")
        assert "b. 1984" in shown(app)
        assert "b. 1991 · N-9" in shown(app)
        await keys(pilot, "enter")
        assert contacts(laptop, MINH) == contacts(laptop, OTHER_MINH) == [], "enter alone picks nobody"
        picked = {}
        for steps in (1, 2):
            await keys(pilot, *["down"] * steps, "enter")
            assert line(app) == "Tran Minh na"
            picked[steps] = quick(app).client_at_hand
            await keys(pilot, "ctrl+u")
            await entered(pilot, "minh na")
        assert set(picked.values()) == {MINH, OTHER_MINH}
        await keys(pilot, "down", "enter", "enter")
        assert len(contacts(laptop, str(picked[1]))) == 1
        assert len(contacts(laptop, str(picked[2]))) == 0


async def test_a_slip_of_the_keys_wants_one_more_enter(desk_of: Make) -> None:
    laptop = desk_of().opened()
    app = make_app(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await unlocked(pilot)
        await entered(pilot, "lindqvits na")
        assert at_line(app) == "✗ Is “lindqvits” Lindqvist, Sam? Enter takes the name, or correct it."
        await keys(pilot, "enter")
        assert contacts(laptop, SAM) == []
        assert line(app) == "Lindqvist Sam na"
        await keys(pilot, "enter")
        assert len(contacts(laptop, SAM)) == 1


async def test_alerts_are_read_before_it_is_saved_and_going_back_keeps_the_line(desk_of: Make) -> None:
    desk = desk_of()
    desk.alert(ADA)
    laptop = desk.opened()
    app = make_app(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await unlocked(pilot)
        await entered(pilot, "ada na")
        assert "■ STOP" in shown(app)
        await keys(pilot, "enter")
        assert top(app) is Acknowledge
        await keys(pilot, "escape")
        assert line(app) == "ada na"
        assert contacts(laptop, ADA) == []
        await keys(pilot, "enter", "y")
        assert len(contacts(laptop, ADA)) == 1


async def test_the_same_visit_is_asked_as_the_form_asks_it(desk_of: Make) -> None:
    desk = desk_of()
    desk.contact(ADA, ago=2 * HOUR)
    laptop = desk.opened()
    app = make_app(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await unlocked(pilot)
        await entered(pilot, "ada 9:30 45m")
        await keys(pilot, "enter")
        assert top(app) is SignDialog
        assert "is it the same visit?" in shown(app)
        await keys(pilot, "escape")
        assert line(app) == "ada 9:30 45m"
        await keys(pilot, "enter")
        await typed(pilot, "two of us")
        await keys(pilot, "enter")
        assert len(contacts(laptop, ADA)) == 2


async def test_same_again_repeats_the_last_with_a_new_time_by_key_and_by_word(desk_of: Make) -> None:
    laptop = desk_of().opened()
    app = make_app(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await unlocked(pilot)
        await entered(pilot, "ada 9:00 20m office cm, brought forms")
        await keys(pilot, "enter", "f6")
        assert line(app) == "Okafor office cm "
        await typed(pilot, "10:00 15m")
        await keys(pilot, "enter")
        newest = contacts(laptop, ADA)[0]
        assert (newest["start"], newest["setting"], newest["contact_type"]) == (
            instant(NOW - HOUR), "office", "case_management",
        )  # fmt: skip
        assert "remark" not in newest
        await entered(pilot, "again sam 30m")
        await keys(pilot, "enter")
        assert contacts(laptop, SAM)[0]["contact_type"] == "case_management"
        assert contacts(laptop, SAM)[0]["setting"] == "office"


async def test_tab_opens_the_whole_form_with_everything_and_comes_back_to_an_empty_line(
    desk_of: Make,
) -> None:
    laptop = desk_of().opened()
    app = make_app(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await unlocked(pilot)
        await entered(pilot, "ada 25:00 home office skills travel 25m, brought food")
        await keys(pilot, "tab")
        assert top(app) is ContactScreen
        values = form(app).gather()
        assert (values["setting"], values["contact_type"], values["travel_min"]) == (
            "home",
            "skills_training",
            25,
        )
        assert values["remark"] == "office, brought food", "a word without a field is not lost"
        assert app.screen.query_one(FormSpan).typed()["start"] == "25:00"
        app.screen.query_one(FormSpan).land("start:5")
        await keys(pilot, *["backspace"] * 5)
        await typed(pilot, "45m")
        await keys(pilot, "shift+tab", "1", "ctrl+s", "escape")
        while not isinstance(app.screen, QuickScreen):
            await keys(pilot, "escape")
        assert line(app) == ""
        assert contacts(laptop, ADA)[0]["remark"] == "office, brought food"


async def test_a_name_that_nobody_has_goes_on_in_the_forms_picker(desk_of: Make) -> None:
    laptop = desk_of().opened()
    app = make_app(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await unlocked(pilot)
        await entered(pilot, "xaverl na, at the door")
        await keys(pilot, "enter")
        assert "Nobody on your list is called “xaverl”" in at_line(app)
        await keys(pilot, "tab")
        assert app.screen.query_one("#find").value == "xaverl"  # type: ignore[attr-defined]
        await keys(pilot, *["backspace"] * 6)
        await typed(pilot, "okafor")
        await keys(pilot, "enter")
        assert top(app) is ContactScreen
        await keys(pilot, "ctrl+s")
        values = contacts(laptop, ADA)[0]
        assert (values["outcome"], values["remark"]) == ("attempt_no_answer", "at the door")


async def test_f7_goes_on_with_the_note_or_the_next_try(desk_of: Make) -> None:
    laptop = desk_of().opened()
    app = make_app(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await unlocked(pilot)
        await entered(pilot, "ada na")
        await keys(pilot, "enter", "f7")
        assert top(app) is Choose
        await keys(pilot, "2")
        assert [visit.note for visit in laptop.today("2026-11-23").visits] == ["Next attempt"]
        await entered(pilot, "sam 45m home skills")
        await keys(pilot, "enter", "f7", "1")
        assert top(app) is NoteScreen


async def test_the_second_attempt_says_what_to_consider(desk_of: Make) -> None:
    """Two failed attempts: other phone, support person, drive-by, welfare check (clinical.md 2.8)."""
    laptop = desk_of().opened()
    app = make_app(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await unlocked(pilot)
        await entered(pilot, "ada na 9:00")
        await keys(pilot, "enter")
        assert "tries without seeing" not in shown(app)
        await entered(pilot, "ada na")
        await keys(pilot, "enter")
        assert "2 tries without seeing them; your supervisor has a task." in " ".join(shown(app).split())


# What survives


async def test_a_killed_line_opens_as_it_was_and_now_stays_the_moment_it_was_typed(desk_of: Make) -> None:
    desk = desk_of()
    laptop = desk.opened()
    app = make_app(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await unlocked(pilot)
        await entered(pilot, "xy now-45")
        await pilot.pause(AUTOSAVE_S + 0.2)
        await settled(pilot)
        assert len(laptop.drafts()) == 1
        # The process dies here: nothing is flushed any more.
        quick(app)._over = True
    laptop.close()
    desk.clock.move(minutes=200)
    again = desk.laptop()
    app = make_app(again)
    async with app.run_test(size=(80, 24)) as pilot:
        await unlocked(pilot)
        assert "Quick entry: not finished" in shown(app)
        await keys(pilot, "f4")
        assert line(app) == "xy now-45"
        await keys(pilot, "home", "delete", "delete")
        # A key makes it a new line, typed now; what stood there untouched would be the old moment.
        await keys(pilot, "ctrl+u")
        await entered(pilot, "ada na")
        await keys(pilot, "enter")
        assert again.drafts() == ()


async def test_an_untouched_line_of_this_morning_is_saved_with_the_time_of_this_morning(
    desk_of: Make,
) -> None:
    desk = desk_of()
    desk.contact(ADA, ago=3 * DAY)
    laptop = desk.opened()
    app = make_app(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await unlocked(pilot)
        await entered(pilot, "ada now-45")
        await keys(pilot, "escape")
        assert len(laptop.drafts()) == 1
        desk.clock.move(minutes=180)
        await keys(pilot, "f4")
        assert "today 10:15-11:00 (45 min)" in shown(app)
        await keys(pilot, "enter")
        assert contacts(laptop, ADA)[0]["stop"] == instant(NOW)


async def test_each_change_of_the_line_is_a_new_revision_so_that_the_other_laptop_gets_it(
    desk_of: Make,
) -> None:
    laptop = desk_of().opened()
    app = make_app(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await unlocked(pilot)
        await entered(pilot, "ada")
        await quick(app).flush()
        first = laptop.drafts()[0]
        await typed(pilot, " na")
        await quick(app).flush()
        second = laptop.drafts()[0]
        assert (second.id, second.values) == (first.id, {"remark": "ada na"})
        assert second.revision > first.revision
        assert second.client is None, "whom it is about is said when it is saved"


async def test_a_picked_client_is_still_picked_after_a_restart(desk_of: Make) -> None:
    desk = desk_of()
    another_minh(desk)
    laptop = desk.opened()
    app = make_app(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await unlocked(pilot)
        await entered(pilot, "minh na")
        await keys(pilot, "down", "down", "enter")
        chosen = quick(app).client_at_hand
        await keys(pilot, "escape")
    laptop.unlock(PASSPHRASE)
    app = make_app(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await unlocked(pilot)
        await keys(pilot, "f4")
        assert quick(app).client_at_hand == chosen


async def test_an_empty_line_leaves_no_draft_and_a_thrown_away_one_asks(desk_of: Make) -> None:
    laptop = desk_of().opened()
    app = make_app(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await unlocked(pilot)
        await keys(pilot, "f4", "escape")
        assert laptop.drafts() == ()
        await entered(pilot, "ada")
        await keys(pilot, "f9")
        assert top(app) is Sure
        await keys(pilot, "enter")
        assert line(app) == "ada"
        await keys(pilot, "f9", "y")
        assert line(app) == ""
        await keys(pilot, "escape")
        assert laptop.drafts() == ()


async def test_the_unfinished_line_on_today_opens_quick_entry(desk_of: Make) -> None:
    laptop = desk_of().opened()
    app = make_app(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await unlocked(pilot)
        await entered(pilot, "ada, half a thought")
        await keys(pilot, "escape", "1")
        assert "Quick entry: not finished" in shown(app)
        await keys(pilot, "end")
        while "Quick entry" not in next(row for row in shown(app).splitlines() if row.startswith("›")):
            await keys(pilot, "up")
        await keys(pilot, "enter")
        assert line(app) == "ada, half a thought"


async def test_on_a_chart_the_line_names_the_client_already(desk_of: Make) -> None:
    laptop = desk_of().opened()
    app = make_app(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await unlocked(pilot)
        app.open("chart", client=SAM)
        await settled(pilot)
        await keys(pilot, "f4")
        assert line(app) == "Lindqvist Sam "
        await typed(pilot, "na")
        await keys(pilot, "enter")
        assert len(contacts(laptop, SAM)) == 1


@pytest.mark.parametrize("key", ["f4", "ctrl+o"])
async def test_it_opens_from_a_field_of_another_form_and_goes_back_there(desk_of: Make, key: str) -> None:
    laptop = desk_of().opened()
    app = make_app(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await unlocked(pilot)
        app.open("contact", client=ADA)
        await settled(pilot)
        remark = app.screen.query_one("#field-remark", FormLine)
        remark.land()
        await typed(pilot, "brought")
        await keys(pilot, key)
        await typed(pilot, "sam na")
        await keys(pilot, "enter", "escape")
        assert top(app) is ContactScreen
        assert remark.text == "brought"
        assert len(contacts(laptop, SAM)) == 1


# What cannot be read

BAD = {
    "stop before start": ("ada 10:15 9:30 home cm", "The stop time is before the start time"),
    "25:00": ("ada 25:00 home cm", "No clock shows that"),
    "future": ("ada 14:00-15:00 home cm", "14:00 is still to come"),
    "future stop": ("ada 10:30-14:00 home cm", "The contact ends in the future"),
    "unknown client": ("xaverl 45m home cm", "Nobody on your list is called “xaverl”"),
    "two clients": ("minh 45m home cm", "“minh” may be 2 clients"),
    "13 hours": ("ada 13h home cm", "A contact lasts at most 12 hours"),
    "zero length": ("ada 9:30-9:30 home cm", "The stop time must be after the start time"),
    "20,000 characters": ("ada 45m home cm, " + "word " * 4_000, "The remark is longer than 300 letters"),
}


@pytest.mark.parametrize("case", sorted(BAD))
async def test_what_cannot_be_saved_is_said_in_one_sentence_and_nothing_typed_is_lost(
    desk_of: Make, case: str
) -> None:
    text, sentence = BAD[case]
    desk = desk_of()
    another_minh(desk)
    laptop = desk.opened()
    app = make_app(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await unlocked(pilot)
        await entered(pilot, text)
        await keys(pilot, "enter")
        assert sentence in at_line(app)
        assert line(app).split() == text.split()
        assert contacts(laptop, ADA) == []
        await quick(app).flush()
        await keys(pilot, "escape", "f4")
        assert line(app).split() == text.split(), "nor by leaving"


HOSTILE = {
    "escapes": "\x1b]52;c;aGk=\x07\x1b[2Jbell", "markup": "[/ [b]x[/b] [@click=app.quit]x", "emoji": "🙂 👩‍👩‍👧 e\u0301",
    "right to left": "שלום a\u202eb", "wide": "名前",
}  # fmt: skip


@pytest.mark.parametrize("case", sorted(HOSTILE))
async def test_hostile_text_is_a_remark_and_commands_nothing(desk_of: Make, case: str) -> None:
    laptop = desk_of().opened()
    app = make_app(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await unlocked(pilot)
        await entered(pilot, f"ada 45m home cm, {HOSTILE[case]}")
        assert "\x1b" not in shown(app)
        await keys(pilot, "enter")
        remark = contacts(laptop, ADA)[0]["remark"]
        assert not re.search("[\x00-\x1f\u202e]", remark)
        assert remark.split()[-1][-1] == HOSTILE[case].split()[-1][-1] or case == "emoji"
        await entered(pilot, HOSTILE[case])
        await keys(pilot, "enter")
        assert "Nobody on your list is called" in at_line(app)
        assert "\x1b" not in shown(app)


async def test_a_paste_that_is_too_long_is_refused_whole_with_one_sentence(desk_of: Make) -> None:
    """Cut text would be somebody's half sentence; what stands in the line stays."""
    laptop = desk_of().opened()
    app = make_app(laptop)
    async with app.run_test(size=(120, 40)) as pilot:
        await unlocked(pilot)
        await entered(pilot, "ada 45m, ")
        assert app.focused is not None
        app.focused.post_message(events.Paste("x" * 40_001))
        await settled(pilot)
        assert "40,001 letters and there is room for 39,991: nothing was put in." in shown(app)
        assert line(app) == "ada 45m, "
        app.focused.post_message(events.Paste("x" * 39_991))
        await settled(pilot)
        assert len(line(app)) == 40_000
        assert "The remark is longer than 300 letters" in shown(app)


async def test_a_mistyped_word_is_suggested_taken_by_one_key_and_else_kept(desk_of: Make) -> None:
    desk = desk_of()
    laptop = desk.opened()
    app = make_app(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await unlocked(pilot)
        await entered(pilot, "ada 45m cm hme forms signed")
        assert at_line(app) == "“hme” begins the remark. Is it “home”? ↓ takes that, enter keeps the remark."
        await keys(pilot, "down")
        assert line(app) == "ada 45m cm home forms signed"
        await keys(pilot, "enter")
        values = contacts(laptop, ADA)[0]
        assert (values["setting"], values["remark"]) == ("home", "forms signed")
        await entered(pilot, "ada 7:00 45m cm offce forms")
        await keys(pilot, "enter")
        assert at_line(app).startswith("→ “offce” begins the remark.")
        await keys(pilot, "enter")
        assert contacts(laptop, ADA)[1]["remark"] == "offce forms"
