"""The list by keys alone: lines are added, changed, stopped and settled; others report; hostile text stays text."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from fieldapp.records.ids import one_per
from fieldapp.screens.adherence import AdherenceScreen
from fieldapp.screens.medications import MedicationsScreen
from fieldapp.screens.medicine import MedicineScreen
from fieldapp.screens.settle import SettleScreen
from fieldapp.screens.sign import SignDialog
from fieldapp.widgets.text import CONTROL
from tests.app.hostile import LITERAL
from tests.forms.desk import (
    ADA,
    DANA,
    DAY,
    NOW,
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
LIST = one_per(ADA, "medication_list")


async def test_a_line_is_changed_and_only_what_changed_is_written(desk_of: Make) -> None:
    desk = desk_of(LOU)
    list_of(desk)
    laptop = desk.opened()
    app = make_app(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await opened_at(pilot, "chart", client=ADA)
        await keys(pilot, "M", "down", "enter")
        assert top(app) is MedicineScreen
        await keys(pilot, "enter", "ctrl+u")
        await typed(pilot, "100 mg")
        # An emptied field is said to be empty.
        await keys(pilot, "enter", "ctrl+u", "ctrl+s")
        assert top(app) is MedicationsScreen, shown(app)
        said = laptop.record(LIST).versions[-1]
        assert (said.meaning, said.body) == (
            "save", {"items": {"medicines": {"m-ser": {"dose": "100 mg", "schedule": None}}}},
        )  # fmt: skip
        assert "changed since: to be verified" in shown(app)


async def test_a_new_medicine_and_a_lab_are_put_on_the_list(desk_of: Make) -> None:
    desk = desk_of(HANNA)
    laptop = desk.opened()
    app = make_app(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await opened_at(pilot, "medications", client=ADA)
        await keys(pilot, "a", "ctrl+s")
        assert "Name the medicine." in shown(app)
        await typed(pilot, "Lithium")
        await keys(pilot, "enter")
        await typed(pilot, "300 mg")
        await keys(pilot, "ctrl+s", "l", "1", "enter")
        # What was done today and is done every thirty days is due in thirty days.
        await typed(pilot, "today")
        await keys(pilot, "enter")
        await typed(pilot, "30")
        await keys(pilot, "ctrl+s")
        read = laptop.medications(ADA)
        assert [line.words for line in read.current] == ["Lithium 300 mg"]
        assert [(lab.words, lab.due) for lab in read.labs] == [("Lithium level", "2026-12-22")]
        await keys(pilot, "v", "enter")
        assert (laptop.medications(ADA).verified_by, laptop.medications(ADA).unverified) == (
            "Hanna Varga",
            False,
        )


async def test_a_medicine_is_stopped_with_its_reason(desk_of: Make) -> None:
    desk = desk_of(HANNA)
    list_of(desk)
    laptop = desk.opened()
    app = make_app(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await opened_at(pilot, "medications", client=ADA)
        await keys(pilot, "down", "x")
        await typed(pilot, "no effect")
        await keys(pilot, "ctrl+s")
        row = next(line for line in laptop.medications(ADA).lines if line.item == "m-ser")
        assert (row.current, row.values["stop"], row.values["stop_reason"]) == (
            False,
            "2026-11-22",
            "no effect",
        )


async def test_a_change_that_was_begun_goes_on_where_it_was_left(desk_of: Make) -> None:
    desk = desk_of(HANNA)
    list_of(desk)
    laptop = desk.opened()
    app = make_app(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await opened_at(pilot, "medications", client=ADA)
        await keys(pilot, "down", "enter", "enter", "ctrl+u")
        await typed(pilot, "75 mg")
        await keys(pilot, "escape")
        assert "A change was begun" in shown(app)
        # Whichever line is picked, the one that was begun comes first.
        await keys(pilot, "up", "enter")
        assert top(app) is MedicineScreen
        assert "75 mg" in shown(app)
        await keys(pilot, "ctrl+s")
        assert laptop.drafts() == ()
        row = next(line for line in laptop.medications(ADA).lines if line.item == "m-ser")
        assert row.values["dose"] == "75 mg"


async def test_who_may_not_change_the_list_reports_from_it(desk_of: Make) -> None:
    desk = desk_of(TOM)
    list_of(desk)
    laptop = desk.opened()
    app = make_app(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await opened_at(pilot, "medications", client=ADA)
        await keys(pilot, "a", "x", "v", "l")
        assert top(app) is MedicationsScreen
        assert "Add" not in shown(app).splitlines()[-1]
        await keys(pilot, "down", "enter")
        assert top(app) is AdherenceScreen
        assert form(app).gather()["about"] == [{"medicine": "m-ser", "name": "Sertraline 50 mg"}]
        await keys(pilot, "4", "ctrl+s")
        assert top(app) is SignDialog, shown(app)
        await keys(pilot, "enter")
        [row] = laptop.timeline(ADA, 0, 9, ("adherence",))
        assert laptop.record(row.record).values["about"][0]["name"] == "Sertraline 50 mg"
        await keys(pilot, "Q", "V")
        assert top(app) is MedicationsScreen, "the queue and the vital signs are for medical staff"


async def test_two_doses_are_settled_on_screen(desk_of: Make) -> None:
    desk = desk_of(HANNA)
    record = list_of(desk)
    for author, dose in ((LOU, "75 mg"), (HANNA, "100 mg")):
        body = {"items": {"medicines": {"m-ser": {"dose": dose}}}}
        desk.add("medication_list", record, body, client=ADA, author=author)
    laptop = desk.opened()
    app = make_app(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await opened_at(pilot, "medications", client=ADA)
        assert "≠ to settle" in shown(app)
        await keys(pilot, "s")
        assert top(app) is SettleScreen
        text = shown(app)
        assert "75 mg" in text
        assert "100 mg" in text
        assert "Sertraline" in text
        await keys(pilot, "1")
        if top(app) is SettleScreen:
            await keys(pilot, "enter")
        assert not laptop.medications(ADA).conflicts, shown(app)


@pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])
async def test_hostile_words_stay_words_on_every_medical_screen(desk_of: Make, size: tuple[int, int]) -> None:
    evil = LITERAL + "\x1b]0;x\x07\x9b31m\u202e[/]"
    desk = desk_of(HANNA)
    list_of(
        desk,
        m_lai={"name": evil, "dose": evil, "reason": evil, "next_due": "2026-11-10"},
        m_ser={"schedule": evil},
    )
    prescriber_for(desk, ADA)
    desk.note(ADA, author=DANA, ago=DAY, sections={"data": evil, "assessment": evil, "plan": evil})
    measured(desk, ADA, DAY, 9)
    desk.add("adherence", one_per(ADA, "x"), {"doc": {"taken": evil, "side_effects": evil, "remark": evil}}, client=ADA,
             author=TOM, meaning="sign", at_ms=NOW - DAY)  # fmt: skip
    desk.contact(ADA, author=HANNA)
    laptop = desk.opened()
    app = make_app(laptop)
    screens: list[tuple[str, dict[str, Any]]] = [
        ("med_queue", {}), ("medications", {"client": ADA}), ("medicine", {"client": ADA, "item": "m-lai"}),
        ("adherence", {"client": ADA}), ("medical", {"client": ADA}), ("note", {"client": ADA}), ("card", {"client": ADA}),
        ("record", {"record": LIST}), ("record", {"record": one_per(ADA, "x")}),
    ]  # fmt: skip
    async with app.run_test(size=size) as pilot:
        await unlocked(pilot)
        for name, arguments in screens:
            app.open(name, **arguments)
            await settled(pilot)
            text = shown(app)
            assert CONTROL.search(text) is None
            await keys(pilot, "escape")
            while len(app.screen_stack) > 1:
                await keys(pilot, "escape")
        assert laptop.medications(ADA).lines


async def test_d_on_a_lab_says_that_it_was_done_today_and_counts_the_next_one(desk_of: Make) -> None:
    desk = desk_of(LOU)
    rows = {
        "l1": {"what": "metabolic", "every_d": 90, "due": "2026-11-01"},
        "l2": {"what": "lithium", "due": "2027-01-02"},
    }
    desk.add(
        "medication_list",
        LIST,
        {"items": {"medicines": {"m": {"name": "Lithium"}}, "labs": rows}},
        client=ADA,
    )
    laptop = desk.opened()
    app = make_app(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await opened_at(pilot, "medications", client=ADA)
        # On a medicine the key does nothing.
        await keys(pilot, "d")
        assert len(laptop.record(LIST).versions) == 1
        await keys(pilot, "down", "d")
        assert "Done today." in shown(app)
        assert laptop.record(LIST).versions[-1].body == {
            "items": {"labs": {"l1": {"last": "2026-11-22", "due": "2027-02-20"}}}
        }
        # One that nobody said how often to do has no next day.
        await keys(pilot, "home", "down", "d")
        (other,) = [lab for lab in laptop.medications(ADA).labs if lab.item == "l2"]
        assert (other.values["last"], other.values["due"]) == ("2026-11-22", None)
