"""The code line of a contact: live, chosen by one key, written with its reason, and refused where it does not follow."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from fieldapp.laptop.failures import NotReady
from fieldapp.records.codes import BUILT_IN
from fieldapp.records.envelope import instant
from fieldapp.records.packs import split
from fieldapp.screens.contact_code import FormCode
from tests.codes.tables import pack_text
from tests.forms.desk import (
    ADA,
    DAY,
    HOUR,
    MINUTE,
    NOW,
    PASSPHRASE,
    SAM,
    TOM,
    Desk,
    field_of,
    form,
    ident,
    keys,
    make_app,
    settled,
    shown,
    typed,
    unlocked,
)
from tests.measures.packs import put

Make = Callable[..., Desk]
OWN = {
    "code": "H0004", "label": "Our counseling", "rule": "per15", "rounding": "floor", "payer": "Medicaid",
    "types": ["individual_counseling"], "since": "2026-01-01", "day_sum": True, "modifiers": ["HE", "HO"],
}  # fmt: skip


def covered(desk: Desk, client: str = ADA) -> None:
    """Give a client a payer."""
    body = {"set": {"status": "active"}, "items": {"coverage": {"c": {"payer": "Medicaid"}}}}
    desk.add("episode", ident(500), body, client=client)


def line(app: Any) -> FormCode:
    found = field_of(app, "service-code")
    assert isinstance(found, FormCode)
    return found


def last(laptop: Any, client: str = ADA) -> dict[str, Any]:
    row = laptop.timeline(client, 0, 1, ("contact",))[0]
    return dict(laptop.record(row.record).values)


async def opened(pilot: Any, **arguments: Any) -> None:
    await unlocked(pilot)
    pilot.app.open("contact", **({"client": ADA} | arguments))
    await settled(pilot)


async def test_the_line_follows_outcome_and_times_and_is_written_with_its_reason(desk_of: Make) -> None:
    desk = desk_of()
    covered(desk)
    desk.contact(ADA, ago=3 * DAY)
    laptop = desk.opened()
    app = make_app(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        assert "follows from time and type" in shown(app)
        await keys(pilot, "1")
        await typed(pilot, "22m")
        assert "HO · 22 min, nearest 15: 1 unit" in shown(app)
        await keys(pilot, "backspace", "backspace")
        await typed(pilot, "3m")
        assert "HO · 23 min, nearest 15: 2 units" in shown(app)
        await keys(pilot, "ctrl+s", "2")
        values = last(laptop)
        assert {name: values.get(name) for name in FormCode.FIELDS} == {
            "service_code": "H0004", "modifiers": ["HO"], "units": 2, "units_minutes": 23, "units_before": None,
            "units_staff": None, "units_rule": "per15/nearest", "units_why": "23 min, nearest 15: 2 units",
            "add_on_code": None, "add_on_units": None, "code_table": BUILT_IN.hash, "payer": "Medicaid",
        }  # fmt: skip


async def test_another_code_is_chosen_by_its_key_and_stays_through_changes_and_a_restart(
    desk_of: Make,
) -> None:
    desk = desk_of()
    desk.contact(ADA, ago=3 * DAY)
    laptop = desk.opened()
    app = make_app(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        await keys(pilot, "1")
        await typed(pilot, "40m")
        line(app).land()
        await keys(pilot, "2")
        assert line(app).value == "H0036"
        await form(app).flush()
        kept = laptop.drafts()[0]
        assert kept.values["service_code"] == "H0036"
        form(app)._over = True
    laptop.unlock(PASSPHRASE)
    app = make_app(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(pilot, draft=kept.id)
        assert line(app).value == "H0036"
        field_of(app, "modality").land()
        await keys(pilot, "3")
        assert line(app).value == "H0004", "the one chosen is for meeting in person"
        field_of(app, "modality").land()
        await keys(pilot, "1")
        assert line(app).value == "H0036"


async def test_a_code_that_is_picked_while_another_field_still_counts_stays(desk_of: Make) -> None:
    """The box says a turn later what was picked; until then a change of the times must not put its own back."""
    desk = desk_of()
    desk.contact(ADA, ago=3 * DAY)
    app = make_app(desk.opened())
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        await keys(pilot, "1")
        await typed(pilot, "40m")
        line(app).box.action_pick(1)
        form(app).refit()
        await settled(pilot)
        assert line(app).value == "H0036"


async def test_an_attempt_has_no_code_and_0_units_whatever_was_chosen(desk_of: Make) -> None:
    desk = desk_of()
    laptop = desk.opened()
    app = make_app(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        await keys(pilot, "8")
        assert "No show: 0 units" in shown(app)
        await keys(pilot, "ctrl+s", "3")
        values = last(laptop)
        assert (values["units"], values.get("service_code")) == (0, None)
        assert values["units_why"] == "No show: 0 units"


async def test_who_wants_no_code_says_so_by_a_key(desk_of: Make) -> None:
    desk = desk_of()
    desk.contact(ADA, ago=3 * DAY)
    laptop = desk.opened()
    app = make_app(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        await keys(pilot, "1")
        await typed(pilot, "40m")
        line(app).land()
        await keys(pilot, str(len(line(app).box.options)))
        assert "no code chosen: 0 units" in shown(app)
        await keys(pilot, "ctrl+s", "2")
        assert (last(laptop)["units"], last(laptop).get("service_code")) == (0, None)


async def test_a_type_without_a_code_for_the_credential_is_saved_without_one(desk_of: Make) -> None:
    desk = desk_of()
    desk.contact(ADA, ago=3 * DAY, contact_type="peer_support")
    laptop = desk.opened()
    app = make_app(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        await keys(pilot, "1")
        await typed(pilot, "40m")
        assert "no code here for Peer support" in " ".join(shown(app).split())
        await keys(pilot, "ctrl+s", "2")
        assert "units" not in last(laptop)


async def test_the_agencys_own_table_counts_by_payer_and_day_and_its_hash_is_written(desk_of: Make) -> None:
    desk = desk_of()
    covered(desk)
    pieces = split(pack_text(OWN, pack="agency-codes"))
    put(desk, pieces)
    desk.contact(ADA, ago=2 * HOUR, stop=instant(NOW - 2 * HOUR + 10 * MINUTE), service_code="H0004", units=0,
                 units_minutes=10)  # fmt: skip
    laptop = desk.opened()
    app = make_app(laptop)
    async with app.run_test(size=(120, 40)) as pilot:
        await opened(pilot)
        await keys(pilot, "1")
        await typed(pilot, "12m")
        assert "12 min, whole 15s only: 0 units alone; with 10 min earlier that day" in shown(app)
        await keys(pilot, "ctrl+s", "2")
        values = last(laptop)
        assert (values["units"], values["units_before"], values["code_table"]) == (1, 10, pieces[0]["sha256"])
        assert values["modifiers"] == ["HE", "HO"]
        assert values["units_rule"] == "per15/floor/day_sum"


async def test_time_of_the_client_and_miles_are_asked_only_when_they_are_needed(desk_of: Make) -> None:
    desk = desk_of()
    desk.contact(ADA, ago=3 * DAY)
    laptop = desk.opened()
    app = make_app(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        names = ("client-present-min", "miles", "pos")
        assert [field_of(app, name).display for name in names] == [False, False, False]
        await keys(pilot, "2")
        await typed(pilot, "60m")
        assert field_of(app, "client-present-min").display
        field_of(app, "client-present-min").land()
        await typed(pilot, "22")
        field_of(app, "travel-min").land()
        await typed(pilot, "25")
        assert field_of(app, "miles").display
        field_of(app, "miles").land()
        await typed(pilot, "11")
        text = " ".join(shown(app).split())
        assert "22 min of 60 with the client, nearest 15: 1 unit; travel 25 min not counted" in text
        field_of(app, "client-present-min").land()
        await typed(pilot, "2")
        await keys(pilot, "ctrl+s")
        assert "cannot have been there for longer" in shown(app)
        await keys(pilot, "backspace", "ctrl+s", "2")
        values = last(laptop)
        assert (values["client_present_min"], values["travel_min"], values["miles"], values["units"]) == (
            22,
            25,
            11,
            1,
        )


async def test_an_adult_family_home_asks_for_the_payers_place_and_others_do_not(desk_of: Make) -> None:
    desk = desk_of()
    desk.contact(ADA, ago=3 * DAY)
    laptop = desk.opened()
    app = make_app(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        await keys(pilot, "1")
        await typed(pilot, "40m")
        field_of(app, "setting").land()
        await keys(pilot, "h")
        assert field_of(app, "pos").display
        field_of(app, "pos").land()
        await typed(pilot, "9")
        await keys(pilot, "ctrl+s")
        assert "two digits" in shown(app)
        await typed(pilot, "9")
        await keys(pilot, "ctrl+s", "2")
        assert (last(laptop)["setting"], last(laptop)["pos"]) == ("adult_family_home", "99")
        record = laptop.timeline(ADA, 0, 1, ("contact",))[0].record
        app.open("contact", record=record)
        await settled(pilot)
        field_of(app, "setting").land()
        await keys(pilot, "1")
        assert not field_of(app, "pos").display
        await keys(pilot, "ctrl+s")
        assert last(laptop)["pos"] == "12"


async def test_a_saved_contact_keeps_its_units_when_tables_change_and_counts_anew_when_its_times_do(
    desk_of: Make,
) -> None:
    desk = desk_of()
    covered(desk)
    stated: dict[str, Any] = {
        "service_code": "H0004", "units": 4, "units_minutes": 60, "units_rule": "per15/nearest",
        "units_why": "60 min, nearest 15: 4 units", "code_table": BUILT_IN.hash, "payer": "Medicaid",
    }  # fmt: skip
    record = desk.contact(ADA, ago=4 * HOUR, pos="12", **stated)
    put(desk, split(pack_text(OWN | {"rounding": "ceil"}, pack="agency-codes")))
    laptop = desk.opened()
    app = make_app(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(pilot, record=record, client=None)
        assert "60 min, nearest 15: 4 units" in shown(app)
        field_of(app, "remark").land()
        await typed(pilot, "Rain")
        await keys(pilot, "ctrl+s")
        assert laptop.record(record).versions[-1].body == {"set": {"remark": "Rain"}}
        app.open("contact", record=record)
        await settled(pilot)
        field_of(app, "client-present-min").display = True
        field_of(app, "client-present-min").land()
        await typed(pilot, "46")
        await keys(pilot, "ctrl+s")
        body = laptop.record(record).versions[-1].body["set"]
        assert (body["units"], body["units_rule"], body["modifiers"]) == (
            4,
            "per15/ceil/day_sum",
            ["HE", "HO"],
        )


def test_units_that_do_not_follow_from_the_named_table_are_not_saved(desk_of: Make) -> None:
    desk = desk_of()
    put(desk, split(pack_text(OWN | {"payer": ""}, pack="agency-codes")))
    laptop = desk.opened()
    laptop.unlock(PASSPHRASE)
    table = laptop.coding(SAM).tables.tables[-1].hash
    right = {
        "start": instant(NOW - 44 * MINUTE), "stop": instant(NOW), "outcome": "completed", "modality": "in_person",
        "setting": "home", "contact_type": "individual_counseling", "service_code": "H0004", "units": 2,
        "units_minutes": 44, "units_rule": "per15/floor/day_sum", "code_table": table,
    }  # fmt: skip
    for change in ({"units_rule": "per15/ceil", "units": 3}, {"units_minutes": 60, "units": 4}, {"units": 3}):
        draft = laptop.start("contact", SAM, None, right | change)
        with pytest.raises(NotReady, match="choose the code again"):
            laptop.submit(draft.id)
        laptop.discard_draft(draft.id)
    laptop.submit(laptop.start("contact", SAM, None, right).id)
    assert last(laptop, SAM)["units"] == 2


async def test_reading_a_contact_says_what_holds_it_and_an_attempt_that_there_is_nothing_to_bill(
    desk_of: Make,
) -> None:
    desk = desk_of()
    seen = desk.contact(ADA, ago=3 * DAY)
    missed = desk.contact(SAM, ago=2 * DAY, outcome="no_show", author=TOM)
    laptop = desk.opened()
    app = make_app(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await unlocked(pilot)
        app.open("record", record=seen)
        await settled(pilot)
        text = shown(app)
        for said in (
            "Billing: held",
            "The note is not written yet.",
            "It has no service code.",
            "no payer on file",
        ):
            assert said in text
        app.open("record", record=missed)
        await settled(pilot)
        assert "Billing: No show: nothing to bill." in shown(app)
