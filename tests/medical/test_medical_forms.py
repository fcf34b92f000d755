"""The medical flows by keys alone, on a real laptop, within the budgets of clinical.md 6."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from fieldapp.laptop.laptop import Laptop
from fieldapp.prints.documents import Wanted
from fieldapp.prints.sheet import Section
from fieldapp.records.ids import one_per
from fieldapp.screens.adherence import AdherenceScreen
from fieldapp.screens.med_queue import QueueScreen
from fieldapp.screens.medical import MedicalScreen
from fieldapp.screens.note import NoteScreen
from fieldapp.screens.sign import SignDialog
from fieldapp.widgets.form_choice import KEYS, FormChoice
from tests.forms.desk import (
    ADA,
    DANA,
    DAY,
    HOUR,
    NOW,
    PASSPHRASE,
    TOM,
    Desk,
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
from tests.medical.team import HANNA, LOU, list_of, measured, prescriber_for

Make = Callable[..., Desk]
pytestmark = pytest.mark.usefixtures("medical_team")
SIZES = pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])


def values_of(laptop: Laptop, client: str, kind: str) -> dict[str, Any]:
    """Return the values of the client's only record of a kind."""
    rows = laptop.timeline(client, 0, 9, (kind,))
    assert len(rows) == 1
    return dict(laptop.record(rows[0].record).values)


async def narrated(pilot: Any, text: str) -> None:
    """Type words of a story, which no budget counts."""
    await typed(pilot, text)


@SIZES
async def test_the_queue_shows_note_list_and_measures_in_one_key(
    desk_of: Make, size: tuple[int, int]
) -> None:
    """Budget B1: at most four keys."""
    desk = desk_of(HANNA)
    list_of(desk)
    prescriber_for(desk, ADA)
    desk.note(ADA, author=DANA, ago=2 * DAY)
    for ago, total in ((30 * DAY, 17), (3 * DAY, 12)):
        measured(desk, ADA, ago, total)
    laptop = desk.opened()
    app = make_app(laptop)
    async with app.run_test(size=size) as pilot:
        await unlocked(pilot)
        count = await keys(pilot, "Q")
        assert top(app) is QueueScreen
        text = shown(app)
        assert "Okafor, Ada" in text
        assert "Sertraline 50 mg" in text
        assert "two bad nights" in text
        assert "PHQ-9 12" in text
        assert "LAI due now: Paliperidone (Nov 18)" in text
        assert count <= 4


@SIZES
async def test_a_medical_visit_with_two_changes_of_the_list_is_signed_in_thirty_keys(
    desk_of: Make, size: tuple[int, int]
) -> None:
    """Budget B2: one dose up, one medicine stopped, the list verified, note and list signed in one go."""
    desk = desk_of(HANNA)
    list_of(desk)
    prescriber_for(desk, ADA)
    desk.contact(ADA, author=HANNA, contact_type="med_management")
    laptop = desk.opened()
    app = make_app(laptop)
    async with app.run_test(size=size) as pilot:
        await opened_at(pilot, "chart", client=ADA)
        count = await keys(pilot, "n")
        assert top(app) is NoteScreen
        for text in (
            "Sleeps six hours since the change.", "Calm, organised, no voices today.",
            "Mood better, energy still low.", "Dry mouth in the mornings.",
        ):  # fmt: skip
            await narrated(pilot, text)
            count += await keys(pilot, "tab")
        # The cursor stands on the first line: paliperidone. Sertraline goes to 75 mg, trazodone ends.
        count += await keys(pilot, "down", "enter", "ctrl+u")
        count += await typed(pilot, "75 mg")
        # One picked stops it and goes on below; enter on the empty line leaves the list.
        count += await keys(pilot, "down", "tab", "tab", "1", "enter", "1")
        await narrated(pilot, "Sertraline up, stop trazodone, see in four weeks.")
        count += await keys(pilot, "tab", "1", "1", "ctrl+s")
        assert top(app) is SignDialog, shown(app)
        count += await keys(pilot, "enter")
        assert top(app) is not SignDialog, shown(app)
        assert count <= 30
        note = values_of(laptop, ADA, "note")
        assert (note["format"], note["pmp_checked"], note["risk_block"]) == (
            "med_visit", True, {"answer": "none_observed"},
        )  # fmt: skip
        read = laptop.medications(ADA)
        assert [(line.item, line.values.get("dose")) for line in read.current] == [
            ("m-lai", "156 mg"), ("m-ser", "75 mg"),
        ]  # fmt: skip
        assert (read.verified_on, read.verified_by, read.changed_since) == (
            "2026-11-22",
            "Hanna Varga",
            False,
        )
        assert "Sertraline 75 mg, mornings · since 2026-06-01" in note["medications"]
        record = laptop.record(one_per(ADA, "medication_list"))
        said = record.versions[-1].body["items"]["medicines"]
        assert said == {"m-ser": {"dose": "75 mg"}, "m-tra": {"stop": "2026-11-22"}}


