"""Medication-assisted treatment is coordinated on the medication list, and naloxone is known to everybody (programs.md 62, 64)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from fieldapp.laptop.laptop import Laptop
from fieldapp.prints import text
from fieldapp.prints.documents import Wanted
from fieldapp.records.ids import one_per
from fieldapp.screens.medications import MedicationsScreen
from tests.app.hostile import LITERAL
from tests.forms.desk import (
    ADA,
    DANA,
    PASSPHRASE,
    SAM,
    TOM,
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
)
from tests.medical.team import HANNA, list_of

Make = Callable[..., Desk]
pytestmark = pytest.mark.usefixtures("medical_team")
BUP: dict[str, Any] = {
    "name": "Buprenorphine", "dose": "8 mg", "route": "sublingual", "start": "2026-09-01", "mat": "buprenorphine",
    "mat_place": "Harbor Clinic", "mat_phone": "360-555-0177", "mat_next": "2026-12-01",
}  # fmt: skip


def treated(desk: Desk, part2: str = "protected", **mat: Any) -> None:
    """Store a list with a treatment that is given elsewhere, in an episode with substance use services."""
    list_of(desk)
    add_treatment(desk, part2, **mat)


def add_treatment(desk: Desk, part2: str = "protected", **mat: Any) -> None:
    """Add the treatment to the list that is there."""
    record = one_per(ADA, "medication_list")
    with desk.store.reading() as rx:
        view, episode = rx.view(record), rx.view(ident(100))
    assert view is not None
    assert episode is not None
    desk.add(
        "medication_list", record, {"items": {"medicines": {"m-bup": BUP | mat}}}, client=ADA, prev=view.heads
    )
    said = {"part2_status": part2, "sud_services": True}
    desk.add("episode", ident(100), {"set": said}, client=ADA, prev=episode.heads)


def unlocked_laptop(desk: Desk) -> Laptop:
    laptop = desk.opened()
    laptop.unlock(PASSPHRASE)
    return laptop


def reported(laptop: Laptop, client: str = ADA, **values: Any) -> None:
    """Sign an observation as its form does."""
    draft = laptop.start(
        "adherence",
        client,
        None,
        {"as_of": "2026-11-22T18:00:00.000Z", "tz": "America/Los_Angeles", **values},
    )
    laptop.submit(draft.id)


@pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])
async def test_the_list_takes_who_gives_the_treatment_and_when_the_next_dose_is(
    desk_of: Make, size: tuple[int, int]
) -> None:
    desk = desk_of(HANNA)
    treated(desk, mat=None, mat_place=None, mat_phone=None, mat_next=None)
    app = make_app(desk.opened())
    async with app.run_test(size=size) as pilot:
        await opened_at(pilot, "medicine", client=ADA, item="m-bup")
        hidden = form(app).field_at("medicines.m-bup.mat_place")
        assert hidden is not None
        assert not hidden.display
        asked = form(app).field_at("medicines.m-bup.mat")
        assert asked is not None
        asked.land()
        await keys(pilot, "3")
        await typed(pilot, "Evergreen OTP")
        await keys(pilot, "enter")
        await typed(pilot, "425-555-0150")
        await keys(pilot, "enter")
        await typed(pilot, "+9")
        await keys(pilot, "ctrl+s")
        row = next(one for one in app.laptop.medications(ADA).lines if one.item == "m-bup").values
        assert (row["mat"], row["mat_place"], row["mat_phone"], row["mat_next"]) == (
            "methadone_otp", "Evergreen OTP", "425-555-0150", "2026-12-01",
        )  # fmt: skip


@pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])
async def test_the_medication_screen_says_the_treatment_naloxone_and_part_2(
    desk_of: Make, size: tuple[int, int]
) -> None:
    desk = desk_of(TOM)
    treated(desk)
    app = make_app(desk.opened())
    async with app.run_test(size=size) as pilot:
        await opened_at(pilot, "medications", client=ADA)
        assert top(app) is MedicationsScreen
        said = shown(app)
        assert "MAT next 2026-12-01" in said
        assert "Naloxone: nobody has asked" in said
        assert "42 CFR Part 2" in said
        assert "MAT: Harbor Clinic, 360-555-0177" in said
        # A technician gave it at the door.
        await keys(pilot, "o")
        asked = form(app).field_at("naloxone")
        assert asked is not None
        asked.land()
        await keys(pilot, "1", "ctrl+s", "enter")
        assert app.laptop.medications(ADA).naloxone == "given today, shown how (Nov 22)"
        assert not app.laptop.medications(ADA).naloxone_missing


def test_an_unprotected_record_carries_no_label_and_somebody_else_is_not_asked_about(desk_of: Make) -> None:
    desk = desk_of(DANA)
    treated(desk, part2="not_protected")
    laptop = unlocked_laptop(desk)
    assert not laptop.medications(ADA).part2
    assert laptop.medications(SAM).naloxone == ""


def test_the_crisis_card_knows_naloxone_on_screen_and_on_paper(desk_of: Make) -> None:
    desk = desk_of(DANA)
    treated(desk)
    laptop = unlocked_laptop(desk)
    reported(laptop, naloxone="given", as_of="2026-11-02T18:00:00.000Z")
    reported(laptop, naloxone="none")
    assert laptop.card(ADA).naloxone == "none on hand (Nov 22), given Nov 2"
    assert any("MAT: Harbor Clinic" in line for line in laptop.card(ADA).medicines)
    paper = text.make(laptop.print_sheet(Wanted("crisis_card", client=ADA)).sheet)
    assert "none on hand (Nov 22), given Nov 2" in paper
    assert "42 CFR part 2 prohibits" in paper


def test_a_summary_for_others_names_the_medicine_and_not_where_it_is_given(desk_of: Make) -> None:
    """Who treats a substance use disorder is itself protected; the card of the team has it, a paper for others has not."""
    desk = desk_of(DANA)
    treated(desk)
    laptop = unlocked_laptop(desk)
    summary = repr(laptop.discharge_start(ADA))
    assert "Buprenorphine 8 mg" in summary
    assert "Harbor Clinic" not in summary
    assert "360-555-0177" not in summary


def test_naloxone_alone_is_an_observation_and_a_wrong_one_is_taken_back(desk_of: Make) -> None:
    desk = desk_of(TOM)
    treated(desk)
    laptop = unlocked_laptop(desk)
    reported(laptop, naloxone="on_hand")
    [row] = laptop.timeline(ADA, 0, 9, ("adherence",))
    assert laptop.record(row.record).values["naloxone"] == "on_hand"
    assert laptop.medications(ADA).naloxone == "on hand (Nov 22)"


async def test_hostile_words_of_a_treatment_stay_words(desk_of: Make) -> None:
    desk = desk_of(HANNA)
    treated(desk, mat_place=LITERAL[0][:200], mat_phone=LITERAL[1][:200])
    app = make_app(desk.opened())
    async with app.run_test(size=(80, 24)) as pilot:
        await opened_at(pilot, "medications", client=ADA)
        assert top(app) is MedicationsScreen
        app.open("card", client=ADA)
        await settled(pilot)
        assert "Okafor" in shown(app)
