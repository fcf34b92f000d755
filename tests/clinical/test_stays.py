"""Stays: what takes a client away, days that count once, and whether somebody saw them after (clinical.md 2.2, 5.13, 5.14)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldapp.clinical import stays
from fieldapp.clinical.due import add_days
from fieldapp.clinical.stays import Stay
from fieldapp.records.kinds.stay import WENT_TO, WHATS

TODAY = "2026-11-22"
_FIRST = date(2025, 10, 1)

days = st.integers(0, 417).map(lambda away: (_FIRST + timedelta(days=away)).isoformat())


@st.composite
def stay_of(draw: st.DrawFn) -> Stay:
    since, until = sorted((draw(days), draw(days)))
    return Stay(
        draw(st.uuids()).hex, draw(st.sampled_from(sorted(WHATS))), since, draw(st.sampled_from(["", until])),
        went_to=draw(st.sampled_from(["", *WENT_TO])),
    )  # fmt: skip


many = st.lists(stay_of(), max_size=6)


@pytest.mark.parametrize("what", list(WHATS))
def test_an_open_stay_puts_an_active_episode_on_hold_and_an_ed_visit_does_not(what: str) -> None:
    stay = Stay("r", what, "2026-11-20")
    assert stays.effective_status("active", [stay]) == ("active" if what == "ed" else "on_hold")
    over = Stay("r", what, "2026-11-20", "2026-11-21")
    assert stays.effective_status("active", [over]) == "active"


@given(many, st.sampled_from(["", "referred", "intake", "waitlist", "on_hold", "discharged"]))
def test_whatever_else_an_episode_says_of_itself_stands(known: list[Stay], status: str) -> None:
    assert stays.effective_status(status, known) == status


@given(many)
def test_days_never_exceed_the_time_nor_count_twice(known: list[Stay]) -> None:
    first, last = "2026-01-01", TODAY
    whole = (date.fromisoformat(last) - date.fromisoformat(first)).days + 1
    counted = stays.days_in(known, set(WHATS), first, last)
    assert 0 <= counted <= whole
    assert stays.days_in([*known, *known], set(WHATS), first, last) == counted
    middle = "2026-06-01"
    assert counted == stays.days_in(known, set(WHATS), first, middle) + stays.days_in(
        known, set(WHATS), add_days(middle, 1), last
    )


def test_hospital_days_of_two_laptops_and_over_the_edge_of_the_year() -> None:
    first = stays.year_before(TODAY)
    assert first == "2025-11-23"
    over_the_edge = Stay("a", "inpatient", "2025-11-20", "2025-11-25")
    twice = [
        Stay("b", "inpatient", "2026-03-01", "2026-03-08"),
        Stay("c", "medical", "2026-03-02", "2026-03-08"),
    ]
    still = Stay("d", "inpatient", "2026-11-20")
    assert stays.days_in([over_the_edge], stays.HOSPITAL, first, TODAY) == 2
    assert stays.days_in(twice, stays.HOSPITAL, first, TODAY) == 7
    assert stays.days_in([still], stays.HOSPITAL, first, TODAY) == 3
    assert stays.days_in([Stay("e", "medical", TODAY, TODAY)], stays.HOSPITAL, first, TODAY) == 1
    assert (
        stays.visits_in(
            [Stay("f", "ed", TODAY), Stay("g", "ed", TODAY), Stay("h", "ed", first)], "ed", first, TODAY
        )
        == 2
    )


@pytest.mark.parametrize(
    ("what", "went_to", "periods"),
    [
        ("inpatient", "home", [("2026-11-20", "2026-11-26"), ("2026-11-20", "2026-12-19")]),
        ("ed", "home", [("2026-11-19", "2026-11-26"), ("2026-11-19", "2026-12-19")]),
        ("jail", "", [("2026-11-20", "2026-11-26")]),
        ("inpatient", "hospital", []),
        ("ed", "jail", []),
        ("medical", "died", []),
        ("missing", "found", []),
    ],
)
def test_within_which_days_a_client_is_seen_after_a_stay(
    what: str, went_to: str, periods: list[tuple[str, str]]
) -> None:
    stay = Stay("r", what, "2026-11-10", "2026-11-19", went_to=went_to)
    assert [(one.first, one.due) for one in stays.follow_ups(stay, {})] == periods


def test_a_program_sets_its_own_days_and_may_have_one_period_only() -> None:
    stay = Stay("r", "inpatient", "2026-11-10", "2026-11-19")
    own = {"hospital_followup_d_first": 3, "hospital_followup_d_second": 0}
    assert [one.due for one in stays.follow_ups(stay, own)] == ["2026-11-22"]


@given(stay_of(), st.sets(days, max_size=5), days)
def test_a_follow_up_is_seen_late_open_or_missed_and_more_contacts_never_make_it_worse(
    stay: Stay, seen: set[str], today: str
) -> None:
    order = {"missed": 0, "open": 0, "late": 1, "seen": 2}
    for period in stays.follow_ups(stay, {}):
        how, day = stays.standing(period, seen, today)
        assert (day in seen) == (how in ("seen", "late"))
        assert how != "open" or today <= period.due
        more, _ = stays.standing(period, {*seen, period.first}, today)
        assert order[more] >= order[how]
        assert more == "seen"


def test_seen_on_the_day_of_leaving_a_hospital_is_no_follow_up_yet() -> None:
    stay = Stay("r", "inpatient", "2026-11-10", "2026-11-19")
    week, month = stays.follow_ups(stay, {})
    assert stays.standing(week, {"2026-11-19"}, TODAY) == ("open", "")
    assert stays.standing(week, {"2026-11-19", "2026-11-21"}, TODAY) == ("seen", "2026-11-21")
    assert stays.standing(week, {"2026-11-29"}, "2026-11-29") == ("late", "2026-11-29")
    assert stays.standing(month, {"2026-11-29"}, "2026-11-29") == ("seen", "2026-11-29")
    assert stays.standing(week, set(), "2026-11-27") == ("missed", "")


def test_what_is_asked_for_is_the_first_period_that_is_not_over_until_somebody_saw_them() -> None:
    stay = Stay("r", "inpatient", "2026-11-10", "2026-11-19")
    asked = stays.open_follow_up([stay], "2026-11-09", {}, TODAY)
    assert asked is not None
    assert asked[1].due == "2026-11-26"
    later = stays.open_follow_up([stay], "", {}, "2026-11-30")
    assert later is not None
    assert later[1].due == "2026-12-19"
    assert stays.open_follow_up([stay], "2026-11-20", {}, TODAY) is None
    assert stays.open_follow_up([stay], "", {}, "2026-12-20") is None
    again = Stay("s", "jail", "2026-11-21")
    assert stays.open_follow_up([stay, again], "", {}, TODAY) is None


@given(many)
def test_a_stay_that_says_nothing_that_can_be_read_is_left_out_and_the_rest_keeps_its_order(
    known: list[Stay],
) -> None:
    assert stays.read("r", {"what": "jail", "since": "2026-02-30"}) is None
    listed = stays.ordered(known)
    assert [one.is_open for one in listed] == sorted((one.is_open for one in listed), reverse=True)
    assert sorted(listed, key=repr) == sorted(known, key=repr)
