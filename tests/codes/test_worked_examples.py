"""Every worked example of clinical.md 2.10, by name, and the laws behind them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldapp.clinical.coding import day_units
from fieldapp.records.codes.rules import (
    RULES,
    TIMED,
    Rule,
    added_on,
    blocks,
    counted,
    in_all,
    in_band,
    rule_named,
)
from fieldapp.records.codes.why import why

FIRST, SECOND, THIRD = (
    Rule("band", minimum=low, most=high) for low, high in ((16, 37), (38, 52), (53, None))
)
NEAREST, FLOOR, CEIL = (Rule("per15", rounding) for rounding in ("nearest", "floor", "ceil"))


@pytest.mark.parametrize(
    ("rule", "minutes", "units"),
    [
        *(
            pytest.param(NEAREST, minutes, units, id=f"nearest-{minutes}-is-{units}")
            for minutes, units in ((7, 0), (8, 1), (22, 1), (23, 2), (37, 2), (38, 3), (52, 3), (53, 4))
        ),
        *(
            pytest.param(FLOOR, minutes, units, id=f"floor-{minutes}-is-{units}")
            for minutes, units in ((14, 0), (15, 1), (29, 1), (30, 2))
        ),
        *(
            pytest.param(CEIL, minutes, units, id=f"ceil-{minutes}-is-{units}")
            for minutes, units in ((1, 1), (15, 1), (16, 2))
        ),
        pytest.param(Rule("hour", "ceil"), 61, 2, id="an-hour-begun-is-an-hour"),
        pytest.param(Rule("hour"), 30, 0, id="half-an-hour-is-not-more-than-half"),
        pytest.param(Rule("per20", "floor"), 39, 1, id="each-20-whole-ones"),
        pytest.param(Rule("block", minutes=50), 26, 1, id="a-block-of-50-nearest"),
        pytest.param(Rule("event"), 1, 1, id="one-per-event-however-short"),
        pytest.param(Rule("event"), 200, 1, id="one-per-event-however-long"),
        pytest.param(Rule("per_diem", minimum=180), 179, 0, id="a-day-short-by-a-minute"),
        pytest.param(Rule("per_diem", minimum=180), 180, 1, id="a-day"),
        pytest.param(Rule("per_diem"), 400, 0, id="a-day-whose-minimum-nobody-set"),
    ],
)
def test_minutes_come_to_units(rule: Rule, minutes: int, units: int) -> None:
    assert in_all(rule, minutes) == units


@pytest.mark.parametrize(
    ("minutes", "band"), [(15, None), (16, 0), (37, 0), (38, 1), (52, 1), (53, 2)],
    ids=["15-not-reportable", "16-first", "37-first", "38-second", "52-second", "53-third"],
)  # fmt: skip
def test_a_band_is_chosen_by_minutes_alone(minutes: int, band: int | None) -> None:
    found = [n for n, rule in enumerate((FIRST, SECOND, THIRD)) if in_band(rule, minutes)]
    assert found == ([] if band is None else [band])
    assert [in_all(rule, minutes) for rule in (FIRST, SECOND, THIRD)].count(1) == len(found)
    if band is None:
        assert why(FIRST, minutes) == "15 min, below the band 16 to 37 min: not reportable"


def test_a_crisis_of_30_to_74_minutes_is_one_and_each_30_begun_after_adds_one() -> None:
    rule = Rule("band", "ceil", minimum=30, plus_after=74, plus_each=30)
    counts = [(in_all(rule, m), added_on(rule, m)) for m in (29, 30, 74, 75, 104, 105)]
    assert counts == [(0, 0), (1, 0), (1, 0), (1, 1), (1, 1), (1, 2)]


def test_day_sum_10_and_12_minutes_are_two_alone_and_one_together_and_both_are_said() -> None:
    assert day_units(NEAREST, [10, 12]) == (2, 1)
    summed = Rule("per15", day_sum=True)
    assert (counted(summed, 10), counted(summed, 12, before=10)) == (1, 0)
    said = why(summed, 12, before=10)
    assert "12 min, nearest 15: 1 unit alone" in said
    assert "22 min make 1 unit" in said
    assert said.endswith("0 units")


def test_per_diem_with_180_minutes_60_and_50_and_60_is_nothing_and_10_min_short() -> None:
    rule = Rule("per_diem", minimum=180)
    assert [counted(rule, m, before) for m, before in ((60, 0), (50, 60), (60, 110))] == [0, 0, 0]
    assert why(rule, 60, before=110).endswith("make 170, a day needs 180: 0 units, 10 min short")


def test_a_day_is_counted_once_however_long_it_goes_on() -> None:
    rule = Rule("per_diem", minimum=180)
    assert [counted(rule, m, before) for m, before in ((100, 0), (100, 100), (100, 200))] == [0, 1, 0]
    assert why(rule, 100, before=200).endswith("counted already, 0 units")


def test_two_staff_and_one_client_count_once_unless_the_payer_counts_the_second() -> None:
    both = Rule("per15", second_staff=True)
    assert (counted(NEAREST, 45, staff=2), counted(both, 45, staff=2)) == (3, 6)
    assert why(NEAREST, 45, staff=2) == "45 min, nearest 15: 3 units; second staff not counted"
    assert why(both, 45, staff=2).endswith("2 staff count: 6 units")


def test_travel_of_25_minutes_and_a_visit_of_40_count_40_unless_the_payers_rule_says_so() -> None:
    assert why(NEAREST, 40, travel=25) == "40 min, nearest 15: 3 units; travel 25 min not counted"
    assert why(Rule("per15", travel=True), 65, travel=25) == "40 min and 25 of travel, nearest 15: 4 units"


# ── laws ─────────────────────────────────────────────────────────────────────────────────────────

MINUTES = st.integers(0, 1_440)
GROWING = st.builds(
    Rule,
    how=st.sampled_from(sorted(RULES.keys() - {"band", "block"})),
    rounding=st.sampled_from(["nearest", "floor", "ceil"]),
    day_sum=st.booleans(), travel=st.booleans(), second_staff=st.booleans(),
) | st.builds(Rule, how=st.just("block"), minutes=st.integers(1, 240)) | st.builds(
    Rule, how=st.just("per_diem"), minimum=st.integers(0, 600)
)  # fmt: skip
"""Rules without an upper end."""


@given(GROWING, MINUTES, MINUTES, st.integers(0, 600), st.integers(1, 4))
def test_units_never_decrease_with_minutes(rule: Rule, one: int, other: int, before: int, staff: int) -> None:
    less, more = sorted((one, other))
    assert 0 <= counted(rule, less, before, staff) <= counted(rule, more, before, staff)


@given(st.lists(MINUTES, max_size=8), GROWING.filter(lambda rule: rule.by_day))
def test_what_the_contacts_of_a_day_add_is_what_the_day_comes_to(parts: list[int], rule: Rule) -> None:
    once = Rule(**{name: getattr(rule, name) for name in rule.__slots__} | {"second_staff": False})
    added = [counted(once, minutes, sum(parts[:at])) for at, minutes in enumerate(parts)]
    assert sum(added) == in_all(once, sum(parts))
    assert all(units >= 0 for units in added)


@given(st.lists(st.integers(1, 1_440), min_size=1, max_size=8), st.integers(1, 120))
def test_a_sum_rounded_up_is_never_more_than_its_parts_rounded_up_and_rounded_down_never_less(
    parts: list[int], unit: int
) -> None:
    assert blocks(sum(parts), unit, "ceil") <= sum(blocks(one, unit, "ceil") for one in parts)
    assert blocks(sum(parts), unit, "floor") >= sum(blocks(one, unit, "floor") for one in parts)


@given(MINUTES, st.integers(1, 120))
def test_nearest_lies_between_floor_and_ceil_and_is_less_than_half_a_unit_off(
    minutes: int, unit: int
) -> None:
    units = blocks(minutes, unit, "nearest")
    assert blocks(minutes, unit, "floor") <= units <= blocks(minutes, unit, "ceil")
    assert abs(units * unit - minutes) * 2 <= unit


@given(GROWING, MINUTES.filter(lambda minutes: minutes > 0))
def test_no_minutes_are_no_units_by_any_rule(rule: Rule, before: int) -> None:
    assert counted(rule, 0, before) == 0
    assert added_on(rule, 0) == 0


@given(
    GROWING
    | st.builds(
        Rule, how=st.just("band"), minimum=st.integers(0, 60), most=st.none(),
        rounding=st.sampled_from(["nearest", "floor", "ceil"]),
        plus_after=st.integers(0, 120), plus_each=st.integers(1, 60),
    )
    | st.builds(Rule, how=st.just("band"), minimum=st.integers(0, 60), most=st.integers(60, 90))
)  # fmt: skip
def test_a_rule_is_read_back_from_its_text_and_its_text_is_a_code(rule: Rule) -> None:
    read = rule_named(rule.text)
    assert read is not None
    assert read.text == rule.text
    for minutes in (0, 1, 14, 15, 16, 37, 38, 59, 90, 200):
        assert in_all(read, minutes) == in_all(rule, minutes)
        assert counted(read, minutes, 10, 2) == counted(rule, minutes, 10, 2)


@pytest.mark.parametrize("text", ["", "per16/nearest", "block:0/nearest", "event:5", "band:16", "per15/half"])
def test_a_text_that_names_no_rule_of_ours_is_none(text: str) -> None:
    assert rule_named(text) is None


@given(GROWING, st.integers(1, 600), st.integers(0, 300), st.integers(0, 90))
def test_the_sentence_ends_in_the_units_that_were_counted(
    rule: Rule, minutes: int, before: int, travel: int
) -> None:
    said = why(rule, minutes + (travel if rule.travel else 0), before=before, travel=travel)
    units = counted(rule, minutes + (travel if rule.travel else 0), before)
    assert f"{units} unit" in said
    assert ("not counted" in said) == bool(travel and not rule.travel)
    assert rule.how in TIMED or "nearest" not in said
