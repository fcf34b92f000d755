"""Medicines: when something is due, what is measured, what is refused, and how two people's changes meet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldapp.clinical import medication, quantities
from fieldapp.records.envelope import instant
from fieldapp.records.fold import View
from fieldapp.records.kind import Signing
from fieldapp.records.kinds import KINDS, adherence, injection, vitals
from fieldapp.records.kinds import medication_list as kind
from fieldapp.records.together import TOGETHER, part, split
from tests.records.support import Maker

BY = "00000000-0000-7000-8000-000000000001"
NOW = 1_795_374_000_000
SIGNING = Signing(NOW, "America/Los_Angeles", "s", "medasst")


# Due days


@pytest.mark.parametrize(
    ("today", "state"),
    [
        ("2026-11-14", "later"), ("2026-11-15", "soon"), ("2026-11-17", "soon"), ("2026-11-18", "due"),
        ("2026-11-25", "due"), ("2026-11-26", "overdue"),
    ],
)  # fmt: skip
def test_an_injection_is_overdue_only_after_its_last_day_of_grace(today: str, state: str) -> None:
    assert medication.lai_state("2026-11-18", 7, today, {}) == state


def test_without_days_of_grace_the_due_day_is_the_last_one() -> None:
    assert medication.lai_state("2026-11-18", 0, "2026-11-18", {}) == "due"
    assert medication.lai_state("2026-11-18", 0, "2026-11-19", {}) == "overdue"
    assert medication.lai_state("", 7, "2026-11-19", {}) == ""


@given(st.dates(date(2020, 1, 1), date(2035, 1, 1)), st.integers(0, 60), st.integers(-90, 90))
def test_an_injection_never_becomes_less_urgent_as_days_pass(due: date, window: int, away: int) -> None:
    day = due + timedelta(days=away)
    states = [
        medication.lai_state(due.isoformat(), window, one.isoformat(), {})
        for one in (day, day + timedelta(days=1))
    ]
    assert medication.LAI_ORDER.index(states[0]) <= medication.LAI_ORDER.index(states[1])


def test_the_next_injection_is_counted_in_calendar_days_over_the_change_of_clocks() -> None:
    assert medication.next_injection("2026-10-21", 28) == "2026-11-18"
    assert medication.next_injection("2026-10-21", None) == ""


@pytest.mark.parametrize(("missed", "many"), [(None, False), (2, False), (3, True), (7, True)])
def test_three_days_of_seven_are_too_many(missed: int | None, many: bool) -> None:
    assert medication.missed_too_many(missed, {}) is many
    assert medication.missed_too_many(missed, {"missed_days_warn": 8}) is False


# Measurements


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("128/82", (128, 82)),
        (" 128 82 ", (128, 82)),
        ("128-82", (128, 82)),
        ("128", None),
        ("12882", None),
        ("", None),
    ],
)
def test_a_blood_pressure_is_two_numbers(text: str, found: tuple[int, int] | None) -> None:
    assert quantities.pressure(text) == found


@pytest.mark.parametrize(
    ("name", "text", "found"),
    [
        ("weight_lb_10", "182.4", 1824), ("weight_lb_10", "83kg", 1830), ("weight_lb_10", "83,5 KG", 1841),
        ("weight_lb_10", "83 stone", None), ("height_in_10", "70", 700), ("height_in_10", "5'10", 700),
        ("height_in_10", "5ft 10in", 700), ("height_in_10", "178cm", 701), ("temperature_f_10", "98.6", 986),
        ("temperature_f_10", "37.2", 990), ("temperature_f_10", "37.2c", 990), ("a1c_10", "5.6%", 56),
        ("pulse", "72", 72), ("pulse", "seventy", None), ("glucose", "5.5mmol", 99), ("weight_lb_10", "9" * 40, None),
    ],
)  # fmt: skip
def test_measurements_are_read_as_people_type_them(name: str, text: str, found: int | None) -> None:
    assert quantities.quantity(name, text) == found


@given(st.sampled_from(sorted(vitals.NUMBERS)), st.text(max_size=30))
def test_no_text_breaks_the_reading_of_a_measurement(name: str, text: str) -> None:
    quantities.pressure(text)
    if name not in ("systolic", "diastolic"):
        found = quantities.quantity(name, text)
        assert found is None or found >= 0


@given(st.integers(600, 7_000), st.integers(480, 900))
def test_the_body_mass_index_is_rounded_from_its_formula(weight: int, height: int) -> None:
    found = vitals.bmi_10(weight, height)
    assert found is not None
    assert abs(found - 703 * (weight / 10) / (height / 10) ** 2 * 10) <= 0.5 + 1e-9


def test_a_set_of_measurements_reads_in_one_line() -> None:
    doc = {"systolic": 128, "diastolic": 82, "pulse": 72, "weight_lb_10": 1824, "height_in_10": 700}
    assert vitals.words(doc) == "BP 128/82 · pulse 72 · 182.4 lb · height 70 in · BMI 26.2"


@pytest.mark.parametrize(
    ("doc", "stops", "warns"),
    [
        ({}, {"systolic"}, set()), ({"systolic": 128}, {"systolic"}, set()),
        ({"systolic": 82, "diastolic": 128}, {"systolic"}, set()), ({"pulse": 20}, set(), {"pulse"}),
        ({"pulse": 72, "at": instant(NOW + 3_600_000)}, {"at"}, set()), ({"pulse": 72, "at": instant(NOW)}, set(), set()),
    ],
)  # fmt: skip
def test_measurements_are_asked_about_once_more(
    doc: dict[str, Any], stops: set[str], warns: set[str]
) -> None:
    found = vitals.check(doc, SIGNING)
    assert {one.field for one in found if one.stops} == stops
    assert {one.field for one in found if not one.stops} == warns


def test_an_injection_says_what_how_much_where_and_when_next() -> None:
    assert {p.field for p in injection.check({}, SIGNING) if p.stops} == {"drug", "dose", "site"}
    whole = {"drug": "Paliperidone", "dose": "156 mg", "site": "deltoid_left", "on": "2026-11-22"}
    assert [p.stops for p in injection.check(whole, SIGNING)] == [False]
    assert [p.stops for p in injection.check(whole | {"next_due": "2026-11-22"}, SIGNING)] == [True]
    assert not injection.check(whole | {"next_due": "2026-11-23"}, SIGNING)


def test_an_observation_says_whether_it_was_taken_or_what_happened() -> None:
    assert {p.field for p in adherence.check({}, SIGNING)} == {"taken"}
    assert {p.field for p in adherence.check({"severity": "mild"}, SIGNING)} == {"taken", "side_effects"}
    assert not adherence.check({"side_effects": "dizzy"}, SIGNING)
    assert not adherence.check({"taken": "unknown"}, SIGNING)
    assert KINDS["adherence"].check_body("sign", {"doc": {"days_missed_7": 8}})


# Who may say what of the list, wherever it comes from


def test_a_list_is_verified_by_a_signature_and_by_nothing_else() -> None:
    verified = {"items": {"verified": {"v": {"on": "2026-11-22", "by": BY}}}}
    change = {"items": {"medicines": {"m": {"dose": "50 mg"}}}}
    check = KINDS["medication_list"].check_body
    assert check("sign", verified) is None
    assert check("save", change) is None
    assert check("save", verified) is not None
    assert check("sign", change) is not None
    assert check("sign", {**verified, "drop": {"verified": ["w"]}}) is not None


# How two laptops meet


class Listing:
    """One medication list as several laptops write it."""

    def __init__(self) -> None:
        self._make = Maker(KINDS["medication_list"])

    def _write(self, meaning: str, items: Mapping[str, Any], prev: Sequence[str]) -> str:
        body = {"items": dict(items)}
        assert KINDS["medication_list"].check_body(meaning, body) is None
        return self._make._add(0, meaning, None, prev=tuple(sorted(prev)), body=body).hash

    def save(self, items: Mapping[str, Any], prev: Sequence[str] = ()) -> str:
        return self._write("save", items, prev)

    def sign(self, items: Mapping[str, Any], prev: Sequence[str]) -> str:
        return self._write("sign", items, prev)

    @property
    def view(self) -> View:
        return self._make.view()


def folded(listing: Listing) -> View:
    return listing.view


def started() -> tuple[Listing, str]:
    listing = Listing()
    line = {"name": "Sertraline", "dose": "50 mg", "schedule": "mornings"}
    return listing, listing.save({"medicines": {"m": line}})


FIELDS = ("dose", "schedule", "reason", "prescriber")


@given(st.sampled_from(FIELDS), st.sampled_from(FIELDS), st.text(max_size=8), st.text(max_size=8))
def test_two_laptops_change_a_line_and_neither_loses_a_word(
    one: str, other: str, left: str, right: str
) -> None:
    history, first = started()
    history.save({"medicines": {"m": {one: left}}}, prev=[first])
    history.save({"medicines": {"m": {other: right}}}, prev=[first])
    view = folded(history)
    fields = view.items("medicines")["m"].fields
    assert left in {write.value for write in fields[one].writes}
    assert right in {write.value for write in fields[other].writes}
    contested = one == other and left != right
    assert list(view.conflicts) == ([f"medicines/m/{one}"] if contested else [])


def test_two_doses_written_side_by_side_both_stand_until_somebody_settles_them() -> None:
    history, first = started()
    a = history.save({"medicines": {"m": {"dose": "75 mg"}}}, prev=[first])
    b = history.save({"medicines": {"m": {"dose": "100 mg"}}}, prev=[first])
    assert list(folded(history).conflicts) == ["medicines/m/dose"]
    history.save({"medicines": {"m": {"dose": "100 mg"}}}, prev=[a, b])
    view = folded(history)
    assert (list(view.conflicts), view.items("medicines")["m"].get("dose")) == ([], "100 mg")


def test_one_adds_a_medicine_while_another_stops_one() -> None:
    history, first = started()
    history.save({"medicines": {"n": {"name": "Lithium", "dose": "300 mg"}}}, prev=[first])
    history.save({"medicines": {"m": {"stop": "2026-11-22"}}}, prev=[first])
    view = folded(history)
    assert [row["name"] for _, row in kind.current(view, "2026-11-22")] == ["Lithium"]
    assert [row["name"] for _, row in kind.current(view, "2026-11-21")] == ["Lithium", "Sertraline"]
    assert not view.conflicts


def test_one_stops_a_medicine_while_another_changes_its_dose_and_both_are_kept() -> None:
    history, first = started()
    history.save({"medicines": {"m": {"stop": "2026-11-22"}}}, prev=[first])
    history.save({"medicines": {"m": {"dose": "75 mg"}}}, prev=[first])
    row = folded(history).items("medicines")["m"]
    assert (row.get("stop"), row.get("dose")) == ("2026-11-22", "75 mg")


def test_a_list_is_unverified_again_after_a_change_but_not_after_an_injection() -> None:
    history, first = started()
    signed = history.sign({"verified": {"v": {"on": "2026-11-20", "by": BY}}}, prev=[first])
    assert folded(history).derived["changed_since"] is False
    given_ = history.save(
        {"medicines": {"m": {"last_given": "2026-11-21", "next_due": "2026-12-19"}}}, prev=[signed]
    )
    assert folded(history).derived["changed_since"] is False
    history.save({"medicines": {"m": {"dose": "75 mg"}}}, prev=[given_])
    assert folded(history).derived["changed_since"] is True


def test_what_was_written_beside_the_verification_is_not_covered_by_it() -> None:
    history, first = started()
    history.save({"medicines": {"m": {"dose": "75 mg"}}}, prev=[first])
    history.sign({"verified": {"v": {"on": "2026-11-20", "by": BY}}}, prev=[first])
    assert folded(history).derived["changed_since"] is True


# Several records of one form


def test_a_part_that_says_nothing_is_not_written() -> None:
    own, parts = split(
        "vitals", {"pulse": 72, TOGETHER: {"injection": part("r", (), {}), "adherence": part("s", (), {})}}
    )
    assert (own, parts) == ({"pulse": 72}, ())


def test_a_form_whose_own_record_says_nothing_writes_its_parts_alone() -> None:
    given_ = {**part("r", (), {}), "values": {"drug": "Paliperidone", "site": "deltoid_left"}}
    own, [only] = split("vitals", {"at": instant(NOW), TOGETHER: {"injection": given_}})
    assert (own, only.kind.name, only.meaning) == ({}, "injection", "sign")


def test_a_list_beside_a_note_is_saved_where_it_changed_and_signed_where_it_is_verified() -> None:
    base = {"medicines": {"m": {"dose": "50 mg"}}}
    beside = part("r", ("h",), base)
    note = {"format": "med_visit", TOGETHER: {"medication_list": beside}}
    assert split("note", note)[1] == ()
    beside["values"] = {"medicines": {"m": {"dose": "75 mg"}}}
    assert [one.meaning for one in split("note", note)[1]] == ["save"]
    beside |= {"values": base, "verify": True}
    assert [one.meaning for one in split("note", note)[1]] == ["sign"]