@SIZES
async def test_vitals_injection_and_taking_are_one_form_and_one_signature(
    desk_of: Make, size: tuple[int, int]
) -> None:
    """Budget B3: at most 25 keys, three records in one transaction and the list's dates."""
    desk = desk_of(LOU)
    list_of(desk)
    laptop = desk.opened()
    app = make_app(laptop)
    async with app.run_test(size=size) as pilot:
        await opened_at(pilot, "chart", client=ADA)
        count = await keys(pilot, "V")
        assert top(app) is MedicalScreen
        count += await typed(pilot, "128/82")
        count += await keys(pilot, "enter")
        count += await typed(pilot, "72")
        count += await keys(pilot, "enter")
        count += await typed(pilot, "184")
        count += await keys(pilot, "enter")
        count += await keys(pilot, "1", "2")
        count += await keys(pilot, "enter", "enter", "enter")
        count += await keys(pilot, "1", "ctrl+s")
        assert top(app) is SignDialog, shown(app)
        count += await keys(pilot, "enter")
        assert top(app) is not SignDialog, shown(app)
        assert count <= 25
        assert values_of(laptop, ADA, "vitals")["systolic"] == 128
        given = values_of(laptop, ADA, "injection")
        assert (given["drug"], given["dose"], given["site"], given["on"], given["next_due"]) == (
            "Paliperidone", "156 mg", "deltoid_right", "2026-11-22", "2026-12-20",
        )  # fmt: skip
        assert values_of(laptop, ADA, "adherence")["taken"] == "yes_seen"
        line = next(line for line in laptop.medications(ADA).lines if line.item == "m-lai")
        assert (line.values["last_given"], line.values["next_due"], line.lai) == (
            "2026-11-22",
            "2026-12-20",
            "later",
        )
        assert not laptop.medications(ADA).changed_since
        assert laptop.drafts() == ()


@SIZES
async def test_a_side_effect_from_the_field_reaches_the_prescriber_in_eight_keys(
    desk_of: Make, size: tuple[int, int]
) -> None:
    """Budget B4: besides the words themselves."""
    desk = desk_of(TOM)
    list_of(desk)
    prescriber_for(desk, ADA)
    laptop = desk.opened()
    app = make_app(laptop)
    async with app.run_test(size=size) as pilot:
        await opened_at(pilot, "chart", client=ADA)
        count = await keys(pilot, "A")
        assert top(app) is AdherenceScreen
        count += await keys(pilot, "3", "enter", "enter")
        await narrated(pilot, "dizzy on the stairs since Friday")
        count += await keys(pilot, "ctrl+s")
        assert top(app) is SignDialog, shown(app)
        count += await keys(pilot, "enter")
        assert top(app) is not SignDialog, shown(app)
        assert count <= 8
        tasks = laptop.tasks(ADA)
        assert [(line.title, line.owner, line.due_ms) for line in tasks] == [
            ("Side effect: dizzy on the stairs since Friday", HANNA, NOW + 24 * HOUR)
        ]


async def test_what_the_assistant_typed_comes_back_as_it_was_left(desk_of: Make) -> None:
    desk = desk_of(LOU)
    list_of(desk)
    laptop = desk.opened()
    app = make_app(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await opened_at(pilot, "medical", client=ADA)
        await typed(pilot, "128/8")
        await keys(pilot, "tab", "tab", "tab", "1", "2", "escape")
        [draft] = laptop.drafts()
        assert draft.values["together"]["injection"]["values"]["site"] == "deltoid_right"
        assert [line.kind for line in laptop.today().due if line.draft == draft.id] == ["draft"]
        app.open("medical", client=ADA)
        await settled(pilot)
        assert len(laptop.drafts()) == 1
        text = shown(app)
        assert "128/8" in text, "what cannot be read yet is not lost"
        assert "Right deltoid" in text
        await keys(pilot, "ctrl+s")
        assert "128/82" in shown(app), "the sentence says how a pressure is typed"
        assert laptop.timeline(ADA, 0, 9, ("vitals", "injection")) == ()


async def test_an_injection_alone_is_written_without_vital_signs(desk_of: Make) -> None:
    desk = desk_of(LOU)
    list_of(desk)
    laptop = desk.opened()
    app = make_app(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await opened_at(pilot, "medical", client=ADA)
        await keys(pilot, "tab", "tab", "tab", "1", "2", "ctrl+s", "enter")
        assert values_of(laptop, ADA, "injection")["site"] == "deltoid_right"
        assert laptop.timeline(ADA, 0, 9, ("vitals", "adherence")) == ()
        assert laptop.drafts() == ()


async def test_a_wrong_injection_is_corrected_in_its_own_form_with_a_reason(desk_of: Make) -> None:
    desk = desk_of(LOU)
    list_of(desk)
    laptop = desk.opened()
    app = make_app(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await opened_at(pilot, "medical", client=ADA)
        await keys(pilot, "tab", "tab", "tab", "1", "2", "ctrl+s", "enter")
        [row] = laptop.timeline(ADA, 0, 9, ("injection",))
        app.open("record", record=row.record)
        await settled(pilot)
        await keys(pilot, "e")
        assert top(app) is MedicalScreen
        assert "Correct the injection" in shown(app)
        await keys(pilot, "tab", "1", "ctrl+s")
        assert top(app) is SignDialog, shown(app)
        await typed(pilot, "other arm")
        await keys(pilot, "enter")
        if top(app) is SignDialog:
            await keys(pilot, "enter")
        read = laptop.record(row.record)
        assert (read.values["site"], len(read.versions)) == ("deltoid_left", 2)
        line = next(line for line in laptop.medications(ADA).lines if line.item == "m-lai")
        assert line.values["lai_site"] == "deltoid_left"


def test_the_crisis_card_on_paper_lists_medicines(desk_of: Make) -> None:
    desk = desk_of(DANA)
    list_of(desk)
    laptop = desk.opened()
    laptop.unlock(PASSPHRASE)
    sheet = laptop.print_sheet(Wanted("crisis_card", client=ADA)).sheet
    [section] = [block for block in sheet.blocks if isinstance(block, Section) and block.title == "Medicines"]
    first = "Paliperidone 156 mg, long-acting injection · last Oct 21, next due Nov 18, due now"
    assert section.lines[0] == first
    assert section.lines[-1] == "List verified Nov 2 by Hanna Varga"


async def test_another_format_neither_loses_nor_hides_what_was_changed_in_the_list(desk_of: Make) -> None:
    desk = desk_of(HANNA)
    list_of(desk)
    desk.contact(ADA, author=HANNA)
    laptop = desk.opened()
    app = make_app(laptop)
    async with app.run_test(size=(120, 40)) as pilot:
        await opened_at(pilot, "note", client=ADA)
        await keys(pilot, "tab", "tab", "tab", "tab", "down", "enter", "ctrl+u")
        await typed(pilot, "75 mg")
        codes = [code for code, _ in app.screen.query_one("#field-format", FormChoice).box.options]
        for picked in ("narrative", "DAP", "med_visit"):
            app.screen.query_one("#field-format ChoiceBox").focus()
            await keys(pilot, KEYS[codes.index(picked)])
            assert "75 mg" in shown(app), picked
        [draft] = laptop.drafts()
        assert draft.values.get("format") == "med_visit", (draft.values, form(app).gather())
        rows = draft.values["together"]["medication_list"]["values"]["medicines"]
        assert rows["m-ser"]["dose"] == "75 mg"


async def test_a_medical_assistant_logs_a_call_to_the_pharmacy_in_one_line(desk_of: Make) -> None:
    """It is kept with its words, counts as seeing nobody, has no units and asks for no note (clinical.md 2.8, 2.10)."""
    laptop = desk_of(LOU).opened()
    app = make_app(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await unlocked(pilot)
        before = laptop.client_line(ADA).last_contact_ms
        await keys(pilot, "f4")
        await typed(pilot, "okafor done pharmacy call 10:00 10m refill is ready on Tuesday")
        await keys(pilot, "enter")
        assert "Logged: Okafor, Ada" in shown(app), shown(app)
        values = values_of(laptop, ADA, "contact")
        assert (values["contact_type"], values["modality"], values["outcome"]) == (
            "pharmacy_call", "audio_only", "completed",
        )  # fmt: skip
        assert values["remark"] == "refill is ready on Tuesday"
        assert (values["units"], values["note_required"]) == (0, False)
        assert laptop.client_line(ADA).last_contact_ms == before
        assert [line for line in laptop.today().due if line.client == ADA and "note" in line.kind] == []
